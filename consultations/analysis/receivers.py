"""What analysis does when others act: figures are counted again, once a minute at most however many people write."""

from datetime import timedelta
from typing import Any

from django.core.cache import cache
from django.db.models.signals import post_save
from django.dispatch import receiver
from django.utils import timezone

from common.db import connection
from common.events import on_commit_here
from common.outbox import enqueue_each_at
from consultations.analysis.services.themes import theme_soon
from consultations.analysis.services.topic_labels import prune_labels
from consultations.analysis.tasks import count_again
from consultations.cocreation.events import argument_answered, collective_formed, collective_undone, version_published
from consultations.moderation.events import decision_taken
from consultations.participation.events import argument_given, proposal_submitted, reply_given
from consultations.participation.models import Proposal

TOGETHER = timedelta(minutes=1)


@receiver(post_save, sender=Proposal)
@receiver(proposal_submitted)
@receiver(argument_given)
@receiver(reply_given)
@receiver(argument_answered)
@receiver(version_published)
@receiver(collective_formed)
@receiver(collective_undone)
@receiver(decision_taken)
def figures_changed(sender: Any, **kwargs: Any) -> None:
    """A reaction is counted in its proposal. What is forgotten here, by a kill or without Redis, the night counts."""
    on_commit_here(_count_soon)


def _count_soon() -> None:
    if cache.add(f"figures|{connection.schema_name}", "1", TOGETHER.total_seconds()):
        enqueue_each_at(count_again, [(timezone.now() + TOGETHER, {})])


@receiver(post_save, sender=Proposal)
def says_it_no_more(sender: Any, instance: Proposal, created: bool, **kwargs: Any) -> None:
    """A text was hidden, or words were taken out of it: at once they name no theme."""
    if not created:
        prune_labels(instance.challenge_id)


@receiver(collective_undone)
def no_longer_together(sender: Any, collective_id: int, **kwargs: Any) -> None:
    for challenge_id in Proposal.objects.filter(pk=collective_id).values_list("challenge_id", flat=True):
        prune_labels(challenge_id)


@receiver(proposal_submitted)
def has_a_theme(sender: Any, proposal_id: int, **kwargs: Any) -> None:
    proposal = Proposal.objects.filter(pk=proposal_id).first()
    if proposal is not None:
        theme_soon(proposal, at=timezone.now())
