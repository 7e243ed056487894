"""The press: documents of every case are sound in both syntaxes, mistakes are caught, the same value is the same bytes."""

import re
import sys
from dataclasses import replace
from io import BytesIO

import pikepdf
import pytest

from takt.core.crediting import credit
from takt.core.invoice import Invoice, Kind, numbered
from takt.core.printed import NotPrinted
from takt.core.tax import TaxCase
from takt.wire.cii import render_cii
from takt.wire.ubl import render_ubl
from takt.workers.press import Press
from tests.documents import ISSUED, invoice_for, random_invoice
from tests.press.defects import DEFECTS, sources

RANDOM = 30


async def test_invariant_21_documents_of_every_case_break_no_rule(press: Press) -> None:
    drawn = [random_invoice(seed) for seed in range(RANDOM)]
    assert {one.case for one in drawn} == set(TaxCase)
    reports = await press.judge(*(xml for one in drawn for xml in (render_cii(one), render_ubl(one))))
    assert [finding for report in reports for finding in report.findings] == []
    assert all(report.clean for report in reports)
    assert {check.name for report in reports for check in report.checks} == {"XSD", "Factur-X", "EN 16931", "XRechnung"}


async def test_every_seeded_defect_is_caught(press: Press) -> None:
    assert len(DEFECTS) >= 50
    texts = sources()
    reports = await press.judge(*(defect.made(texts) for defect in DEFECTS))
    missed = [
        (defect, report.findings)
        for defect, report in zip(DEFECTS, reports, strict=True)
        if defect.rule not in {finding.rule for finding in report.findings}
    ]
    assert missed == []
    assert all(report.clean for report in await press.judge(*texts.values())), "without defects they are sound"


async def test_invariant_23_the_same_value_is_the_same_bytes(press: Press) -> None:
    """In another process, too, which is started when the first one was killed: neither time nor place are in it."""
    invoice = invoice_for()
    first = await press.print(invoice)
    assert first.report.clean
    assert press._process is not None
    press._process.kill()
    again = await press.print(invoice)
    assert (first.pdf, first.cii, first.ubl) == (again.pdf, again.cii, again.ubl)


async def test_the_page_carries_its_xml_and_says_so(press: Press) -> None:
    invoice = invoice_for(TaxCase.CONSUMER_ABROAD)
    printed = await press.print(invoice)
    with pikepdf.open(BytesIO(printed.pdf)) as pdf:
        assert list(pdf.attachments) == ["factur-x.xml"]
        assert pdf.attachments["factur-x.xml"].get_file().read_bytes() == printed.cii == render_cii(invoice)
        [file] = list(pdf.Root.AF)
        assert file.AFRelationship == pikepdf.Name.Alternative
        metadata = pdf.Root.Metadata.read_bytes().decode()
        assert "/OutputIntents" in pdf.Root
        fonts = [font for page in pdf.pages for font in page.Resources.Font.values()]
        assert all("/FontFile2" in font.DescendantFonts[0].FontDescriptor for font in fonts)
    for said in ("<fx:ConformanceLevel>EN 16931<", "<fx:DocumentFileName>factur-x.xml<", "</pdfaExtension:schemas>"):
        assert metadata.count(said) == 1
    assert re.search(r"pdfaid:part>3<.*pdfaid:conformance>A<", metadata, re.DOTALL)


async def test_a_statement_is_a_page_without_xml(press: Press) -> None:
    printed = await press.print(replace(invoice_for(), kind=Kind.STATEMENT, number="NN-2026-000001"))
    assert printed.report.clean
    assert (printed.cii, printed.ubl) == (b"", b"")
    with pikepdf.open(BytesIO(printed.pdf)) as pdf:
        assert list(pdf.attachments) == []


async def test_credit_notes_are_documents_of_their_own(press: Press) -> None:
    note = numbered(credit(invoice_for(), (), {1: 3}), "RK-2026-000001", ISSUED)
    printed = await press.print(note)
    assert printed.report.clean
    assert b"<ram:TypeCode>381<" in printed.cii
    assert b"<CreditNote " in printed.ubl


async def test_a_wrong_value_is_not_even_rendered(press: Press) -> None:
    printed = await press.print(broken())
    assert (printed.pdf, printed.cii, printed.ubl) == (b"", b"", b"")
    assert [finding.rule for finding in printed.report.findings] == ["BR-CO-17"]
    assert not printed.report.clean


def broken() -> Invoice:
    invoice = invoice_for()
    return replace(invoice, breakdown=(replace(invoice.breakdown[0], tax=1),))


async def test_letters_without_a_shape_are_a_fault_that_ends_nothing(press: Press) -> None:
    invoice = invoice_for()
    with pytest.raises(NotPrinted, match="font"):
        await press.print(replace(invoice, buyer=replace(invoice.buyer, name="会社")))
    assert (await press.print(invoice)).report.clean


async def test_what_is_no_xml_is_a_finding(press: Press) -> None:
    hostile = b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x>&a;</x>'
    reports = await press.judge(b"", b"<a>", b"<Order/>", hostile)
    assert [report.clean for report in reports] == [False] * 4


DIES = "import sys; sys.stdin.buffer.read(4)"
SLEEPS = "import time; time.sleep(60)"
STRANGE = "import sys; sys.stdin.buffer.read(4); sys.stdout.buffer.write(b'\\xff' * 8); sys.stdout.flush()"


@pytest.mark.parametrize(("program", "answer_s"), [(DIES, 30.0), (SLEEPS, 0.2), (STRANGE, 30.0)])
async def test_a_press_that_dies_sleeps_or_babbles_is_given_up(program: str, answer_s: float) -> None:
    async with Press((sys.executable, "-c", program), answer_s) as other:
        with pytest.raises(NotPrinted, match="ended early"):
            await other.print(invoice_for())
