"""What one should read before answering."""

from collections.abc import Iterator
from datetime import datetime
from hashlib import sha256

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy

from accounts.audit import record
from accounts.models import User
from common.files import AcceptedFile
from common.refusals import Refusal
from common.web_addresses import NoWebAddress, is_web_address
from consultations.framing.models import Consultation, Document, DocumentPart, DocumentVersion
from consultations.framing.services.consultations import locked

MAX, MAX_VERSIONS = 20, 10
_PART = 1024 * 1024


class DocumentExists(Refusal):
    code = "document_exists"
    message = gettext_lazy("A document already has this title.")


class TooManyDocuments(Refusal):
    code = "too_many_documents"
    message = gettext_lazy("Twenty documents at most: nobody reads more. Remove one first.")


def add_document(
    *, consultation: Consultation, actor: User | None, title: str, url: str, text: str, at: datetime
) -> Document:
    """Add a page to visit (`url`) or a text to read here (`text`), one of them. The city no longer says "none".

    Raises NoWebAddress, DocumentExists, TooManyDocuments or ConsultationArchived. The very same one again: it is
    returned.
    """
    if url and not is_web_address(url):
        raise NoWebAddress
    with transaction.atomic():
        consultation = locked(consultation)
        same = consultation.documents.filter(title=title, url=url, text=text).first()
        if same is not None:
            return same
        if consultation.documents.count() >= MAX:
            raise TooManyDocuments
        try:
            with transaction.atomic():
                document = Document.objects.create(
                    consultation=consultation, title=title, url=url, text=text, added_at=at
                )
        except IntegrityError as problem:
            raise DocumentExists from problem
        Consultation.objects.filter(pk=consultation.pk, documents_none=True).update(documents_none=False)
        record("document_added", actor=actor, subject=document)
    return document


class TooManyFileVersions(Refusal):
    code = "too_many_file_versions"
    message = gettext_lazy("Ten versions of this document are kept already. Remove it, then add it anew.")


class NotDescribed(Refusal):
    code = "not_described"
    status = 422
    message = gettext_lazy("Say in words what this picture shows: who does not see it reads that.")


def add_file(
    *,
    consultation: Consultation,
    actor: User | None,
    title: str,
    file: AcceptedFile,
    description: str,
    is_accessible: bool,
    at: datetime,
) -> Document:
    """Add a file to read. The city no longer says "none".

    Raises NotDescribed for a picture without words, DocumentExists, TooManyDocuments or ConsultationArchived. The very
    same file again under this title: it is returned.
    """
    _refuse_without_words(file, description)
    with transaction.atomic():
        consultation = locked(consultation)
        digest = _digest(file)
        same = consultation.documents.filter(title=title, is_file=True, versions__digest=digest).first()
        if same is not None:
            return same
        if consultation.documents.count() >= MAX:
            raise TooManyDocuments
        if consultation.documents.filter(title=title).exists():
            raise DocumentExists
        document = Document.objects.create(consultation=consultation, title=title, is_file=True, added_at=at)
        _keep(document, 1, file, digest, description=description, is_accessible=is_accessible, at=at)
        Consultation.objects.filter(pk=consultation.pk, documents_none=True).update(documents_none=False)
        record("document_added", actor=actor, subject=document)
    return document


def replace_file(
    *, document: Document, actor: User | None, file: AcceptedFile, description: str, is_accessible: bool, at: datetime
) -> DocumentVersion:
    """Have residents read this file from now on; the team still reads the earlier ones.

    Raises NotDescribed, TooManyFileVersions, ConsultationArchived, Document.DoesNotExist where it was removed. The very
    same file as the latest: that one is returned.
    """
    _refuse_without_words(file, description)
    with transaction.atomic():
        consultation = locked(document.consultation)
        document = consultation.documents.get(pk=document.pk, is_file=True)
        versions = list(document.versions.order_by("-number"))
        digest = _digest(file)
        if versions[0].digest == digest:
            return versions[0]
        if len(versions) >= MAX_VERSIONS:
            raise TooManyFileVersions
        number = versions[0].number + 1
        version = _keep(document, number, file, digest, description=description, is_accessible=is_accessible, at=at)
        record("document_replaced", actor=actor, subject=document, version=version.number)
    return version


def _refuse_without_words(file: AcceptedFile, description: str) -> None:
    if file.is_picture and not description:
        raise NotDescribed


def _digest(file: AcceptedFile) -> str:
    digest = sha256()
    for part in _parts(file):
        digest.update(part)
    return digest.hexdigest()[:20]


def _keep(
    document: Document, number: int, file: AcceptedFile, digest: str, *, at: datetime, **said: object
) -> DocumentVersion:
    version = DocumentVersion.objects.create(
        document=document,
        number=number,
        kind=file.kind,
        size=file.size,
        pages=min(file.pages, 32_000),
        digest=digest,
        added_at=at,
        **said,
    )
    for position, part in enumerate(_parts(file)):
        DocumentPart.objects.create(version=version, position=position, content=part)
    return version


def _parts(file: AcceptedFile) -> Iterator[bytes]:
    file.content.seek(0)
    while part := file.content.read(_PART):
        yield part


def copy_file(*, document: Document, to: Document) -> None:
    """The latest version, as the first of another document: bytes go from table to table, part by part."""
    version = document.versions.order_by("-number").first()
    if version is None:
        return
    parts = list(version.parts.order_by("position").values_list("pk", flat=True))
    version.pk, version.document, version.number = None, to, 1
    version._state.adding = True
    version.save()
    for pk in parts:
        part = DocumentPart.objects.get(pk=pk)
        DocumentPart.objects.create(version=version, position=part.position, content=part.content)


def remove_document(*, consultation: Consultation, document_id: int, actor: User) -> None:
    """Remove a document. Gone already: nothing happens. Raises ConsultationArchived."""
    with transaction.atomic():
        locked(consultation)
        document = Document.objects.filter(pk=document_id, consultation=consultation).first()
        if document is not None:
            document.delete()
            record("document_removed", actor=actor, subject=consultation, document=document_id, name=document.title)


def say_no_documents(*, consultation: Consultation, actor: User | None) -> None:
    """Declare that there is nothing else to read. Where documents are, or it is said already, nothing happens. Raises
    ConsultationArchived.
    """
    with transaction.atomic():
        consultation = locked(consultation)
        if consultation.documents_none or consultation.documents.exists():
            return
        consultation.documents_none = True
        consultation.save(update_fields=["documents_none"])
        record("documents_declared_none", actor=actor, subject=consultation)
