"""The close of a month: which lines the document of a contract has. Pure; taxes and numbers are others' business.

Four kinds of line: usage (delivered messages that cost something, those of earlier months that came late among them),
what grants paid of it, recurring fees by the days they were due for, and what a commitment still asks for. Quantity times unit price is exact
in micro-units; rounded is each line once, half away from zero, and what that changes is told, to be booked.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Final
from uuid import UUID

from takt.core.currency import to_micros, to_minor
from takt.core.entries import Payer
from takt.core.roll_up import UsageKey, following, outstanding, spent
from takt.core.terms import Commitment, Fee, Terms, fee_micros, true_up_micros
from takt.core.value import value

USAGE: Final = "usage"
GRANT: Final = "grant"
FEE: Final = "fee"
COMMITMENT: Final = "commitment"
"""What the lines that are not about messages have for a category."""
CONTRACT: Final = "contract"
"""Whom a fee is per, if not per sender."""


@value
class Charge:
    """One line: what it is for, its service from `begins` up to but not including `ends`, how many and at which price.

    `name` is that of the fee; a line of usage has the rule that priced it instead. A negative quantity takes back.
    """

    kind: str
    begins: date
    ends: date
    quantity: int
    unit_price_micros: int
    category: str
    market: str = ""
    card: str = ""
    version: int = 0
    rule: int = -1
    tier: str = ""
    name: str = ""

    @property
    def micros(self) -> int:
        """What it comes to, exactly."""
        return self.quantity * self.unit_price_micros


@value
class Closing:
    """The close of a contract's month. `state`: empty (nothing to ask for), frozen (lines are fixed), carried, issued.

    A carried month gives back more than it asks for: its lines wait for the document of a later one.
    """

    payer: Payer
    month: date
    state: str
    used_micros: int
    net_minor: int
    rounding_micros: int
    commitment: Commitment | None
    frozen_at: datetime
    document_id: UUID | None = None
    issued_at: datetime | None = None
    fault: str = ""


@value
class Stretch:
    """Days for which a version of the contract's card was valid, from `begins` up to but not including `ends`."""

    begins: date
    ends: date
    card: str
    version: int
    terms: Terms


@value
class Trade:
    """What a partner buys by a wholesale card in a month: the days for which it asks, and those of each client's sender."""

    card: str
    stretches: Sequence[Stretch]
    senders: Sequence[Sequence[Stretch]]


Run = tuple[Fee, date, date, Stretch]
"""A fee, the days for which it is due, and the stretch that it began in."""
Due = tuple[date, str]
"""A commitment: the month that it is for, and the wholesale card that asks for it; nothing for a contract's own card."""


@value
class Month:
    """All that the lines of a contract's document for a month are made of.

    `used` is all usage of this and earlier months that is known, `billed` what earlier documents have of it.
    `senders` are the days since which the senders are there. `true_ups` is what earlier documents ask for on account of
    commitments; `commitments` what each month asked for, with the days of it that the contract had. `trades` are what a partner buys.
    """

    month: date
    stretches: Sequence[Stretch]
    senders: Sequence[date]
    used: Mapping[UsageKey, int]
    billed: Mapping[UsageKey, int]
    true_ups: Mapping[Due, int]
    commitments: Mapping[Due, Commitment]
    granted_micros: int = 0
    """What grants paid up to the end of the month, less what they got back, and no earlier document took off."""
    trades: Sequence[Trade] = ()


def charges(month: Month) -> list[Charge]:
    """The lines of a document: usage by month and rule, grants, fees, commitments; what comes to nothing is left out."""
    return [*_usage(month), *_granted(month), *_fees(month), *_commitments(month)]


def rounding_micros(lines: Sequence[Charge], currency: str) -> int:
    """How much more the rounded lines come to than the exact ones; at most half a coin for each line, either way."""
    return sum(to_micros(to_minor(one.micros, currency), currency) - one.micros for one in lines)


def carried(earlier: Sequence[Closing]) -> list[Closing]:
    """Which of these months without a document, oldest first, go into that of the next one.

    A month that gives back more than it asks for has none of its own: its lines wait for a month that outweighs them.
    """
    waiting: list[Closing] = []
    for one in earlier:
        waiting.append(one)
        if sum(each.net_minor for each in waiting) >= 0:
            waiting = []
    return waiting


def commitment_of(stretches: Sequence[Stretch], month: date) -> Commitment | None:
    """What the month asks for at least: by the version that was valid when it began, for the days of the contract."""
    if not stretches or stretches[0].terms.commitment is None:
        return None
    whole = stretches[0].terms.commitment
    asked = Fee("", "contract", whole.amount_micros)
    return Commitment(sum(fee_micros(asked, month, one.begins, one.ends) for one in stretches), whole.eligible)


def asked(month: date, stretches: Sequence[Stretch], trades: Sequence[Trade]) -> dict[Due, Commitment]:
    """What a month asks for at least: by the contract's own card, and by each wholesale card that it buys by."""
    own = {(month, ""): commitment_of(stretches, month)}
    all_of_them = own | {(month, one.card): commitment_of(one.stretches, month) for one in trades}
    return {due: one for due, one in all_of_them.items() if one is not None and one.amount_micros > 0}


def _usage(month: Month) -> list[Charge]:
    left = outstanding(month.used, month.billed)
    return [
        Charge(
            USAGE, key.month, following(key.month), units, key.unit_price_micros, key.category, key.market, key.card,
            key.version, key.rule, key.tier,
        )
        for key, units in sorted(left.items(), key=_in_order)
        if key.unit_price_micros > 0
    ]  # fmt: skip


def _granted(month: Month) -> list[Charge]:
    """What grants paid is paid: a line takes it off, or asks for what came back after an earlier one took it off."""
    return _whole(GRANT, month.month, -month.granted_micros)


def _in_order(entry: tuple[UsageKey, int]) -> tuple[object, ...]:
    key, _ = entry
    return (
        key.month, key.category, key.market, key.card, key.version, key.rule, len(key.tier), key.tier,
        -key.unit_price_micros,
    )  # fmt: skip


def _fees(month: Month) -> list[Charge]:
    """Fees of the same amount for the same days are one line; stretches in which a fee stays as it was are one."""
    found: dict[tuple[Fee, date, date, str, int, int], int] = {}
    for fee, first, ends, stretch in _dues(month):
        amount = fee_micros(fee, month.month, first, ends)
        if amount > 0:
            key = (fee, first, ends, stretch.card, stretch.version, amount)
            found[key] = found.get(key, 0) + 1
    return [
        Charge(FEE, first, ends, count, amount, FEE, card=card, version=version, name=fee.name)
        for (fee, first, ends, card, version, amount), count in found.items()
    ]


def _dues(month: Month) -> Iterator[Run]:
    """Each fee as often as it is due: by the contract's own card, then by the wholesale cards of a partner."""
    for fee, begins, ends, stretch in _runs(month.stretches):
        for first in [begins] if fee.per == CONTRACT else [max(begins, day) for day in month.senders]:
            yield fee, first, ends, stretch
    for trade in month.trades:
        yield from (run for run in _runs(trade.stretches) if run[0].per == CONTRACT)
        yield from (run for some in trade.senders for run in _runs(some) if run[0].per != CONTRACT)


def _runs(stretches: Sequence[Stretch]) -> list[Run]:
    """Each fee with the days on end on which it was due as it is; one that is due whole is so once."""
    runs: list[Run] = []
    for stretch in stretches:
        for fee in stretch.terms.fees:
            place = next((at for at, run in enumerate(runs) if _goes_on(run, fee, stretch.begins)), None)
            if place is None:
                runs.append((fee, stretch.begins, stretch.ends, stretch))
            else:
                known = runs[place]
                runs[place] = (known[0], known[1], stretch.ends, known[3])
    return runs


def _goes_on(run: Run, fee: Fee, begins: date) -> bool:
    if not fee.prorated:
        return run[0].name == fee.name and not run[0].prorated
    return run[0] == fee and run[2] == begins


def _commitments(month: Month) -> list[Charge]:
    found: list[Charge] = []
    for due, commitment in sorted(month.commitments.items(), key=lambda entry: entry[0]):
        asked = true_up_micros(commitment, spent(_counting(month, due), due[0]))
        found += _whole(COMMITMENT, due[0], asked - month.true_ups.get(due, 0), due[1])
    return found


def _counting(month: Month, due: Due) -> dict[UsageKey, int]:
    """The usage that fills a commitment: of a wholesale card what it priced, of the own card all that fills no other one."""
    for_month, card = due
    return {
        key: units
        for key, units in month.used.items()
        if (key.card == card if card else (for_month, key.card) not in month.commitments)
    }


def _whole(kind: str, month: date, micros: int, card: str = "") -> list[Charge]:
    """The line over so much of a month as a whole; one of a negative sum takes back, and nothing needs none."""
    if micros == 0:
        return []
    return [Charge(kind, month, following(month), 1 if micros > 0 else -1, abs(micros), kind, card=card)]


def stretches(month: date, since: date, valid: Sequence[tuple[date, str, int, Terms]]) -> list[Stretch]:
    """The days of a month by the version that was valid on each: `valid` from which day on, oldest first.

    The first is valid before its day, too. Days before `since` are nobody's.
    """
    ends = following(month)
    found: list[Stretch] = []
    day = max(month, since)
    while day < ends:
        place = max((at for at, one in enumerate(valid) if one[0] <= day), default=0)
        later = [one[0] for one in valid if one[0] > day]
        until = min([ends, *later])
        _, card, version, terms = valid[place]
        found.append(Stretch(day, until, card, version, terms))
        day = until
    return found
