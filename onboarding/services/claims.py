"""Whoever comes second to an authority's platform: to its team once it is verified, to the operators before.

A platform that nobody has verified does not hold the authority: whoever began it may be anybody, and must neither
learn who asks for it nor be the one who answers.
"""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django_tenants.utils import schema_context

from accounts.enums import Role
from accounts.mail import send_mail_later
from accounts.models import User
from onboarding import names
from onboarding.models import Claim
from tenants.models import Municipality

CLAIMS_KEPT = timedelta(days=90)


def write_about_platform(*, city: Municipality, name: str, email: str, message: str, at: datetime) -> None:
    """Hand on what a second person writes about a platform that exists. Who reads it is not shown.

    Raises names.NameRefused for a name or a message that leads elsewhere.
    """
    names.check_leads_nowhere(name)
    names.check_leads_nowhere(message)
    if city.verified_at is None:
        _tell_operators(city, name=name, email=email, message=message, at=at)
    else:
        _tell_administrators(city, name=name, email=email, message=message)


def _tell_operators(city: Municipality, *, name: str, email: str, message: str, at: datetime) -> None:
    page = settings.PUBLIC_BASE_URL + "/ops/verifications/"
    context = {"city": city, "name": name, "email": email, "message": message, "page": page}
    with schema_context("public"), transaction.atomic():
        Claim.objects.create(municipality=city, name=name, email=email, message=message, sent_at=at)
        send_mail_later(template="onboarding/email/claim", to=settings.SERVICE_EMAIL, context=context)


def _tell_administrators(city: Municipality, *, name: str, email: str, message: str) -> None:
    """Only to those who have come in: anybody's words go to no address that nobody has confirmed. Where there is none
    yet, to the service."""
    context = {"city": city, "name": name, "email": email, "message": message, "team_url": f"{city.url}gestion/equipe/"}
    with schema_context(city.schema_name), transaction.atomic():
        administrators = User.objects.filter(role=Role.ADMINISTRATOR, is_active=True).order_by("pk")
        known = [each.email for each in administrators if each.has_come_in]
        for address in known or [settings.SERVICE_EMAIL]:
            send_mail_later(template="onboarding/email/colleague", to=address, context=context)


def forget_claims(*, at: datetime) -> int:
    """Remove those that are decided, because the authority is verified, or that are three months old; how many."""
    decided = Claim.objects.filter(municipality__verified_at__isnull=False)
    return decided.delete()[0] + Claim.objects.filter(sent_at__lt=at - CLAIMS_KEPT).delete()[0]
