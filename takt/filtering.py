"""The commands about what texts are: `takt filter score|train|use|reports`.

Scoring and training need no installation; the other two work in the database of this one.
"""

import asyncio
import csv
import json
import os
import sys
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import msgspec
import typer
from rich.console import Console

from takt.clock import CLOCK
from takt.config import Config
from takt.database import open_database
from takt.faults import NotDone
from takt.filter import tables
from takt.filter.background import background
from takt.store import labelled, models
from takt.store.pool import connect
from takt.store.site import PARTS
from takt.wire.words import words_of

if TYPE_CHECKING:  # these load arrays, a third of a second that no other command needs
    from takt.filter.model import Model, Score

T = TypeVar("T")

CHUNK = 2_000
OURS = 40.0
"""Enough that a model knows what companies write, too little to outweigh what an operator says."""
OURS_MAX = 10_000.0
NEWS_EVERY = 10_000

OUT = Console(highlight=False, soft_wrap=True)
ERR = Console(stderr=True, highlight=False, soft_wrap=True)

group = typer.Typer(no_args_is_help=True)

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
    table: Annotated[str, typer.Option("--csv", help="The CSV file, or - for what is piped in.")],
    text: Annotated[str, typer.Option("--text", help="The column with the texts.")],
    label: Annotated[str, typer.Option("--label", help="The column with service, advertising or fraud.")],
    out: Annotated[Path, typer.Option("--out", help="Where the model goes.")],
    ours: Annotated[
        float,
        typer.Option(
            min=0,
            max=OURS_MAX,
            help="For how many of these texts those of the shipped model count together; 0 leaves them out.",
        ),
    ] = OURS,
) -> None:
    """Make a model from labelled texts; two of the three labels are enough."""
    from takt.filter.model_file import pack  # noqa: PLC0415 - loads arrays, as above
    from takt.filter.training import TrainingFault  # noqa: PLC0415 - loads what no other command needs
    from takt.filter.training import train as learn  # noqa: PLC0415 - the same

    if not out.parent.is_dir():
        raise NotDone(f"{out}: there is no folder {out.parent}")
    if out.is_dir():
        raise NotDone(f"{out}: this is a folder, not the name of a file")
    texts, labels = _parsed(lambda: tables.labelled(_bytes(table), text, label))
    counts = Counter(labels)
    _tell(", ".join(f"{name} {counts[name]:,}" for name in sorted(counts)))
    try:
        written = pack(learn(texts, labels, _tell, background=background(texts, labels, ours)))
    except TrainingFault as fault:
        raise NotDone(f"{table}: {fault}") from None
    out.write_bytes(written)
    _tell(f"{out}: {len(written):,} bytes")


@group.command("use")
def use(
    model: Annotated[Path | None, typer.Argument(help="A model.")] = None,
    *,
    ours: Annotated[bool, typer.Option("--ours", help="The one that comes with Takt again.")] = False,
    who: Annotated[str, typer.Option("--as", help="Who decides it; kept with the model.")] = "the command line",
) -> None:
    """Let this installation use a model of its own; servers that run take it up with the next text."""
    if (model is None) != ours:
        raise NotDone("name a model, or say --ours")
    written = b""
    if model is not None:
        open_model(model)
        written = model.read_bytes()
    version = _on_database(lambda url: _take(url, written, who))
    OUT.print(f"Model {version} is in use." if written else f"Model {version} is in use: the one that comes with Takt.")


@group.command("reports")
def reports(
    out: Annotated[Path, typer.Option("--out", help="Where the CSV file goes, with the columns text and label.")],
    days: Annotated[int, typer.Option(min=1, max=3_650, help="Of how many days back.")] = 365,
) -> None:
    """Write down what people reported, and what people of the operator decided, to learn a model from.

    These are messages of companies: keep the file as you keep those.
    """
    counts = _on_database(lambda url: _write_reports(url, out, timedelta(days=days)))
    OUT.print(", ".join(f"{name} {counts[name]:,}" for name in sorted(counts)) or "Nothing was reported.")


async def _take(url: str, written: bytes, who: str) -> int:
    async with connect(url, name="takt filter use") as conn, conn.transaction():
        return await models.add(conn, written, who, CLOCK.now())


async def _write_reports(url: str, out: Path, back: timedelta) -> Counter[str]:
    counts: Counter[str] = Counter()
    with out.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file)
        table.writerow(("text", "label"))
        async with connect(url, name="takt filter reports") as conn:
            for part in PARTS[Config.read(os.environ).parts]:
                async for one in labelled.read_all(conn, part, CLOCK.now() - back):
                    if text := words_of(msgspec.json.decode(one.content)):
                        table.writerow((text, one.label))
                        counts[one.label] += 1
    return counts


def _on_database(work: Callable[[str], Awaitable[T]]) -> T:
    config = Config.read(os.environ)

    async def run(url: str) -> T:
        return await work(url)

    with open_database(config.database_url, config.home) as database:
        return asyncio.run(run(database.url))


def open_model(path: Path | None) -> "Model":
    """The model in a file, or the one that comes with Takt.

    Raises:
        NotDone: the file holds none.
    """
    from takt.filter.model_file import ModelFault, unpack  # noqa: PLC0415 - loads arrays, as above
    from takt.filter.shipped import shipped  # noqa: PLC0415 - the same

    if path is None:
        return shipped()
    try:
        return unpack(path.read_bytes())
    except ModelFault as fault:
        raise NotDone(f"{path}: {fault}") from None


def rendered(score: "Score") -> str:
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
