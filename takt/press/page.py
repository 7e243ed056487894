"""The page of a document as PDF/A-3a with its XML inside: the same value gives the same bytes."""

import re
from datetime import UTC, datetime, time
from io import BytesIO
from pathlib import Path
from typing import Final

import msgspec
import pikepdf
import typst

from takt.core.invoice import Invoice, Kind
from takt.press.sheet import sheet

HERE: Final = Path(__file__).resolve().parent
STANDARD: Final = "a-3a"
_END: Final = b"</rdf:RDF>"
_LAST_SCHEMA: Final = re.compile(rb"(?=</rdf:Bag>\s*</pdfaExtension:schemas>)")
_SAID: Final = b"""<rdf:Description rdf:about="" xmlns:fx="urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#">\
<fx:DocumentType>INVOICE</fx:DocumentType><fx:DocumentFileName>factur-x.xml</fx:DocumentFileName>\
<fx:Version>1.0</fx:Version><fx:ConformanceLevel>EN 16931</fx:ConformanceLevel></rdf:Description>"""
_SCHEMA: Final = b"""<rdf:li rdf:parseType="Resource">\
<pdfaSchema:schema>Factur-X PDFA Extension Schema</pdfaSchema:schema>\
<pdfaSchema:namespaceURI>urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#</pdfaSchema:namespaceURI>\
<pdfaSchema:prefix>fx</pdfaSchema:prefix><pdfaSchema:property><rdf:Seq>%s</rdf:Seq></pdfaSchema:property></rdf:li>"""
_PROPERTIES: Final = {
    "DocumentFileName": "name of the embedded XML invoice",
    "DocumentType": "INVOICE",
    "Version": "version of the XML schema",
    "ConformanceLevel": "conformance level of the XML",
}


class Pages:
    """Makes pages. Fonts and template are read once; not for several threads."""

    def __init__(self) -> None:
        fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(HERE / "fonts")])
        self._compiler = typst.Compiler(str(HERE / "page.typ"), root=str(HERE), font_paths=fonts)

    def make(self, invoice: Invoice, xml: bytes) -> bytes:
        """The PDF. Raises typst.TypstError, for one if a letter is in no font."""
        assert invoice.issued_on is not None, "a draft has no page"
        noon = datetime.combine(invoice.issued_on, time(12), UTC)
        inputs = {"sheet": msgspec.json.encode(sheet(invoice)).decode(), "xml": xml.decode()}
        made = self._compiler.compile(
            format="pdf", pdf_standards=STANDARD, sys_inputs=inputs, timestamp=int(noon.timestamp())
        )
        assert isinstance(made, bytes)
        return made if invoice.kind is Kind.STATEMENT else _described(made)


def _described(made: bytes) -> bytes:
    """The PDF with what readers of Factur-X look for in its metadata, and the schema of that beside those it has."""
    with pikepdf.open(BytesIO(made)) as pdf:
        metadata = pdf.Root.Metadata
        told, times = _LAST_SCHEMA.subn(_SCHEMA % _properties(), metadata.read_bytes())
        head, end, rest = told.rpartition(_END)
        assert times == 1, "the page describes what it says of itself"
        metadata.write(head + _SAID + end + rest)
        out = BytesIO()
        pdf.save(out, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.preserve)
        return out.getvalue()


def _properties() -> bytes:
    return "".join(
        f'<rdf:li rdf:parseType="Resource"><pdfaProperty:name>{name}</pdfaProperty:name>'
        "<pdfaProperty:valueType>Text</pdfaProperty:valueType><pdfaProperty:category>external</pdfaProperty:category>"
        f"<pdfaProperty:description>{about}</pdfaProperty:description></rdf:li>"
        for name, about in _PROPERTIES.items()
    ).encode()
