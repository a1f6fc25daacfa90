"""Themes of a challenge: what was learnt, what the team corrected, and what comes of both."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext

from consultations.analysis.enums import CorrectionKind
from consultations.framing.models import Challenge, Consultation
from consultations.participation.models import Proposal

TOPIC_NAME_MAX = 80


class TopicModel(models.Model):
    """What a run learnt of a challenge: words, and where each proposal goes. One is in force, and one may wait."""

    challenge = models.ForeignKey(Challenge, on_delete=models.CASCADE, related_name="+", db_index=False)
    learnt = models.JSONField(default=dict, help_text="methods.themes.Model: what folds a new text in.")
    places = models.JSONField(default=dict, help_text="{proposal: [number of its theme or null, how near]}.")
    made_at = models.DateTimeField()
    taken_at = models.DateTimeField(null=True, help_text="Since when it is in force; none: it waits to be read.")
    taken_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["challenge"], name="topic_model_one_taken", condition=models.Q(taken_at__isnull=False)
            ),
            models.UniqueConstraint(
                fields=["challenge"], name="topic_model_one_waiting", condition=models.Q(taken_at__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.challenge_id} ({self.pk})"


class Topic(models.Model):
    """A theme. It stays the same one through re-runs: the theme of the new model that has most of its texts is it."""

    challenge = models.ForeignKey(Challenge, on_delete=models.CASCADE, related_name="topics", db_index=False)
    number = models.PositiveSmallIntegerField(null=True, help_text="In the model in force; none: in no model now.")
    labels = models.JSONField(default=list, help_text="Words that its authors use, the most telling first.")
    # What comes of the corrections, kept so that pages need not read them.
    name = models.CharField(max_length=TOPIC_NAME_MAX, blank=True)
    into = models.ForeignKey("self", null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["challenge", "number"], name="topic_number_once")]

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        labels = " · ".join(self.labels)
        return self.name or labels[:1].upper() + labels[1:] or gettext("Theme without a name")


class TopicCorrection(models.Model):
    """What somebody of the team decided: applied after the model, in their order, whatever the model says."""

    challenge = models.ForeignKey(Challenge, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=10, choices=CorrectionKind)
    topic = models.ForeignKey(Topic, null=True, on_delete=models.CASCADE, related_name="+")
    into = models.ForeignKey(Topic, null=True, on_delete=models.CASCADE, related_name="+")
    proposal = models.ForeignKey(Proposal, null=True, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=TOPIC_NAME_MAX, blank=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    made_at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.kind} ({self.pk})"


class TopicPlace(models.Model):
    """The theme that a proposal has, by the model and the corrections."""

    proposal = models.OneToOneField(Proposal, on_delete=models.CASCADE, primary_key=True, related_name="topic_place")
    topic = models.ForeignKey(Topic, null=True, on_delete=models.SET_NULL, related_name="places")
    nearness = models.FloatField(default=0, help_text="To the middle of its theme, from 0 to 1.")
    by_hand = models.BooleanField(default=False)
    is_excluded = models.BooleanField(default=False, help_text="The team left it out of themes and syntheses.")

    def __str__(self) -> str:
        return f"{self.proposal_id}"


class NearPair(models.Model):
    """Two proposals that say nearly the same, as the last run found."""

    consultation = models.ForeignKey(Consultation, on_delete=models.CASCADE, related_name="+")
    one = models.ForeignKey(Proposal, on_delete=models.CASCADE, related_name="+", db_index=False)
    other = models.ForeignKey(Proposal, on_delete=models.CASCADE, related_name="+")
    score = models.FloatField()

    class Meta:
        ordering = ["-score", "pk"]
        constraints = [models.UniqueConstraint(fields=["one", "other"], name="near_pair_once")]

    def __str__(self) -> str:
        return f"{self.one_id} {self.other_id}"
