"""Proposals, their versions, and what is being written."""

import uuid
from datetime import datetime, timedelta
from typing import Self

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.postgres.search import SearchQuery, SearchVector, SearchVectorField
from django.db import models
from django.db.models.functions import Lower, Upper
from django.urls import reverse
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from accounts.models import signed_name
from consultations.framing.models import Challenge
from consultations.participation.enums import OFFLINE, Channel, Stage, Status
from consultations.participation.rules import PARTS

# French stemming, accents ignored. Made in public by tenants' first migration.
SEARCH_CONFIG = "public.french_unaccent"

# How much one person writes at the same time.
DRAFTS_MAX = 20
# How long what is being written waits for its writer. A consultation is open for a year at most at its beginning.
DRAFT_KEPT = timedelta(days=365)
# What was written elsewhere is kept whole (the longest text of the 2015 Digital Republic consultation: 19,397).
IMPORTED_MAX = 50_000


# What nobody but its author and moderators has read: it waits to be published, or was refused.
NEVER_PUBLIC = models.Q(status=Status.HELD) | models.Q(status=Status.HIDDEN, status_before=Status.HELD)


def channel_of(import_ref: str | None, came_by: str) -> Channel:
    return Channel(came_by) if import_ref is None else Channel.IMPORT


def channel_in_sql(row: str) -> str:
    """The same, of a proposal, an argument or a reply that a statement calls so."""
    return f"CASE WHEN {row}.import_ref IS NULL THEN {row}.came_by ELSE 'IMPORT' END"


def nameless_in_sql(row: str, letter: str) -> str:
    """The name under which a statement counts whoever gave it without an account: nobody's where it has none, but of
    what was given offline one of its own.
    """
    alone = f"{row}.imported_author = '' AND {row}.author_id IS NULL AND {row}.import_ref IS NULL"
    return f"CASE WHEN {alone} AND {row}.came_by <> 'SITE' THEN '#{letter}' || {row}.id ELSE {row}.imported_author END"


PEOPLE_IN_SQL = {
    "proposed_by": nameless_in_sql("p", "p"),
    "argued_by": nameless_in_sql("a", "a"),
    "proposal": channel_in_sql("p"),
    "argument": channel_in_sql("a"),
    "reply": channel_in_sql("r"),
}


def of_channel(channel: str) -> models.Q:
    """Of proposals, arguments or replies: those that came so."""
    if channel == Channel.IMPORT:
        return models.Q(import_ref__isnull=False)
    return models.Q(import_ref=None, came_by=channel)


# Of proposals, arguments or replies: those that somebody wrote here, with an account, or attached to one since. What
# the team typed or imported for others never had an author here.
WRITTEN_HERE = models.Q(import_ref=None) & (models.Q(came_by=Channel.SITE) | models.Q(author__isnull=False))


class Authored(models.Model):
    """Something a person wrote. The name outlives the account: imported authors never had one."""

    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="%(class)ss"
    )
    imported_author = models.CharField(max_length=80, blank=True)
    status = models.CharField(max_length=20, choices=Status, default=Status.PUBLISHED)
    status_before = models.CharField(
        max_length=20,
        choices=Status,
        blank=True,
        default="",
        db_default="",
        help_text="Of what is hidden: what it is once it is shown again.",
    )
    submitted_at = models.DateTimeField(default=timezone.now)  # of what waited: when it was published
    publish_by = models.DateTimeField(null=True, help_text="Of what waits to be read first: when that is promised.")
    import_ref = models.CharField(max_length=200, null=True, unique=True)  # noqa: DJ001
    came_by = models.CharField(
        max_length=10,
        choices=Channel,
        default=Channel.SITE,
        db_default=Channel.SITE,
        help_text="Of what was not imported. Asked for as `channel`.",
    )

    class Meta:
        abstract = True

    @property
    def channel(self) -> Channel:
        return channel_of(self.import_ref, self.came_by)

    @property
    def is_offline(self) -> bool:
        """Typed by the team for somebody: said wherever it stands."""
        return self.channel in OFFLINE

    @property
    def author_name(self) -> str:
        if self.author is not None:
            return self.author.public_name or str(_("A participant"))
        return self.imported_author or str(_("A participant") if self.is_offline else _("A former participant"))

    @property
    def author_function(self) -> str:
        """What an author of the city's team does there; empty for everyone else."""
        return self.author.badge if self.author is not None else ""

    @property
    def signed_name(self) -> str:
        """The author's name in a sentence: of the city's team, it says so."""
        return signed_name(self.author_name, self.author.role) if self.author is not None else self.author_name

    @property
    def author_capacity_label(self) -> str:
        return self.author.get_capacity_display() if self.author is not None else ""

    @property
    def is_hidden(self) -> bool:
        return self.status == Status.HIDDEN

    @property
    def is_held(self) -> bool:
        """It waits to be read before it is published: its author and moderators alone know of it."""
        return self.status == Status.HELD

    @property
    def was_refused(self) -> bool:
        """Hidden while it waited: no place of it is public."""
        return self.is_hidden and self.status_before == Status.HELD

    @property
    def is_removed(self) -> bool:
        """Its words went with whoever wrote them."""
        return self.status == Status.REMOVED


def imported_name_index(name: str) -> GinIndex:
    """For finding what a name or a part of one stands on; only what was imported is in it."""
    letters = OpClass(Upper("imported_author"), "gin_trgm_ops")
    return GinIndex(letters, name=name, fastupdate=False, condition=~models.Q(imported_author=""))


def unseen_index(name: str) -> models.Index:
    """For the few that everybody does not read, the newest first."""
    return models.Index(
        fields=["status", "-submitted_at", "-id"], name=name, condition=~models.Q(status=Status.PUBLISHED)
    )


class Texts(models.Model):
    """The four parts of a proposal (rules.PARTS), wherever they are kept."""

    title = models.CharField(max_length=300)
    solution = models.TextField()
    problem = models.TextField(blank=True)
    benefit = models.TextField(blank=True)

    class Meta:
        abstract = True

    @property
    def texts(self) -> dict[str, str]:
        return {name: getattr(self, name) for name in PARTS}


class Picture(models.Model):
    """The one picture of a proposal or a draft, as `common.pictures` wrote it anew: its pixels and nothing else."""

    content = models.BinaryField()
    digest = models.CharField(max_length=20)
    width = models.PositiveSmallIntegerField()
    height = models.PositiveSmallIntegerField()
    created_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.digest


# What a page need not read that shows the title of a proposal.
BEYOND_TITLE = ("search", *(name for name in PARTS if name != "title"))


class ProposalQuerySet(models.QuerySet["Proposal"]):
    def published(self) -> Self:
        return self.filter(status=Status.PUBLISHED)

    def without_texts(self) -> Self:
        """With their titles: what a line of a list shows."""
        return self.defer(*BEYOND_TITLE)

    def search(self, words: str) -> Self:
        """Those that speak of `words`, as people type them: quotes, minus, "or" are understood."""
        return self.filter(search=SearchQuery(words, config=SEARCH_CONFIG, search_type="websearch"))


class Proposal(Authored, Texts):
    """A solution, the problem it aims at, and the benefit: the present text. Earlier ones are ProposalVersions."""

    challenge = models.ForeignKey(Challenge, on_delete=models.PROTECT, related_name="proposals", db_index=False)
    version = models.PositiveIntegerField(default=1)
    reworked_at = models.DateTimeField(null=True)
    stage = models.CharField(max_length=20, choices=Stage, default=Stage.IDEA)
    neighbourhood = models.CharField(max_length=60, blank=True, help_text="The part of town that it is about.")
    picture = models.ForeignKey(Picture, null=True, on_delete=models.SET_NULL, related_name="+")
    picture_alt = models.CharField(max_length=200, blank=True)
    picture_hidden = models.BooleanField(default=False, db_default=False, help_text="By moderation; the text stays.")
    # Brought together with others: what it became. It stays to be read; people react and argue there.
    merged_into = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="merged_from")
    # Kept in the transaction of each fact; `recount` compares them.
    like_count = models.PositiveIntegerField(default=0)
    mixed_count = models.PositiveIntegerField(default=0)
    dislike_count = models.PositiveIntegerField(default=0)
    # Those of them given to, or confirmed on, the present version.
    current_like_count = models.PositiveIntegerField(default=0)
    current_mixed_count = models.PositiveIntegerField(default=0)
    current_dislike_count = models.PositiveIntegerField(default=0)
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
            # Without fastupdate: what was written lately would be read one by one at every search.
            GinIndex(fields=["search"], name="proposal_search", fastupdate=False),
            GinIndex(OpClass(Lower("title"), "gin_trgm_ops"), name="proposal_title_letters", fastupdate=False),
            models.Index(fields=["challenge", "-submitted_at", "-id"], name="proposal_recent"),
            models.Index(fields=["-submitted_at", "-id"], name="proposal_newest"),
            imported_name_index("proposal_imported_name"),
            unseen_index("proposal_unseen"),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("proposal", args=[self.pk, self.slug])

    @property
    def short_address(self) -> str:
        """Leads to it, whatever its title becomes."""
        return reverse("proposal_short", args=[self.pk])

    @property
    def slug(self) -> str:
        """Its title in its addresses."""
        return slugify(self.title)[:80] or "proposition"

    @property
    def argument_count(self) -> int:
        return self.for_count + self.against_count + self.improve_count

    @property
    def reaction_count(self) -> int:
        return self.like_count + self.mixed_count + self.dislike_count

    @property
    def current_reaction_count(self) -> int:
        """Those given to, or confirmed on, the present version."""
        return self.current_like_count + self.current_mixed_count + self.current_dislike_count


class ProposalVersion(Texts):
    """The text as it was at one moment. Number 1 is what the author first published; the last is the present."""

    proposal = models.ForeignKey(Proposal, on_delete=models.CASCADE, related_name="versions", db_index=False)
    number = models.PositiveIntegerField()
    note = models.TextField(blank=True, help_text="What changed, in the author's words.")
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["proposal", "number"]
        constraints = [models.UniqueConstraint(fields=["proposal", "number"], name="proposal_version_number")]

    def __str__(self) -> str:
        return f"{self.title} ({self.number})"


class Draft(Texts):
    """A proposal being written, by a person or in a visitor's session.

    Kept after publication, with what it became: publishing it twice is publishing it once.
    """

    picture_hidden = False  # moderation decides about what is public

    key = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    challenge = models.ForeignKey(Challenge, on_delete=models.CASCADE, related_name="+")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE, related_name="drafts")
    neighbourhood = models.CharField(max_length=60, blank=True)
    picture = models.ForeignKey(Picture, null=True, on_delete=models.SET_NULL, related_name="+")
    picture_alt = models.CharField(max_length=200, blank=True)
    revision = models.PositiveIntegerField(default=0, help_text="Counts savings: two devices see each other.")
    updated_at = models.DateTimeField(auto_now=True)
    proposal = models.OneToOneField(Proposal, null=True, on_delete=models.CASCADE, related_name="+")

    class Meta:
        ordering = ["-updated_at", "pk"]

    def __str__(self) -> str:
        return self.title or self.solution[:60]

    @property
    def kept_until(self) -> datetime:
        """When it goes, unless its writer changes something (services.retention)."""
        return self.updated_at + DRAFT_KEPT


class ProposalViews(models.Model):
    """How often the page of a proposal was opened: what "à découvrir" makes up for. Apart: it throws no page away."""

    proposal = models.OneToOneField(Proposal, primary_key=True, on_delete=models.CASCADE, related_name="views")
    count = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return str(self.count)


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
