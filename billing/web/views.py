"""Where Stripe tells what happened."""

import logging

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from billing.clients.webhooks import MAX_BODY, BadWebhook, read_webhook
from billing.limits import WEBHOOKS
from billing.services.webhooks import receive
from common.limits import limited_by

logger = logging.getLogger(__name__)


@csrf_exempt
@require_POST
@limited_by(WEBHOOKS)
def webhook(request: HttpRequest) -> HttpResponse:
    """200 once it is kept, and for what is not for us, too: what is answered otherwise is sent again for days.

    No browser posts here: the signature says who it is.
    """
    at = timezone.now()
    # One more than may be: a body that is too long is not read to its end.
    body = request.read(MAX_BODY + 1)
    try:
        event, not_ours = read_webhook(body=body, signature=request.headers.get("Stripe-Signature", ""), at=at), ""
    except BadWebhook as problem:
        logger.warning("webhook refused: %s", problem.code)
        if problem.code == "no_snapshot":
            return HttpResponse()
        if problem.event is None:
            return HttpResponse(status=413 if problem.code == "too_long" else 400)
        event, not_ours = problem.event, problem.code
    receive(event=event, at=at, not_ours=not_ours)
    return HttpResponse()
