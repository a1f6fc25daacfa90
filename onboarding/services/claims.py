"""A second person for an authority that has a platform: handed to its team once it is verified, to the operators
before.

An unverified platform does not hold the authority: whoever began it may be anybody, and must neither learn who else
asks for it nor be the one who answers.
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
    """Pass a second person's message on. Whom it goes to is not shown.

    Raises names.NameRefused for a name or a message with a link or an address.
    """
    names.check_leads_nowhere(name)
    names.check_leads_nowhere(message)
    if city.verified_at is None:
        _mail_operators(city, name=name, email=email, message=message, at=at)
    else:
        _mail_administrators(city, name=name, email=email, message=message)


def _mail_operators(city: Municipality, *, name: str, email: str, message: str, at: datetime) -> None:
    page = settings.PUBLIC_BASE_URL + "/ops/verifications/"
    context = {"city": city, "name": name, "email": email, "message": message, "page": page}
    with schema_context("public"), transaction.atomic():
        Claim.objects.create(municipality=city, name=name, email=email, message=message, sent_at=at)
        send_mail_later(template="onboarding/email/claim", to=settings.SERVICE_EMAIL, context=context)


def _mail_administrators(city: Municipality, *, name: str, email: str, message: str) -> None:
    """Mail those who have come in: strangers' words go to no unconfirmed address. Where there is none, mail the
    service.
    """
    context = {"city": city, "name": name, "email": email, "message": message, "team_url": f"{city.url}gestion/equipe/"}
    with schema_context(city.schema_name), transaction.atomic():
        administrators = User.objects.filter(role=Role.ADMINISTRATOR, is_active=True).order_by("pk")
        known = [each.email for each in administrators if each.has_come_in]
        for address in known or [settings.SERVICE_EMAIL]:
            send_mail_later(template="onboarding/email/colleague", to=address, context=context)


def forget_claims(*, at: datetime) -> int:
    """Delete claims whose authority is verified, or that are three months old; how many."""
    decided = Claim.objects.filter(municipality__verified_at__isnull=False)
    return decided.delete()[0] + Claim.objects.filter(sent_at__lt=at - CLAIMS_KEPT).delete()[0]
