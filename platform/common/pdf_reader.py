"""A program of its own, run by common.files: reads a PDF through, for what a document to read may not carry.

As common.decoder, it knows nothing of us and ends within its bounds of memory and time. Input: the file, as a file.
Output: `taken PAGES TAGGED`, or `refused REASON`.
"""

import logging
import os
import resource
import sys
from contextlib import suppress
from typing import Any

MEMORY, SECONDS = 512 * 1024 * 1024, 10


def bound_oneself() -> None:
    for what, most in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, SECONDS),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        with suppress(ValueError, OSError):
            resource.setrlimit(what, (most, most))
    os.nice(10)  # pages come first


if __name__ == "__main__":
    bound_oneself()

from pypdf import PdfReader  # noqa: E402
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject  # noqa: E402

# What does something when it is opened or pressed, beside leading to a page or an address; and files inside.
ACTIONS = {"/JavaScript", "/Launch", "/ImportData", "/SubmitForm", "/RichMediaExecute"}
NAMES = {"/JavaScript", "/EmbeddedFiles", "/XFA", "/RichMediaContent"}


class Refused(Exception):
    pass


def look(reader: PdfReader) -> tuple[int, bool]:
    if reader.is_encrypted:
        raise Refused("encrypted")
    asked: list[Any] = [reader.trailer]
    seen: set[tuple[int, int]] = set()
    while asked:
        each = asked.pop()
        if isinstance(each, IndirectObject):
            key = (each.idnum, each.generation)
            if key not in seen:
                seen.add(key)
                asked.append(each.get_object())
        elif isinstance(each, DictionaryObject):
            if each.get("/S") in ACTIONS or "/JS" in each or NAMES & each.keys():
                raise Refused("active")
            asked.extend(each.raw_get(name) for name in each)
        elif isinstance(each, ArrayObject):
            asked.extend(each)
    marks = reader.root_object.get("/MarkInfo")
    return len(reader.pages), bool(marks and marks.get_object().get("/Marked"))


def main() -> None:
    logging.disable(logging.CRITICAL)
    try:
        pages, is_tagged = look(PdfReader(sys.stdin.buffer, strict=False))
        answer = f"taken {pages} {int(is_tagged)}\n" if pages else "refused damaged\n"
    except Refused as refusal:
        answer = f"refused {refusal}\n"
    except MemoryError:
        answer = "refused costly\n"
    except Exception:  # whatever the reader raises on files that are broken, or made to break it
        answer = "refused damaged\n"
    sys.stdout.write(answer)


if __name__ == "__main__":
    main()
