"""Words of a city's own."""

from django.db import models


class CityWord(models.Model):
    """A word, or a run of words, that the filter points at in this city, beside those of the lexicon."""

    words = models.CharField(max_length=200, unique=True)

    class Meta:
        ordering = ["words"]

    def __str__(self) -> str:
        return self.words
