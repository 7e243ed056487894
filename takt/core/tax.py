"""Value added tax on documents: of which case a sale is, which category and rate that gives, and what must be said.

The place of a service decides first (§ 3a UStG): at home, with a company elsewhere in the Union, or outside it. Rates
are the standard rates as of January 2026, in hundredths of a percent; an operator's own document may replace them.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from takt.core.value import value

HOME: Final = "DE"
STANDARD_RATES: Final[Mapping[str, int]] = {
    "AT": 2000, "BE": 2100, "BG": 2000, "CY": 1900, "CZ": 2100, "DE": 1900, "DK": 2500, "EE": 2400, "ES": 2100,
    "FI": 2550, "FR": 2000, "GR": 2400, "HR": 2500, "HU": 2700, "IE": 2300, "IT": 2200, "LT": 2100, "LU": 1700,
    "LV": 2100, "MT": 1800, "NL": 2100, "PL": 2300, "PT": 2300, "RO": 2100, "SE": 2500, "SI": 2200, "SK": 2300,
}  # fmt: skip
"""The countries of the Union with their standard rates."""


class VatCategory(StrEnum):
    """A category of EN 16931 (code list UNCL5305)."""

    STANDARD = "S"
    REVERSE_CHARGE = "AE"
    EXEMPT = "E"
    EXPORT = "G"
    OUTSIDE = "O"


@value
class Vat:
    """How something is taxed."""

    category: VatCategory
    rate_basis_points: int = 0


class TaxCase(StrEnum):
    """The six cases of a sale."""

    DOMESTIC = "domestic"
    REVERSE_CHARGE = "reverse_charge"
    CONSUMER_HOME = "consumer_home"
    CONSUMER_ABROAD = "consumer_abroad"
    THIRD_COUNTRY = "third_country"
    SMALL_OPERATOR = "small_operator"


@value
class Sale:
    """What the decision looks at: the customer's country, whether a VAT id shows a company, and the operator's standing."""

    country: str
    with_vat_id: bool
    small: bool
    union_rates: bool


@value
class Exemption:
    """Why no tax is charged: the code of the VATEX list, if there is one, and the sentence in both languages."""

    code: str
    german: str
    english: str


EXEMPTIONS: Final[Mapping[VatCategory, Exemption]] = {
    VatCategory.REVERSE_CHARGE: Exemption(
        "VATEX-EU-AE",
        "Steuerschuldnerschaft des Leistungsempfängers",
        "Reverse charge: VAT is to be paid by the recipient",
    ),
    VatCategory.EXEMPT: Exemption(
        "",
        "Umsatzsteuerfrei nach § 19 UStG (Kleinunternehmer)",
        "Exempt from VAT under § 19 of the German VAT act (small business)",
    ),
    VatCategory.EXPORT: Exemption(
        "VATEX-EU-G",
        "Steuerfreie Leistung in ein Drittland",
        "Exempt: supplied to a country outside the European Union",
    ),
    VatCategory.OUTSIDE: Exemption(
        "VATEX-EU-O", "In Deutschland nicht steuerbare Leistung", "Outside the scope of German VAT"
    ),
}


def case_of(sale: Sale) -> TaxCase:
    """The case of a sale: the place of the service first, then whether the operator charges tax at all."""
    if sale.country not in STANDARD_RATES:
        return TaxCase.THIRD_COUNTRY
    if sale.country != HOME and sale.with_vat_id:
        return TaxCase.REVERSE_CHARGE
    if sale.small:
        return TaxCase.SMALL_OPERATOR
    if sale.country == HOME:
        return TaxCase.DOMESTIC
    return TaxCase.CONSUMER_ABROAD if sale.union_rates else TaxCase.CONSUMER_HOME


def vat_of(case: TaxCase, country: str, outside: VatCategory, rates: Mapping[str, int]) -> Vat:
    """The category and rate of a case; `rates` replace those known here."""
    match case:
        case TaxCase.DOMESTIC | TaxCase.CONSUMER_HOME:
            return Vat(VatCategory.STANDARD, rates.get(HOME, STANDARD_RATES[HOME]))
        case TaxCase.CONSUMER_ABROAD:
            return Vat(VatCategory.STANDARD, rates.get(country, STANDARD_RATES[country]))
        case TaxCase.REVERSE_CHARGE:
            return Vat(VatCategory.REVERSE_CHARGE)
        case TaxCase.THIRD_COUNTRY:
            return Vat(outside)
        case TaxCase.SMALL_OPERATOR:
            return Vat(VatCategory.EXEMPT)


def exemption(category: VatCategory, language: str) -> tuple[str, str]:
    """Code and sentence why no tax is charged, in German or English; both empty where tax is charged."""
    found = EXEMPTIONS.get(category)
    if found is None:
        return "", ""
    return found.code, found.german if language == "de" else found.english
