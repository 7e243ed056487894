"""Orders for direct debits: valid by the schema, the same bytes for the same order."""

from datetime import UTC, date, datetime

import pytest
import xmlschema
from sepaxml.validation import ValidationError

from takt.core.ids import make_id
from takt.core.mandate import Mandate, Scheme
from takt.wire.pain import Collection, Creditor, is_creditor_id, write_order
from takt.wire.xml_tree import parse_xml

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
CREDITOR = Creditor("Müller & Söhne <Takt>", "DE89370400440532013000", "COBADEFFXXX", "DE98ZZZ09999999999")
MANDATE = Mandate(
    make_id(3, 7, 1), (0, make_id(1, 7, 7)), "M-1", "Bäckerei Kurz & Co", "DE02120300000000202051", "", Scheme.CORE,
    date(2026, 1, 5), 14, NOW,
)  # fmt: skip


def collection(minor: int, sequence: str = "FRST", due: int = 7) -> Collection:
    return Collection(MANDATE, sequence, minor, "EUR", date(2026, 12, due), f"E-{minor}", "Guthaben für Takt")


def test_an_order_is_valid_names_what_it_collects_and_repeats_itself() -> None:
    ordered = [collection(11_900), collection(1, "RCUR"), collection(5_000)]
    order = write_order("TAKT20261123", CREDITOR, Scheme.CORE, ordered, NOW)
    assert order == write_order("TAKT20261123", CREDITOR, Scheme.CORE, ordered, NOW)
    root = parse_xml(order)
    head = root.find("Document/CstmrDrctDbtInitn/GrpHdr")
    assert head is not None
    assert [head.words(name) for name in ("MsgId", "CreDtTm", "NbOfTxs", "CtrlSum")] == [
        "TAKT20261123", "2026-11-23T09:00:00", "3", "169.01",
    ]  # fmt: skip
    batches = list(root.all("Document/CstmrDrctDbtInitn/PmtInf"))
    assert [(one.words("PmtInfId"), one.words("PmtTpInf/SeqTp"), one.words("NbOfTxs")) for one in batches] == [
        ("TAKT20261123-1", "FRST", "2"), ("TAKT20261123-2", "RCUR", "1"),
    ]  # fmt: skip
    assert batches[0].words("DrctDbtTxInf/PmtId/EndToEndId") == "E-11900"
    assert batches[0].words("DrctDbtTxInf/Dbtr/Nm") == "Backerei Kurz + Co"
    assert batches[0].words("ReqdColltnDt") == "2026-12-07"
    assert batches[0].words("CdtrSchmeId/Id/PrvtId/Othr/Id") == "DE98ZZZ09999999999"


@pytest.mark.parametrize("scheme", list(Scheme))
def test_an_order_without_the_banks_codes_is_valid_too(scheme: Scheme) -> None:
    creditor = Creditor("Takt", CREDITOR.iban, "", CREDITOR.creditor_id)
    order = write_order("T1", creditor, scheme, [collection(100)], NOW)
    assert f"<Cd>{scheme}</Cd>".encode() in order


def test_what_the_schema_refuses_is_no_order() -> None:
    with pytest.raises((ValidationError, xmlschema.XMLSchemaException)):
        write_order("T" * 40, CREDITOR, Scheme.CORE, [collection(100)], NOW)


def test_creditor_identifiers_have_check_digits() -> None:
    assert is_creditor_id("DE98ZZZ09999999999")
    assert not is_creditor_id("DE97ZZZ09999999999")
    assert not is_creditor_id("DE98")
