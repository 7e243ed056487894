"""Contracts at the console, at the inbox and by the own API: terms, cards, legal data, mandates, and how they came to be."""

import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from tests.console import Console, open_console
from tests.inbox import WRITE, Inbox
from tests.partners import sell_through_partner
from tests.world import World

LEGAL: dict[str, Any] = {
    "name": "Nordwind GmbH", "email": "rechnung@nordwind.example", "company": True, "vat_id": "DE136695976",
    "address": {"street": "Kai 1", "postcode": "20457", "city": "Hamburg", "country": "DE"}, "language": "de", "due_days": 14,
}  # fmt: skip
MANDATE = {"reference": "M-1", "holder": "Nordwind GmbH", "iban": "DE89370400440532013000", "signed_on": "2026-11-01"}


@pytest.fixture
async def console(world: World) -> AsyncIterator[Console]:
    async with open_console(world) as opened:
        yield opened


@pytest.fixture
async def olga(console: Console) -> AsyncIterator[httpx.AsyncClient]:
    async with console.browser("olga") as client:
        yield client


async def test_a_contract_shows_its_terms_and_each_change_of_them(console: Console, olga: httpx.AsyncClient) -> None:
    waba = console.world.business.waba_id
    shown = (await olga.get(f"/contracts/{waba}")).json()
    assert (shown["mode"], shown["limit_micros"], shown["legal"], shown["history"]) == ("prepaid", 0, None, [])
    more = await olga.put(f"/contracts/{waba}", json={"limit_micros": 1})
    assert (more.status_code, more.json()["error"]["field"]) == (400, "limit_micros"), "two people stand for more"
    await console.world.execute("UPDATE account SET min_available = -5 WHERE kind = 'spend'")
    less = (await olga.put(f"/contracts/{waba}", json={"limit_micros": 0})).json()
    assert [(one["field"], one["was"], one["becomes"], one["who"]) for one in less["history"]] == [
        ("limit_micros", "5", "0", "Olga")
    ]
    for wrong in ({}, {"limit_micros": -1}, {"limit_micros": "1"}, {"limit_micros": True}):
        assert (await olga.put(f"/contracts/{waba}", json=wrong)).status_code == 400, wrong
    assert (await olga.get("/contracts/1")).status_code == 404
    async with console.browser() as nobody:
        for path in (waba, "legal"):
            assert (await nobody.get(f"/contracts/{path}")).status_code == 401


async def test_less_credit_than_is_owed_leaves_the_company_beyond_its_limit(
    console: Console, olga: httpx.AsyncClient
) -> None:
    await console.world.execute("UPDATE account SET min_available = -900, posted_micros = -700 WHERE kind = 'spend'")
    (await olga.put(f"/contracts/{console.world.business.waba_id}", json={"limit_micros": 500})).raise_for_status()
    found = await console.world.rows("SELECT min_available, excess_micros FROM account WHERE kind = 'spend'")
    assert (-500, 200) in [tuple(row) for row in found]


async def test_what_a_paid_month_gets_is_chosen_and_kept_in_the_history(
    console: Console, olga: httpx.AsyncClient
) -> None:
    at = f"/contracts/{console.world.business.waba_id}"
    assert (await olga.get(at)).json()["month_document"] == "statement"
    wrong = await olga.put(f"{at}/month-document", json={"month_document": "receipt"})
    assert (wrong.status_code, wrong.json()["error"]["field"]) == (400, "month_document")
    for _ in range(2):
        shown = (await olga.put(f"{at}/month-document", json={"month_document": "final"})).json()
        assert shown["month_document"] == "final"
        assert [(one["field"], one["was"], one["becomes"], one["who"]) for one in shown["history"]] == [
            ("month_document", "statement", "final", "Olga")
        ]
    assert await console.world.rows(
        "SELECT month_document FROM contract WHERE contract_id = $1", console.world.payer[1]
    )
    async with console.browser() as nobody:
        assert (await nobody.put(f"{at}/month-document", json={"month_document": "statement"})).status_code == 401


async def test_a_card_is_assigned_from_a_month_that_has_not_begun(console: Console, olga: httpx.AsyncClient) -> None:
    world, waba = console.world, console.world.business.waba_id
    shown = (await olga.get("/money/cards/card")).json()["rate_cards"][-1]
    document = {"currency": shown["currency"]} | shown["document"] | {"card": "another"}
    (await olga.post("/money/cards", json=document)).raise_for_status()
    at = f"/contracts/{waba}/cards"
    for month, field in (("2026-01", "month"), ("2099-01", "month"), ("x", "month")):
        told = await olga.post(at, json={"card": "another", "month": month})
        assert (told.status_code, told.json()["error"]["field"]) == (400, field), month
    assert (await olga.post(at, json={"card": "no", "month": "2027-06"})).json()["error"]["field"] == "card"
    shown = (await olga.post(at, json={"card": "another", "month": "2027-06"})).json()
    assert [(one["card"], one["to"] is None, one["by"]) for one in shown["cards"]] == [
        ("card", False, None), ("another", True, "Olga"),
    ]  # fmt: skip
    async with world.site.everywhere.acquire() as conn:
        snapshot = await world.reference.fresh(conn)
    business = snapshot.by_waba[waba]
    begins = business.cards[0][0]
    assert (business.card_at(begins), business.card_at(begins.replace(year=2026))) == ("another", "card")
    timeline = [(at, one.card) for at, one in snapshot.timeline(business)]
    assert timeline[-1] == (begins, "another")
    assert {one for _, one in timeline[:-1]} == {"card"}


async def test_a_client_moves_with_a_month_that_has_not_begun(console: Console, olga: httpx.AsyncClient) -> None:
    world, waba = console.world, console.world.business.waba_id
    await sell_through_partner(world, 0)
    at = f"/contracts/{waba}/partners"
    for partner, month, field in (
        (None, "2026-01", "month"), (None, "x", "month"), ("1", "2027-06", "partner"), (waba, "2027-06", "partner"),
        (7, "2027-06", "partner"),
    ):  # fmt: skip
        told = await olga.post(at, json={"partner": partner, "month": month})
        assert (told.status_code, told.json()["error"]["field"]) == (400, field), (partner, month)
    (await olga.post(at, json={"partner": None, "month": "2027-06"})).raise_for_status()
    shown = (await olga.post(at, json={"partner": "200493023777", "month": "2027-08"})).json()
    assert [(one["partner"], one["to"] is None) for one in shown["partners"]] == [
        ("200493023777", False), (None, False), ("200493023777", True),
    ]  # fmt: skip
    assert [(one["field"], one["becomes"], one["who"]) for one in shown["history"]] == [
        ("partner", "200493023777 2027-08", "Olga"), ("partner", "2027-06", "Olga"),
    ]  # fmt: skip


async def test_legal_data_names_its_wrong_fields_and_keeps_its_versions(
    console: Console, olga: httpx.AsyncClient
) -> None:
    at = f"/contracts/{console.world.business.waba_id}"
    for wrong, field in (
        ({"vat_id": "DE1"}, "vat_id"), ({"address": {**LEGAL["address"], "city": ""}}, "address.city"), ({"due_days": 91}, "due_days"),
        ({"email": "x"}, "email"), ({"language": "fr"}, "language"),
    ):  # fmt: skip
        told = await olga.put(f"{at}/legal", json={"legal": {**LEGAL, **wrong}})
        assert (told.status_code, told.json()["error"]["field"]) == (400, field)
    several = {
        **LEGAL,
        "vat_id": "DE1",
        "due_days": 91,
        "email": "x",
        "address": {"street": "Kai 1", "country": "DE"},
        "more": 1,
    }
    told = (await olga.put(f"{at}/legal", json={"legal": several})).json()["error"]
    assert set(told["fields"]) == {"more", "address.postcode", "address.city", "email", "vat_id", "due_days"}
    assert told["field"] in told["fields"]
    checked = {"vat_checked_at": "2026-11-20T12:00:00+00:00", "vat_proof": "valid, 4711"}
    (await olga.put(f"{at}/legal", json={"legal": LEGAL, **checked})).raise_for_status()
    shown = (await olga.put(f"{at}/legal", json={"legal": {**LEGAL, "due_days": 30}, **checked})).json()
    assert (shown["legal"]["version"], shown["legal"]["vat_proof"], shown["tax"]["case"]) == (2, "valid, 4711", None)
    assert [(one["field"], one["was"], one["becomes"]) for one in shown["history"][:1]] == [
        ("legal.due_days", "14", "30")
    ]
    own = await olga.put("/contracts/legal", json={"name": "Takt GmbH"})
    assert (own.status_code, own.json()["error"]["field"]) == (400, "address")


async def test_mandates_are_kept_shown_and_taken_back(console: Console, olga: httpx.AsyncClient) -> None:
    at = f"/contracts/{console.world.business.waba_id}"
    (await olga.post(f"{at}/mandates", json=MANDATE)).raise_for_status()
    again = await olga.post(f"{at}/mandates", json=MANDATE)
    assert (again.status_code, again.json()["error"]["field"]) == (400, "reference")
    (held,) = (await olga.get(at)).json()["mandates"]
    assert (held["reference"], held["signed_on"], held["usable"]) == ("M-1", "2026-11-01", True)
    (await olga.delete(f"{at}/mandates/{held['id']}")).raise_for_status()
    assert (await olga.delete(f"{at}/mandates/{held['id']}")).status_code == 404
    assert [one["usable"] for one in (await olga.get(at)).json()["mandates"]] == [False]


async def test_a_company_sets_what_is_safe_and_asks_for_the_rest(inbox: Inbox) -> None:
    async with inbox.browser("frida") as frida, inbox.browser("ines") as ines:
        at, own = "/money/contract", {**LEGAL, "vat_id": "DE1"}
        told = await frida.put(f"{at}/legal", json={"legal": own}, headers=WRITE)
        assert (told.status_code, told.json()["error"]["field"]) == (400, "vat_id")
        asked = (await frida.put(f"{at}/legal", json={"legal": LEGAL}, headers=WRITE)).json()
        assert (asked["legal"], asked["wish"]["by"]) == (None, "Frida"), "the first ones are looked at"
        await inbox.world.execute(
            "INSERT INTO customer_legal (part, contract_id, version, document, set_by, set_at, vat_checked_at, vat_proof)"
            " SELECT part, contract_id, 1, document, 'Olga', at, at, 'valid' FROM legal_wish"
        )
        moved = {**LEGAL, "address": {**LEGAL["address"], "street": "Kai 2"}, "language": "en"}
        shown = (await frida.put(f"{at}/legal", json={"legal": moved}, headers=WRITE)).json()
        assert (shown["legal"]["version"], shown["legal"]["set_by"], shown["legal"]["vat_proof"]) == (
            2,
            "Frida",
            "valid",
        )
        renamed = {**moved, "name": "Nordwind SE", "due_days": 90}
        shown = (await frida.put(f"{at}/legal", json={"legal": renamed}, headers=WRITE)).json()
        assert (shown["legal"]["version"], [one["field"] for one in shown["wish"]["changes"]]) == (
            2,
            ["due_days", "name"],
        )
        assert (await ines.get(at)).status_code == 403
        assert (await ines.put(f"{at}/legal", json={"legal": moved}, headers=WRITE)).status_code == 403
        held = (await frida.post("/money/mandates", json=MANDATE, headers=WRITE)).json()
        assert (await ines.post("/money/mandates", json=MANDATE, headers=WRITE)).status_code == 403
        assert (await frida.delete(f"/money/mandates/{held['id']}", headers=WRITE)).status_code == 200


async def test_the_operator_says_yes_or_no_to_what_a_company_asks_for(
    console: Console, olga: httpx.AsyncClient
) -> None:
    world, at = console.world, f"/contracts/{console.world.business.waba_id}"
    assert (await olga.post(f"{at}/legal-wish", json={"accept": True})).status_code == 404
    assert (await olga.get("/money/waiting")).json() == {"contracts": 0, "months": 0}
    shown: dict[str, Any] = {}
    for accept in (False, True):
        await world.execute(
            "INSERT INTO legal_wish (part, contract_id, document, who, at) VALUES ($1, $2, $3, 'Frida', now())",
            *world.payer, json.dumps(LEGAL),
        )  # fmt: skip
        assert (await olga.get("/money/waiting")).json()["contracts"] == 1
        assert [
            one["asks"]
            for one in (await olga.get("/money/contracts")).json()["contracts"]
            if one["company"] == world.business.waba_id
        ] == [True]
        assert (await olga.post(f"{at}/legal-wish", json={"accept": "yes"})).json()["error"]["field"] == "accept"
        shown = (await olga.post(f"{at}/legal-wish", json={"accept": accept})).json()
        assert (shown["wish"], shown["legal"] is not None) == (None, accept)
    assert shown["legal"]["set_by"] == "Frida, Olga"
    assert ("declined", "Olga") in [(one["becomes"], one["who"]) for one in shown["history"]]
