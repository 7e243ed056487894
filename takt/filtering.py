"""The commands about what texts are: `takt filter score|train|…`."""

import json
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, TypeVar

import typer
from rich.console import Console

from takt.filter import tables
from takt.filter.corpus import varied
from takt.filter.model import Model, Score
from takt.filter.model_file import ModelFault, pack, unpack
from takt.filter.shipped import shipped
from takt.registering import NotDone

T = TypeVar("T")

CHUNK = 2_000
NEWS_EVERY = 10_000

OUT = Console(highlight=False, soft_wrap=True)
ERR = Console(stderr=True, highlight=False, soft_wrap=True)

group = typer.Typer(help="What texts are: service, advertising or fraud.", no_args_is_help=True)

File = Annotated[str, typer.Argument(help="A file, or - for what is piped in.")]
ModelPath = Annotated[Path | None, typer.Option("--model", help="A model; left out: the one that comes with Takt.")]
TextColumn = Annotated[str | None, typer.Option("--text", help="The column of a CSV file; left out: one text a line.")]


@group.command("score")
def score(file: File, text: TextColumn = None, model: ModelPath = None) -> None:
    """Score texts: one line of JSON each, in their order."""
    chosen = open_model(model)
    texts = _parsed(lambda: tables.lines(_bytes(file)) if text is None else tables.column(_bytes(file), text))
    for start in range(0, len(texts), CHUNK):
        scored = chosen.score(texts[start : start + CHUNK])
        sys.stdout.write("".join(f"{rendered(one)}\n" for one in scored))
        done = start + len(scored)
        if done % NEWS_EVERY == 0:
            _tell(f"{done:,} of {len(texts):,} texts")
    sys.stdout.flush()


@group.command("train")
def train(
    csv: Annotated[str, typer.Option("--csv", help="The CSV file, or - for what is piped in.")],
    text: Annotated[str, typer.Option("--text", help="The column with the texts.")],
    label: Annotated[str, typer.Option("--label", help="The column with service, advertising or fraud.")],
    out: Annotated[Path, typer.Option("--out", help="Where the model goes.")],
    *,
    ours: Annotated[bool, typer.Option("--with-ours", help="Learn from the texts of the shipped model, too.")] = False,
) -> None:
    """Make a model from labelled texts; two of the three labels are enough."""
    from takt.filter.training import TrainingFault  # noqa: PLC0415 - loads scikit-learn, which no other command needs
    from takt.filter.training import train as learn  # noqa: PLC0415 - the same

    texts, labels = _parsed(lambda: tables.labelled(_bytes(csv), text, label))
    if ours:
        more, their_labels = varied()
        texts, labels = texts + more, labels + their_labels
    counts = Counter(labels)
    _tell(", ".join(f"{name} {counts[name]:,}" for name in sorted(counts)))
    try:
        written = pack(learn(texts, labels, _tell))
    except TrainingFault as fault:
        raise NotDone(f"{csv}: {fault}") from None
    out.write_bytes(written)
    _tell(f"{out}: {len(written):,} bytes")


def open_model(path: Path | None) -> Model:
    """The model in a file, or the one that comes with Takt.

    Raises:
        NotDone: the file holds none.
    """
    if path is None:
        return shipped()
    try:
        return unpack(path.read_bytes())
    except ModelFault as fault:
        raise NotDone(f"{path}: {fault}") from None


def rendered(score: Score) -> str:
    """A score as a line of JSON."""
    return json.dumps(
        {"service": score.service, "advertising": score.advertising, "fraud": score.fraud, "spam": score.spam}
    )


def _bytes(file: str) -> bytes:
    return sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()


def _parsed(parse: Callable[[], T]) -> T:
    try:
        return parse()
    except tables.TableFault as fault:
        raise NotDone(str(fault)) from None


def _tell(words: str) -> None:
    ERR.print(words, markup=False)
