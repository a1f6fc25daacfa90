"""Who leaves is forgotten everywhere, what others wrote keeps its place, and all counts stay right."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Event, Thread
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.db import IntegrityError, connection, connections, transaction
from django.test import Client
from django.utils import timezone
from django_tenants.utils import schema_context

from accounts import erasure
from accounts.enums import Role
from accounts.erasure import LastAdministratorLeaves, NotByDeleting, ask_erasure, erase
from accounts.mail import send_security_notice
from accounts.models import AuditEntry, SignInLink, User
from accounts.services import forget_expired
from common import outbox, personal
from common.models import ContentRevision, OutboxMessage
from common.outbox import enqueue_each_at
from consultations.cocreation.models import CoAuthorInvitation, MergeSource
from consultations.participation.counts import recount
from consultations.participation.enums import Status
from consultations.participation.models import Argument, Draft, Follow, Picture, Proposal, Reaction, Reply, UsefulMark
from notifications.models import MailPreference, Notice
from notifications.registry import types
from notifications.selectors import own_notice
from notifications.services.counting import recount_unread
from notifications.services.digests import digest
from notifications.services.notifying import notify
from notifications.types import Notification
from tenants.enums import LifecycleState as State
from tenants.models import Municipality
from tests.accounts.factories import UserFactory, able_administrator
from tests.accounts.leaving import EMAIL, MARK, NAME, Life, a_full_life, comes, tables_pointing_to, tables_with
from tests.notifications.factories import NoticeFactory
from tests.participation.factories import (
    ArgumentFactory,
    ProposalFactory,
    ReplyFactory,
    VersionedProposalFactory,
    ask_to_merge,
)
from tests.processes import eventually
from tests.tenants.test_lifecycle import put

PAGE = "/compte/supprimer/"


@pytest.fixture
def life(in_saran: Municipality) -> Life:
    found = a_full_life(in_saran)
    OutboxMessage.objects.exclude(payload__to="invitee@example.org").delete()
    return found


def run_the_worker() -> None:
    """Do what waits in the present city, as a worker does."""
    for pk in list(OutboxMessage.objects.filter(task__contains="erasure").values_list("pk", flat=True)):
        assert outbox.run_message(str(pk), at=timezone.now())


def leave(user: User, *, with_texts: bool = False) -> None:
    assert ask_erasure(user=user, with_texts=with_texts, at=timezone.now())
    run_the_worker()


@pytest.mark.parametrize("with_texts", [False, True])
def test_nothing_leads_to_the_person_any_more_and_every_count_is_right(life: Life, with_texts: bool) -> None:
    number = life.user.pk
    assert {"accounts_user", "cocreation_coauthorinvitation"} <= tables_with(EMAIL)
    assert len(tables_pointing_to(number)) >= 15
    leave(life.user, with_texts=with_texts)
    assert tables_pointing_to(number) == set()
    assert tables_with(NAME) == set()
    assert tables_with(EMAIL) == {"common_outboxmessage"}  # the last mail to them, which is about to leave
    assert recount() == 0
    assert not any(session.get_decoded().get("_auth_user_id") == str(number) for session in Session.objects.all())
    mail = OutboxMessage.objects.get(payload__to=EMAIL).payload
    assert ("vos textes" in mail["body"].lower()) is with_texts


def test_what_was_about_to_be_mailed_to_them_is_not(in_saran: Municipality) -> None:
    user, other = UserFactory(email=EMAIL), UserFactory()
    for to in (user, other):
        send_security_notice(user=to, what="Une nouvelle.", city=in_saran)
    MailPreference.objects.create(user=user, next_mail_at=timezone.now())
    due = timezone.now()
    enqueue_each_at(digest, [(due, {"user_id": user.pk, "due": due.isoformat()})])
    leave(user)
    left = [message.payload for message in OutboxMessage.objects.order_by("created_at")]
    assert [mail["to"] for mail in left] == [other.email, EMAIL]
    assert "est supprimé" in left[1]["subject"]


def test_texts_stay_without_a_name(life: Life, visit: Callable[..., Client], in_saran: Municipality) -> None:
    before = Proposal.objects.count(), Argument.objects.count(), Reply.objects.count()
    leave(life.user)
    assert (Proposal.objects.count(), Argument.objects.count(), Reply.objects.count()) == before
    life.argued.refresh_from_db()
    life.shared.refresh_from_db()
    assert (life.argued.author, life.shared.author) == (None, life.heir)  # the pen goes to the co-author
    page = visit(in_saran, stays=True).get(life.argued.get_absolute_url()).content.decode()
    assert MARK in page
    assert "Ancien compte" in page
    assert NAME not in page


def test_what_was_only_theirs_goes(life: Life) -> None:
    life.others.refresh_from_db()
    assert (life.others.like_count, life.others.current_like_count) == (2, 2)
    leave(life.user)
    life.others.refresh_from_db()
    assert (life.others.like_count, life.others.current_like_count) == (1, 1)
    for gone in (
        Reaction.objects.filter(user=life.user.pk),
        Draft.objects.filter(solution__contains=MARK),
        Picture.objects.exclude(pk=life.alone.picture_id),
        CoAuthorInvitation.objects.all(),
        SignInLink.objects.all(),
        OutboxMessage.objects.filter(payload__to="invitee@example.org"),  # its link would open nothing
    ):
        assert not gone.exists(), gone.model
    assert UsefulMark.objects.exclude(argument=life.lonely_argument).count() == 0
    assert Follow.objects.count() == 1  # somebody else's


def test_what_others_were_told_no_longer_says_who_it_was(life: Life) -> None:
    told = Notice.objects.exclude(user=life.user).filter(actor=life.user)
    keys = list(told.values_list("pk", flat=True))
    assert len(keys) == 3
    leave(life.user)
    assert Notice.objects.filter(pk__in=keys, actor=None).count() == 3


def test_texts_go_where_nobody_elses_words_hang_on_them(life: Life) -> None:
    leave(life.user, with_texts=True)
    # What several wrote, and what was brought together, is theirs together.
    assert tables_with(MARK) == {
        "participation_proposal",
        "participation_proposalversion",
        "cocreation_reworkdraft",  # what the co-author is making of it
    }
    assert set(Proposal.objects.filter(solution__contains=MARK)) == {life.shared}
    assert not Proposal.objects.filter(pk=life.alone.pk).exists()
    assert not Argument.objects.filter(pk=life.lonely_argument.pk).exists()
    assert not Reply.objects.filter(pk=life.reply.pk).exists()
    assert Reply.objects.filter(pk=life.others_reply.pk).exists()
    for argument in (life.answered_argument, life.judged_argument):
        argument.refresh_from_db()
        assert (argument.text, argument.status, argument.author) == ("", Status.REMOVED, None)
    for proposal in (life.argued, life.merged):
        proposal.refresh_from_db()
        assert (proposal.status, proposal.solution, proposal.versions.count()) == (Status.REMOVED, "", 0)
    life.merge_request.refresh_from_db()
    assert (life.merge_request.state, life.merge_request.title) == ("GIVEN_UP", "Proposition retirée")
    assert MergeSource.objects.filter(collective=life.collective).count() == 2


def test_the_pages_say_that_a_text_stood_there(
    life: Life, visit: Callable[..., Client], in_saran: Municipality
) -> None:
    address = life.argued.get_absolute_url()
    leave(life.user, with_texts=True)
    client = comes(visit, in_saran, UserFactory())
    moved = client.get(address)
    assert moved.status_code == 301  # the words of its address were theirs, too
    page = client.get(moved.headers["Location"]).content.decode()
    assert "Cette proposition a été retirée" in page
    assert "trente-quatre degrés" in page  # what somebody else said
    assert "?repondre" not in page  # it takes nothing new
    argument = client.get(f"/propositions/{life.others.pk}/x/arguments/{life.answered_argument.pk}/", follow=True)
    assert "a demandé que ses textes soient retirés" in argument.content.decode()
    assert life.others_reply.text in argument.content.decode()
    for path in (
        life.others.get_absolute_url(),
        life.collective.proposal.get_absolute_url(),  # type: ignore[union-attr]
        f"/reunions/{life.merge_request.pk}/",
        f"{life.others.get_absolute_url()}arguments/contre/",
        "/propositions/",
        "/nouvelles/",
        "/ma-participation/",
    ):
        assert client.get(path, follow=True).status_code in (200, 404), path
    assert client.get(f"{moved.headers['Location']}versions/").status_code == 404
    assert client.post(f"{moved.headers['Location']}reagir/", {"reaction": "LIKE"}).status_code in (302, 404)


@pytest.mark.parametrize("stance", ["FOR", "AGAINST", "IMPROVE"])
def test_where_others_replied_a_sentence_stands_in_the_place_of_the_text_among_many_others(
    visit: Callable[..., Client], in_saran: Municipality, stance: str
) -> None:
    proposal, user = VersionedProposalFactory(), UserFactory()
    gone = ArgumentFactory(proposal=proposal, author=user, stance=stance, text=f"Un argument {MARK}, assez long.")
    reply = ReplyFactory(argument=gone)
    old = timezone.now() - timedelta(days=9)
    ArgumentFactory.create_batch(8, proposal=proposal, stance=stance, submitted_at=old)
    recount()
    leave(user, with_texts=True)
    proposal.refresh_from_db()
    assert proposal.argument_count == 8  # what was removed is not counted
    page = comes(visit, in_saran, UserFactory()).get(proposal.get_absolute_url()).content.decode()
    assert MARK not in page
    assert "a demandé que ses textes soient retirés" in page
    assert reply.text in page
    side = {"FOR": "pour", "AGAINST": "contre", "IMPROVE": "ameliorer"}[stance]
    assert f'href="{proposal.get_absolute_url()}arguments/{side}/"' in page  # the eighth of the others is there


def test_what_stands_alone_of_what_was_said_is_no_invitation_to_be_the_first(
    visit: Callable[..., Client], in_saran: Municipality
) -> None:
    proposal, user = VersionedProposalFactory(), UserFactory()
    client = comes(visit, in_saran, UserFactory())
    assert "Personne n’a encore dit pourquoi" in client.get(proposal.get_absolute_url()).content.decode()
    reply = ReplyFactory(argument=ArgumentFactory(proposal=proposal, author=user, stance="IMPROVE"))
    recount()
    leave(user, with_texts=True)
    page = client.get(proposal.get_absolute_url()).content.decode()
    assert reply.text in page
    assert "Personne n’a encore dit pourquoi" not in page


def test_news_of_what_is_removed_say_so_and_are_not_mailed(
    life: Life, visit: Callable[..., Client], in_saran: Municipality
) -> None:
    reader = UserFactory()
    notice = NoticeFactory(user=reader, type="NEW_VERSION", proposal=life.argued)
    leave(life.user, with_texts=True)
    page = visit(in_saran, reader, stays=True).get("/nouvelles/").content.decode()
    assert "est partie depuis, avec ses textes" in page
    assert MARK not in page
    found = own_notice(user=reader, pk=notice.pk)
    assert found
    assert found.words.is_over


def test_news_of_several_lose_one_and_news_of_what_is_gone_go(life: Life) -> None:
    several = Notice.objects.get(count=3)
    of_a_proposal = NoticeFactory(
        type="NEW_PROPOSAL", proposal=life.argued, challenge=life.argued.challenge,
        facts=[f"proposal:{life.argued.pk}"],
    )  # fmt: skip
    leave(life.user, with_texts=True)
    several.refresh_from_db()
    assert (several.count, several.facts, several.actor) == (2, ["argument:0", "argument:1"], None)
    assert not Notice.objects.filter(type="NEW_REPLY").exists()
    assert not Notice.objects.filter(facts__contains=[f"argument:{life.judged_argument.pk}"]).exists()
    assert not Notice.objects.filter(pk=of_a_proposal.pk).exists()
    assert recount_unread() == 0


# ── Asking ───────────────────────────────────────────────────────────────────


def test_asked_for_and_done_twice_is_once(in_saran: Municipality) -> None:
    user = UserFactory()
    assert ask_erasure(user=user, with_texts=False, at=timezone.now())
    assert ask_erasure(user=user, with_texts=True, at=timezone.now()) is None
    for _time in range(2):
        erase(user_id=user.pk, with_texts=False)
    assert OutboxMessage.objects.filter(payload__to=user.email).count() == 1
    assert AuditEntry.objects.filter(action="account_erased").count() == 1


def test_the_trail_keeps_a_number_and_nothing_else(in_saran: Municipality) -> None:
    user = UserFactory(email=EMAIL, public_name=NAME)
    leave(user)
    asked, done = AuditEntry.objects.filter(subject_type="accounts.user", subject_id=str(user.pk)).order_by("pk")
    assert (asked.action, asked.actor_id, done.action) == ("erasure_asked", user.pk, "account_erased")
    assert not {"accounts_auditentry"} & (tables_with(EMAIL) | tables_with(NAME))


def test_two_administrators_who_leave_at_once_leave_one(real_db: str) -> None:
    saran = Municipality.objects.get(slug="saran")
    with schema_context(saran.schema_name):
        User.objects.filter(role=Role.ADMINISTRATOR).update(role=Role.OBSERVER)
        both = [able_administrator(), able_administrator()]

    def go(user: User) -> bool:
        try:
            with schema_context(saran.schema_name):
                return ask_erasure(user=user, with_texts=False, at=timezone.now()) is not None
        except LastAdministratorLeaves:
            return False
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(go, both)) == [False, True]


# ── Where people only read; when something breaks ────────────────────────────


@pytest.mark.parametrize("state", [State.READ_ONLY, State.SUSPENDED, State.CLOSED])
def test_one_leaves_in_every_state(life: Life, saran: Municipality, visit: Callable[..., Client], state: State) -> None:
    put(saran, state)
    client = comes(visit, saran, life.user)
    assert client.get(PAGE).status_code == 200
    last = client.post(PAGE, {"texts": "REMOVE"}).headers["Location"]
    assert client.post(last).headers["Location"] == "/compte/supprime/"
    assert client.get("/compte/supprime/").status_code == 200
    run_the_worker()
    assert tables_pointing_to(life.user.pk) == set()
    with schema_context("public"):
        assert put(saran, State.ACTIVE)
    assert recount() == 0


def test_visitors_pages_are_made_anew(life: Life) -> None:
    before = ContentRevision.objects.get().value
    with transaction.atomic():
        erase(user_id=life.user.pk, with_texts=False)
    assert ContentRevision.objects.get().value > before


def test_an_app_that_fails_keeps_everything_for_the_next_time(
    life: Life, monkeypatch: pytest.MonkeyPatch, caplog: Any
) -> None:
    message = ask_erasure(user=life.user, with_texts=True, at=timezone.now())
    assert message is not None
    before = tables_with(MARK)
    # The first to be asked is the last in the list; this one comes when the others are done.
    broken = [lambda user, **kwargs: 1 / 0, *personal._erasings]
    with monkeypatch.context() as patch:
        patch.setattr(personal, "_erasings", broken)
        assert outbox.run_message(str(message.pk), at=timezone.now()) is False
    assert tables_with(MARK) == before
    assert recount() == 0
    assert NAME not in caplog.text
    run_the_worker()
    assert not User.objects.filter(pk=life.user.pk).exists()


def test_the_database_refuses_an_app_that_forgets_to_forget(life: Life, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(personal, "_erasings", personal._erasings[:1])
    with pytest.raises(IntegrityError), transaction.atomic():
        erase(user_id=life.user.pk, with_texts=False)
    assert User.objects.filter(pk=life.user.pk).exists()


def test_a_press_of_theirs_that_is_still_under_way_is_waited_for_or_tried_again(real_db: str) -> None:
    """A reaction sent from a telephone just before: nothing of it is left, and every count is right."""
    saran = Municipality.objects.get(slug="saran")
    with schema_context(saran.schema_name):
        user, proposal = UserFactory(), VersionedProposalFactory()
        ProposalFactory(author=user)
        recount()
        message = ask_erasure(user=user, with_texts=False, at=timezone.now())
        assert message is not None
    written, may_commit = Event(), Event()

    def react() -> None:
        from consultations.participation.services.reactions import react

        with schema_context(saran.schema_name), transaction.atomic():
            react(proposal=proposal, user=user, value="LIKE", at=timezone.now())
            written.set()
            may_commit.wait(10)
        connections.close_all()

    thread = Thread(target=react)
    thread.start()
    assert written.wait(10)
    with schema_context(saran.schema_name):
        Thread(target=may_commit.set).start()
        for _try in range(3):
            if outbox.run_message(str(message.pk), at=timezone.now()):
                break
            OutboxMessage.objects.update(due_at=timezone.now())
        thread.join()
        assert not User.objects.filter(pk=user.pk).exists()
        assert not Reaction.objects.exists()
        assert recount() == 0


def test_the_name_leaves_the_pages_with_the_press_and_does_not_wait_for_the_worker(
    life: Life, visit: Callable[..., Client], in_saran: Municipality
) -> None:
    reader = visit(in_saran, stays=True)
    address = life.argued.get_absolute_url()
    assert NAME in reader.get(address).content.decode()
    before = ContentRevision.objects.get().value
    ask_erasure(user=life.user, with_texts=False, at=timezone.now())
    assert ContentRevision.objects.get().value > before
    assert NAME not in reader.get(address).content.decode()


@pytest.mark.parametrize("with_texts", [False, True])
def test_what_is_told_when_they_are_gone_says_nothing_that_is_not_there(
    in_saran: Municipality, with_texts: bool
) -> None:
    """Between an argument and its telling by a worker, its author leaves."""
    gone, author = UserFactory(), UserFactory()
    argument = ArgumentFactory(author=gone, proposal=ProposalFactory(author=author))
    notification = Notification(
        fact=f"argument:{argument.pk}",
        group="1",
        recipients={author.pk: {"proposal": argument.proposal_id}, gone.pk: {}},
        actor_id=gone.pk,
    )
    leave(gone, with_texts=with_texts)
    assert notify(types["NEW_ARGUMENT"], notification, at=timezone.now()) == (0 if with_texts else 1)
    connection.check_constraints()
    assert [notice.actor for notice in Notice.objects.all()] == ([] if with_texts else [None])


def commit_once_somebody_waits(may_commit: Event) -> None:
    def waits() -> bool:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'advisory' AND datname = current_database()"
            )
            return bool(cursor.fetchone()[0])

    eventually(waits, within=10)
    may_commit.set()
    connections.close_all()


def test_leaving_waits_for_what_others_are_just_told(real_db: str, caplog: Any) -> None:
    saran = Municipality.objects.get(slug="saran")
    with schema_context(saran.schema_name):
        gone, author = UserFactory(), UserFactory()
        message = ask_erasure(user=gone, with_texts=False, at=timezone.now())
        assert message is not None
    written, may_commit = Event(), Event()

    def tell() -> None:
        notification = Notification(fact="f", group="1", recipients={author.pk: {}}, actor_id=gone.pk)
        with schema_context(saran.schema_name), transaction.atomic():
            notify(types["NEW_PROPOSAL"], notification, at=timezone.now())
            written.set()
            may_commit.wait(10)
        connections.close_all()

    with ThreadPoolExecutor(2) as pool, schema_context(saran.schema_name):
        told = pool.submit(tell)
        assert written.wait(10)
        pool.submit(commit_once_somebody_waits, may_commit)
        assert outbox.run_message(str(message.pk), at=timezone.now())
        told.result()
        assert Notice.objects.get().actor is None
    assert "IntegrityError" not in caplog.text


def test_an_unused_account_waits_for_what_others_just_hear_and_each_gets_through(real_db: str, caplog: Any) -> None:
    """Both lock the account: the one to erase it, the other to count for it."""
    saran = Municipality.objects.get(slug="saran")
    at = timezone.now()
    with schema_context(saran.schema_name):
        unused = UserFactory(public_name="", created_at=at - erasure.UNUSED_KEPT * 2)
    begun, may_count = Event(), Event()

    def hear() -> int:
        with schema_context(saran.schema_name), transaction.atomic():
            erasure.keep_everybody_here()
            begun.set()
            may_count.wait(10)
            notification = Notification(fact="f", group="1", recipients={unused.pk: {}})
            heard = notify(types["NEW_PROPOSAL"], notification, at=at)
        connections.close_all()
        return heard

    with ThreadPoolExecutor(2) as pool, schema_context(saran.schema_name):
        heard = pool.submit(hear)
        assert begun.wait(10)
        pool.submit(commit_once_somebody_waits, may_count)
        assert erasure.erase_unused(user_id=unused.pk, at=at)
        assert heard.result() == 1
        assert not Notice.objects.exists()
    assert "deadlock" not in caplog.text


# ── No other way ─────────────────────────────────────────────────────────────


def test_no_account_is_deleted_any_other_way(in_saran: Municipality) -> None:
    user = UserFactory()
    for deleting in (user.delete, User.objects.filter(pk=user.pk).delete, User._base_manager.all().delete):
        with pytest.raises(NotByDeleting), transaction.atomic():
            deleting()
    assert User.objects.filter(pk=user.pk).exists()


def test_accounts_that_nobody_came_into_go_with_what_points_to_them(in_saran: Municipality) -> None:
    at = timezone.now()
    old = at - erasure.UNUSED_KEPT * 2
    unused = UserFactory(public_name="", created_at=old)
    kept = [UserFactory(created_at=old), UserFactory(public_name="", created_at=old, last_login=at)]
    CoAuthorInvitation.objects.create(proposal=ProposalFactory(), user=unused, invited_by=kept[0])
    NoticeFactory(user=unused)
    forget_expired(at=at)
    assert not User.objects.filter(pk=unused.pk).exists()
    assert User.objects.filter(pk__in=[user.pk for user in kept]).count() == 2
    assert not CoAuthorInvitation.objects.exists()
    assert not OutboxMessage.objects.filter(payload__to=unused.email).exists()


def test_what_others_were_asked_to_bring_together_keeps_its_place_without_words(in_saran: Any) -> None:
    user = UserFactory()
    asked = ProposalFactory(author=user)
    request = ask_to_merge(sources=[ProposalFactory(), asked])
    leave(user, with_texts=True)
    asked.refresh_from_db()
    assert (asked.status, asked.solution) == (Status.REMOVED, "")
    assert request.sources.filter(proposal=asked).exists()
