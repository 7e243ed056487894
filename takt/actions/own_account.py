"""The operator's bank account is one, wherever it is named: with the legal data that documents show, or by itself.

Each way of naming it writes both places in one transaction, so that what is printed, what the GiroCode of a page says and
what statements are taken for is the same account.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from takt.core.iban import compact
from takt.core.mandate import HOLDER_CHARS_MAX
from takt.store import mandates, parties
from takt.store.mandates import OwnAccount
from takt.store.pool import Conn
from takt.store.stamp import touch
from takt.wire.parties import parse_seller


async def follow_legal(conn: Conn, document: Mapping[str, Any], who: str, now: datetime) -> None:
    """Use the account of the operator's legal data, which was parsed before; whoever sits there holds it if nobody is named."""
    seller = parse_seller(document)
    account = seller.account
    holder = (account.holder or seller.name)[:HOLDER_CHARS_MAX]
    found = OwnAccount(account.iban, holder, account.bic, seller.creditor_id)
    await mandates.set_own_account(conn, found, who, now)


async def name_account(conn: Conn, account: OwnAccount, who: str, now: datetime) -> None:
    """Use this account, and show it on documents from now on: legal data that is there gets its next version."""
    await touch(conn)
    await mandates.set_own_account(conn, account, who, now)
    known = await parties.find_operator(conn)
    if known is not None:
        document = _showing(known.document, account)
        if document != known.document:
            await parties.add_operator(conn, document, who, now)


def _showing(document: Mapping[str, Any], account: OwnAccount) -> dict[str, Any]:
    before = document.get("account", {})
    same = compact(str(before.get("iban", ""))) == account.iban
    shown = {
        "iban": account.iban,
        "bic": account.bic,
        "holder": account.holder,
        "bank": before.get("bank") if same else "",
    }
    changed = {**document, "account": {name: text for name, text in shown.items() if text}}
    changed.pop("creditor_id", None)
    return changed | ({"creditor_id": account.creditor_id} if account.creditor_id else {})
