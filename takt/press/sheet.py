"""A document's value as the texts that stand on its page, each in the form that its language writes."""

from typing import Any, Final

from babel import Locale

from takt.core.currency import plain, plain_price
from takt.core.iban import spaced
from takt.core.invoice import Invoice, Kind, Line, Period, Subtotal, break_down, deducted
from takt.core.invoice_texts import day, notes, number, pick, terms, title
from takt.core.party import Address, Language
from takt.core.tax import VatCategory, exemption
from takt.press.words import LABELS, UNITS
from takt.wire import giro_code
from takt.wire.giro_code import Transfer
from takt.wire.invoice_terms import buyer_reference, percent, shows_vat_ids

SYMBOLS: Final = {"EUR": "€"}


def sheet(invoice: Invoice) -> dict[str, Any]:
    """Everything that the template prints."""
    assert invoice.issued_on is not None, "a draft has no page"
    return {
        "language": invoice.language.value,
        "title": title(invoice),
        "number": invoice.number,
        "labels": {name: _say(invoice, name) for name in LABELS}
        | {"logo_alt": _say(invoice, "logo_alt").format(name=invoice.seller.name)},
        "logo": invoice.seller.logo,
        "seller": invoice.seller.name,
        "mark": invoice.seller.name if invoice.seller.logo else invoice.seller.website,
        "sender": f"{invoice.seller.name} · {invoice.seller.address.street} · {_town(invoice.seller.address)}",
        "recipient": _recipient(invoice),
        "facts": _facts(invoice),
        "lines": [_line(invoice, place, line) for place, line in enumerate(invoice.lines, 1)],
        "sums": _sums(invoice),
        "reasons": [_reason(invoice, one) for one in invoice.breakdown if one.vat.category is not VatCategory.STANDARD],
        "notes": notes(invoice),
        "terms": terms(invoice) if invoice.kind is not Kind.STATEMENT else _say(invoice, "no_bill"),
        "account": _account(invoice),
        "code": _code(invoice),
        "bill": invoice.kind is not Kind.STATEMENT,
        "footer": _footer(invoice),
    }


def _say(invoice: Invoice, name: str) -> str:
    return pick(LABELS[name], invoice.language)


def _amount(minor: int, invoice: Invoice) -> str:
    return f"{number(plain(minor, invoice.currency), invoice.language)} {_symbol(invoice)}"


def _symbol(invoice: Invoice) -> str:
    return SYMBOLS.get(invoice.currency, invoice.currency)


def _recipient(invoice: Invoice) -> list[str]:
    buyer, address = invoice.buyer, invoice.buyer.address
    country = "" if address.country == "DE" else _country(address.country, invoice.language)
    return [line for line in (buyer.name, buyer.contact, address.street, address.more, _town(address), country) if line]


def _town(address: Address) -> str:
    return f"{address.postcode} {address.city}"


def _country(code: str, language: Language) -> str:
    return str(Locale(language.value).territories.get(code, code))


def _facts(invoice: Invoice) -> list[tuple[str, str]]:
    assert invoice.issued_on is not None, "a draft has no page"
    found = [
        ("date", day(invoice.issued_on, invoice.language)),
        ("period", _span(invoice.period, invoice.language)),
        ("corrects", invoice.corrects.number if invoice.corrects else ""),
        ("reference", buyer_reference(invoice) if invoice.buyer.reference else ""),
        ("contract", invoice.contract),
        ("their_vat_id", invoice.buyer.vat_id if shows_vat_ids(invoice) else ""),
        ("due", day(invoice.due_on, invoice.language) if _is_owed(invoice) else ""),
    ]
    return [(_say(invoice, name), text) for name, text in found if text]


def _is_owed(invoice: Invoice) -> bool:
    return invoice.kind in {Kind.INVOICE, Kind.ADVANCE} and invoice.totals.payable > 0


def _span(period: Period, language: Language) -> str:
    first, last = day(period.first, language), day(period.last, language)
    if language is Language.GERMAN and period.first.year == period.last.year:
        first = first[:6]
    return f"{first} – {last}"


def _line(invoice: Invoice, place: int, line: Line) -> dict[str, str]:
    language = invoice.language
    own = _span(line.period, language) if line.period != invoice.period else ""
    unit = UNITS.get(line.unit, (("", ""), ("", "")))[line.quantity != 1]
    return {
        "place": str(place),
        "text": line.text,
        "note": " · ".join(text for text in (line.note, own) if text),
        "quantity": f"{number(str(line.quantity), language)} {pick(unit, language)}".strip(),
        "price": number(plain_price(line.unit_price_micros), language),
        "amount": number(plain(line.net, invoice.currency), language),
    }


def _sums(invoice: Invoice) -> list[tuple[str, str, bool]]:
    """Label, amount, and whether it is one that people look for."""
    totals = invoice.totals
    if invoice.kind is Kind.STATEMENT:
        return [(_say(invoice, "used"), _amount(totals.net, invoice), True)]
    whole = "credited" if invoice.kind is Kind.CREDIT_NOTE else "gross"
    if invoice.advances:
        rows, whole = _less_advances(invoice), whole if invoice.kind is Kind.CREDIT_NOTE else "payable"
    else:
        rows = [(_say(invoice, "net"), _amount(totals.net, invoice), False)]
        rows += [_tax(invoice, one) for one in invoice.breakdown]
    rows.append((_say(invoice, whole), _amount(totals.gross, invoice), not totals.paid))
    if totals.paid:
        rows.append((_say(invoice, "paid"), _amount(-totals.paid, invoice), False))
        rows.append((_say(invoice, "payable"), _amount(totals.payable, invoice), True))
    if invoice.tax_in_euro is not None:
        euro = number(plain(invoice.tax_in_euro, "EUR"), invoice.language)
        rows.append((_say(invoice, "in_euro"), f"{euro} €", False))
    return rows


def _less_advances(invoice: Invoice) -> list[tuple[str, str, bool]]:
    """The service with its tax, then the advances with the tax in them: what is due comes after these."""
    service, off = break_down(invoice.services), deducted(invoice)
    net, tax = sum(one.taxable for one in service), sum(one.tax for one in service)
    back = invoice.kind is Kind.CREDIT_NOTE
    found = [
        (_say(invoice, "service_net"), net),
        *((_tax(invoice, one)[0], one.tax) for one in service),
        (_say(invoice, "service_gross"), net + tax),
        (_say(invoice, "put_back" if back else "taken_off"), -sum(one.net for one in off)),
        (_say(invoice, "tax_put_back" if back else "tax_taken_off"), -sum(one.tax for one in off)),
    ]
    return [(said, _amount(amount, invoice), False) for said, amount in found]


def _tax(invoice: Invoice, subtotal: Subtotal) -> tuple[str, str, bool]:
    if subtotal.vat.category is not VatCategory.STANDARD:
        return _say(invoice, "no_vat"), _amount(subtotal.tax, invoice), False
    rate = number(percent(subtotal.vat), invoice.language).removesuffix("00").rstrip(",.")
    said = _say(invoice, "vat").format(rate=rate, net=_amount(subtotal.taxable, invoice))
    return said, _amount(subtotal.tax, invoice), False


def _reason(invoice: Invoice, subtotal: Subtotal) -> str:
    return f"{exemption(subtotal.vat.category, invoice.language)[1]}."


def _account(invoice: Invoice) -> list[tuple[str, str]]:
    if not _is_owed(invoice) or invoice.debit is not None:
        return []
    account = invoice.account
    found = [
        (_say(invoice, "holder"), account.holder or invoice.seller.name),
        ("IBAN", spaced(account.iban)),
        ("BIC", account.bic),
        (_say(invoice, "bank"), account.bank),
        (_say(invoice, "purpose"), invoice.number),
    ]
    return [(name, text) for name, text in found if text]


def _code(invoice: Invoice) -> str:
    """The GiroCode as an SVG; "" where nothing is to be transferred in euro."""
    if not _account(invoice) or invoice.currency != giro_code.CURRENCY:
        return ""
    account = invoice.account
    holder = account.holder or invoice.seller.name
    transfer = Transfer(holder, account.iban, account.bic, invoice.totals.payable, invoice.number)
    return giro_code.giro_code(transfer, border=0)


def _footer(invoice: Invoice) -> list[list[str]]:
    seller = invoice.seller
    address = seller.address
    managers = f"{_say(invoice, 'managers')}: {seller.managers}" if seller.managers else ""
    register = [
        f"{_say(invoice, name)} {text}"
        for name, text in (("register", seller.register), ("vat_id", seller.vat_id), ("tax_number", seller.tax_number))
        if text
    ]
    country = _country(address.country, invoice.language) if invoice.buyer.address.country != address.country else ""
    columns = [
        [seller.name, address.street, address.more, _town(address), country],
        [seller.contact, seller.phone, seller.email, seller.website],
        [seller.account.bank, spaced(seller.account.iban), f"BIC {seller.account.bic}" if seller.account.bic else ""],
        [managers, *register],
    ]
    return [[line for line in column if line] for column in columns]
