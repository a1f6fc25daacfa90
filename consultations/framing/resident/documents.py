"""Files of a consultation, as residents read them: the latest version of each."""

from django.http import Http404, HttpResponse
from django.views.decorators.http import require_safe

from common.requests import Request
from consultations.framing.files import sent
from consultations.framing.permissions import city_visible
from consultations.framing.selectors import document_to_read


@require_safe
@city_visible
def document_file(request: Request, pk: int) -> HttpResponse:
    """Of a consultation that is being prepared beside others there is none at this address."""
    document = document_to_read(pk)
    if document is None or document.latest is None:
        raise Http404
    return sent(document, document.latest)
