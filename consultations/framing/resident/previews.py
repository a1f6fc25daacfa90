"""Pages of a consultation that is being prepared, as residents will see them: for its team alone."""

from django.http import Http404

from accounts.permissions import reads_ahead
from common.requests import Request
from consultations.framing.models import Consultation
from consultations.framing.selectors import every_consultation


def private_consultation(request: Request, slug: str) -> Consultation:
    """For a page that is kept nowhere. Raises Http404 to whoever is not of the team."""
    found = every_consultation().filter(slug=slug).first() if reads_ahead(request) else None
    if found is None or not found.is_private:
        raise Http404
    request.leaves_holes = False
    return found
