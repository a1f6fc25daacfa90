"""Signing up, answer by answer, and confirming."""

from datetime import datetime, timedelta

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.urls import reverse

from accounts.audit import record
from accounts.mail import send_mail_later
from onboarding.models import ProvisioningRun, SignUp
from onboarding.services.runs import ask_for_platform
from tenants.models import Municipality
from tenants.services import RESERVED_SLUGS

TERMS_VERSION = "2026-11"
CONFIRMATION_DAYS = 7
UNCONFIRMED_DAYS = 30
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


def forget_unconfirmed(*, at: datetime) -> int:
    """Remove sign-ups that nobody confirmed within a month; how many."""
    old = SignUp.objects.filter(confirmed_at__isnull=True, created_at__lt=at - timedelta(days=UNCONFIRMED_DAYS))
    return old.delete()[0]
