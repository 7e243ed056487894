"""The own API about invoices: a company sees and downloads its own, the operator sets legal data and gives back."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest

from takt.actions.issue import Issue, IssueDocuments
from takt.actions.legal import set_legal
from takt.clock import CLOCK
from takt.core.ids import slot_of
from takt.core.invoice import Invoice, Kind, draft
from takt.core.printed import Check, Printed, Report
from takt.core.tax import TaxCase
from takt.lanes import Lanes
from takt.store.documents import Listed
from takt.store.pool import transaction
from takt.web.auth import Authenticator
from takt.web.documents import DocumentDesk, DocumentLanes
from takt.web.takt.door import OwnDoor
from takt.web.takt.invoices import InvoiceApi
from takt.wire.errors import Refusal
from takt.wire.exchange_rates import parse_csv
from tests.cloud import FOREIGN, OPERATOR, POOR, TOKEN, Cloud, open_cloud
from tests.commands import takt
from tests.documents import BUYERS, SELLER, frame_for, line_of
from tests.world import NOW, World

AT = "/takt/v1/invoices"


async def unread(invoice: Invoice) -> Printed:
    xml = b"" if invoice.kind is Kind.STATEMENT else b"<xml/>"
    report = Report((Check("Factur-X", "test", 99), Check("EN 16931", "test", 99)), ())
    return Printed(b"%PDF " + invoice.number.encode(), xml, xml, report, "nobody")


@pytest.fixture
async def cloud(world: World) -> AsyncIterator[Cloud]:
    async with open_cloud(world) as opened:
        door = OwnDoor(Authenticator(world.site.everywhere, world.reference, CLOCK), CLOCK)
        issue = Lanes(IssueDocuments(unread), world.site, opened.wakes, CLOCK.now)
        legal = Lanes(set_legal, world.site, opened.wakes, CLOCK.now)
        desk = DocumentDesk(world.site, world.reference, DocumentLanes(issue, legal), CLOCK)
        opened.app.router.routes[:0] = InvoiceApi(door, world.reference, desk).routes()
        tasks = [asyncio.create_task(issue.run()), asyncio.create_task(legal.run())]
        async with world.site.everywhere.acquire() as conn:
            await world.reference.fresh(conn)
        yield opened
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def issued(world: World, kind: Kind = Kind.INVOICE) -> Listed:
    frame = replace(frame_for(TaxCase.DOMESTIC), kind=kind)
    part = world.payer[0]
    command = Issue(world.payer, CLOCK.new_id(slot_of(world.payer[1])), draft(frame, (line_of(frame, 1000, 113_100),)))
    async with transaction(world.site.pool(part)) as conn:
        found = (await IssueDocuments(unread)(conn, part, [command], NOW, again=False)).answers[0]
    assert isinstance(found, Listed)
    return found


async def test_a_company_lists_and_downloads_its_own(world: World, cloud: Cloud) -> None:
    found = await issued(world)
    listed = (await cloud.get(AT)).json()["invoices"]
    assert [(one["number"], one["gross"], one["credited"]) for one in listed] == [("RE-2026-000001", "134.59", "0.00")]
    for named in (found.number, str(found.document_id)):
        shown = (await cloud.get(f"{AT}/{named}")).json()
        assert (shown["lines"][0]["quantity"], shown["lines"][0]["unit_price"]) == (1000, "0.1131")
        assert shown["breakdown"] == [{"category": "S", "rate_basis_points": 1900, "net": "113.10", "tax": "21.49"}]
    pdf = await cloud.get(f"{AT}/{found.number}/pdf")
    assert (pdf.content, pdf.headers["content-type"]) == (b"%PDF RE-2026-000001", "application/pdf")
    assert pdf.headers["content-disposition"] == 'attachment; filename="RE-2026-000001.pdf"'
    for query, name in (({}, "-xrechnung.xml"), ({"syntax": "cii"}, "-factur-x.xml")):
        xml = await cloud.get(f"{AT}/{found.number}/xml", **query)
        assert xml.content == b"<xml/>"
        assert name in xml.headers["content-disposition"]
    assert (await cloud.get(f"{AT}/{found.number}/xml", syntax="pdf")).status_code == 400


async def test_documents_are_listed_by_where_their_payment_is(world: World, cloud: Cloud) -> None:
    found = await issued(world)
    state = (await cloud.get(AT)).json()["invoices"][0]["state"]
    assert state in {"issued", "overdue"}  # by the day of the test
    for asked, numbers in (("open", [found.number]), (state, [found.number]), ("paid", []), ("cancelled", [])):
        listed = (await cloud.get(AT, OPERATOR, state=asked)).json()["invoices"]
        assert [one["number"] for one in listed] == numbers, asked
    assert (await cloud.get(AT, OPERATOR, state="lost")).status_code == 400


async def test_the_operator_tells_average_rates(world: World, cloud: Cloud) -> None:
    at, one = "/takt/v1/exchange-rates", {"month": "2026-11", "currency": "USD", "per_euro": "1.0812"}
    assert (await cloud.get(at, OPERATOR)).json() == {"rates": []}
    wrong: list[Any] = [
        {"rates": [one]}, {"source": "BMF", "rates": []}, {"source": "BMF", "rates": [one, one]},
        *({"source": "BMF", "rates": [{**one, name: given}]} for name, given in (
            ("month", "2026-13"), ("currency", "EUR"), ("currency", "usd"), ("per_euro", "0"), ("per_euro", "-1"),
            ("per_euro", 1.08), ("per_euro", "1.0000001"),
        )),
    ]  # fmt: skip
    for body in wrong:
        assert (await cloud.call("POST", at, OPERATOR, json=body)).status_code == 400, body
    body = {"source": "BMF", "rates": [one, {**one, "month": "2026-10", "per_euro": "1,09"}]}
    assert (await cloud.call("POST", at, OPERATOR, json=body)).json() == {"added": 2, "rates": 2}
    assert (await cloud.call("POST", at, OPERATOR, json=body)).json() == {"added": 0, "rates": 2}
    listed = (await cloud.get(at, OPERATOR)).json()["rates"]
    assert [(row["month"], row["per_euro"], row["source"]) for row in listed] == [
        ("2026-11", "1.0812", "BMF"), ("2026-10", "1.09", "BMF"),
    ]  # fmt: skip
    changed = await cloud.call("POST", at, OPERATOR, json={"source": "BMF", "rates": [{**one, "per_euro": "1.1"}]})
    assert "another one is a correction" in changed.text
    right = {**one, "per_euro": "1.1", "source": "BMF, corrected", "why": "a digit was wrong"}
    for name, field in (("why", "why"), ("source", "source"), ("per_euro", "per_euro")):
        told = await cloud.call("POST", f"{at}/corrections", OPERATOR, json={**right, name: ""})
        assert told.status_code == 400, field
        assert told.json()["error"]["error_data"]["details"].startswith(field)
    unknown = await cloud.call("POST", f"{at}/corrections", OPERATOR, json={**right, "month": "2026-01"})
    assert "whose rate is known" in unknown.text
    answer = await cloud.call("POST", f"{at}/corrections", OPERATOR, json=right)
    assert answer.json() == {"success": True, "issued_before": []}
    assert (await cloud.call("POST", f"{at}/corrections", OPERATOR, json=right)).status_code == 400
    listed = (await cloud.get(at, OPERATOR)).json()["rates"]
    assert [(row["per_euro"], row["version"], row["holds"], row["why"]) for row in listed] == [
        ("1.10", 2, True, "a digit was wrong"), ("1.0812", 1, False, ""), ("1.09", 1, True, ""),
    ]  # fmt: skip
    assert (await cloud.get(at)).status_code in {400, 403}


def test_a_file_of_rates_is_read_or_refused() -> None:
    rows = [{"month": "2026-11", "currency": "USD", "per_euro": "1,0812"}]
    assert parse_csv(b"month;currency;per_euro\n2026-11;USD;1,0812\n") == rows
    assert parse_csv(b'\xef\xbb\xbfmonth,currency,per_euro\r\n2026-11,USD,"1,0812"\r\n') == rows
    for text in (b"", b"month,currency\n", b"per_euro,month,currency\n", b'month,currency,per_euro\n"a', b"\xff"):
        with pytest.raises(Refusal):
            parse_csv(text)


async def test_the_operator_chooses_what_a_paid_month_gets(world: World, cloud: Cloud) -> None:
    at = f"/takt/v1/businesses/{world.business.waba_id}/month-document"
    assert (await cloud.get(at, OPERATOR)).json() == {"month_document": "statement"}
    for body in ({}, {"month_document": "receipt"}, {"month_document": ["final"]}):
        assert (await cloud.call("PUT", at, OPERATOR, json=body)).status_code == 400
    answer = await cloud.call("PUT", at, OPERATOR, json={"month_document": "final"})
    assert answer.json() == (await cloud.get(at, OPERATOR)).json() == {"month_document": "final"}
    assert (await cloud.get(at)).status_code in {400, 403}


async def test_the_command_lists_by_where_their_payment_is(world: World, db: str) -> None:
    found, paid = await issued(world), await issued(world)
    await world.execute(
        "INSERT INTO payment (part, payment_id, contract_id, provider, provider_ref, purpose, net_micros, tax_micros,"
        " tax_category, tax_basis_points, currency, state, reference, document, created_at, settled_at)"
        " SELECT part, gen_random_uuid(), contract_id, 'bank', number, 'invoice', net * 10000, tax * 10000, 'S', 1900,"
        " currency, 'settled', number, number, issued_at, issued_at FROM document WHERE number = $1",
        paid.number,
    )
    parts = len(world.site.parts)
    late = await takt(db, "invoices", "list", "--overdue", parts=parts)
    owed = [found.number] if "overdue" in late.output else []  # by the day of the test
    for named, numbers in (
        (("--open",), [found.number]), (("--overdue",), owed), (("--state", "paid"), [paid.number]), (("--state", "cancelled"), []),
        ((), [paid.number, found.number]), (("--open", "--company", world.business.waba_id), [found.number]),
    ):  # fmt: skip
        told = await takt(db, "invoices", "list", *named, parts=parts)
        assert [one["number"] for one in json.loads(told.output)] == numbers, named
    for named, said in (
        (("--open", "--overdue"), "Name one"), (("--open", "--state", "paid"), "Name one"), (("--state", "lost"), "state"),
        (("--company", "1"), "1"),
    ):  # fmt: skip
        assert said in str((await takt(db, "invoices", "list", *named, parts=parts)).exception), named


async def test_nobody_sees_what_is_another_companys(world: World, cloud: Cloud) -> None:
    found = await issued(world)
    assert (await cloud.get(AT, FOREIGN)).json() == {"invoices": []}
    for path in ("", "/pdf", "/xml"):
        assert (await cloud.get(f"{AT}/{found.number}{path}", FOREIGN)).json()["error"]["code"] == 100
    assert (await cloud.get(AT, POOR)).status_code in {403, 400}
    for method, path in (("POST", f"{AT}/{found.number}/credit"), ("GET", f"{AT}/gaps"), ("PUT", "/takt/v1/legal")):
        answer = await cloud.call(method, path, TOKEN, json={})
        assert answer.status_code in {400, 403}, path
    assert await world.count("document") == 1


async def test_the_operator_gives_back_part_of_a_line(world: World, cloud: Cloud) -> None:
    found = await issued(world)
    at = f"{AT}/{found.number}/credit"
    wrong: list[Any] = [{"lines": []}, {"lines": [{"line": 1}]}, {"lines": [{"line": 1, "quantity": 1001}]}]
    for body in (*wrong, {"lines": [{"line": 1, "quantity": 1}] * 2}, {"lines": [{"line": 9, "quantity": 1}]}):
        assert (await cloud.call("POST", at, OPERATOR, json=body)).status_code == 400
    answer = await cloud.call("POST", at, OPERATOR, json={"lines": [{"line": 1, "quantity": 400}]})
    assert (answer.json()["kind"], answer.json()["net"]) == ("credit_note", "45.24")
    rest = await cloud.call("POST", at, OPERATOR, json={})
    assert rest.json()["net"] == "67.86"
    assert (await cloud.get(f"{AT}/{found.number}", OPERATOR)).json()["credited"] == "134.59"
    series = (await cloud.get(f"{AT}/gaps", OPERATOR)).json()["series"]
    assert [(one["series"], one["given"], one["sound"]) for one in series] == [("RE", 1, True), ("RK", 2, True)]


async def test_legal_data_is_set_in_versions_and_parsed_strictly(world: World, cloud: Cloud) -> None:
    company = f"/takt/v1/businesses/{world.business.waba_id}/legal"
    assert (await cloud.get("/takt/v1/legal", OPERATOR)).json() == {"version": 0, "legal": None}
    refused = await cloud.call("PUT", "/takt/v1/legal", OPERATOR, json={**SELLER, "vat_id": "DE1"})
    assert refused.status_code == 400
    assert "vat_id" in refused.text
    assert (await cloud.call("PUT", "/takt/v1/legal", OPERATOR, json=dict(SELLER))).json() == {"version": 1}
    legal = dict(BUYERS[TaxCase.REVERSE_CHARGE])
    confirmed = {"vat_checked_at": "2026-11-22T12:00:00+00:00", "vat_proof": "valid, WAPIAAAA"}
    for body, version in (({"legal": legal}, 1), ({"legal": legal}, 1), ({"legal": legal, **confirmed}, 2)):
        assert (await cloud.call("PUT", company, OPERATOR, json=body)).json() == {"version": version}
    shown = (await cloud.get(company, OPERATOR)).json()
    assert (shown["legal"], shown["vat_proof"]) == (legal, "valid, WAPIAAAA")
    hostile: list[Any] = [
        {},
        {"legal": {}},
        {"legal": legal, "vat_checked_at": "today"},
        {"legal": legal, "vat_proof": 1},
    ]
    for wrong in hostile:
        assert (await cloud.call("PUT", company, OPERATOR, json=wrong)).status_code == 400
