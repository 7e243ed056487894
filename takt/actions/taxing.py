"""How what a contract pays ahead is taxed: by the legal data of both sides, and by what the operator set until that is there."""

from dataclasses import replace

from takt.actions.legal import LegalMissing, parties_of
from takt.core.entries import Payer
from takt.core.invoice import vat_between
from takt.store import payments
from takt.store.payments import Terms
from takt.store.pool import Conn


async def terms_of(conn: Conn, payer: Payer) -> Terms:
    """Currency and tax of a contract, which is there."""
    terms = await payments.terms(conn, payer)
    try:
        seller, buyer = await parties_of(conn, payer)
    except LegalMissing:
        return terms
    return replace(terms, vat=vat_between(seller, buyer))
