"""Campaigns of the demonstration city: one that was sent, with its results, and a draft. Nothing leaves."""

from datetime import datetime, timedelta

from accounts.models import User
from consultations.animation.enums import CampaignState, RecipientState, Returned
from consultations.animation.models import Campaign, Recipient
from consultations.framing.models import Challenge
from notifications.models import MailAgreement
from notifications.services.agreeing import WORDS

_SENT = """{bonjour}

La consultation est ouverte depuis un mois. Samedi à dix heures, nous lirons ensemble les propositions.
Ce sera à la bibliothèque : l’entrée est libre et l’accès de plain-pied.

Pour lire les propositions, ou en écrire une avant samedi :
{lien}
"""
_DRAFT = """{bonjour}

Il reste quelques jours pour réagir aux propositions.
Dites pourquoi vous soutenez une idée, ou ce qui la rendrait meilleure : c’est ce qui aide le plus ses auteurs.

{lien}
"""


def show_campaigns(*, at: datetime) -> None:
    people = list(User.objects.filter(email__endswith="@demo.example", is_active=True).order_by("pk"))
    agreed = people[::2]
    MailAgreement.objects.bulk_create(
        MailAgreement(user=user, agreed_at=at - timedelta(days=20 + number % 9), words=str(WORDS))
        for number, user in enumerate(agreed)
    )
    left = at - timedelta(days=6)
    campaign = Campaign.objects.create(
        subject="Samedi, lisons ensemble les propositions",
        body=_SENT,
        segment="everybody",
        audience="Toutes les personnes qui ont donné leur accord",
        state=CampaignState.SENT,
        created_at=left - timedelta(days=1),
        decided_at=left,
        planned_at=left,
        finished_at=left + timedelta(minutes=2),
    )
    rows = [
        Recipient(campaign=campaign, user=user, state=RecipientState.SENT, due_at=left, sent_at=left, tries=1)
        for user in agreed
    ]
    for row in rows[:1]:
        row.state, row.sent_at, row.code = RecipientState.REFUSED, None, 550
    for row in rows[1:2]:
        row.returned, row.returned_at = Returned.SOFT, left + timedelta(hours=1)
    for row in rows[2:3]:
        row.unsubscribed_at = left + timedelta(hours=5)
        MailAgreement.objects.filter(user=row.user).update(withdrawn_at=row.unsubscribed_at)
    Recipient.objects.bulk_create(rows)
    Campaign.objects.create(
        subject="Encore quelques jours pour réagir",
        body=_DRAFT,
        segment="reacted",
        value=str(_busiest()),
        created_at=at - timedelta(hours=4),
    )


def _busiest() -> int:
    busiest = Challenge.objects.filter(consultation__is_current=True).order_by("-proposal_count", "pk")
    return busiest.values_list("pk", flat=True)[0]
