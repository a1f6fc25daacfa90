"""Campaigns, and people who agreed to them."""

from datetime import timedelta
from typing import Any

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from accounts.models import User
from consultations.animation.models import Campaign, Recipient
from consultations.animation.selectors import mark_seen, people_of
from consultations.animation.services.planning import decide
from notifications.models import MailAgreement
from tests.accounts.factories import UserFactory


class AgreementFactory(DjangoModelFactory[MailAgreement]):
    class Meta:
        model = MailAgreement

    user = factory.SubFactory(UserFactory)
    agreed_at = factory.LazyFunction(lambda: timezone.now() - timedelta(days=9))
    words = "J’accepte."


class CampaignFactory(DjangoModelFactory[Campaign]):
    class Meta:
        model = Campaign

    subject = "Rencontre publique samedi"
    body = "{bonjour}\n\nVenez samedi à dix heures, salle des fêtes.\n\n{lien}"
    segment = "everybody"
    value = ""
    created_by = factory.SubFactory(UserFactory)


class RecipientFactory(DjangoModelFactory[Recipient]):
    class Meta:
        model = Recipient

    user = factory.LazyFunction(lambda: agreeing())
    due_at = factory.LazyFunction(timezone.now)


def agreeing(**kwargs: Any) -> User:
    """Somebody who came in, and agreed to be written to."""
    found: User = AgreementFactory(user__last_login=timezone.now(), **{f"user__{k}": v for k, v in kwargs.items()}).user
    return found


def decided(campaign: Campaign, **kwargs: Any) -> Campaign:
    """As by the press of somebody who has just looked at the page."""
    seen = mark_seen(campaign, list(people_of(campaign).values_list("pk", flat=True)))
    given = {"seen": seen, "revision": campaign.revision, "by": campaign.created_by, "at": timezone.now(), **kwargs}
    return decide(campaign=campaign, **given)
