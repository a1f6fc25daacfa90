"""What people gave the demonstration city on paper, at a counter and by telephone, and attached to their accounts."""

from datetime import datetime, timedelta

from django.utils import timezone

from consultations.framing.models import Consultation
from consultations.offline.models import Entry
from consultations.participation.enums import Channel
from consultations.participation.models import Argument, Proposal


def some_came_offline(consultation: Consultation, *, at: datetime) -> None:
    day = timezone.localdate(at - timedelta(days=3))
    proposals = Proposal.objects.published().filter(challenge__consultation=consultation, merged_into=None)
    given = (
        (Channel.PAPER, "Marché du samedi"),
        (Channel.PAPER, "Résidence autonomie"),
        (Channel.DESK, "Accueil de la mairie"),
    )
    for proposal, (channel, place) in zip(proposals.order_by("pk").without_texts()[:9:3], given, strict=False):
        Proposal.objects.filter(pk=proposal.pk).update(came_by=channel)
        Entry.objects.create(
            consultation=consultation,
            challenge_id=proposal.challenge_id,
            proposal=proposal,
            channel=channel,
            place=place,
            given_on=day,
            typed_at=at - timedelta(days=2),
            bound_at=at - timedelta(days=1),
        )
    said = Argument.objects.filter(proposal__in=proposals).order_by("pk").values_list("pk", flat=True)[:2]
    Argument.objects.filter(pk__in=list(said)).update(came_by=Channel.PHONE)
