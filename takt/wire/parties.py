"""The legal data of operator and customer as documents: parsed strictly, check digits of bank and tax numbers included.

Every mistake raises UnsoundError with the field and what would be right. docs/invoices.md describes the fields.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from stdnum import bic, iban
from stdnum.de import stnr
from stdnum.eu import at_02, vat
from stdnum.exceptions import ValidationError

from takt.core.card_fields import choice, entries, has, inner, opened, text, truth
from takt.core.document import Fields
from takt.core.party import Account, Address, Buyer, Language, Seller
from takt.core.tax import HOME, STANDARD_RATES, VatCategory

NAME_CHARS_MAX: Final = 100
STREET_CHARS_MAX: Final = 100
SHORT_CHARS_MAX: Final = 60
EMAIL_CHARS_MAX: Final = 254
DUE_DAYS_MAX: Final = 90
RATE_BASIS_POINTS_MAX: Final = 5000
LOGO_CHARS_MAX: Final = 16_384
_EMAIL: Final = re.compile(r"[^@\s.]+(\.[^@\s.]+)*@[^@\s.]+(\.[^@\s.]+)+")
_COUNTRY: Final = re.compile(r"[A-Z]{2}")
_FOREIGN_VAT: Final = re.compile(r"[A-Z]{2}[A-Z0-9]{2,18}")
_DIGITS_IN_PHONE: Final = 3
GREECE: Final = {"GR": "EL"}
"""Where a VAT id begins with other letters than the country's."""

SELLER: Final = (
    "name", "address", "contact", "phone", "email", "account", "vat_id", "tax_number", "register", "managers",
    "website", "creditor_id", "small", "union_rates", "outside", "rates", "logo",
)  # fmt: skip
BUYER: Final = (
    "name", "address", "email", "company", "vat_id", "reference", "contact", "language", "due_days",
)  # fmt: skip
ADDRESS: Final = ("street", "more", "postcode", "city", "country")
ACCOUNT: Final = ("iban", "bic", "bank", "holder")


def parse_seller(document: object) -> Seller:
    """The operator's legal data. Raises UnsoundError."""
    fields = opened(document, "", SELLER)
    address = _address(fields)
    if address.country != HOME:
        raise inner(fields, "address", ADDRESS).wrong("country", f"must be {HOME}: documents are made by German law")
    seller = Seller(
        text(fields, "name", NAME_CHARS_MAX), address, text(fields, "contact", NAME_CHARS_MAX), _phone(fields),
        _email(fields), _account(fields), _vat_id(fields, HOME), _tax_number(fields),
        _short(fields, "register"), _short(fields, "managers", NAME_CHARS_MAX), _short(fields, "website"),
        _checked(fields, "creditor_id", at_02.validate, "must be a SEPA creditor identifier"),
        truth(fields, "small") or False, truth(fields, "union_rates") or False,
        VatCategory(choice(fields, "outside", ("O", "G"), "O")), _rates(fields), _logo(fields),
    )  # fmt: skip
    _check_identity(fields, seller)
    return seller


def _check_identity(fields: Fields, seller: Seller) -> None:
    if not seller.vat_id and not seller.tax_number:
        raise fields.wrong("vat_id", "must be there, or tax_number (§ 14 (4) UStG)")
    if not seller.vat_id and not seller.register:
        raise fields.wrong("register", "must be there when there is no vat_id: something must identify the operator")
    if seller.outside is VatCategory.OUTSIDE and not seller.register:
        raise fields.wrong("register", "must be there: documents outside the scope of VAT may not show the vat_id")


def parse_buyer(document: object) -> Buyer:
    """A customer's legal data. Raises UnsoundError."""
    fields = opened(document, "", BUYER)
    address = _address(fields)
    company = truth(fields, "company")
    buyer = Buyer(
        text(fields, "name", NAME_CHARS_MAX), address, _email(fields), company if company is not None else True,
        _vat_id(fields, address.country), _short(fields, "reference"), _short(fields, "contact", NAME_CHARS_MAX),
        Language(choice(fields, "language", tuple(Language), Language.GERMAN)),
        fields.whole("due_days", 14, 0, DUE_DAYS_MAX),
    )  # fmt: skip
    if buyer.vat_id and not buyer.company:
        raise fields.wrong("company", "must be true: consumers have no VAT id")
    return buyer


def _address(fields: Fields) -> Address:
    found = inner(fields, "address", ADDRESS)
    country = found.raw.get("country")
    if not isinstance(country, str) or _COUNTRY.fullmatch(country) is None:
        raise found.wrong("country", "must be two capital letters, such as DE")
    return Address(
        text(found, "street", STREET_CHARS_MAX), text(found, "postcode", 16), text(found, "city", SHORT_CHARS_MAX),
        country, _short(found, "more", STREET_CHARS_MAX),
    )  # fmt: skip


def _account(fields: Fields) -> Account:
    found = inner(fields, "account", ACCOUNT)
    number = _checked(found, "iban", iban.validate, "must be an IBAN with the right check digits")
    if not number:
        raise found.wrong("iban", "must be there")
    return Account(
        number, _checked(found, "bic", bic.validate, "must be a BIC"), _short(found, "bank"),
        _short(found, "holder", NAME_CHARS_MAX),
    )  # fmt: skip


def _checked(fields: Fields, name: str, validate: Callable[[str], str], requirement: str) -> str:
    """A number that another one's rules check; "" when it is left out."""
    if not has(fields, name) or fields.raw[name] == "":
        return ""
    given = text(fields, name, SHORT_CHARS_MAX)
    try:
        return validate(given)
    except ValidationError:
        raise fields.wrong(name, requirement) from None


def _tax_number(fields: Fields) -> str:
    """A tax number in the form that its office writes it."""
    found = _checked(fields, "tax_number", stnr.validate, "must be a German tax number, such as 27/123/45678")
    return text(fields, "tax_number", SHORT_CHARS_MAX) if found else ""


def _vat_id(fields: Fields, country: str) -> str:
    letters = GREECE.get(country, country)
    if country not in STANDARD_RATES:
        return _foreign(fields, letters)
    found = _checked(fields, "vat_id", vat.validate, f"must be a VAT id that begins with {letters}")
    if found and not found.startswith(letters):
        raise fields.wrong("vat_id", f"must be a VAT id that begins with {letters}")
    return found


def _foreign(fields: Fields, letters: str) -> str:
    """A tax id from outside the Union: nobody here knows its check digits."""
    found = re.sub(r"[^A-Z0-9]", "", _short(fields, "vat_id").upper())
    if found and (not found.startswith(letters) or _FOREIGN_VAT.fullmatch(found) is None):
        raise fields.wrong("vat_id", f"must begin with {letters}, then letters and digits")
    return found


def _email(fields: Fields) -> str:
    given = text(fields, "email", EMAIL_CHARS_MAX)
    if _EMAIL.fullmatch(given) is None:
        raise fields.wrong("email", "must be an address such as rechnung@example.com")
    return given


def _phone(fields: Fields) -> str:
    given = text(fields, "phone", SHORT_CHARS_MAX)
    if sum(letter.isdigit() for letter in given) < _DIGITS_IN_PHONE:
        raise fields.wrong("phone", "must be a telephone number")
    return given


def _short(fields: Fields, name: str, most: int = SHORT_CHARS_MAX) -> str:
    return text(fields, name, most).strip() if has(fields, name) and fields.raw[name] != "" else ""


def _rates(fields: Fields) -> tuple[tuple[str, int], ...]:
    found = Fields(entries(fields, "rates", len(STANDARD_RATES)), fields.place("rates"))
    found.end(*STANDARD_RATES)
    return tuple((country, found.whole(country, None, 0, RATE_BASIS_POINTS_MAX)) for country in sorted(found.raw))


def _logo(fields: Fields) -> str:
    given = fields.raw.get("logo", "")
    if not isinstance(given, str) or len(given) > LOGO_CHARS_MAX or (given and "<svg" not in given):
        raise fields.wrong("logo", f"must be an SVG of at most {LOGO_CHARS_MAX} characters")
    return given


def seller_document(seller: Seller) -> Mapping[str, Any]:
    """The legal data of an operator as the document that it is parsed from."""
    return _full(
        name=seller.name, address=_address_document(seller.address), contact=seller.contact, phone=seller.phone,
        email=seller.email, account=_full(
            iban=seller.account.iban, bic=seller.account.bic, bank=seller.account.bank, holder=seller.account.holder,
        ),
        vat_id=seller.vat_id, tax_number=seller.tax_number, register=seller.register, managers=seller.managers,
        website=seller.website, creditor_id=seller.creditor_id, small=seller.small, union_rates=seller.union_rates,
        outside=seller.outside.value, rates=dict(seller.rates), logo=seller.logo,
    )  # fmt: skip


def buyer_document(buyer: Buyer) -> Mapping[str, Any]:
    """The legal data of a customer as the document that it is parsed from."""
    return _full(
        name=buyer.name, address=_address_document(buyer.address), email=buyer.email, company=buyer.company,
        vat_id=buyer.vat_id, reference=buyer.reference, contact=buyer.contact, language=buyer.language.value,
        due_days=buyer.due_days,
    )  # fmt: skip


def _address_document(address: Address) -> Mapping[str, Any]:
    return _full(
        street=address.street, more=address.more, postcode=address.postcode, city=address.city, country=address.country
    )


def _full(**fields: object) -> dict[str, Any]:
    """An object without its empty texts."""
    return {name: found for name, found in fields.items() if found != ""}
