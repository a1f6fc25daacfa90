"""What somebody of the team tries with the dates of a vote, its paper, its list and its codes."""

import re
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.enums import Role
from accounts.erasure import erase
from accounts.models import AuditEntry
from common.refusals import Refusal
from consultations.framing.enums import PhaseKind
from consultations.framing.models import Consultation, Phase
from consultations.framing.selectors import every_consultation
from consultations.framing.services.closing import archive_consultation, close_consultation, prolong_consultation
from consultations.framing.services.consultations import update_consultation
from consultations.framing.services.dates import moments_of
from consultations.framing.services.opening import SomebodyWrote, close_again, may_close_again
from consultations.participation.services.refusals import PhaseClosed
from consultations.voting.enums import Electorate, Method, VoteState
from consultations.voting.models import Code, PaperBallot, Tally, Vote
from consultations.voting.selectors.ballot import ballot_page
from consultations.voting.services import refusals
from consultations.voting.services.ballots import choose, confirm
from consultations.voting.services.closing import close
from consultations.voting.services.codes import make_codes, use_code
from consultations.voting.services.items import withdraw_item
from consultations.voting.services.paper import confirm_paper, enter_paper, take_paper_out
from consultations.voting.services.setting import announce_vote, put_back
from tenants.models import Municipality
from tests.accounts.factories import UserFactory
from tests.voting.factories import a_vote, cast

NOW = timezone.now
pytestmark = pytest.mark.usefixtures("in_saran")


def staff(**more: Any) -> Any:
    return UserFactory(role=Role.FACILITATOR, **more)


# ── Its dates ────────────────────────────────────────────────────────────────


def move_to_later(consultation: Consultation) -> None:
    dates = {"opens_at": NOW(), "closes_at": NOW() + timedelta(days=20)}
    update_consultation(consultation=consultation, actor=None, dates=dates, at=NOW())


def end(consultation: Consultation) -> None:
    close_consultation(consultation=consultation, actor=None, at=NOW())


def archive(consultation: Consultation) -> None:
    """Of dates that were moved before anybody asked."""
    Phase.objects.filter(kind=PhaseKind.PRIORITISE).update(closes_at=NOW())
    archive_consultation(consultation=every_consultation().get(), actor=None, at=NOW(), quiet_home=True)


@pytest.mark.parametrize("act", [end, move_to_later, archive])
def test_while_people_vote_nobody_chooses_another_end(act: Callable[[Consultation], None]) -> None:
    vote = a_vote()
    cast(vote, 1)
    before = moments_of(vote.consultation)
    with pytest.raises(refusals.VoteRuns) as refusal:
        act(vote.consultation)
    assert "Par quels gestes commencer" in str(refusal.value.message)
    assert not every_consultation().get().is_archived
    if act is not archive:
        assert moments_of(vote.consultation) == before
        cast(vote, 2)


@pytest.mark.parametrize("is_open", [True, False])
def test_what_nobody_has_voted_in_yet_is_prepared_again_where_its_consultation_ends(is_open: bool) -> None:
    vote, user = a_vote(is_open=is_open), UserFactory()
    if is_open:
        choose(vote=vote, user=user, number=1, wanted=True, at=NOW())
    end(vote.consultation)
    vote = Vote.objects.select_related("consultation").get()
    assert (vote.state(NOW()), vote.ballots.count()) == (VoteState.DRAFT, 0)
    with pytest.raises(refusals.VoteNotOpen):
        cast(vote, 1)
    with pytest.raises(refusals.VoteNotOpen):
        enter_paper(vote=vote, numbers=[1], by=staff(), at=NOW())


def test_whoever_confirms_while_it_is_put_back_is_refused() -> None:
    """They have read it open; its consultation ends before they press."""
    vote, user = a_vote(), UserFactory()
    choose(vote=vote, user=user, number=1, wanted=True, at=NOW())
    seen = Vote.objects.select_related("consultation").get()
    put_back(vote=vote)
    with pytest.raises(refusals.VoteOver):
        confirm(vote=seen, user=user, seen=[1], at=NOW())
    with pytest.raises(refusals.VoteOver):
        enter_paper(vote=seen, numbers=[1], by=staff(), at=NOW())
    assert not Vote.objects.get().begun


def test_other_dates_leave_a_vote_to_come_as_it_is() -> None:
    """Its own are moved before or after."""
    vote = a_vote(is_open=False)
    move_to_later(vote.consultation)
    assert Vote.objects.get().announced_at is not None


def test_paper_waits_for_nobody_once_the_phase_is_over() -> None:
    vote, other = a_vote(), staff()
    paper = enter_paper(vote=vote, numbers=[1], by=staff(), at=NOW())
    Phase.objects.filter(kind=PhaseKind.PRIORITISE).update(closes_at=NOW())
    paper = PaperBallot.objects.select_related("vote").get(pk=paper.pk)
    for act in (confirm_paper, take_paper_out):
        with pytest.raises(PhaseClosed):
            act(paper=paper, by=other, at=NOW())


def test_more_time_for_the_phase_opens_no_vote_again() -> None:
    vote = a_vote()
    cast(vote, 1)
    Vote.objects.update(closes_at=NOW() - timedelta(minutes=1))
    prolong_consultation(consultation=vote.consultation, actor=None, until=NOW() + timedelta(days=50), at=NOW())
    vote = Vote.objects.select_related("consultation").get()
    with pytest.raises(refusals.VoteOver):
        cast(vote, 2)
    with pytest.raises(refusals.VoteOver):
        enter_paper(vote=vote, numbers=[1], by=staff(), at=NOW())


def test_prolonged_while_people_vote_it_goes_on() -> None:
    vote = a_vote()
    cast(vote, 1)
    until = NOW() + timedelta(days=50)
    prolong_consultation(consultation=vote.consultation, actor=None, until=until, at=NOW())
    cast(vote, 2)


def test_voting_is_taking_part_nobody_closes_it_again(saran: Municipality) -> None:
    vote = a_vote()
    assert may_close_again(vote.consultation)
    cast(vote, 1)
    assert not may_close_again(vote.consultation)
    Vote.objects.update(closes_at=NOW() - timedelta(minutes=1))
    with pytest.raises(SomebodyWrote):
        close_again(consultation=vote.consultation, municipality=saran, actor=None, at=NOW())
    assert Consultation.objects.get().opened_at


def test_the_page_that_closes_names_the_vote_and_its_end(saran: Municipality, visit: Any) -> None:
    vote = a_vote()
    cast(vote, 1)
    client = visit(saran, UserFactory(role=Role.ADMINISTRATOR), stays=True)
    answer = client.post(f"/gestion/consultations/{vote.consultation.slug}/clore/")
    assert answer.status_code == 422
    assert "On vote dans «\xa0Par quels gestes commencer" in answer.content.decode()


def test_the_page_of_dates_says_it_beside_the_end_and_keeps_what_was_typed(saran: Municipality, visit: Any) -> None:
    vote = a_vote()
    cast(vote, 1)
    client = visit(saran, UserFactory(role=Role.ADMINISTRATOR), stays=True)
    form = client.get(reverse("desk_consultation", args=[vote.consultation.slug])).context["form"]
    sent = {name: form[name].value() for name in form.fields if form[name].value() not in (None, "", False)}
    end = timezone.localtime(NOW() + timedelta(days=20))
    sent |= {"closes_at": f"{end:%Y-%m-%dT%H:%M}", "title": "Un titre tapé"}
    begins = timezone.localtime(vote.consultation.phases.get(kind=PhaseKind.PROPOSE).opens_at)
    sent["opens_at"] = f"{begins:%Y-%m-%dT%H:%M}"
    answer = client.post(reverse("desk_consultation", args=[vote.consultation.slug]), sent)
    page = answer.content.decode()
    assert (answer.status_code, "On vote dans" in page, "Un titre tapé" in page) == (422, True, True)


# ── Withdrawals ──────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "more", [{"least": 5}, {"costs": (1, 2)}, {"method": Method.CHOICES, "seats": 4}], ids=["least", "two", "seats"]
)
def test_a_withdrawal_leaves_something_to_choose(more: dict[str, Any]) -> None:
    vote = a_vote(**more)
    with pytest.raises(refusals.TooFewLeft):
        withdraw_item(item=vote.items.get(number=1), why="Le terrain est vendu.", by=staff(), at=NOW())
    assert not vote.items.exclude(withdrawn_at=None).exists()


# ── Codes ────────────────────────────────────────────────────────────────────


def by_codes(amount: int = 2, **more: Any) -> tuple[Vote, list[str]]:
    vote = a_vote(electorate=Electorate.CODES, **more)
    return vote, make_codes(vote=vote, amount=amount, by=staff(), at=vote.opens_at - timedelta(hours=1))


def test_no_code_is_made_once_the_vote_has_opened() -> None:
    vote, _codes = by_codes()
    with pytest.raises(refusals.CodesStand):
        make_codes(vote=vote, amount=1, by=staff(), at=NOW())
    assert vote.codes.count() == 2


def test_a_vote_by_codes_is_announced_with_its_codes() -> None:
    vote = a_vote(electorate=Electorate.CODES, is_open=False)
    Vote.objects.update(announced_at=None)
    with pytest.raises(refusals.CodesMissing):
        announce_vote(vote=vote, by=staff(), at=NOW())
    make_codes(vote=vote, amount=1, by=staff(), at=NOW())
    assert announce_vote(vote=vote, by=staff(), at=NOW()).announced_at


def test_paper_uses_the_code_of_its_letter() -> None:
    vote, (code, other) = by_codes()
    paper = enter_paper(vote=vote, numbers=[1], by=staff(), at=NOW(), code=code.lower())
    for typed in ("", "AAAA AAAA", code):
        with pytest.raises(refusals.CodeRefused):
            enter_paper(vote=vote, numbers=[2], by=staff(), at=NOW(), code=typed)
    with pytest.raises(refusals.CodeRefused):
        use_code(vote=vote, user=UserFactory(), typed=code, at=NOW())
    use_code(vote=vote, user=UserFactory(), typed=other, at=NOW())
    with pytest.raises(refusals.CodeRefused):
        enter_paper(vote=vote, numbers=[2], by=staff(), at=NOW(), code=other)
    assert PaperBallot.objects.count() == 1
    confirm_paper(paper=paper, by=staff(), at=NOW())
    kept = PaperBallot.objects.get()
    assert (kept.code, kept.enterer) == (None, None), "the choice and the code are apart"


def test_what_is_taken_out_gives_its_code_back() -> None:
    vote, (code, other) = by_codes()
    use_code(vote=vote, user=UserFactory(), typed=other, at=NOW())
    paper = enter_paper(vote=vote, numbers=[1], by=staff(), at=NOW(), code=code)
    take_paper_out(paper=paper, by=staff(), at=NOW())
    assert Code.objects.filter(used=False).count() == 1
    enter_paper(vote=vote, numbers=[2], by=staff(), at=NOW(), code=code)


# ── Paper ────────────────────────────────────────────────────────────────────


def test_a_form_sent_twice_enters_one_ballot() -> None:
    vote, by, form = a_vote(), staff(), uuid.uuid4()
    first = enter_paper(vote=vote, numbers=[1, 2], by=by, at=NOW(), form=form)
    again = enter_paper(vote=vote, numbers=[2, 1], by=by, at=NOW(), form=form)
    assert (first.pk, first.receipt) == (again.pk, again.receipt)
    for numbers, who in (([1], by), ([1, 2], staff())):
        with pytest.raises(refusals.PaperSentBefore):
            enter_paper(vote=vote, numbers=numbers, by=who, at=NOW(), form=form)
    assert PaperBallot.objects.count() == 1


def test_a_form_sent_twice_uses_its_code_once() -> None:
    vote, (code, other) = by_codes()
    by, form = staff(), uuid.uuid4()
    first = enter_paper(vote=vote, numbers=[1], by=by, at=NOW(), form=form, code=code)
    assert enter_paper(vote=vote, numbers=[1], by=by, at=NOW(), form=form, code=code).pk == first.pk
    with pytest.raises(refusals.PaperSentBefore):
        enter_paper(vote=vote, numbers=[1], by=by, at=NOW(), form=form, code=other)
    assert Code.objects.filter(used=True).count() == 1


def test_a_refused_code_enters_nothing_and_its_form_may_be_sent_again() -> None:
    vote, (code, _other) = by_codes()
    given: dict[str, Any] = {"vote": vote, "numbers": [1], "by": staff(), "form": uuid.uuid4()}
    with pytest.raises(Refusal):
        enter_paper(at=NOW(), code="AAAA AAAA", **given)
    assert not PaperBallot.objects.exists()
    enter_paper(at=NOW(), code=code, **given)


def test_whoever_leaves_and_comes_back_confirms_nothing_that_they_entered() -> None:
    vote, one = a_vote(), staff(email="one@saran.fr")
    paper = enter_paper(vote=vote, numbers=[1], by=one, at=NOW())
    erase(user_id=one.pk, with_texts=False)
    with pytest.raises(refusals.NotTheSame):
        confirm_paper(paper=paper, by=staff(email="one+again@saran.fr"), at=NOW())
    confirm_paper(paper=paper, by=staff(email="other@saran.fr"), at=NOW())


def test_an_address_votes_once_on_the_site_or_on_paper() -> None:
    vote, by, here, there = a_vote(), staff(), UserFactory(email="a@saran.fr"), UserFactory(email="b@saran.fr")
    cast(vote, 1, user=here)
    late, paper, again = (
        enter_paper(vote=vote, numbers=[1], by=by, at=NOW(), email=email)
        for email in ("A+x@saran.fr", "b@saran.fr", "b@saran.fr")
    )  # whoever has voted or not: entering tells nobody
    choose(vote=vote, user=there, number=1, wanted=True, at=NOW())
    other = staff()
    assert not confirm_paper(paper=late, by=other, at=NOW())
    assert AuditEntry.objects.get(action="paper_ballot_voted_elsewhere").actor == other
    assert confirm_paper(paper=paper, by=other, at=NOW())
    assert not confirm_paper(paper=again, by=other, at=NOW())
    assert confirm_paper(paper=paper, by=other, at=NOW())  # pressed again
    for voter in (there, UserFactory(email="b+later@saran.fr")):
        with pytest.raises(refusals.VotedAlready):
            cast(vote, 2, user=voter)
        assert ballot_page(vote, voter, at=NOW()).voted_already
    assert PaperBallot.objects.get().code is None
    Vote.objects.update(closes_at=NOW() - timedelta(minutes=1))
    close(vote_id=vote.pk, at=NOW())
    assert (Tally.objects.get().online, Tally.objects.get().paper) == (1, 1)


def test_a_paper_that_waits_keeps_nobody_from_voting(saran: Municipality, visit: Any) -> None:
    vote, user = a_vote(), UserFactory(email="e5@saran.fr")
    paper = enter_paper(vote=vote, numbers=[2], by=staff(), at=NOW(), email="e5@saran.fr")
    cast(vote, 1, user=user)
    here = f"/gestion/consultations/{vote.consultation.slug}/votes/{vote.number}/papier/"
    told = visit(saran, staff(), stays=True).post(f"{here}{paper.pk}/confirmer/", follow=True).content.decode()
    assert "ne compte pas : son adresse a déjà voté" in told.replace("\xa0", " ")
    assert not PaperBallot.objects.exists()


def test_who_is_refused_because_of_a_paper_reads_whom_to_write_to(saran: Municipality, visit: Any) -> None:
    vote, user = a_vote(), UserFactory(email="e5@saran.fr")
    vote.consultation.contact_email = "vote@saran.fr"
    vote.consultation.save()
    paper = enter_paper(vote=vote, numbers=[2], by=staff(), at=NOW(), email="e5@saran.fr")
    confirm_paper(paper=paper, by=staff(), at=NOW())
    phone, here = visit(saran, user, stays=True), vote.get_absolute_url()
    for answer in (phone.get(here), phone.post(f"{here}relire/", {"vu": "1"})):
        page = answer.content.decode()
        assert "Ce n’est pas vous ?" in page.replace("\xa0", " ")
        assert "mailto:vote@saran.fr" in page
        assert "Rien n’est encore choisi" not in page


def test_the_desk_sends_a_form_once_and_reads_what_is_checked(saran: Municipality, visit: Any) -> None:
    vote = a_vote()
    here = f"/gestion/consultations/{vote.consultation.slug}/votes/{vote.number}/papier/"
    desk = visit(saran, staff(), stays=True)
    page = desk.get(here).content.decode()
    assert "Une adresse vote une fois" in page
    form = re.search(r'name="form" value="([0-9a-f-]{36})"', page)
    assert form
    typed = {"choices": ["1"], "form": form[1]}
    assert [desk.post(here, typed).status_code for _press in range(2)] == [302, 302]
    assert PaperBallot.objects.count() == 1
    other = desk.post(here, typed | {"choices": ["2"]})
    assert other.status_code == 422
    assert "a déjà saisi le bulletin" in other.content.decode()
    fresh = re.search(r'name="form" value="([0-9a-f-]{36})"', other.content.decode())
    assert fresh
    assert desk.post(here, {"choices": ["2"], "form": fresh[1]}).status_code == 302
    assert PaperBallot.objects.count() == 2


def test_two_papers_alike_right_after_each_other_are_marked(saran: Municipality, visit: Any) -> None:
    vote, by = a_vote(), staff()
    here = f"/gestion/consultations/{vote.consultation.slug}/votes/{vote.number}/papier/"
    for numbers in ([1], [1], [2]):
        enter_paper(vote=vote, numbers=numbers, by=by, at=NOW())
    page = visit(saran, staff(), stays=True).get(here).content.decode()
    assert page.count("y a-t-il deux papiers") == 2


def test_the_desk_asks_for_the_code_beside_its_field(saran: Municipality, visit: Any) -> None:
    vote, (code, _other) = by_codes()
    here = f"/gestion/consultations/{vote.consultation.slug}/votes/{vote.number}/papier/"
    desk = visit(saran, staff(), stays=True)
    assert "Le code de la lettre" in desk.get(here).content.decode()
    assert desk.post(here, {"choices": ["1"]}).status_code == 422
    refused = desk.post(here, {"choices": ["1"], "code": "AAAA AAAA"})
    assert refused.status_code == 422
    assert "Ce code n’est pas connu" in refused.content.decode()
    assert desk.post(here, {"choices": ["1"], "code": code}).status_code == 302
