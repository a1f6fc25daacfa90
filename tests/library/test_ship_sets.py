"""A release brings versions to the library; it rewrites none."""

import logging
from copy import deepcopy

import pytest
from django.utils import timezone

from accounts.models import AuditEntry
from consultations.library.models import ChallengeSet
from consultations.library.selectors import latest_set, set_version
from consultations.library.services.shipping import load_set, load_shipped_sets
from tests.library.factories import publish_set, set_content

AT = timezone.now()


def test_the_shipped_sets_are_published_once(db: None) -> None:
    assert load_shipped_sets() == []
    assert latest_set("territoires-resilients").published_at


def test_a_file_with_a_higher_number_becomes_the_newest_version(db: None) -> None:
    load_set(set_content(version=1), at=AT)
    load_set(set_content(version=3, title="Mieux"), at=AT)
    assert latest_set("serie").version == 3
    assert set_version("serie", 1).title == "Série serie"


def test_a_file_is_loaded_with_its_challenges_in_order_and_leaves_a_trace(db: None) -> None:
    content = set_content(count=4)
    loaded = load_set(deepcopy(content), at=AT)
    assert loaded
    assert [each.code for each in loaded.challenges.all()] == [each["code"] for each in content["challenges"]]
    assert loaded.challenges.all()[1].content == {k: v for k, v in content["challenges"][1].items() if k != "code"}
    entry = AuditEntry.objects.get(subject_type="library.challengeset", subject_id=str(loaded.pk))
    assert (entry.action, entry.actor) == ("library.set_published", None)


def test_a_text_that_the_library_knows_is_left_alone_whatever_its_number(db: None) -> None:
    publish_set(version=1)
    publish_set(version=2, title="De l’équipe")
    assert load_set(set_content(version=1), at=AT) is None
    assert load_set(set_content(version=3, title="De l’équipe"), at=AT) is None
    assert latest_set("serie").version == 2


def test_another_text_under_a_number_that_is_taken_stays_out_and_is_told(
    db: None, caplog: pytest.LogCaptureFixture
) -> None:
    publish_set(version=1)
    publish_set(version=2, title="De l’équipe")
    with caplog.at_level(logging.WARNING):
        assert load_set(set_content(version=2, title="De la livraison"), at=AT) is None
    assert latest_set("serie").title == "De l’équipe"
    assert "version 2 of the release is not loaded" in caplog.text


def test_a_draft_goes_on_under_the_next_number(db: None) -> None:
    published = publish_set(version=1)
    draft = ChallengeSet.objects.create(
        code="serie", version=published.version + 1, title="Brouillon", question="?", summary="…"
    )
    shipped = load_set(set_content(version=2, title="De la livraison"), at=AT)
    draft.refresh_from_db()
    assert shipped
    assert (shipped.version, draft.version, draft.is_draft) == (2, 3, True)
