"""Challenge sets, in public: cities copy them and never point at them (tenants.schema.SHARED_TABLES)."""

from django.db import models

from consultations.library.enums import Theme


class ChallengeSet(models.Model):
    """One version of a set. A later version is another row: what a city copied stays explainable."""

    code = models.SlugField(max_length=60)
    version = models.PositiveIntegerField()
    title = models.CharField(max_length=120)
    question = models.CharField(max_length=200, help_text="The consultation's question; {name} is the authority's.")
    summary = models.TextField()

    class Meta:
        ordering = ["title", "-version", "pk"]
        constraints = [models.UniqueConstraint(fields=["code", "version"], name="challenge_set_version_unique")]

    def __str__(self) -> str:
        return f"{self.title} ({self.version})"


class ChallengeTemplate(models.Model):
    """A challenge as the library offers it. Lists are lists of plain sentences."""

    challenge_set = models.ForeignKey(ChallengeSet, on_delete=models.CASCADE, related_name="challenges")
    code = models.SlugField(max_length=60)
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

    class Meta:
        ordering = ["position", "pk"]
        constraints = [models.UniqueConstraint(fields=["challenge_set", "code"], name="challenge_template_code_unique")]

    def __str__(self) -> str:
        return self.question
