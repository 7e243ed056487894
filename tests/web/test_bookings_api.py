"""Bookings by hand over the own API: two people stand for whatever the operator books, gives, gives back or lends."""

from typing import Any

import pytest

from takt.clock import CLOCK
from takt.core.entries import PARTNER, SPEND, Entry, EntryKind
from takt.core.ids import slot_of, wamid
from takt.store import journal, ledger
from takt.store.pool import transaction
from tests.paying import Doors, ok, refused
from tests.pricing import deliver, sent
from tests.world import FUNDS, NOW, UTILITY, World, template_to


async def test_a_booking_by_hand_needs_two_people(world: World, doors: Doors) -> None:
    body = {"company": world.business.waba_id, "sort": "credit", "amount_micros": 5_000_000, "note": "Kulanz"}
    assert "counts as nobody" in await refused(await doors.operator.post("/bank/bookings", json=body), 409)
    proposed = await ok(await doors.olga.post("/bank/bookings", json=body))
    at = f"/bank/bookings/{proposed['id']}/sign"
    assert "cannot sign" in await refused(await doors.olga.post(at), 409)
    assert "counts as nobody" in await refused(await doors.operator.post(at), 409)
    assert await world.money() == (FUNDS, 0)
    signed = await ok(await doors.otto.post(at))
    assert (signed["state"], signed["proposed_by"], signed["signed_by"]) == ("booked", "Olga", "Otto")
    assert (await doors.otto.post(at)).status_code == 409
    assert await world.money() == (FUNDS + 5_000_000, 0)
    much = {**body, "sort": "paid_back", "amount_micros": FUNDS * 2}
    one = await ok(await doors.olga.post("/bank/bookings", json=much))
    assert "does not cover" in await refused(await doors.otto.post(f"/bank/bookings/{one['id']}/sign"), 409)
    await ok(await doors.olga.post(f"/bank/bookings/{one['id']}/withdraw"))
    assert await world.money() == (FUNDS + 5_000_000, 0)


async def both(doors: Doors, body: dict[str, Any]) -> dict[str, Any]:
    """A booking that Olga proposes and Otto signs."""
    one = await ok(await doors.olga.post("/bank/bookings", json=body))
    signed: dict[str, Any] = await ok(await doors.otto.post(f"/bank/bookings/{one['id']}/sign"))
    return signed


async def test_two_people_give_back_and_what_is_given_back_is_given_once(world: World, doors: Doors) -> None:
    company = {"company": world.business.waba_id, "note": "Kulanz"}
    entry = CLOCK.new_id(slot_of(world.payer[1]))
    async with transaction(world.site.pool(world.payer[0])) as conn:
        await ledger.add_top_up(conn, world.payer, entry, 700, "transfer", NOW)
    person = await world.add_person(world.numbers(world.site.parts[0], 1)[0])
    (message_id,) = await sent(world, template_to(world, person.wa_id))
    refund = {**company, "sort": "refund", "message": wamid(message_id)}
    assert (await doors.olga.post("/bank/bookings", json=refund)).status_code == 400, "it was not charged yet"
    await deliver(world, person)
    reversal = {**company, "sort": "reversal", "entry": str(entry)}
    for body, micros, after in ((refund, UTILITY, FUNDS + 700), (reversal, 700, FUNDS)):
        assert "counts as nobody" in await refused(await doors.operator.post("/bank/bookings", json=body), 409)
        signed = await both(doors, body)
        assert (signed["amount_micros"], signed["state"]) == (micros, "booked")
        assert {name: signed[name] for name in ("message", "entry") if name in body} == {
            name: body[name] for name in ("message", "entry") if name in body
        }
        assert await world.money() == (after, 0)
    again = await ok(await doors.olga.post("/bank/bookings", json=refund))
    told = await refused(await doors.otto.post(f"/bank/bookings/{again['id']}/sign"), 409)
    assert "nothing left to give back" in told
    assert await world.money() == (FUNDS, 0)


async def test_two_people_give_a_grant_and_more_credit(world: World, doors: Doors) -> None:
    waba = world.business.waba_id
    grant = {
        "company": waba,
        "sort": "grant",
        "amount_micros": 700,
        "note": "sorry",
        "name": "Entschuldigung",
        "days": 30,
    }
    signed = await both(doors, {**grant, "categories": ["utility"], "markets": ["DE"]})
    assert signed["grant"] == {
        "name": "Entschuldigung", "kind": "goodwill", "days": 30, "priority": 0, "categories": ["utility"],
        "markets": ["DE"],
    }  # fmt: skip
    [kept] = await world.rows("SELECT name, categories FROM credit_grant")
    assert tuple(kept) == ("Entschuldigung", ["utility"])
    limit = {"company": waba, "sort": "limit", "amount_micros": 5_000_000, "note": "seit Jahren pünktlich"}
    await both(doors, limit)
    assert await world.rows("SELECT mode FROM contract WHERE contract_id = $1", world.payer[1]) == [("postpaid",)]
    [change] = await world.rows("SELECT field, was, becomes, who FROM contract_change")
    assert tuple(change) == ("limit_micros", "0", "5000000", "Olga, Otto")
    assert "above the limit" in await refused(await doors.olga.post("/bank/bookings", json=limit), 400)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"sort": "refund", "message": "wamid.x"}, "message"),
        ({"sort": "refund", "message": 7}, "message"),
        ({"sort": "refund", "message": "x", "amount_micros": 7}, "amount_micros"),
        ({"sort": "reversal", "entry": "x"}, "entry"),
        ({"sort": "reversal", "entry": 7}, "entry"),
        ({"sort": "grant"}, "amount_micros"),
        ({"sort": "grant", "amount_micros": 0}, "amount_micros"),
        ({"sort": "grant", "amount_micros": 1, "kind": "gift"}, "kind"),
        ({"sort": "grant", "amount_micros": 1, "days": 0}, "days"),
        ({"sort": "grant", "amount_micros": 1, "categories": ["adverts"]}, "categories"),
        ({"sort": "grant", "amount_micros": 1, "markets": [7]}, "markets"),
        ({"sort": "limit", "amount_micros": -1}, "amount_micros"),
        ({"sort": "credit", "amount_micros": 1, "note": " "}, "note"),
        ({"sort": "lend", "amount_micros": 1}, "sort"),
    ],
)
async def test_a_wrong_booking_names_its_field(world: World, doors: Doors, body: dict[str, Any], field: str) -> None:
    given = {"company": world.business.waba_id, "note": "Kulanz", **body}
    assert field in await refused(await doors.olga.post("/bank/bookings", json=given), 400)


async def test_what_a_partner_earned_is_paid_out_by_two_people(world: World, doors: Doors) -> None:
    async with world.site.everywhere.acquire() as conn:
        payer, at = world.payer, CLOCK.now()
        earned = Entry(payer, CLOCK.new_id(), EntryKind.CAPTURE, SPEND, PARTNER, 3_000_000, "EUR", at)
        await journal.book(conn, [earned], at)
    body = {"company": world.business.waba_id, "sort": "paid_out", "amount_micros": 3_000_001, "note": "November"}
    much = await ok(await doors.olga.post("/bank/bookings", json=body))
    assert "was not earned" in await refused(await doors.otto.post(f"/bank/bookings/{much['id']}/sign"), 409)
    for right in (True, False):
        one = await ok(await doors.olga.post("/bank/bookings", json={**body, "amount_micros": 3_000_000}))
        signed = await doors.otto.post(f"/bank/bookings/{one['id']}/sign")
        assert signed.status_code == (200 if right else 409), "it is paid out once"
    assert await world.money() == (FUNDS - 3_000_000, 0)
    assert await world.rows("SELECT kind, posted_micros FROM account WHERE kind IN ('bank', 'partner') ORDER BY 1") == [
        ("bank", -FUNDS + 3_000_000), ("partner", 0),
    ]  # fmt: skip
