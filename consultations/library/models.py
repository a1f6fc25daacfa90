"""Challenge sets, in public: cities copy them and never point at them (`tables.py`).

A version is a draft until it is published; from then on the database refuses any change to it (migration 0002).
"""

from django.db import models
from django.db.models import Q

from consultations.library.enums import Theme


class ChallengeSetQuerySet(models.QuerySet["ChallengeSet"]):
    def published(self) -> "ChallengeSetQuerySet":
        return self.filter(published_at__isnull=False)

    def drafts(self) -> "ChallengeSetQuerySet":
        return self.filter(published_at__isnull=True)

    def newest_first(self) -> "ChallengeSetQuerySet":
        return self.order_by("-version", "-pk")


class ChallengeSet(models.Model):
    """One version of a set. A later version is another row: what a city copied stays explainable."""

    code = models.SlugField(max_length=60)
    version = models.PositiveIntegerField()
    title = models.CharField(max_length=120)
    question = models.CharField(max_length=200, help_text="The consultation's question; {name} is the authority's.")
    summary = models.TextField()
    published_at = models.DateTimeField(null=True, blank=True, help_text="Empty while a draft.")
    withdrawn_at = models.DateTimeField(
        null=True, blank=True, help_text="No longer offered; cities that have it lose nothing."
    )
    revision = models.PositiveIntegerField(
        default=1, help_text="Counts the changes to a draft, so that two persons cannot overwrite each other."
    )

    objects = ChallengeSetQuerySet.as_manager()

    class Meta:
        ordering = ["title", "-version", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["code", "version"], name="challenge_set_version_unique"),
            models.UniqueConstraint(
                fields=["code"], condition=Q(published_at__isnull=True), name="challenge_set_one_draft"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} ({self.version})"

    @property
    def is_draft(self) -> bool:
        return self.published_at is None


class ChallengeTemplate(models.Model):
    """A challenge as the library offers it. Lists are lists of plain sentences."""

    # What a city copies, and so what may differ from one version to the next. Its place is the city's own affair.
    CONTENT = (
        "theme",
        "label",
        "question",
        "summary",
        "why",
        "guiding_questions",
        "on_table",
        "off_table",
        "examples",
    )

    challenge_set = models.ForeignKey(ChallengeSet, on_delete=models.CASCADE, related_name="challenges")
    code = models.SlugField(max_length=60, help_text="The same from version to version: cities find it by it.")
    position = models.PositiveSmallIntegerField()
    theme = models.CharField(max_length=20, choices=Theme)
    label = models.CharField(max_length=40)
    question = models.CharField(max_length=200)
    summary = models.TextField()
    why = models.TextField()
    guiding_questions = models.JSONField(default=list)
    on_table = models.JSONField(default=list)
    off_table = models.JSONField(default=list)
    examples = models.JSONField(default=list, help_text="[{text, why}]")
    revision = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["position", "pk"]
        constraints = [models.UniqueConstraint(fields=["challenge_set", "code"], name="challenge_template_code_unique")]

    def __str__(self) -> str:
        return self.question

    @property
    def content(self) -> dict[str, object]:
        """What a city would copy, by the name of each field."""
        return {name: getattr(self, name) for name in self.CONTENT}
