"""Signing up, confirming, asking for a platform."""

from datetime import datetime, timedelta

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from accounts.audit import record
from accounts.mail import send_mail_later
from accounts.models import User
from common.events import on_commit_here
from onboarding.enums import RunState
from onboarding.models import ProvisioningRun, SignUp
from onboarding.queue import dispatch
from tenants.models import DEFAULT_COLOUR, Municipality
from tenants.services import RESERVED_SLUGS

TERMS_VERSION = "2026-11"
CONFIRMATION_DAYS = 7
UNCONFIRMED_DAYS = 30
# A run offered to the workers and not finished by then is offered again (onboarding.tasks).
OFFERED_AGAIN_AFTER = timedelta(seconds=10)
_SALT = "onboarding.confirm"


class ConfirmationRefused(Exception):
    """The link is forged, broken or too old."""


def slug_is_free(slug: str) -> bool:
    return slug not in RESERVED_SLUGS and not Municipality.objects.filter(slug=slug).exists()


def authority_is_served(*, kind: str, code: str) -> bool:
    return bool(code) and Municipality.objects.filter(kind=kind, authority_code=code).exists()


def sign_up(*, at: datetime, **answers: str) -> SignUp:
    """Keep what was asked for and send the confirmation. No address is reserved and nothing is made."""
    with transaction.atomic():
        asked = SignUp.objects.create(created_at=at, terms_version=TERMS_VERSION, **answers)
        token = signing.dumps(str(asked.pk), salt=_SALT)
        link = settings.PUBLIC_BASE_URL + reverse(
            "signup_confirm", args=[token], urlconf=settings.PUBLIC_SCHEMA_URLCONF
        )
        send_mail_later(template="onboarding/email/confirm", to=asked.email, context={"sign_up": asked, "link": link})
        record("signed_up", actor=None, subject=asked, slug=asked.slug)
    return asked


def sign_up_of(token: str) -> SignUp:
    """The sign-up that a confirmation link stands for. Raises ConfirmationRefused."""
    try:
        key = signing.loads(token, salt=_SALT, max_age=timedelta(days=CONFIRMATION_DAYS))
        return SignUp.objects.get(pk=key)
    except (signing.BadSignature, SignUp.DoesNotExist) as problem:
        raise ConfirmationRefused from problem


def confirm(*, sign_up: SignUp, at: datetime) -> ProvisioningRun:
    """Start the run of a confirmed sign-up. Confirmed already, by the same link or at once: the same run."""
    with transaction.atomic():
        asked = SignUp.objects.select_for_update().get(pk=sign_up.pk)
        run = ProvisioningRun.objects.filter(sign_up=asked).first()
        if run is not None:
            return run
        asked.confirmed_at = at
        asked.save(update_fields=["confirmed_at"])
        return ask_for_platform(
            sign_up=asked,
            authority_name=asked.authority_name,
            kind=asked.kind,
            authority_code=asked.authority_code,
            slug=asked.slug,
            challenge_set=asked.challenge_set,
            admin_email=asked.email,
        )


def ask_for_platform(
    *,
    authority_name: str,
    kind: str,
    authority_code: str,
    slug: str,
    challenge_set: str,
    admin_email: str,
    colour: str = DEFAULT_COLOUR,
    verified: bool = False,
    sign_up: SignUp | None = None,
    dispatched: bool = True,
) -> ProvisioningRun:
    """Write a run down and offer it to the workers; if none can be reached now, the sweeper will."""
    with transaction.atomic():
        run = ProvisioningRun.objects.create(
            sign_up=sign_up,
            authority_name=authority_name,
            kind=kind,
            authority_code=authority_code,
            slug=slug,
            colour=colour,
            challenge_set=challenge_set,
            admin_email=admin_email.strip().lower(),
            verified=verified,
            next_try_at=timezone.now() + (OFFERED_AGAIN_AFTER if dispatched else timedelta()),
        )
        record("platform_asked_for", actor=None, subject=run, slug=slug)
        if dispatched:
            on_commit_here(lambda: dispatch(run.pk))
    return run


def retry(*, run: ProvisioningRun, operator: User, at: datetime) -> None:
    """Give a failed run a fresh start from its step."""
    with transaction.atomic():
        changed = ProvisioningRun.objects.filter(pk=run.pk, state=RunState.FAILED).update(
            state=RunState.RUNNING, attempts=0, next_try_at=at, ended_at=None
        )
        if changed:
            record("provisioning_retried", actor=operator, subject=run)
            on_commit_here(lambda: dispatch(run.pk))


def forget_unconfirmed(*, at: datetime) -> int:
    """Remove sign-ups that nobody confirmed within a month; how many."""
    old = SignUp.objects.filter(confirmed_at__isnull=True, created_at__lt=at - timedelta(days=UNCONFIRMED_DAYS))
    return old.delete()[0]
