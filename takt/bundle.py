"""Everything that money rests on, written out for a program that is not ours to recompute: `verifier/verify.py`.

Four files: the batches of the ledger with their entries and rows of usage, one batch a line; the rate cards; the
contracts with their closed months; the documents. Nothing in them says whom a message went to.

What is for one company has its own of each, and a fifth file that says so. Of the batches that it has something in, what
is others' is left out, and only hashes stand for it, as few as the hash of the batch can be worked out with.
"""

from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec

from takt.calendars import zone_named
from takt.core import chain, entries, usage
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
COMPANY = "company.json"


async def write(site: Site, folder: Path, only: UUID | None = None) -> dict[str, int]:
    """Write the files into a folder, which is made if it is not there; how much was written. `only`: a contract alone."""
    folder.mkdir(parents=True, exist_ok=True)  # noqa: ASYNC240 - nobody else waits for this process
    batches = 0
    named: set[str] = set()
    with (folder / BATCHES).open("wb") as file:
        for part in site.parts:
            async for one, rows in walk(site, part):
                told = _batch(one, rows) if only is None else _batch_of(one, rows, only)
                if told is not None:
                    file.write(msgspec.json.encode(told) + b"\n")
                    batches += 1
                    named.update(row["card"] for row in told["usage"] if only is not None)
    listed, issued = [], 0
    with (folder / DOCUMENTS).open("wb") as file:
        for part in site.parts:
            async with site.pool(part).acquire() as conn:
                listed += await _contracts(conn, part, only)
            async for document in _documents(site, part, only):
                file.write(msgspec.json.encode(document) + b"\n")
                issued += 1
    of_clients = _named([client for one in listed for client in one["clients"]])
    cards = await _cards(site) if only is None else _cards_of(await _cards(site), named | _named(listed), of_clients)
    company = {} if only is None else {COMPANY: {"contract": only.hex}}
    (folder / COMPANY).unlink(missing_ok=True)
    for name, content in {CARDS: cards, CONTRACTS: listed, **company}.items():
        (folder / name).write_bytes(msgspec.json.format(msgspec.json.encode(content), indent=1))
    return {"batches": batches, "cards": len(cards["cards"]), "contracts": len(listed), "documents": issued}


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


def _batch_of(one: Batch, rows: Rows, contract_id: UUID) -> dict[str, Any] | None:
    """What a contract has in a batch, and the hashes that stand for the rest of it; None if it has nothing."""
    entered = entries.in_order([entry for entry, _ in rows.entries[one.batch_id]])
    used = usage.in_order([row for row, _ in rows.usages[one.batch_id]])
    own = [at for at, entry in enumerate(entered) if entry.payer[1] == contract_id]
    own_used = [at for at, row in enumerate(used) if row.payer[1] == contract_id]
    if not own and not own_used:
        return None
    beside = {
        "entries": _beside([entries.leaf(entry) for entry in entered], own),
        "usage": _beside([usage.leaf(row) for row in used], own_used),
    }
    told = {"entries": [_entry(entered[at]) for at in own], "usage": [_usage(used[at]) for at in own_used]}
    return _batch(one, Rows()) | told | {"beside": beside}


def _beside(leaves: Sequence[bytes], own: Sequence[int]) -> dict[str, Any]:
    return {"of": len(leaves), "places": own, "hashes": [one.hex() for one in chain.beside(leaves, own)]}


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
        "exchange_rates": _rates(rates),
    }  # fmt: skip


def _rates(told: Sequence[exchange_rates.Told]) -> dict[str, list[tuple[int, str]]]:
    """What was told of each month, oldest first, with the instant from which it held."""
    found: dict[str, list[tuple[int, str]]] = {}
    for one in reversed(told):
        key = f"{one.rate.currency} {one.rate.month:%Y-%m}"
        found.setdefault(key, []).append((one.rate.per_euro_micros, chain.instant(one.at)))
    return found


def _cards_of(cards: Mapping[str, Any], named: Collection[str], of_clients: Collection[str]) -> dict[str, Any]:
    """All versions of some cards, and the market tables that they use; of its clients' cards a partner has the wholesale cards, too."""
    told = [msgspec.json.decode(one["body"]) for one in cards["cards"] if one["card"] in of_clients]
    named = {*named, *of_clients, *(one.get("reseller", {}).get("wholesale", "") for one in told)}
    some = [one for one in cards["cards"] if one["card"] in named]
    tables = {msgspec.json.decode(one["body"]).get("market_table") for one in some}
    of_markets = {name: table for name, table in cards["market_tables"].items() if name in tables}
    return {**cards, "cards": some, "market_tables": of_markets}


def _named(contracts_: Sequence[Mapping[str, Any]]) -> set[str]:
    """The cards that contracts go and went by."""
    return {turn["card"] for one in contracts_ for turn in [one, *one["cards"]]}


async def _contracts(conn: Conn, part: int, only: UUID | None) -> list[dict[str, Any]]:
    shown: list[dict[str, Any]] = []
    for one in await closings.contracts(conn, part):
        if only not in {None, one.payer[1]}:
            continue
        tz = zone_named(one.time_zone) or UTC
        limits = await contracts.limits(conn, one.payer)
        months = [
            {
                "month": closed.month.isoformat(), "state": closed.state, "mode": _mode(one.mode, limits, closed.frozen_at), "used_micros": closed.used_micros,
                "cut_off": chain.instant(cut_off(closed.month, tz)), "frozen_at": chain.instant(closed.frozen_at),
                "document": closed.document_id.hex if closed.document_id is not None else None,
                "lines": [_charge(line) for line in await closings.lines(conn, one.payer, closed.month)],
            }
            for closed in reversed(await closings.list_contract(conn, one.payer))
        ]  # fmt: skip
        shown.append(
            {
                "contract": one.payer[1].hex, "currency": one.currency, "mode": one.mode,
                **await _terms(conn, one.business_id, one.created_at, one.time_zone),
                "partner": _hex(one.partner_id),
                "partners": [{"from": chain.instant(at), "partner": _hex(partner)} for at, partner in one.moves],
                "clients": [
                    {
                        **await _terms(conn, each.business_id, each.created_at, each.time_zone),
                        "first": each.first,
                        "sold": [{"from": chain.instant(at), "own": own} for at, own in each.moves],
                    }
                    for each in await closings.clients(conn, one.payer)
                ],
                "months": months,
            }
        )  # fmt: skip
    return shown


async def _terms(conn: Conn, business_id: UUID, since: datetime, time_zone: str) -> dict[str, Any]:
    """What the fees and commitments of a company rest on. Of the clients of a partner that is all; not who they are."""
    tz = zone_named(time_zone) or UTC
    return {
        "created_at": chain.instant(since),
        "time_zone": time_zone,
        "card": await closings.card_of(conn, business_id),
        "cards": [
            {"month": f"{turn['valid_from'].astimezone(tz):%Y-%m-%d}", "card": turn["card"]}
            for turn in await contracts.assignments(conn, business_id)
        ],
        "senders": [chain.instant(at) for at in await closings.senders_since(conn, business_id)],
    }


def _hex(contract_id: UUID | None) -> str | None:
    return None if contract_id is None else contract_id.hex


def _mode(now: str, limits: Sequence[tuple[datetime, int, int]], at: datetime) -> str:
    """Whether a contract paid ahead or afterwards at an instant, by the line of credit that it had then."""
    later = next((was for changed, was, _ in limits if changed > at), None)
    return now if later is None else "postpaid" if later > 0 else "prepaid"


def _charge(one: Charge) -> dict[str, Any]:
    return {
        "key": key_of(one),
        "quantity": one.quantity,
        "unit_price_micros": one.unit_price_micros,
        "until": one.ends.isoformat(),
    }


async def _documents(site: Site, part: int, only: UUID | None) -> AsyncIterator[dict[str, Any]]:
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
                if only in {None, one.payer[1]}
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
