"""The rules of others for XML of invoices: schemas by lxml, schematron by Saxon, both as the package factur-x brings them.

Compiling takes seconds, once. In no case is a document sound because something could not be checked: a schematron that
hardly looked at it counts as a finding. One thread only (see takt.press).
"""

from collections.abc import Iterator
from importlib import metadata, resources
from pathlib import Path
from typing import Any, Final

import saxonche
from lxml import etree

from takt.core.printed import Check, Finding, Report
from takt.press.german import COVERED, NAMESPACES, GermanRules, Root
from takt.wire.invoice_terms import FACTUR_X

FIRED_LEAST: Final = 20
SVRL: Final = "{http://purl.oclc.org/dsdl/svrl}"
CII: Final = "CrossIndustryInvoice"
BY: Final = f"{{{NAMESPACES['cbc']}}}CustomizationID"
UBL: Final = ("Invoice", "CreditNote")
_SCHEMAS: Final = {
    CII: "facturx-en16931/Factur-X_EN16931.xsd",
    "Invoice": "ubl-2.1/maindoc/UBL-Invoice-2.1.xsd",
    "CreditNote": "ubl-2.1/maindoc/UBL-CreditNote-2.1.xsd",
}
_SHEETS: Final = {
    "Factur-X": "facturx-en16931/FACTUR-X_EN16931.xslt",
    "EN 16931": "ubl-2.1/EN16931-UBL-validation.xslt",
}
_RULE_CHARS: Final = 40
_SAYS_CHARS: Final = 300


class Rules:
    """Everything compiled."""

    def __init__(self) -> None:
        self._processor = saxonche.PySaxonProcessor(license=False)
        self._source = f"factur-x {metadata.version('factur-x')}"
        with resources.as_file(resources.files("facturx")) as place:
            folder = Path(place) / "xsd_and_schematron"
            self._schemas = {name: etree.XMLSchema(etree.parse(str(folder / file))) for name, file in _SCHEMAS.items()}
            compiler = self._processor.new_xslt30_processor()
            self._sheets = {
                name: compiler.compile_stylesheet(stylesheet_file=str(folder / file)) for name, file in _SHEETS.items()
            }
        self._german = GermanRules()

    def judge(self, xml: bytes) -> Report:
        """Every check that fits a document, by the name of its root."""
        parser = etree.XMLParser(resolve_entities=False, no_network=True)
        try:
            root = etree.fromstring(xml, parser)
        except etree.XMLSyntaxError as fault:
            return Report((Check("XML", "libxml2", 1),), (Finding("XML", "XML", str(fault)[:_SAYS_CHARS]),))
        name = etree.QName(root).localname
        schema = self._schemas.get(name)
        if schema is None:
            return Report((), (Finding("XML", "XML", f"{name} is no invoice"),))
        if not schema.validate(root):
            found = tuple(Finding("XSD", "XSD", str(one.message)[:_SAYS_CHARS]) for one in schema.error_log)
            return Report((Check("XSD", self._source, 1),), found)
        return self._by_rules(root, xml, name)

    def _by_rules(self, root: Root, xml: bytes, name: str) -> Report:
        sheet = "Factur-X" if name == CII else "EN 16931"
        fired, found = self._schematron(sheet, xml)
        checks = [Check("XSD", self._source, 1), Check(sheet, self._source, fired)]
        if name in UBL and root.findtext(BY) != FACTUR_X:
            checks.append(Check("XRechnung", "takt", len(COVERED)))
            found += self._german.broken(root)
        return Report(tuple(checks), tuple(found))

    def _schematron(self, sheet: str, xml: bytes) -> tuple[int, list[Finding]]:
        tree: Any = self._processor.parse_xml(xml_text=xml.decode())
        told = self._sheets[sheet].transform_to_string(xdm_node=tree)
        result = etree.fromstring(told.encode())
        fired = len(result.findall(f"{SVRL}fired-rule"))
        found = list(_failed(sheet, result))
        if fired < FIRED_LEAST:
            found.append(Finding(sheet, "FIRED", f"only {fired} rules looked at the document"))
        return fired, found


def _failed(sheet: str, result: Root) -> Iterator[Finding]:
    for one in (*result.findall(f"{SVRL}failed-assert"), *result.findall(f"{SVRL}successful-report")):
        says = " ".join("".join(one.itertext()).split())
        yield Finding(sheet, (one.get("id") or says)[:_RULE_CHARS], says[:_SAYS_CHARS])
