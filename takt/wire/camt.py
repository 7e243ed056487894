"""Bank statements in camt.053 (ISO 20022), of any version: 02, 08, 13 and between. Banks differ; what is missing is nothing.

Read are booked entries, one by one or as batches with their transactions, charges, reversals and returns. Amounts
become micro-units. A transaction whose details do not add up to its entry is kept with a flaw, for a person to look at.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Final

from takt.core.currency import MINOR_DIGITS
from takt.core.document import UnsoundError
from takt.core.iban import compact, is_iban
from takt.core.statements import Statement, Transaction, keyed
from takt.wire.xml_tree import Node, parse_xml

BYTES_MAX: Final = 32 * 1024 * 1024
STATEMENTS_MAX: Final = 1000
TRANSACTIONS_MAX: Final = 100_000
_AMOUNT: Final = re.compile(r"\+?([0-9]{1,13})(?:\.([0-9]{1,6}))?", re.ASCII)
_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_CURRENCY: Final = re.compile(r"[A-Z]{3}", re.ASCII)
_NOTHING: Final = ("NOTPROVIDED", "NONREF")
_BOOKED: Final = "BOOK"


def parse_camt(document: bytes) -> list[Statement]:
    """The statements of a file. Raises UnsoundError, which names the element that is wrong."""
    if len(document) > BYTES_MAX:
        raise UnsoundError(f"the document: must be at most {BYTES_MAX} bytes")
    found = list(parse_xml(document).all("Document/BkToCstmrStmt/Stmt"))
    if not found:
        raise UnsoundError("Document: must have BkToCstmrStmt with at least one Stmt (camt.053)")
    if len(found) > STATEMENTS_MAX:
        raise UnsoundError(f"Stmt: must be at most {STATEMENTS_MAX}")
    return [_statement(one) for one in found]


def _statement(stmt: Node) -> Statement:
    iban = compact(stmt.words("Acct/Id/IBAN"))
    if not is_iban(iban):
        raise UnsoundError("Stmt/Acct/Id/IBAN: must be an IBAN")
    moved: list[Transaction] = []
    for entry in stmt.all("Ntry"):
        if _status(entry) == _BOOKED:
            moved += _transactions(entry)
        if len(moved) > TRANSACTIONS_MAX:
            raise UnsoundError(f"Ntry: must be at most {TRANSACTIONS_MAX} transactions")
    opening, closing = _balance(stmt, ("OPBD", "PRCD")), _balance(stmt, ("CLBD",))
    currency = stmt.words("Acct/Ccy") or next((one.currency for one in moved), "EUR")
    return Statement(stmt.words("Id"), iban, currency, opening, closing, keyed(iban, moved))


def _status(entry: Node) -> str:
    return entry.words("Sts/Cd") or entry.words("Sts") or _BOOKED


def _balance(stmt: Node, codes: Sequence[str]) -> int | None:
    """The last balance of one of these kinds: a statement of several pages repeats them."""
    found = [one for code in codes for one in stmt.all("Bal") if one.words("Tp/CdOrPrtry/Cd") == code]
    if not found:
        return None
    one = found[0] if codes[0] == "OPBD" else found[-1]
    return _signed(one, _amount(one, "Amt")[0])


def _transactions(entry: Node) -> list[Transaction]:
    """What an entry is made of: itself, or the transactions of its details."""
    amount, currency = _amount(entry, "Amt")
    whole = Transaction(
        booked_on=_day(entry),
        amount_micros=_signed(entry, amount),
        currency=currency,
        reversal=entry.words("RvslInd") == "true",
        bank_ref=entry.words("AcctSvcrRef"),
        remittance=entry.words("AddtlNtryInf"),
        charges_micros=_charges(entry),
    )
    details = list(entry.all("NtryDtls/TxDtls"))
    batch = entry.find("NtryDtls/Btch")
    if not details:
        return [whole if batch is None else _as_batch(whole, batch)]
    if len(details) == 1:
        return [_details(whole, details[0], amount)]
    found = [_details(whole, one, None) for one in details]
    of_batch = batch.words("PmtInfId") if batch is not None else ""
    if sum(one.amount_micros for one in found) != whole.amount_micros:
        return [_as_batch(whole, batch, flaw="the transactions do not add up to the entry")]
    return [_of_batch(one, place, of_batch, whole.bank_ref) for place, one in enumerate(found)]


def _as_batch(whole: Transaction, batch: Node | None, flaw: str = "") -> Transaction:
    """A batch that the bank books as one sum, without its transactions."""
    count = batch.words("NbOfTxs") if batch is not None else ""
    told = int(count) if count.isascii() and count.isdigit() and len(count) < 7 else 1
    ident = batch.words("PmtInfId") if batch is not None else ""
    return replace(whole, batch=ident, count=max(told, 1), flaw=flaw)


def _of_batch(one: Transaction, place: int, batch: str, entry_ref: str) -> Transaction:
    """One of several: the reference of the entry is not its own, so its place stands beside it."""
    own = one.bank_ref if one.bank_ref != entry_ref else f"{entry_ref}/{place}" if entry_ref else ""
    return replace(one, batch=one.batch or batch, bank_ref=own)


def _details(whole: Transaction, details: Node, amount_of_entry: int | None) -> Transaction:
    """A transaction by its details; alone in its entry, the amount of the entry is what moved."""
    sign = -1 if _direction(details, whole) else 1
    amount, charges, flaw = _moved(whole, details, sign, alone=amount_of_entry is not None)
    party = "Dbtr" if sign > 0 else "Cdtr"
    if whole.reversal or details.find("RtrInf") is not None:
        party = "Cdtr" if party == "Dbtr" else "Dbtr"
    related = details.find("RltdPties")
    return Transaction(
        booked_on=whole.booked_on,
        amount_micros=amount,
        currency=whole.currency,
        charges_micros=charges,
        reversal=whole.reversal,
        end_to_end=_told(details.words("Refs/EndToEndId")),
        mandate=_told(details.words("Refs/MndtId")),
        batch=_told(details.words("Refs/PmtInfId")),
        references=tuple(compact(one.text) for one in details.all("RmtInf/Strd/CdtrRefInf/Ref") if one.text),
        remittance=" ".join(one.text for one in details.all("RmtInf/Ustrd")) or details.words("AddtlTxInf"),
        name=_name(related, party),
        iban=_iban(related, party),
        why=details.words("RtrInf/Rsn/Cd") or details.words("RtrInf/Rsn/Prtry"),
        bank_ref=details.words("Refs/AcctSvcrRef") or whole.bank_ref,
        flaw=flaw,
    )


def _moved(whole: Transaction, details: Node, sign: int, *, alone: bool) -> tuple[int, int, str]:
    """What moved, what the bank charged of it, and what does not add up.

    Alone in an entry, the entry says what moved; what its details say beside that is what the other side paid.
    """
    own = next((_number(one) for one in _amounts_of(details) if one.attributes.get("Ccy") == whole.currency), None)
    charges = whole.charges_micros if alone and whole.charges_micros else _charges(details)
    if not alone:
        return (sign * own, charges, "") if own is not None else (0, 0, "a transaction has no amount")
    if own is not None and charges == 0:
        charges = sign * own - whole.amount_micros
    return whole.amount_micros, charges, "" if charges >= 0 else "the details say less than the entry"


def _amounts_of(details: Node) -> list[Node]:
    paths = ("Amt", "AmtDtls/TxAmt/Amt", "AmtDtls/InstdAmt/Amt")
    return [found for found in map(details.find, paths) if found is not None]


def _direction(details: Node, whole: Transaction) -> bool:
    """Whether money went out."""
    said = details.words("CdtDbtInd")
    return said == "DBIT" if said else whole.amount_micros < 0


def _charges(node: Node) -> int:
    """What the bank kept or added, as far as the amount includes it."""
    total = 0
    for one in node.all("Chrgs/Rcrd"):
        if one.words("ChrgInclInd") != "false" and one.words("CdtDbtInd") != "CRDT":
            total += _amount(one, "Amt")[0]
    if total == 0 and node.find("Chrgs/Rcrd") is None:
        for path in ("Chrgs/TtlChrgsAndTaxAmt", "Chrgs/Amt"):  # versions differ
            if node.find(path) is not None:
                return _amount(node, path)[0]
    return total


def _name(related: Node | None, party: str) -> str:
    if related is None:
        return ""
    return related.words(f"{party}/Nm") or related.words(f"{party}/Pty/Nm")


def _iban(related: Node | None, party: str) -> str:
    found = compact(related.words(f"{party}Acct/Id/IBAN")) if related is not None else ""
    return found if is_iban(found) else ""


def _told(text: str) -> str:
    return "" if text.upper() in _NOTHING else text


def _day(entry: Node) -> date:
    said = (entry.words("BookgDt/Dt") or entry.words("BookgDt/DtTm") or entry.words("ValDt/Dt"))[:10]
    try:
        if _DAY.fullmatch(said) is not None:
            return date.fromisoformat(said)
    except ValueError:
        pass
    raise UnsoundError(f"Ntry/BookgDt: must be a day such as 2026-11-23, got {said!r}")


def _signed(node: Node, amount: int) -> int:
    said = node.words("CdtDbtInd")
    if said not in ("CRDT", "DBIT"):
        raise UnsoundError(f"{node.name}/CdtDbtInd: must be CRDT or DBIT, got {said[:20]!r}")
    return amount if said == "CRDT" else -amount


def _amount(node: Node, path: str) -> tuple[int, str]:
    found = node.find(path)
    if found is None:
        raise UnsoundError(f"{node.name}/{path}: must be there")
    currency = found.attributes.get("Ccy", "")
    if _CURRENCY.fullmatch(currency) is None:
        raise UnsoundError(f"{node.name}/{path}: must name a currency in Ccy")
    return _number(found), currency


def _number(node: Node) -> int:
    match = _AMOUNT.fullmatch(node.text)
    if match is None:
        raise UnsoundError(f"{node.name}: must be an amount such as 12.30, got {node.text[:20]!r}")
    return int(match.group(1) + (match.group(2) or "").ljust(MINOR_DIGITS, "0"))
