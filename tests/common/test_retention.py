"""What is of no more use goes at night, in every city by itself; what somebody works on stays. And as it was promised."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from threading import Event, Thread
from typing import Any

import pytest
from django.conf import settings
from django.db import ProgrammingError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_tenants.utils import schema_context

from accounts.audit import record
from accounts.models import AuditEntry, BegunAction
from accounts.retention import BEGUN_KEPT
from common import retention
from common.models import ContentRevision, OutboxMessage
from consultations.cocreation.models import CoAuthorInvitation, ReworkDraft
from consultations.cocreation.selectors.coauthors import INVITATION_HOLDS
from consultations.cocreation.services import retention as together
from consultations.participation.models import Draft, Picture
from consultations.participation.services import retention as writing
from notifications.models import Notice
from notifications.services.counting import recount_unread
from tenants import tasks
from tenants.enums import LifecycleState
from tenants.models import Municipality
from tests.accounts.factories import UserFactory
from tests.notifications.factories import NoticeFactory
from tests.participation.factories import DraftFactory, ProposalFactory, ReworkDraftFactory
from tests.tenants.test_lifecycle import put

NOW = timezone.now()


def ago(days: float) -> datetime:
    return NOW - timedelta(days=days)


def forget(*, writes: bool = True) -> dict[str, int]:
    return retention.forget_what_is_over(at=NOW, writes=writes)


def a_picture(**kwargs: Any) -> Picture:
    return Picture.objects.create(content=b"x", digest="d", width=1, height=1, **kwargs)


def a_draft(days: float, **kwargs: Any) -> Draft:
    draft: Draft = DraftFactory(**kwargs)
    Draft.objects.filter(pk=draft.pk).update(updated_at=ago(days))
    return draft


def test_a_draft_waits_a_year_for_its_writer_and_a_session_for_a_visitor(in_saran: Municipality) -> None:
    user = UserFactory()
    published = a_draft(500, author=user, proposal=ProposalFactory(submitted_at=ago(100)))
    kept = {published, a_draft(364, author=user, picture=a_picture()), a_draft(119)}
    shown = ProposalFactory(submitted_at=ago(121), picture=a_picture())
    a_draft(500, author=user, proposal=shown, picture=shown.picture)
    a_draft(366, author=user, picture=a_picture())
    a_draft(121, picture=a_picture())
    for days in (364, 366):
        ReworkDraftFactory(updated_at=ago(days))
    gone = forget()
    assert (gone["drafts"], gone["drafts of versions"], gone["pictures"]) == (3, 1, 2)
    assert set(Draft.objects.all()) == kept
    assert Picture.objects.count() == 2  # of the draft that waits, and of the published proposal
    assert sum(forget().values()) == 0


def test_what_was_begun_and_never_gone_on_with_goes_with_the_sessions(in_saran: Municipality) -> None:
    user = UserFactory()
    for days in (59, 61):
        BegunAction.objects.create(user=user, key=str(days), begun_at=ago(days))
    assert forget(writes=False)["what was begun"] == 1
    assert BegunAction.objects.get().key == "59"
    assert BEGUN_KEPT.total_seconds() == settings.SESSION_COOKIE_AGE


def test_an_invitation_goes_with_what_was_told_of_it_and_not_before_its_link(in_saran: Municipality) -> None:
    by = UserFactory()

    def invite(days: float, **kwargs: Any) -> CoAuthorInvitation:
        found: CoAuthorInvitation = CoAuthorInvitation.objects.create(
            proposal=ProposalFactory(author=by), email="x@example.org", invited_by=by, created_at=ago(days), **kwargs
        )
        NoticeFactory(user=by, type="COAUTHOR_ANSWERED", proposal=found.proposal, invitation=found)
        return found

    yes: dict[str, Any] = {"accepted": True}
    kept = {
        invite(59),
        invite(500, answered_at=ago(59), accepted=False),
        invite(500, answered_at=ago(364), **yes),
    }
    invite(61)
    invite(500, answered_at=ago(61), accepted=False)
    invite(500, answered_at=ago(61))  # taken back
    invite(500, answered_at=ago(366), **yes)
    assert forget()["invitations"] == 4
    assert set(CoAuthorInvitation.objects.all()) == kept
    assert Notice.objects.count() == 3
    assert together.NOT_ACCEPTED_KEPT > INVITATION_HOLDS  # or who declined could be asked again at once


def test_news_go_a_year_after_they_were_read(in_saran: Municipality) -> None:
    kept = {
        NoticeFactory(read_at=ago(364), updated_at=ago(900)),
        NoticeFactory(updated_at=ago(729), mailed_at=ago(728)),
    }
    NoticeFactory(read_at=ago(366), updated_at=ago(900))
    NoticeFactory(updated_at=ago(731))
    assert forget()["notices"] == 2
    assert set(Notice.objects.all()) == kept
    assert recount_unread() == 0


def test_mail_that_could_not_be_sent_is_not_kept_for_ever(in_saran: Municipality) -> None:
    old, new, waiting = (
        OutboxMessage.objects.create(task="x", created_at=ago(days), due_at=due)
        for days, due in ((91, None), (89, None), (91, NOW))
    )
    assert forget()["messages given up"] == 1
    assert set(OutboxMessage.objects.all()) == {new, waiting}
    assert old.pk


def test_many_rows_are_a_few_queries_and_one_that_is_being_changed_stays(
    real_db: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    city = Municipality.objects.get(slug="saran")
    monkeypatch.setattr(retention, "_BATCH", 10)
    monkeypatch.setattr(retention, "_BATCHES", 2)

    def cost() -> int:
        with CaptureQueriesContext(connection) as captured:
            forget()
        return len(captured)

    with schema_context(city.schema_name):
        before = str(ContentRevision.objects.get())
        nothing = cost()
        assert nothing <= 3 * len(retention._rules)
        assert str(ContentRevision.objects.get()) == before  # visitors' pages stay where nothing went
        user = UserFactory()
        NoticeFactory.create_batch(2, user=user, read_at=ago(400))
        two = cost()
        NoticeFactory.create_batch(10, user=user, read_at=ago(400))
        assert cost() <= two + 5  # one batch more
        NoticeFactory.create_batch(25, user=user, read_at=ago(400))
        forget()
        assert Notice.objects.count() == 5  # the next night
        draft = a_draft(400, author=user)
        ran = Thread(target=_typing, args=(city, draft.pk, (held := Event()), (done := Event())))
        ran.start()
        assert held.wait(10)
        assert forget()["drafts"] == 0
        done.set()
        ran.join(10)
        assert forget()["drafts"] == 0
        assert Draft.objects.get().solution == "Encore une idée"


def _typing(city: Municipality, pk: Any, held: Event, done: Event) -> None:
    """Somebody comes back to a draft of theirs at that very moment."""
    try:
        with schema_context(city.schema_name), transaction.atomic():
            draft = Draft.objects.select_for_update(of=("self",), no_key=True).get(pk=pk)
            held.set()
            done.wait(10)
            draft.solution = "Encore une idée"
            draft.save(update_fields=["solution", "updated_at"])
    finally:
        connection.close()


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The schemas in which a task was asked to forget."""
    found: list[str] = []
    monkeypatch.setattr(tasks.forget_in_city, "apply_async", lambda **kwargs: found.append(connection.schema_name))
    return found


def test_each_city_by_a_task_of_its_own_and_one_rule_that_fails_keeps_none_waiting(
    saran: Municipality, brest: Municipality, monkeypatch: pytest.MonkeyPatch, asked: list[str], caplog: Any
) -> None:
    def refuse(*, at: datetime) -> int:
        raise RuntimeError

    monkeypatch.setitem(retention._rules, "drafts", replace(retention._rules["drafts"], forget=refuse))
    OutboxMessage.objects.create(task="x", created_at=ago(91), due_at=None)
    for city in (saran, brest):
        with schema_context("public"):
            Municipality.objects.filter(pk=city.pk).update(state_since=ago(31))
        with schema_context(city.schema_name):
            NoticeFactory(read_at=ago(400))
            ReworkDraftFactory(updated_at=ago(400))
    assert tasks.forget_what_is_over() == 2
    assert set(asked) == {saran.schema_name, brest.schema_name}
    assert not OutboxMessage.objects.filter(due_at=None).exists()  # the service's own
    with schema_context(saran.schema_name):
        tasks.forget_in_city()
        assert connection.schema_name == saran.schema_name
        assert (Notice.objects.count(), ReworkDraft.objects.count()) == (0, 0)
    assert "kept until the next night: drafts" in caplog.text
    with schema_context(brest.schema_name):
        assert (Notice.objects.count(), ReworkDraft.objects.count()) == (1, 1)


def test_only_cities_in_which_something_is_over_are_entered(
    saran: Municipality, brest: Municipality, asked: list[str], caplog: Any
) -> None:
    with CaptureQueriesContext(connection) as captured:
        assert tasks.forget_what_is_over() == 0
    looks = [query["sql"] for query in captured if query["sql"].startswith("SELECT 'm_")]
    assert len(looks) == 1, "those that write, those that only read: here all are of one kind"
    assert all(f'"{city.schema_name}"."notifications_notice"' in looks[0] for city in (saran, brest))
    with schema_context("public"):
        Municipality.objects.filter(pk=brest.pk).update(state_since=ago(31))
    with schema_context(brest.schema_name):
        ReworkDraftFactory(updated_at=ago(400))
    assert tasks.forget_what_is_over() == 1
    put(brest, LifecycleState.READ_ONLY)
    assert tasks.forget_what_is_over() == 0, "there drafts wait"
    assert asked == [brest.schema_name]
    assert not caplog.records, "every rule can be asked of a city"


def test_a_city_whose_tables_are_not_of_this_release_is_looked_into(
    saran: Municipality, brest: Municipality, asked: list[str], caplog: Any
) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f'ALTER TABLE "{saran.schema_name}".notifications_notice RENAME COLUMN read_at TO seen_at')
    assert tasks.forget_what_is_over() == 1
    assert saran.schema_name in caplog.text


def test_where_people_only_read_their_drafts_wait_and_a_month_longer(saran: Municipality, caplog: Any) -> None:
    with schema_context(saran.schema_name):
        user = UserFactory()
        a_draft(400, author=user)
        NoticeFactory(read_at=ago(400))
        record("profile_completed", actor=user)
    put(saran, LifecycleState.READ_ONLY)

    def night() -> int:
        with schema_context(saran.schema_name):
            tasks.forget_in_city()
            return Draft.objects.count()

    assert night() == 1
    with schema_context(saran.schema_name):
        assert not Notice.objects.exists()
    for since, left in ((ago(0), 1), (ago(29), 1), (ago(31), 0)):
        put(saran, LifecycleState.ACTIVE)
        with schema_context("public"):
            Municipality.objects.filter(pk=saran.pk).update(state_since=since)
        assert night() == left
    assert "kept until the next night" not in caplog.text


def test_the_trail_forgets_after_a_year(saran: Municipality) -> None:
    with schema_context(saran.schema_name):
        before = AuditEntry.objects.count()
        for action, days in (("reacted", 366), ("reacted", 364), ("slug_renamed", 800)):
            AuditEntry.objects.create(action=action, at=ago(days))
        tasks.forget_in_city()
        assert AuditEntry.objects.count() == before + 1
        # And the city's own role still takes nothing away.
        with pytest.raises(ProgrammingError), transaction.atomic():
            AuditEntry.objects.all().delete()


def test_the_privacy_page_says_what_is_done(visit: Callable[..., Client], saran: Municipality) -> None:
    """The durations are those of the night's task, which each row is made of; these are what has been promised."""
    page = re.sub(r"[\s\u202f]+", " ", visit(saran).get("/donnees-personnelles/").content.decode())
    rows = dict(re.findall(r'<th scope="row">([^<]*)</th> ?<td[^>]*>[^<]*</td> ?<td[^>]*> ?([^<]*?) ?</td>', page))
    for data, kept in {
        "Brouillons et leurs images": "au plus 12 mois après votre dernier changement, ou 4 mois si vous écrivez sans "
        "compte ; votre image disparaît alors 2 jours",
        "Ce que vous commencez avant de vous connecter": "60 jours au plus.",
        "Vos nouvelles": "12 mois après les avoir ouvertes ; 24 mois",
        "Invitations à écrire à plusieurs, avec l’adresse que l’on nous donne": "60 jours si elle n’accepte pas ; 12 mois",
        "Changement d’adresse : l’ancienne et la nouvelle": "1 heure sans confirmation ; 8 jours ensuite.",
        "Codes et liens de connexion": "15 minutes, effacés sous 8 jours",
        "Courriels que nous vous envoyons": "90 jours",
        "Journal des actions, adresse IP": "12 mois.",
    }.items():
        assert kept in rows[data], data
    assert {rule.data for rule in retention._rules.values()} <= set(retention.kept_data)
    assert timedelta(seconds=2 * settings.SESSION_COOKIE_AGE) == writing.UNREACHABLE


def test_a_draft_says_for_its_last_weeks_until_when_it_waits(
    visit: Callable[..., Client], saran: Municipality, person: Any
) -> None:
    user = person()
    with schema_context(saran.schema_name):
        a_draft(310, author=user)
        a_draft(290, author=user)
    page = visit(saran, user).get("/ma-participation/").content.decode()
    assert page.count("si vous n’y changez rien") == 1
