"""The commands about prices: `takt rates check|publish|diff|what-if|shadow|list|show`.

Cards are named as a file, or as `card` or `card@version` of what is published.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from takt import cards
from takt.calendars import zone_named
from takt.clock import CLOCK
from takt.core import rate_diff, rate_proof
from takt.core.currency import plain, to_minor
from takt.core.document import UnsoundError, parse_json
from takt.core.markets import MarketTable, is_table, parse_table
from takt.core.rate_calendar import parse_validity
from takt.core.rate_card import parse_card
from takt.core.rating import RateCard
from takt.faults import NotDone
from takt.registering import OUT, done, run, show
from takt.wire.months import parse_month

rates = typer.Typer(no_args_is_help=True)

File = Annotated[Path, typer.Argument(help="JSON of a rate card or a market table.", exists=True, dir_okay=False)]
Markets = Annotated[
    list[Path] | None,
    typer.Option("--markets", help="A market table; those beside the file and those of Takt are known.", exists=True),
]
AsJson = Annotated[bool, typer.Option("--json", help="For programs.")]


@rates.command("check")
def check(file: File, markets: Markets = None) -> None:
    """See whether a file is a sound rate card or market table: every input has exactly one price. Nothing is changed."""
    document = _read(file)
    try:
        if is_table(document):
            table = parse_table(document)
            OUT.print(f"{file}: market table {table.name}, {len(table.markets)} markets, sound", markup=False)
            return
        card = parse_card(document, 0, _tables(file, markets or []))
        parse_validity(document, CLOCK.now(), zone_named)
        rate_proof.check(card)
    except UnsoundError as fault:
        raise NotDone(f"{file}: {fault}.") from None
    inputs = sum(map(len, rate_proof.worlds(card))) * len(list(rate_proof.cells(card, "")))
    OUT.print(f"{file}: rate card {card.card}, {len(card.rules)} rules, {inputs:,} inputs, sound", markup=False)


@rates.command("publish")
def publish(file: File) -> None:
    """Publish a rate card, or its next version, or a market table; the same document twice is published once."""
    document = _read(file)
    run(lambda office: office.publish(document))


@rates.command("diff")
def diff(before: str, after: str, *, as_json: AsJson = False, markets: Markets = None) -> None:
    """Say what changes for which messages from one card to another."""
    old, new = _card(before, markets or []), _card(after, markets or [])
    sides = rate_diff.axes(old, new)
    changes = [(rate_diff.words(one, sides), one) for one in rate_diff.compare(old, new)]
    if as_json:
        show([{"inputs": words, "before": one.before, "after": one.after} for words, one in changes])
        return
    for words, one in changes:
        told = ", ".join(f"{name} {' / '.join(values)}" for name, values in words.items()) or "everything"
        OUT.print(f"{told}: {one.before or 'no price'} → {one.after or 'no price'}", markup=False)
    OUT.print(f"{len(changes)} changes" if changes else "Every message costs the same by both.")


@rates.command("what-if")
def what_if(
    card: Annotated[str, typer.Argument(help="A file, or a published card.")],
    month: Annotated[str | None, typer.Option("--month", help="Such as 2026-11; left out: the last one.")] = None,
    company: Annotated[str | None, typer.Option("--company", help="Of this company alone.")] = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Say what a month would have cost by a card, and who would have paid more or less. Nothing is changed."""
    named = None if month is None else parse_month(month)
    if month is not None and named is None:
        raise NotDone(f"{month}: must be a month such as 2026-11.")
    document = _read(Path(card)) if Path(card).exists() else None
    shown = done(lambda office: office.what_if(document, card, named, company))
    if as_json:
        show(shown)
    else:
        _tell_effects(shown)


@rates.command("shadow")
def shadow(
    company: Annotated[str | None, typer.Argument(help="The company's id; left out: those that have one.")] = None,
    card: Annotated[str | None, typer.Argument(help="A published card; left out: none any more.")] = None,
) -> None:
    """Price a company's traffic by another card, too, without moving money, or see what came of it this month."""
    run(lambda office: office.shadows() if company is None else office.set_shadow(company, card))


@rates.command("list")
def list_cards() -> None:
    """List the versions of all rate cards."""
    run(lambda office: office.rate_cards())


@rates.command("show")
def show_card(card: Annotated[str, typer.Argument(help="card, or card@version for one of its versions.")]) -> None:
    """Show the versions of a rate card with their documents."""
    listed, tables = _published(card)
    show({"rate_cards": listed, "market_tables": tables})


def _tell_effects(shown: dict[str, Any]) -> None:
    table = Table("Company", "Messages", "Paid", "By this card", "Difference", box=None)
    for column in table.columns[1:]:
        column.justify = "right"
    for one in shown["companies"]:
        before, after = one["before"]["micros"], one["after"]
        if after is None:
            table.add_row(one["name"], f"{one['units']:,}", _money(before, one), "another currency", "")
        else:
            changed = f"{'+' if one['more_micros'] > 0 else ''}{_money(one['more_micros'], one)}"
            table.add_row(one["name"], f"{one['units']:,}", _money(before, one), _money(after["micros"], one), changed)
    OUT.print(table)
    for one in shown["sums"]:
        OUT.print(
            f"{shown['month']} by {shown['card']}: {_money(one['after_micros'], one)} instead of"
            f" {_money(one['before_micros'], one)}; {one['more']} pay more, {one['less']} less, {one['same']} the same",
            markup=False,
        )


def _money(micros: int, one: dict[str, Any]) -> str:
    return f"{plain(to_minor(micros, one['currency']), one['currency'])} {one['currency']}"


def _read(file: Path) -> dict[str, Any]:
    try:
        document = parse_json(file.read_bytes())
    except UnsoundError as fault:
        raise NotDone(f"{file}: {fault}.") from None
    if not isinstance(document, dict):
        raise NotDone(f"{file}: must be an object.")
    return document


def _tables(file: Path, given: list[Path]) -> Mapping[str, MarketTable]:
    """The market tables that are known to a file: shipped ones, those beside it, and those given."""
    documents: list[object] = [cards.document(name) for name in cards.names()]
    documents += [_neighbour(one) for one in sorted(file.parent.glob("*.json"))]
    tables = (parse_table(one) for one in [*documents, *map(_read, given)] if is_table(one))
    return {one.name: one for one in tables}


def _neighbour(file: Path) -> object:
    """What a file beside another one has; nothing, if that is no JSON: it may be anything."""
    try:
        return parse_json(file.read_bytes())
    except (OSError, UnsoundError):
        return None


def _card(named: str, markets: list[Path]) -> RateCard:
    """A card in a file, or a published one: its newest version, if no other is named."""
    file = Path(named)
    try:
        if file.exists():
            return parse_card(_read(file), 0, _tables(file, markets))
        listed, tables = _published(named)
        found = listed[-1]
        document = {"card": found["card"], "currency": found["currency"]} | found["document"]
        return parse_card(document, found["version"], {one.name: one for one in map(parse_table, tables)})
    except UnsoundError as fault:
        raise NotDone(f"{named}: {fault}.") from None


def _published(named: str) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The versions that a name means, and the market tables that they use."""
    card, _, version = named.partition("@")
    shown = done(lambda office: office.rate_card(card))
    found = [one for one in shown["rate_cards"] if not version or str(one["version"]) == version]
    if not found:
        raise NotDone(f"There is no version {version} of the rate card {card}.")
    return found, shown["market_tables"]
