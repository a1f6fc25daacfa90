"""Anyone may read the library, and begin from a set."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from consultations.library.models import ChallengeSet
from consultations.library.services.drafts import create_set, edit_set, prepare_version
from consultations.library.services.shipping import content_of
from tests.accounts.factories import UserFactory
from tests.library.factories import challenge_content, publish_set

pytestmark = pytest.mark.django_db


@pytest.fixture
def visitor(visit: Callable[..., Client]) -> Client:
    return visit(None)


def test_every_set_on_offer_is_shown_with_its_challenges(visitor: Client) -> None:
    page = visitor.get("/bibliotheque/").content.decode()
    for title in ("Le jour d’après", "Budget participatif", "Mobilités", "Jeunesse"):
        assert title in page
    assert 'href="/bibliotheque/bien-vieillir/#contre-la-solitude"' in page


def test_a_set_is_read_in_full(visitor: Client) -> None:
    publish_set(question="{name}, et l’hiver\u202f?")
    page = visitor.get("/bibliotheque/serie/").content.decode()
    content = challenge_content()
    wanted = [content["question"], content["summary"], *content["guiding_questions"], *content["on_table"]]
    wanted += [*content["off_table"], *(each[part] for each in content["examples"] for part in ("text", "why"))]
    assert [words for words in wanted if words not in page] == []
    assert "Votre collectivité, et l’hiver\u202f?" in page
    assert "{name}" not in page


def test_beginning_from_a_set_carries_it_to_the_sign_up(visitor: Client) -> None:
    publish_set()
    assert 'href="/inscription/?serie=serie"' in visitor.get("/bibliotheque/serie/").content.decode()


def test_what_is_being_written_is_not_read(visitor: Client) -> None:
    published = publish_set()
    operator = UserFactory(operator=True)
    prepare_version(content=content_of(published), actor=operator)
    edit_set(code="serie", revision=1, title="Secret", question="?", summary="Secret", actor=operator)
    create_set(code="neuve", title="Secrète", question="?", summary="", actor=operator)
    assert "Secr" not in visitor.get("/bibliotheque/serie/").content.decode()
    assert "Secr" not in visitor.get("/bibliotheque/").content.decode()
    assert visitor.get("/bibliotheque/neuve/").status_code == 404


def test_a_withdrawn_set_is_no_longer_read(visitor: Client) -> None:
    published = publish_set()
    ChallengeSet.objects.filter(pk=published.pk).update(withdrawn_at=timezone.now())
    assert visitor.get("/bibliotheque/serie/").status_code == 404
    assert "/bibliotheque/serie/" not in visitor.get("/bibliotheque/").content.decode()


@pytest.mark.parametrize("code", ["inconnue", "x" * 300, "%00"])
def test_an_unknown_set_is_not_found(visitor: Client, code: str) -> None:
    assert visitor.get(f"/bibliotheque/{code}/").status_code == 404


def test_an_empty_library_says_so(visitor: Client) -> None:
    ChallengeSet.objects.update(withdrawn_at=timezone.now())
    assert "en cours de mise à jour" in visitor.get("/bibliotheque/").content.decode()


def test_a_set_costs_the_same_with_two_challenges_as_with_ten(visitor: Client) -> None:
    publish_set("petite", challenges=[challenge_content(f"n{number}") for number in range(2)])
    publish_set("grande", challenges=[challenge_content(f"n{number}") for number in range(10)])
    visitor.get("/bibliotheque/petite/")
    counts = []
    for code in ("petite", "grande"):
        with CaptureQueriesContext(connection) as captured:
            assert visitor.get(f"/bibliotheque/{code}/").status_code == 200
        counts.append(len(captured))
    assert counts[0] == counts[1]
