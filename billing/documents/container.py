"""The structure of a Factur-X: what PDF/A-3, PDF/UA-1 and Factur-X want of the container, and we can look at.

This is no certificate: it looks for what is known to go wrong. Each problem is a Problem of code "CONTAINER".
"""

import io
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any
from xml.etree.ElementTree import Element

from django.utils.translation import gettext as _

from billing.documents.cii_reading import Unreadable, parse
from billing.documents.facturx import FILE_NAME, NAMESPACE, PROPERTIES
from billing.documents.problems import Problem

if TYPE_CHECKING:
    from pikepdf import Pdf

_RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
_PDFA, _PDFUA = "{http://www.aiim.org/pdfa/ns/id/}", "{http://www.aiim.org/pdfua/ns/id/}"
_EXTENSIONS = "{http://www.aiim.org/pdfa/ns/extension/}schemas"
_PROPERTY_NAME = "{http://www.aiim.org/pdfa/ns/property#}name"
_FONTS = ("/TrueType", "/Type1", "/CIDFontType0", "/CIDFontType2")
_FONT_FILES = ("/FontFile", "/FontFile2", "/FontFile3")
_ACTIONS = ("/JavaScript", "/Launch", "/SubmitForm", "/ImportData", "/Sound", "/Movie")


def container_problems(pdf: bytes) -> list[Problem]:
    import pikepdf

    try:
        with pikepdf.open(io.BytesIO(pdf)) as opened:
            missing = [*_outside(pdf, opened), *_metadata(opened), *_attachment(opened), *_objects(opened)]
    except (pikepdf.PdfError, AttributeError, KeyError, TypeError, Unreadable, ValueError):
        missing = ["readable"]
    return [Problem("CONTAINER", _("The PDF is no Factur-X: %(what)s.") % {"what": what}) for what in missing]


def _lacking(expectations: dict[str, bool]) -> Iterator[str]:
    return (name for name, holds in expectations.items() if not holds)


def _outside(pdf: bytes, opened: "Pdf") -> Iterator[str]:
    root = opened.Root
    intents: Any = root.get("/OutputIntents", [])
    marks: Any = root.get("/MarkInfo", {})
    yield from _lacking(
        {
            "header": bool(re.match(rb"%PDF-1\.[4-7]\r?\n%[\x80-\xff]{4}", pdf)),
            "end of file": pdf.rstrip().endswith(b"%%EOF"),
            "not encrypted": not opened.is_encrypted,
            "trailer ID": "/ID" in opened.trailer,
            "output intent": any(each.S == "/GTS_PDFA1" and "/DestOutputProfile" in each for each in intents),
            "tagged": bool(marks.get("/Marked", False)) and "/StructTreeRoot" in root,
            "language": "/Lang" in root,
            "no action": "/AA" not in root and "/OpenAction" not in root,
        }
    )


def _metadata(opened: "Pdf") -> Iterator[str]:
    metadata: Any = opened.Root.Metadata
    tree = parse(re.sub(rb"<\?xpacket.*?\?>", b"", metadata.read_bytes()).strip())
    values = _xmp_values(tree)
    described = [element.text for element in tree.iter(_PROPERTY_NAME)]
    yield from _lacking(
        {
            "XMP uncompressed": "/Filter" not in metadata,
            "PDF/A part 3": values.get(f"{_PDFA}part") == "3",
            "PDF/A level": values.get(f"{_PDFA}conformance", "") in ("A", "B", "U"),
            "PDF/UA part 1": values.get(f"{_PDFUA}part") == "1",
            "one bag of extension schemas": len(tree.findall(f".//{_EXTENSIONS}")) == 1,
            **{
                f"fx:{name}": values.get(f"{{{NAMESPACE}}}{name}") == value
                for name, (value, _said) in PROPERTIES.items()
            },
            **{f"description of fx:{name}": described.count(name) == 1 for name in PROPERTIES},
        }
    )


def _xmp_values(tree: Element) -> dict[str, str]:
    """Properties of XMP are attributes or elements of a description."""
    values: dict[str, str] = {}
    for description in tree.iter(f"{_RDF}Description"):
        values |= description.attrib
        values |= {child.tag: (child.text or "").strip() for child in description}
    return values


def _attachment(opened: "Pdf") -> Iterator[str]:
    attached: Any = opened.Root.get("/AF", [])
    names: Any = opened.Root.Names.EmbeddedFiles.Names
    if len(attached) != 1 or len(names) != 2:
        yield "one attachment"
        return
    file = attached[0]
    content = file.EF.F
    yield from _lacking(
        {
            "name of the attachment": str(file.F) == str(file.UF) == FILE_NAME,
            "relationship of the attachment": file.AFRelationship == "/Alternative",
            "type of the attachment": content.Subtype == "/text/xml",
            "date of the attachment": "/ModDate" in content.Params,
        }
    )


def _objects(opened: "Pdf") -> Iterator[str]:
    import pikepdf

    kept = [each for each in opened.objects if isinstance(each, pikepdf.Dictionary | pikepdf.Stream)]
    attached = {file.objgen for each in kept for file in each.get("/AF", [])}
    for each in kept:
        kind = each.get("/Type")
        descriptor: Any = each.get("/FontDescriptor", {})
        is_font = kind == "/Font" and each.get("/Subtype") in _FONTS
        yield from _lacking(
            {
                "fonts embedded": not is_font or any(name in descriptor for name in _FONT_FILES),
                "words of fonts": each.get("/Subtype") != "/Type0" or "/ToUnicode" in each,
                "no program": each.get("/S") not in _ACTIONS and "/JS" not in each,
                "no LZW": each.get("/Filter") != "/LZWDecode",
                "no orphan attachment": "/EF" not in each or each.objgen in attached,
            }
        )
