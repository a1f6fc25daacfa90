"""Files as people have them: of any encoding and kind, read by row, and what is wrong is said with its line."""

import io
import re
import zipfile
from collections.abc import Callable
from functools import partial

import pytest
from django.utils import translation

from common.long_books import NO_VALUE, LongBook
from consultations.imports.formats.decidim import _address
from consultations.imports.matching import suggested
from consultations.imports.moments import Unsure, written_moment
from consultations.imports.reading import REF_MAX, ref_of
from consultations.imports.rows import FileNotRead, Row, Table, table_of
from tests.imports.files import book

TEXT = "Titre;Texte\r\nÉcole d’été;« Où ? » À l’œuvre, ça coûte 5 €\r\n"


def of(content: bytes, *, encoding: str = "") -> Table:
    return table_of("essai", partial(io.BytesIO, content), encoding=encoding)


def rows(content: bytes) -> list[Row]:
    return list(of(content).rows())


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252", "mac_roman"])
def test_encodings_are_found(encoding: str) -> None:
    table = of(TEXT.encode(encoding))
    assert table.encoding == encoding.removesuffix("-sig")
    assert table.is_certain
    [row] = table.rows()
    assert row.cells == {"Titre": "École d’été", "Texte": "« Où ? » À l’œuvre, ça coûte 5 €"}


def test_a_file_with_few_accents_is_certain_too() -> None:
    for encoding in ("cp1252", "mac_roman", "cp850"):
        table = of("Titre;Texte\nUne école;à côté, déjà\n".encode(encoding))
        assert (table.encoding, table.is_certain) == (encoding, True), encoding


def test_ms_dos_is_found_and_what_is_no_french_is_uncertain() -> None:
    assert of("Titre;Texte\nÉtÃ©;école à côté\n".replace("Ã©", "é").encode("cp850")).encoding == "cp850"
    assert not of(b"Titre;Texte\nx\x91\xf7\xd0;y\xf0\n").is_certain
    mixed = of("Titre\nété été été\n".encode() + "été".encode("cp1252"))
    assert not mixed.is_certain


def test_what_somebody_says_of_an_encoding_counts() -> None:
    assert of(TEXT.encode("cp1252"), encoding="mac_roman").encoding == "mac_roman"


def test_lines_have_the_number_of_their_first_line_however_they_end() -> None:
    found = rows(b'a;b\r\n1;"de\nplusieurs\r\nlignes"\n2;x\r3;y\n')
    assert [(each.number, each.cells["a"]) for each in found] == [(2, "1"), (5, "2"), (6, "3")]


def test_columns_that_change_on_the_way_are_read_by_their_new_names() -> None:
    table = of(b"id;titre;texte\n1;A;B\nid;texte;titre\n2;D;C\n")
    with translation.override("fr"):
        assert [each.cells["titre"] for each in table.rows()] == ["A", "C"]
    assert "3" in table.notes[0]


def test_rows_that_are_too_long_or_too_short_are_wrong() -> None:
    assert [bool(each.wrong) for each in rows(b"a;b;c\n1;2;3\n1;2;3;4\n1;2\n1;2;3;\n")] == [False, True, True, False]


def test_a_row_with_more_cells_than_the_one_column() -> None:
    with translation.override("fr"):
        [first, second] = rows(b"a\n1\n2;3\n")
    assert (first.wrong, second.wrong) == ("", "Elle a 2 cellules, pour 1 colonne.")


def test_a_document_of_libreoffice_is_called_by_its_name() -> None:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as made:
        made.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        made.writestr("content.xml", "<x/>")
    with translation.override("fr"), pytest.raises(FileNotRead) as refused:
        rows(content.getvalue())
    assert "OpenDocument (.ods)" in str(refused.value.message)


def test_names_of_columns_are_one_each() -> None:
    [row] = rows(b"a;;a\n1;2;3\n")
    assert list(row.cells.values()) == ["1", "2", "3"]


@pytest.mark.parametrize("begin", ["sep=,\n", ""])
def test_the_sign_between_cells_is_found(begin: str) -> None:
    assert rows((begin + 'a,"b;c"\n1,2\n').encode())[0].cells == {"a": "1", "b;c": "2"}


OTHER_KINDS = [
    b"", b"  \n", b"%PDF-1.7 x", b"\x89PNG\r\n", b"\xd0\xcf\x11\xe0old", b"a;b\0;c", b"<!DOCTYPE html><p>", b"PK\x03\x04broken",
    b'a;b\n1;"never closed\n', (";" * 16_000).encode() + b"\n1\n",
]  # fmt: skip


@pytest.mark.parametrize("content", OTHER_KINDS)
def test_another_kind_of_file_is_refused_with_a_sentence(content: bytes) -> None:
    with pytest.raises(FileNotRead) as refused:
        rows(content)
    assert (refused.value.code, str(refused.value)) == ("import_file", "import_file")


def zipped(**parts: str) -> bytes:
    """An .xlsx by its parts."""
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    rel = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("xl/workbook.xml", f'<workbook xmlns="{main}" xmlns:r="{rel}"><sheets><sheet name="a" sheetId="1" r:id="r1"/></sheets></workbook>')  # fmt: skip
        made.writestr("xl/_rels/workbook.xml.rels", '<Relationships xmlns="x"><Relationship Id="r1" Target="worksheets/sheet1.xml"/></Relationships>')  # fmt: skip
        made.writestr("xl/worksheets/sheet1.xml", f'<worksheet xmlns="{main}"><sheetData>{parts["rows"]}</sheetData></worksheet>')  # fmt: skip
    return content.getvalue()


def test_books_keep_their_columns_and_numbers_of_rows() -> None:
    content = book([["Titre", "", "Note"], [], ["A", "", 12.0], ["é", True, 1.5]])
    assert [(each.number, list(each.cells.values())) for each in rows(content)] == [
        (3, ["A", "", "12"]),
        (4, ["é", "true", "1.5"]),
    ]


def test_dates_of_a_book_are_days_and_numbers_stay_numbers() -> None:
    import xlsxwriter

    content = io.BytesIO()
    with xlsxwriter.Workbook(content) as made:
        sheet = made.add_worksheet()
        sheet.write_row(0, 0, ["jour", "heure", "nombre"])
        sheet.write_number(1, 0, 45352, made.add_format({"num_format": "dd/mm/yyyy"}))
        sheet.write_number(1, 1, 45352.5, made.add_format({"num_format": 22}))
        sheet.write_number(1, 2, 45352)
    assert list(rows(content.getvalue())[0].cells.values()) == ["2024-03-01", "2024-03-01T12:00:00", "45352"]


def test_formulas_have_the_value_that_was_saved_or_are_wrong() -> None:
    head = '<row r="1"><c r="A1" t="str"><v>a</v></c></row>'
    saved = '<row r="2"><c r="A2"><f>1+1</f><v>2</v></c></row>'
    never = '<row r="3"><c r="A3"><f>1+1</f></c></row><row r="4"><c r="A4" t="e"><f>B9</f><v>#REF!</v></c></row>'
    found = rows(zipped(rows=head + saved + never))
    assert [(each.cells["a"], bool(each.wrong)) for each in found] == [("2", False), (NO_VALUE, True), ("#REF!", True)]


def test_a_cell_at_the_end_of_the_world_costs_nothing() -> None:
    far = '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    with pytest.raises(FileNotRead) as refused:
        rows(zipped(rows=far))
    assert "500" in str(refused.value.message)
    assert [number for number, _cells in LongBook(io.BytesIO(zipped(rows=far))).rows()] == [1, 1048576]


def test_merged_cells_are_told() -> None:
    import xlsxwriter

    content = io.BytesIO()
    with xlsxwriter.Workbook(content) as made:
        sheet = made.add_worksheet()
        sheet.write_row(0, 0, ["a", "b"])
        sheet.merge_range(1, 0, 2, 0, "ensemble")
        sheet.write_column(1, 1, ["x", "y"])
    table = of(content.getvalue())
    assert [each.cells.get("a", "") for each in table.rows()] == ["ensemble", ""]
    assert table.notes


def test_a_part_that_would_unpack_without_end_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("common.long_books._PART_MAX", 100_000)
    bomb = zipped(rows='<row><c t="inlineStr"><is><t>' + "x" * 200_000 + "</t></is></c></row>")
    assert len(bomb) < 5_000
    with pytest.raises(FileNotRead):
        rows(bomb)


def test_entities_and_a_cell_without_end_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """A sheet of some hundred bytes that would say thousands of millions of signs."""
    plain = zipped(rows='<row><c t="inlineStr"><is><t>a</t></is></c></row>')
    assert rows(plain) == []
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10 if n else "ha"}">' for n in range(10))
    for kind in (f"<!DOCTYPE lolz [{laughs}]>", '<!DOCTYPE x SYSTEM "file:///etc/passwd">'):
        with pytest.raises(FileNotRead):
            rows(rewritten(plain, lambda xml, kind=kind: xml.replace("<worksheet", f"{kind}<worksheet")))  # type: ignore[misc]
    monkeypatch.setattr("common.long_books._CELL_MAX", 1000)
    for cell in ('<c t="inlineStr"><is><t>{0}</t><t>{0}</t></is></c>', '<c t="str"><v>{0}{0}</v></c>'):
        assert rows(zipped(rows="<row>" + cell.format("x" * 500) + "</row>")) == []
        with pytest.raises(FileNotRead):
            rows(zipped(rows="<row>" + cell.format("x" * 501) + "</row>"))


def rewritten(content: bytes, write: Callable[[str], str]) -> bytes:
    """The sheet of a book, and its shared texts, otherwise."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as before, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as after:
        for name in before.namelist():
            words = before.read(name).decode()
            after.writestr(name, write(words) if "sheet1" in name or "shared" in name else words)
    return made.getvalue()


def test_texts_that_cells_share_are_read_whatever_the_elements_are_called() -> None:
    """Without how words are pronounced."""
    cells = '<row r="1"><c t="s"><v>0</v></c><c t="s"><v>1</v></c></row><row r="2"><c t="s"><v>1</v></c><c t="s"><v>9</v></c></row>'
    shared = (
        '<sst xmlns="x"><si><t>Titre</t></si><si><r><t>Été </t></r><r><t>2022</t></r><rPh><t>ete</t></rPh></si></sst>'
    )
    content = io.BytesIO(zipped(rows=cells))
    with zipfile.ZipFile(content, "a") as made:
        made.writestr("xl/sharedStrings.xml", shared)
    prefixed = rewritten(
        content.getvalue(), lambda xml: re.sub(r"<(/?)(\w)", r"<\1x:\2", xml).replace("xmlns=", "xmlns:x=")
    )
    assert prefixed != content.getvalue()
    for each in (content.getvalue(), prefixed):
        assert [row.cells for row in rows(each)] == [{"Titre": "Été 2022"}]


MOMENTS = {
    "2019-03-04 10:00:00 UTC": "2019-03-04T10:00:00Z",
    "2019-03-04 10:00:00 +0100": "2019-03-04T10:00:00+0100",
    "2019-03-04T10:00:00.123+01:00": "2019-03-04T10:00:00+01:00",
    "2019-03-04": "2019-03-04T12:00:00",
    "25/03/2019": "2019-03-25T12:00:00",
    "03/25/2019 8:05": "2019-03-25T08:05:00",
    "04.04.2019": "2019-04-04T12:00:00",
    "2019/03/04": "2019-03-04T12:00:00",
    "hier": "hier",
    "4/3/19": "4/3/19",
}


def test_moments_are_read_as_they_can_only_be() -> None:
    assert {text: written_moment(text) for text in MOMENTS} == MOMENTS
    for text, why in (("03/04/2019", "order"), ("45352", "serial")):
        with pytest.raises(Unsure) as unsure:
            written_moment(text)
        assert unsure.value.why == why
    assert written_moment("03/04/2019", order="day") == "2019-04-03T12:00:00"
    assert written_moment("03/04/2019", order="month") == "2019-03-04T12:00:00"
    assert written_moment("25/03/2019", order="month") == "25/03/2019"
    assert written_moment("45352", serial=True) == "2024-03-01T12:00:00"


def test_columns_are_suggested_by_their_names() -> None:
    names = ["Horodateur", "Votre titre", "Titre", "Proposition", "Thème", "Adresse e-mail", "Auteur"]
    assert suggested(names) == {
        "body": "Proposition", "title": "Titre", "submitted_at": "Horodateur", "author": "Auteur", "challenge": "Thème",
    }  # fmt: skip


def test_references_are_short_and_the_same_each_time() -> None:
    long = ref_of("https://exemple.fr/" + "x" * 300, "comment", 1)
    assert len(long) <= REF_MAX
    assert (
        long
        == ref_of("https://exemple.fr/" + "x" * 300, "comment", 1)
        != ref_of("https://exemple.fr/" + "x" * 300, "comment", 2)
    )
    assert _address("HTTP://Exemple.FR/p/1/?a=b#c") == "https://exemple.fr/p/1"
    assert _address("javascript:alert(1)") == ""


@pytest.mark.parametrize("content", [b"a;b\n" + b"x;y\n" * 2000 + b"1;de\0ux\n", "tex\0te;b\n1;2\n".encode("utf-16")])
def test_a_sign_that_no_text_has_is_refused_wherever_it_stands(content: bytes) -> None:
    with pytest.raises(FileNotRead, match="import_file"):
        rows(content)


def test_columns_are_counted_over_the_whole_file() -> None:
    heads = [";".join(["a", *(f"c{n}" for n in range(250)), *(f"{line}-{n}" for n in range(240))]) for line in range(3)]
    assert len(rows(f"{heads[0]}\n1{';' * 490}\n".encode())) == 1
    with pytest.raises(FileNotRead):
        rows("\n".join(heads).encode())


def test_files_put_one_after_the_other_are_not_told_a_thousand_times() -> None:
    table = of(b"id;titre\n" + b"1;A\nid;titre\n" * 1000)
    assert sum(1 for _each in table.rows()) == 1000
    assert len(table.notes) == 20
