"""Money over the own API: what a company pays and wishes, what the operator does with the bank, and that nobody sees another's."""

import re
from pathlib import Path
from typing import Any

import httpx
import pytest

from takt.clock import CLOCK
from takt.core.payment import Word
from takt.wire.camt import BYTES_MAX
from tests.paying import OTHER, Doors, ok, refused
from tests.world import FUNDS, World

OWN = "DE89370400440532013000"
SHAPES = Path(__file__).parent.parent / "data/camt"


ACCOUNT = {"iban": OWN, "holder": "Takt GmbH", "creditor_id": "DE98ZZZ09999999999"}


async def account(doors: Doors) -> None:
    shown = await ok(await doors.operator.put("/bank/account", json=ACCOUNT))
    assert shown["iban"] == "DE89 3704 0044 0532 0130 00"


def statement(*entries: str, ident: str = "1") -> bytes:
    return (
        '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt><Stmt>'
        f"<Id>{ident}</Id><Acct><Id><IBAN>{OWN}</IBAN></Id></Acct>{''.join(entries)}</Stmt></BkToCstmrStmt></Document>"
    ).encode()


def entry(amount: str, text: str, *, out: bool = False, ref: str = "") -> str:
    direction = "DBIT" if out else "CRDT"
    return (
        f'<Ntry><Amt Ccy="EUR">{amount}</Amt><CdtDbtInd>{direction}</CdtDbtInd><Sts>BOOK</Sts><BookgDt><Dt>2026-11-23</Dt>'
        f"</BookgDt><AcctSvcrRef>{ref or text}</AcctSvcrRef><NtryDtls><TxDtls><Refs><EndToEndId>NOTPROVIDED</EndToEndId>"
        f"</Refs><RmtInf><Ustrd>{text}</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>"
    )


async def test_a_transfer_of_119_credits_100_once_and_its_return_takes_them_back(world: World, doors: Doors) -> None:
    assert "named no account" in await refused(
        await doors.company.post("/payments", json={"gross_micros": 10_000}), 400
    )
    await account(doors)
    asked = await ok(
        await doors.company.post("/payments", json={"net_micros": 100_000_000}, headers={"Idempotency-Key": "k"})
    )
    assert (asked["gross_micros"], asked["state"]) == (119_000_000, "initiated")
    assert asked["pay"]["reference"] == asked["reference"]
    again = await doors.company.post("/payments", json={"net_micros": 100_000_000}, headers={"Idempotency-Key": "k"})
    assert (await ok(again))["id"] == asked["id"]
    file = statement(entry("119.00", f"Guthaben {asked['reference']}"), entry("5.00", "Spende"))
    report = await ok(await doors.operator.post("/bank/statements", content=file))
    assert (report["statements"], report["booked"], report["suspense"]) == (1, 1, 1)
    assert (await ok(await doors.operator.post("/bank/statements", content=file)))["imported_before"] == 1
    overlapping = statement(entry("119.00", f"Guthaben {asked['reference']}"), entry("5.00", "Spende"), ident="2")
    report = await ok(await doors.operator.post("/bank/statements", content=overlapping))
    assert (report["booked"], report["suspense"], report["known_before"]) == (0, 0, 2)
    assert await world.money() == (FUNDS + 100_000_000, 0)
    back = statement(entry("119.00", f"Retoure {asked['reference']}", out=True), ident="3")
    assert (await ok(await doors.operator.post("/bank/statements", content=back)))["booked"] == 1
    assert await world.money() == (FUNDS, 0)
    assert (await ok(await doors.company.get(f"/payments/{asked['id']}")))["state"] == "returned"
    [alert] = (await ok(await doors.company.get("/spending")))["alerts"]
    assert (alert["kind"], alert["micros"]) == ("payment_returned", 119_000_000)


async def test_what_is_unsure_waits_for_a_person_who_decides_once(world: World, doors: Doors) -> None:
    await account(doors)
    file = statement(entry("59.50", "von Nordwind"), entry("7.00", "Zinsen"))
    await ok(await doors.operator.post("/bank/statements", content=file))
    waits = (await ok(await doors.operator.get("/bank/suspense")))["data"]
    assert {one["doubt"] for one in waits} == {"unknown"}
    keys = {one["remittance"]: one["key"] for one in waits}
    at = f"/bank/suspense/{keys['von Nordwind']}"
    assert "company" in await refused(await doors.operator.post(at, json={"company": "nobody"}), 400)
    await ok(await doors.operator.post(at, json={"company": world.business.waba_id}))
    assert (await doors.operator.post(at, json={"company": world.business.waba_id})).status_code == 400
    await ok(await doors.operator.post(f"/bank/suspense/{keys['Zinsen']}", json={"aside": True, "note": "Zinsen"}))
    assert (await ok(await doors.operator.get("/bank/suspense")))["data"] == []
    assert await world.money() == (FUNDS + 50_000_000, 0)


async def test_the_standing_reference_tops_up_whatever_comes(world: World, doors: Doors) -> None:
    await account(doors)
    standing = (await ok(await doors.company.get("/payments")))["standing_reference"]
    report = await ok(await doors.operator.post("/bank/statements", content=statement(entry("23.80", standing))))
    assert report["booked"] == 1
    assert await world.money() == (FUNDS + 20_000_000, 0)


async def test_what_a_provider_tells_is_believed_only_with_its_signature(world: World, doors: Doors) -> None:
    asked = await ok(await doors.company.post("/payments", json={"net_micros": 10_000_000, "provider": "fake"}))
    told = doors.provider.pretend(re.sub(" ", "", asked["reference"]), Word.SETTLED, CLOCK.now())
    nobody = httpx.AsyncClient(base_url=str(doors.company.base_url))
    forged = await nobody.post("payments/notices/fake", content=told.body, headers={"x-fake-signature": "sha256=00"})
    assert forged.status_code == 401
    assert await world.money() == (FUNDS, 0)
    for taken in (1, 1):
        answered = await nobody.post("payments/notices/fake", content=told.body, headers=dict(told.headers))
        assert await ok(answered) == {"taken": taken}
    assert await world.money() == (FUNDS + 10_000_000, 0)
    await ok(await doors.operator.post("/bank/pretend", json={"reference": asked["reference"], "word": "returned"}))
    assert await world.money() == (FUNDS, 0)
    await nobody.aclose()


async def test_what_was_lost_is_asked_for_and_a_refund_goes_back_once(world: World, doors: Doors) -> None:
    asked = await ok(await doors.company.post("/payments", json={"net_micros": 10_000_000, "provider": "fake"}))
    at = f"/bank/payments/{asked['id']}/refund"
    assert "settled" in await refused(await doors.operator.post(at), 400)
    doors.provider.pretend(re.sub(" ", "", asked["reference"]), Word.SETTLED, CLOCK.now())
    for _ in range(2):
        await ok(await doors.operator.post("/bank/providers/fake/reconcile"))
        assert await world.money() == (FUNDS + 10_000_000, 0)
    await ok(await doors.operator.post(at))
    await ok(await doors.operator.post("/bank/providers/fake/reconcile"))
    assert await world.money() == (FUNDS, 0)
    assert (await doors.operator.post("/bank/providers/nobody/reconcile")).status_code == 400


async def test_direct_debits_go_to_the_bank_in_time_and_settle_as_one_sum(world: World, doors: Doors) -> None:
    await account(doors)
    given = {
        "reference": "M-1", "holder": "Nordwind GmbH", "iban": "DE02 1203 0000 0000 2020 51", "signed_on": "2026-01-05",
        "notice_days": 1,
    }  # fmt: skip
    held = await ok(await doors.company.post("/mandates", json=given))
    assert held["iban"] == "DE02 … 2051"
    assert (await doors.company.post("/mandates", json=given)).status_code == 400
    asked = []
    for _ in range(2):
        body = {"net_micros": 100_000_000, "provider": "debit", "mandate": held["id"]}
        asked.append(await ok(await doors.company.post("/payments", json=body)))
    [order] = (await ok(await doors.operator.post("/bank/collections", json={"ident": "T1"})))["data"]
    assert (order["ident"], order["payments"], order["sum_micros"]) == ("T1C", 2, 238_000_000)
    assert (await ok(await doors.operator.post("/bank/collections", json={"ident": "T2"})))["data"] == []
    document = (await doors.operator.get("/bank/collections/T1C")).text
    assert document.count("<SeqTp>FRST</SeqTp>") == 1
    assert re.sub(" ", "", asked[0]["reference"]) in document
    batch = (
        '<Ntry><Amt Ccy="EUR">238.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts><BookgDt><Dt>2026-11-27</Dt></BookgDt>'
        "<NtryDtls><Btch><PmtInfId>T1C-1</PmtInfId><NbOfTxs>2</NbOfTxs></Btch></NtryDtls></Ntry>"
    )
    assert (await ok(await doors.operator.post("/bank/statements", content=statement(batch))))["booked"] == 1
    assert await world.money() == (FUNDS + 200_000_000, 0)
    assert (await doors.company.delete(f"/mandates/{held['id']}")).status_code == 200
    body = {"net_micros": 100_000_000, "provider": "debit", "mandate": held["id"]}
    assert "mandate" in await refused(await doors.company.post("/payments", json=body), 400)


async def test_invariant_31_no_row_of_one_contract_is_reached_by_another(world: World, doors: Doors) -> None:
    await account(doors)
    given = {"reference": "M-1", "holder": "N", "iban": "DE02120300000000202051", "signed_on": "2026-01-05"}
    held = await ok(await doors.company.post("/mandates", json=given))
    asked = await ok(await doors.company.post("/payments", json={"net_micros": 10_000_000}))
    await ok(
        await doors.company.put("/spending", json={"budget_micros": 10_000_000, "hard_stop": True, "low_micros": 1})
    )
    other = doors.other
    assert (await ok(await other.get("/payments")))["data"] == []
    assert (await ok(await other.get("/mandates")))["data"] == []
    assert (await ok(await other.get("/spending")))["budget_micros"] is None
    assert (await other.get(f"/payments/{asked['id']}")).status_code == 400
    assert (await other.delete(f"/mandates/{held['id']}")).status_code == 400
    body = {"net_micros": 10_000_000, "provider": "debit", "mandate": held["id"]}
    assert "mandate" in await refused(await other.post("/payments", json=body), 400)
    auto = {"below_micros": 1, "net_micros": 10_000_000, "month_max_micros": 10_000_000, "mandate": held["id"]}
    assert "mandate" in await refused(await other.put("/spending", json={"auto_top_up": auto}), 400)
    for client in (doors.company, other):
        for path in ("/bank/account", "/bank/statements", "/bank/suspense", "/bank/payments", "/bank/bookings"):
            assert (await client.get(path)).status_code == 403
    file = statement(entry("11.90", asked["reference"]))
    await ok(await doors.operator.post("/bank/statements", content=file))
    waits = statement(entry("11.90", "unklar"), ident="2")
    await ok(await doors.operator.post("/bank/statements", content=waits))
    [one] = (await ok(await doors.operator.get("/bank/suspense")))["data"]
    crossed = {"company": OTHER, "payment": asked["id"]}
    assert (await doors.operator.post(f"/bank/suspense/{one['key']}", json=crossed)).status_code == 400
    rows = await world.rows("SELECT DISTINCT contract_id FROM payment UNION SELECT DISTINCT contract_id FROM mandate")
    assert rows == [(world.payer[1],)]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"net_micros": 1}, "smallest coins"),
        ({"net_micros": 10_000, "gross_micros": 10_000}, "not both"),
        ({"gross_micros": -10_000}, "whole number"),
        ({"gross_micros": 10_000, "provider": "cash"}, "must be one of"),
        ({"gross_micros": 10_000, "provider": "debit"}, "mandate"),
        ({"gross_micros": 10_000, "more": 1}, "no field here"),
    ],
)
async def test_what_is_wrong_with_a_wish_is_named(doors: Doors, body: dict[str, Any], said: str) -> None:
    await account(doors)
    assert said in await refused(await doors.company.post("/payments", json=body), 400)


async def test_a_statement_of_another_account_or_that_does_not_add_up_is_not_taken(doors: Doors) -> None:
    await account(doors)
    wrong = (SHAPES / "singles-02.xml").read_text().replace("1298.50", "1298.51").encode()
    assert (await ok(await doors.operator.post("/bank/statements", content=wrong)))["not_balanced"] == [
        "0352C5320261120"
    ]
    foreign = statement(entry("1.00", "x")).replace(OWN.encode(), b"DE02120300000000202051")
    report = await ok(await doors.operator.post("/bank/statements", content=foreign))
    assert report["other_accounts"] == ["DE02120300000000202051"]
    assert "must be XML" in await refused(await doors.operator.post("/bank/statements", content=b"Umsatz;Betrag"), 400)


async def test_a_statement_may_be_larger_than_other_bodies_but_not_without_bound(doors: Doors) -> None:
    await account(doors)
    large = statement(entry("7.00", "Zinsen")) + b" " * 2 * 1024 * 1024
    assert (await ok(await doors.operator.post("/bank/statements", content=large)))["suspense"] == 1
    told = await doors.operator.post("/bank/statements", content=large.ljust(BYTES_MAX + 1000))
    assert told.status_code == 413


async def test_tax_is_set_by_company(world: World, doors: Doors) -> None:
    at = f"/businesses/{world.business.waba_id}/tax"
    assert "above 0" in await refused(
        await doors.operator.put(at, json={"category": "AE", "rate_basis_points": 1900}), 400
    )
    await ok(await doors.operator.put(at, json={"category": "AE"}))
    await account(doors)
    asked = await ok(await doors.company.post("/payments", json={"net_micros": 100_000_000}))
    assert (asked["gross_micros"], asked["tax"]) == (100_000_000, {"category": "AE", "rate_basis_points": 0})
