"""The automatic part of a review: simple stated signals in the words of a template, each with its evidence.

Nothing here is a judgement about a company. A finding names the rule, the words it saw, and what to change. `forbidden`
ones reject, `doubt` ones ask for a person, `note` ones explain. Format was checked before, when the template came.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from takt.core.value import value

PASS, PERSON, REJECT = "pass", "person", "reject"


@value
class Finding:
    """One signal: its weight (`forbidden`, `doubt`, `note`), the words behind it, the wire's reason, and advice."""

    rule: str
    weight: str
    evidence: str
    reason: str
    advice: str


@value
class Checked:
    """What came out: `pass`, `person` or `reject`, the category that fits, and why."""

    result: str
    category: str
    findings: tuple[Finding, ...]


@value
class Heard:
    """What the filter found: findings of fraud and links; whether the text is, or may be, `marketing`, and by which words."""

    findings: tuple[Finding, ...] = ()
    category: str = ""
    likely: str = ""
    words: tuple[str, ...] = ()


def _words(*patterns: str) -> re.Pattern[str]:
    return re.compile(r"(?<!\w)(?:" + "|".join(patterns) + r")", re.IGNORECASE)


_SHORTENER = re.compile(
    r"(?<![\w.-])(?:bit\.ly|tinyurl\.com|t\.co|goo\.gl|ow\.ly|is\.gd|cutt\.ly|rb\.gy|rebrand\.ly|shorturl\.at|wa\.me)"
    r"(?![\w.-])",
    re.IGNORECASE,
)
_SECRET = _words(
    r"(?:enter|send|confirm|reply with|tell us|share|provide|give us)\W+(?:\w+\W+){0,4}?"
    r"(?:password|pin\b|cvv|cvc|card number|credit card|iban|one-time code|ssn)",
    r"(?:bestätigen|senden|nennen|schicken|teilen|geben|übermitteln)\W+sie\W+(?:\w+\W+){0,5}?"
    r"(?:passwort|kennwort|pin\b|tan\b|kartennummer|kreditkarte|iban|cvv|prüfnummer)",
)
_ADDRESS_NUMBER = re.compile(r"https?://(?:\d{1,3}\.){3}\d{1,3}|https?://[^/\s]*@|https?://[^/\s]*xn--", re.IGNORECASE)
_PRIZE = _words(
    r"you(?: have|'ve)? won\b",
    r"claim your prize",
    r"lottery",
    r"guaranteed (?:income|profit)",
    r"urgent.{0,20}account",
    r"sie haben gewonnen",
    r"gewinn abholen",
    r"lotterie",
    r"garantierte[rn]? gewinn",
    r"konto.{0,20}gesperrt",
)
_CODE = _words(
    r"(?:verification|login|security|one-time|confirmation) (?:code|password)",
    r"otp\b",
    r"(?:bestätigungs|anmelde|sicherheits|einmal)code",
    r"einmalpasswort",
)
_SELLS = _words(
    r"\d+\s?%",
    r"sale\b",
    r"discount\w*",
    r"special offer",
    r"(?:our|new|limited|exclusive) offer",
    r"deals?\b",
    r"coupon",
    r"promo\w*",
    r"shop now",
    r"buy now",
    r"order now",
    r"new collection",
    r"new arrivals?",
    r"free shipping",
    r"newsletter",
    r"black friday",
    r"don't miss",
    r"still interested",
    r"rabatt\w*",
    r"angebot\w*",
    r"gutschein\w*",
    r"jetzt kaufen",
    r"jetzt bestellen",
    r"jetzt sichern",
    r"neue kollektion",
    r"aktion\b",
    r"versandkostenfrei",
    r"nur für kurze zeit",
    r"\w*schnäppchen",
)
_SERVES = _words(
    r"(?:your |the )?(?:order|parcel|package|delivery|shipment|invoice|receipt|payment|appointment|booking|reservation|ticket"
    r"|refund|account|contract|return|subscription|meeting|registration|request|statement)\b",
    r"tracking", r"(?:ihre?n?|deine?n?|die|der|das)?\s?(?:bestellung|paket|lieferung|sendung|rechnung|zahlung|termin|buchung"
    r"|reservierung|erstattung|konto|vertrag|rücksendung|anprobe|anmeldung|anfrage|störung)\w*",
)  # fmt: skip
_SELLING_PARTS: Final = frozenset({
    "LIMITED_TIME_OFFER", "CAROUSEL", "COPY_CODE", "CATALOG", "MPM", "SPM", "APP",
})  # fmt: skip


def check(
    category: str, components: Sequence[Mapping[str, Any]], *, disabled_before: bool = False, heard: Heard | None = None
) -> Checked:
    """Look at a template of this category (small letters); components are in the form they are kept in.

    `heard` is what the filter found in its words.
    """
    if category == "authentication":
        return Checked(PASS, category, ())
    text = text_of(components)
    findings = [*_forbidden(text), *_doubts(text)]
    fitting, why = _category(category, text, _parts(components))
    findings += why
    if heard is not None:
        findings += heard.findings
        if fitting == "utility":
            fitting, why = _by_ear(heard)
            findings += why
    if disabled_before:
        findings.append(Finding("disabled_before", "doubt", "it was disabled", "NONE", "A person looks at it first."))
    weights = {one.weight for one in findings}
    result = REJECT if "forbidden" in weights else PERSON if "doubt" in weights else PASS
    return Checked(result, fitting, tuple(findings))


def text_of(components: Sequence[Mapping[str, Any]]) -> str:
    """All words of a template, a line each."""
    return "\n".join(_texts(components))


def _by_ear(heard: Heard) -> tuple[str, list[Finding]]:
    """Marketing, if it surely advertises; a person, if it may."""
    if not heard.likely:
        return "utility", []
    weight = "note" if heard.category == "marketing" else "doubt"
    reason = "INCORRECT_CATEGORY" if heard.category == "marketing" else "NONE"
    advice = "Utility templates are about an order, an account or a request, and sell nothing."
    return heard.category or "utility", [
        Finding("reads_like_advertising", weight, ", ".join(heard.words), reason, advice)
    ]


def blamed(checked: Checked) -> Finding | None:
    """The finding that speaks most against a template; None when nothing but notes was found."""
    heavy = [one for one in checked.findings if one.weight == "forbidden"]
    heavy += [one for one in checked.findings if one.weight == "doubt" and one.reason != "NONE"]
    return heavy[0] if heavy else None


def _forbidden(text: str) -> Iterator[Finding]:
    if (found := _SHORTENER.search(text)) is not None:
        yield Finding(
            "short_link", "forbidden", found.group(), "SCAM",
            "Use an address of your own: people cannot see where a shortened link leads.",
        )  # fmt: skip
    if (found := _SECRET.search(text)) is not None:
        yield Finding(
            "asks_for_secret", "forbidden", found.group(), "SCAM",
            "Never ask for passwords, PINs or card numbers in a message.",
        )  # fmt: skip
    if (found := _ADDRESS_NUMBER.search(text)) is not None:
        yield Finding(
            "hidden_address", "forbidden", found.group(), "SCAM", "Use an address with the plain name of your site."
        )
    if (found := _CODE.search(text)) is not None:
        yield Finding(
            "code_outside_authentication", "forbidden", found.group(), "INCORRECT_CATEGORY",
            "Send codes with a template of the category AUTHENTICATION.",
        )  # fmt: skip


def _doubts(text: str) -> Iterator[Finding]:
    if (found := _PRIZE.search(text)) is not None:
        yield Finding(
            "sounds_like_fraud", "doubt", found.group(), "SCAM", "Say plainly who writes and why, without pressure."
        )
    letters = [char for char in text if char.isalpha()]
    if len(letters) > 40 and sum(map(str.isupper, letters)) > 0.6 * len(letters):
        yield Finding("shouting", "doubt", "mostly capitals", "ABUSIVE_CONTENT", "Write in normal letters.")


def _category(category: str, text: str, parts: Sequence[str]) -> tuple[str, list[Finding]]:
    """Marketing, if it sells; a utility text that says nothing of an order or the like is left to a person."""
    sells = [*parts, *dict.fromkeys(match.group().strip() for match in _SELLS.finditer(text))]
    serves = list(dict.fromkeys(match.group().strip() for match in _SERVES.finditer(text)))
    if category != "utility":
        return category, [Finding("sells", "note", ", ".join(sells[:5]), "NONE", "")] if sells else []
    if parts or len(sells) > 1 or (sells and not serves):
        advice = "Utility templates are about an order, an account or a request, and sell nothing."
        return "marketing", [Finding("sells", "note", ", ".join(sells[:5]), "INCORRECT_CATEGORY", advice)]
    if not serves:
        advice = "Name what the message is about: an order, an appointment, an account."
        return "utility", [Finding("no_occasion", "doubt", "no word of an order, account or request", "NONE", advice)]
    return "utility", [Finding("serves", "note", ", ".join(serves[:5]), "NONE", "")]


def _texts(components: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    for one in components:
        yield from (str(one[name]) for name in ("text", "url") if one.get(name))
        yield from _texts(one.get("buttons", ()))
        yield from _texts([{"text": one["limited_time_offer"]["text"]}] if "limited_time_offer" in one else ())
        for card in one.get("cards", ()):
            yield from _texts(card["components"])


def _parts(components: Sequence[Mapping[str, Any]]) -> list[str]:
    kinds = [str(one["type"]) for one in components]
    kinds += [str(button["type"]) for one in components for button in one.get("buttons", ())]
    return [kind for kind in dict.fromkeys(kinds) if kind in _SELLING_PARTS]
