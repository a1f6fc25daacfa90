"""Signing up, answer by answer; sending the link; confirming.

Each step writes its own answers and nothing else, so that it may be gone back to in any order, in
two tabs, on another device. Nothing is reserved and nothing is made before the link of the
e-mail is pressed.
"""

from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.core import signing
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.audit import record
from accounts.mail import send_mail_later
from common.refusals import Refusal
from onboarding import names
from onboarding.enums import RunState, ToVerify
from onboarding.models import Authority, ProvisioningRun, SignUp
from onboarding.selectors import name_in_mails
from onboarding.services.runs import ask_for_platform
from tenants.enums import AuthorityKind
from tenants.models import Municipality
from tenants.slugs import why_not_free
from tenants.verification.likeness import Likeness, domain_of, looks_like_authority
from tenants.verification.requests import is_known

TERMS_VERSION = "2026-11-29"
AGREEMENT_VERSION = "2026-11"
STEPS = ("authority", "you", "challenges", "platform", "start")
CONFIRMATION_DAYS = 7
UNCONFIRMED_DAYS = 30
_CONFIRM, _RESUME = "onboarding.confirm", "onboarding.resume"
# Its run ended without a platform: the answers can be changed and sent again.
OPEN_AGAIN = (RunState.REFUSED, RunState.CANCELLED)


class ConfirmationRefused(Refusal):
    """The link is forged, broken, too old, or was sent to an address that has been changed since."""

    code = "confirmation_refused"
    status = 410
    message = _("This link no longer works")


class ConfirmationTooOld(ConfirmationRefused):
    """Ours, but older than a week: another one can be sent to the same address."""

    code = "confirmation_too_old"

    def __init__(self, sign_up: SignUp) -> None:
        super().__init__()
        self.sign_up = sign_up


# ── Answers ──────────────────────────────────────────────────────────────────


def choose_authority(*, sign_up: SignUp | None, authority: Authority, at: datetime) -> SignUp:
    """Step 1: take what the directory knows of the authority."""
    sign_up = sign_up or SignUp(created_at=at)
    if sign_up.authority_name != authority.name:
        # Proposed from the former name: proposed anew.
        sign_up.slug = sign_up.title = ""
        sign_up.done_steps = min(sign_up.done_steps, 3)
    sign_up.authority_name, sign_up.authority_code = authority.name, authority.code
    for name in ("kind", "siren", "department_code", "population"):
        setattr(sign_up, name, getattr(authority, name))
    sign_up.to_verify = why_to_verify(sign_up)
    _done(sign_up, 1)
    sign_up.save()
    return sign_up


def describe_authority(*, sign_up: SignUp | None, name: str, kind: str, siren: str, at: datetime) -> SignUp:
    """Step 1 for an authority that the directory lacks: an operator will look at it before it opens.

    Raises names.NameRefused.
    """
    names.check_authority_name(name)
    code = siren if kind == AuthorityKind.INTERCOMMUNALITY else ""
    described = Authority(name=name, kind=kind, code=code, siren=siren)
    return choose_authority(sign_up=sign_up, authority=described, at=at)


def introduce(*, sign_up: SignUp, contact_name: str, contact_role: str, email: str, at: datetime) -> None:
    """Step 2: who asks. The terms and the data-processing agreement are accepted as they read today."""
    if email.lower() != sign_up.email:
        sign_up.confirmed_at = None
    sign_up.contact_name, sign_up.contact_role, sign_up.email = contact_name, contact_role, email.lower()
    sign_up.to_verify = why_to_verify(sign_up)
    if (sign_up.terms_version, sign_up.agreement_version) != (TERMS_VERSION, AGREEMENT_VERSION):
        sign_up.terms_version, sign_up.agreement_version = TERMS_VERSION, AGREEMENT_VERSION
        sign_up.accepted_at = at
    _done(sign_up, 2)
    with transaction.atomic():
        sign_up.save()
        record("terms_accepted", actor=None, subject=sign_up, terms=TERMS_VERSION, agreement=AGREEMENT_VERSION)


def choose_challenges(*, sign_up: SignUp, challenge_set: str, challenges: list[dict[str, str]]) -> None:
    """Step 3: the ticked challenges in their order, [{code, question}], as they were worded."""
    sign_up.challenge_set, sign_up.challenges = challenge_set, challenges
    _done(sign_up, 3)
    sign_up.save(update_fields=["challenge_set", "challenges", "done_steps"])


def keep_logo(*, sign_up: SignUp, logo: bytes | None) -> None:
    """Step 4: keep the logo at once, even where another answer is refused: browsers do not send a file again."""
    sign_up.logo = logo
    sign_up.save(update_fields=["logo"])


def design(*, sign_up: SignUp, slug: str, colour: str, title: str, opens_on: date, closes_on: date) -> None:
    """Step 4: the platform's address and look, the consultation's title and days."""
    sign_up.slug, sign_up.colour, sign_up.title = slug, colour, title
    sign_up.opens_on, sign_up.closes_on = opens_on, closes_on
    _done(sign_up, 4)
    sign_up.save(update_fields=["slug", "colour", "title", "opens_on", "closes_on", "done_steps"])


def _done(sign_up: SignUp, step: int) -> None:
    sign_up.done_steps = max(sign_up.done_steps, step)


# ── What may stand in the way ────────────────────────────────────────────────


def serving(sign_up: SignUp) -> Municipality | None:
    """The platform that this authority has already, found by its code or its SIREN."""
    return platform_of(kind=sign_up.kind, code=sign_up.authority_code, siren=sign_up.siren)


def why_not_address(sign_up: SignUp, slug: str = "") -> str:
    """Why the authority may not have this address, or the one it chose; "" where it may."""
    return why_not_free(slug or sign_up.slug, kind=sign_up.kind, authority_code=sign_up.authority_code)


def platform_of(*, kind: str, code: str, siren: str) -> Municipality | None:
    same = Q(kind=kind, authority_code=code) if code else Q(pk__in=[])
    if siren:
        same |= Q(siren=siren)
    return Municipality.objects.filter(same).order_by("pk").first()


def why_to_verify(sign_up: SignUp) -> str:
    """A ToVerify, or "" where the e-mail's domain is known to be the authority's."""
    if not sign_up.authority_code and not sign_up.siren:
        return ToVerify.NOT_LISTED
    if not sign_up.email or is_known(domain_of(sign_up.email), kind=sign_up.kind, code=sign_up.authority_code):
        return ""
    likeness = looks_like_authority(
        sign_up.email, name=sign_up.authority_name, kind=sign_up.kind, department_code=sign_up.department_code
    )
    return {Likeness.WEBMAIL: ToVerify.WEBMAIL, Likeness.OK: ToVerify.LIKELY}.get(likeness, ToVerify.OTHER_DOMAIN)


# ── Links ────────────────────────────────────────────────────────────────────


def send_confirmation(*, sign_up: SignUp, at: datetime) -> None:
    """Step 5: send the link that starts the platform. Sent again, it is the same link."""
    _done(sign_up, 5)
    sign_up.sent_at = at
    with transaction.atomic():
        sign_up.save(update_fields=["sent_at", "done_steps"])
        link = _link("signup_confirm", _confirming(sign_up.email).sign(str(sign_up.pk)))
        context = {"name": _mails_name(sign_up), "kind": sign_up.kind, "link": link}
        send_mail_later(template="onboarding/email/confirm", to=sign_up.email, context=context)
        record("signed_up", actor=None, subject=sign_up, slug=sign_up.slug)


def send_resume_link(*, sign_up: SignUp, email: str) -> None:
    """Mail a link with which to continue on another day or device."""
    with transaction.atomic():
        link = _link("signup_resume", signing.dumps([str(sign_up.pk)], salt=_RESUME))
        context = {"name": _mails_name(sign_up), "kind": sign_up.kind, "link": link}
        send_mail_later(template="onboarding/email/resume", to=email, context=context)


def _mails_name(sign_up: SignUp) -> str:
    return name_in_mails(kind=sign_up.kind, code=sign_up.authority_code, name=sign_up.authority_name)


def sign_up_of(token: str) -> SignUp:
    """The sign-up that a confirmation link stands for. Raises ConfirmationRefused."""
    try:
        asked = SignUp.objects.get(pk=token.partition(":")[0])
        _confirming(asked.email).unsign(token)
    except (signing.BadSignature, SignUp.DoesNotExist, ValidationError, ValueError) as problem:
        raise ConfirmationRefused from problem
    try:
        _confirming(asked.email).unsign(token, max_age=timedelta(days=CONFIRMATION_DAYS))
    except signing.SignatureExpired as problem:
        raise ConfirmationTooOld(asked) from problem
    return asked


def sign_up_to_resume(token: str) -> SignUp:
    """Raises ConfirmationRefused."""
    try:
        (key,) = signing.loads(token, salt=_RESUME, max_age=timedelta(days=UNCONFIRMED_DAYS))
        return SignUp.objects.get(pk=key)
    except (signing.BadSignature, SignUp.DoesNotExist, ValueError, TypeError) as problem:
        raise ConfirmationRefused from problem


def _confirming(email: str) -> signing.TimestampSigner:
    """A signer for one address, which is not in the link: the link of another address is refused."""
    return signing.TimestampSigner(salt=f"{_CONFIRM}.{email}")


def _link(name: str, token: str) -> str:
    return f"{settings.PUBLIC_BASE_URL}{reverse(name, args=[token], urlconf=settings.PUBLIC_SCHEMA_URLCONF)}"


# ── Starting ─────────────────────────────────────────────────────────────────


def confirm(*, sign_up: SignUp, at: datetime) -> ProvisioningRun:
    """Start the run of a confirmed sign-up. Confirmed already, by the same link or at once: the same run.

    A run that was refused or cancelled made nothing: it is left to history and another one starts.
    """
    with transaction.atomic():
        asked = SignUp.objects.select_for_update().get(pk=sign_up.pk)
        run = ProvisioningRun.objects.filter(sign_up=asked).first()
        if run is not None and run.state not in OPEN_AGAIN:
            return run
        if run is not None:
            ProvisioningRun.objects.filter(pk=run.pk).update(sign_up=None)
        asked.confirmed_at = asked.confirmed_at or at
        asked.save(update_fields=["confirmed_at"])
        return ask_for_platform(
            asked.wanted,
            sign_up=asked,
            challenge_set=asked.challenge_set,
            admin_email=asked.email,
            # As it is known today: what the answers were judged by may be weeks old.
            verified=not why_to_verify(asked),
            framing=_framing(asked),
        )


def mark_confirmed(*, sign_up: SignUp, at: datetime) -> None:
    """Note that the link proved the address, though the run cannot start."""
    SignUp.objects.filter(pk=sign_up.pk, confirmed_at__isnull=True).update(confirmed_at=at)


def _framing(asked: SignUp) -> dict[str, Any]:
    """What framing seeds the first consultation with (tenants.events)."""
    return {
        "title": asked.title,
        "challenges": asked.challenges,
        "opens_on": asked.opens_on.isoformat() if asked.opens_on else "",
        "closes_on": asked.closes_on.isoformat() if asked.closes_on else "",
    }


def forget_unconfirmed(*, at: datetime) -> int:
    """Remove sign-ups that nobody confirmed within a month; how many."""
    old = SignUp.objects.filter(confirmed_at__isnull=True, created_at__lt=at - timedelta(days=UNCONFIRMED_DAYS))
    return old.delete()[0]
