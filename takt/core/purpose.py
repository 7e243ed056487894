"""Purposes: what a company may ask a person's consent for, in the exact words that the person is shown.

Every company has the purpose `marketing`, in words of ours, until it gives its own.
"""

import re
from typing import Final

from takt.core.denial import Text
from takt.core.value import value

DEFAULT: Final = "marketing"
SERVICE: Final = "service"
ALL: Final = "*"
"""All purposes of a company but service: what a person stops with one word."""

KEY: Final = re.compile(r"[a-z][a-z0-9_]{1,39}")
PURPOSES_MAX: Final = 20
NAME_CHARS_MAX: Final = 60
WORDING_CHARS_MAX: Final = 1000
LEGAL_NAME_CHARS_MAX: Final = 200


@value
class Purpose:
    """One version of a purpose; `wording` is what a person agrees to, `legal_name` who is meant by it."""

    key: str
    version: int
    name: Text
    wording: Text
    legal_name: str


def default_purpose(company: str, legal_name: str) -> Purpose:
    """The purpose `marketing` of a company that has not worded one itself: version 0."""
    return Purpose(
        DEFAULT,
        0,
        Text("Offers and news", "Angebote und Neuigkeiten"),
        Text(
            f"{company} may send me advertising in this messenger. I can stop it at any time.",
            f"{company} darf mir in diesem Messenger Werbung schicken. Ich kann sie jederzeit abstellen.",
        ),
        legal_name,
    )
