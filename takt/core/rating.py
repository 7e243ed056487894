"""Rating: what one message may cost and what it does cost, from an immutable rate card that is plain data.

A card is an ordered list of rules; the first that fits gives the price, and publishing proves that each input has one.
A message is rated twice by the same version: when it is accepted (the most it can cost, which is set aside) and when
it is delivered (what it costs, never more). Amounts are integers of micro-units (10^-6) of the card's currency. Nothing
here divides, rounds or asks for the time; what a price depends on is worked out once for each card and input.
"""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import field, replace
from typing import Final

from takt.core.markets import MarketTable
from takt.core.tariff import Tariff
from takt.core.terms import Terms
from takt.core.value import value

CATEGORIES: Final = ("service", "utility", "authentication", "authentication_international", "marketing")
WINDOWS: Final = ("closed", "open", "entry")
FORMS: Final = ("template", "free", "reaction")
UNITS: Final = ("message", "member", "token")
KINDS: Final = ("regular", "free_customer_service", "free_entry_point")
DIMENSIONS: Final = ("category", "market", "window", "form", "unit", "bid")
SCOPES: Final = ("contract", "sender")
PINS: Final = ("acceptance", "delivery")
LINES_KEPT_MAX: Final = 20_000
FREE: Final = "free_customer_service"

Cell = tuple[str, str, str, str, str, bool]
"""One input, as a place in the product of all: category, market, window, form, unit, whether there is a bid."""

Condition = tuple[AbstractSet[object] | None, ...]
"""What each dimension may be; None is fulfilled by everything."""


@value
class Counter:
    """What is counted, and for whom: units captured in a calendar month of the contract's time zone."""

    name: str
    scope: str
    by_market: bool = False

    def key(self, market: str, sender_id: str) -> str:
        """Which of a contract's counts a message goes to."""
        counted = f"{self.name}/{market}" if self.by_market else self.name
        return f"{counted}:{sender_id}" if self.scope == "sender" else counted


@value
class Conversation:
    """One price for all messages of so many hours: the first one delivered pays, in whatever of `rides` is open."""

    name: str
    hours: int
    rides: frozenset[str]


@value
class Rule:
    """One line of a card. `when` has a condition for each dimension; None is fulfilled by everything.

    `kind` is the wire's `pricing.type` of units that cost nothing, or of all at a plain price. With a `bid_floor` the
    tariff is the list price: charged is that or less, as far as the bid goes. A unit of which there are several in one
    message comes at most `units_max` times.
    """

    tariff: Tariff
    kind: str
    when: Condition = (None,) * len(DIMENSIONS)
    counter: Counter | None = None
    conversation: Conversation | None = None
    bid_floor: int | None = None
    units_max: int = 1
    name: str = ""

    def fits(self, cell: Cell) -> bool:
        """Whether this line prices such an input."""
        return all(wanted is None or found in wanted for wanted, found in zip(self.when, cell, strict=True))


@value
class Quote:
    """The price of one message: `amount_micros` is the most it can cost, fixed and set aside when it is accepted.

    `price_micros` is what it costs as things stand, and in the end what it did cost; None: the whole amount. `rule` is
    the line (from 0) that gave it, `ordinal` its place in the count (0: none), `tier` the step as the wire has it.
    `market` is where prices apply, `region` the country of the number if that is called otherwise. `forgone_micros` is
    what its place in the count would have cost beyond what was set aside; `paid_by` the message whose conversation it is in.
    `wholesale` is what the partner pays for it, where it has a card of its own. `seller` is the contract of the partner that sold
    it, told only of companies that move: nothing for the operator; None: whoever the company was registered with.
    """

    amount_micros: int
    currency: str
    category: str
    market: str
    card: str
    version: int
    rule: int
    kind: str
    price_micros: int | None = None
    region: str = ""
    window: str = "closed"
    form: str = "template"
    counter: str = ""
    ordinal: int = 0
    tier: str = ""
    conversation: str = ""
    paid_by: str = ""
    forgone_micros: int = 0
    wholesale: "Quote | None" = None
    seller: str | None = None

    @property
    def price(self) -> int:
        """What it costs, as far as that is known."""
        return self.amount_micros if self.price_micros is None else self.price_micros


@value
class Line:
    """What a card says about one input: its rule, and the quotes of each step, ready made.

    `within` holds for messages that are settled within the period, `beyond` for those that may outlive it: a new
    period counts from zero, so that any step can come. `plain`: the price depends on no count and no conversation.
    """

    index: int
    rule: Rule
    market: str
    within: tuple[Quote, ...]
    beyond: tuple[Quote, ...]
    plain: bool

    def quote(self, counted: int = 0, *, outlives: bool = False) -> Quote:
        """The quote when so many units are counted; `outlives`: it may still be open when the period has passed."""
        quotes = self.beyond if outlives else self.within
        return quotes[0] if len(quotes) == 1 else quotes[self.rule.tariff.step(counted)]


@value
class RateCard:
    """One published version of a price list, compiled. `lines` keeps what was looked up already."""

    card: str
    version: int
    currency: str
    rules: tuple[Rule, ...]
    price_pin: str = "acceptance"
    table: MarketTable | None = None
    counters: Mapping[str, Counter] = field(default_factory=dict, hash=False)
    units: tuple[str, ...] = ("message",)
    terms: Terms = field(default_factory=Terms)
    lines: dict[tuple[str, str, str, str], Line] = field(default_factory=dict, repr=False, compare=False)

    def market(self, region: str) -> str:
        """Where a number of that country belongs; without a table every country is a market of its own."""
        return region if self.table is None else self.table.market(region)

    @property
    def converses(self) -> bool:
        """Whether some prices are for conversations."""
        return any(rule.conversation is not None for rule in self.rules)


def find(card: RateCard, category: str, region: str, window: str, form: str) -> Line:
    """The line for a message without a bid; `region` is the country of the recipient's number."""
    line = card.lines.get((category, region, window, form))
    if line is None:
        line = line_of(card, (category, card.market(region), window, form, "message", False), region)
        if len(card.lines) < LINES_KEPT_MAX:
            card.lines[category, region, window, form] = line
    return line


def line_of(card: RateCard, cell: Cell, region: str = "") -> Line:
    """The line for any input, by the first rule that fits."""
    for index, rule in enumerate(card.rules):
        if rule.fits(cell):
            return _compile(card, index, cell, region)
    raise AssertionError("publishing proved that every input has a price")


def _compile(card: RateCard, index: int, cell: Cell, region: str) -> Line:
    rule, (category, market, window, form, _, _) = card.rules[index], cell
    tariff = rule.tariff
    steps = range(len(tariff.prices))

    def ready(step: int, amount: int) -> Quote:
        price = tariff.prices[step]
        return Quote(
            amount, card.currency, category, market, card.card, card.version, index, kind_of(rule, price),
            price if price != amount else None, region if region != market else "", window, form,
            rule.counter.name if rule.counter is not None else "",
            tier=tier_of(tariff, tariff.firsts[step]) if rule.counter is not None else "",
            conversation=rule.conversation.name if rule.conversation is not None else "",
        )  # fmt: skip

    within = tuple(ready(step, tariff.ceilings[step]) for step in steps)
    plain = rule.counter is None and rule.conversation is None
    return Line(index, rule, market, within, tuple(ready(step, tariff.dearest) for step in steps), plain)


def kind_of(rule: Rule, price_micros: int) -> str:
    """The wire's `pricing.type` at a price: what costs something is regular."""
    return rule.kind if price_micros == 0 else KINDS[0]


def quote_units(line: Line, units: int, counted: int = 0, bid_micros: int | None = None) -> Quote:
    """The quote for several units, for tokens before their number is known (`units` is then the most), or for a bid.

    A bid is the most a unit may cost.
    """
    rule, tariff = line.rule, line.rule.tariff
    if rule.bid_floor is not None:
        bid = tariff.dearest if bid_micros is None else bid_micros
        amount, price = bid * units, clearing(rule, bid) * units
    else:
        amount, price = tariff.ceilings[tariff.step(counted)] * units, tariff.cost(counted, units)
    return replace(line.quote(counted), amount_micros=amount, price_micros=price, kind=kind_of(rule, price))


def clearing(rule: Rule, bid_micros: int, market_micros: int | None = None) -> int:
    """What a bid pays a unit: the price of the market (the list price if there is none), at least the floor, at most the bid."""
    assert rule.bid_floor is not None
    asked = rule.tariff.dearest if market_micros is None else market_micros
    return min(bid_micros, max(rule.bid_floor, asked))


def charge(quote: Quote, rule: Rule, counted: int = 0, units: int = 1) -> Quote:
    """What a delivered message costs as the next unit of its count: never more than was set aside.

    The answer is the quote with price, type, place in the count and tier.
    """
    tariff = rule.tariff
    step = tariff.step(counted) if rule.counter is not None else 0
    if rule.bid_floor is not None:
        due = quote.price
    else:
        due = tariff.prices[step] if units == 1 else tariff.cost(counted, units)
    price = min(quote.amount_micros, due)
    if rule.counter is None:
        return _priced(quote, price, quote.kind, due - price)
    return _priced(quote, price, kind_of(rule, price), due - price, counted + 1, tariff.names[step])


def _priced(quote: Quote, price: int, kind: str, forgone_micros: int, ordinal: int = 0, tier: str = "") -> Quote:
    # A copy field by field, for `replace` takes several times as long.
    return Quote(
        quote.amount_micros, quote.currency, quote.category, quote.market, quote.card, quote.version, quote.rule, kind,
        price, quote.region, quote.window, quote.form, quote.counter, ordinal, tier, quote.conversation, quote.paid_by,
        forgone_micros, quote.wholesale,
    )  # fmt: skip


def repinned(quote: Quote, line: Line) -> Quote:
    """The quote by another version of its card, for cards that price at delivery: what was set aside stays the most."""
    other = line.quote()
    return replace(
        quote, version=other.version, rule=other.rule, kind=other.kind, market=other.market, counter=other.counter,
        conversation=other.conversation,
    )  # fmt: skip


def ride(quote: Quote) -> Quote:
    """What a message costs within an open conversation: nothing, for another one paid."""
    return replace(quote, price_micros=0, kind=FREE)


def tier_of(tariff: Tariff, counted: int) -> str:
    """The step of the next unit as the wire names it; empty where nothing is charged."""
    return tariff.names[tariff.step(counted)]


def crossed(tariff: Tariff, before: int, after: int) -> list[int]:
    """The steps that began between two counts, each after one that was charged, too: what a company hears of."""
    steps = range(tariff.step(before) + 1, tariff.step(after) + 1)
    return [step for step in steps if tariff.prices[step - 1] > 0]
