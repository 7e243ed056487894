"""Legal data is parsed strictly: a wrong digit anywhere is refused, with the field named."""

from typing import Any

import pytest

from takt.core.document import UnsoundError
from takt.core.tax import TaxCase
from takt.wire.errors import Refusal
from takt.wire.legal_faults import buyer_or_faults, seller_or_faults
from takt.wire.parties import buyer_document, parse_buyer, parse_seller, seller_document
from tests.documents import BUYERS, SELLER, buyer_for, seller_for


@pytest.mark.parametrize("case", list(TaxCase))
def test_what_was_parsed_is_written_and_parsed_again(case: TaxCase) -> None:
    assert parse_seller(seller_document(seller_for(case))) == seller_for(case)
    assert parse_buyer(buyer_document(buyer_for(case))) == buyer_for(case)


def test_numbers_are_brought_into_one_form() -> None:
    seller = parse_seller({**SELLER, "vat_id": "de 136 695 976"})
    assert seller.vat_id == "DE136695976"
    assert seller.account.iban == "DE89370400440532013000"
    assert seller.tax_number == "27/123/45678"
    assert parse_buyer({**BUYERS[TaxCase.THIRD_COUNTRY], "vat_id": "CHE-123.456.788"}).vat_id == "CHE123456788"
    greek = {**BUYERS[TaxCase.CONSUMER_ABROAD], "company": True, "vat_id": "EL094259216"}
    assert parse_buyer(greek).vat_id == "EL094259216"


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"name": ""}, "name"),
        ({"name": "two\nlines"}, "name"),
        ({"address": {**SELLER["address"], "country": "AT"}}, "address.country"),
        ({"address": {**SELLER["address"], "country": "Germany"}}, "address.country"),
        ({"address": {**SELLER["address"], "town": "Kiel"}}, "address.town"),
        ({"address": "Hamburg"}, "address"),
        ({"phone": "-"}, "phone"),
        ({"email": "rechnung@hafenpost"}, "email"),
        ({"email": "a b@hafenpost.example"}, "email"),
        ({"account": {"iban": "DE89370400440532013001"}}, "account.iban"),
        ({"account": {}}, "account.iban"),
        ({"account": {**SELLER["account"], "bic": "COBA"}}, "account.bic"),
        ({"vat_id": "DE136695977"}, "vat_id"),
        ({"vat_id": "ATU13585627"}, "vat_id"),
        ({"vat_id": 136695976}, "vat_id"),
        ({"tax_number": "12345"}, "tax_number"),
        ({"vat_id": "", "tax_number": ""}, "vat_id"),
        ({"vat_id": "", "register": ""}, "register"),
        ({"register": ""}, "register"),
        ({"creditor_id": "DE99ZZZ09999999999"}, "creditor_id"),
        ({"small": "yes"}, "small"),
        ({"outside": "Z"}, "outside"),
        ({"rates": {"XX": 1900}}, "rates.XX"),
        ({"rates": {"AT": 19.5}}, "rates.AT"),
        ({"logo": "<img>"}, "logo"),
        ({"logo": "<svg>" + "x" * 20_000}, "logo"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_wrong_data_of_the_operator_is_refused_with_the_field_named(changes: dict[str, Any], says: str) -> None:
    with pytest.raises(UnsoundError) as caught:
        parse_seller({**SELLER, **changes})
    assert str(caught.value).startswith(f"{says}: ")


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"name": None}, "name"),
        ({"email": "x"}, "email"),
        ({"company": 1}, "company"),
        ({"company": False}, "company"),
        ({"vat_id": "DE123456789"}, "vat_id"),
        ({"vat_id": "BE0403019261"}, "vat_id"),
        ({"language": "fr"}, "language"),
        ({"due_days": 91}, "due_days"),
        ({"due_days": True}, "due_days"),
        ({"reference": "x" * 61}, "reference"),
        ({"iban": "DE89370400440532013000"}, "iban"),
    ],
)
def test_wrong_data_of_a_customer_is_refused_with_the_field_named(changes: dict[str, Any], says: str) -> None:
    with pytest.raises(UnsoundError) as caught:
        parse_buyer({**BUYERS[TaxCase.DOMESTIC], **changes})
    assert str(caught.value).startswith(f"{says}: ")


@pytest.mark.parametrize("given", ["CH", "123", "CHE-Ä", "DE136695976", "CH" + "1" * 30])
def test_a_foreign_tax_id_begins_with_its_country(given: str) -> None:
    with pytest.raises(UnsoundError, match=r"^vat_id: "):
        parse_buyer({**BUYERS[TaxCase.THIRD_COUNTRY], "vat_id": given})


def test_every_mistake_is_named_at_once() -> None:
    for parse, document, fields in (
        (buyer_or_faults, {"more": 1, "address": {"country": "DE"}, "vat_id": "DE1"},
         {"more", "address.street", "address.postcode", "address.city", "name", "email", "vat_id"}),
        (buyer_or_faults, 3, {"the document"}),
        (seller_or_faults, {}, {"address", "name", "contact", "phone", "email", "account", "vat_id", "register"}),
    ):  # fmt: skip
        with pytest.raises(Refusal) as refused:
            parse(document)
        assert set(refused.value.error.more["fields"]) == fields
