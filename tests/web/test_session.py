"""Signing in to the inbox: who gets in, what the browser is given, and when it ends."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from hashlib import sha256
from http.cookies import Morsel, SimpleCookie
from typing import Any
from uuid import UUID

import httpx

from takt.passwords import hash_password, is_password
from tests.inbox import API, COOKIE, PASSWORD, WRITE, Inbox, open_inbox
from tests.world import NOW, World


def plain(kept: str | None, password: str) -> bool:
    """A check of passwords that is as quick as tests like it."""
    return kept == password


@asynccontextmanager
async def with_passwords(world: World) -> AsyncIterator[Inbox]:
    async with open_inbox(world, demo=False, check=plain) as opened:
        await world.set_reference("UPDATE staff SET password_hash = $1 WHERE demo_key = 'ines'", PASSWORD)
        yield opened


def cookie_of(answer: httpx.Response) -> "Morsel[str]":
    kept: SimpleCookie = SimpleCookie(answer.headers["set-cookie"])
    return kept[COOKIE]


async def sign_in(client: httpx.AsyncClient, login: str, password: str) -> httpx.Response:
    return await client.post("/sign-in", json={"login": login, "password": password}, headers=WRITE)


async def test_the_demo_lets_one_be_whoever_works_for_a_company(inbox: Inbox) -> None:
    async with inbox.browser() as client:
        people = (await client.get("/demo-people")).json()["people"]
        assert people == [
            {"key": "ines", "name": "Ines", "role": "agent", "business": "Nordwind"},
            {"key": "tom", "name": "Tom", "role": "agent", "business": "Nordwind"},
            {"key": "dora", "name": "Dora", "role": "developer", "business": "Nordwind"},
            {"key": "frida", "name": "Frida", "role": "finance", "business": "Nordwind"},
            {"key": "rita", "name": "Rita", "role": "agent", "business": "Rabattkiste"},
        ]
        answer = await client.post("/sign-in", json={"person": "ines"}, headers=WRITE)
        told = {
            "name": "Ines", "role": "agent", "business": {"id": "200493023125", "name": "Nordwind"},
            "senders": [
                {"id": "100493023125002", "name": "Nordwind Support", "kind": "support", "phone": "+493023125002"},
                {"id": "100493023125001", "name": "Nordwind", "kind": "outreach", "phone": "+493023125001"},
            ],
            "locale": "de", "cursor": 0,
        }  # fmt: skip
        assert answer.json() == told
        assert (await client.get("/me")).json() == told


async def test_the_cookie_is_for_this_server_alone_and_kept_as_a_hash(inbox: Inbox) -> None:
    async with inbox.browser() as client:
        answer = await client.post("/sign-in", json={"person": "ines"}, headers=WRITE)
        cookie = cookie_of(answer)
        assert cookie["httponly"]
        assert cookie["samesite"].lower() == "strict"
        assert cookie["max-age"] == str(30 * 86400)
        assert not cookie["secure"]
        kept = await inbox.world.rows("SELECT sha256, kind, expires_at FROM token WHERE kind = 'staff'")
        assert kept == [(sha256(cookie.value.encode()).digest(), "staff", NOW + timedelta(days=30))]
        answer = await client.post("/sign-in", json={"person": "ines"}, headers={**WRITE, "X-Forwarded-Proto": "https"})
        assert cookie_of(answer)["secure"]


async def test_without_the_demo_nobody_is_let_in_without_a_password(world: World) -> None:
    async with with_passwords(world) as inbox, inbox.browser() as client:
        assert (await client.get("/demo-people")).json() == {"people": []}
        answer = await client.post("/sign-in", json={"person": "ines"}, headers=WRITE)
        assert (answer.status_code, answer.json()["error"]["code"]) == (404, "no_demo")


async def test_login_and_password(world: World) -> None:
    async with with_passwords(world) as inbox, inbox.browser() as client:
        assert (await sign_in(client, " Ines@Takt.Example ", PASSWORD)).status_code == 200
        assert (await client.get("/me")).json()["name"] == "Ines"


async def test_an_unknown_login_looks_like_a_wrong_password(world: World) -> None:
    asked: list[tuple[str | None, str]] = []

    def check(kept: str | None, password: str) -> bool:
        asked.append((kept, password))
        return plain(kept, password)

    async with open_inbox(world, demo=False, check=check) as inbox, inbox.browser() as client:
        await world.set_reference("UPDATE staff SET password_hash = 'x' WHERE demo_key = 'ines'")
        known, unknown, none = [
            await sign_in(client, login, "wrong")
            for login in ("ines@takt.example", "nobody@takt.example", "tom@takt.example")
        ]
        assert known.status_code == unknown.status_code == none.status_code == 401
        assert known.content == unknown.content == none.content
        # All three are really checked, so that they also last the same.
        assert asked == [("x", "wrong"), (None, "wrong"), (None, "wrong")]


def test_a_password_is_kept_as_a_slow_hash() -> None:
    kept = hash_password(PASSWORD)
    assert kept.startswith("$argon2id$")
    assert PASSWORD not in kept
    assert is_password(kept, PASSWORD)
    assert not is_password(kept, PASSWORD + ".")
    assert not is_password(None, PASSWORD)
    assert not is_password(None, "nobody has this password")
    assert not is_password("no hash at all", PASSWORD)


async def test_guessing_is_slowed_down_and_stays_the_guessers_trouble(world: World) -> None:
    async with with_passwords(world) as inbox, inbox.browser() as client:
        tries = [(await sign_in(client, "ines@takt.example", f"guess {n}")).status_code for n in range(12)]
        assert tries == [401] * 10 + [429] * 2
        # Even the right word has to wait, or a guesser would see which one it is.
        late = await sign_in(client, "ines@takt.example", PASSWORD)
        assert (late.status_code, late.headers["retry-after"]) == (429, "30")
        assert (await sign_in(client, "tom@takt.example", "guess")).status_code == 401
        inbox.clock.at = NOW + timedelta(seconds=30)
        assert (await sign_in(client, "ines@takt.example", PASSWORD)).status_code == 200
        # It was Ines: her tries count no more.
        tries = [(await sign_in(client, "ines@takt.example", f"guess {n}")).status_code for n in range(11)]
        assert tries == [401] * 10 + [429]


async def test_one_address_cannot_go_through_all_names(world: World) -> None:
    async with with_passwords(world) as inbox, inbox.browser() as client:
        tries = [(await sign_in(client, f"name{n}@takt.example", "password1")).status_code for n in range(62)]
        assert tries == [401] * 60 + [429] * 2


async def test_every_write_needs_the_header_that_no_foreign_page_can_send(inbox: Inbox) -> None:
    async with inbox.browser() as client:
        answer = await client.post("/sign-in", json={"person": "ines"})
        assert (answer.status_code, answer.json()["error"]["field"]) == (403, "X-Takt")
    async with inbox.browser("ines") as client:
        for method, path in (("POST", "/sign-out"), ("PUT", "/me"), ("POST", "/price"), ("POST", "/threads/x/read")):
            assert (await client.request(method, path, json={})).status_code == 403, path
        assert (await client.get("/me")).status_code == 200


async def test_signing_out_ends_the_session_on_the_server(inbox: Inbox) -> None:
    async with inbox.browser("ines") as client, inbox.browser("ines") as elsewhere:
        token = client.cookies[COOKIE]
        answer = await client.post("/sign-out", headers=WRITE)
        assert answer.status_code == 204
        assert cookie_of(answer)["max-age"] == "0"
        async with inbox.browser() as thief:
            thief.cookies.set(COOKIE, token)
            assert (await thief.get("/me")).status_code == 401
            assert (await thief.post("/sign-out", headers=WRITE)).status_code == 204
        assert (await elsewhere.get("/me")).status_code == 200


async def test_a_session_lasts_30_days_from_the_last_day_it_was_used(inbox: Inbox) -> None:
    async with inbox.browser("ines") as client, inbox.browser("tom") as idle:
        inbox.clock.at = NOW + timedelta(hours=23)
        assert "set-cookie" not in (await client.get("/me")).headers
        inbox.clock.at = NOW + timedelta(days=20)
        answer = await client.get("/threads")
        assert cookie_of(answer).value == client.cookies[COOKIE]
        assert cookie_of(answer)["max-age"] == str(30 * 86400)
        inbox.clock.at = NOW + timedelta(days=30)
        assert (await idle.get("/me")).status_code == 401
        inbox.clock.at = NOW + timedelta(days=49, hours=23)
        assert (await client.get("/me")).status_code == 200
        inbox.clock.at = NOW + timedelta(days=80)
        assert (await client.get("/me")).status_code == 401


async def test_a_person_has_at_most_20_sessions(inbox: Inbox) -> None:
    async with inbox.browser("ines") as first, inbox.browser("tom") as tom:
        inbox.clock.at = NOW + timedelta(minutes=1)
        for _ in range(20):
            async with inbox.browser("ines"):
                pass
        assert (await first.get("/me")).status_code == 401
        assert (await tom.get("/me")).status_code == 200
        assert await inbox.world.rows("SELECT count(*) FROM token WHERE kind = 'staff'") == [(21,)]


async def test_other_tokens_are_no_sessions(inbox: Inbox) -> None:
    await inbox.world.execute(
        "INSERT INTO token (sha256, kind, business_id, scopes, issued_at) VALUES ($1, 'system_user', $2, '{}', $3)",
        sha256(b"EAAtoken").digest(), inbox.world.business.business_id, NOW,
    )  # fmt: skip
    for value in ("EAAtoken", "", "x" * 5000, "nonsense"):
        async with inbox.browser() as client:
            answer = await client.get("/me", headers={"Cookie": f"{COOKIE}={value}"})
            assert (answer.status_code, answer.json()["error"]["code"]) == (401, "signed_out")


async def test_who_has_no_business_with_chats_sees_none(inbox: Inbox) -> None:
    async with inbox.browser() as client:
        answer = await client.post("/sign-in", json={"person": "frida"}, headers=WRITE)
        assert answer.status_code == 200
        for address in ("/threads", "/templates?sender=1", "/events", "/media/1", "/messages/1/explain"):
            answer = await client.get(address)
            assert (answer.status_code, answer.json()["error"]["code"]) == (403, "role"), address
        assert (await client.get("/costs")).json()["budget_micros"] is None
        assert (await client.get("/documents")).json() == {"data": []}
        assert (await client.get("/documents/RE-2026-000001/pdf")).status_code == 404
    async with inbox.browser("ines") as client:
        for address in (
            "/costs",
            "/costs/messages",
            "/months",
            "/usage",
            "/documents",
            "/documents/RE-2026-000001/pdf",
        ):
            assert (await client.get(address)).status_code == 403, address
        assert (await client.get("/threads")).status_code == 200
        await inbox.world.execute("UPDATE staff SET role = 'operator' WHERE demo_key = 'ines'")
        assert (await client.get("/threads")).status_code == 403


async def test_the_language_is_kept(inbox: Inbox) -> None:
    async with inbox.browser("ines") as client:
        assert (await client.put("/me", json={"locale": "en"}, headers=WRITE)).json()["locale"] == "en"
        assert (await client.get("/me")).json()["locale"] == "en"
        bad: list[Any] = ["fr", None, 7, ["de"], "d\x00e"]
        for locale in bad:
            answer = await client.put("/me", json={"locale": locale}, headers=WRITE)
            assert (answer.status_code, answer.json()["error"]["field"]) == (400, "locale")


MALFORMED: tuple[tuple[Any, str], ...] = (
    ({}, "login"),
    ({"login": "a"}, "password"),
    ({"login": "a", "password": ""}, "password"),
    ({"login": "a", "password": "x" * 201}, "password"),
    ({"login": 7, "password": "password"}, "login"),
    ({"login": "a\x00", "password": "password"}, "login"),
    ({"person": ["ines"]}, "person"),
    ({"person": "x\x00"}, "person"),
    ({"person": "nobody"}, "person"),
)


async def test_a_malformed_sign_in_names_the_field(inbox: Inbox) -> None:
    async with httpx.AsyncClient(base_url=inbox.url + API) as client:
        for body, field in MALFORMED:
            answer = await client.post("/sign-in", json=body, headers=WRITE)
            assert 400 <= answer.status_code < 500, body
            assert answer.json()["error"]["field"] == field


async def test_finance_alone_sets_the_budget_and_only_of_its_company(inbox: Inbox) -> None:
    wish = {"budget_micros": 50_000_000, "hard_stop": True, "low_micros": 1_000_000}
    async with inbox.browser("frida") as frida, inbox.browser("ines") as ines, inbox.browser("rita") as rita:
        told = await frida.put("/money/plan", json=wish, headers=WRITE)
        assert told.status_code == 200, told.text
        assert {name: (await frida.get("/money/plan")).json()[name] for name in wish} == wish
        for wrong in (
            {"hard_stop": True},
            {"budget_micros": -1},
            {"budget_micros": "5"},
            {"budget": 5},
            {"low_micros": 0},
        ):
            refused = await frida.put("/money/plan", json=wrong, headers=WRITE)
            assert (refused.status_code, refused.json()["error"]["code"]) == (400, "invalid"), wrong
        assert (await frida.post("/money/payments", json={"net_micros": 1}, headers=WRITE)).status_code == 400
        unknown = await frida.get("/money/payments/x/giro-code")
        assert (unknown.status_code, unknown.json()["error"]["code"]) == (404, "unknown"), "as at the console"
        for other in (ines, rita):
            assert (await other.put("/money/plan", json={}, headers=WRITE)).status_code == 403
            assert (await other.post("/money/payments", json={"net_micros": 10_000}, headers=WRITE)).status_code == 403
            for path in ("plan", "payments", "mandates"):
                assert (await other.get(f"/money/{path}")).status_code == 403, path
        assert (await frida.get("/money/plan")).json()["budget_micros"] == 50_000_000
    rows = await inbox.world.rows("SELECT contract_id FROM spend_plan")
    assert rows == [(inbox.world.business.contract_id,)]


async def test_standing_is_seen_by_roles_acted_on_by_some_and_only_for_the_own_company(inbox: Inbox) -> None:
    world, stranger = inbox.world, inbox.stranger
    own, other = UUID(int=1), UUID(int=2)
    for measure_id, business in ((own, world.business), (other, stranger.business)):
        await world.set_reference(
            "INSERT INTO measure (measure_id, business_id, kind, state, days, figures, proposed_at, note)"
            " VALUES ($1, $2, 'sending', 'in_force', 5, '{}', $3, 'Kette')",
            measure_id, business.business_id, NOW,
        )  # fmt: skip
    watched = (world.outreach.sender_id, stranger.sender_id)
    await world.set_reference(
        "UPDATE sender SET watch = 'frozen', watch_at = $2 WHERE sender_id = any($1)", watched, NOW
    )
    template = next(iter(inbox.world.reference.current.templates.values())).template_id
    await world.set_reference(
        "UPDATE template SET status = 'REJECTED', rejected_reason = 'SCAM' WHERE template_id = $1", template
    )
    async with inbox.browser("dora") as dora, inbox.browser("frida") as frida, inbox.browser("ines") as ines:
        told = (await frida.get("/standing/all")).json()
        doubted = {one["template"]: one for one in told["templates"]}[template]
        assert (doubted["reason"], doubted["may_appeal"]) == ("SCAM", True)
        assert ([one["measure"] for one in told["measures"]], told["may_act"]) == ([str(own)], False)
        assert [one["sender"] for one in told["watched"]] == [world.outreach.sender_id]
        acts: tuple[tuple[str, dict[str, Any]], ...] = (
            (f"measures/{own}/objection", {"text": "Nein."}),
            (f"senders/{world.outreach.sender_id}/appeal", {"reason": "Wir waren es nicht."}),
            (f"templates/{template}/appeal", {"reason": "Wir grüßen nur."}),
            ("domains", {"domains": ["shop.example"]}),
        )
        for path, body in acts:
            for looking in (frida, ines):
                assert (await looking.post(f"/standing/{path}", json=body, headers=WRITE)).status_code == 403, path
            assert (await dora.post(f"/standing/{path}", json=body)).status_code == 403, "without its header"
            for wrong in ({}, dict.fromkeys(body, " "), dict.fromkeys(body, 7), dict.fromkeys(body, "x" * 5000)):
                refused = await dora.post(f"/standing/{path}", json=wrong, headers=WRITE)
                assert (refused.status_code, refused.json()["error"]["code"]) == (400, "invalid"), (path, wrong)
            done = await dora.post(f"/standing/{path}", json=body, headers=WRITE)
            assert done.status_code == 200, done.text
        assert (await ines.get("/standing/all")).status_code == 403
        for path in (f"measures/{other}/objection", f"senders/{stranger.sender_id}/appeal", "measures/x/objection"):
            body = {"text": "Nein.", "reason": "Nein."}
            assert (await dora.post(f"/standing/{path}", json=body, headers=WRITE)).status_code == 404, path
        told = (await dora.get("/standing/all")).json()
        assert told["measures"][0]["objection"]["text"] == "Nein."
        assert told["watched"][0]["appeal"] == "Wir waren es nicht."
        assert told["domains"] == ["shop.example"]
        doubted = {one["template"]: one for one in told["templates"]}[template]
        assert (doubted["status"], doubted["appeal"], doubted["may_appeal"]) == ("IN_APPEAL", "Wir grüßen nur.", False)
        assert (await frida.delete("/standing/domains/shop.example", headers=WRITE)).status_code == 403
        assert (await dora.delete("/standing/domains/shop.example", headers=WRITE)).json()["domains"] == []
        assert (await dora.delete("/standing/domains/shop.example", headers=WRITE)).status_code == 404
    assert await world.rows("SELECT objection FROM measure WHERE measure_id = $1", other) == [("",)]
