"""Sign-ups' limits, refused with a sentence in the page."""

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.mail_domains import bought_domain, domain_of, is_webmail
from accounts.mailboxes import mailbox_of
from common.limits import Limit, TooMany, consume, waiting_time
from onboarding.limits import UNVERIFIED_PLATFORMS
from onboarding.models import SignUp
from onboarding.services import sign_ups as services


def refused(limit: Limit, request: HttpRequest, key: str = "") -> str:
    """Count one more; the sentence to show where that is too many, else ""."""
    try:
        consume(limit, request=request, key=key)
    except TooMany as refusal:
        return _("%(why)s Or write to us.") % {"why": refusal.message}
    return ""


def refused_to_start(request: HttpRequest, sign_up: SignUp) -> str:
    """Count one more platform begun for an authority by somebody not known to speak for it."""
    if not services.why_to_verify(sign_up):
        return ""
    email = sign_up.email
    try:
        consume(
            UNVERIFIED_PLATFORMS,
            request=request,
            key=mailbox_of(email) if is_webmail(domain_of(email)) else bought_domain(email),
        )
    except TooMany as refusal:
        said = _(
            "Several platforms that wait to be verified were begun today with your address or from your network. "
            "Write to us at %(address)s: we start yours with you. Or try again %(when)s."
        )
        when = waiting_time(refusal.retry_at, at=timezone.now())
        return said % {"address": settings.SERVICE_EMAIL, "when": when}
    return ""
