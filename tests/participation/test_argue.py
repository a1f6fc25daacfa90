"""Saying why: for, against or to improve; nothing typed is ever lost."""

import re
from collections.abc import Callable
from contextlib import nullcontext
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.test import Client
from django.utils import timezone
from django_tenants.utils import schema_context

from accounts.models import AuditEntry
from consultations.framing.models import Challenge, Consultation
from consultations.participation.counts import recount
from consultations.participation.enums import Stage, Status, Verdict
from consultations.participation.models import Argument, Proposal
from consultations.participation.selectors.page import arguments_page, proposal_page
from consultations.participation.services import arguments
from consultations.participation.services.arguments import edit_argument
from consultations.participation.services.refusals import Answered, NotYours, SaidAlready, SaidElsewhere, TooLate
from tenants.models import Municipality
from tests.accounts.factories import UserFactory
from tests.participation.factories import ArgumentFactory, ProposalFactory
from tests.participation.test_react import close_phase, only_phase
from tests.support.pages import message_levels, says

TEXT = "Ma mère a 84 ans et pas de balcon : un banc à l’ombre change sa journée."
NOW = timezone.now


def form(**changes: str) -> dict[str, str]:
    return {"text": TEXT, "stance": "FOR", "part": "SOLUTION", "kind": "", "source_url": "", **changes}


@pytest.fixture
def proposal(saran: Municipality) -> Proposal:
    with schema_context(saran.schema_name):
        return ProposalFactory()


@pytest.fixture
def argue(visit: Callable[..., Client], saran: Municipality, person: Any, proposal: Proposal) -> Callable[..., Any]:
    client = visit(saran, person())

    def post(**changes: str) -> Any:
        return client.post(proposal.get_absolute_url() + "argumenter/", form(**changes))

    return post


def test_an_argument_is_published_and_counted_everywhere(in_saran: Municipality) -> None:
    proposal, author = ProposalFactory(), UserFactory()
    argument = arguments.argue(proposal=proposal, author=author, stance="AGAINST", text=TEXT, at=NOW())
    proposal.refresh_from_db()
    assert (proposal.for_count, proposal.against_count, proposal.argument_count) == (0, 1, 1)
    assert proposal.stage == Stage.ARGUMENTS
    assert Challenge.objects.get(pk=proposal.challenge_id).argument_count == 1
    assert Consultation.objects.get().argument_count == 1
    assert AuditEntry.objects.get(action="argument_given").subject_id == str(argument.pk)


@pytest.mark.parametrize("stage", [Stage.REWORK, Stage.COLLECTIVE, Stage.PROJECT])
def test_an_argument_never_takes_a_proposal_back_to_an_earlier_stage(in_saran: Municipality, stage: Stage) -> None:
    proposal = ProposalFactory(stage=stage)
    arguments.argue(proposal=proposal, author=UserFactory(), stance="FOR", text=TEXT, at=NOW())
    proposal.refresh_from_db()
    assert proposal.stage == stage


def test_the_same_words_sent_twice_are_said_once(argue: Callable[..., Any], saran: Municipality) -> None:
    first, second = argue(), argue()
    assert first.headers["Location"] == second.headers["Location"]
    with schema_context(saran.schema_name):
        assert Argument.objects.count() == 1
        assert Proposal.objects.get().for_count == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"text": ""},
        {"text": "Trop court."},
        {"text": "a b " * 400},
        {"text": "\u200b" * 60},
        {"text": " \n" * 60},
        {"stance": ""},
        {"stance": "MAYBE"},
        {"source_url": "javascript:alert(1)"},
        {"source_url": "pas une adresse"},
        {"source_url": "ftp://example.org/etude"},
        {"source_url": "http://localhost:8000/etude"},
        {"text": "é" * 20_000},
    ],
)
def test_bad_input_gets_a_sentence_and_keeps_the_text(
    argue: Callable[..., Any], saran: Municipality, changes: dict[str, str]
) -> None:
    response = argue(**changes)
    assert response.status_code == 422
    assert "form-errors" in response.content.decode()
    if "text" not in changes:
        assert "Ma mère a 84 ans" in response.content.decode()
    with schema_context(saran.schema_name):
        assert not Argument.objects.exists()


def test_markup_is_shown_as_it_was_typed(
    argue: Callable[..., Any], visit: Any, saran: Municipality, proposal: Proposal
) -> None:
    argue(text='<script>alert("x")</script> & <b>gras</b>, dit-elle souvent ici.')
    page = visit(saran).get(proposal.get_absolute_url()).content.decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page


def test_control_characters_are_taken_out(argue: Callable[..., Any], saran: Municipality) -> None:
    argue(text="Un banc\x00 à l’ombre\x08 \u202echangerait\ufeff vraiment sa journée.\r\n\r\n\r\n\r\nOui.")
    with schema_context(saran.schema_name):
        assert Argument.objects.get().text == "Un banc à l’ombre changerait vraiment sa journée.\n\nOui."


def test_a_phase_that_closed_meanwhile_keeps_the_text_in_the_page(
    visit: Callable[..., Client], saran: Municipality, person: Any, proposal: Proposal
) -> None:
    client = visit(saran, person())
    with schema_context(saran.schema_name):
        close_phase()
    response = client.post(proposal.get_absolute_url() + "argumenter/", form())
    assert response.status_code == 409
    assert "Ma mère a 84 ans" in response.content.decode()


def test_a_visitors_argument_is_published_after_signing_in(
    visit: Callable[..., Client], saran: Municipality, proposal: Proposal
) -> None:
    visitor = visit(saran)
    visitor.post(proposal.get_absolute_url() + "argumenter/", form())
    with schema_context(saran.schema_name):
        assert not Argument.objects.exists()
        visitor.force_login(UserFactory())
    answer = visitor.get("/reprendre/", follow=True)
    page = answer.content.decode()
    with schema_context(saran.schema_name):
        argument = Argument.objects.get()
        assert argument.text == TEXT
        assert f'href="{argument.get_absolute_url()}"' in page
    assert (
        answer.redirect_chain[-1][0]
        == f"{argument.get_absolute_url().partition('arguments/')[0]}#argument-{argument.pk}"
    )
    assert message_levels(answer) == ["success"]


def test_an_image_where_text_goes_is_only_a_missing_text(argue: Callable[..., Any]) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    image = SimpleUploadedFile("photo.png", b"\x89PNG\r\n\x1a\n" + bytes(200), "image/png")
    assert argue(text=image).status_code == 422


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("\u202eUn banc à l’ombre\u202c change la journée", "Un banc à l’ombre change la journée"),
        ("هذا المقعد يغير يومها كل صيف", "هذا المقعد يغير يومها كل صيف"),
        ("🌳🪑 " * 12, ("🌳🪑 " * 12).strip()),
        (
            "Un\u200b banc\u2066 à l’ombre\u2069 change sa journée",
            "Un banc à l’ombre change sa journée",
        ),
    ],
)
def test_odd_signs_are_kept_where_they_are_honest(
    argue: Callable[..., Any], visit: Any, saran: Municipality, proposal: Proposal, typed: str, kept: str
) -> None:
    argue(text=typed)
    argue(text=typed)
    with schema_context(saran.schema_name):
        assert Argument.objects.get().text == kept
    assert kept in visit(saran).get(proposal.get_absolute_url()).content.decode()


@pytest.mark.parametrize(
    ("given", "title"),
    [
        ({"source_url": "https://www.insee.fr/fr/statistiques/1"}, "insee.fr"),
        ({"source_url": "www.insee.fr", "source_title": "Le recensement"}, "Le recensement"),
        ({"source_title": "Le bulletin de mars, page 4"}, "Le bulletin de mars, page 4"),
    ],
)
def test_a_source_has_the_title_that_was_typed_or_its_sites_name(
    argue: Callable[..., Any], visit: Any, saran: Municipality, proposal: Proposal, given: dict[str, str], title: str
) -> None:
    argue(**given)
    with schema_context(saran.schema_name):
        assert Argument.objects.get().source_title == title
    page = visit(saran).get(proposal.get_absolute_url()).content.decode()
    assert title in page
    assert ("(insee.fr)" in page) is (title == "Le recensement")


def test_the_same_words_are_for_three_proposals_at_most(in_saran: Municipality) -> None:
    author, proposals = UserFactory(), ProposalFactory.create_batch(4)
    for proposal, text in zip(proposals[:3], (TEXT, TEXT.upper(), f"  {TEXT} !!"), strict=True):
        arguments.argue(proposal=proposal, author=author, stance="FOR", text=text, at=NOW())
    with pytest.raises(SaidElsewhere):
        arguments.argue(proposal=proposals[3], author=author, stance="AGAINST", text=TEXT, at=NOW())
    arguments.argue(proposal=proposals[3], author=author, stance="FOR", text=TEXT + " Surtout ici.", at=NOW())
    arguments.argue(proposal=proposals[3], author=UserFactory(), stance="FOR", text=TEXT, at=NOW())
    assert Argument.objects.count() == 5


def test_nothing_but_signs_is_no_pasting(in_saran: Municipality) -> None:
    author = UserFactory()
    for text in ("👍" * 20, "!" * 20, "🎉" * 20, "…" * 20, "👏" * 20):
        arguments.argue(proposal=ProposalFactory(), author=author, stance="FOR", text=text, at=NOW())
    assert Argument.objects.filter(author=author).count() == 5


def test_pasting_a_text_over_and_over_is_stopped_and_the_text_kept(
    argue: Callable[..., Any], saran: Municipality
) -> None:
    answers = [argue(text=f"{TEXT} Et de {number}.") for number in range(14)]
    assert [answer.status_code for answer in answers] == [302] * 12 + [409] * 2
    assert "Votre texte est gardé dans la page" in answers[-1].content.decode()
    assert "Et de 13." in answers[-1].content.decode()
    with schema_context(saran.schema_name):
        assert Argument.objects.count() == 12


def test_hardly_other_words_in_the_same_place_are_said_already(in_saran: Municipality) -> None:
    author, proposal = UserFactory(), ProposalFactory()
    said: dict[str, Any] = {"proposal": proposal, "author": author, "at": NOW()}
    first = arguments.argue(**said, stance="FOR", text=TEXT)
    for stance, text in (("FOR", f"{TEXT} !"), ("FOR", TEXT.replace(" ", " \u200c")), ("AGAINST", TEXT)):
        with pytest.raises(SaidAlready):
            arguments.argue(**said, stance=stance, text=text)
    # What moderation hid is neither said again nor told to be published.
    Argument.objects.update(status=Status.HIDDEN)
    with pytest.raises(SaidAlready):
        arguments.argue(**said, stance="FOR", text=TEXT)
    assert list(Argument.objects.all()) == [first]


@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}])
@pytest.mark.parametrize("status", [Status.HIDDEN, Status.WITHDRAWN])
def test_what_is_written_to_a_proposal_hidden_meanwhile_is_shown_to_be_copied(
    visit: Callable[..., Client],
    saran: Municipality,
    person: Any,
    proposal: Proposal,
    status: str,
    headers: dict[str, str],
) -> None:
    with schema_context(saran.schema_name):
        Proposal.objects.update(status=status)
    for client in (visit(saran, person()), visit(saran)):
        answer = client.post(proposal.get_absolute_url() + "argumenter/", form(), headers=headers)
        assert (answer.status_code, "Ma mère a 84 ans" in answer.content.decode()) == (409, True)
        nothing = client.post(f"/propositions/{proposal.pk + 99}/rien/argumenter/", form(), headers=headers)
        assert nothing.status_code == 404
    editing = visit(saran, proposal.author).post(proposal.get_absolute_url() + "corriger/", {"problem": TEXT})
    assert (editing.status_code, "Ma mère a 84 ans" in editing.content.decode()) == (409, True)
    # Not even the address of a hidden one says its words.
    short = visit(saran).get(f"/propositions/{proposal.pk}/")
    assert short.status_code == (200 if status == Status.HIDDEN else 301)


@pytest.fixture
def mine(saran: Municipality, person: Any) -> Argument:
    """An argument just given; its author is who argues."""
    with schema_context(saran.schema_name):
        return arguments.argue(proposal=ProposalFactory(), author=person(), stance="FOR", text=TEXT, at=NOW())


def test_an_argument_is_mended_for_fifteen_minutes(
    visit: Callable[..., Client], saran: Municipality, mine: Argument
) -> None:
    client = visit(saran, mine.author)
    with schema_context(saran.schema_name):
        page, editing = mine.proposal.get_absolute_url(), mine.get_absolute_url() + "corriger/"
    assert editing in client.get(page).content.decode()
    assert TEXT in client.get(editing).content.decode()
    new = "Ma mère a 85 ans et pas de balcon."
    assert client.post(editing, form(text=new, stance="IMPROVE")).status_code == 302
    for path in (page, mine.get_absolute_url()):
        assert "modifié" in visit(saran).get(path).content.decode()
    with schema_context(saran.schema_name):
        recount_of = Proposal.objects.values_list("for_count", "improve_count", "against_count")
        assert (Argument.objects.get().text, recount_of.get()) == (new, (0, 1, 0))
        Argument.objects.update(submitted_at=NOW() - timedelta(minutes=16))
    assert editing not in client.get(page).content.decode()
    refused = client.post(editing, form(text="Un autre texte, bien trop tard."))
    assert refused.status_code == 409
    assert "Un autre texte, bien trop tard." in refused.content.decode()
    assert says(refused, TooLate)
    assert client.get(editing, follow=True).redirect_chain == [(mine.get_absolute_url(), 302)]
    with schema_context(saran.schema_name):
        assert Argument.objects.get().text == new


@pytest.mark.parametrize("in_time", [True, False])
def test_fifteen_minutes_are_over_when_they_are_over(in_saran: Municipality, mine: Argument, in_time: bool) -> None:
    at = mine.submitted_at + timedelta(minutes=15) - timedelta(microseconds=in_time)
    new = {"stance": "AGAINST", "text": "Ma mère a 85 ans, et non 84."}
    with nullcontext() if in_time else pytest.raises(TooLate):
        edit_argument(argument=mine, author=mine.author, at=at, **new)


@pytest.mark.parametrize("change", [{"reply_count": 1}, {"verdict": Verdict.TAKEN}])
def test_an_answered_argument_is_not_mended(in_saran: Municipality, mine: Argument, change: dict[str, Any]) -> None:
    Argument.objects.update(**change)
    with pytest.raises(Answered):
        edit_argument(argument=mine, author=mine.author, stance="FOR", text=TEXT + " Oui.", at=NOW())


def test_another_persons_argument_is_not_mended(
    visit: Callable[..., Client], saran: Municipality, person: Any, mine: Argument
) -> None:
    with schema_context(saran.schema_name):
        editing = mine.get_absolute_url() + "corriger/"
    assert visit(saran).get(editing).status_code == 302
    assert visit(saran, person()).post(editing, form(text="Le contraire de ce qui fut dit.")).status_code == 404
    assert editing not in visit(saran, person()).get(mine.proposal.get_absolute_url()).content.decode()
    with schema_context(saran.schema_name), pytest.raises(NotYours):
        edit_argument(argument=mine, author=UserFactory(), stance="FOR", text=TEXT + " Oui.", at=NOW())


def test_an_argument_has_its_page_wherever_it_stands(visit: Callable[..., Client], saran: Municipality) -> None:
    with schema_context(saran.schema_name):
        proposal = ProposalFactory()
        oldest = ArgumentFactory(proposal=proposal, text="Le tout premier argument donné ici.")
        ArgumentFactory.create_batch(9, proposal=proposal)
        other = ArgumentFactory()
        hidden = ArgumentFactory(proposal=proposal, status=Status.HIDDEN, text="Un propos qui ne se lit plus.")
        foreign = f"{proposal.get_absolute_url()}arguments/{other.pk}/"
        path = oldest.get_absolute_url()
    visitor = visit(saran)
    assert "Le tout premier argument" not in visitor.get(proposal.get_absolute_url()).content.decode()
    assert "Le tout premier argument" in visitor.get(path).content.decode()
    assert visitor.get(foreign).status_code == 404
    old_title = f"/propositions/{proposal.pk}/ancien-titre/arguments/{oldest.pk}/"
    assert visitor.get(old_title).headers["Location"] == path
    page = visitor.get(hidden.get_absolute_url()).content.decode()
    assert "placeholder-text" in page
    assert "ne se lit plus" not in page
    with schema_context(saran.schema_name):
        Proposal.objects.filter(pk=proposal.pk).update(status=Status.HIDDEN)
    assert visitor.get(path).status_code == 404


def test_columns_begin_with_the_most_useful_then_the_newest_and_hide_nothing(in_saran: Municipality) -> None:
    proposal = ProposalFactory(for_count=9)
    hidden = ArgumentFactory(proposal=proposal, useful_count=9, status=Status.HIDDEN)
    plain = ArgumentFactory.create_batch(6, proposal=proposal, submitted_at=NOW())
    imported = ArgumentFactory(proposal=proposal, useful_count=1, imported_votes=3)
    useful = ArgumentFactory(proposal=proposal, useful_count=4, submitted_at=NOW() - timedelta(days=9))
    newest = ArgumentFactory(proposal=proposal, useful_count=4)
    page = proposal_page(pk=proposal.pk, at=NOW())
    assert page is not None
    assert page.columns["FOR"][:4] == [newest, imported, useful, plain[-1]]
    assert (len(page.columns["FOR"]), hidden in page.columns["FOR"]) == (8, False)
    everything = [*page.columns["FOR"], plain[0], hidden]
    assert list(arguments_page(proposal=proposal, stance="FOR", page=1)) == everything


def test_a_refused_argument_of_a_visitor_is_shown_after_signing_in(
    visit: Callable[..., Client], saran: Municipality, proposal: Proposal
) -> None:
    visitor = visit(saran)
    visitor.post(proposal.get_absolute_url() + "argumenter/", form())
    with schema_context(saran.schema_name):
        close_phase()
        visitor.force_login(UserFactory())
    assert "Ma mère a 84 ans" in visitor.get("/reprendre/", follow=True).content.decode()


def test_a_phone_number_in_an_argument_is_pointed_out_and_never_refused(argue: Callable[..., Any]) -> None:
    response = argue(text="Appelez-moi au 06 12 34 56 78 : j’ai trois bancs à donner à la commune.")
    said = [str(message) for message in get_messages(response.wsgi_request)]
    assert response.status_code == 302
    assert len(said) == 2
    assert "numéro de téléphone" in said[1]


@pytest.mark.parametrize(
    ("stances", "open_side"),
    [(["AGAINST"], "show-against"), (["FOR"], "show-for"), (["FOR", "AGAINST"], "show-for")],
)
def test_on_a_phone_the_side_that_has_something_is_open(
    visit: Callable[..., Client], in_saran: Municipality, stances: list[str], open_side: str
) -> None:
    proposal = ProposalFactory()
    for stance in stances:
        ArgumentFactory(proposal=proposal, stance=stance)
    recount()
    shown = visit(in_saran, stays=True).get(proposal.get_absolute_url()).content.decode()
    sides = re.findall(r'<input[^>]*name="columns"[^>]*>', shown)
    assert [re.search('id="([^"]+)"', side)[1] for side in sides if "checked" in side] == [open_side]  # type: ignore[index]


def test_where_the_discussion_stays_open_one_argues_under_an_answer(
    saran: Municipality, proposal: Proposal, visit: Callable[..., Client], person: Callable[..., Any]
) -> None:
    """Though nobody says any more what they think of the proposal."""
    client = visit(saran, person(saran))
    with schema_context(saran.schema_name):
        only_phase("ANSWER")
    page, place = proposal.get_absolute_url(), f"{proposal.get_absolute_url()}?argumenter"
    assert client.post(f"{page}argumenter/", form()).status_code == 409
    assert f"{place}#argumenter" not in client.get(page).content.decode()
    with schema_context(saran.schema_name):
        Consultation.objects.update(is_discussed=True)
    assert f"{place}#argumenter" in client.get(page).content.decode()
    assert 'name="stance"' in client.get(place).content.decode()
    client.post(f"{page}argumenter/", form())
    assert TEXT in client.get(page).content.decode()
