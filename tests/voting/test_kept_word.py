"""What votes promise holds: nobody reads who of a few voted; what does not count is said; what was withdrawn stays to be
read."""

import io
import json
import zipfile
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.enums import Role
from consultations.participation.enums import Status
from consultations.voting import events, rules
from consultations.voting.abilities import RUN_VOTES
from consultations.voting.enums import Electorate, Method
from consultations.voting.models import PaperBallot, Tally, Vote, Voter
from consultations.voting.services.closing import close
from consultations.voting.services.codes import make_codes, use_code
from consultations.voting.services.items import withdraw_item
from consultations.voting.services.paper import confirm_paper, enter_paper
from notifications.models import Notice
from tenants.export import write_export
from tenants.models import Municipality
from tests.accounts.factories import UserFactory
from tests.participation.factories import ProposalFactory
from tests.participation.test_notices import announce, notified
from tests.voting.factories import a_vote, cast

NOW = timezone.now
pytestmark = pytest.mark.usefixtures("in_saran")


def read(answer: Any) -> str:
    return str(answer.content.decode().replace("\xa0", " ").replace("\u202f", " "))


def staff(**more: Any) -> Any:
    return UserFactory(role=Role.FACILITATOR, **more)


def counted(vote: Vote) -> Tally:
    Vote.objects.filter(pk=vote.pk).update(closes_at=NOW() - timedelta(minutes=1))
    close(vote_id=vote.pk, at=NOW())
    return Tally.objects.get(vote=vote)


def desk_of(vote: Vote) -> str:
    return f"/gestion/consultations/{vote.consultation.slug}/votes/{vote.number}/"


def copied(city: Municipality, table: str) -> list[dict[str, Any]]:
    target = io.BytesIO()
    write_export(municipality=city, target=target, at=NOW(), complete=True)
    lines = zipfile.ZipFile(target).read(f"{table}.jsonl").decode().split("\n")
    return [json.loads(line) for line in lines if line]


def test_the_complete_copy_names_nobody_of_a_few(saran: Municipality, monkeypatch: pytest.MonkeyPatch) -> None:
    vote, user = a_vote(), UserFactory()
    cast(vote, 1, user=user)
    announce(events.vote_closes_soon, vote_id=vote.pk)
    announce(events.vote_counted, vote_id=vote.pk)
    assert Notice.objects.filter(user=user).exists()
    assert copied(saran, "voting_voter") == []
    assert copied(saran, "notifications_notice") == []
    monkeypatch.setattr(rules, "PUBLISHED_FROM", 1)
    of_many = {"vote_id": vote.pk, "user_id": user.pk, "with_code": False, "has_voted": True}
    assert copied(saran, "voting_voter") == [of_many], "without its number, which says who came first"
    assert Voter.objects.count() == 1


def test_papers_that_nobody_confirmed_in_time_are_said_and_not_counted(saran: Municipality, visit: Any) -> None:
    vote, one, other = a_vote(), staff(), staff()
    confirm_paper(paper=enter_paper(vote=vote, numbers=[1], by=one, at=NOW()), by=other, at=NOW())
    late = enter_paper(vote=vote, numbers=[1], by=one, at=NOW())
    counted(vote)
    desk, anybody, here = visit(saran, other, stays=True), visit(saran, stays=True), desk_of(vote)
    assert "1 n’a pas été confirmé à temps : il ne compte pas" in read(desk.get(here))
    page = read(desk.get(f"{here}papier/"))
    assert "Pas confirmés à temps" in page
    assert "confirmer/" not in page
    told = read(desk.post(f"{here}papier/{late.pk}/confirmer/", follow=True))
    assert "un bulletin papier qui n’a pas été confirmé avant ne compte pas" in told
    public = vote.get_absolute_url()
    assert "1 autre bulletin papier n’a pas été confirmé à temps" in read(anybody.get(f"{public}resultat/"))
    found = read(anybody.get(f"{public}recu/", {"recu": late.receipt}))
    assert "n’a pas été confirmé à temps" in found
    assert "Comparez-le" not in found


def test_the_team_is_told_a_day_before_that_papers_wait() -> None:
    vote, one = a_vote(), staff(last_login=NOW())
    announce(events.papers_wait, vote_id=vote.pk)
    assert notified("VOTE_PAPERS_WAIT") == []
    enter_paper(vote=vote, numbers=[1], by=one, at=NOW())
    for _twice in range(2):
        announce(events.papers_wait, vote_id=vote.pk)
    told = notified("VOTE_PAPERS_WAIT")
    assert one in told
    assert len(told) == len(set(told))
    assert all(each.role in RUN_VOTES.roles for each in told)
    PaperBallot.objects.all().delete()


def test_how_many_codes_there_were_is_known_after_they_are_gone(saran: Municipality, visit: Any) -> None:
    vote, by = a_vote(is_open=False, electorate=Electorate.CODES), staff()
    made = make_codes(vote=vote, amount=3, by=by, at=NOW())
    Vote.objects.update(opens_at=NOW() - timedelta(days=1))
    vote, user = Vote.objects.select_related("consultation").get(), UserFactory()
    use_code(vote=vote, user=user, typed=made[0], at=NOW())
    cast(vote, 1, user=user)
    tally = counted(vote)
    assert (tally.codes_made, tally.codes_used) == (3, 1)
    assert "3 créés" in " ".join(read(visit(saran, by, stays=True).get(desk_of(vote))).split())
    result = read(visit(saran, stays=True).get(f"{vote.get_absolute_url()}resultat/"))
    assert "3 codes ont été créés pour les lettres ; utilisés : 1" in result


@pytest.mark.parametrize("shown", [1, 30])
def test_the_result_says_what_was_withdrawn_and_why(
    saran: Municipality, visit: Any, monkeypatch: pytest.MonkeyPatch, shown: int
) -> None:
    monkeypatch.setattr(rules, "PUBLISHED_FROM", shown)
    vote = a_vote()
    cast(vote, 1, 2)
    withdraw_item(item=vote.items.get(number=1), why="Le terrain vient d’être vendu.", by=staff(), at=NOW())
    counted(vote)
    page = read(visit(saran, stays=True).get(f"{vote.get_absolute_url()}resultat/"))
    assert "Des bancs à l’ombre" in page
    assert "Le terrain vient d’être vendu." in page


def test_of_what_moderation_hides_the_text_leaves_the_ballot(saran: Municipality, visit: Any) -> None:
    vote, proposal = a_vote(), ProposalFactory()
    vote.items.filter(number=1).update(proposal=proposal, text="Des mots à cacher.")
    anybody, here = visit(saran, stays=True), vote.get_absolute_url()
    address = f"/api/v1/consultations/{vote.consultation.slug}/votes/{vote.number}/"
    for path in (here, address):
        assert "Des mots à cacher." in read(anybody.get(path))
    type(proposal).objects.filter(pk=proposal.pk).update(status=Status.HIDDEN)
    for path in (here, address):
        assert "Des mots à cacher." not in read(anybody.get(path))
    assert "est masquée par la modération" in read(visit(saran, staff(), stays=True).get(desk_of(vote)))


def test_a_visitor_reads_who_may_vote_by_codes(saran: Municipality, visit: Any) -> None:
    vote = a_vote(electorate=Electorate.CODES)
    page = read(visit(saran, stays=True).get(vote.get_absolute_url()))
    assert "Qui peut voter" in page
    assert "Chaque lettre porte un code" in page


def test_who_is_alone_reads_that_papers_lead_nowhere(saran: Municipality, visit: Any) -> None:
    vote, one = a_vote(), staff(last_login=NOW())
    desk: Client = visit(saran, one, stays=True)
    for path in ("", "papier/"):
        assert "Invitez d’abord un collègue" in read(desk.get(desk_of(vote) + path))
    staff(last_login=NOW())
    for path in ("", "papier/"):
        assert "Invitez d’abord un collègue" not in read(desk.get(desk_of(vote) + path))


def test_tables_open_in_a_spreadsheet_in_french(saran: Municipality, visit: Any, few_are_enough: None) -> None:
    voices, shares = a_vote(method=Method.CHOICES), a_vote(method=Method.SHARES, budget=60_000)
    for vote in (voices, shares):
        for _person in range(3):
            cast(vote, 1)
        counted(vote)
    anybody = visit(saran, stays=True)
    table = anybody.get(f"{voices.get_absolute_url()}bulletins.csv")
    assert table.content.startswith(b"\xef\xbb\xbf")
    assert table["Content-Type"].startswith("text/csv")
    assert "Coût" not in read(anybody.get(f"{voices.get_absolute_url()}tours.csv"))
    assert ".33" not in read(anybody.get(f"{shares.get_absolute_url()}tours.csv"))
    assert ",33" in read(anybody.get(f"{shares.get_absolute_url()}tours.csv"))
