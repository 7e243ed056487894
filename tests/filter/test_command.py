"""`takt filter score|train`: one answer a message, in order, whatever the file looks like."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from takt.faults import NotDone
from takt.filter.corpus import corpus
from takt.filter.model_file import pack
from takt.filter.training import train
from takt.filtering import group

KEYS = ["service", "advertising", "fraud", "spam"]


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    written = [one for one in corpus() if one.language == "en" and one.label != "fraud"][::2]
    path = tmp_path_factory.mktemp("models") / "small.model"
    path.write_bytes(pack(train([one.text for one in written], [one.label for one in written])))
    return path


def run(*words: str, typed: bytes | None = None) -> Result:
    return CliRunner().invoke(group, list(words), input=typed)


def scored(result: Result) -> list[dict[str, float]]:
    assert result.exit_code == 0, result.output
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_one_line_a_message_in_order(model: Path, tmp_path: Path) -> None:
    file = tmp_path / "texts.txt"
    file.write_bytes(
        "Sale! 50 % off everything\n\nYour parcel comes tomorrow\r\n\n  \nSale! 50 % off everything\u2028now\n".encode()
    )
    found = scored(run("score", str(file), "--model", str(model)))
    assert len(found) == 6
    assert all(list(one) == KEYS for one in found)
    assert all(
        abs(one["service"] + one["advertising"] + one["fraud"] - 1) < 1e-9 and one["fraud"] == 0 for one in found
    )
    assert found[0]["spam"] > found[2]["spam"]
    assert found[1] == found[3]


def test_lines_that_end_in_carriage_returns_alone(model: Path) -> None:
    assert len(scored(run("score", "-", "--model", str(model), typed=b"one\rtwo\rthree\r"))) == 3


def test_what_is_piped_in_and_the_model_of_the_house() -> None:
    found = scored(run("score", "-", typed=b"Your account is locked, enter your PIN: http://x.test\nSee you at five"))
    assert len(found) == 2
    assert found[0]["fraud"] > 0.5 > found[1]["fraud"]


def test_nothing_is_scored_as_nothing(model: Path) -> None:
    assert scored(run("score", "-", "--model", str(model), typed=b"")) == []


@pytest.mark.parametrize(
    "written",
    [
        b'id,body\n1,"Sale, 50 % off\ntoday ""only"""\n2,See you at five\n\n3,\n',
        b'\xef\xbb\xbfbody;id\r\n"Sale; 50 % off\r\ntoday";1\r\nSee you at five;2\r\n"";3\r\n',
        "\ufeffid,body\n1,Sale 50 % off\n2,See you at five\n3,\n".encode("utf-16-le"),
        "id,Body \n1,Sale für 50 %\n2,See you at fünf\n3,-\n".encode("cp1252"),
        b'id,body\n1,Sale "50 %" off\n2,"See" you\n3,x\n',
        b"id\tbody\n1\tSale, 50 % off; today | only\n2\tSee you at five\n3\t\n",
        b"id|body|1,5\n1|Sale, 50 % off|x\n2|See you at five|y\n3||z\n",
        b"id,body\r1,Sale 50 % off\r2,See you at five\r3,\r",
        b"id,body\n1,Sale 50 % off\n2,See you at five" + b" and" * 600_000 + b"\n3,\x00\n",
    ],
)
def test_a_column_of_a_table(model: Path, tmp_path: Path, written: bytes) -> None:
    file = tmp_path / "texts.csv"
    file.write_bytes(written)
    found = scored(run("score", str(file), "--text", "body", "--model", str(model)))
    assert len(found) == 3
    assert found[0]["spam"] > found[1]["spam"]


@pytest.mark.parametrize(
    ("written", "says"),
    [
        (b"id,message\n1,x\n", "line 1: there is no column 'body'; there are id, message"),
        (b"", "no column 'body'"),
        (b"body,id,body\nx,1,y\n", "line 1: there are 2 columns 'body'"),
        (b"id,body\n1,x\n2\n", "line 3, column body"),
        (b'id,body\n1,x\n2,"y\n3,z\n', "line 3: a quote is opened here"),
    ],
)
def test_what_is_wrong_with_a_table_is_told_with_its_place(
    model: Path, tmp_path: Path, written: bytes, says: str
) -> None:
    file = tmp_path / "texts.csv"
    file.write_bytes(written)
    result = run("score", str(file), "--text", "body", "--model", str(model))
    assert isinstance(result.exception, NotDone)
    assert says in str(result.exception)
    assert result.stdout == ""


def test_few_reports_still_make_a_model_that_knows_what_companies_write(tmp_path: Path) -> None:
    table, out = tmp_path / "few.csv", tmp_path / "few.model"
    table.write_text(
        "text,label\nsee you at five,service\nyour table is ready,service\nwin cash now,fraud\nfree cash prize,fraud\n"
    )
    words = ("train", "--csv", str(table), "--text", "text", "--label", "label", "--out", str(out))
    asked = b"Your parcel is at the post office\nYour account is locked, enter your PIN and card number"
    for more, known in (((), True), (("--ours", "0"), False)):
        assert run(*words, *more).exit_code == 0
        parcel, pin = scored(run("score", "-", "--model", str(out), typed=asked))
        assert (pin["fraud"] > 0.5 > parcel["fraud"]) is known


@pytest.mark.parametrize("ours", [(), ("--ours", "0")])
def test_training_makes_a_model_that_scores(tmp_path: Path, ours: tuple[str, ...]) -> None:
    table, out = tmp_path / "known.csv", tmp_path / "own.model"
    known = [one for one in corpus() if one.label != "service"][::4]
    rows = [f'"{one.text.replace(chr(34), chr(34) * 2)}",{one.label.upper()}' for one in known]
    table.write_text("\n".join(["text,class", *rows]), "utf-8")
    trained = run("train", "--csv", str(table), "--text", "text", "--label", "class", "--out", str(out), *ours)
    assert trained.exit_code == 0, trained.output
    assert trained.stdout == ""
    assert f"{len(known)} texts of 2 classes" in trained.stderr
    (one, other) = scored(
        run("score", "-", "--model", str(out), typed=b"send us your pin and card number\nbuy two, get one free")
    )
    assert one["service"] == other["service"] == 0
    assert one["spam"] > other["spam"]


@pytest.mark.parametrize(
    ("table", "says"),
    [
        ("text,class\nx,service\ny,ham\n", "line 3, column class: 'ham' is none of service, advertising, fraud"),
        ("text,class\nx,service\ny,service\n", "two classes"),
        ("text,kind\nx,service\n", "no column 'class'"),
    ],
)
def test_labels_that_are_none_are_told(tmp_path: Path, table: str, says: str) -> None:
    file = tmp_path / "known.csv"
    file.write_text(table, "utf-8")
    result = run("train", "--csv", str(file), "--text", "text", "--label", "class", "--out", str(tmp_path / "m"))
    assert isinstance(result.exception, NotDone)
    assert says in str(result.exception)


def test_a_file_that_is_no_model_is_told(tmp_path: Path) -> None:
    file = tmp_path / "x.model"
    file.write_bytes(b"hello")
    result = run("score", "-", "--model", str(file), typed=b"x")
    assert isinstance(result.exception, NotDone)
    assert "no model" in str(result.exception)


@pytest.mark.parametrize(("place", "says"), [("no/m", "there is no folder"), (".", "this is a folder")])
def test_where_a_model_cannot_be_put_is_told_before_it_is_learned(tmp_path: Path, place: str, says: str) -> None:
    table = tmp_path / "few.csv"
    table.write_text("text,label\n")
    result = run("train", "--csv", str(table), "--text", "text", "--label", "label", "--out", str(tmp_path / place))
    assert says in str(result.exception)


def test_a_model_for_another_version_is_told_from_what_is_none(model: Path, tmp_path: Path) -> None:
    file = tmp_path / "newer.model"
    file.write_bytes(model.read_bytes().replace(b"takt-filter 1", b"takt-filter 2", 1))
    result = run("score", "-", "--model", str(file), typed=b"x")
    assert isinstance(result.exception, NotDone)
    assert "another version" in str(result.exception)


def test_what_a_file_says_does_not_steer_the_terminal(tmp_path: Path) -> None:
    file = tmp_path / "texts.csv"
    file.write_bytes(b"a\x1b[31mred\x07\n1\n")
    words = [sys.executable, "-m", "takt", "filter", "score", str(file), "--text", "body"]
    told = subprocess.run(words, capture_output=True, check=False)
    assert told.returncode == 1
    assert b"there are a" in told.stderr
    assert b"\x1b" not in told.stderr
    assert b"\x07" not in told.stderr


def test_the_other_commands_do_not_wait_for_the_filter() -> None:
    heavy = ("takt.filter.model", "sklearn", "scipy", "publicsuffixlist", "numpy", "structlog")
    asked = f"import sys, takt.cli; print([one for one in {heavy} if one in sys.modules])"
    assert subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True).stdout == "[]\n"
