"""Imports that the team makes at the desk: what was said, what was found, and the files until they are imported."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from consultations.framing.models import Consultation
from consultations.imports.enums import ImportState


class Import(models.Model):
    format = models.CharField(max_length=20, help_text="Key of a reader (imports.formats).")
    state = models.CharField(max_length=10, choices=ImportState, default=ImportState.LOOKING)
    names = models.CharField(max_length=300, help_text="Of its files.")
    digest = models.CharField(max_length=64, help_text="Of its files: sent twice, they are one import.")
    said = models.JSONField(default=dict, help_text="What somebody chose (reading.Said).")
    result = models.JSONField(default=dict, help_text="What was found, then what was done.")
    consultation = models.ForeignKey(Consultation, null=True, on_delete=models.SET_NULL, related_name="imports")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, help_text="When it was imported, then when it was undone.")
    revision = models.PositiveIntegerField(default=0, help_text="Counts what was said: a press is about what it saw.")

    class Meta:
        ordering = ["-created_at", "-pk"]

    def __str__(self) -> str:
        return f"import {self.pk}"

    @property
    def waits(self) -> bool:
        """For a worker."""
        return self.state in (ImportState.LOOKING, ImportState.RUNNING)

    @property
    def is_unreadable(self) -> bool:
        """Its files were looked at, and not a line was found."""
        return bool(self.result.get("problem")) and not self.result.get("lines")


class ImportFile(models.Model):
    """Until it is imported: it may hold addresses of people, which nobody needs. Then what was not taken of it, for as
    long as somebody may want to correct it."""

    of = models.ForeignKey(Import, on_delete=models.CASCADE, related_name="files")
    name = models.CharField(max_length=120)
    size = models.PositiveIntegerField()
    is_left = models.BooleanField(default=False, help_text="The lines of it that were not taken, with why.")

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return str(self.pk)


class ImportPart(models.Model):
    """At most a megabyte of a file."""

    file = models.ForeignKey(ImportFile, on_delete=models.CASCADE, related_name="parts", db_index=False)
    position = models.PositiveSmallIntegerField()
    content = models.BinaryField()

    class Meta:
        ordering = ["file", "position"]
        constraints = [models.UniqueConstraint(fields=["file", "position"], name="import_part_once")]

    def __str__(self) -> str:
        return f"{self.file_id}.{self.position}"
