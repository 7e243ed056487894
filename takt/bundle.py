"""Everything that money rests on, written out for a program that is not ours to recompute: `verifier/verify.py`.

Four files: the batches of the ledger with their entries and rows of usage, one batch a line; the rate cards; the
contracts with their closed months; the documents. Nothing in them says whom a message went to.
"""

from collections.abc import AsyncIterator
from datetime import UTC
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec

from takt.calendars import zone_named
from takt.core import chain
from takt.core.closing import Charge
from takt.core.entries import Entry
from takt.core.invoice import Invoice
from takt.core.roll_up import cut_off
from takt.core.usage import Usage
from takt.ledger_proof import walk
from takt.store import closings, contracts, documents, exchange_rates, rate_cards
from takt.store.chains import Batch, Rows
from takt.store.documents import Bytes, Listed
from takt.store.pool import Conn
from takt.store.site import Site
from takt.wire.invoice_lines import key_of

BATCHES, CARDS, CONTRACTS, DOCUMENTS = "batches.jsonl", "cards.json", "contracts.json", "documents.jsonl"


async def write(site: Site, folder: Path) -> dict[str, int]:
    """Write the files into a folder, which is made if it is not there; how much was written."""
    folder.mkdir(parents=True, exist_ok=True)  # noqa: ASYNC240 - nobody else waits for this process
    batches = 0
    with (folder / BATCHES).open("wb") as file:
        for part in site.parts:
            async for one, rows in walk(site, part):
                file.write(msgspec.json.encode(_batch(one, rows)) + b"\n")
                batches += 1
    cards, contracts, issued = await _cards(site), [], 0
    with (folder / DOCUMENTS).open("wb") as file:
        for part in site.parts:
            async with site.pool(part).acquire() as conn:
                contracts += await _contracts(conn, part)
            async for document in _documents(site, part):
                file.write(msgspec.json.encode(document) + b"\n")
                issued += 1
    for name, told in ((CARDS, cards), (CONTRACTS, contracts)):
        (folder / name).write_bytes(msgspec.json.format(msgspec.json.encode(told), indent=1))
    return {"batches": batches, "cards": len(cards["cards"]), "contracts": len(contracts), "documents": issued}


def _batch(one: Batch, rows: Rows) -> dict[str, Any]:
    return {
        "part": one.part,
        "number": one.number,
        "booked_at": chain.instant(one.booked_at),
        "digest": one.digest.hex(),
        "previous": one.previous.hex(),
        "hash": one.hash.hex(),
        "entries": [_entry(entry) for entry, _ in rows.entries[one.batch_id]],
        "usage": [_usage(row) for row, _ in rows.usages[one.batch_id]],
    }


def _entry(one: Entry) -> dict[str, Any]:
    return {
        "contract": one.payer[1].hex, "entry": one.entry_id.hex, "leg": one.leg, "kind": one.kind.value,
        "debit": one.debit, "credit": one.credit, "amount_micros": one.amount_micros, "currency": one.currency,
        "event_at": chain.instant(one.event_at), "undoes": one.undoes.hex if one.undoes else "", "note": one.note,
    }  # fmt: skip


def _usage(one: Usage) -> dict[str, Any]:
    return {
        "message": one.message_id.hex, "leg": one.leg, "refund": one.refund, "contract": one.payer[1].hex,
        "sender": one.sender_id, "category": one.category, "market": one.market, "card": one.card,
        "version": one.card_version, "rule": one.rule, "tier": one.tier, "ordinal": one.ordinal or 0,
        "unit_price_micros": one.unit_price_micros, "amount_micros": one.amount_micros,
        "forgone_micros": one.forgone_micros, "currency": one.currency, "reason": one.reason,
        "template": one.template_id or "", "late": one.late, "delivered_at": chain.instant(one.delivered_at),
        "region": one.region, "window": one.window, "form": one.form,
    }  # fmt: skip


async def _cards(site: Site) -> dict[str, Any]:
    async with site.everywhere.acquire() as conn:
        listed, tables = await rate_cards.list_versions(conn), await rate_cards.list_tables(conn)
        rates = await exchange_rates.newest(conn)
    return {
        "cards": [
            {
                "card": one.card, "version": one.version, "body": one.body, "sha256": one.sha256.hex(),
                "previous": one.previous.hex() if one.previous is not None else None,
                "valid_from": chain.instant(one.validity.valid_from),
                "valid_to": chain.instant(one.validity.valid_to) if one.validity.valid_to is not None else None,
                "published_at": chain.instant(one.published_at) if one.published_at is not None else None,
            }
            for one in listed
        ],
        "market_tables": tables,
        "exchange_rates": {f"{one.currency} {one.month:%Y-%m}": one.per_euro_micros for one in rates},
    }  # fmt: skip


async def _contracts(conn: Conn, part: int) -> list[dict[str, Any]]:
    shown: list[dict[str, Any]] = []
    for one in await closings.contracts(conn, part):
        tz = zone_named(one.time_zone) or UTC
        months = [
            {
                "month": closed.month.isoformat(), "state": closed.state, "used_micros": closed.used_micros,
                "cut_off": chain.instant(cut_off(closed.month, tz)), "frozen_at": chain.instant(closed.frozen_at),
                "document": closed.document_id.hex if closed.document_id is not None else None,
                "lines": [_charge(line) for line in await closings.lines(conn, one.payer, closed.month)],
            }
            for closed in reversed(await closings.list_contract(conn, one.payer))
        ]  # fmt: skip
        cards = [
            {"month": f"{turn['valid_from'].astimezone(tz):%Y-%m-%d}", "card": turn["card"]}
            for turn in await contracts.assignments(conn, one.business_id)
        ]
        shown.append(
            {
                "contract": one.payer[1].hex, "cards": cards, "currency": one.currency, "time_zone": one.time_zone, "mode": one.mode,
                "created_at": chain.instant(one.created_at), "card": await closings.card_of(conn, one.business_id),
                "partner": one.partner_id.hex if one.partner_id is not None else None,
                "senders": [chain.instant(at) for at in await closings.senders_since(conn, one.business_id)],
                "months": months,
            }
        )  # fmt: skip
    return shown


def _charge(one: Charge) -> dict[str, Any]:
    return {
        "key": key_of(one),
        "quantity": one.quantity,
        "unit_price_micros": one.unit_price_micros,
        "until": one.ends.isoformat(),
    }


async def _documents(site: Site, part: int) -> AsyncIterator[dict[str, Any]]:
    """All of a part, page by page."""
    after: UUID | None = UUID(int=0)
    while after is not None:
        async with site.pool(part).acquire() as conn:
            page = await documents.page(conn, part, after)
            told = [
                _document(
                    one,
                    await documents.value_of(conn, part, one.document_id),
                    await documents.bytes_of(conn, part, one.document_id),
                )
                for one in page
            ]
        for each in told:
            yield each
        after = page[-1].document_id if len(page) == documents.LISTED_MAX else None


def _document(one: Listed, value: Invoice, files: Bytes) -> dict[str, Any]:
    return {
        "document": one.document_id.hex, "contract": one.payer[1].hex, "kind": one.kind.value, "number": one.number,
        "issued_on": one.issued_on.isoformat(), "issued_at": chain.instant(one.issued_at), "currency": one.currency, "net": one.net, "tax": one.tax,
        "gross": one.gross, "payable": one.payable, "corrects": one.corrects.hex if one.corrects is not None else None,
        "seller": {
            "small": value.seller.small, "union_rates": value.seller.union_rates, "outside": value.seller.outside.value,
            "rates": dict(value.seller.rates),
        },
        "buyer": {"country": value.buyer.address.country, "with_vat_id": value.buyer.company and bool(value.buyer.vat_id)},
        "lines": [
            {
                "key": line.key, "quantity": line.quantity, "unit_price_micros": line.unit_price_micros, "net": line.net,
                "vat": line.vat.category.value, "rate_basis_points": line.vat.rate_basis_points,
                "from": line.period.first.isoformat(), "to": line.period.last.isoformat(), "of": line.of,
                "advance": line.advance.number if line.advance is not None else "",
            }
            for line in value.lines
        ],
        "breakdown": [
            {
                "vat": sub.vat.category.value, "rate_basis_points": sub.vat.rate_basis_points, "taxable": sub.taxable,
                "tax": sub.tax,
            }
            for sub in value.breakdown
        ],
        "exchange": [
            {
                "month": f"{some.month:%Y-%m}", "per_euro_micros": some.per_euro_micros, "tax": some.tax, "euro": some.euro,
            }
            for some in value.exchange
        ],
        "sha256": files.digest.hex(), "cii": files.cii.decode(),
    }  # fmt: skip
