"""The lines of a month's document in words, in German and in English: what was delivered where, and by which price.

Texts stand on documents that are kept for years, so they say everything themselves: card, version and rule, with the
name that the rule has in the card.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from takt.core.closing import COMMITMENT, FEE, Item
from takt.core.invoice import Line, Period, line_net
from takt.core.party import Language
from takt.core.rating import RateCard
from takt.core.tax import Vat

CATEGORIES: Final[Mapping[str, tuple[str, str]]] = {
    "service": ("Service-Nachrichten", "Service messages"),
    "utility": ("Utility-Nachrichten", "Utility messages"),
    "authentication": ("Authentifizierungs-Nachrichten", "Authentication messages"),
    "authentication_international": (
        "Internationale Authentifizierungs-Nachrichten", "International authentication messages",
    ),
    "marketing": ("Marketing-Nachrichten", "Marketing messages"),
    "marketing_lite": ("Marketing-Nachrichten (eigener Weg)", "Marketing messages (own path)"),
}  # fmt: skip
Cards = Mapping[tuple[str, int], RateCard]
"""The versions of rate cards by name and number."""


def line(item: Item, cards: Cards, language: Language, vat: Vat, currency: str) -> Line:
    """A line as a document has it; its period is that of the service."""
    return Line(
        text(item, language), item.quantity, item.unit_price_micros,
        line_net(item.quantity, item.unit_price_micros, currency), vat,
        Period(item.begins, item.ends - timedelta(days=1)), note=note(item, cards, language), key=key(item),
    )  # fmt: skip


def text(item: Item, language: Language) -> str:
    """What the line is for."""
    german = language is Language.GERMAN
    if item.kind == FEE:
        return f"Grundgebühr {item.name}" if german else f"Recurring fee {item.name}"
    if item.kind == COMMITMENT:
        if item.quantity < 0:
            return "Rückrechnung des Mindestumsatzes" if german else "Minimum spend, taken back"
        return "Auffüllung auf den Mindestumsatz" if german else "Minimum spend, top-up"
    words = CATEGORIES.get(item.category)
    named = (words[0] if german else words[1]) if words is not None else item.category
    return f"{named}, {item.market}"


def note(item: Item, cards: Cards, language: Language) -> str:
    """Which rule of which card gave the price, and for which places in a count."""
    if item.kind == COMMITMENT:
        return ""
    german = language is Language.GERMAN
    card = (
        f"Preisliste {item.card}, Version {item.version}"
        if german
        else f"Rate card {item.card}, version {item.version}"
    )
    if item.kind == FEE:
        return card
    known = cards.get((item.card, item.version))
    name = known.rules[item.rule].name if known is not None and item.rule < len(known.rules) else ""
    rule = f"{'Regel' if german else 'rule'} {item.rule + 1}{f' ({name})' if name else ''}"
    tier = f", {'Staffel' if german else 'tier'} {item.tier}" if item.tier else ""
    return f"{card}, {rule}{tier}"


def key(item: Item) -> str:
    """What was rolled up into the line, for programs."""
    parts = (
        item.kind, f"{item.begins:%Y-%m}", item.card, str(item.version), str(item.rule + 1), item.category, item.market,
        item.tier, item.name,
    )  # fmt: skip
    return "/".join(parts)
