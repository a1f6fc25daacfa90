"""The files that everybody may take along, as they were last made."""

from django.db import models

from consultations.framing.models import Consultation


class Build(models.Model):
    """When the files were last made, and of which content (common.models.ContentRevision). One row a city."""

    ONLY = 1

    id = models.PositiveSmallIntegerField(primary_key=True, default=ONLY)
    value = models.BigIntegerField(default=-1)
    soon = models.BigIntegerField(default=-1)
    built_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="open_data_build_is_one_row")]

    def __str__(self) -> str:
        return f"{self.value}.{self.soon}"


class OpenFile(models.Model):
    """A table of a consultation in one format. Its bytes stand in parts, so that nobody holds all of them at once."""

    consultation = models.ForeignKey(Consultation, on_delete=models.CASCADE, related_name="+", db_index=False)
    name = models.CharField(max_length=60, help_text="With its ending: propositions.csv.")
    rows = models.PositiveIntegerField()
    size = models.PositiveBigIntegerField(help_text="In bytes.")
    digest = models.CharField(max_length=64)
    changed_at = models.DateTimeField(help_text="When it became what it is.")

    class Meta:
        ordering = ["consultation", "name"]
        constraints = [models.UniqueConstraint(fields=["consultation", "name"], name="open_file_once")]

    def __str__(self) -> str:
        return self.name

    @property
    def ending(self) -> str:
        return self.name.rpartition(".")[2]


class OpenFilePart(models.Model):
    """At most a megabyte of a file."""

    file = models.ForeignKey(OpenFile, on_delete=models.CASCADE, related_name="parts", db_index=False)
    position = models.PositiveIntegerField()
    content = models.BinaryField()

    class Meta:
        ordering = ["file", "position"]
        constraints = [models.UniqueConstraint(fields=["file", "position"], name="open_file_part_once")]

    def __str__(self) -> str:
        return f"{self.file_id}.{self.position}"
