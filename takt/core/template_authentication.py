"""The fixed texts of authentication templates: one wording a language, so that nobody mistakes a code for anything else.

Cloud API reference, "Authentication templates". English stands for every language that has no wording of its own here.
"""

from typing import Any, Final

from takt.core.value import value

CODE_MINUTES_MAX: Final = 90


@value
class _Wording:
    body: str
    advice: str
    footer: str
    copy: str
    autofill: str


_ENGLISH: Final = _Wording(
    "*{{1}}* is your verification code.",
    "For your security, do not share this code.",
    "This code expires in {} minutes.",
    "Copy code",
    "Autofill",
)
_WORDINGS: Final = {
    "en": _ENGLISH,
    "de": _Wording(
        "*{{1}}* ist dein Bestätigungscode.",
        "Gib ihn zu deiner Sicherheit niemandem weiter.",
        "Dieser Code läuft in {} Minuten ab.",
        "Code kopieren",
        "Automatisch ausfüllen",
    ),
}


def _wording(language: str) -> _Wording:
    return _WORDINGS.get(language.split("_", maxsplit=1)[0], _ENGLISH)


def otp_texts(language: str) -> tuple[str, str]:
    """What the buttons for copying and for filling in a code say."""
    wording = _wording(language)
    return wording.copy, wording.autofill


def fixed_body(language: str, *, advice: bool) -> dict[str, Any]:
    """The BODY of an authentication template, with or without the advice to keep the code to oneself."""
    wording = _wording(language)
    text = f"{wording.body} {wording.advice}" if advice else wording.body
    return {
        "type": "BODY",
        "text": text,
        "add_security_recommendation": advice,
        "example": {"body_text": [["123456"]]},
    }


def fixed_footer(language: str, minutes: int) -> dict[str, Any]:
    """The FOOTER that says how long a code holds, in minutes."""
    return {"type": "FOOTER", "text": _wording(language).footer.format(minutes), "code_expiration_minutes": minutes}


def preview(language: str, *, advice: bool, minutes: int | None) -> dict[str, Any]:
    """How the fixed texts and the buttons read in a language, as the edge for previews answers."""
    copy, autofill = otp_texts(language)
    shown: dict[str, Any] = {"language": language, "body": fixed_body(language, advice=advice)["text"]}
    if minutes is not None:
        shown["footer"] = fixed_footer(language, minutes)["text"]
    shown["buttons"] = [{"type": "OTP", "text": copy, "autofill_text": autofill}]
    return shown
