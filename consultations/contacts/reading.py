"""A list of contacts as spreadsheets save it (.csv, .xlsx): lines of cells, and what each column seems to be.

Nothing is worked out: what looks like a formula is the words that stand there.
"""

import csv
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Iterator
from functools import cache
from io import BytesIO, StringIO

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.neighbourhoods import key_of_place
from common.books import NotABook, is_zip
from common.long_books import NO_VALUE, LongBook
from common.refusals import Refusal
from common.text import clean_text

BYTES_MAX, LINES_MAX, COLUMNS_MAX, CELL_MAX = 2_000_000, 2000, 30, 1000
_PART_MAX = 5_000_000  # of a book, unpacked: somebody waits for it
_OTHER_KINDS = (b"\xd0\xcf\x11\xe0", b"%PDF", b"\x89PNG", b"\xff\xd8\xff")
TOO_HEAVY = gettext_lazy("This file weighs more than 2 MB. Send the lines in several files.")
_NO_TABLE = gettext_lazy(
    "This file is no table that can be read here: send an .xlsx, or in your spreadsheet choose Save as, then CSV."
)
# What the head of a column says → what it is. The first that fits.
_HEADS = {
    "email": ("courriel", "mail", "e-mail", "email", "mel", "adresse-electronique", "adresse-mail", "adresse-email"),
    "phone": ("telephone", "tel", "portable", "mobile", "phone"),
    "address": ("adresse", "adresse-postale", "rue", "voie", "address", "siege", "adresse-du-siege"),
    "postcode": ("code-postal", "cp", "codepostal", "postcode"),
    "town": ("ville", "commune", "localite", "town"),
    "person": ("contact", "interlocuteur", "responsable", "president", "presidente", "referent", "person"),
    "neighbourhood": ("quartier", "secteur", "neighbourhood"),
    "kind": ("type", "nature", "categorie", "kind"),
    "note": ("note", "notes", "remarque", "remarques", "observations", "commentaire"),
    "name": (
        "nom",
        "name",
        "structure",
        "association",
        "organisme",
        "denomination",
        "raison-sociale",
        "titre",
        "ecole",
    ),
}


class ListNotRead(Refusal):
    code = "contacts_list_not_read"
    status = 422
    field = "file"


def read_list(content: bytes) -> list[list[str]]:
    """Its lines, the heads of the columns first; each begins with its number in the file. Raises ListNotRead."""
    if not content:
        raise ListNotRead(_("This file is empty. Choose another one."))
    if len(content) > BYTES_MAX:
        raise ListNotRead(TOO_HEAVY)
    found: list[list[str]] = []
    # Of a small book every cell may be the same long text.
    cleaned = cache(lambda words: clean_text(words)[:CELL_MAX])
    for number, cells in _lines(content):
        words = [cleaned(each[: 4 * CELL_MAX]) for each in cells[:COLUMNS_MAX]]
        if any(words):
            found.append([str(number), *words])
        if len(found) > LINES_MAX + 1:
            raise ListNotRead(
                _("A list has %(most)s lines at most. Send the others in another file.") % {"most": LINES_MAX}
            )
    if len(found) < 2:
        raise ListNotRead(_("Nothing was read: the first line names the columns, each one after it is a contact."))
    return found


def guessed(heads: list[str]) -> dict[str, int]:
    """What each column seems to be: field → its place. One column for a field."""
    keys = [key_of_place(head) for head in heads]
    found: dict[str, int] = {}
    for exactly in (True, False):
        for field, words in _HEADS.items():
            for place, key in enumerate(keys):
                fits = (
                    key in words
                    if exactly
                    else any(key.startswith(f"{word}-") or key.endswith(f"-{word}") for word in words)
                )
                if field not in found and place not in found.values() and fits:
                    found[field] = place
    return found


def _lines(content: bytes) -> Iterator[tuple[int, list[str]]]:
    if is_zip(content):
        try:
            for number, row in LongBook(BytesIO(content), part_max=_PART_MAX).rows():
                cells = [row.get(column, "") for column in range(min(max(row) + 1, COLUMNS_MAX))]
                yield number, ["" if each == NO_VALUE else each for each in cells]
        except NotABook as cause:
            raise ListNotRead(_NO_TABLE) from cause
        return
    text = _text(content)
    first = text.partition("\n")[0]
    lines = csv.reader(StringIO(text, newline=""), delimiter=max(";\t,", key=first.count), strict=True)
    number = 0
    try:
        for cells in lines:
            number = lines.line_num
            yield number, cells
    except csv.Error as cause:
        raise ListNotRead(
            _("Line %(number)s: a quotation mark is not closed. Correct it in your spreadsheet, then save the list.")
            % {"number": number + 1}
        ) from cause


def _text(content: bytes) -> str:
    try:
        if content.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
            return content.decode("utf-16")
        if b"\0" in content or content.startswith(_OTHER_KINDS):
            raise ListNotRead(_NO_TABLE)
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")
