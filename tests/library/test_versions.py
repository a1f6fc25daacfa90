"""Versions of a set: drafts are nobody's yet, published ones never change, and what changed can be told."""

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone
from django_tenants.utils import schema_context

from consultations.library.enums import ChangeKind
from consultations.library.models import ChallengeSet, ChallengeTemplate
from consultations.library.selectors import changes_between, latest_set, latest_sets, set_version, template_at
from tenants.models import Municipality
from tests.library.factories import challenge_content, publish_set

pytestmark = pytest.mark.django_db


def draft_after(published: ChallengeSet) -> ChallengeSet:
    return ChallengeSet.objects.create(
        code=published.code, version=published.version + 1, title="Brouillon", question="Et demain ?", summary="…"
    )


def test_the_newest_published_version_is_the_one_that_cities_start_from() -> None:
    publish_set(version=1)
    newest = publish_set(version=2, title="Mieux")
    draft_after(newest)
    assert latest_set("serie") == newest
    assert [each for each in latest_sets() if each.code == "serie"] == [newest]


def test_a_set_of_which_only_a_draft_exists_is_not_there() -> None:
    ChallengeSet.objects.create(code="neuve", version=1, title="Neuve", question="?", summary="…")
    assert "neuve" not in {each.code for each in latest_sets()}
    with pytest.raises(ChallengeSet.DoesNotExist):
        latest_set("neuve")
    with pytest.raises(ChallengeSet.DoesNotExist):
        set_version("neuve", 1)


def test_a_withdrawn_set_is_no_longer_offered_but_still_found() -> None:
    published = publish_set()
    ChallengeSet.objects.filter(pk=published.pk).update(withdrawn_at=timezone.now())
    assert "serie" not in {each.code for each in latest_sets()}
    assert latest_set("serie") == published


def test_withdrawing_the_newest_version_does_not_bring_back_the_one_before() -> None:
    publish_set(version=1)
    newest = publish_set(version=2, title="Mieux")
    ChallengeSet.objects.filter(pk=newest.pk).update(withdrawn_at=timezone.now())
    assert "serie" not in {each.code for each in latest_sets()}


def test_the_default_set_comes_first() -> None:
    publish_set(title="Aaa")
    assert latest_sets()[0].code == "territoires-resilients"


@pytest.mark.parametrize("change", [{"title": "Autre"}, {"version": 9}, {"published_at": None}, {"revision": 2}])
def test_the_database_refuses_to_change_a_published_version(change: dict[str, object]) -> None:
    published = publish_set()
    with pytest.raises(IntegrityError, match="never changes"), transaction.atomic():
        ChallengeSet.objects.filter(pk=published.pk).update(**change)


def test_the_database_refuses_to_change_or_delete_a_published_challenge() -> None:
    published = publish_set()
    for act in (
        lambda: published.challenges.update(question="Autre ?"),
        lambda: published.challenges.all().delete(),
        lambda: published.delete(),
    ):
        with pytest.raises(IntegrityError, match="never changes"), transaction.atomic():
            act()
    assert set_version("serie", 1).challenges.count() == 3


def test_a_set_has_one_draft_at_most() -> None:
    draft = draft_after(publish_set())
    with pytest.raises(IntegrityError, match="challenge_set_one_draft"), transaction.atomic():
        draft_after(draft)


def test_a_challenge_is_found_as_a_version_had_it() -> None:
    publish_set(version=1)
    publish_set(version=2, challenges=[challenge_content("ecology", label="Climat")])
    before, after = template_at("serie", "ecology", 1), template_at("serie", "ecology", 2)
    assert before
    assert after
    assert (before.label, after.label) == ("Défi ecology", "Climat")
    assert template_at("serie", "work", 2) is None
    assert template_at("serie", "work", 3) is None
    assert template_at("inconnue", "work", 1) is None


def test_a_challenge_of_a_draft_is_not_found() -> None:
    draft = draft_after(publish_set())
    ChallengeTemplate.objects.create(challenge_set=draft, position=1, **challenge_content())
    assert template_at("serie", "ecology", draft.version) is None


def test_what_changed_between_two_versions_is_told_challenge_by_challenge() -> None:
    publish_set(version=1, challenges=[challenge_content(code) for code in ("ecology", "work", "health")])
    publish_set(
        version=2,
        challenges=[
            challenge_content("society"),
            challenge_content("work"),
            challenge_content("ecology", why="Autre chose.", on_table=["Une seule chose"]),
        ],
    )
    changes = changes_between("serie", 1, 2)
    assert [(each.kind, each.code) for each in changes] == [
        (ChangeKind.ADDED, "society"),
        (ChangeKind.CHANGED, "ecology"),
        (ChangeKind.REMOVED, "health"),
    ]
    assert changes[1].fields == ("why", "on_table")
    assert changes[1].before
    assert changes[1].after
    assert (changes[1].before.why[:5], changes[1].after.why) == ("Parce", "Autre chose.")
    assert changes[0].before is None
    assert changes[2].after is None


def test_nothing_changed_between_a_version_and_itself_nor_when_challenges_only_moved() -> None:
    contents = [challenge_content(code) for code in ("ecology", "work")]
    publish_set(version=1, challenges=contents)
    publish_set(version=2, title="Autre titre", challenges=contents[::-1])
    assert changes_between("serie", 1, 1) == []
    assert changes_between("serie", 1, 2) == []


def test_a_version_that_never_was_has_no_changes() -> None:
    publish_set()
    with pytest.raises(ChallengeSet.DoesNotExist):
        changes_between("serie", 1, 7)


def test_a_city_reads_versions_and_changes_with_its_own_role(saran: Municipality) -> None:
    publish_set(version=1)
    publish_set(version=2, challenges=[challenge_content("ecology", label="Climat")])
    with schema_context(saran.schema_name):
        template = template_at("serie", "ecology", 2)
        assert template
        assert template.label == "Climat"
        assert [each.code for each in changes_between("serie", 1, 2)] == ["ecology", "work", "citizenship"]
        assert latest_set("serie").version == 2
