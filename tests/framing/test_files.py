"""A document may be a file: known by its content, kept in versions, given without ever being run."""

import time
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
import typst
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from django_tenants.utils import schema_context
from PIL import Image
from pypdf import PdfReader, PdfWriter
from pypdf.generic import ArrayObject, DictionaryObject, NameObject, StreamObject, TextStringObject

from accounts.enums import Role
from accounts.models import AuditEntry
from common.files import MAX_FILE_BYTES, FileRefused, accept_file
from consultations.framing.models import Consultation, Document, DocumentPart, DocumentVersion
from consultations.framing.services.documents import (
    MAX_VERSIONS,
    DocumentExists,
    NotDescribed,
    TooManyFileVersions,
    add_file,
    replace_file,
)
from consultations.framing.services.preparing import prepare_from_earlier
from tenants.models import Municipality
from tests.accounts.factories import UserFactory
from tests.framing.test_several import archived, prepared

PAGE = "/gestion/consultations/territoires-resilients/documents/"
Visit = Callable[..., Client]


def a_pdf(words: str = "Le diagnostic de santé", do: Callable[[PdfWriter], object] | None = None) -> bytes:
    made = typst.compile(f'#set document(title: "{words}")\n= {words}'.encode())
    if do is None:
        return made
    writer, written = PdfWriter(clone_from=PdfReader(BytesIO(made))), BytesIO()
    do(writer)
    writer.write(written)
    return written.getvalue()


def a_picture(kind: str = "PNG", **said: Any) -> bytes:
    written = BytesIO()
    Image.effect_noise((900, 600), 60).convert("RGB").save(written, kind, **said)
    return written.getvalue()


def upload(content: bytes, name: str = "etude.pdf", kind: str = "application/pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, kind)


@pytest.fixture
def desk(in_saran: Municipality, visit: Visit) -> Client:
    return visit(in_saran, UserFactory(administrator=True), stays=True)


def send(desk: Client, content: bytes, path: str = "fichier/", **said: Any) -> Any:
    return desk.post(PAGE + path, {"title": "Le diagnostic", "description": "", **said, "file": upload(content)})


def read(answer: Any) -> bytes:
    return b"".join(answer.streaming_content)


def test_a_pdf_is_on_the_home_page_with_its_kind_and_size_and_given_to_be_kept(
    desk: Client, in_saran: Municipality, visit: Visit
) -> None:
    content = a_pdf()
    assert "ce que disent ses propriétés" in desk.get(f"{PAGE}fichier/").content.decode()
    assert send(desk, content, is_accessible="on").status_code == 302
    document = Document.objects.get()
    visitor = visit(in_saran, stays=True)
    home = visitor.get("/").content.decode().replace("\n", "")
    assert "Le diagnostic (PDF, " in home
    assert "1\xa0page, accessible)" in home.replace("1 page", "1\xa0page")
    answer = visitor.get(f"/documents/{document.pk}/")
    assert read(answer) == content
    headers = answer.headers
    assert headers["Content-Type"] == "application/pdf"
    assert headers["Content-Disposition"] == 'attachment; filename="le-diagnostic.pdf"'
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert visitor.post(f"/documents/{document.pk}/").status_code == 405


def test_replaced_people_read_the_last_version_and_the_team_all_of_them(
    desk: Client, in_saran: Municipality, visit: Visit
) -> None:
    observer = visit(in_saran, UserFactory(role=Role.OBSERVER), stays=True)
    first, second = a_pdf("Un"), a_pdf("Deux")
    send(desk, first)
    document = Document.objects.get()
    for _time in range(2):
        assert send(desk, second, f"{document.pk}/versions/", description="Mis à jour.").status_code == 302
    assert DocumentVersion.objects.count() == 2
    assert read(visit(in_saran).get(f"/documents/{document.pk}/")) == second
    for number, content in ((1, first), (2, second)):
        assert read(desk.get(f"{PAGE}{document.pk}/versions/{number}/")) == content
    assert desk.get(f"{PAGE}{document.pk}/versions/3/").status_code == 404
    assert "Version 1" in desk.get(f"{PAGE}{document.pk}/versions/").content.decode()
    assert observer.get(f"{PAGE}{document.pk}/versions/1/").status_code == 404
    desk.post(f"{PAGE}{document.pk}/retirer/")
    with schema_context(in_saran.schema_name):
        assert AuditEntry.objects.filter(action="document_replaced").count() == 1
        assert not DocumentPart.objects.exists()


def test_a_picture_is_written_anew_and_said_in_words(desk: Client, in_saran: Municipality, visit: Visit) -> None:
    exif = Image.Exif()
    exif[0x010E] = "Chez madame Dupont"
    answer = desk.post(
        f"{PAGE}fichier/", {"title": "Le plan", "file": upload(a_picture("JPEG", exif=exif), "plan.pdf")}
    )
    assert answer.status_code == 422
    assert str(NotDescribed.message) in answer.content.decode()
    given = {"title": "Le plan", "description": "La ligne 7.", "file": upload(a_picture("JPEG", exif=exif), "plan.pdf")}
    assert desk.post(f"{PAGE}fichier/", given).status_code == 302
    answer = visit(in_saran).get(f"/documents/{Document.objects.get().pk}/")
    assert answer.headers["Content-Type"] == "image/jpeg"
    assert answer.headers["Content-Disposition"] == 'inline; filename="le-plan.jpg"'
    content = read(answer)
    assert b"Dupont" not in content
    assert len(content) == int(answer.headers["Content-Length"])
    assert "La ligne 7." in visit(in_saran).get("/").content.decode()


def having(name: str, **said: Any) -> bytes:
    """A PDF whose first page has a thing that hangs by this name; `S` and others as a PDF writes them."""
    return a_pdf(do=lambda writer: writer.pages[0].update({NameObject(f"/{name}"): as_pdf(said, writer)}))


def as_pdf(said: Any, writer: PdfWriter) -> Any:
    if isinstance(said, dict):
        return DictionaryObject({NameObject(f"/{name}"): as_pdf(each, writer) for name, each in said.items()})
    if isinstance(said, list):
        return ArrayObject([as_pdf(each, writer) for each in said])
    if isinstance(said, bytes):
        content = StreamObject()
        content.set_data(said)
        return writer._add_object(content)
    if said.startswith("->"):
        return writer._add_object(NameObject(said.removeprefix("->")))
    return NameObject(said) if said.startswith("/") else TextStringObject(said)


def opening(**action: Any) -> bytes:
    return a_pdf(do=lambda writer: writer.root_object.update({NameObject("/OpenAction"): as_pdf(action, writer)}))


FILE = {"Type": "/Filespec", "F": "a.exe", "EF": {"F": b"MZ"}}
INSIDE = {
    "a file pinned to a page": having("Annots", each=[{"Type": "/Annot", "Subtype": "/FileAttachment", "FS": FILE}]),
    "a file that belongs to a page": having("Piece", AF=[{"F": "a.exe"}]),
    "a file of an object": having("Piece", each=FILE),
    "what says that it is a file": having("Piece", Type="/EmbeddedFile"),
    "a film": having("Annots", each=[{"Subtype": "/RichMedia"}]),
    "a sound": having("A", S="/Sound"),
    "a form that sends": having("A", S="/SubmitForm", F="https://elsewhere.example"),
    "a program, its name kept apart": having("A", S="->/ImportData"),
}
OUTWARDS = {
    "another file": having("A", S="/GoToR", F="other.pdf"),
    "a file in another": having("A", S="/GoToE", F="other.pdf"),
    "a program of the computer": having("A", S="/Launch", F="cmd.exe"),
    "an address of a file": having("A", S="/URI", URI="file:///etc/passwd"),
    "an address that runs": having("A", S="/URI", URI="java\tscript:alert(1)"),
    "a folder of a network": having("A", S="/URI", URI="\\\\server\\share"),
    "an address opened by itself": opening(S="/URI", URI="https://elsewhere.example"),
    "an address opened after a page": opening(S="/GoTo", D="a", Next={"S": "/URI", "URI": "https://a.example"}),
    "an address opened with a page": having("AA", O={"S": "/URI", "URI": "https://elsewhere.example"}),
    "content that stands elsewhere": having("Piece", FS="/URL", F="https://elsewhere.example/a"),
}


def running(writer: PdfWriter) -> None:
    program = {NameObject("/S"): NameObject("/JavaScript"), NameObject("/JS"): TextStringObject("app.alert(1)")}
    writer.root_object[NameObject("/OpenAction")] = writer._add_object(DictionaryObject(program))


def locked(writer: PdfWriter) -> None:
    writer.encrypt("secret")


REFUSED = {
    "a page": (b"<!doctype html><script>alert(1)</script>", "Envoyez un PDF"),
    "a drawing": (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "SVG"),
    "a program": (b"MZ\x90\x00" + b"\0" * 100, "Envoyez un PDF"),
    "nothing": (b"", "vide"),
    "half a PDF": (a_pdf()[:300], "abîmé"),
    "a PDF in name": (b"%PDF-1.7\nrien", "abîmé"),
    "behind a password": (a_pdf(do=locked), "mot de passe"),
    "with a program": (a_pdf(do=running), "programmes"),
    "with a file inside": (a_pdf(do=lambda writer: writer.add_attachment("a.exe", b"MZ")), "programmes"),
    "too heavy": (b"%PDF-1.7" + b"\0" * MAX_FILE_BYTES, "20 Mo"),
}


@pytest.mark.parametrize("what", INSIDE)
def test_no_pdf_has_a_file_or_a_program_inside_wherever_it_hangs(what: str) -> None:
    with pytest.raises(FileRefused) as refusal:
        accept_file(upload(INSIDE[what]))
    assert "d’autres fichiers" in str(refusal.value.message)
    assert "mène ailleurs" not in str(refusal.value.message)


@pytest.mark.parametrize("what", OUTWARDS)
def test_no_pdf_leads_elsewhere_than_to_the_web_and_to_mailboxes(what: str) -> None:
    with pytest.raises(FileRefused) as refusal:
        accept_file(upload(OUTWARDS[what]))
    assert "mène ailleurs" in str(refusal.value.message)


@pytest.mark.parametrize(
    "content",
    [
        opening(S="/GoTo", D="a"),
        opening(S="/Named", N="/FirstPage"),
        having("A", S="/GoTo", D="a"),
        *(
            having("A", S="/URI", URI=address)
            for address in ("https://saran.fr/a:b", "HTTP://saran.fr", "mailto:mairie@saran.fr", "www.saran.fr", "#a")
        ),
        having("Font", EF={"Type": "/Font", "Subtype": "/Type1"}, AF={"Type": "/Font"}, AA={"Type": "/Font"}),
    ],
)
def test_links_within_a_pdf_to_the_web_and_to_mailboxes_are_taken(content: bytes) -> None:
    assert accept_file(upload(content)).pages == 1


@pytest.mark.parametrize("what", REFUSED)
def test_what_is_no_document_to_read_is_refused_in_words_and_nothing_typed_is_lost(desk: Client, what: str) -> None:
    content, said = REFUSED[what]
    answer = send(desk, content, description="Ce que j’ai écrit.")
    assert answer.status_code == 422
    page = answer.content.decode().replace("\xa0", " ")
    assert said in page
    assert "Ce que j’ai écrit." in page
    assert 'value="Le diagnostic"' in page
    assert not Document.objects.exists()


def test_what_is_far_too_heavy_is_refused_before_it_is_read(desk: Client) -> None:
    begun = time.monotonic()
    answer = desk.generic(
        "POST", f"{PAGE}fichier/", b"x", content_type="multipart/form-data; boundary=x", CONTENT_LENGTH=str(300_000_000)
    )
    assert answer.status_code == 413
    assert time.monotonic() - begun < 5
    assert "20 Mo" in answer.content.decode().replace("\xa0", " ")


def test_a_file_that_did_not_change_is_not_sent_again(desk: Client, in_saran: Municipality, visit: Visit) -> None:
    send(desk, a_pdf("Un"))
    path, visitor = f"/documents/{Document.objects.get().pk}/", visit(in_saran, stays=True)
    mark = visitor.get(path).headers["ETag"]
    again = visitor.get(path, headers={"If-None-Match": mark})
    assert (again.status_code, again.headers["ETag"], again.content) == (304, mark, b"")
    send(desk, a_pdf("Deux"), f"{Document.objects.get().pk}/versions/")
    assert visitor.get(path, headers={"If-None-Match": mark}).status_code == 200


def test_a_file_in_preparation_has_no_public_address(desk: Client, in_saran: Municipality, visit: Visit) -> None:
    new = prepared(in_saran, "Nos rues")
    document = add_file(
        consultation=new, actor=None, title="Le plan", file=accept_file(upload(a_pdf())), at=timezone.now(), **SAID
    )
    for who in (None, UserFactory()):
        assert visit(in_saran, who, stays=True).get(f"/documents/{document.pk}/").status_code == 404
    # The team reads it there, as it reads its page.
    answer = visit(in_saran, UserFactory(role=Role.OBSERVER), stays=True).get(f"/documents/{document.pk}/")
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "private, no-store")
    assert desk.get(f"/gestion/consultations/{new.slug}/documents/{document.pk}/versions/1/").status_code == 200
    assert desk.get(f"{PAGE}{document.pk}/versions/1/").status_code == 404


SAID: dict[str, Any] = {"description": "", "is_accessible": False}


def test_a_new_consultation_takes_the_latest_version_along(desk: Client, in_saran: Municipality) -> None:
    consultation, at = Consultation.objects.get(), timezone.now()
    given = {"actor": None, "at": at, **SAID}
    document = add_file(consultation=consultation, title="Le plan", file=accept_file(upload(a_pdf("Un"))), **given)
    replace_file(document=document, file=accept_file(upload(a_pdf("Deux"))), **given)
    new = prepare_from_earlier(earlier=consultation, municipality=in_saran, actor=None, title="Encore", at=at)
    copied = new.documents.get().versions.get()
    assert (copied.number, copied.digest) == (1, document.versions.order_by("-number")[0].digest)
    assert copied.parts.count() == 1


def test_there_is_a_most_and_a_title_names_one(in_saran: Municipality) -> None:
    consultation = Consultation.objects.get()
    given = {"actor": None, "at": timezone.now(), **SAID}
    file = accept_file(upload(a_pdf("Un")))
    document = add_file(consultation=consultation, title="Le plan", file=file, **given)
    assert add_file(consultation=consultation, title="Le plan", file=file, **given) == document
    other = accept_file(upload(a_pdf("Deux")))
    with pytest.raises(DocumentExists):
        add_file(consultation=consultation, title="Le plan", file=other, **given)
    DocumentVersion.objects.bulk_create(
        DocumentVersion(document=document, number=number, kind="PDF", size=1, digest=str(number), added_at=given["at"])
        for number in range(2, MAX_VERSIONS + 1)
    )
    with pytest.raises(TooManyFileVersions):
        replace_file(document=document, file=other, **given)
    with pytest.raises(NotDescribed):
        add_file(consultation=consultation, title="La photo", file=accept_file(upload(a_picture())), **given)
    with pytest.raises(FileRefused):
        accept_file(upload(b""))


def test_an_archived_consultation_takes_no_file(desk: Client, in_saran: Municipality) -> None:
    old = archived(in_saran, "La gare")
    page = f"/gestion/consultations/{old.slug}/documents/fichier/"
    assert desk.post(page, {"title": "Le plan", "file": upload(a_pdf())}).status_code == 409
