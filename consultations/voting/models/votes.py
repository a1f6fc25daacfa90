"""What is put to the vote, how, to whom and until when: set before it opens."""

from datetime import datetime

from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext

from common.meanwhile import mark_of
from consultations.framing.models import Consultation
from consultations.outcomes.models import Project
from consultations.participation.enums import Status
from consultations.participation.models import Proposal
from consultations.voting.enums import WITH_BUDGET, Electorate, Method, VoteState


class Vote(models.Model):
    """Several of a consultation have each their number. Whole euros, whole minutes."""

    consultation = models.ForeignKey(Consultation, on_delete=models.PROTECT, related_name="votes", db_index=False)
    number = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=120)
    introduction = models.TextField(blank=True)
    method = models.CharField(max_length=10, choices=Method)
    budget = models.PositiveBigIntegerField(null=True)
    least = models.PositiveSmallIntegerField(default=1)
    most = models.PositiveSmallIntegerField(null=True, help_text="Empty: as many as one wants.")
    seats = models.PositiveSmallIntegerField(null=True, help_text="Of voices, how many are chosen. Empty: a ranking.")
    electorate = models.CharField(max_length=10, choices=Electorate, default=Electorate.ACCOUNTS)
    neighbourhood = models.CharField(max_length=60, blank=True, help_text="Whose it is; empty: the whole territory's.")
    opens_at = models.DateTimeField()
    closes_at = models.DateTimeField()
    created_at = models.DateTimeField(default=timezone.now)
    announced_at = models.DateTimeField(null=True, help_text="Since when everybody sees it.")
    begun = models.BooleanField(default=False, help_text="Somebody has voted: rule, costs and list stand.")
    closed_at = models.DateTimeField(null=True, help_text="When ballots lost their names, and the key was destroyed.")
    counted_at = models.DateTimeField(null=True)
    revision = models.PositiveIntegerField(default=0, help_text="Counts changes, so that two editors see each other.")

    class Meta:
        ordering = ["consultation", "number"]
        constraints = [
            models.UniqueConstraint(fields=["consultation", "number"], name="vote_number_once"),
            models.CheckConstraint(condition=models.Q(closes_at__gt=models.F("opens_at")), name="vote_ends_after"),
            models.CheckConstraint(condition=models.Q(least__gte=1), name="vote_of_something"),
            models.CheckConstraint(
                condition=models.Q(most=None) | models.Q(most__gte=models.F("least")), name="vote_most_from_least"
            ),
            models.CheckConstraint(
                condition=models.Q(method=Method.CHOICES, budget=None) | models.Q(budget__isnull=False, budget__gt=0),
                name="vote_has_its_budget",
            ),
            models.CheckConstraint(
                condition=models.Q(seats=None) | models.Q(seats__gte=1, method=Method.CHOICES),
                name="vote_seats_of_voices",
            ),
            models.CheckConstraint(
                condition=models.Q(begun=False) | models.Q(announced_at__isnull=False), name="vote_begun_was_announced"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("vote", args=[self.consultation.slug, self.number])

    def state(self, at: datetime) -> VoteState:
        if self.announced_at is None:
            return VoteState.DRAFT
        if self.counted_at is not None:
            return VoteState.COUNTED
        if self.is_over(at):
            return VoteState.COUNTING
        return VoteState.OPEN if at >= self.opens_at else VoteState.ANNOUNCED

    def is_over(self, at: datetime) -> bool:
        return self.closed_at is not None or at >= self.closes_at

    def is_set(self, at: datetime) -> bool:
        """Somebody has voted, or could: rule, costs and list stand."""
        return self.begun or (self.announced_at is not None and at >= self.opens_at)

    @property
    def has_budget(self) -> bool:
        return self.method in WITH_BUDGET

    @property
    def who_votes(self) -> str:
        """In a sentence, for the desk, voters and the result."""
        if not self.neighbourhood:
            return self.get_electorate_display()
        said = {"neighbourhood": self.neighbourhood}
        if self.electorate == Electorate.CODES:
            return gettext("Of %(neighbourhood)s: whoever has a code printed on a letter of ours") % said
        return gettext("Whoever says in their profile that they live in this neighbourhood: %(neighbourhood)s") % said

    @property
    def chooses(self) -> bool:
        """Its result says what is chosen; a vote by voices without seats, as they were once set, ranks and no more."""
        return self.has_budget or self.seats is not None

    @property
    def key_name(self) -> str:
        return f"vote:{self.pk}"


class Item(models.Model):
    """Something that one may choose, in the city's words. Its number is its name in the published file."""

    vote = models.ForeignKey(Vote, on_delete=models.CASCADE, related_name="items", db_index=False)
    number = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=120)
    text = models.TextField(blank=True)
    cost = models.PositiveBigIntegerField(null=True, help_text="In whole euros.")
    neighbourhood = models.CharField(max_length=60, blank=True)
    proposal = models.ForeignKey(Proposal, null=True, on_delete=models.SET_NULL, related_name="vote_items")
    project = models.ForeignKey(Project, null=True, on_delete=models.SET_NULL, related_name="vote_items")
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_why = models.TextField(blank=True)

    class Meta:
        ordering = ["vote", "number"]
        constraints = [
            models.UniqueConstraint(fields=["vote", "number"], name="vote_item_number_once"),
            models.UniqueConstraint(fields=["vote", "proposal"], name="vote_proposal_once"),
            models.UniqueConstraint(fields=["vote", "project"], name="vote_project_once"),
            models.CheckConstraint(
                condition=models.Q(withdrawn_at=None) | ~models.Q(withdrawn_why=""), name="vote_withdrawn_says_why"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_hidden(self) -> bool:
        """By moderation, its proposal: its text, which may be that one's, is shown to nobody."""
        return self.proposal is not None and self.proposal.status == Status.HIDDEN

    @property
    def shown_text(self) -> str:
        return "" if self.is_hidden else self.text

    @property
    def mark(self) -> str:
        """Of what the desk edits: two editors see each other by it."""
        return mark_of(self.title, self.text, self.cost, self.neighbourhood)
