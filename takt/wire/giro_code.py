"""The GiroCode: a transfer in euro as a picture that banking apps read (EPC069-12, version 2)."""

from decimal import Decimal
from io import BytesIO
from typing import Any, Final

from segno import QRCode
from segno.helpers import make_epc_qr

from takt.core.currency import plain
from takt.core.value import value

NAME_CHARS: Final = 70
CURRENCY: Final = "EUR"
INK: Final = "#122226"


@value
class Transfer:
    """Who gets how many cents, on which account, with which reference (at most 140 characters); `bic` may be ""."""

    holder: str
    iban: str
    bic: str
    cents: int
    reference: str


def giro_code(transfer: Transfer, **form: Any) -> str:
    """The picture as an SVG; `form` is what segno's SVG writer takes. Names are cut at what the standard allows."""
    code: QRCode = make_epc_qr(
        transfer.holder[:NAME_CHARS], transfer.iban, Decimal(plain(transfer.cents, CURRENCY)), transfer.reference,
        bic=transfer.bic or None, encoding="UTF-8",
    )  # fmt: skip
    drawn = BytesIO()
    code.save(drawn, kind="svg", dark=INK, xmldecl=False, **form)
    return drawn.getvalue().decode()
