from django.db import models
from django.utils.translation import pgettext_lazy


class Method(models.TextChoices):
    """How people choose, and how it is counted."""

    CHOICES = "CHOICES", pgettext_lazy("vote", "Voices: each person chooses a few, the most chosen come first")
    BUDGET = "BUDGET", pgettext_lazy("vote", "Budget: each person fills a basket, the most chosen come first")
    SHARES = "SHARES", pgettext_lazy("vote", "Equal shares: each person approves, and has the same share of the budget")


# With an amount to spend, and a cost for each project.
WITH_BUDGET = frozenset({Method.BUDGET, Method.SHARES})


class Electorate(models.TextChoices):
    """Who may vote."""

    ACCOUNTS = "ACCOUNTS", pgettext_lazy("voters", "Whoever has an account with a confirmed e-mail address")
    RESIDENTS = "RESIDENTS", pgettext_lazy("voters", "Whoever says in their profile that they live here")
    CODES = "CODES", pgettext_lazy("voters", "Whoever has a code printed on a letter of ours")


class VoteState(models.TextChoices):
    """Where a vote is: it follows from its row (`Vote.state`)."""

    DRAFT = "DRAFT", pgettext_lazy("vote", "being prepared")
    ANNOUNCED = "ANNOUNCED", pgettext_lazy("vote", "announced")
    OPEN = "OPEN", pgettext_lazy("vote", "open")
    COUNTING = "COUNTING", pgettext_lazy("vote", "being counted")
    COUNTED = "COUNTED", pgettext_lazy("vote", "counted")
