"""Who voted, and what: two tables that nothing ties (services.sealing).

A ballot is found under a keyed hash of its voter, and its choice is sealed with the same key, which is not in this
schema (tenants.keys) and is destroyed at the close. What is sealed has the same length whatever was chosen. So the
order of rows, of which a dump keeps some, ties nobody to a choice either.
"""

from django.conf import settings
from django.db import models

from consultations.voting.models.votes import Vote


class Ballot(models.Model):
    """What somebody has chosen so far, and what they confirmed. Gone once the vote is counted."""

    id = models.UUIDField(primary_key=True, help_text="Of the voter, 128 bits of a keyed hash.")
    vote = models.ForeignKey(Vote, on_delete=models.CASCADE, related_name="ballots")
    draft = models.BinaryField(null=True, help_text="Chosen and not confirmed yet, sealed.")
    sealed = models.BinaryField(null=True, help_text="Confirmed, sealed.")
    mailbox = models.UUIDField(
        null=True,
        unique=True,
        help_text="128 bits of a keyed hash of the mailbox with which it was first confirmed: one is one ballot, "
        "whatever accounts come and go.",
    )

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return str(self.pk)[:6]


class Voter(models.Model):
    """That a person votes, and never what. `user` is empty once they have left."""

    vote = models.ForeignKey(Vote, on_delete=models.CASCADE, related_name="voters", db_index=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="votes_cast")
    with_code = models.BooleanField(default=False, help_text="They have given a code of a letter.")
    has_voted = models.BooleanField(default=False)

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["vote", "user"], name="voter_once")]

    def __str__(self) -> str:
        return f"{self.user_id} → {self.vote_id}"


class Code(models.Model):
    """A code printed on a letter: its keyed hash alone, and whether it was used. Not by whom."""

    vote = models.ForeignKey(Vote, on_delete=models.CASCADE, related_name="codes")
    digest = models.UUIDField(unique=True, help_text="128 bits of its keyed hash.")
    used = models.BooleanField(default=False)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return str(self.digest)[:6]


class PaperBallot(models.Model):
    """Entered from paper by one person of the team, confirmed by another: of nobody."""

    vote = models.ForeignKey(Vote, on_delete=models.CASCADE, related_name="paper_ballots", db_index=False)
    receipt = models.CharField(max_length=12)
    choices = models.JSONField(default=list, help_text="Numbers of items, in their order.")
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    entered_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True, help_text="Only then it counts.")
    form = models.UUIDField(null=True, unique=True, help_text="Drawn with the form: sent twice it enters one ballot.")
    # What follows is kept while it waits for its second person, and no longer.
    code = models.UUIDField(
        null=True, help_text="Keyed hash of its letter's code, or of the mailbox whose vote it is once confirmed."
    )
    enterer = models.UUIDField(
        null=True, help_text="Keyed hash of the mailbox of who entered it: who leaves and comes back."
    )

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["vote", "receipt"], name="paper_ballot_receipt_once"),
            models.CheckConstraint(
                condition=models.Q(confirmed_by=None) | ~models.Q(confirmed_by=models.F("entered_by")),
                name="paper_ballot_by_two",
            ),
        ]

    def __str__(self) -> str:
        return self.receipt
