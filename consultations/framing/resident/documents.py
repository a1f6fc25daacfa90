"""Files of a consultation, as residents read them: the latest version of each."""

from django.http import Http404, HttpResponse
from django.views.decorators.http import require_safe

from accounts.permissions import reads_ahead
from common.requests import Request
from consultations.framing.files import sent
from consultations.framing.models import Consultation
from consultations.framing.permissions import city_visible
from consultations.framing.resident.previews import previewed
from consultations.framing.selectors import document_to_read


@require_safe
@city_visible
def document_file(request: Request, pk: int) -> HttpResponse:
    """Of a consultation that is being prepared beside others its team alone reads them, as it reads its page."""
    document = document_to_read(pk, ahead=reads_ahead(request))
    if document is None or document.latest is None:
        raise Http404
    return sent(request, document, document.latest, kept=document.consultation.opened_at is not None)


@previewed
def document_preview(request: Request, consultation: Consultation, mark: str, pk: int) -> HttpResponse:
    """To whoever has the link of its consultation."""
    document = document_to_read(pk, ahead=True)
    if document is None or document.latest is None or document.consultation_id != consultation.pk:
        raise Http404
    return sent(request, document, document.latest, kept=False)
