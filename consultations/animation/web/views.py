"""Where the mail provider tells of bounces, complaints and people who stop by its own link."""

import logging

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from common.limits import limited_by
from consultations.animation.limits import MAIL_EVENTS
from consultations.animation.services.providers import PROVIDERS, Unreadable, Unsigned, read_events
from consultations.animation.services.returned import take_report

logger = logging.getLogger(__name__)

# A thousand events of a provider that groups them.
MAX_BODY = 2 * 1024 * 1024


@csrf_exempt
@require_POST
@limited_by(MAIL_EVENTS)
def mail_events(request: HttpRequest, provider: str) -> HttpResponse:
    """200 for what is not about a message of ours, too: what is answered otherwise is sent again for days.

    No browser posts here: the secret in the address that the provider was given (https://user:password@…) says who
    it is.
    """
    if not settings.MAIL_WEBHOOK_SECRET or provider not in PROVIDERS:
        raise Http404
    body = request.read(MAX_BODY + 1)
    if len(body) > MAX_BODY:
        logger.warning("events of the mail provider refused: too long")
        return HttpResponse(status=413)
    try:
        reports = read_events(provider, body=body, authorization=request.headers.get("Authorization", ""))
    except Unsigned:
        logger.warning("events of the mail provider refused: unsigned")
        return HttpResponse(status=403)
    except Unreadable:
        logger.warning("events of the mail provider refused: unreadable")
        return HttpResponse(status=400)
    at = timezone.now()
    taken = sum(take_report(report, at=at) for report in reports)
    if taken:
        logger.info("events of the mail provider taken: %s", taken)
    return HttpResponse()
