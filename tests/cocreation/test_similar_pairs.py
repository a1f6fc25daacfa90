"""Which proposals perhaps say the same, shown to whoever could bring them together."""

from collections.abc import Callable

import pytest
from django.test import Client

from accounts.enums import Role
from consultations.participation.enums import Status
from consultations.participation.models import Proposal
from tenants.models import Municipality
from tests.accounts.factories import UserFactory
from tests.participation.factories import ProposalFactory, ask_to_merge
from tests.participation.test_lists import queries

PAGE = "/gestion/propositions/reunir/"


def said(title: str, solution: str, **kwargs: object) -> Proposal:
    return ProposalFactory(title=title, solution=solution, problem="", benefit="", **kwargs)


@pytest.fixture
def pair(in_saran: Municipality) -> list[Proposal]:
    bins = "Poser trois bacs de compost fermés au pied de chaque immeuble, avec un guide composteur du quartier."
    said("Un bus le dimanche", "Une navette entre la gare et la piscine, toutes les heures, de midi à dix-huit heures.")
    said("Des bacs que personne ne lit", bins, status=Status.HIDDEN)
    return [
        said("Des bacs de compost", bins),
        said("Composter ensemble", "Un guide composteur apprend à remplir des bacs de compost, au pied des immeubles."),
    ]


@pytest.fixture
def desk(visit: Callable[..., Client], in_saran: Municipality) -> Client:
    return visit(in_saran, UserFactory(role=Role.FACILITATOR), stays=True)


def test_two_that_say_the_same_are_shown_until_their_authors_are_asked(desk: Client, pair: list[Proposal]) -> None:
    page = desk.get(PAGE)
    assert page.context["alike"] == [tuple(pair)]
    assert f"?avec={pair[0].pk}&amp;avec={pair[1].pk}" in page.content.decode()
    assert desk.get(f"{PAGE}?q=bacs").context["alike"] == []
    ask_to_merge(sources=pair)
    assert desk.get(PAGE).context["alike"] == []


def test_it_costs_the_same_for_one_pair_and_for_five(desk: Client, pair: list[Proposal]) -> None:
    one = queries(desk, PAGE)
    for word in ("grenier", "lavoir", "verger", "kiosque"):
        for _twice in "ab":
            said(f"Rouvrir le {word}", f"Rouvrir le {word} communal, le {word} de nos anciens, {word} après {word}.")
    assert queries(desk, PAGE) == one <= 14
