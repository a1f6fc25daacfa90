"""A reaction leaves a proposal's kept page as it is, but for the place where reactions are counted."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.cache import caches
from django.test import Client
from django_tenants.utils import schema_context

from consultations.participation.enums import Status
from consultations.participation.models import Proposal
from consultations.participation.resident import reading
from consultations.participation.services.reactions import react, withdraw_reaction
from tenants.models import Municipality
from tests.accounts.factories import UserFactory
from tests.common.test_kept_while_writing import NOW, hot, likes, path_of, somebody, visitor  # noqa: F401


@pytest.fixture(autouse=True)
def never_old(hot: Municipality, settings: Any) -> None:  # noqa: F811
    settings.KEPT_PAGE_SECONDS = 0


@pytest.fixture
def path(hot: Municipality) -> str:  # noqa: F811
    return path_of(hot)


@pytest.fixture
def people(hot: Municipality) -> list[Any]:  # noqa: F811
    with schema_context(hot.schema_name):
        return UserFactory.create_batch(3)


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The proposals whose pages were made anew."""
    found: list[int] = []
    real = reading.proposal_page

    def noted(**named: Any) -> Any:
        found.append(named["pk"])
        return real(**named)

    monkeypatch.setattr(reading, "proposal_page", noted)
    return found


def _press(city: Municipality, by: Any, value: str = "LIKE") -> None:
    with schema_context(city.schema_name):
        proposal = Proposal.objects.get(title="La première")
        if value:
            react(proposal=proposal, user=by, value=value, at=NOW())
        else:
            withdraw_reaction(proposal=proposal, user=by, at=NOW())


def test_only_the_count_is_made_anew(hot: Municipality, path: str, people: list[Any], made: list[int]) -> None:  # noqa: F811
    first = visitor(hot).get(path)
    _press(hot, people[0])
    then = visitor(hot).get(path)
    assert (then.headers["X-Cache"], likes(then)) == ("filled", likes(first) + 1)
    assert visitor(hot).get(path).headers["X-Cache"] == "hit"
    _press(hot, people[0], "")
    assert likes(visitor(hot).get(path)) == likes(first)
    assert len(made) == 1


def test_whoever_is_signed_in_sees_it_too_and_their_own_press(
    hot: Municipality,  # noqa: F811
    path: str,
    people: list[Any],
    made: list[int],
) -> None:
    client = Client(HTTP_HOST=hot.host)
    with schema_context(hot.schema_name):
        client.force_login(people[1])
    other = somebody(hot)
    before = likes(client.get(path))
    other.get(path)
    _press(hot, people[1])
    assert 'value="LIKE" aria-pressed="true"' in " ".join(client.get(path).content.decode().split())
    assert likes(client.get(path)) == likes(other.get(path)) == likes(visitor(hot).get(path)) == before + 1
    _press(hot, people[2], "DISLIKE")
    _press(hot, people[2], "LIKE")
    assert likes(client.get(path)) == likes(other.get(path)) == likes(visitor(hot).get(path)) == before + 2
    assert len(made) == 1


@pytest.mark.parametrize("press", ["LIKE", ""])
def test_a_text_that_left_opinions_behind_says_so_until_they_have_come_along(
    hot: Municipality,  # noqa: F811
    path: str,
    people: list[Any],
    press: str,
) -> None:
    """What helps a proposal stands outside the place of reactions, and may hang on them."""
    _press(hot, people[0])
    with schema_context(hot.schema_name):
        Proposal.objects.filter(title="L’autre").update(status=Status.WITHDRAWN)  # no idea that is close to it
        Proposal.objects.filter(title="La première").update(
            version=2, reworked_at=NOW(), current_like_count=0, for_count=1, against_count=1, improve_count=0
        )
    page = visitor(hot).get(path)
    assert "Le texte a changé le" in page.content.decode()
    _press(hot, people[1])  # of the new text, by somebody else: some are behind still
    assert visitor(hot).get(path).headers["X-Cache"] == "filled"
    _press(hot, people[0], press)
    then = visitor(hot).get(path)
    assert "Le texte a changé le" not in then.content.decode()
    caches["pages"].clear()
    assert _plain(visitor(hot).get(path)) == _plain(then)


@pytest.mark.parametrize("query", ["tri=recentes", "tri=soutenues"])
def test_lists_show_it(hot: Municipality, people: list[Any], query: str) -> None:  # noqa: F811
    where = f"/propositions/?{query}"
    before = _plain(visitor(hot).get(where))
    _press(hot, people[0])
    then = visitor(hot).get(where)
    assert _plain(then) != before
    caches["pages"].clear()
    assert _plain(visitor(hot).get(where)) == _plain(then)


_plain: Callable[[Any], str] = lambda page: page.content.decode().partition("</head>")[2].split("csrfmiddleware")[0]  # noqa: E731
