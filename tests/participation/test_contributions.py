"""The desk's list of contributions: everything is in it, narrowed by its address, and no words that one may not read."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.enums import Capacity, Role
from accounts.models import Neighbourhood, User
from consultations.framing.enums import ModeratedBy
from consultations.framing.models import Challenge, Consultation
from consultations.participation.enums import Stage, Stance, Status
from consultations.participation.models import Argument, Reply
from consultations.participation.selectors.contributions import (
    MOST_OPINIONS,
    NEWEST,
    OLDEST,
    PER_PAGE,
    Sift,
    contributions_page,
)
from tenants.models import Municipality
from tests.accounts.factories import UserFactory
from tests.moderation.factories import reported
from tests.participation.factories import ArgumentFactory, ProposalFactory, ReplyFactory
from tests.participation.test_lists import queries

ADDRESS = "/gestion/contributions/"

pytestmark = pytest.mark.usefixtures("in_saran")


@pytest.fixture
def desk(saran: Municipality, visit: Callable[..., Client]) -> Callable[..., Any]:
    """The list as a facilitator, or somebody of another role, reads it."""

    def read(query: str = "", *, role: str = Role.FACILITATOR) -> Any:
        return visit(saran, UserFactory(role=role), stays=True).get(f"{ADDRESS}?{query}")

    return read


def found(answer: Any) -> list[Any]:
    return [line.row for line in answer.context["page"].lines]


def moderators_moderate() -> None:
    Consultation.objects.update(moderated_by=ModeratedBy.MODERATORS)


def test_proposals_arguments_and_replies_are_in_one_list_the_newest_first(desk: Callable[..., Any]) -> None:
    now = timezone.now()
    proposal = ProposalFactory(title="Des bancs", submitted_at=now - timedelta(days=3))
    argument = ArgumentFactory(proposal=proposal, text="Trop de soleil.", submitted_at=now - timedelta(days=2))
    reply = ReplyFactory(argument=argument, text="Plantons.", submitted_at=now - timedelta(days=1))
    answer = desk()
    assert found(answer) == [reply, argument, proposal]
    assert "1 proposition, 1 argument et 1 réponse, les plus récentes d’abord" in answer.content.decode()
    assert found(desk("tri=anciennes")) == [proposal, argument, reply]


@pytest.mark.parametrize("sort", [NEWEST, OLDEST, MOST_OPINIONS])
def test_pages_follow_each_other_without_a_gap_and_without_anything_twice(
    sort: str, django_assert_max_num_queries: Any
) -> None:
    moment = timezone.now()
    proposals = ProposalFactory.create_batch(12, submitted_at=moment, like_count=3)
    for proposal in proposals:
        ReplyFactory.create_batch(
            2, argument=ArgumentFactory(proposal=proposal, submitted_at=moment, useful_count=3), submitted_at=moment
        )
    keys, after = [], ""
    for _page in range(3):
        page = contributions_page(Sift(sort=sort), user=UserFactory(), after=after)
        keys += [line.key for line in page.lines]
        after = page.next
        if not after:
            break
    assert len(keys) == len(set(keys)) == 48 > PER_PAGE
    assert not after


def test_a_page_costs_the_same_at_two_rows_and_at_twenty(saran: Municipality, visit: Callable[..., Client]) -> None:
    client = visit(saran, UserFactory(role=Role.FACILITATOR), stays=True)
    ReplyFactory.create_batch(2)
    client.get(ADDRESS)
    few = queries(client, ADDRESS)
    for reply in ReplyFactory.create_batch(7):
        reported(reply)
        reported(reply.argument)
    assert queries(client, ADDRESS) == few


def test_each_filter_keeps_what_it_says(desk: Callable[..., Any]) -> None:
    Neighbourhood.objects.create(key="bourg", name="Bourg", position=1)
    long_ago = timezone.now() - timedelta(days=400)
    other = Challenge.objects.order_by("position", "pk")[1]
    proposal = ProposalFactory(
        title="Des bancs à l’ombre",
        challenge=other,
        stage=Stage.REWORK,
        neighbourhood="bourg",
        import_ref="x/1",
        author__capacity=Capacity.COMPANY,
        author__public_name="Pinson",
        submitted_at=long_ago,
    )
    ReplyFactory(argument__proposal=ProposalFactory(for_count=1), argument__verdict="TAKEN")
    for query in (
        "q=ombre",
        "q=pinson",
        f"defi={other.slug}",
        "etape=REWORK",
        "quartier=bourg",
        "canal=IMPORT",
        "qualite=COMPANY",
        "attend=ARGUMENT",
        f"au={(long_ago + timedelta(days=1)).date():%Y-%m-%d}",
        f"quoi=PROPOSAL&defi={other.slug}",
    ):
        assert found(desk(query)) == [proposal], query
    assert proposal not in found(desk(f"du={timezone.localdate():%Y-%m-%d}"))
    assert len(found(desk("quoi=REPLY"))) == 1
    assert not found(desk("attend=VERDICT"))


def test_the_consultation_that_is_worked_on_is_a_filter_in_sight(
    saran: Municipality, visit: Callable[..., Client]
) -> None:
    """Where there are several: the menu leads to its contributions, ready views stay in it, and all are a press away."""
    here = ProposalFactory()
    client = visit(saran, UserFactory(role=Role.FACILITATOR), stays=True)
    assert f'href="{ADDRESS}"' in client.get(ADDRESS).text
    other = Consultation.objects.create(slug="nos-rues", title="Nos rues", question="Quoi ?")
    there = ProposalFactory(challenge=other.challenges.create(slug="bancs", label="Bancs", question="Où ?"))
    client.get(f"/gestion/consultations/{other.slug}/")
    menu = client.get("/gestion/").text
    assert f'href="{ADDRESS}?consultation=nos-rues"' in menu
    narrowed = client.get(f"{ADDRESS}?consultation=nos-rues")
    assert found(narrowed) == [there]
    assert narrowed.context["form"].main_fields()[0].name == "consultation"
    everything, proposals = narrowed.context["views"][:2]
    assert (everything.is_here, everything.count) == (True, "1")
    assert "consultation=nos-rues" in proposals.url
    assert 'href="?">Voir celles de toutes les consultations' in narrowed.text
    assert set(found(client.get(ADDRESS))) == {here, there}
    # Whichever the list is narrowed to is the one that the selector names.
    assert '<span class="switch__name">Nos rues</span>' in client.get(ADDRESS).text
    mine = client.get(f"{ADDRESS}?consultation={here.challenge.consultation.slug}").text
    assert f'<span class="switch__name">{here.challenge.consultation.title}</span>' in mine


def test_words_are_found_in_arguments_and_in_replies(desk: Callable[..., Any]) -> None:
    reply = ReplyFactory(text="Les hirondelles reviennent.", argument__text="Une mare attire les grenouilles.")
    assert found(desk("q=hirondelle")) == [reply]
    assert found(desk("q=grenouille")) == [reply.argument]


def test_names_of_imported_authors_are_found_and_a_word_in_a_name_too(desk: Callable[..., Any]) -> None:
    imported = ArgumentFactory(author=None, imported_author="Étourneau 45", proposal=ProposalFactory())
    named = ReplyFactory(author__public_name="L’Étourneau sans rire")
    assert found(desk("q=tourneau")) == [named, imported]


def test_of_a_list_that_is_narrowed_no_more_are_counted_than_it_can_use(
    desk: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    ArgumentFactory.create_batch(4, text="Des hirondelles par ici.", proposal=ProposalFactory())
    assert "4 arguments" in desk("q=hirondelle").content.decode()
    monkeypatch.setattr("consultations.participation.selectors.contributions.COUNTED", 2)
    monkeypatch.setattr("consultations.participation.backoffice.contributions.COUNTED", 2)
    answer = desk("q=hirondelle")
    assert answer.context["page"].counts["ARGUMENT"] == 3
    said = answer.content.decode()
    assert "plus de 2 arguments" in said
    assert "Exporter toutes les contributions trouvées" in said
    assert "4 arguments" in desk("quoi=ARGUMENT").content.decode()


def test_the_words_of_arguments_and_replies_are_not_read_twice(saran: Municipality) -> None:
    """What the database looks into stays there: it is nearly as long as the text."""
    reply = ReplyFactory()
    for model in (Argument, Reply):
        assert "search" in model.objects.order_by("pk")[0].get_deferred_fields()
    assert "search" in reply.argument.proposal.arguments.get().get_deferred_fields()


def test_what_is_reported_is_found_and_leads_whoever_decides_to_its_case(desk: Callable[..., Any]) -> None:
    moderators_moderate()
    argument = ArgumentFactory()
    case = reported(argument)
    ArgumentFactory()
    assert found(desk("signale=oui")) == [argument]
    path = f"/gestion/moderation/{case.pk}/"
    assert path in desk("signale=oui", role=Role.MODERATOR).content.decode()
    facilitators = desk("signale=oui").content.decode()
    assert path not in facilitators
    assert "Signalée, " in facilitators


@pytest.mark.parametrize("status", [Status.HIDDEN, Status.HELD])
def test_what_is_hidden_or_waits_is_marked_and_read_by_those_who_moderate_alone(
    status: str, desk: Callable[..., Any]
) -> None:
    moderators_moderate()
    proposal = ProposalFactory(title="Zorglub partout", status=status, publish_by=timezone.now())
    ReplyFactory(argument=ArgumentFactory(proposal=proposal, text="Zorglub encore"), text="Zorglub toujours")
    for role in (Role.FACILITATOR, Role.OBSERVER, Role.DECISION_MAKER, Role.ADMINISTRATOR):
        answer = desk(role=role)
        assert len(found(answer)) == 3
        assert "orglub" not in answer.content.decode()
        assert not found(desk("q=zorglub", role=role))
    answer = desk(role=Role.MODERATOR)
    assert answer.content.decode().count("Zorglub partout") >= 3
    assert len(found(desk("q=zorglub", role=Role.MODERATOR))) == 3
    assert found(desk(f"etat={status}")) == [proposal]


def test_what_no_filter_is_called_is_said_at_its_field_and_the_rest_is_shown(desk: Callable[..., Any]) -> None:
    proposal = ProposalFactory()
    ArgumentFactory(proposal=proposal)
    answer = desk("quoi=PROPOSAL&defi=un-defi-retire&canal=pigeon")
    assert answer.status_code == 422
    assert found(answer) == [proposal]
    said = answer.content.decode()
    assert "Ce défi n’existe plus" in said
    assert "Ce filtre n’existe pas" in said


@pytest.mark.parametrize("place", ["", "x", "9~~", "2026-01-01~REPLY~1", "~REPLY~x", "0001-01-01T00:00:00~REPLY~1"])
def test_a_place_that_is_none_is_the_first_page(place: str, desk: Callable[..., Any]) -> None:
    proposal = ProposalFactory()
    assert found(desk(f"apres={place}")) == [proposal]


def test_nothing_found_says_the_way_out_and_nothing_yet_what_comes(desk: Callable[..., Any]) -> None:
    assert "Personne n’a encore écrit" in desk().content.decode()
    ProposalFactory()
    said = desk("q=introuvable").content.decode()
    assert "Aucune contribution ne répond" in said
    assert f'href="{ADDRESS}"' in said


def test_filters_are_kept_by_sorting_and_by_the_next_page(desk: Callable[..., Any]) -> None:
    ProposalFactory.create_batch(PER_PAGE + 1)
    said = desk("quoi=PROPOSAL&q=fraîche").content.decode()
    assert "q=fra%C3%AEche&amp;quoi=PROPOSAL&amp;apres=" in said
    assert "q=fra%C3%AEche&amp;quoi=PROPOSAL&amp;tri=avis" in said


def test_a_line_leads_to_its_place_and_says_no_word_of_a_hidden_title_in_its_address(desk: Callable[..., Any]) -> None:
    moderators_moderate()
    argument = ArgumentFactory(proposal=ProposalFactory(title="Zorglub", status=Status.HIDDEN), stance=Stance.AGAINST)
    said = desk().content.decode()
    assert f"/propositions/{argument.proposal_id}/-/arguments/{argument.pk}/#argument-{argument.pk}" in said
    assert "zorglub" not in said.lower()


def test_those_chosen_are_decided_on_together(saran: Municipality, visit: Callable[..., Client]) -> None:
    moderators_moderate()
    moderator: User = UserFactory(role=Role.MODERATOR)
    argument, proposal = ArgumentFactory(text="Le premier."), ProposalFactory(title="La seconde")
    client = visit(saran, moderator, stays=True)
    chosen = [f"ARGUMENT-{argument.pk}", f"PROPOSAL-{proposal.pk}", "REPLY-999999", "NAME-1", "x"]
    said = client.post("/gestion/moderation/choisis/", {"choix": chosen}, follow=True).content.decode()
    assert "Le premier." in said
    assert "La seconde" in said
    nothing = client.post("/gestion/moderation/choisis/", {"choix": ["x"]}, follow=True)
    assert "Choisissez d’abord" in nothing.content.decode()


def test_the_list_of_a_city_is_its_own(
    saran: Municipality, brest: Municipality, visit: Callable[..., Client], person: Callable[..., User]
) -> None:
    ProposalFactory(title="Une idée de Saran")
    there = visit(brest, person(city=brest, role=Role.FACILITATOR)).get(ADDRESS)
    assert "Une idée de Saran" not in there.content.decode()
