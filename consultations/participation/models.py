"""Proposals and what people say of them."""

import uuid
from typing import Self

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchQuery, SearchVector, SearchVectorField
from django.db import models
from django.db.models.functions import MD5
from django.urls import reverse
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from consultations.framing.models import Challenge
from consultations.participation.enums import (
    ArgumentKind,
    Part,
    ReactionValue,
    Stage,
    Stance,
    Status,
    Verdict,
)

# French stemming, accents ignored. Made in public by tenants' first migration.
SEARCH_CONFIG = "public.french_unaccent"

TEXT_LEAST, TEXT_MOST = 30, 2000
TITLE_LEAST, TITLE_MOST = 8, 120
ARGUMENT_LEAST, ARGUMENT_MOST = 20, 1000
# What was written elsewhere is kept whole (the longest text of the 2015 Digital Republic consultation: 19,397).
IMPORTED_MOST = 50_000


class Authored(models.Model):
    """Something a person wrote. The name outlives the account: imported authors never had one."""

    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="%(class)ss"
    )
    imported_author = models.CharField(max_length=80, blank=True)
    status = models.CharField(max_length=20, choices=Status, default=Status.PUBLISHED)
    submitted_at = models.DateTimeField(default=timezone.now)
    import_ref = models.CharField(max_length=200, null=True, unique=True)  # noqa: DJ001

    class Meta:
        abstract = True

    @property
    def author_name(self) -> str:
        if self.author is not None:
            return self.author.public_name or str(_("A participant"))
        return self.imported_author or str(_("A former participant"))

    @property
    def author_quality_label(self) -> str:
        return self.author.get_quality_display() if self.author is not None else ""

    @property
    def is_hidden(self) -> bool:
        return self.status == Status.HIDDEN


class ProposalQuerySet(models.QuerySet["Proposal"]):
    def published(self) -> Self:
        return self.filter(status=Status.PUBLISHED)

    def search(self, words: str) -> Self:
        """Those that speak of `words`, as people type them: quotes, minus, "or" are understood."""
        return self.filter(search=SearchQuery(words, config=SEARCH_CONFIG, search_type="websearch"))


class Proposal(Authored):
    """A solution, the problem it aims at, and the benefit: the present text. Earlier ones are ProposalVersions."""

    challenge = models.ForeignKey(Challenge, on_delete=models.PROTECT, related_name="proposals")
    title = models.CharField(max_length=300)
    solution = models.TextField()
    problem = models.TextField(blank=True)
    benefit = models.TextField(blank=True)
    version = models.PositiveIntegerField(default=1)
    reworked_at = models.DateTimeField(null=True)
    stage = models.CharField(max_length=20, choices=Stage, default=Stage.IDEA)
    # Kept in the transaction of each fact; `recount` compares them.
    like_count = models.PositiveIntegerField(default=0)
    mixed_count = models.PositiveIntegerField(default=0)
    dislike_count = models.PositiveIntegerField(default=0)
    for_count = models.PositiveIntegerField(default=0)
    against_count = models.PositiveIntegerField(default=0)
    improve_count = models.PositiveIntegerField(default=0)
    # Totals of another site: shown apart, never added to reactions made here.
    imported_tally = models.JSONField(null=True, help_text='{"like", "mixed", "dislike"} of the original site.')
    search = models.GeneratedField(
        expression=SearchVector("title", weight="A", config=SEARCH_CONFIG)
        + SearchVector("solution", weight="B", config=SEARCH_CONFIG)
        + SearchVector("problem", weight="C", config=SEARCH_CONFIG)
        + SearchVector("benefit", weight="C", config=SEARCH_CONFIG),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    objects = ProposalQuerySet.as_manager()

    class Meta:
        ordering = ["-submitted_at", "-pk"]
        indexes = [
            GinIndex(fields=["search"], name="proposal_search"),
            models.Index(fields=["challenge", "-submitted_at", "-id"], name="proposal_recent"),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("proposal", args=[self.pk, slugify(self.title)[:80] or "proposition"])

    @property
    def argument_count(self) -> int:
        return self.for_count + self.against_count + self.improve_count

    @property
    def reaction_count(self) -> int:
        return self.like_count + self.mixed_count + self.dislike_count


class ProposalVersion(models.Model):
    """The text as it was at one moment. Number 1 is what the author first published; the last is the present."""

    proposal = models.ForeignKey(Proposal, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    title = models.CharField(max_length=300)
    solution = models.TextField()
    problem = models.TextField(blank=True)
    benefit = models.TextField(blank=True)
    note = models.TextField(blank=True, help_text="What changed, in the author's words.")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["proposal", "number"]
        constraints = [models.UniqueConstraint(fields=["proposal", "number"], name="proposal_version_number")]

    def __str__(self) -> str:
        return f"{self.title} ({self.number})"


class Draft(models.Model):
    """A proposal being written, by a person or in a visitor's session.

    Kept after publication, with what it became: publishing it twice is publishing it once.
    """

    key = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    challenge = models.ForeignKey(Challenge, on_delete=models.CASCADE, related_name="+")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE, related_name="drafts")
    title = models.CharField(max_length=300, blank=True)
    solution = models.TextField(blank=True)
    problem = models.TextField(blank=True)
    benefit = models.TextField(blank=True)
    updated_at = models.DateTimeField(auto_now=True)
    proposal = models.OneToOneField(Proposal, null=True, on_delete=models.CASCADE, related_name="+")

    class Meta:
        ordering = ["-updated_at", "pk"]

    def __str__(self) -> str:
        return self.title or self.solution[:60]


class Reaction(models.Model):
    """What a person thinks of a proposal, once, changeable; of which version is remembered."""

    proposal = models.ForeignKey(Proposal, on_delete=models.CASCADE, related_name="reactions")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="reactions")
    value = models.CharField(max_length=10, choices=ReactionValue)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["proposal", "user"], name="reaction_once")]

    def __str__(self) -> str:
        return self.value


class Argument(Authored):
    """Why: for, against, or to improve."""

    proposal = models.ForeignKey(Proposal, on_delete=models.CASCADE, related_name="arguments")
    stance = models.CharField(max_length=10, choices=Stance)
    kind = models.CharField(max_length=20, choices=ArgumentKind, blank=True)
    part = models.CharField(max_length=10, choices=Part, blank=True)
    text = models.TextField()
    source_url = models.URLField(max_length=500, blank=True)
    imported_votes = models.PositiveIntegerField(default=0)
    # What the author made of it.
    verdict = models.CharField(max_length=10, choices=Verdict, blank=True)
    verdict_reason = models.TextField(blank=True)
    taken_in = models.PositiveIntegerField(null=True, help_text="The version that took it up.")

    class Meta:
        ordering = ["-submitted_at", "-pk"]
        indexes = [models.Index(fields=["proposal", "stance", "-submitted_at", "-id"], name="argument_column")]
        constraints = [
            # Sent twice is said once.
            models.UniqueConstraint("proposal", "author", MD5("text"), name="argument_said_once"),
        ]

    def __str__(self) -> str:
        return self.text[:60]

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


class Source(models.Model):
    """A reference given for a proposal elsewhere and imported with it."""

    proposal = models.ForeignKey(Proposal, on_delete=models.CASCADE, related_name="sources")
    title = models.CharField(max_length=300)
    url = models.URLField(max_length=1000)
    imported_author = models.CharField(max_length=80, blank=True)
    submitted_at = models.DateTimeField(default=timezone.now)
    import_ref = models.CharField(max_length=200, null=True, unique=True)  # noqa: DJ001

    class Meta:
        ordering = ["-submitted_at", "-pk"]

    def __str__(self) -> str:
        return self.title


COUNT_OF_REACTION = {
    ReactionValue.LIKE: "like_count",
    ReactionValue.MIXED: "mixed_count",
    ReactionValue.DISLIKE: "dislike_count",
}
COUNT_OF_STANCE = {Stance.FOR: "for_count", Stance.AGAINST: "against_count", Stance.IMPROVE: "improve_count"}
