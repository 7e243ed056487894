"""Orders to collect go to the bank: what falls due soon, all parts together, one order a scheme. And the account they go to."""

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from takt.actions.outcome import Done
from takt.actions.own_account import name_account
from takt.core.bank_days import bank_days_after
from takt.core.currency import to_minor
from takt.core.mandate import LEAD_BANK_DAYS, Mandate, Scheme, collected_on, sequence
from takt.core.payment import Payment
from takt.core.value import value
from takt.store import mandates, payments
from takt.store.mandates import Order, OwnAccount
from takt.store.pool import Conn
from takt.store.site import Site
from takt.wire.pain import COLLECTIONS_MAX, Collection, Creditor, write_order

AHEAD_BANK_DAYS: Final = LEAD_BANK_DAYS + 3
TEXT: Final = "Takt"


@value
class SetAccount:
    """The operator's account from now on."""

    account: OwnAccount
    who: str


@value
class Collect:
    """Make the orders that are due; `ident` (letters and digits, at most 20) names them, and the same one makes them once."""

    ident: str
    who: str


@value
class NoAccount:
    """There is no account to collect for, or it has no creditor identifier."""


Command = SetAccount | Collect
Answer = list[Order] | NoAccount


@dataclass(slots=True)
class _Due:
    """What goes into one order: payments with their mandates."""

    scheme: Scheme
    ones: list[tuple[Payment, Mandate]]


class Collecting:
    """The action of this lane."""

    def __init__(self, site: Site) -> None:
        self._site = site

    async def __call__(
        self, conn: Conn, part: int, commands: list[Command], now: datetime, *, again: bool
    ) -> Done[Answer]:
        """Each in turn."""
        del part, again
        return Done([await self._do(conn, command, now) for command in commands])

    async def _do(self, conn: Conn, command: Command, now: datetime) -> Answer:
        match command:
            case SetAccount():
                await name_account(conn, command.account, command.who, now)
                return []
            case Collect():
                return await self._collect(conn, command, now)

    async def _collect(self, conn: Conn, command: Collect, now: datetime) -> Answer:
        own = await mandates.own_account(conn)
        if own is None or not own.creditor_id:
            return NoAccount()
        creditor = Creditor(own.holder, own.iban, own.bic, own.creditor_id)
        made: list[Order] = []
        for due in await self._due(conn, now.date()):
            ident = f"{command.ident}{due.scheme[0]}"
            if await mandates.find_order(conn, ident) is None:
                made.append(await _order(conn, due, creditor, (ident, command.who), now))
        return made

    async def _due(self, conn: Conn, today: date) -> list[_Due]:
        """What is due soon and may still be collected, by scheme."""
        until = bank_days_after(today, AHEAD_BANK_DAYS)
        found: defaultdict[Scheme, list[tuple[Payment, Mandate]]] = defaultdict(list)
        for part in self._site.parts:
            some = await payments.to_collect(conn, part, until, COLLECTIONS_MAX)
            known = await mandates.by_ids(conn, part, {one.mandate_id for one in some if one.mandate_id is not None})
            for one in some:
                mandate = known.get(one.mandate_id) if one.mandate_id is not None else None
                if mandate is not None and mandate.usable(today) and one.currency == "EUR":
                    found[mandate.scheme].append((one, mandate))
        return [_Due(scheme, ones[:COLLECTIONS_MAX]) for scheme, ones in sorted(found.items())]


async def _order(conn: Conn, due: _Due, creditor: Creditor, named: tuple[str, str], now: datetime) -> Order:
    """Write one order, and note what it collects in which batch."""
    ident, who = named
    lines = [_line(payment, mandate, now.date()) for payment, mandate in due.ones]
    document = await asyncio.to_thread(write_order, ident, creditor, due.scheme, lines, now)
    batches: dict[tuple[str, date], list[tuple[Payment, Mandate]]] = {}
    for line, one in zip(lines, due.ones, strict=True):
        batches.setdefault((line.sequence, line.due_on), []).append(one)
    for number, ((_, due_on), ones) in enumerate(batches.items(), start=1):
        await _note(conn, ones, f"{ident}-{number}", due_on)
    total = sum(payment.split.gross_micros for payment, _ in due.ones)
    order = Order(ident, due.scheme, len(due.ones), total, document.decode(), who, now)
    await mandates.add_order(conn, order)
    return order


async def _note(conn: Conn, ones: Sequence[tuple[Payment, Mandate]], batch: str, due_on: date) -> None:
    by_part: defaultdict[int, list[tuple[UUID, UUID]]] = defaultdict(list)
    for payment, mandate in ones:
        by_part[payment.payer[0]].append((payment.payment_id, mandate.mandate_id))
    for part, ids in sorted(by_part.items()):
        await payments.set_batch(conn, part, [one[0] for one in ids], batch)
        await mandates.note_use(conn, part, [one[1] for one in ids], due_on)


def _line(payment: Payment, mandate: Mandate, today: date) -> Collection:
    assert payment.due_on is not None, "a collection falls due"
    text = f"{TEXT} {payment.document}".strip()
    return Collection(
        mandate, sequence(mandate), to_minor(payment.split.gross_micros, "EUR"), "EUR",
        collected_on(payment.due_on, today), payment.reference, text,
    )  # fmt: skip
