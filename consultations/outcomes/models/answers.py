"""What the city answers to a proposal: what is being prepared, what services think, and what was signed."""

from datetime import date

from django.conf import settings
from django.db import models
from django.utils import timezone

from accounts.models import NAME_MAX
from consultations.outcomes.enums import AnswerState, Decision, Stance
from consultations.participation.models import Proposal


class AnswerText(models.Model):
    """The words of an answer, wherever they are kept."""

    decision = models.CharField(max_length=10, choices=Decision, blank=True, help_text="Empty: not decided yet.")
    own_words = models.TextField(blank=True, help_text="To this proposal alone, before the reasons.")
    reasons = models.TextField(blank=True, help_text="Why; several answers may have the same.")
    competent = models.CharField(max_length=200, blank=True, help_text="Not ours to decide: whose it is.")
    expected_on = models.DateField(null=True, help_text="Under study: when the answer that counts is given.")
    change = models.TextField(blank=True, help_text="Of another answer than before: what changes.")

    class Meta:
        abstract = True


class Answer(AnswerText):
    """The answer to one proposal as it is prepared. What everybody reads is `current`, and it changes by signing.

    There is none until somebody takes a proposal in hand. A collective one has one for all that it brings together.
    """

    proposal = models.OneToOneField(Proposal, on_delete=models.CASCADE, related_name="answer")
    state = models.CharField(max_length=10, choices=AnswerState, default=AnswerState.WRITING)
    writer = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    due_on = models.DateField(null=True, help_text="When it is to be written: within the team.")
    signer = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    given_at = models.DateTimeField(null=True, help_text="When it was given to be signed.")
    given_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    proposal_version = models.PositiveIntegerField(
        null=True, help_text="Of the proposal: the one that was there when the answer was given to be signed."
    )
    sent_back = models.TextField(blank=True, help_text="Why whoever signs gave it back; empty once it is given again.")
    current = models.OneToOneField("AnswerVersion", null=True, on_delete=models.SET_NULL, related_name="+")
    answered_at = models.DateTimeField(
        null=True, help_text="When the first one was published: kept or late is judged by it."
    )
    # Said to everyone of an answer that is late.
    late_why = models.CharField(max_length=300, blank=True)
    late_until = models.DateField(null=True)
    late_earlier = models.JSONField(default=list, db_default=[], help_text="Days announced before, oldest first.")
    revision = models.PositiveIntegerField(default=0, help_text="Counts changes, so that two writers see each other.")
    updated_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [models.Index(fields=["state", "signer"], name="answer_to_do")]

    def __str__(self) -> str:
        return f"answer to {self.proposal_id}"

    @property
    def announced_before(self) -> list[date]:
        return [date.fromisoformat(each) for each in self.late_earlier]


class AnswerVersion(AnswerText):
    """An answer as it was signed and published; the last one counts, those before stay to be read."""

    answer = models.ForeignKey(Answer, on_delete=models.CASCADE, related_name="versions", db_index=False)
    number = models.PositiveIntegerField()
    # Of the proposal: what was answered. It may have grown since.
    proposal_version = models.PositiveIntegerField()
    proposal_title = models.CharField(max_length=300)
    signed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    # As they were on that day: the signature outlives the account.
    signed_name = models.CharField(max_length=NAME_MAX)
    signed_function = models.CharField(max_length=120)
    signed_at = models.DateTimeField()
    opinions_of = models.JSONField(default=list, help_text="The services that had given their opinion: functions.")
    is_hidden = models.BooleanField(default=False, db_default=False, help_text="By moderation.")

    class Meta:
        ordering = ["answer", "number"]
        constraints = [models.UniqueConstraint(fields=["answer", "number"], name="answer_version_number")]
        indexes = [models.Index(fields=["-signed_at", "-id"], name="answer_version_newest")]

    def __str__(self) -> str:
        return f"{self.answer_id} ({self.number})"


class Opinion(models.Model):
    """A service, or a colleague, is asked what they think of a proposal. It is never published: the team reads it, and
    the assembly.
    """

    answer = models.ForeignKey(Answer, on_delete=models.CASCADE, related_name="opinions")
    service = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="opinions")
    service_name = models.CharField(max_length=200, help_text="Their function or name, as it was when they were asked.")
    question = models.TextField(blank=True)
    due_on = models.DateField(null=True)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now)
    reminded_at = models.DateTimeField(null=True)
    taken_back_at = models.DateTimeField(null=True, help_text="When the team no longer needed it.")
    stance = models.CharField(max_length=12, choices=Stance, blank=True)
    words = models.TextField(blank=True)
    cost = models.PositiveBigIntegerField(null=True, help_text="Estimated, in whole euros.")
    given_at = models.DateTimeField(null=True)
    proposal_version = models.PositiveIntegerField(null=True, help_text="Of the proposal: the one they gave it on.")
    revision = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["asked_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["answer", "service"],
                condition=models.Q(taken_back_at=None),
                name="opinion_once",
            )
        ]
        indexes = [
            models.Index(
                fields=["service", "due_on"],
                name="opinion_awaited",
                condition=models.Q(given_at=None, taken_back_at=None),
            )
        ]

    def __str__(self) -> str:
        return f"opinion {self.pk} on {self.answer_id}"
