"""What one should read before answering."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy

from accounts.audit import record
from accounts.models import User
from common.refusals import Refusal
from common.web_addresses import NoWebAddress, is_web_address
from consultations.framing.models import Consultation, Document
from consultations.framing.services.consultations import locked

MAX = 20


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


def remove_document(*, consultation: Consultation, document_id: int, actor: User) -> None:
    """Remove a document. Gone already: nothing happens. Raises ConsultationArchived."""
    with transaction.atomic():
        locked(consultation)
        if Document.objects.filter(pk=document_id, consultation=consultation).delete()[0]:
            record("document_removed", actor=actor, subject=consultation, document=document_id)


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
