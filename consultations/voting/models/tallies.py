"""What was counted: from a file that anybody may count again."""

from typing import Any

from django.db import models

from consultations.voting.counting.published import without_counts
from consultations.voting.models.votes import Vote
from consultations.voting.rules import are_enough


class Tally(models.Model):
    """Made once, at the close, in the transaction that destroys the key; counted from its file afterwards."""

    vote = models.OneToOneField(Vote, primary_key=True, on_delete=models.CASCADE, related_name="tally")
    file = models.TextField(help_text="All ballots without a name, in an order that says nothing.")
    is_published = models.BooleanField(help_text="From thirty ballots on; below, somebody might be recognised.")
    online = models.PositiveIntegerField()
    paper = models.PositiveIntegerField()
    codes_made = models.PositiveIntegerField(default=0, help_text="For letters, in a vote by codes.")
    codes_used = models.PositiveIntegerField(default=0)
    result = models.JSONField(default=dict, help_text="What was chosen, step by step, and what was not.")
    receipts = models.JSONField(default=list, help_text="Of all ballots, sorted: whoever has one finds it there.")

    class Meta:
        verbose_name_plural = "tallies"

    def __str__(self) -> str:
        return f"tally {self.pk}"

    @property
    def shows_counts(self) -> bool:
        """How many chose what. Ballots from paper do not count here: the team has read them, and takes them away from
        the rest; those of paper alone are of nobody.
        """
        return not self.online or are_enough(self.online)

    @property
    def shown_count(self) -> dict[str, Any]:
        """Where counts are not shown (as of votes counted before that was so), without them."""
        found: dict[str, Any] = self.result["count"]
        return found if self.shows_counts else without_counts(found)
