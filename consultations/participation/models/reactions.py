"""What people say of a proposal: reactions, arguments, and what others make of those."""

from typing import TypeVar

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.db import models
from django.db.models.functions import MD5
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from consultations.framing.models import Challenge
from consultations.participation.enums import ArgumentKind, Part, ReactionValue, Stance, Status, Verdict
from consultations.participation.models.proposals import (
    SEARCH_CONFIG,
    Authored,
    Proposal,
    imported_name_index,
    unseen_index,
)

_Row = TypeVar("_Row", bound=models.Model)


class SaidManager(models.Manager[_Row]):
    def get_queryset(self) -> models.QuerySet[_Row]:
        """Without what only the database looks into: nearly as long as the text."""
        return super().get_queryset().defer("search")


class Said(Authored):
    """A text, and the words that it is found by: kept, because working them out costs more than reading them."""

    text = models.TextField()
    search = models.GeneratedField(
        expression=SearchVector("text", config=SEARCH_CONFIG), output_field=SearchVectorField(), db_persist=True
    )

    objects = SaidManager()

    class Meta:
        abstract = True


class Reaction(models.Model):
    """What a person thinks of a proposal, once, changeable; of which version is remembered."""

    proposal = models.ForeignKey(Proposal, on_delete=models.CASCADE, related_name="reactions", db_index=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="reactions")
    value = models.CharField(max_length=10, choices=ReactionValue)
    version = models.PositiveIntegerField(default=1)
    asked = models.PositiveSmallIntegerField(default=0, help_text="How often we asked why: twice at most.")
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["proposal", "user"], name="reaction_once")]

    def __str__(self) -> str:
        return self.value


class Argument(Said):
    """Why: for, against, or to improve."""

    proposal = models.ForeignKey(Proposal, on_delete=models.CASCADE, related_name="arguments", db_index=False)
    stance = models.CharField(max_length=10, choices=Stance)
    kind = models.CharField(max_length=20, choices=ArgumentKind, blank=True)
    part = models.CharField(max_length=10, choices=Part, blank=True)
    version = models.PositiveIntegerField(default=1, help_text="The version it was said of.")
    source_url = models.URLField(max_length=500, blank=True)
    source_title = models.CharField(max_length=200, blank=True, help_text="As its author typed it: nobody fetches it.")
    edited_at = models.DateTimeField(null=True)
    # Kept in the transaction of each fact; `recount` compares them.
    useful_count = models.PositiveIntegerField(default=0)
    reply_count = models.PositiveIntegerField(default=0)
    imported_votes = models.PositiveIntegerField(default=0)
    # What the author made of it.
    verdict = models.CharField(max_length=10, choices=Verdict, blank=True)
    verdict_reason = models.TextField(blank=True)
    verdict_hidden = models.BooleanField(
        default=False, db_default=False, help_text="The reason, by moderation; the verdict stays."
    )
    verdict_at = models.DateTimeField(null=True)
    verdict_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    verdict_revision = models.PositiveIntegerField(default=0, help_text="Counts changes, for two co-authors.")
    taken_in = models.PositiveIntegerField(null=True, help_text="The version that took it up.")
    # Its first replies, where a selector has read them.
    thread: "list[Reply]"

    class Meta:
        ordering = ["-submitted_at", "-pk"]
        indexes = [
            models.Index(fields=["proposal", "stance", "-submitted_at", "-id"], name="argument_column"),
            models.Index(fields=["-submitted_at", "-id"], name="argument_newest"),
            # Without fastupdate: what was written lately would be read one by one at every search.
            GinIndex(fields=["search"], name="argument_words", fastupdate=False),
            imported_name_index("argument_imported_name"),
            unseen_index("argument_unseen"),
            models.Index(
                fields=["-submitted_at", "-id"],
                name="argument_unanswered",
                condition=models.Q(verdict="", status=Status.PUBLISHED),
            ),
        ]
        constraints = [
            # Sent twice is said once.
            models.UniqueConstraint("proposal", "author", MD5("text"), name="argument_said_once"),
        ]

    def __str__(self) -> str:
        return self.text[:60]

    def get_absolute_url(self) -> str:
        """Its own page. Reads the proposal where it was not selected."""
        return reverse("argument", args=[self.proposal_id, self.proposal.slug, self.pk])

    @property
    def shown_reason(self) -> str:
        """Of its verdict, to everyone; empty where moderation has hidden it."""
        return "" if self.verdict_hidden else self.verdict_reason

    @property
    def about(self) -> str:
        """ "Something lived, about the problem", as much of it as was given."""
        if self.kind and self.part:
            return str(_("%(kind)s, about %(part)s")) % {
                "kind": self.get_kind_display(),
                "part": self.get_part_display(),
            }
        if self.part:
            return str(_("about %(part)s")) % {"part": self.get_part_display()}
        return self.get_kind_display() if self.kind else ""


class UsefulMark(models.Model):
    """A person found an argument useful, once; taken back by deleting it."""

    argument = models.ForeignKey(Argument, on_delete=models.CASCADE, related_name="useful_marks", db_index=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="useful_marks")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["argument", "user"], name="useful_mark_once")]

    def __str__(self) -> str:
        return f"{self.user_id} → {self.argument_id}"


class Follow(models.Model):
    """A person follows a challenge (its new proposals) or a proposal (its versions, its fate)."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="follows", db_index=False)
    challenge = models.ForeignKey(Challenge, null=True, on_delete=models.CASCADE, related_name="follows")
    proposal = models.ForeignKey(Proposal, null=True, on_delete=models.CASCADE, related_name="follows")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(challenge=None) ^ models.Q(proposal=None), name="follow_one_thing"
            ),
            models.UniqueConstraint(fields=["user", "challenge"], name="follow_challenge_once"),
            models.UniqueConstraint(fields=["user", "proposal"], name="follow_proposal_once"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} → {self.challenge_id or self.proposal_id}"


class Reply(Said):
    """An answer to an argument. There is one level of them: nobody replies to a reply."""

    argument = models.ForeignKey(Argument, on_delete=models.CASCADE, related_name="replies", db_index=False)
    edited_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["submitted_at", "pk"]
        indexes = [
            models.Index(fields=["argument", "submitted_at", "id"], name="reply_thread"),
            models.Index(fields=["-submitted_at", "-id"], name="reply_newest"),
            GinIndex(fields=["search"], name="reply_words", fastupdate=False),
            imported_name_index("reply_imported_name"),
            unseen_index("reply_unseen"),
        ]
        constraints = [models.UniqueConstraint("argument", "author", MD5("text"), name="reply_said_once")]

    def __str__(self) -> str:
        return self.text[:60]


COUNT_OF_REACTION = {
    ReactionValue.LIKE: "like_count",
    ReactionValue.MIXED: "mixed_count",
    ReactionValue.DISLIKE: "dislike_count",
}
CURRENT_COUNT_OF_REACTION = {
    ReactionValue.LIKE: "current_like_count",
    ReactionValue.MIXED: "current_mixed_count",
    ReactionValue.DISLIKE: "current_dislike_count",
}
COUNT_OF_STANCE = {Stance.FOR: "for_count", Stance.AGAINST: "against_count", Stance.IMPROVE: "improve_count"}
