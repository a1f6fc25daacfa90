"""A program of its own, run by common.files: reads a PDF through, for what a document to read may not carry.

As common.decoder, it knows nothing of us and ends within its bounds of memory and time. Input: the file, as a file.
Output: `taken PAGES TAGGED`, or `refused REASON`.
"""

import logging
import os
import re
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
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject, StreamObject  # noqa: E402

# What does something when it is opened or pressed, beside leading to a page or an address; and files inside. All
# actions, and annotations: ISO 32000-2, 12.6.4 and 12.5.6.
ACTIONS = {"/JavaScript", "/ImportData", "/SubmitForm", "/RichMediaExecute", "/Rendition", "/Sound", "/Movie"}
ANNOTATIONS = {"/FileAttachment", "/RichMedia", "/Movie", "/Sound", "/Screen", "/3D"}
NAMES = {"/JavaScript", "/EmbeddedFiles", "/XFA", "/RichMediaContent"}
FILES = {"/F", "/UF", "/DOS", "/Mac", "/Unix"}
# What leads out of the file elsewhere than to the web or a mailbox; without a scheme, a page of the web is meant.
OUTWARDS = {"/Launch", "/GoToR", "/GoToE", "/Thread"}
ADDRESS = re.compile(r"https?://|mailto:|[\w#?][^:\\]*$", re.I)
# What may happen by itself: showing a page of the file.
UNASKED = {"/GoTo", "/GoToDp", "/Named"}


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
            refuse_active(each)
            refuse_outwards(each)
            asked.extend(each.raw_get(name) for name in each)
        elif isinstance(each, ArrayObject):
            asked.extend(each)
    marks = reader.root_object.get("/MarkInfo")
    return len(reader.pages), bool(marks and marks.get_object().get("/Marked"))


def of(each: Any, name: str) -> Any:
    """Itself, not where it stands: a name may be an object of its own."""
    return each[name] if isinstance(each, DictionaryObject) and name in each else None


def refuse_active(each: DictionaryObject) -> None:
    """Programs, forms that send, films and sounds, files inside, wherever they hang."""
    if "/JS" in each or NAMES & each.keys() or of(each, "/S") in ACTIONS or of(each, "/Subtype") in ANNOTATIONS:
        raise Refused("active")
    files = of(each, "/EF")  # by this name a font may go, too
    if (isinstance(files, DictionaryObject) and FILES & files.keys()) or of(each, "/Type") == "/EmbeddedFile":
        raise Refused("active")
    if isinstance(of(each, "/AF"), ArrayObject):
        raise Refused("active")


def refuse_outwards(each: DictionaryObject) -> None:
    """Other files, addresses of other kinds, and any address that is opened without a press."""
    if of(each, "/S") in OUTWARDS or of(each, "/FS") == "/URL" or (isinstance(each, StreamObject) and "/F" in each):
        raise Refused("outwards")
    for name in ("/URI", "/Base"):
        address = of(each, name)
        if isinstance(address, (str, bytes)) and not ADDRESS.match(as_text(address)):
            raise Refused("outwards")
    begun = of(each, "/AA")
    unasked = [of(each, "/OpenAction"), *(of(begun, name) for name in begun or ())]
    if any(of(action, "/S") not in (None, *UNASKED, *ACTIONS) or of(action, "/Next") is not None for action in unasked):
        raise Refused("outwards")


def as_text(address: str | bytes) -> str:
    """As programs read it: they pass over spaces and control signs."""
    text = address.decode("latin-1") if isinstance(address, bytes) else address
    return re.sub(r"[\x00-\x20]", "", text)


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
