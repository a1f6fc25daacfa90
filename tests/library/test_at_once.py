"""Commits that are commits: servers that start together, operators who press together, a release over old rows."""

import threading
from collections.abc import Callable

from django.db import connection, connections
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from accounts.models import AuditEntry
from consultations.library.models import ChallengeSet
from consultations.library.selectors import latest_set
from consultations.library.services.drafts import DraftGone, edit_set, prepare_version, publish_draft
from consultations.library.services.shipping import content_of, load_set, load_shipped_sets
from tests.accounts.factories import UserFactory
from tests.library.factories import publish_set, set_content

AT = timezone.now()


def together(act: Callable[[], object]) -> list[object]:
    """Four at once: what each answered, or how it was refused."""
    answers: list[object] = []
    barrier = threading.Barrier(4)

    def run() -> None:
        barrier.wait()
        try:
            answers.append(act())
        except Exception as refusal:
            answers.append(type(refusal))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run) for _each in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def published(code: str) -> int:
    return AuditEntry.objects.filter(action="library.set_published", details__code=code).count()


def test_servers_that_start_at_once_load_a_file_once(real_db: str) -> None:
    answers = together(lambda: load_set(set_content(), at=AT))
    assert sorted(answer is None for answer in answers) == [False, True, True, True]
    assert latest_set("serie").challenges.count() == 3
    assert published("serie") == 1


def test_operators_who_prepare_at_once_have_one_draft(real_db: str) -> None:
    operator = UserFactory(operator=True)
    content = content_of(publish_set())
    assert len(set(together(lambda: prepare_version(content=content, actor=operator)))) == 1
    assert ChallengeSet.objects.drafts().get(code="serie").challenges.count() == 3


def test_operators_who_publish_at_once_publish_one_version(real_db: str) -> None:
    operator = UserFactory(operator=True)
    prepare_version(content=content_of(publish_set()), actor=operator)
    edit_set(code="serie", revision=1, title="Mieux", question="Et ?", summary="Court.", actor=operator)
    answers = together(lambda: publish_draft(code="serie", revision=2, actor=operator, at=AT))
    assert answers.count(DraftGone) == 3
    assert (published("serie"), latest_set("serie").title) == (2, "Mieux")


def test_versions_from_before_there_were_drafts_are_published(real_db: str) -> None:
    """The migration over the rows of an older release: all were in use, so all are published, and kept."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM library_challengeset")
        count = cursor.fetchone()[0]
    MigrationExecutor(connection).migrate([("library", "0001_initial")])
    MigrationExecutor(connection).migrate([("library", "0002_published_versions")])
    assert ChallengeSet.objects.published().count() == count > 0
    assert load_shipped_sets() == []
