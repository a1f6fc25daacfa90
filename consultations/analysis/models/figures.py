"""The figures of a consultation, kept so that a page adds up a few rows: who took part, and what they did."""

from django.conf import settings
from django.db import models

from consultations.analysis.enums import Dimension
from consultations.framing.models import Challenge, Consultation
from consultations.participation.enums import Channel

# What the city says of what it did to reach those who are missing.
EFFORT_MAX = 600


class DayFigures(models.Model):
    """What was done on a day, in a challenge, by one way. Of persons nothing: those are in `Attendance`."""

    consultation = models.ForeignKey(Consultation, on_delete=models.CASCADE, related_name="+", db_index=False)
    challenge = models.ForeignKey(Challenge, on_delete=models.CASCADE, related_name="+", db_index=False)
    day = models.DateField()
    channel = models.CharField(max_length=10, choices=Channel)
    proposals = models.PositiveIntegerField(default=0)
    reworked = models.PositiveIntegerField(default=0, help_text="Of these proposals: with a second version, or more.")
    arguments = models.PositiveIntegerField(default=0)
    taken = models.PositiveIntegerField(default=0, help_text="Of these arguments: taken up in a text.")
    reactions = models.PositiveIntegerField(default=0)
    argued = models.PositiveIntegerField(default=0, help_text="Of these reactions: whose author said why.")

    class Meta:
        ordering = ["day", "challenge"]
        constraints = [
            models.UniqueConstraint(fields=["consultation", "challenge", "day", "channel"], name="day_figures_once")
        ]
        indexes = [models.Index(fields=["challenge"], name="day_figures_challenge")]

    def __str__(self) -> str:
        return f"{self.challenge_id} {self.day}"


class Attendance(models.Model):
    """How many took part."""

    consultation = models.OneToOneField(Consultation, on_delete=models.CASCADE, primary_key=True, related_name="+")
    persons = models.PositiveIntegerField(default=0)
    counted_at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.persons)


class Breakdown(models.Model):
    """Those who took part, by one thing that is known of them, as it is published: a part that is not told anew keeps
    the count that it was told with (common.masking.tell_growth). Nobody is counted twice, nor taken out again.
    """

    consultation = models.ForeignKey(Consultation, on_delete=models.CASCADE, related_name="+", db_index=False)
    dimension = models.CharField(max_length=20, choices=Dimension)
    arrivals = models.JSONField(default=list, help_text="Of each version {part: persons since the one before}.")
    told = models.JSONField(default=dict, help_text="{part: the versions that told it}.")
    shown = models.JSONField(default=dict, help_text="{part: its persons when it was last told}.")
    persons = models.PositiveIntegerField(default=0, help_text="In all parts, with the last version.")
    told_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["consultation", "dimension"], name="breakdown_once")]

    def __str__(self) -> str:
        return self.dimension


class CountedPerson(models.Model):
    """Somebody who is in the parts that are told: once, with what was known of them then. What they say of themselves
    later moves nobody from one part to another, from which one could work out who came in between.
    """

    consultation = models.ForeignKey(Consultation, on_delete=models.CASCADE, related_name="+", db_index=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE, related_name="+")
    imported = models.CharField(max_length=200, blank=True, help_text="The name under what was taken over.")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["consultation", "user", "imported"], name="counted_person_once")]

    def __str__(self) -> str:
        return f"{self.pk}"


class Dashboard(models.Model):
    """What the city chose for the dashboard of a consultation."""

    consultation = models.OneToOneField(Consultation, on_delete=models.CASCADE, primary_key=True, related_name="+")
    is_public = models.BooleanField(default=False, help_text="Everybody reads it.")
    effort = models.CharField(max_length=EFFORT_MAX, blank=True)
    moments = models.TextField(blank=True, help_text="What brought people: a day and words, one a line.")
    revision = models.PositiveIntegerField(default=0)
    updated_at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.consultation_id)


class Population(models.Model):
    """The population of the territory, as the city enters it. One row."""

    ONLY = 1

    id = models.PositiveSmallIntegerField(primary_key=True, default=ONLY)
    source = models.CharField(max_length=120)
    year = models.PositiveSmallIntegerField()
    whom = models.CharField(max_length=60, blank=True, help_text="Who is counted, if not everybody.")
    total = models.PositiveIntegerField()
    ages = models.JSONField(default=dict, help_text="{age band: inhabitants}; none, or those of the whole.")
    places = models.JSONField(default=dict, help_text="{key of a neighbourhood: inhabitants}; the same.")
    revision = models.PositiveIntegerField(default=0)
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="population_is_one_row")]

    def __str__(self) -> str:
        return f"{self.source}, {self.year}"
