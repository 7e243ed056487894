"""Who stands on a document: the operator who writes it and the customer who gets it, with what the law wants of them.

Values only; `takt.wire.parties` parses them strictly, check digits included.
"""

from enum import StrEnum

from takt.core.tax import VatCategory
from takt.core.value import value


@value
class Address:
    """Where somebody sits; `country` is two capital letters of ISO 3166-1."""

    street: str
    postcode: str
    city: str
    country: str
    more: str = ""


@value
class Account:
    """A bank account for payments; `bank` and `bic` may be unknown."""

    iban: str
    bic: str = ""
    bank: str = ""
    holder: str = ""


@value
class Seller:
    """The operator by law. Of VAT id and tax number at least one is there; `register` is its entry in a register.

    `small` is a small operator by § 19 UStG. `union_rates` holds once consumers elsewhere in the Union are charged the
    rate of their own country. `outside` is the category of what goes to third countries: O, or G if the adviser says so.
    `rates` are VAT rates in hundredths of a percent by country, as (country, rate), that replace those known here. `logo` is an SVG.
    """

    name: str
    address: Address
    contact: str
    phone: str
    email: str
    account: Account
    vat_id: str = ""
    tax_number: str = ""
    register: str = ""
    managers: str = ""
    website: str = ""
    creditor_id: str = ""
    small: bool = False
    union_rates: bool = False
    outside: VatCategory = VatCategory.OUTSIDE
    rates: tuple[tuple[str, int], ...] = ()
    logo: str = ""


class Language(StrEnum):
    """In which language a document is written."""

    GERMAN = "de"
    ENGLISH = "en"


@value
class Buyer:
    """The customer by law. `reference` is what the customer wants to find on invoices (a public body: its Leitweg-ID).

    A `company` elsewhere in the Union shows by its VAT id that it is one; without one it is charged as a consumer is.
    """

    name: str
    address: Address
    email: str
    company: bool = True
    vat_id: str = ""
    reference: str = ""
    contact: str = ""
    language: Language = Language.GERMAN
    due_days: int = 14
