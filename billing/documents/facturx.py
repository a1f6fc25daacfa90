"""A PDF and the XML that it carries, as one file: Factur-X, at the level EN 16931.

Typst attaches the XML; pikepdf, imported only when an invoice is made, adds the properties that say what it is.
"""

import io

FILE_NAME = "factur-x.xml"
NAMESPACE = "urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#"
# What each property says; what PDF/A wants to be told of it.
PROPERTIES = {
    "DocumentFileName": (FILE_NAME, "The name of the embedded XML document"),
    "DocumentType": ("INVOICE", "The type of the hybrid document in capital letters, e.g. INVOICE or ORDER"),
    "Version": ("1.0", "The actual version of the standard applying to the embedded XML document"),
    "ConformanceLevel": ("EN 16931", "The conformance level of the embedded XML document"),
}
# Typst describes properties of its own there.
_SCHEMAS = "<pdfaExtension:schemas><rdf:Bag>"
_END = "</rdf:RDF>"


def with_properties(pdf: bytes) -> bytes:
    """The PDF with the four `fx:` properties in its XMP, and their description: nothing else is changed."""
    import pikepdf

    with pikepdf.open(io.BytesIO(pdf)) as opened:
        xmp = opened.Root.Metadata.read_bytes().decode()
        assert xmp.count(_SCHEMAS) == xmp.count(_END) == 1
        xmp = xmp.replace(_SCHEMAS, _SCHEMAS + _description()).replace(_END, _values() + _END)
        metadata = pikepdf.Stream(opened, xmp.encode())
        metadata.Type, metadata.Subtype = pikepdf.Name.Metadata, pikepdf.Name.XML
        opened.Root.Metadata = opened.make_indirect(metadata)
        made = io.BytesIO()
        opened.save(
            made,
            # As they are: whoever looks for the XMP finds it uncompressed, as PDF/A advises.
            stream_decode_level=pikepdf.StreamDecodeLevel.none,
            compress_streams=False,
            object_stream_mode=pikepdf.ObjectStreamMode.preserve,
            deterministic_id=True,
            fix_metadata_version=False,
        )
    return made.getvalue()


def _description() -> str:
    described = "".join(
        f'<rdf:li rdf:parseType="Resource"><pdfaProperty:name>{name}</pdfaProperty:name>'
        "<pdfaProperty:valueType>Text</pdfaProperty:valueType><pdfaProperty:category>external</pdfaProperty:category>"
        f"<pdfaProperty:description>{said}</pdfaProperty:description></rdf:li>"
        for name, (_value, said) in PROPERTIES.items()
    )
    return (
        '<rdf:li rdf:parseType="Resource"><pdfaSchema:schema>Factur-X PDFA Extension Schema</pdfaSchema:schema>'
        f"<pdfaSchema:namespaceURI>{NAMESPACE}</pdfaSchema:namespaceURI><pdfaSchema:prefix>fx</pdfaSchema:prefix>"
        f"<pdfaSchema:property><rdf:Seq>{described}</rdf:Seq></pdfaSchema:property></rdf:li>"
    )


def _values() -> str:
    said = "".join(f"<fx:{name}>{value}</fx:{name}>" for name, (value, _description) in PROPERTIES.items())
    return f'<rdf:Description rdf:about="" xmlns:fx="{NAMESPACE}">{said}</rdf:Description>'


def xml_of(pdf: bytes) -> bytes | None:
    """The XML that a PDF carries, if it is a file that can be read and has one."""
    import pikepdf

    try:
        with pikepdf.open(io.BytesIO(pdf)) as opened:
            if FILE_NAME not in opened.attachments:
                return None
            return bytes(opened.attachments[FILE_NAME].get_file().read_bytes())
    except pikepdf.PdfError:
        return None
