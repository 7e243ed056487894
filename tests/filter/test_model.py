"""Training and scoring: the same numbers as scikit-learn's, in files that hold nothing but numbers and words."""

import zlib
from pathlib import Path
from random import Random

import numpy as np
import pytest
from sklearn.svm import LinearSVC

from bench.rewriting import SEEN, UNSEEN
from takt.filter.background import Background
from takt.filter.corpus import corpus, fingerprint, varied
from takt.filter.features import MEASURES
from takt.filter.labels import LABELS
from takt.filter.model import Model, look
from takt.filter.model_file import MAGIC, ModelFault, pack, unpack
from takt.filter.reasons import beyond
from takt.filter.shipped import shipped
from takt.filter.training import TrainingFault, _fitted, _known, _matrix, _targets, train

HELD_OUT = Path(__file__).parent.parent / "data" / "filter" / "held_out.tsv"


@pytest.fixture(scope="module")
def small() -> tuple[list[str], list[str], Model]:
    written = [one for one in corpus() if one.language == "en" and one.label != "advertising"]
    texts, labels = [one.text for one in written], [one.label for one in written]
    return texts, labels, train(texts, labels)


def held_out() -> tuple[list[str], list[str]]:
    rows = [line.split("\t", 1) for line in HELD_OUT.read_text("utf-8").splitlines()]
    return [row[1] for row in rows], [row[0] for row in rows]


def test_scores_are_those_of_scikit_learn(small: tuple[list[str], list[str], Model]) -> None:
    texts, labels, model = small
    seen = look(texts, model.vocabulary)
    known = (_known(seen.runs, len(texts)), _known(seen.words, len(texts)))
    matrix, targets = _matrix(seen, known), _targets(labels, model.labels)
    weights, constants = _fitted(matrix, targets, np.ones(len(texts)))
    theirs = LinearSVC(C=1.0, random_state=0, max_iter=5_000).fit(matrix, targets[0]).decision_function(matrix)
    assert np.allclose(theirs, (matrix @ weights.T + constants)[:, 0])
    ours = [score.spam for score in unpack(pack(model)).score(texts)]
    assert np.allclose(ours, [score.spam for score in model.score(texts)], atol=1e-4)
    assert np.allclose(ours, model.margins(seen)[:, 0], atol=1e-4)


def test_training_is_the_same_each_time(small: tuple[list[str], list[str], Model]) -> None:
    texts, labels, model = small
    assert pack(train(texts, labels)) == pack(model)


def test_a_background_is_learned_from_and_sets_no_threshold() -> None:
    texts, labels = ["see you at five", "see you at six", "win cash now", "free cash prize"], ["service", "fraud"]
    extra = ["the parcel comes tomorrow", "the parcel is late", "confirm your card", "confirm your pin"]
    known = sorted(labels * 2, reverse=True)
    model = train(texts, known, background=Background(extra, known, [0.5] * 4))
    parcel, card = model.score(["the parcel", "confirm your card and pin"])
    assert card.spam > parcel.spam
    assert "parcel" in model.vocabulary
    assert max(model.thresholds["spam"].values()) < 0.5, "those of the background are not counted"
    fainter = train(texts, known, background=Background(extra, known, [0.5, 0.5, 0.05, 0.05]))
    assert fainter.score(["confirm your card and pin"])[0].spam < card.spam - 0.1


def test_two_classes_leave_the_third_at_nothing(small: tuple[list[str], list[str], Model]) -> None:
    texts, labels, model = small
    scores = model.score(texts)
    assert all(score.advertising == 0.0 and abs(score.service + score.fraud - 1) < 1e-9 for score in scores)
    unwanted = [score.spam for score, label in zip(scores, labels, strict=True) if label == "fraud"]
    wanted = [score.spam for score, label in zip(scores, labels, strict=True) if label == "service"]
    assert min(unwanted) > max(wanted)
    assert len({score.spam for score in scores}) == len(set(texts))


def test_without_service_fraud_is_the_less_wanted() -> None:
    written = [one for one in corpus() if one.language == "de" and one.label != "service"]
    model = train([one.text for one in written], [one.label for one in written])
    assert model.labels == ("advertising", "fraud")
    spam = {
        one.label: score.spam for one, score in zip(written, model.score([one.text for one in written]), strict=True)
    }
    assert spam["fraud"] > spam["advertising"]


@pytest.mark.parametrize(
    ("labels", "says"), [(["service"] * 4, "two classes"), (["service", "service", "service", "fraud"], "one text")]
)
def test_too_little_to_learn_from_is_told(labels: list[str], says: str) -> None:
    with pytest.raises(TrainingFault, match=says):
        train(["a b c", "b c d", "c d e", "d e f"], labels)


def test_a_few_short_texts_make_a_model_that_scores_anything() -> None:
    model = train(
        ["hello there", "how are you", "win cash now", "free cash prize"], ["service", "service", "fraud", "fraud"]
    )
    scores = model.score(["", " ", "\x00", "cash prize", "hello", "\ud800", "🔥" * 3_000])
    assert len(scores) == 7
    assert scores[3].spam > scores[4].spam


def test_the_shipped_model_knows_texts_it_has_not_seen() -> None:
    texts, labels = held_out()
    taken = [LABELS[int(np.argmax([one.service, one.advertising, one.fraud]))] for one in shipped().score(texts)]
    right = np.mean([one == other for one, other in zip(taken, labels, strict=True)])
    assert right >= 0.9
    fraud_for_service = [one for one, other in zip(taken, labels, strict=True) if {one, other} == {"service", "fraud"}]
    assert len(fraud_for_service) <= 2


def test_the_shipped_model_was_learned_from_the_corpus() -> None:
    assert shipped().learned_from == fingerprint(), "run .venv/bin/python tools/shipped_model.py"
    written = varied()
    texts, labels = [one.text for one in written], [one.label for one in written]
    best = [LABELS[int(np.argmax([one.service, one.advertising, one.fraud]))] for one in shipped().score(texts)]
    assert np.mean([one == other for one, other in zip(best, labels, strict=True)]) > 0.98


@pytest.mark.parametrize("name", [*SEEN, *UNSEEN])
def test_rewriting_does_not_hide_fraud(name: str) -> None:
    texts, labels = held_out()
    model = shipped()
    threshold = model.thresholds["spam"]["0.05"]
    chance = Random(7)
    plain = [text for text, label in zip(texts, labels, strict=True) if label != "service"]
    caught = [text for text, score in zip(plain, model.score(plain), strict=True) if score.spam > threshold]
    rewritten = [(SEEN | UNSEEN)[name](text, chance) for text in caught]
    kept = np.mean([score.spam > threshold for score in model.score(rewritten)])
    assert kept >= 0.8


def test_what_is_no_model_is_told(small: tuple[list[str], list[str], Model]) -> None:
    written = pack(small[2])
    for bad in (
        b"",
        b"PK\x03\x04",
        MAGIC,
        written[:-9],
        written[:200] + b"\x00" + written[201:],
        MAGIC + bytes(32) + zlib.compress(b""),
    ):
        with pytest.raises(ModelFault):
            unpack(bad)


def test_a_model_with_wrong_sizes_is_told(small: tuple[list[str], list[str], Model]) -> None:
    model = small[2]
    assert model.measured.shape == (1, len(MEASURES))
    narrow = Model(
        model.labels, model.vocabulary, (model.runs, model.words), (model.measured[:, :3], model.constants),
        model.calibration, model.thresholds, "",
    )  # fmt: skip
    with pytest.raises(ModelFault):
        unpack(pack(narrow))


def test_short_everyday_words_are_no_fraud_and_short_fraud_is() -> None:
    """What agents say all day, written apart from the texts that were learned."""
    said = [
        "Hello there", "hello, you are through to Ines", "Hello, what seems to be the matter?", "Hi again", "Yes, of course", "ok thanks",
        "One second", "Which one would you like?", "Can you tell me your postcode?", "Call me back when you can", "It is ready",
        "See you at five", "Please hold the line", "Hallo Mara", "Hallo, was kann ich tun?", "Ja, gern", "Moment", "Geht klar",
        "Welche hätten Sie gern?", "Sagen Sie mir bitte Ihre Postleitzahl?", "Bis Freitag", "Ist fertig", "Vielen Dank", "Guten Tag, Frau Kurz",
        "Hello World!", "test", "42", "👍",
    ]  # fmt: skip
    model = shipped()
    taken = dict(zip(said, model.score(said), strict=True))
    assert [text for text, score in taken.items() if beyond(model, score, "fraud", "0.01")] == []
    assert np.mean([score.service > 0.5 for score in taken.values()]) >= 0.85
    asked = [
        "Hello, your card is blocked: http://card-safe.test",
        "Hallo Oma, leihst du mir 700? Neue Nummer",
        "Tell me the code you got",
    ]
    assert all(score.fraud > 0.5 for score in model.score(asked))
