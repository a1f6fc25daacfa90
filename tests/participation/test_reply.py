"""Answering an argument, in place, once; finding it useful, once."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_tenants.utils import schema_context

from accounts.models import AuditEntry
from common.models import OutboxMessage
from consultations.participation.counts import recount
from consultations.participation.enums import AuthorshipRole, Status
from consultations.participation.models import Argument, Authorship, Reply, UsefulMark
from consultations.participation.services.arguments import mark_useful
from consultations.participation.services.refusals import OwnArgument, SaidAlready, SaidElsewhere
from consultations.participation.services.replies import edit_reply, reply
from tenants.models import Municipality
from tests.accounts.factories import UserFactory
from tests.participation.factories import ArgumentFactory, ProposalFactory, ReplyFactory
from tests.participation.test_react import close_phase

TEXT = "C’est juste : je propose un tour de garde."
NOW = timezone.now
IN_PLACE = {"HX-Request": "true"}


@pytest.fixture
def argument(saran: Municipality) -> Argument:
    with schema_context(saran.schema_name):
        return ArgumentFactory()


def test_a_reply_is_published_counted_and_told(in_saran: Municipality, argument: Argument) -> None:
    given = reply(argument=argument, author=UserFactory(), text=TEXT, at=NOW())
    argument.refresh_from_db()
    assert argument.reply_count == 1
    assert AuditEntry.objects.get(action="reply_given").subject_id == str(given.pk)
    told = OutboxMessage.objects.filter(payload__event="reply_given").get()
    assert told.payload["payload"] == {"reply_id": given.pk}


def test_what_moderation_has_hidden_is_not_said_again(in_saran: Municipality, argument: Argument) -> None:
    author = UserFactory()
    given = reply(argument=argument, author=author, text=TEXT, at=NOW())
    Reply.objects.filter(pk=given.pk).update(status=Status.HIDDEN)
    with pytest.raises(SaidAlready):
        reply(argument=argument, author=author, text=TEXT, at=NOW())


def test_a_reply_opens_comes_and_is_mended_in_place(
    visit: Callable[..., Client], saran: Municipality, person: Any, argument: Argument
) -> None:
    client = visit(saran, person())
    with schema_context(saran.schema_name):
        path = argument.get_absolute_url()
    opened = client.get(path + "?repondre", headers=IN_PLACE).content.decode()
    assert opened.strip().startswith("<article")
    assert f'id="reply-to-{argument.pk}-text"' in opened
    for _unused in range(2):
        answer = client.post(path + "repondre/", {"text": TEXT}, headers=IN_PLACE).content.decode()
        assert "<html" not in answer
        assert answer.count("un tour de garde") == 1
    with schema_context(saran.schema_name):
        given = Reply.objects.get()
        assert Argument.objects.get().reply_count == 1
    editing = f"{argument.proposal.get_absolute_url()}reponses/{given.pk}/corriger/"
    assert editing in answer
    assert visit(saran, person()).get(editing).status_code == 404
    client.post(editing, {"text": "C’est juste, et je m’y engage."})
    page = visit(saran).get(argument.proposal.get_absolute_url()).content.decode()
    assert "et je m’y engage" in page
    assert "modifié" in page
    with schema_context(saran.schema_name):
        Reply.objects.update(submitted_at=NOW() - timedelta(minutes=15))
    refused = client.post(editing, {"text": "Un texte qui vient trop tard."})
    assert (refused.status_code, "vient trop tard" in refused.content.decode()) == (409, True)


@pytest.mark.parametrize("text", ["", "Non.", "\u200b" * 40, "x " * 10_000])
@pytest.mark.parametrize("headers", [{}, IN_PLACE])
def test_a_bad_reply_gets_a_sentence_and_keeps_the_text(
    visit: Callable[..., Client],
    saran: Municipality,
    person: Any,
    argument: Argument,
    text: str,
    headers: dict[str, str],
) -> None:
    response = visit(saran, person()).post(argument.get_absolute_url() + "repondre/", {"text": text}, headers=headers)
    assert response.status_code == 422
    assert "form-errors" in response.content.decode()
    assert text.strip("\u200b ") in response.content.decode()


def test_a_reply_after_the_phase_or_to_what_was_hidden_is_refused(
    visit: Callable[..., Client], saran: Municipality, person: Any, argument: Argument
) -> None:
    client = visit(saran, person())
    with schema_context(saran.schema_name):
        close_phase()
    for headers in ({}, IN_PLACE):
        refused = client.post(argument.get_absolute_url() + "repondre/", {"text": TEXT}, headers=headers)
        assert (refused.status_code, TEXT in refused.content.decode()) == (409, True)
    with schema_context(saran.schema_name):
        Argument.objects.update(status=Status.HIDDEN)
    for headers in ({}, IN_PLACE):
        refused = client.post(argument.get_absolute_url() + "repondre/", {"text": TEXT}, headers=headers)
        assert (refused.status_code, TEXT in refused.content.decode()) == (409, True)
    for action in ("utile/", "corriger/"):
        assert client.post(argument.get_absolute_url() + action).status_code == 404


def test_the_same_reply_is_for_three_arguments_at_most(in_saran: Municipality) -> None:
    author = UserFactory()
    for argument in ArgumentFactory.create_batch(3):
        reply(argument=argument, author=author, text=TEXT, at=NOW())
    with pytest.raises(SaidElsewhere):
        reply(argument=ArgumentFactory(), author=author, text=TEXT.upper(), at=NOW())
    assert reply(argument=ArgumentFactory(), author=UserFactory(), text=TEXT, at=NOW()).pk


def test_a_reply_is_mended_to_what_others_said_but_not_to_what_one_said(in_saran: Municipality) -> None:
    argument, author = ArgumentFactory(), UserFactory()
    ReplyFactory(argument=argument, text="C’est vrai.")
    mine, another = (reply(argument=argument, author=author, text=f"{TEXT} {n}", at=NOW()) for n in "ab")
    edit_reply(reply=mine, author=author, text="C’est vrai.", at=NOW())
    with pytest.raises(SaidAlready):
        edit_reply(reply=another, author=author, text="C’est vrai.", at=NOW())


def test_three_replies_stand_under_an_argument_and_all_on_its_page(
    visit: Callable[..., Client], saran: Municipality
) -> None:
    def queries(path: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            assert visit(saran).get(path).status_code == 200
        return len(captured)

    with schema_context(saran.schema_name):
        proposal = ProposalFactory()
        helper = UserFactory()
        Authorship.objects.create(proposal=proposal, user=helper, role=AuthorshipRole.CO_AUTHOR)
        arguments = ArgumentFactory.create_batch(2, proposal=proposal, reply_count=5)
        for argument in arguments:
            for author in (helper, proposal.author, UserFactory(), UserFactory(), UserFactory()):
                ReplyFactory(argument=argument, author=author)
    path = proposal.get_absolute_url()
    visit(saran).get("/mode-d-emploi/")
    first = queries(path)
    page = visit(saran).get(path).content.decode()
    assert page.count('class="argument__reply"') == 6
    assert page.count("écrit cette proposition") == 4
    assert page.count("Lire les 5 réponses") == 2
    assert visit(saran).get(arguments[0].get_absolute_url()).content.decode().count('class="argument__reply"') == 5
    with schema_context(saran.schema_name):
        for argument in ArgumentFactory.create_batch(8, proposal=proposal, reply_count=4):
            ReplyFactory.create_batch(4, argument=argument)
    # Whether the page that was kept still holds; its menus are made already.
    assert queries(path) <= first + 1


def test_a_visitors_reply_and_mark_are_done_once_they_are_in(
    visit: Callable[..., Client], saran: Municipality, argument: Argument
) -> None:
    visitor = visit(saran)
    visitor.post(argument.get_absolute_url() + "utile/", {"useful": "on"})
    assert visitor.post(argument.get_absolute_url() + "repondre/", {"text": TEXT}).headers["Location"] == "/connexion/"
    with schema_context(saran.schema_name):
        visitor.force_login(UserFactory())
    for _unused in range(2):
        visitor.get("/reprendre/")
    with schema_context(saran.schema_name):
        argument.refresh_from_db()
        assert (argument.useful_count, argument.reply_count, Reply.objects.get().text) == (1, 1, TEXT)


def test_the_same_reply_is_for_three_arguments_at_most_however_it_gets_there(in_saran: Municipality) -> None:
    author, arguments = UserFactory(), ArgumentFactory.create_batch(4)
    for argument in arguments[:3]:
        reply(argument=argument, author=author, text=TEXT, at=NOW())
    given = reply(argument=arguments[3], author=author, text="Un tout autre texte, d’abord.", at=NOW())
    with pytest.raises(SaidElsewhere):
        edit_reply(reply=given, author=author, text=TEXT, at=NOW())
    with pytest.raises(SaidAlready):
        reply(argument=arguments[3], author=author, text=f"{given.text} !!", at=NOW())
    Argument.objects.filter(pk=arguments[3].pk).update(status=Status.HIDDEN)
    with pytest.raises(Reply.DoesNotExist):
        edit_reply(reply=given, author=author, text="Sous un argument masqué.", at=NOW())


# ── Useful ───────────────────────────────────────────────────────────────────


def test_a_mark_shows_on_the_kept_page_to_its_person_only(
    visit: Callable[..., Client], saran: Municipality, person: Any, argument: Argument
) -> None:
    with schema_context(saran.schema_name):
        others = ArgumentFactory.create_batch(3, proposal=argument.proposal)
    path, user = argument.proposal.get_absolute_url(), person()
    client = visit(saran, user)
    marking = client.post(argument.get_absolute_url() + "utile/", {"useful": "on"}, headers=IN_PLACE).content.decode()
    assert marking.strip().startswith("<button")
    assert 'aria-pressed="true" value="off">Utile, 1<' in marking
    mine, theirs, nobodys = (visit(saran, who).get(path).content.decode() for who in (user, person(), None))
    assert (mine.count('aria-pressed="true" value="off"'), mine.count('aria-pressed="false" value="on"')) == (1, 3)
    for page in (theirs, nobodys):
        assert page.count('aria-pressed="false" value="on"') == 4
    author = visit(saran, others[0].author).get(path).content.decode()
    assert 'name="useful" disabled>Utile<' in author
    with CaptureQueriesContext(connection) as captured:
        visit(saran, user).get(path)
    assert sum("participation_usefulmark" in query["sql"] for query in captured) == 1


def test_a_mark_pressed_twice_is_one_and_is_taken_back(
    visit: Callable[..., Client], saran: Municipality, person: Any, argument: Argument
) -> None:
    client, path = visit(saran, person()), argument.get_absolute_url() + "utile/"
    back = argument.proposal.get_absolute_url()
    for useful, count in (("on", 1), ("on", 1), ("off", 0), ("off", 0), ("on", 1)):
        answer = client.post(path, {"useful": useful, "back": back})
        assert answer.headers["Location"] == f"{back}#argument-{argument.pk}"
        with schema_context(saran.schema_name):
            assert Argument.objects.get().useful_count == UsefulMark.objects.count() == count
    elsewhere = client.post(path, {"useful": "on", "back": "https://example.org/"})
    assert elsewhere.headers["Location"].startswith("/propositions/")


def test_ones_own_argument_is_for_others_to_find_useful(in_saran: Municipality, argument: Argument) -> None:
    with pytest.raises(OwnArgument):
        mark_useful(argument=argument, user=argument.author, useful=True, at=NOW())


def test_marks_and_replies_of_many_at_once_are_all_counted(real_db: str) -> None:
    saran = Municipality.objects.get(slug="saran")
    with schema_context(saran.schema_name):
        argument, people = ArgumentFactory(), UserFactory.create_batch(24)
        recount()

    def take_part(place: int) -> None:
        try:
            with schema_context(saran.schema_name):
                who = people[place % 24]  # everyone twice
                mark_useful(argument=argument, user=who, useful=True, at=NOW())
                reply(argument=argument, author=who, text=TEXT, at=NOW())
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(take_part, range(48)))
    with schema_context(saran.schema_name):
        argument.refresh_from_db()
        assert (argument.useful_count, argument.reply_count) == (24, 24)
        assert recount() == 0


def test_only_a_visitor_is_told_that_their_address_will_be_asked_for(
    visit: Callable[..., Client], saran: Municipality, person: Any, argument: Argument
) -> None:
    told = "votre adresse électronique"
    with schema_context(saran.schema_name):
        path, proposal = argument.get_absolute_url(), argument.proposal.get_absolute_url()
    for page in (f"{path}?repondre", f"{proposal}?argumenter"):
        # The page of the visitor is kept: the next person gets it too, but for this.
        assert told in visit(saran).get(page).content.decode(), page
        assert told not in visit(saran, person()).get(page).content.decode(), page
    assert told not in visit(saran, person()).get(f"{path}?repondre", headers=IN_PLACE).content.decode()


def test_each_button_of_a_mark_says_whose_argument_it_is_about(
    visit: Callable[..., Client], saran: Municipality, argument: Argument
) -> None:
    with schema_context(saran.schema_name):
        said = f"argument signé {argument.author_name}"
        assert said in visit(saran).get(argument.proposal.get_absolute_url()).content.decode()


def test_the_arguments_of_a_side_invite_as_long_as_one_may_argue(
    visit: Callable[..., Client], saran: Municipality, argument: Argument
) -> None:
    with schema_context(saran.schema_name):
        proposal = argument.proposal.get_absolute_url()
    sides = {side: f"{proposal}?argumenter&amp;position={side}#argumenter" for side in ("pour", "contre")}
    for side, invitation in sides.items():
        assert invitation in visit(saran).get(f"{proposal}arguments/{side}/").content.decode()
    with schema_context(saran.schema_name):
        close_phase()
    for side in sides:
        assert "?argumenter" not in visit(saran).get(f"{proposal}arguments/{side}/").content.decode()
