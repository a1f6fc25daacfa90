"""What was decided, why, and what became of it."""

from calendar import monthrange
from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.utils import timezone

from accounts.models import User
from consultations.moderation.enums import Act, AppealState, Kind
from consultations.moderation.models.cases import Case

# Our own: the law asks platforms of fewer than 50 people for nothing (règlement (UE) 2022/2065, articles 19 and 20).
APPEAL_MONTHS = 6
APPEAL_OPEN = timedelta(days=184)  # the longest that six months are
# Time to think again before anybody hears of it.
UNDO_WINDOW = timedelta(seconds=10)


class Decision(models.Model):
    """One decision, for ever: the city's role in the database may add to this table, never change it."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="decisions")
    kind = models.CharField(max_length=10, choices=Kind)
    act = models.CharField(max_length=10, choices=Act)
    ground = models.CharField(max_length=30, blank=True, help_text="Code of a ground (grounds).")
    rule = models.CharField(max_length=200, blank=True, help_text="The ground in words, as it was then.")
    reference = models.CharField(max_length=200, blank=True, help_text="The article or the clause, as it was then.")
    facts = models.TextField(blank=True)
    # Not constraints: whoever leaves, the decision keeps their number.
    moderator = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.DO_NOTHING, related_name="+", db_constraint=False
    )
    second = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.DO_NOTHING, related_name="+", db_constraint=False
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.DO_NOTHING,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    by_operator = models.BooleanField(default=False, help_text="Decided by the service, by delegation.")
    was_flagged = models.BooleanField(default=False, help_text="The filter had pointed at it.")
    report_count = models.PositiveIntegerField(default=0, help_text="Reports that it answers.")
    opened_at = models.DateTimeField(help_text="When it began to wait.")
    decided_at = models.DateTimeField(default=timezone.now)
    until = models.DateTimeField(null=True, help_text="Of a suspension.")
    part_of = models.ForeignKey(
        "self",
        null=True,
        on_delete=models.PROTECT,
        related_name="parts",
        help_text="The suspension that took it along.",
    )
    publishes = models.BooleanField(default=False, db_default=False, help_text="It lets out what waited to be read.")
    cancels = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="cancelled_by")
    answers = models.OneToOneField("Appeal", null=True, on_delete=models.PROTECT, related_name="answer")

    class Meta:
        ordering = ["-decided_at", "-pk"]
        indexes = [models.Index(fields=["author", "-decided_at"], name="decision_author")]

    # Whether what it is about, or what that hangs on, is hidden now: of those that were read so (selectors.standing).
    is_hidden_now = False
    is_under_hidden = False

    def __str__(self) -> str:
        return self.number

    @property
    def taken_along(self) -> int:
        """How many texts a suspension took along; 0 unless it was read with it (selectors.accounts)."""
        return getattr(self, "along", 0)

    @property
    def number(self) -> str:
        return f"D-{self.pk:04d}"

    @property
    def is_restriction(self) -> bool:
        return self.act in (Act.HIDE, Act.REDACT, Act.SUSPEND)

    @property
    def may_be_contested(self) -> bool:
        """A warning takes nothing away, and can be contested like a suspension: the charter says so."""
        return self.is_restriction or self.act == Act.WARN

    @property
    def withdraws_warning(self) -> bool:
        """The answer to who contested a warning. One query, unless what it answers was selected."""
        return self.act == Act.RESTORE and self.answers is not None and self.answers.decision.act == Act.WARN

    def is_by(self, user: User) -> bool:
        """Whether they took it: alone, or with whoever looked at it after them."""
        return user.pk in (self.moderator_id, self.second_id)

    @property
    def is_cancelled(self) -> bool:
        """One query, unless it was selected."""
        return hasattr(self, "cancelled_by")

    @property
    def appeal_until(self) -> datetime:
        """The same day six months later, or the last of a shorter month."""
        here = timezone.localtime(self.decided_at)
        years, month = divmod(here.month - 1 + APPEAL_MONTHS, 12)
        day = min(here.day, monthrange(here.year + years, month + 1)[1])
        return here.replace(year=here.year + years, month=month + 1, day=day)


class Appeal(models.Model):
    """The author does not agree: somebody else than who decided reads everything again."""

    decision = models.OneToOneField(Decision, on_delete=models.PROTECT, related_name="appeal")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="appeals")
    words = models.TextField()
    state = models.CharField(max_length=10, choices=AppealState, default=AppealState.WAITING)
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["made_at", "pk"]

    def __str__(self) -> str:
        return f"appeal of {self.decision_id}"


class Original(models.Model):
    """A text as it was before a passage was taken out. Only moderators read it, until no appeal can change it."""

    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="originals")
    table = models.CharField(max_length=60)
    row = models.CharField(max_length=40, help_text="Its key: a number, but of drafts.")
    column = models.CharField(max_length=40)
    before = models.TextField()
    after = models.TextField()

    def __str__(self) -> str:
        return f"{self.table} {self.row} {self.column}"


class SecondLook(models.Model):
    """A decision to hide what criticises an elected official or the moderator's own service: it waits for another."""

    case = models.OneToOneField(Case, on_delete=models.CASCADE, related_name="second_look")
    act = models.CharField(max_length=10, choices=Act)
    ground = models.CharField(max_length=30)
    facts = models.TextField()
    passages = models.JSONField(default=list)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now)
    settled_by = models.ForeignKey(
        Decision, null=True, on_delete=models.CASCADE, related_name="+", help_text="Which may still be taken back."
    )

    def __str__(self) -> str:
        return f"second look at {self.case_id}"
