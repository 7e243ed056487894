"""How well and how fast texts are told apart, on public collections of short messages that lie beside the repository.

The files hold other people's messages: they are read where they are, and nothing of them is printed or kept. Near copies are
on one side of every fold, and rows that two collections share are left out of the test.
"""

import csv
import os
import re
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random
from typing import Final

import numpy as np
from numpy.typing import NDArray
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.metrics import f1_score, matthews_corrcoef, roc_auc_score
from sklearn.svm import LinearSVC

from bench.report import Table, machine
from bench.rewriting import SEEN, UNSEEN
from takt.filter.background import background
from takt.filter.corpus import corpus
from takt.filter.labels import LABELS
from takt.filter.model import Model
from takt.filter.training import train
from takt.filtering import OURS

NAME: Final = "filter"
TITLE: Final = "What texts are"
COLUMNS: Final = ("collection, question", "figure", "filter", "baseline")
PLACE: Final = Path(os.environ.get("TAKT_SPAM_DATA", Path(__file__).resolve().parents[2] / "shared" / "data" / "spam"))
FOLDS: Final = 5

Row = tuple[str, str]
Floats = NDArray[np.float64]
Teacher = Callable[[Sequence[str], Sequence[str]], Model]
Scorer = Callable[[Sequence[str]], Floats]


def measure() -> tuple[Table, str]:
    """Measure on all collections."""
    if not PLACE.is_dir():
        note = f"{PLACE} is not there: name the folder of the collections in TAKT_SPAM_DATA."
        return Table(NAME, TITLE, COLUMNS, (), (note,)), machine()
    first = _singled(_uci())
    others = _singled(_mendeley())
    rows = [
        *_within(first),
        *_across(first, others),
        *_three("Mendeley", others, _taught),
        *_three("Indonesian", _singled(_indonesian()), _taught),
        *_three("Ours", [(one.text, one.label) for one in corpus()], train),
    ]
    rows.append(_speed(first))
    return Table(
        NAME, TITLE, COLUMNS, rows,
        (
            "Baseline: runs of 2 to 5 characters, TF-IDF, linear support vector machine of scikit-learn, without a normal form.",
            "Near copies (digits, case, blanks folded) are one row; five folds; scores of all folds pooled.",
            "Recall under rewriting: of unwanted texts, at the threshold that 0.5 % of the wanted ones as they are go beyond.",
        ),
    ), machine()  # fmt: skip


def _within(rows: Sequence[Row]) -> list[Sequence[str]]:
    """The first collection by itself, and under rewriting."""
    unwanted = np.array([label != "service" for _, label in rows])
    names = {
        **{f"seen: {name}": one for name, one in SEEN.items()},
        **{f"unseen: {name}": one for name, one in UNSEEN.items()},
    }
    ours, theirs = np.zeros(len(rows)), np.zeros(len(rows))
    rewritten = {name: (np.zeros(len(rows)), np.zeros(len(rows))) for name in names}
    chance = Random(11)
    for taught, asked in _folds(rows):
        scorers = _ours([rows[at] for at in taught]), _theirs([rows[at] for at in taught])
        ours[asked], theirs[asked] = (one([rows[at][0] for at in asked]) for one in scorers)
        bad = [at for at in asked if unwanted[at]]
        for name, rewrite in names.items():
            texts = [rewrite(rows[at][0], chance) for at in bad]
            for place, one in zip(rewritten[name], scorers, strict=True):
                place[bad] = one(texts)
    found = [
        ("UCI, grouped folds", "MCC at 0", _mcc(ours, unwanted, 0), _mcc(theirs, unwanted, 0)),
        ("UCI, grouped folds", "MCC, best threshold", _mcc_best(ours, unwanted), _mcc_best(theirs, unwanted)),
        *(
            (
                "UCI, grouped folds",
                f"recall at {rate:.1%}",
                _recall(ours, unwanted, rate),
                _recall(theirs, unwanted, rate),
            )
            for rate in (0.001, 0.005)
        ),
    ]
    kept: dict[str, list[tuple[float, float]]] = {"seen": [], "unseen": []}
    for name, (mine, other) in rewritten.items():
        pair = (_beyond(mine, ours, unwanted), _beyond(other, theirs, unwanted))
        kept[name.partition(":")[0]].append(pair)
        found.append((f"UCI, {name}", "recall at 0.5%", *pair))
    for name, pairs in kept.items():
        mean = np.mean(pairs, axis=0)
        found.append((f"UCI, rewriting {name}, mean", "recall at 0.5%", float(mean[0]), float(mean[1])))
    return [(place, figure, f"{mine:.3f}", f"{other:.3f}") for place, figure, mine, other in found]


def _across(first: Sequence[Row], others: Sequence[Row]) -> list[Sequence[str]]:
    """Learned from one collection, asked about others."""
    known = {_folded(text) for text, _ in first}
    rest = [row for row in others if _folded(row[0]) not in known]
    found: list[Sequence[str]] = []
    ours, theirs = _ours(first), _theirs(first)
    for name, rows in (
        ("Mendeley without UCI's", rest),
        ("Indonesian", _singled(_indonesian())),
        ("German, translated", _german()),
    ):
        unwanted = np.array([label != "service" for _, label in rows])
        texts = [text for text, _ in rows]
        mine, other = ours(texts), theirs(texts)
        place = f"UCI to {name} ({len(rows)})"
        found.append((place, "AUC", f"{roc_auc_score(unwanted, mine):.3f}", f"{roc_auc_score(unwanted, other):.3f}"))
        for rate in (0.001, 0.005):
            figures = [f"{_recall(scores, unwanted, rate):.3f}" for scores in (mine, other)]
            found.append((place, f"recall at {rate:.1%}", *figures))
    return found


def _three(name: str, rows: Sequence[Row], teach: Teacher) -> list[Sequence[str]]:
    """Three classes, grouped folds."""
    mine, other = [""] * len(rows), [""] * len(rows)
    for taught, asked in _folds(rows):
        texts, labels = [rows[at][0] for at in taught], [rows[at][1] for at in taught]
        model = teach(texts, labels)
        maker = TfidfVectorizer(analyzer="char", ngram_range=(2, 5), sublinear_tf=True)
        machine_ = LinearSVC(random_state=0).fit(maker.fit_transform(texts), labels)
        asked_texts = [rows[at][0] for at in asked]
        guesses = machine_.predict(maker.transform(asked_texts))
        for at, score, guess in zip(asked, model.score(asked_texts), guesses, strict=True):
            mine[at] = LABELS[int(np.argmax([score.service, score.advertising, score.fraud]))]
            other[at] = str(guess)
    truth = [label for _, label in rows]
    figures = [f"{f1_score(truth, guessed, average='macro'):.3f}" for guessed in (mine, other)]
    return [(f"{name}, three classes, grouped folds", "macro-F1", *figures)]


def _speed(rows: Sequence[Row]) -> Sequence[str]:
    """Microseconds of processor time for a text in a batch that the model has not met."""
    model = _model(rows[::2])
    texts = [text for text, _ in rows[1::2]]
    before = time.process_time()
    model.score(texts)
    ours = (time.process_time() - before) / len(texts)
    maker = TfidfVectorizer(analyzer="char", ngram_range=(2, 5), sublinear_tf=True)
    machine_ = LinearSVC(random_state=0).fit(
        maker.fit_transform([text for text, _ in rows[::2]]), [row[1] for row in rows[::2]]
    )
    before = time.process_time()
    machine_.decision_function(maker.transform(texts))
    theirs = (time.process_time() - before) / len(texts)
    return ("scoring in a batch", "µs a text", f"{ours * 1e6:.0f}", f"{theirs * 1e6:.0f}")


def _model(rows: Sequence[Row]) -> Model:
    return _taught([text for text, _ in rows], [label for _, label in rows])


def _taught(texts: Sequence[str], labels: Sequence[str]) -> Model:
    """As `takt filter train` does it."""
    return train(texts, labels, background=background(texts, labels, OURS))


def _ours(rows: Sequence[Row]) -> Scorer:
    model = _model(rows)
    return lambda texts: np.array([one.spam for one in model.score(texts)])


def _theirs(rows: Sequence[Row]) -> Scorer:
    maker = TfidfVectorizer(analyzer="char", ngram_range=(2, 5), sublinear_tf=True)
    known = maker.fit_transform([text for text, _ in rows])
    fitted = LinearSVC(random_state=0).fit(known, [label != "service" for _, label in rows])
    return lambda texts: np.asarray(fitted.decision_function(maker.transform(texts)))


def _folds(rows: Sequence[Row]) -> list[tuple[list[int], list[int]]]:
    """Five folds, each class spread evenly; rows are different from one another already."""
    place: dict[int, int] = {}
    for label in sorted({label for _, label in rows}):
        mine = [at for at, row in enumerate(rows) if row[1] == label]
        Random(3).shuffle(mine)
        place |= {at: number % FOLDS for number, at in enumerate(mine)}
    return [
        ([at for at in place if place[at] != fold], [at for at in place if place[at] == fold]) for fold in range(FOLDS)
    ]


def _mcc(scores: Floats, truth: NDArray[np.bool_], at: float) -> float:
    return float(matthews_corrcoef(truth, scores > at))


def _mcc_best(scores: Floats, truth: NDArray[np.bool_]) -> float:
    return max(_mcc(scores, truth, at) for at in np.quantile(scores, np.linspace(0.8, 0.95, 151)))


def _recall(scores: Floats, truth: NDArray[np.bool_], rate: float) -> float:
    return _beyond(scores, scores, truth, rate)


def _beyond(asked: Floats, plain: Floats, truth: NDArray[np.bool_], rate: float = 0.005) -> float:
    wanted = np.sort(plain[~truth])[::-1]
    return float(np.mean(asked[truth] > wanted[int(rate * len(wanted))]))


def _folded(text: str) -> str:
    return " ".join(re.sub(r"\d", "0", text.lower()).split())


def _singled(rows: Sequence[Row]) -> list[Row]:
    return list({_folded(text): (text, label) for text, label in reversed(rows)}.values())[::-1]


def _uci() -> list[Row]:
    lines = (PLACE / "SMSSpamCollection.tsv").read_text("utf-8").split("\n")
    parted = [line.split("\t", 1) for line in lines if line]
    return [(text, "fraud" if label == "spam" else "service") for label, text in parted]


def _mendeley() -> list[Row]:
    names = {"ham": "service", "spam": "advertising", "smishing": "fraud"}
    return [(row["TEXT"], names[row["LABEL"].lower()]) for row in _table("Dataset_5971.csv")]


def _indonesian() -> list[Row]:
    names = {"0": "service", "1": "fraud", "2": "advertising"}
    return [(row["Teks"], names[row["label"]]) for row in _table("dataset_sms_spam_v1.csv")]


def _german() -> list[Row]:
    rows = _table("data-en-hi-de-fr.csv")
    return [(row["text_de"], "fraud" if row["labels"] == "spam" else "service") for row in rows]


def _table(name: str) -> list[dict[str, str]]:
    with (PLACE / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
