"""Requests of cities to be verified, and operators' decisions. In public."""

from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django_tenants.utils import schema_context

from accounts.audit import record
from accounts.mail import send_mail_later
from accounts.models import User
from common.refusals import Refusal
from common.text import clean_text
from tenants.domains.register import mail_administrators
from tenants.enums import LifecycleState
from tenants.models import KnownDomain, Municipality, VerificationRequest
from tenants.verification.likeness import domain_of, is_webmail

REASON_MAX, SOURCE_MAX = 500, 300


class ReasonMissing(Refusal):
    code = "verification_reason_missing"
    status = 422
    message = _("Say why, in a sentence: the city reads it.")


class NobodyWaits(Refusal):
    """No request waits, so there is no evidence: whoever decides must give a reason."""

    code = "nobody_waits"
    message = _("Nobody waits for this decision any more. To verify all the same, say how you know.")


def waiting() -> QuerySet[VerificationRequest]:
    """The requests without a decision, oldest first."""
    living = VerificationRequest.objects.filter(decided_at=None).exclude(municipality__state=LifecycleState.DELETED)
    return living.select_related("municipality").order_by("asked_at", "pk")


def latest_of(municipality: Municipality) -> VerificationRequest | None:
    """The city's latest request, decided or not."""
    with schema_context("public"):
        return VerificationRequest.objects.filter(municipality=municipality).order_by("-asked_at", "-pk").first()


def is_known(domain: str, *, kind: str, code: str) -> bool:
    """Whether this exact mail domain is known to be that authority's."""
    return bool(code) and KnownDomain.objects.filter(domain=domain, kind=kind, authority_code=code).exists()


# ── Asking ───────────────────────────────────────────────────────────────────


def ask(*, municipality: Municipality, asker_email: str, at: datetime) -> VerificationRequest:
    """Make a request for a city and write to the operators; one that waits already stays as it is."""
    with transaction.atomic():
        request, is_new = VerificationRequest.objects.get_or_create(
            municipality=municipality, decided_at=None, defaults={"asker_email": asker_email, "asked_at": at}
        )
        if is_new:
            _mail_the_service(municipality)
    return request


def ask_again(*, municipality: Municipality, asker_email: str, at: datetime) -> None:
    """Make a new request for a city that was refused, from its schema. Verified, or waiting: nothing happens."""
    with schema_context("public"), transaction.atomic():
        city = Municipality.objects.select_for_update(of=("self",), no_key=True).get(pk=municipality.pk)
        if not city.verified_at:
            ask(municipality=city, asker_email=asker_email, at=at)


def note_vouched(*, municipality: Municipality, asker_email: str, domain: str, at: datetime) -> bool:
    """Note the confirmed domain on the city's request, a new one where the last is decided. False: verified already."""
    with transaction.atomic():
        if Municipality.objects.select_for_update(of=("self",), no_key=True).get(pk=municipality.pk).verified_at:
            return False
        request = ask(municipality=municipality, asker_email=asker_email, at=at)
        request.vouched_domain, request.vouched_at = domain, at
        request.save(update_fields=["vouched_domain", "vouched_at"])
    return True


def _mail_the_service(municipality: Municipality) -> None:
    page = settings.PUBLIC_BASE_URL + "/ops/verifications/"
    send_mail_later(
        template="tenants/email/verification_waits",
        to=settings.SERVICE_EMAIL,
        context={"name": municipality.name, "kind": municipality.kind, "page": page},
    )


# ── Deciding ─────────────────────────────────────────────────────────────────


def accept(*, municipality: Municipality, operator: User, at: datetime, source: str = "", reason: str = "") -> None:
    """Verify the authority: it may open. Verified already: nothing happens.

    `source`, where it is written that the domain is the authority's, makes the domain known: the next request from it
    needs no decision. `reason` is needed where no request with its evidence waits, and stands in the trail. Raises
    NobodyWaits without it.
    """
    source = clean_text(source, one_line=True)[:SOURCE_MAX]
    reason = clean_text(reason)[:REASON_MAX]
    with transaction.atomic():
        city = _verify(municipality, at=at)
        if city is None:
            return
        if not reason and not city.verifications.filter(decided_at=None).exists():
            raise NobodyWaits
        domain = _decided(city, operator=operator, accepted=True, at=at, reason=reason)
        record("authority_verified", actor=operator, subject=city, domain=domain, source=source, reason=reason)
        if source and domain and city.authority_code and not is_webmail(domain):
            KnownDomain.objects.get_or_create(
                domain=domain,
                kind=city.kind,
                authority_code=city.authority_code,
                defaults={"source": source, "added_at": at, "added_by": operator.pk},
            )
        mail_administrators(city, "tenants/email/verification_accepted")


def refuse(*, municipality: Municipality, operator: User, reason: str, at: datetime) -> None:
    """Refuse the city's request; it may ask again. No request waits: nothing happens. Raises ReasonMissing."""
    reason = clean_text(reason)[:REASON_MAX]
    if not reason:
        raise ReasonMissing
    with transaction.atomic():
        city = Municipality.objects.select_for_update(of=("self",), no_key=True).get(pk=municipality.pk)
        if not city.verifications.filter(decided_at=None).exists():
            return
        _decided(city, operator=operator, accepted=False, reason=reason, at=at)
        record("verification_refused", actor=operator, subject=city, reason=reason)
        mail_administrators(city, "tenants/email/verification_refused", reason=reason)


def verify_by_known_domain(*, municipality: Municipality, at: datetime) -> None:
    """Verify a city without an operator: the mailbox that answered is of a known domain."""
    with transaction.atomic():
        city = _verify(municipality, at=at)
        if city is not None:
            _decided(city, operator=None, accepted=True, at=at)
            mail_administrators(city, "tenants/email/verification_accepted")


def _verify(municipality: Municipality, *, at: datetime) -> Municipality | None:
    """The city, locked and now verified; None when it was before."""
    city = Municipality.objects.select_for_update(of=("self",), no_key=True).get(pk=municipality.pk)
    if city.verified_at:
        return None
    city.verified_at = at
    city.save(update_fields=["verified_at"])
    return city


def _decided(city: Municipality, *, operator: User | None, accepted: bool, at: datetime, reason: str = "") -> str:
    """Close the city's request, if it has one; the domain that it was about."""
    request = city.verifications.select_for_update(of=("self",)).filter(decided_at=None).first()
    if request is None:
        return ""
    domain = request.vouched_domain or domain_of(request.asker_email)
    request.decided_at, request.accepted, request.reason = at, accepted, reason
    request.decided_by = operator.pk if operator else None
    request.asker_email = ""  # of no more use
    request.save(update_fields=["decided_at", "accepted", "reason", "decided_by", "asker_email"])
    return domain
