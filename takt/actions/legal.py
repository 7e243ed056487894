"""What documents rest on: legal data, set in versions and read as their parties, rates, and what a paid month gets."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from takt.actions.contract import choose_month_document
from takt.actions.outcome import Done
from takt.actions.own_account import follow_legal
from takt.core.contract import MonthDocument
from takt.core.entries import Payer
from takt.core.exchange import Rate
from takt.core.invoice import vat_between
from takt.core.party import Buyer, Seller
from takt.core.value import value
from takt.store import documents, exchange_rates, parties, payments, stamp
from takt.store.parties import Kept
from takt.store.pool import Conn
from takt.wire.parties import parse_buyer, parse_seller


@value
class SetOperator:
    """The operator's legal data from now on; parsed before."""

    document: Mapping[str, Any]
    who: str


@value
class SetCustomer:
    """A customer's legal data from now on; parsed before. With when and how its VAT id was confirmed, if it was."""

    payer: Payer
    document: Mapping[str, Any]
    who: str
    vat_checked_at: datetime | None = None
    vat_proof: str = ""


@value
class SetMonthDocument:
    """What is written of a month that a contract paid ahead, from now on: `statement` or `final`."""

    payer: Payer
    chosen: MonthDocument
    who: str


@value
class AddRates:
    """Average rates of months, by which tax is told in euro; those that are known stay as they are."""

    rates: tuple[Rate, ...]
    who: str


@value
class CorrectRate:
    """Another average rate for a month, for what is issued from now on; what was issued keeps its own."""

    rate: Rate
    who: str
    why: str


Command = SetOperator | SetCustomer | SetMonthDocument | AddRates | CorrectRate


async def set_legal(conn: Conn, part: int, commands: list[Command], now: datetime, *, again: bool) -> Done[int]:
    """Write each as the next version, unless it is the present one; the versions that hold now. Of rates, how many are new; else 0."""
    del part, again  # what was written already is the present version
    if any(isinstance(one, SetOperator) for one in commands):
        await stamp.take_turn(conn)
    return Done([await _set(conn, one, now) for one in commands])


async def _set(conn: Conn, command: Command, now: datetime) -> int:
    if isinstance(command, SetMonthDocument):
        await choose_month_document(conn, command.payer, command.chosen, command.who, now)
        return 0
    if isinstance(command, AddRates | CorrectRate):
        return await _tell_rates(conn, command, now)
    if isinstance(command, SetOperator):
        await stamp.touch(conn)
        await follow_legal(conn, command.document, command.who, now)
        known = await parties.find_operator(conn)
        if known is not None and known.document == command.document:
            return known.version
        return await parties.add_operator(conn, command.document, command.who, now)
    await documents.hold_contract(conn, command.payer)
    known = await parties.find_customer(conn, command.payer)
    said = (command.document, command.vat_checked_at, command.vat_proof)
    if known is not None and (known.document, known.vat_checked_at, known.vat_proof) == said:
        return known.version
    new = Kept(0, command.document, command.who, now, command.vat_checked_at, command.vat_proof)
    version = await parties.add_customer(conn, command.payer, new)
    operator = await parties.find_operator(conn)
    if operator is not None:
        vat = vat_between(parse_seller(operator.document), parse_buyer(command.document))
        await payments.set_tax(conn, command.payer, vat)
    return version


async def _tell_rates(conn: Conn, command: AddRates | CorrectRate, now: datetime) -> int:
    if isinstance(command, AddRates):
        return await exchange_rates.add(conn, command.rates, command.who, now)
    return int(await exchange_rates.correct(conn, command.rate, command.who, command.why, now))


class LegalMissing(Exception):
    """No document can be made, because the legal data of a party is not set; the text says whose."""


async def parties_of(conn: Conn, payer: Payer) -> tuple[Seller, Buyer]:
    """Operator and customer as documents show them. Raises LegalMissing."""
    operator, customer = await parties.find_operator(conn), await parties.find_customer(conn, payer)
    if operator is None:
        raise LegalMissing("the operator's legal data is not set")
    if customer is None:
        raise LegalMissing("the customer's legal data is not set")
    return parse_seller(operator.document), parse_buyer(customer.document)
