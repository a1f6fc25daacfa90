"""Closing a vote: ballots lose their names, the key is destroyed, and what is left is counted from the file.

Two transactions, each done once: killed between them, the second is done when the task begins again.
"""

import io
from collections.abc import Iterator
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from accounts.audit import record
from common.city import present_city
from common.outbox import announce_later
from consultations.voting.counting import pabulib
from consultations.voting.counting.election import CENTS, Election, Project, Rule, gather
from consultations.voting.counting.published import as_json, without_counts
from consultations.voting.counting.rules import count
from consultations.voting.enums import Method
from consultations.voting.events import vote_counted
from consultations.voting.models import Ballot, Item, PaperBallot, Tally, Vote
from consultations.voting.rules import are_enough
from consultations.voting.sealing import unseal
from tenants.keys.services import destroy_key, key_of

RULES = {Method.CHOICES: Rule.K, Method.BUDGET: Rule.GREEDY, Method.SHARES: Rule.EQUAL_SHARES}
_CHUNK = 2000


def close(*, vote_id: int, at: datetime) -> None:
    """Before its end, or once counted, nothing happens."""
    with transaction.atomic():
        # Whoever is confirming holds the row, too: they are waited for, and whoever comes later finds it closed.
        vote = Vote.objects.select_for_update(of=("self",), no_key=True).filter(pk=vote_id).first()
        if vote is None or vote.announced_at is None or at < vote.closes_at:
            return
        if vote.closed_at is None:
            _open_ballots(vote, at)
    with transaction.atomic():
        tally = Tally.objects.select_for_update(of=("self",), no_key=True).select_related("vote").get(pk=vote_id)
        if not tally.result:
            _count(tally, at)


def _open_ballots(vote: Vote, at: datetime) -> None:
    key, receipts = key_of(vote.key_name), []
    tallied = {"online": 0, "paper": 0}

    def ballots() -> Iterator[frozenset[int]]:
        rows = Ballot.objects.filter(vote=vote, sealed__isnull=False).values_list("pk", "sealed")
        for name, sealed in rows.iterator(chunk_size=_CHUNK):
            choice = unseal(key, name, sealed or b"", is_draft=False)
            receipts.append(choice.receipt)
            tallied["online"] += 1
            yield choice.items
        for receipt, choices in PaperBallot.objects.filter(vote=vote, confirmed_at__isnull=False).values_list(
            "receipt", "choices"
        ):
            receipts.append(receipt)
            tallied["paper"] += 1
            yield frozenset(choices)

    election = election_of(vote, ballots())
    tally = Tally(vote=vote, file=_written(election), receipts=sorted(receipts), **tallied)
    tally.codes_made, tally.codes_used = vote.codes.count(), vote.codes.filter(used=True).count()
    tally.is_published = tally.shows_counts and are_enough(election.voters)
    tally.save(force_insert=True)
    Ballot.objects.filter(vote=vote).delete()
    PaperBallot.objects.filter(vote=vote).update(choices=[], code=None, enterer=None)
    vote.codes.all().delete()
    destroy_key(vote.key_name)
    vote.closed_at = at
    vote.save(update_fields=["closed_at"])


def election_of(vote: Vote, ballots: Iterator[frozenset[int]]) -> Election:
    """What was withdrawn is in no ballot any more; one that chose nothing else counts as one that chose nothing."""
    items = {each.number: each for each in vote.items.all() if each.withdrawn_at is None}
    return gather(
        map(_project, items.values()),
        ([str(number) for number in sorted(chosen) if number in items] for chosen in ballots),
        budget=(vote.budget or 0) * CENTS,
        rule=RULES[Method(vote.method)],
        seats=vote.seats,
        meta={
            "description": vote.title,
            "country": "France",
            "unit": getattr(present_city(), "name", ""),
            "instance": f"{timezone.localtime(vote.closes_at).year}",
            "date_begin": f"{timezone.localtime(vote.opens_at):%d.%m.%Y}",
            "date_end": f"{timezone.localtime(vote.closes_at):%d.%m.%Y}",
            "min_length": str(vote.least),
            "max_length": str(vote.most or len(items)),
        },
    )


def _project(item: Item) -> Project:
    return Project(id=str(item.number), cost=(item.cost or 0) * CENTS, name=item.title, district=item.neighbourhood)


def _written(election: Election, *, taken: tuple[str, ...] | None = None) -> str:
    """Of voices alone a table, as Pabulib has no such vote."""
    stream = io.StringIO()
    if election.rule == Rule.K:
        pabulib.write_csv(election, stream)
    else:
        pabulib.write(election, stream, taken=taken)
    return stream.getvalue()


def read_ballots(written: str, rule: Rule) -> Election:
    stream = io.StringIO(written)
    return pabulib.read_csv(stream) if rule == Rule.K else pabulib.read(stream)


def _count(tally: Tally, at: datetime) -> None:
    """From the file, as anybody may. Beside equal shares: what most votes first would have given."""
    vote, rule = tally.vote, RULES[Method(tally.vote.method)]
    election = read_ballots(tally.file, rule)
    counted = count(election, rule)
    if not tally.shows_counts:
        tally.result = {"count": without_counts(as_json(counted)), "votes": {}}
    else:
        tally.result = {"count": as_json(counted), "votes": election.votes}
        if rule == Rule.EQUAL_SHARES:
            tally.result["by_votes"] = as_json(count(election, Rule.GREEDY))
    # What is published nowhere is not kept either.
    tally.file = _written(election, taken=counted.selected) if tally.is_published else ""
    tally.save(update_fields=["result", "file"])
    vote.counted_at = at
    vote.save(update_fields=["counted_at"])
    record("vote_counted", at, actor=None, subject=vote)
    announce_later(vote_counted, vote_id=vote.pk)
