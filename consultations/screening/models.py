"""Versions of the lexicon, in public: every city reads the newest (`tables.py`), operators write the next.

The database refuses any change to one (migration 0001): what was flagged stays explainable.
"""

from django.db import models

from consultations.screening.lexicon import PARTS


class LexiconVersion(models.Model):
    """All the words at a time, by what they mean for a text. Until there is one, the words of the software hold."""

    number = models.PositiveIntegerField(unique=True)
    always = models.TextField(blank=True)
    aimed = models.TextField(blank=True)
    images = models.TextField(blank=True)
    phrases = models.TextField(blank=True)
    innocent = models.TextField(blank=True)
    places = models.TextField(blank=True)
    note = models.CharField(max_length=200, help_text="Why it was made, for colleagues.")
    made_by = models.CharField(max_length=254, help_text="As the team knows them: the trail forgets.")
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["-number"]

    def __str__(self) -> str:
        return str(self.number)

    @property
    def parts(self) -> dict[str, str]:
        return {name: getattr(self, name) for name in PARTS}
