"""What documents say in words, in German and English: titles, terms of payment, why there is no tax, advances."""

from datetime import date
from typing import Final

from takt.core.currency import plain, plain_price
from takt.core.invoice import Converted, Deducted, Invoice, Kind, Reference, deducted
from takt.core.party import Language

Pair = tuple[str, str]

TITLES: Final[dict[Kind, Pair]] = {
    Kind.INVOICE: ("Rechnung", "Invoice"),
    Kind.CREDIT_NOTE: ("Rechnungskorrektur", "Credit note"),
    Kind.ADVANCE: ("Anzahlungsrechnung", "Advance invoice"),
    Kind.STATEMENT: ("Nutzungsnachweis", "Usage statement"),
}
DEBITED: Final = (
    "Der Betrag wird zum {due} per SEPA-Lastschrift von {iban} eingezogen (Mandat {mandate}).",
    "The amount is collected by SEPA direct debit from {iban} on {due} (mandate {mandate}).",
)
FINAL: Final = ("Schlussrechnung", "Final invoice")
DUE: Final = ("Zahlbar ohne Abzug bis zum {due}.", "Payable without deduction by {due}.")
DONE: Final = ("Der Betrag ist bereits bezahlt.", "The amount has been paid already.")
BACK: Final = (
    "Der Betrag wird dem Guthaben gutgeschrieben oder erstattet.",
    "The amount is credited to the balance, or paid back.",
)
BALANCE: Final = ("Der Betrag ist wieder Teil des Guthabens.", "The amount is part of the balance again.")
LESS: Final = ("Abzüglich Anzahlungsrechnung {number} vom {on}", "Less advance invoice {number} of {on}")
TAKEN_OFF: Final = (
    "Abgezogen: Anzahlungsrechnung {number} vom {on}, netto {net}, Umsatzsteuer {tax} {currency}.",
    "Taken off: advance invoice {number} of {on}, net {net}, VAT {tax} {currency}.",
)
IN_EURO: Final = (
    "Umsatzsteuer für Leistungen im {month}: {tax} {currency} sind {euro} EUR. Durchschnittskurs: 1 EUR = {rate} {currency} ({source}).",
    "VAT for services in {month}: {tax} {currency} are {euro} EUR. Average rate: 1 EUR = {rate} {currency} ({source}).",
)
PUT_BACK: Final = (
    "Wieder offen: Anzahlungsrechnung {number} vom {on}, netto {net}, Umsatzsteuer {tax} {currency}.",
    "Open again: advance invoice {number} of {on}, net {net}, VAT {tax} {currency}.",
)
CORRECTION: Final = ("Korrektur der Rechnung {number} vom {on}.", "Correction of invoice {number} of {on}.")


def pick(pair: Pair, language: Language) -> str:
    """The text of a language."""
    return pair[0] if language is Language.GERMAN else pair[1]


def day(when: date, language: Language) -> str:
    """A day as people write it."""
    if language is Language.GERMAN:
        return f"{when.day:02}.{when.month:02}.{when.year}"
    return f"{when.day} {MONTHS[when.month - 1]} {when.year}"


def number(plain: str, language: Language) -> str:
    """A decimal number with the separators of the language."""
    sign, digits = ("−", plain[1:]) if plain.startswith("-") else ("", plain)
    whole, point, rest = digits.partition(".")
    grouped = f"{int(whole):,}"
    if language is Language.ENGLISH:
        return f"{sign}{grouped}{point}{rest}"
    return f"{sign}{grouped.replace(',', '.')}{',' if point else ''}{rest}"


MONATE: Final = (
    *("Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September", "Oktober", "November"),
    "Dezember",
)
MONTHS: Final = (
    *("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November"),
    "December",
)


def title(invoice: Invoice) -> str:
    """What the document is; an invoice that takes advances off is a final one."""
    final = invoice.kind is Kind.INVOICE and invoice.advances
    return pick(FINAL if final else TITLES[invoice.kind], invoice.language)


def less(advance: Reference, language: Language) -> str:
    """What a line says that takes an advance off."""
    return pick(LESS, language).format(number=advance.number, on=day(advance.issued_on, language))


def terms(invoice: Invoice) -> str:
    """How and when it is paid (BT-20)."""
    language = invoice.language
    if invoice.kind is Kind.CREDIT_NOTE:
        return pick(BACK if invoice.totals.payable else BALANCE, language)
    if invoice.totals.payable == 0:
        return pick(DONE, language)
    due = day(invoice.due_on, language)
    if invoice.debit is not None:
        return pick(DEBITED, language).format(due=due, iban=invoice.debit.iban, mandate=invoice.debit.mandate)
    return pick(DUE, language).format(due=due)


def notes(invoice: Invoice) -> list[str]:
    """The remarks on a document (BT-22): what it is if not an invoice, what it corrects, what was taken off."""
    said = [title(invoice)] if invoice.kind is Kind.ADVANCE else []
    if invoice.corrects is not None:
        on = day(invoice.corrects.issued_on, invoice.language)
        said.append(pick(CORRECTION, invoice.language).format(number=invoice.corrects.number, on=on))
    said += [_taken_off(invoice, one) for one in deducted(invoice)]
    said += [_in_euro(invoice, one) for one in invoice.exchange]
    return [*said, *([invoice.note] if invoice.note else [])]


def _in_euro(invoice: Invoice, one: Converted) -> str:
    language = invoice.language
    names = MONATE if language is Language.GERMAN else MONTHS
    return pick(IN_EURO, language).format(
        month=f"{names[one.month.month - 1]} {one.month.year}", currency=invoice.currency, source=one.source,
        **{name: number(text, language) for name, text in (
            ("tax", plain(one.tax, invoice.currency)), ("euro", plain(one.euro, "EUR")),
            ("rate", plain_price(one.per_euro_micros)),
        )},
    )  # fmt: skip


def _taken_off(invoice: Invoice, one: Deducted) -> str:
    return pick(PUT_BACK if invoice.kind is Kind.CREDIT_NOTE else TAKEN_OFF, invoice.language).format(
        number=one.document.number, on=day(one.document.issued_on, invoice.language),
        net=number(plain(one.net, invoice.currency), invoice.language),
        tax=number(plain(one.tax, invoice.currency), invoice.language), currency=invoice.currency,
    )  # fmt: skip
