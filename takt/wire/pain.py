"""Orders to collect by SEPA direct debit: pain.008 of ISO 20022, made by sepaxml and checked against the schema it brings.

The library names orders by chance and by its own clock; both are replaced, so that the same order has the same bytes.
"""

import re
from collections.abc import Sequence
from datetime import date, datetime
from itertools import count
from typing import Final

from sepaxml import SepaDD
from sepaxml.validation import try_valid_xml

from takt.core.iban import is_iban
from takt.core.mandate import Mandate, Scheme
from takt.core.value import value

SCHEMA: Final = "pain.008.001.08"
COLLECTIONS_MAX: Final = 10_000
_MSG_ID: Final = re.compile("<MsgId>[^<]*</MsgId>")
_CREATED: Final = re.compile("<CreDtTm>[^<]*</CreDtTm>")
_BATCH: Final = re.compile("<PmtInfId>[^<]*</PmtInfId>")
_FOREIGN: Final = re.compile(r"[!-&*;<=>@\[\\\]^_`{|}~]")
_CREDITOR: Final = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{3}[A-Z0-9]{1,28}", re.ASCII)


@value
class Creditor:
    """Who collects: name, account and creditor identifier."""

    name: str
    iban: str
    bic: str
    creditor_id: str


@value
class Collection:
    """One payment to collect: `minor` in cents, `end_to_end` comes back on statements."""

    mandate: Mandate
    sequence: str
    minor: int
    currency: str
    due_on: date
    end_to_end: str
    text: str


def is_creditor_id(text: str) -> bool:
    """Whether a compact text has the form of a creditor identifier, with its check digits."""
    if _CREDITOR.fullmatch(text) is None:
        return False
    checked = text[7:] + text[:4]
    return int("".join(str(int(one, 36)) for one in checked)) % 97 == 1


def write_order(ident: str, creditor: Creditor, scheme: Scheme, ordered: Sequence[Collection], now: datetime) -> bytes:
    """The order as XML. `ident` (at most 30 letters and digits) names it; each batch in it has a number behind that.

    All of one scheme and in euro. Raises sepaxml's ValidationError should the schema refuse it.
    """
    assert 0 < len(ordered) <= COLLECTIONS_MAX
    assert is_iban(creditor.iban)
    order = SepaDD(
        {
            "name": _plain(creditor.name),
            "IBAN": creditor.iban,
            **({"BIC": creditor.bic} if creditor.bic else {}),
            "batch": True,
            "creditor_id": creditor.creditor_id,
            "currency": "EUR",
            "instrument": scheme.value,
        },
        schema=SCHEMA,
        clean=True,
    )
    for one in ordered:
        order.add_payment(_collection(one))
    return _named(order.export(validate=False), ident, now)


def _collection(one: Collection) -> dict[str, object]:
    mandate = one.mandate
    return {
        "name": _plain(mandate.holder),
        "IBAN": mandate.iban,
        **({"BIC": mandate.bic} if mandate.bic else {}),
        "amount": one.minor,
        "type": one.sequence,
        "collection_date": one.due_on,
        "mandate_id": mandate.reference,
        "mandate_date": mandate.signed_on,
        "description": _plain(one.text),
        "endtoend_id": one.end_to_end,
    }


def _plain(text: str) -> str:
    """Without the signs that SEPA does not know; letters beyond ASCII the library writes in plain ones."""
    return _FOREIGN.sub(" ", text.replace("&", "+"))


def _named(document: bytes, ident: str, now: datetime) -> bytes:
    """The order with the names and the instant that are ours, and valid by the schema."""
    text = _MSG_ID.sub(f"<MsgId>{ident}</MsgId>", document.decode())
    text = _CREATED.sub(f"<CreDtTm>{now:%Y-%m-%dT%H:%M:%S}</CreDtTm>", text)
    numbers = count(1)
    text = _BATCH.sub(lambda _: f"<PmtInfId>{ident}-{next(numbers)}</PmtInfId>", text)
    named = text.encode()
    try_valid_xml(named, SCHEMA)
    return named
