"""Preparing a vote at the desk: everything is set before it opens, and then it stands."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from accounts.enums import Role
from accounts.models import User
from common.meanwhile import ChangedMeanwhile
from common.outbox import messages_of
from common.refusals import Refusal
from consultations.framing.selectors import period
from consultations.outcomes.euros import AmountRefused
from consultations.voting.enums import Electorate, Method, VoteState
from consultations.voting.models import Code, Item, Vote, Voter
from consultations.voting.services import refusals
from consultations.voting.services.codes import make_codes, use_code
from consultations.voting.services.items import add_items, change_item, remove_item, withdraw_item
from consultations.voting.services.setting import announce_vote, change_vote, create_vote, discard_vote
from consultations.voting.services.timing import close_vote, tell_open, tell_soon
from tenants.keys.services import KeyDestroyed, key_of
from tenants.models import Municipality
from tests.accounts.factories import UserFactory
from tests.outcomes.project_factories import ProjectFactory
from tests.participation.factories import ProposalFactory
from tests.voting.factories import a_vote, cast, prioritising, said

NOW = timezone.now


@pytest.fixture
def by(in_saran: object) -> User:
    made: User = UserFactory(role=Role.FACILITATOR)  # type: ignore[assignment]
    return made


def prepared(by: User, **more: Any) -> Vote:
    return create_vote(consultation=prioritising(), by=by, at=NOW(), **said(**more))


def items_of(vote: Vote, by: User, *costs: int | None) -> list[Item]:
    """As the desk puts them to the vote, then says what each costs."""
    proposals = [ProposalFactory() for _cost in costs]
    made = add_items(vote=vote, proposals=[each.pk for each in proposals], projects=[], by=by, at=NOW())
    for item, cost in zip(made, costs, strict=True):
        if cost:
            item.vote = vote
            change_item(
                item=item,
                revision=item.mark,
                title=item.title,
                text=item.text,
                cost=cost,
                neighbourhood="",
                by=by,
                at=NOW(),
            )
    return list(vote.items.all())


def test_a_vote_is_prepared_announced_and_planned(by: User) -> None:
    vote = prepared(by)
    assert vote.state(NOW()) == VoteState.DRAFT
    items_of(vote, by, 10_000, 20_000)
    announced = announce_vote(vote=vote, by=by, at=NOW())
    assert announced.state(NOW()) == VoteState.ANNOUNCED
    assert announced.state(vote.opens_at) == VoteState.OPEN
    assert announced.state(vote.closes_at) == VoteState.COUNTING
    due = messages_of(close_vote).get(payload__vote_id=vote.pk).due_at
    assert due == vote.closes_at + timedelta(minutes=1)
    assert messages_of(tell_open).get(payload__vote_id=vote.pk).due_at == vote.opens_at
    assert messages_of(tell_soon).get(payload__vote_id=vote.pk).due_at == vote.closes_at - timedelta(days=2)
    announce_vote(vote=vote, by=by, at=NOW())
    assert messages_of(close_vote).filter(payload__vote_id=vote.pk).count() == 1


@pytest.mark.parametrize(
    ("more", "refusal"),
    [
        ({"budget": 0}, refusals.BudgetMissing),
        ({"budget": None}, refusals.BudgetMissing),
        ({"budget": 1_000_000_001}, AmountRefused),
        ({"method": Method.CHOICES, "most": None}, refusals.MostMissing),
        ({"method": Method.CHOICES, "most": 3}, refusals.SeatsMissing),
        ({"method": Method.CHOICES, "most": 3, "seats": 0}, refusals.SeatsMissing),
        ({"least": 4, "most": 3}, refusals.MostBelowLeast),
        ({"opens_at": NOW() - timedelta(hours=1)}, refusals.OpensInPast),
        ({"closes_at": NOW() + timedelta(days=1, minutes=5)}, refusals.ClosesFirst),
        ({"closes_at": NOW() + timedelta(days=40)}, refusals.OutsidePhase),
        ({"opens_at": NOW() + timedelta(days=31), "closes_at": NOW() + timedelta(days=33)}, refusals.OutsidePhase),
    ],
)
def test_what_cannot_be_is_refused_beside_its_field(by: User, more: dict[str, Any], refusal: type[Refusal]) -> None:
    with pytest.raises(refusal):
        prepared(by, **more)
    assert not Vote.objects.exists()


def test_a_billion_is_an_amount(by: User) -> None:
    assert prepared(by, budget=1_000_000_000).budget == 1_000_000_000


def test_a_phase_without_dates_takes_no_vote(by: User) -> None:
    consultation = prioritising()
    consultation.phases.filter(kind="PRIORITISE").update(opens_at=None, closes_at=None)
    with pytest.raises(refusals.NoPrioritising):
        create_vote(consultation=consultation, by=by, at=NOW(), **said())


def test_it_is_announced_only_when_it_is_complete(by: User) -> None:
    vote = prepared(by, least=2)
    with pytest.raises(refusals.TooFewItems):
        announce_vote(vote=vote, by=by, at=NOW())
    items = items_of(vote, by, 10_000, None)
    with pytest.raises(refusals.CostsMissing):
        announce_vote(vote=vote, by=by, at=NOW())
    items[1].vote = vote
    change_item(
        item=items[1],
        revision=items[1].mark,
        title="Un frigo partagé",
        text="",
        cost=5,
        neighbourhood="",
        by=by,
        at=NOW(),
    )
    assert announce_vote(vote=vote, by=by, at=NOW()).announced_at is not None
    items[0].vote = vote
    with pytest.raises(refusals.CostMissing):
        change_item(
            item=items[0],
            revision=items[0].mark,
            title="Un frigo partagé",
            text="",
            cost=0,
            neighbourhood="",
            by=by,
            at=NOW(),
        )
    with pytest.raises(refusals.TooFewItems):  # what everybody sees stays complete
        remove_item(item=items[0], by=by, at=NOW())
    assert vote.items.count() == 2


def test_a_vote_that_would_choose_everything_is_not_announced(by: User) -> None:
    vote = prepared(by, method=Method.CHOICES, most=3, seats=2)
    items_of(vote, by, None, None)
    with pytest.raises(refusals.NothingLeftOut):
        announce_vote(vote=vote, by=by, at=NOW())
    items_of(vote, by, None)
    assert announce_vote(vote=vote, by=by, at=NOW()).seats == 2
    assert prepared(by, seats=2).seats is None, "a budget chooses by itself"


def test_neither_more_projects_than_one_reads_nor_fewer_than_one_must_choose(by: User) -> None:
    vote = prepared(by, least=3)
    items_of(vote, by, 10, 20)
    with pytest.raises(refusals.LeastTooMany):
        announce_vote(vote=vote, by=by, at=NOW())
    Item.objects.bulk_create(Item(vote=vote, number=number, title="Un projet") for number in range(3, 201))
    with pytest.raises(refusals.TooManyItems):
        add_items(vote=vote, proposals=[ProposalFactory().pk], projects=[], by=by, at=NOW())


def test_proposals_and_projects_of_the_consultation_are_put_to_it_once(by: User) -> None:
    vote = prepared(by)
    proposal, project = ProposalFactory(), ProjectFactory(budget_planned=12_000)
    hidden, secret = ProposalFactory(status="HIDDEN"), ProjectFactory(prepared=True)
    for pks in ({"proposals": [hidden.pk], "projects": []}, {"proposals": [], "projects": [secret.pk]}):
        with pytest.raises(refusals.NotForVote):
            add_items(vote=vote, by=by, at=NOW(), **pks)
    for _twice in range(2):
        add_items(vote=vote, proposals=[proposal.pk], projects=[project.pk], by=by, at=NOW())
    assert {(each.proposal_id, each.project_id, each.cost) for each in vote.items.all()} == {
        (proposal.pk, None, None),
        (None, project.pk, 12_000),
    }


def test_once_it_is_open_rule_costs_and_list_stand(by: User) -> None:
    vote = a_vote()
    item = vote.items.get(number=1)
    with pytest.raises(refusals.RuleStands):
        change_vote(vote=vote, revision=0, by=by, at=NOW(), **said())
    with pytest.raises(refusals.RuleStands):
        change_item(item=item, revision=item.mark, title=item.title, text="", cost=1, neighbourhood="", by=by, at=NOW())
    with pytest.raises(refusals.RuleStands):
        remove_item(item=item, by=by, at=NOW())
    with pytest.raises(refusals.RuleStands):
        add_items(vote=vote, proposals=[ProposalFactory().pk], projects=[], by=by, at=NOW())
    with pytest.raises(refusals.RuleStands):
        discard_vote(vote=vote, by=by, at=NOW())
    cast(vote, 1)
    # Whatever is written about its dates: somebody has voted.
    Vote.objects.filter(pk=vote.pk).update(opens_at=NOW() + timedelta(days=1))
    with pytest.raises(refusals.RuleStands):
        change_vote(vote=vote, revision=0, by=by, at=NOW(), **said())


def test_two_who_set_it_at_once_see_each_other(by: User) -> None:
    vote = prepared(by)
    change_vote(vote=vote, revision=0, by=by, at=NOW(), **said(title="Un premier titre"))
    with pytest.raises(ChangedMeanwhile):
        change_vote(vote=vote, revision=0, by=by, at=NOW(), **said(title="Un second titre"))
    assert Vote.objects.get().title == "Un premier titre"


def test_the_database_keeps_a_budget_and_an_order_of_dates(by: User) -> None:
    vote = prepared(by)
    for wrong in ({"budget": None}, {"closes_at": vote.opens_at}, {"least": 0}, {"begun": True}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Vote.objects.filter(pk=vote.pk).update(**wrong)


def test_given_up_before_it_opens_its_key_goes_with_it(by: User) -> None:
    vote = prepared(by)
    name = vote.key_name
    assert len(key_of(name)) == 32
    discard_vote(vote=vote, by=by, at=NOW())
    assert not Vote.objects.exists()
    with pytest.raises(KeyDestroyed):
        key_of(name)


# ── Withdrawing ──────────────────────────────────────────────────────────────


def test_a_project_is_withdrawn_with_its_reason_while_people_vote(by: User) -> None:
    vote = a_vote()
    item = vote.items.get(number=2)
    withdraw_item(item=item, why="Le terrain vient d’être vendu.", by=by, at=NOW())
    first = vote.items.get(number=2).withdrawn_at
    withdraw_item(item=item, why="Une autre raison, plus tard.", by=by, at=NOW())
    again = vote.items.get(number=2)
    assert (again.withdrawn_at, again.withdrawn_why) == (first, "Le terrain vient d’être vendu.")
    with pytest.raises(refusals.NotWithdrawable):
        withdraw_item(item=vote.items.get(number=1), why="Trop tard, le vote est fini.", by=by, at=vote.closes_at)
    with pytest.raises(refusals.NotWithdrawable):
        vote = prepared(by)
        withdraw_item(item=items_of(vote, by, 1)[0], why="Personne ne le voit encore.", by=by, at=NOW())


# ── Codes ────────────────────────────────────────────────────────────────────


def test_a_code_lets_one_person_in_and_its_hash_alone_is_kept(by: User) -> None:
    vote = a_vote(electorate=Electorate.CODES)
    codes = make_codes(vote=vote, amount=20, by=by, at=vote.opens_at - timedelta(hours=1))
    assert len(set(codes)) == 20
    assert all(len(each.replace(" ", "")) == 8 for each in codes)
    kept = "".join(str(each.digest) for each in Code.objects.all())
    assert not any(each.replace(" ", "").lower() in kept.replace("-", "") for each in codes)
    first, second = UserFactory(), UserFactory()
    with pytest.raises(refusals.MayNotVote):
        cast(vote, 1, user=first)
    use_code(vote=vote, user=first, typed=codes[0].lower().replace("0", "o").replace("1", "l"), at=NOW())
    cast(vote, 1, user=first)
    with pytest.raises(refusals.CodeRefused):
        use_code(vote=vote, user=second, typed=codes[0], at=NOW())
    with pytest.raises(refusals.CodeRefused):
        use_code(vote=vote, user=second, typed="AAAA AAAA", at=NOW())
    with pytest.raises(refusals.CodeNotNeeded):
        use_code(vote=vote, user=first, typed=codes[1], at=NOW())
    assert Code.objects.filter(used=True).count() == 1
    assert not Voter.objects.filter(user=second).exists()
    with pytest.raises(refusals.VoteOver):
        use_code(vote=vote, user=second, typed=codes[1], at=vote.closes_at)


def test_codes_are_for_votes_by_codes_and_not_too_many(by: User) -> None:
    with pytest.raises(refusals.NoCodesHere):
        make_codes(vote=a_vote(), amount=1, by=by, at=NOW())
    for amount in (0, 50_001):
        with pytest.raises(refusals.TooManyCodes):
            make_codes(vote=a_vote(electorate=Electorate.CODES, is_open=False), amount=amount, by=by, at=NOW())


def test_codes_pressed_twice_are_made_once_and_may_be_cancelled(by: User, visit: Any, saran: Municipality) -> None:
    vote = a_vote(electorate=Electorate.CODES, is_open=False)
    here = f"/gestion/consultations/{vote.consultation.slug}/votes/{vote.number}/codes/"
    client = visit(saran, by, stays=True)
    sent = {"amount": "24", "revision": "0"}
    assert [client.post(here, sent).status_code for _press in range(2)] == [200, 422]
    assert vote.codes.count() == 24
    first = set(vote.codes.values_list("digest", flat=True))
    assert "24 codes ont déjà été créés" in client.post(here, sent).content.decode().replace("\xa0", " ")
    assert client.post(here, {"amount": "10", "revision": "24", "instead": "on"}).status_code == 200
    assert vote.codes.count() == 10
    assert not first & set(vote.codes.values_list("digest", flat=True))
    assert client.post(here, {"amount": "5", "revision": "10"}).status_code == 200
    assert vote.codes.count() == 15
    with pytest.raises(refusals.CodesMade):
        make_codes(vote=vote, amount=1, by=by, at=NOW(), known=10)
    vote.announced_at = NOW()
    with pytest.raises(refusals.VoteNotOpen):
        use_code(vote=vote, user=UserFactory(), typed="AAAA AAAA", at=NOW())


# ── Pages ────────────────────────────────────────────────────────────────────


@pytest.fixture
def desk(saran: Municipality, by: User, visit: Any) -> Client:
    client: Client = visit(saran, by, stays=True)
    return client


def typed(**more: Any) -> dict[str, Any]:
    given = {name: "" if value is None else value for name, value in said().items()}
    for name in ("opens_at", "closes_at"):
        given[name] = timezone.localtime(given[name]).strftime("%Y-%m-%dT%H:%M")
    return {**given, "revision": 0, **more}


def test_the_desk_prepares_changes_announces_and_prints_codes(desk: Client) -> None:
    consultation = prioritising()
    here = f"/gestion/consultations/{consultation.slug}/votes/"
    assert "Préparer un vote" in desk.get(here).content.decode()
    refused = desk.post(f"{here}nouveau/", typed(budget="1500,50"))
    assert refused.status_code == 422
    assert "En euros entiers, sans centimes" in refused.content.decode()
    assert "1500,50" in refused.content.decode()
    made = desk.post(f"{here}nouveau/", typed(electorate="CODES"))
    assert made.status_code == 302
    one = f"{here}1/"
    incomplete = desk.post(f"{one}annoncer/")
    assert incomplete.status_code == 422
    proposals = [ProposalFactory(), ProposalFactory()]
    desk.post(f"{one}projets/", {"proposals": [each.pk for each in proposals]})
    for number in (1, 2):
        read = Item.objects.get(vote__number=1, number=number).mark
        typed_in = {"title": "Un projet en mots", "text": "", "cost": "0", "revision": read}
        answer = desk.post(f"{one}projets/{number}/", typed_in)
        assert answer.status_code == 422
        desk.post(f"{one}projets/{number}/", typed_in | {"cost": "12 000"})
    assert desk.get(f"{one}modifier/").status_code == 200
    assert desk.post(f"{one}modifier/", typed(electorate="CODES", title="Un autre titre")).status_code == 302
    late = desk.post(f"{one}modifier/", typed(electorate="CODES", title="Encore un titre"))
    assert late.status_code == 409
    assert "pendant que vous écriviez" in late.content.decode()
    printed = desk.post(f"{one}codes/", {"amount": 3})
    assert printed["Content-Type"].startswith("text/csv")
    assert printed.content.decode("utf-8-sig").count("\r\n") == 4
    assert desk.post(f"{one}codes/", {"amount": 99_999}).status_code == 422
    assert desk.post(f"{one}annoncer/").status_code == 302
    assert "annoncé" in desk.get(one).content.decode().lower()
    assert desk.get(f"{one}votants/").status_code == 200
    assert desk.post(f"{one}supprimer/").status_code == 302
    assert not Vote.objects.exists()


def test_all_mistakes_are_told_at_once_with_the_dates_of_the_phase(desk: Client) -> None:
    consultation = prioritising()
    here = f"/gestion/consultations/{consultation.slug}/votes/nouveau/"
    late = timezone.localtime(NOW() + timedelta(days=300)).strftime("%Y-%m-%dT%H:%M")
    wrong = typed(title="", method="CHOICES", budget="", least="0", opens_at="2020-01-01T09:00", closes_at=late)
    answer = desk.post(here, wrong)
    assert answer.status_code == 422
    form = answer.context["form"]
    assert set(form.errors) == {"title", "least", "most", "seats", "opens_at", "closes_at"}
    assert form.errors["least"] == ["Un au moins."]
    phase = consultation.phases.get(kind="PRIORITISE")
    days = period(phase.opens_at, phase.closes_at)
    assert days in form.errors["closes_at"][0]
    assert days in str(form.fields["opens_at"].help_text), "before anything is wrong"
    labels = dict(re.findall(r'<label class="form-label" for="id_(\w+)">(.*?)</label>', answer.content.decode(), re.S))
    assert [name for name in ("budget", "most", "seats") if "(facultatif)" in labels[name]] == []
    assert not Vote.objects.exists()


def test_a_vote_may_last_a_market_morning(by: User) -> None:
    opens = NOW() + timedelta(days=1)
    assert prepared(by, opens_at=opens, closes_at=opens + timedelta(hours=4)).closes_at
    with pytest.raises(refusals.ClosesFirst):
        prepared(by, opens_at=opens, closes_at=opens + timedelta(minutes=59))


def test_the_form_of_a_vote_that_has_opened_is_not_shown_any_more(desk: Client) -> None:
    vote = a_vote()
    one = f"/gestion/consultations/{vote.consultation.slug}/votes/{vote.number}/"
    for path in ("modifier/", "projets/", "projets/1/"):
        answer = desk.get(f"{one}{path}")
        assert answer.status_code == 409
        assert "sa règle, ses coûts et sa liste restent" in answer.content.decode()
        assert 'name="title"' not in answer.content.decode()


def test_the_team_is_told_of_a_project_dearer_than_everything(desk: Client) -> None:
    vote = a_vote(costs=(10, 200_000), is_open=False)
    page = desk.get(f"/gestion/consultations/{vote.consultation.slug}/votes/{vote.number}/").content.decode()
    assert page.count("plus que toute la somme") == 1


def test_the_desk_withdraws_what_people_vote_on_and_nothing_else(desk: Client) -> None:
    vote = a_vote()
    one = f"/gestion/consultations/{vote.consultation.slug}/votes/{vote.number}/"
    stands = desk.post(f"{one}modifier/", typed(method="SHARES"))
    assert "sa règle, ses coûts et sa liste restent" in stands.content.decode()
    assert desk.post(f"{one}projets/1/", {"title": "Un autre nom", "text": "", "cost": "1"}).status_code == 422
    assert desk.post(f"{one}projets/1/retirer/", {"why": ""}).status_code == 422
    assert desk.post(f"{one}projets/1/retirer/", {"why": "Le terrain vient d’être vendu."}).status_code == 302
    assert "Le terrain vient d’être vendu." in desk.get(one).content.decode()


def test_two_who_edit_one_project_see_each_other(desk: Client) -> None:
    vote = a_vote(is_open=False)
    item = vote.items.order_by("number")[0]
    one = f"/gestion/consultations/{vote.consultation.slug}/votes/{vote.number}/projets/1/"
    read = {"title": item.title, "text": "", "cost": "1000", "revision": item.mark}
    assert item.mark in desk.get(one).content.decode()
    assert desk.post(one, read).status_code == 302
    late = desk.post(one, read | {"title": "Des bancs en bois", "cost": "900"})
    assert late.status_code == 409
    page = late.content.decode()
    assert "Des bancs en bois" in page, "nothing that was typed is lost"
    assert item.title in page
    item.refresh_from_db()
    assert item.cost == 1000
    assert desk.post(one, read | {"title": "Des bancs en bois", "revision": item.mark}).status_code == 302


def test_the_same_vote_prepared_twice_is_one_until_something_is_put_to_it(by: User) -> None:
    given = said()
    first, again, other = (
        create_vote(consultation=prioritising(), by=by, at=NOW(), **{**given, **more})
        for more in ({}, {}, {"title": "Un autre vote"})
    )
    assert again == first != other
    items_of(first, by, 1000)
    assert create_vote(consultation=prioritising(), by=by, at=NOW(), **given) not in (first, other)
