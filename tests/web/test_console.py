"""The console's API: who gets in, what is shown, what every decision does, and what hostile input comes to."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from tests.cloud import Cloud
from tests.console import Console, open_console
from tests.reviewing import Review, create, hear_all, news
from tests.suspecting import suspect
from tests.world import FUNDS, World

FRAUD = "Sie haben gewonnen, {{1}}! Ihre Bestellung {{2}} liegt für Sie bereit."
WABA = "200493023125"


@pytest.fixture
async def console(world: World) -> AsyncIterator[Console]:
    async with open_console(world) as opened:
        await world.set_reference("UPDATE template SET status = 'APPROVED' WHERE status = 'PENDING'")
        yield opened


@pytest.fixture
async def olga(console: Console) -> AsyncIterator[httpx.AsyncClient]:
    async with console.browser("olga") as client:
        yield client


async def doubtful(console: Console, name: str = "prize", text: str = FRAUD) -> str:
    """A template that the check has left to a person."""
    made = await create(console.cloud, name, text)
    await Review(console.world, console.cloud).look(alone=False)
    return made


async def number(cloud: Cloud, name: str = "Nordwind Werkstatt", phone: str = "3023125777") -> str:
    body = {"cc": "49", "phone_number": phone, "verified_name": name}
    return str((await cloud.call("POST", f"/v24.0/{WABA}/phone_numbers", json=body)).json()["id"])


async def test_only_people_of_the_operator_get_in(console: Console) -> None:
    async with console.browser() as client:
        assert (await client.get("/demo-people")).json() == {
            "people": [
                {"key": key, "name": key.title(), "role": "operator", "business": ""} for key in ("olga", "otto")
            ]
        }
        for path in (
            "/me",
            "/waiting",
            "/companies",
            "/reviews",
            "/reviews/1",
            "/names",
            "/codes",
            "/suspicions",
            "/policy",
            "/money/contracts",
            "/money/ledger",
            "/money/months",
            "/money/invoices",
            "/money/cards",
        ):
            answer = await client.get(path)
            assert (answer.status_code, answer.json()["error"]["code"]) == (401, "signed_out"), path
        for path in ("/reviews/1", "/names/1"):
            assert (await client.post(path, json={})).status_code == 401
        assert (await client.post("/sign-in", json={"person": "ines"})).status_code == 404
    async with console.browser("olga") as client:
        assert (await client.get("/me")).json() == {"name": "Olga", "role": "operator", "locale": "de"}
        assert (await client.put("/me", json={"locale": "en"})).json()["locale"] == "en"
        (await client.post("/sign-out")).raise_for_status()
        assert (await client.get("/me")).status_code == 401


async def test_a_session_of_a_company_opens_nothing_here(console: Console) -> None:
    await console.world.set_reference(
        "INSERT INTO token (sha256, kind, business_id, staff_id, issued_at, expires_at)"
        " SELECT sha256('stolen'), 'staff', business_id, staff_id, created_at, created_at + interval '100 years'"
        " FROM staff WHERE demo_key = 'ines'"
    )
    async with console.browser() as client:
        client.cookies.set("takt_operator", "stolen")
        assert (await client.get("/reviews")).status_code == 401


async def test_outside_the_demo_a_password_is_needed(world: World) -> None:
    async with open_console(world, demo=False) as console, console.browser() as client:
        await world.set_reference("UPDATE staff SET password_hash = 'right'")
        assert (await client.get("/demo-people")).json() == {"people": []}
        assert (await client.post("/sign-in", json={"person": "olga"})).status_code == 404
        for login, password, status in (
            ("olga@takt.example", "wrong", 401), ("ines@takt.example", "right", 401), ("olga@takt.example", "right", 200),
        ):  # fmt: skip
            answer = await client.post("/sign-in", json={"login": login, "password": password})
            assert answer.status_code == status, login


async def test_a_write_needs_its_header(console: Console) -> None:
    template = await doubtful(console)
    async with console.browser("olga") as client:
        del client.headers["X-Takt"]
        answer = await client.post(f"/reviews/{template}", json={"decision": "approve"})
        assert (answer.status_code, answer.json()["error"]["code"]) == (403, "header_missing")
        assert (await client.get(f"/reviews/{template}")).json()["status"] == "PENDING"


async def test_what_waits_is_shown_with_findings_and_preview(console: Console, olga: httpx.AsyncClient) -> None:
    template = await doubtful(console)
    await create(console.cloud, "plain")
    assert (await olga.get("/waiting")).json() == {
        "reviews": 2,
        "names": 0,
        "codes": 0,
        "suspicions": 0,
        "policy": 0,
        "standings": 0,
    }
    told = (await olga.get("/reviews")).json()
    assert (told["total"], [one["name"] for one in told["data"]]) == (2, ["prize", "plain"])
    one = told["data"][0]
    assert one["check"]["findings"][0] | {"advice": ""} == {
        "rule": "sounds_like_fraud", "weight": "doubt", "evidence": "Sie haben gewonnen", "reason": "SCAM", "advice": "",
    }  # fmt: skip
    assert one["preview"]["body"] == "Sie haben gewonnen, Mara! Ihre Bestellung 4711 liegt für Sie bereit."
    assert [line["move"] for line in one["history"]] == ["check", "submit"]
    assert (await olga.get(f"/reviews/{template}")).json()["template"] == template
    waba = {"company": WABA}
    foreign = {"company": "200493023199"}
    asked: list[tuple[dict[str, str], int]] = [
        (waba, 2), (foreign, 0), ({"category": "utility"}, 2), ({"category": "marketing"}, 0),
        ({"state": "REJECTED"}, 0), ({**waba, "category": "utility", "state": "PENDING"}, 2),
    ]  # fmt: skip
    for query, total in asked:
        assert (await olga.get("/reviews", params=query)).json()["total"] == total, query
    page = (await olga.get("/reviews", params={"limit": 1})).json()
    rest = (await olga.get("/reviews", params={"after": page["after"]})).json()
    assert [one["name"] for one in rest["data"]] == ["plain"]
    assert {one["name"] for one in (await olga.get("/companies")).json()["data"]} == {"Nordwind", "Fremd"}


STEPS: list[tuple[dict[str, Any], str, list[str]]] = [
    ({"decision": "approve"}, "APPROVED", ["APPROVED"]),
    ({"decision": "pause", "note": "see"}, "PAUSED", ["PAUSED"]),
    ({"decision": "reinstate"}, "APPROVED", ["REINSTATED"]),
    ({"decision": "recategorise", "category": "marketing"}, "APPROVED", ["template_category_update"]),
    ({"decision": "disable"}, "DISABLED", ["DISABLED"]),
    ({"decision": "reinstate"}, "APPROVED", ["REINSTATED"]),
]


async def test_every_decision_does_what_it_says_and_tells_the_company(
    console: Console, olga: httpx.AsyncClient
) -> None:
    await hear_all(console.world)
    template = await doubtful(console)
    for body, status, heard in STEPS:
        before = len(await news(console.world))
        answer = await olga.post(f"/reviews/{template}", json=body)
        assert answer.status_code == 200, answer.text
        assert (answer.json()["status"], answer.json()["history"][0]["by"]) == (status, "operator")
        assert set(heard) <= set((await news(console.world))[before:]), body
    assert (await olga.post(f"/reviews/{template}", json={"decision": "approve"})).status_code == 400


async def test_a_rejection_reaches_the_company_with_its_reason(console: Console, olga: httpx.AsyncClient) -> None:
    await hear_all(console.world)
    template = await doubtful(console)
    answer = await olga.post(f"/reviews/{template}", json={"decision": "reject"})
    assert (answer.status_code, answer.json()["error"]["field"]) == (400, "reason")
    await olga.post(f"/reviews/{template}", json={"decision": "reject", "reason": "SCAM", "note": "a prize"})
    shown = (await console.cloud.get(f"/{template}", fields="status,rejected_reason")).json()
    assert (shown["status"], shown["rejected_reason"]) == ("REJECTED", "SCAM")
    assert (await news(console.world))[-1] == "REJECTED"
    assert (await olga.get("/waiting")).json()["reviews"] == 0


async def test_what_was_changed_meanwhile_is_not_decided_unseen(console: Console, olga: httpx.AsyncClient) -> None:
    template = await doubtful(console)
    body = {"decision": "approve", "submitted_at": "2020-01-01T00:00:00Z"}
    answer = await olga.post(f"/reviews/{template}", json=body)
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "changed")
    body["submitted_at"] = (await olga.get(f"/reviews/{template}")).json()["submitted_at"]
    assert (await olga.post(f"/reviews/{template}", json=body)).json()["status"] == "APPROVED"


async def test_names_are_decided(console: Console, olga: httpx.AsyncClient) -> None:
    one, other = await number(console.cloud), await number(console.cloud, "Nordwind Laden", "3023125778")
    waiting = (await olga.get("/names")).json()["data"]
    assert [(each["sender"], each["name"], each["now"]) for each in waiting] == sorted(
        [(one, "Nordwind Werkstatt", None), (other, "Nordwind Laden", None)]
    )
    assert (await olga.post(f"/names/{one}", json={"decision": "APPROVED", "name": "Other"})).status_code == 409
    yes, no = {"decision": "APPROVED", "name": "Nordwind Werkstatt"}, {"decision": "REJECTED", "reason": "no company"}
    assert (await olga.post(f"/names/{one}", json=yes)).status_code == 200
    assert (await olga.post(f"/names/{other}", json=no)).status_code == 200
    for sender, status in ((one, "APPROVED"), (other, "DECLINED")):
        assert (await console.cloud.get(f"/v24.0/{sender}", fields="name_status")).json()["name_status"] == status
    assert (await olga.get("/names")).json() == {"data": []}
    assert (await olga.post(f"/names/{one}", json={"decision": "APPROVED"})).json()["error"]["code"] == "refused"


async def test_codes_are_there_to_be_delivered_until_they_are_used(console: Console, olga: httpx.AsyncClient) -> None:
    sender = await number(console.cloud)
    asked = {"code_method": "SMS", "language": "de"}
    await console.cloud.call("POST", f"/v24.0/{sender}/request_code", json=asked)
    (one,) = (await olga.get("/codes")).json()["data"]
    assert (one["sender"], one["phone_number"], one["code_method"]) == (sender, "493023125777", "SMS")
    assert one["company"]["name"] == "Nordwind"
    assert one["age_s"] < 60
    assert (await olga.get("/waiting")).json() == {
        "reviews": 0,
        "names": 1,
        "codes": 1,
        "suspicions": 0,
        "policy": 0,
        "standings": 0,
    }
    await console.cloud.call("POST", f"/v24.0/{sender}/verify_code", json={"code": one["code"]})
    assert (await olga.get("/codes")).json() == {"data": []}


async def test_the_domains_of_a_company_s_links_are_kept_at_its_page(console: Console, olga: httpx.AsyncClient) -> None:
    (company,) = [one for one in (await olga.get("/standings")).json()["data"] if one["name"] == "Nordwind"]
    at = f"/standings/{company['waba']}"
    assert (await olga.get(at)).json()["domains"] == []
    added = await olga.post(f"{at}/domains", json={"domains": ["https://www.example.org/x", "nordwind.example"]})
    assert added.json() == {"domains": ["example.org", "nordwind.example"]}
    assert (await olga.get(at)).json()["domains"] == ["example.org", "nordwind.example"]
    assert (await olga.post(f"{at}/domains", json={"domains": ["bit.ly"]})).json()["error"]["field"] == "domains"
    assert (await olga.delete(f"{at}/domains/example.org")).json() == {"success": True}
    assert (await olga.delete(f"{at}/domains/example.org")).status_code == 404
    assert (await olga.get(at)).json()["domains"] == ["nordwind.example"]
    assert (await olga.post("/standings/1/domains", json={"domains": ["x.example"]})).status_code == 404


WRONG: list[tuple[str, str]] = [
    ("state", "nothing"), ("category", "MARKETING!"), ("company", "1"), ("company", "\x00"), ("after", "x"),
    ("after", "9" * 400), ("limit", "0"), ("limit", "-1"), ("limit", "x"), ("state", "\x00"),
]  # fmt: skip


async def test_wrong_questions_name_their_field(olga: httpx.AsyncClient) -> None:
    for name, given in WRONG:
        answer = await olga.get("/reviews", params={name: given})
        if answer.status_code != 200:
            assert (answer.status_code, answer.json()["error"]["field"]) == (400, name), (name, given)
        else:
            assert (name, given) == ("after", "9" * 400)
    for path in ("/reviews/x", "/reviews/99", "/reviews/%00", "/names/x"):
        answer = await olga.post(path, json={"decision": "APPROVED"})
        assert answer.status_code in {404, 409}, (path, answer.text)
    assert (await olga.post("/nowhere", json={})).status_code == 404


HOSTILE: list[Any] = [None, 0, -1.5, True, "", "x" * 3000, "\x00", [], {}, ["approve"], {"a": 1}, "reject", "\u202e"]


async def test_no_body_brings_it_down(console: Console, olga: httpx.AsyncClient) -> None:
    template = await doubtful(console)
    sender = await number(console.cloud)
    for name in ("decision", "reason", "category", "quality", "note", "advice", "submitted_at"):
        for given in HOSTILE:
            body = {"decision": "flag", name: given}
            answer = await olga.post(f"/reviews/{template}", json=body)
            assert answer.status_code in {400, 409}, (body, answer.text)
    for name in ("decision", "reason", "name"):
        for given in HOSTILE:
            answer = await olga.post(f"/names/{sender}", json={"decision": "MAYBE", name: given})
            assert answer.status_code in {400, 409}, (name, given, answer.text)
    for raw in (b"", b"{", b"[]", b"\xff", b'"x"', b'{"decision": "\\ud800"}', b"[" * 20_000, b"{" + b" " * 70_000):
        for path in (f"/reviews/{template}", f"/names/{sender}", "/sign-in", "/me"):
            call = olga.put if path == "/me" else olga.post
            assert (await call(path, content=raw)).status_code in {400, 413}, (path, raw[:20])
    assert (await olga.get("/waiting")).json() == {
        "reviews": 1,
        "names": 1,
        "codes": 0,
        "suspicions": 0,
        "policy": 0,
        "standings": 0,
    }


async def test_the_pages_are_one_document_with_a_policy(console: Console) -> None:
    async with httpx.AsyncClient(base_url=console.url) as client:
        for path in ("/console", "/console/", "/console/names", "/console/codes", "/console/reviews/400"):
            answer = await client.get(path)
            assert answer.status_code == 200, path
            assert "default-src 'none'" in answer.headers["content-security-policy"]
            assert 'data-session="none"' in answer.text


async def test_the_check_leaves_doubts_to_a_person_who_is_signed_in(console: Console) -> None:
    review = Review(console.world, console.cloud)
    async with console.browser("olga") as olga:
        waiting = await create(console.cloud, "prize", FRAUD)
        await review.look()
        assert await review.status(waiting) == "PENDING"
        (await olga.post("/sign-out")).raise_for_status()
        decided = await create(console.cloud, "prize_again", FRAUD + " Bald!")
        await review.look()
        assert await review.status(decided) == "REJECTED"


async def test_people_at_the_console_decide_too(console: Console, olga: httpx.AsyncClient) -> None:
    message = await suspect(console.world)
    assert (await olga.get("/waiting")).json()["suspicions"] == 1
    (one,) = (await olga.get("/suspicions")).json()["data"]
    assert one["message"] == message
    told = await olga.post(f"/suspicions/{message}", json={"decision": "clear"})
    assert (told.json()["state"], told.json()["decided_by"]) == ("cleared", "Olga")
    assert (
        await olga.put(f"/senders/{console.world.outreach.sender_id}/watch", json={"watch": "often"})
    ).status_code == 400
    assert (await olga.get("/waiting")).json()["suspicions"] == 0


async def test_pages_of_money_read_what_the_own_api_gives(console: Console, olga: httpx.AsyncClient) -> None:
    contracts = (await olga.get("/money/contracts")).json()["contracts"]
    assert [one["name"] for one in contracts] == ["Fremd", "Nordwind"]
    assert (await olga.get("/money/ledger")).json()["entries"][0]["kind"] == "top_up"
    refused = await olga.get("/money/ledger", params={"kind": "gift"})
    assert (refused.status_code, refused.json()["error"]["code"]) == (400, "invalid")
    assert (await olga.get("/money/invoices", params={"state": "open"})).json() == {"invoices": []}
    assert (await olga.get("/money/invoices", params={"state": "lost"})).json()["error"]["field"] == "state"
    for path in ("/money/invoices/RE-2026-000001", "/money/invoices/RE-2026-000001/pdf", "/money/cards/none"):
        assert (await olga.get(path)).status_code == 404, path
    assert (await olga.post("/money/months", json={"month": "soon"})).status_code == 400


async def test_a_card_shows_its_effect_before_it_is_published(console: Console, olga: httpx.AsyncClient) -> None:
    kept = (await olga.get("/money/cards")).json()["rate_cards"][0]
    shown = (await olga.get(f"/money/cards/{kept['card']}")).json()["rate_cards"][-1]
    document = {"currency": shown["currency"]} | shown["document"] | {"card": "another"}
    told = await olga.post("/money/effect", json={"document": document})
    assert (told.status_code, told.json()["card"], told.json()["version"]) == (200, "another", None)
    assert (await olga.post("/money/effect", json={"document": {"card": "another"}})).status_code == 400
    published = await olga.post("/money/cards", json=document)
    assert (published.status_code, published.json()["version"]) == (200, 1), published.text
    assert "another" in {one["card"] for one in (await olga.get("/money/cards")).json()["rate_cards"]}


CAMT = (
    '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt><Stmt><Id>1</Id><Acct><Id>'
    "<IBAN>DE89370400440532013000</IBAN></Id></Acct><Ntry><Amt Ccy='EUR'>59.50</Amt><CdtDbtInd>CRDT</CdtDbtInd>"
    "<Sts>BOOK</Sts><BookgDt><Dt>2026-11-23</Dt></BookgDt><AcctSvcrRef>a</AcctSvcrRef><NtryDtls><TxDtls><RmtInf><Ustrd>"
    "von Nordwind</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry></Stmt></BkToCstmrStmt></Document>"
)


async def test_what_the_bank_told_is_brought_in_placed_and_found_again(
    console: Console, olga: httpx.AsyncClient
) -> None:
    world = console.world
    account = {"iban": "DE89370400440532013000", "holder": "Takt GmbH"}
    assert (await olga.put("/bank/account", json=account)).json()["holder"] == "Takt GmbH"
    assert (await olga.put("/bank/account", json={"iban": "DE00"})).json()["error"]["code"] == "invalid"
    assert (await olga.post("/bank/statements", content=b"Umsatz;Betrag")).json()["error"]["code"] == "invalid"
    large = CAMT.ljust(2 * 1024 * 1024)
    assert (await olga.post("/bank/statements", content=large)).json()["suspense"] == 1, "as large as by the own API"
    (one,) = (await olga.get("/bank/suspense")).json()["data"]
    assert (one["doubt"], one["amount_micros"]) == ("unknown", 59_500_000)
    for wrong in ({}, {"company": "x"}, {"company": world.business.waba_id, "payment": "x"}):
        assert (await olga.post(f"/bank/suspense/{one['key']}", json=wrong)).status_code == 400, wrong
    assert (await olga.post("/bank/suspense/x", json={"aside": True})).status_code == 404
    (await olga.post(f"/bank/suspense/{one['key']}", json={"company": world.business.waba_id})).raise_for_status()
    assert await world.money() == (FUNDS + 50_000_000, 0)
    for asked in ({}, {"state": "settled"}, {"company": world.business.waba_id}, {"of": "de89 x", "state": "failed"}):
        found = (await olga.get("/bank/payments", params=asked)).json()["data"]
        assert [one["name"] for one in found] == ([] if "of" in asked else ["Nordwind"]), asked
    (paid,) = (await olga.get("/bank/payments")).json()["data"]
    assert len((await olga.get("/bank/payments", params={"of": paid["reference"].lower()})).json()["data"]) == 1
    assert (await olga.post(f"/bank/payments/{paid['id']}/refund")).status_code == 400, "the bank's go back by hand"
    for asked in ({"state": "lost"}, {"company": "x"}, {"of": "x" * 201}, {"of": "\x00"}):
        assert (await olga.get("/bank/payments", params=asked)).status_code == 400, asked
    assert (await olga.post("/bank/collections")).status_code == 400, "no creditor identifier"
    assert (await olga.get("/bank/collections/T1")).status_code == 404


async def test_two_people_book_by_hand_and_nobody_else_can(console: Console, olga: httpx.AsyncClient) -> None:
    (await olga.get("/money/contracts")).raise_for_status()
    body = {"company": console.world.business.waba_id, "sort": "credit", "amount_micros": 7, "note": "Kulanz"}
    proposed = (await olga.post("/bank/bookings", json=body)).json()
    own = await olga.post(f"/bank/bookings/{proposed['id']}/sign")
    assert (own.status_code, own.json()["error"]["code"]) == (409, "own")
    async with console.browser("otto") as otto:
        (shown,) = (await otto.get("/bank/bookings")).json()["data"]
        assert (shown["name"], shown["may_sign"]) == ("Nordwind", True)
        assert (await otto.post(f"/bank/bookings/{proposed['id']}/sign")).json()["signed_by"] == "Otto"
        assert (await otto.post(f"/bank/bookings/{proposed['id']}/burn")).status_code == 404
    assert await console.world.money() == (FUNDS + 7, 0)
    (shown,) = (await olga.get("/bank/bookings")).json()["data"]
    assert (shown["state"], shown["may_sign"]) == ("booked", False)
    async with console.browser() as nobody:
        for path in ("payments", "suspense", "statements", "collections", "bookings", "account"):
            assert (await nobody.get(f"/bank/{path}")).status_code == 401, path
