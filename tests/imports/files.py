"""Small files in the formats of other platforms, written for these tests."""

import csv
import io
from collections.abc import Iterable, Sequence
from functools import partial
from typing import Any

import xlsxwriter

from consultations.imports.reading import File, Job, Said

HOST = "https://participer.exemple.fr"
OLD = ["id", "category/name/fr", "title", "body", "state", "supports", "comments", "published_at", "url", "author/name"]
NEW = [
    "id", "author/id", "author/name", "author/url", "taxonomies/name/fr", "component/id", "title/fr", "title/ca",
    "body/fr", "latitude", "state", "votes", "published_at", "url", "withdrawn",
]  # fmt: skip
COMMENTS = [
    "id", "created_at", "body", "locale", "author/id", "author/name", "alignment", "depth", "user_group/name",
    "commentable_id", "commentable_type", "root_commentable_url",
]  # fmt: skip
ASKED = {
    "title": "Nos rues",
    "opens_at": "2019-03-01T08:00",
    "closes_at": "2019-05-01T20:00",
    "neutral": "improve",
}


def page(number: int, host: str = HOST) -> str:
    return f"{host}/processes/rues/f/7/proposals/{number}"


def old_proposal(number: int = 1, host: str = HOST, **changes: Any) -> dict[str, Any]:
    return {
        "id": number, "category/name/fr": "Marcher", "title": f"Des bancs {number}",
        "body": "Un banc tous\r\nles cent mètres.", "state": "accepted", "supports": 12, "comments": 3,
        "published_at": "2019-03-04 10:00:00 UTC", "url": page(number, host), "author/name": "Promeneuse", **changes,
    }  # fmt: skip


def new_proposal(number: int = 1, **changes: Any) -> dict[str, Any]:
    return {
        "id": number, "author/id": "4, 9", "author/name": "Ana, Bob", "author/url": "", "taxonomies/name/fr": "Rouler",
        "component/id": 7, "title/fr": f"Des pistes {number}", "title/ca": "Carrils", "body/fr": "Une piste par rue.",
        "latitude": "47.9", "state": "", "votes": 3, "published_at": "2019-03-05T09:00:00+01:00", "url": page(number),
        "withdrawn": "false", **changes,
    }  # fmt: skip


def comment(number: int, depth: int = 0, parent: int = 1, alignment: int = 0, **changes: Any) -> dict[str, Any]:
    return {
        "id": number, "created_at": "2019-03-06 12:00:00 UTC", "body": f"Remarque {number}", "locale": "fr",
        "author/id": 5, "author/name": "Voisin", "alignment": alignment, "depth": depth, "user_group/name": "",
        "commentable_id": parent, "commentable_type": "…", "root_commentable_url": page(1), **changes,
    }  # fmt: skip


def table(
    columns: Sequence[str], rows: Iterable[dict[str, Any]], *, delimiter: str = ";", encoding: str = "utf-8"
) -> bytes:
    text = io.StringIO(newline="")
    written = csv.DictWriter(text, columns, delimiter=delimiter)
    written.writeheader()
    written.writerows(rows)
    return text.getvalue().encode(encoding)


def book(rows: Iterable[Sequence[Any]], **options: Any) -> bytes:
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True, **options}) as made:
        sheet = made.add_worksheet()
        for place, row in enumerate(rows):
            for column, value in enumerate(row):
                sheet.write(place, column, value)
    return content.getvalue()


def job(*contents: bytes, names: Sequence[str] = (), **said: Any) -> Job:
    names = names or [f"fichier-{place}.csv" for place in range(1, len(contents) + 1)]
    files = [File(name, partial(io.BytesIO, content)) for name, content in zip(names, contents, strict=True)]
    return Job(files, Said(**said))
