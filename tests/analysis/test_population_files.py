"""Tables of the population as town halls have them: spreadsheets, exports of other systems, and what is no table."""

from collections.abc import Callable
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.enums import AgeBand, Role
from common.books import NotABook, rows_of_book
from consultations.analysis.population_file import FileNotRead, read_table
from tenants.models import Municipality

PAGE = "/gestion/population/"
LISTED = {"le-bourg": "Le Bourg", "secteur-1": "Secteur 1"}


def book(rows: list[list[Any]], *, hidden: bool = False) -> bytes:
    content = BytesIO()
    with xlsxwriter.Workbook(content) as made:
        if hidden:
            made.add_worksheet("Notes").write(0, 0, "autre chose")
            made.worksheets()[0].hide()
        sheet = made.add_worksheet("Population")
        if hidden:
            sheet.activate()
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
    return content.getvalue()


def zipped(parts: dict[str, str]) -> bytes:
    content = BytesIO()
    with ZipFile(content, "w", ZIP_DEFLATED) as made:
        for name, words in parts.items():
            made.writestr(name, words)
    return content.getvalue()


def read(content: bytes) -> Any:
    return read_table(content, listed=LISTED)


def refusal_of(content: bytes) -> str:
    with pytest.raises(FileNotRead) as refusal:
        read(content)
    assert (refusal.value.code, refusal.value.status) == ("population_file", 422)
    return str(refusal.value.message).replace("\u00a0", " ").replace("\u202f", " ")


ROWS = [
    ["Population de Saran"],
    [],
    ["Âge", 2023],
    ["Moins de 18 ans", 3200],
    ["18-24 ans", 1200.0],
    ["75 ans et plus", "1 540"],
    ["Le Bourg", 6000],
    ["Ensemble", 12000],
    ["Source : Insee, 2023"],
]


@pytest.mark.parametrize("hidden", [False, True])
def test_a_spreadsheet_is_read_with_its_title_its_heads_and_its_source(hidden: bool) -> None:
    found = read(book(ROWS, hidden=hidden))
    assert found.ages == {AgeBand.UNDER_18: 3200, AgeBand.FROM_18_TO_24: 1200, AgeBand.FROM_75: 1540}
    assert (found.places, found.total) == ({"le-bourg": 6000}, 12000)


def test_a_spreadsheet_names_the_line_that_it_cannot_read() -> None:
    assert refusal_of(book([*ROWS[:5], [], ["20-29 ans", 10]])).startswith("Ligne 7 : « 20-29 ans » n’est ni un de nos")
    assert "Ligne 1 : sa dernière case" in refusal_of(book([["18-24 ans"], ["25-39 ans", 12.5]]))
    assert "Ligne 2 : sa dernière case" in refusal_of(book([["Âge", "Habitants"], ["25-39 ans", 12.5]]))


def _parts(sheet: str, **more: str) -> dict[str, str]:
    space = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    return {
        "xl/workbook.xml": f'<workbook {space} xmlns:r="{relations}"><sheets><sheet name="a" r:id="x"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": '<Relationships><Relationship Id="x" Target="/xl/s.xml"/></Relationships>',
        "xl/s.xml": f"<worksheet {space}><sheetData>{sheet}</sheetData></worksheet>",
        **more,
    }


def test_what_a_spreadsheet_says_in_itself_is_read_as_it_means() -> None:
    inline = '<row><c t="inlineStr"><is><r><t>18-24</t></r><r><t> ans</t></r><rPh><t>x</t></rPh></is></c><c><v>1.2E3</v></c></row>'
    assert read(zipped(_parts(inline))).ages == {AgeBand.FROM_18_TO_24: 1200}
    far = '<row r="1048576"><c r="XFD1048576" t="str"><v>18-24</v></c><c><v>5</v></c></row>'
    assert list(rows_of_book(zipped(_parts(far)))) == [(1048576, ["18-24", "5"])]


@pytest.mark.parametrize(
    "content",
    [
        b"PK\x03\x04 and nothing of a zip",
        zipped({"mimetype": "application/vnd.oasis.opendocument.spreadsheet", "content.xml": "<a/>"}),
        zipped(_parts("<row><c t='s'><v>0</v></c>" * 3)),
        zipped(_parts("<row><c><v>" + "0" * 6_000_000 + "</v></c></row>")),
        zipped(_parts("<row><c t='s'><v>x</v></c></row>")),
        zipped(_parts("", **{"xl/_rels/workbook.xml.rels": "<Relationships/>"})),
        zipped({**_parts(""), "xl/workbook.xml": "<workbook/>"}),
        b"\xd0\xcf\x11\xe0 an old Excel",
        b"%PDF-1.7",
        b"\x00\x01\x02 18-24;3",
    ],
)
def test_what_is_no_table_says_how_to_save_one(content: bytes) -> None:
    assert "Enregistrer sous" in refusal_of(content)


def test_a_part_that_unpacks_without_end_is_not_unpacked() -> None:
    content = zipped(_parts("", **{"xl/sharedStrings.xml": "<sst>" + " " * 50_000_000 + "</sst>"}))
    assert len(content) < 200_000
    with pytest.raises(NotABook):
        list(rows_of_book(content))


def test_entities_of_a_part_are_not_worked_out() -> None:
    bomb = '<!DOCTYPE a [<!ENTITY a "18-24"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    sheet = _parts('<row><c t="str"><v>&b;</v></c><c><v>5</v></c></row>')["xl/s.xml"]
    assert "18-2418" not in str(list(rows_of_book(zipped({**_parts(""), "xl/s.xml": bomb + sheet}))))


@pytest.mark.parametrize(
    "content",
    [
        "Âge;Habitants\rMoins de 18 ans;3 200\r18-24 ans;1200\r".encode(),
        "Âge;2021\r\nMoins de 18 ans;3200\r\n18-24 ans;1200\r\n".encode(),
        "Population de Saran\n\nÂge\t2021\nmoins de 18 ans\t3200\n18-24 ans\t1200\n".encode("utf-16"),
        b'"moins de 18 ans","3 200"\n"18,24","1200"\nSource : Insee\n',
    ],
)
def test_other_systems_write_tables_otherwise(content: bytes) -> None:
    assert read(content).ages == {AgeBand.UNDER_18: 3200, AgeBand.FROM_18_TO_24: 1200}


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("18-24;1200\n25-39;" + "1" * 140_000, "Ligne 2 : un guillemet n’est pas fermé"),
        ('18-24;1200\n"25-39;3\n40-59;3\n', "Ligne 2 : un guillemet n’est pas fermé"),
        ('"' + "a" * 140_000 + ";3", "Ligne 1 : un guillemet n’est pas fermé"),
        ("Moins de 18 ans,17,234\n", "Ligne 1 : « 17,234 » peut être un seul nombre ou plusieurs"),
        ("18-24,1,200\n", "Écrivez-le sans virgule : 1200."),
        ("Total,1,234,567\n", "Écrivez-le sans virgule : 1234567."),
        ("18-24\n25-39;3\n", "Ligne 1 : sa dernière case"),
        ("Âge;Habitants\n25-39;3\nLe Bourg\n", "Ligne 3 : sa dernière case"),
        ("Atlantide;2021\n", "« Atlantide » n’est ni"),
        ("rien\n", "Rien n’a été lu"),
    ],
)
def test_what_could_be_misread_is_refused_with_its_line(content: str, sentence: str) -> None:
    assert sentence in refusal_of(content.encode())


def test_a_name_with_a_figure_is_not_a_number_in_two() -> None:
    assert read(b"Secteur,1,234\n").places == {"secteur-1": 234}
    assert read(b"18,24,200\n").ages == {AgeBand.FROM_18_TO_24: 200}


@pytest.mark.parametrize("content", [b"PK\x03\x04", b"18-24\r\x0025", b'"', b"", bytes(range(256))])
def test_the_page_answers_with_a_sentence_beside_the_field(
    saran: Municipality, visit: Callable[..., Client], person: Any, content: bytes
) -> None:
    desk = visit(saran, person(role=Role.FACILITATOR))
    answer = desk.post(PAGE, {"table": SimpleUploadedFile("p.xlsx", content), "action": "table"})
    assert answer.status_code == 422
    assert "field-errors" in answer.content.decode()


def test_a_spreadsheet_fills_the_form(saran: Municipality, visit: Callable[..., Client], person: Any) -> None:
    desk = visit(saran, person(role=Role.FACILITATOR))
    sheet = SimpleUploadedFile("p.xlsx", book([row for row in ROWS if row != ["Le Bourg", 6000]]))
    answer = desk.post(PAGE, {"table": sheet, "action": "table"})
    assert answer.status_code == 200
    assert 'value="3200"' in answer.content.decode()
