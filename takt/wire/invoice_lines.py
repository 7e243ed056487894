"""The lines of a closed month as people read them on a document, in the customer's language."""

from datetime import timedelta
from typing import Final

from babel import Locale

from takt.core.closing import COMMITMENT, FEE, GRANT, Charge
from takt.core.invoice import Frame, Line, Period, line_net, vat_between
from takt.core.invoice_texts import Pair, pick
from takt.core.party import Language

CATEGORIES: Final[dict[str, Pair]] = {
    "marketing": ("Marketing-Nachrichten", "Marketing messages"),
    "utility": ("Vorgangs-Nachrichten", "Utility messages"),
    "authentication": ("Authentifizierungs-Nachrichten", "Authentication messages"),
    "authentication_international": (
        "Authentifizierungs-Nachrichten, international",
        "Authentication messages, international",
    ),
    "service": ("Service-Nachrichten", "Service messages"),
}
FEES: Final = ("Gebühr „{name}“", "Fee “{name}”")
GRANTED: Final = ("Mit gewährtem Guthaben bezahlt", "Paid with granted credit")
COMMITTED: Final = ("Mindestumsatz, nicht verbraucht", "Minimum spend, unused")
PRICED: Final = ("Preisliste {card} v{version}", "Rate card {card} v{version}")
ASKED: Final = ("Preisliste {card}", "Rate card {card}")
RULE: Final = ("Regel {rule}", "rule {rule}")
STEP: Final = ("Stufe {tier}", "step {tier}")


def line_of(charge: Charge, frame: Frame) -> Line:
    """A charge as a line; its tax is that of the parties."""
    language = frame.buyer.language
    return Line(
        _text(charge, language), charge.quantity, charge.unit_price_micros,
        line_net(charge.quantity, charge.unit_price_micros, frame.currency), vat_between(frame.seller, frame.buyer),
        Period(charge.begins, charge.ends - timedelta(days=1)), note=_note(charge, language), key=key_of(charge),
    )  # fmt: skip


def _text(charge: Charge, language: Language) -> str:
    if charge.kind == FEE:
        return pick(FEES, language).format(name=charge.name)
    if charge.kind == GRANT:
        return pick(GRANTED, language)
    if charge.kind == COMMITMENT:
        return pick(COMMITTED, language)
    named = CATEGORIES.get(charge.category)
    what = charge.category if named is None else pick(named, language)
    return f"{what}, {_market(charge.market, language)}" if charge.market else what


def _market(market: str, language: Language) -> str:
    return str(Locale(language.value).territories.get(market, market))


def _note(charge: Charge, language: Language) -> str:
    named = PRICED if charge.version else ASKED
    said = [pick(named, language).format(card=charge.card, version=charge.version)] if charge.card else []
    if charge.rule >= 0:
        said.append(pick(RULE, language).format(rule=charge.rule))
    if charge.tier:
        said.append(pick(STEP, language).format(tier=charge.tier))
    return ", ".join(said)


def key_of(charge: Charge) -> str:
    """What was rolled up: the same on every document."""
    parts = (
        charge.kind, f"{charge.card}@{charge.version}", str(charge.rule), charge.category, charge.market, charge.tier,
        charge.name, f"{charge.begins}",
    )  # fmt: skip
    return "/".join(parts)
