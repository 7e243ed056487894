"""Money comes into a wallet: one journal row and both accounts, once for each entry id."""

from datetime import datetime
from uuid import UUID

from takt.actions.outcome import Done
from takt.core.entries import Payer
from takt.core.ledger import Wallet
from takt.core.value import value
from takt.store import ledger
from takt.store.pool import Conn


@value
class TopUp:
    """An amount in micro-units of the contract's currency; a repeated `entry_id` is the same money."""

    payer: Payer
    entry_id: UUID
    amount_micros: int
    note: str


async def top_up(conn: Conn, part: int, commands: list[TopUp], now: datetime, *, again: bool) -> Done[Wallet]:
    """Book the top-ups of a batch and give the wallets afterwards."""
    del part, again  # accounts lie in the part of their contract; an entry that is there is not written twice
    payers = {command.payer for command in commands}
    await ledger.wallets(conn, payers, now, locked=True)
    for command in sorted(commands, key=lambda one: (one.payer, one.entry_id)):
        await ledger.add_top_up(conn, command.payer, command.entry_id, command.amount_micros, command.note, now)
    after = await ledger.wallets(conn, payers, now, locked=False)
    return Done([after[command.payer] for command in commands])
