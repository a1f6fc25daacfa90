"""What the team keeps of its list of contributions."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models.functions import MD5, Lower
from django.utils import timezone

VIEW_NAME_MAX = 60
# As an address says it: words, slugs and columns, each of which is bounded.
VIEW_QUERY_MAX = 4000
# How long a file waits to be fetched: words that were hidden since are still in it.
SHEET_KEPT = timedelta(days=3)


class SavedView(models.Model):
    """Filters and columns of the list under a name: somebody's own, or the team's."""

    name = models.CharField(max_length=VIEW_NAME_MAX)
    query = models.CharField(max_length=VIEW_QUERY_MAX, blank=True, help_text="What the address of the list asks for.")
    # Of the team's, who made it; None once they have left.
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    is_shared = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(Lower("name"), name="saved_view_name_team", condition=models.Q(is_shared=True)),
            models.UniqueConstraint(
                "owner", Lower("name"), name="saved_view_name_own", condition=models.Q(is_shared=False)
            ),
            models.CheckConstraint(
                condition=models.Q(is_shared=True) | models.Q(owner__isnull=False), name="saved_view_is_somebodys"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Sheet(models.Model):
    """A spreadsheet of contributions that is too long to be made while somebody waits: a worker makes it."""

    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=4, choices={"csv": "csv", "xlsx": "xlsx"})
    query = models.CharField(max_length=VIEW_QUERY_MAX, blank=True, help_text="What the address of the list asked for.")
    wanted = models.JSONField(help_text="The same, as it was understood then.")
    columns = models.JSONField(default=list)
    asked_at = models.DateTimeField()
    total = models.PositiveIntegerField(help_text="Lines that there were when it was asked for.")
    ready_at = models.DateTimeField(null=True)
    lines = models.PositiveIntegerField(default=0)
    size = models.PositiveBigIntegerField(default=0)

    class Meta:
        constraints = [
            # Asked for twice is made once.
            models.UniqueConstraint(
                "asked_by", "kind", MD5("query"), name="sheet_made_once", condition=models.Q(ready_at=None)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} ({self.pk})"


class SheetPiece(models.Model):
    """A part of the file of a sheet, in the city's own schema: no other city, no other disk."""

    sheet = models.ForeignKey(Sheet, on_delete=models.CASCADE, related_name="pieces", db_index=False)
    number = models.PositiveIntegerField()
    content = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["sheet", "number"], name="sheet_piece_number")]

    def __str__(self) -> str:
        return f"{self.sheet_id}/{self.number}"
