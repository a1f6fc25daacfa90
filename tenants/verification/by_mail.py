"""Evidence by mail: a reader of the authority's own mailbox confirms that its administrator acts for it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django_tenants.utils import schema_context

from accounts.audit import record
from accounts.mail import send_mail_later
from accounts.models import User
from common.refusals import Refusal
from tenants.models import Municipality
from tenants.verification import requests
from tenants.verification.likeness import domain_of, is_webmail

LINK_DAYS = 7
_SALT = "tenants.verification"


class AnyonesDomain(Refusal):
    """The address is of a domain where anyone can have one: no link is sent there."""

    code = "anyones_domain"
    status = 422
    message = _("Anyone can have an address there, so it would prove nothing. No other address? Write to us.")


class LinkRefused(Refusal):
    """The link is forged, older than a week, or another city's."""

    code = "verification_link_refused"
    status = 410
    message = _("This link no longer works")


@dataclass(frozen=True)
class Request:
    """What a link stands for: who asked, and the domain that the mail went to."""

    asked_by: User
    domain: str


def must_be_of_a_domain(email: str) -> None:
    """Raises AnyonesDomain for an address that anybody could have."""
    if is_webmail(domain_of(email)):
        raise AnyonesDomain


def send_link(*, municipality: Municipality, email: str, actor: User) -> None:
    """Mail a link to an address of the authority; its button vouches for `actor`. In the city's schema.

    Raises AnyonesDomain. Verified already: nothing is sent.
    """
    must_be_of_a_domain(email)
    if municipality.verified_at:
        return
    domain = domain_of(email)
    token = signing.dumps({"city": municipality.schema_name, "by": actor.pk, "domain": domain}, salt=_SALT)
    link = municipality.url.rstrip("/") + reverse("verification_link", args=[token], urlconf=settings.ROOT_URLCONF)
    with transaction.atomic():
        record("verification_mailed", actor=actor, subject=municipality, domain=domain)
        send_mail_later(
            template="tenants/email/verification",
            to=email,
            context={"city": municipality, "link": link, "days": LINK_DAYS},
        )


def request_of(*, token: str, municipality: Municipality) -> Request:
    """What a link of this city stands for. Raises LinkRefused."""
    try:
        said = signing.loads(token, salt=_SALT, max_age=timedelta(days=LINK_DAYS))
        if said["city"] != municipality.schema_name:
            raise LinkRefused
        return Request(asked_by=User.objects.get(pk=said["by"]), domain=said["domain"])
    except (signing.BadSignature, User.DoesNotExist) as problem:
        raise LinkRefused from problem


def vouch(*, municipality: Municipality, request: Request, at: datetime) -> bool:
    """Note that somebody at the domain vouched for its administrator; whether that verified the authority.

    It does where the domain is known to be the authority's; else an operator decides. In the city's schema: the
    register is written as the service. Verified before: nothing happens.
    """
    with transaction.atomic():
        with schema_context("public"):
            if not requests.note_vouched(
                municipality=municipality, asker_email=request.asked_by.email, domain=request.domain, at=at
            ):
                return False
            known = requests.is_known(request.domain, kind=municipality.kind, code=municipality.authority_code)
            if known:
                requests.verify_by_known_domain(municipality=municipality, at=at)
        record("authority_vouched_for", actor=request.asked_by, subject=municipality, domain=request.domain)
        if known:
            record("authority_verified", actor=request.asked_by, subject=municipality, domain=request.domain)
    return known
