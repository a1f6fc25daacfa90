"""Proposing in three steps: saved as one goes, before signing in too, published once."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from django.utils.html import escape
from django_tenants.utils import schema_context

from common.limits import Rate
from consultations.framing.models import Challenge, Consultation
from consultations.participation.limits import BEGINNING
from consultations.participation.models import Draft, Proposal, ProposalVersion
from consultations.participation.selectors.drafts import Writer
from consultations.participation.services.drafts import adopt_drafts, discard_draft, mark_of, save_details, save_draft
from consultations.participation.services.proposals import submit_proposal
from consultations.participation.services.refusals import Incomplete, NotYours, PhaseClosed
from tenants.models import Municipality
from tests.accounts.factories import UserFactory
from tests.participation.factories import BENEFIT, PROBLEM, SOLUTION, DraftFactory, ProposalFactory
from tests.participation.test_react import close_phase
from tests.support.pages import message_levels

NOW = timezone.now
STEPS = [
    ("probleme", "problem", PROBLEM),
    ("benefice", "benefit", BENEFIT),
    ("titre", "title", "Des cours ouvertes le soir"),
]


def write_all(client: Client) -> str:
    """Go through the steps as a person does; the address of the read-through."""
    response = client.post("/defis/ecologie/proposer/", {"solution": SOLUTION})
    for path, name, text in STEPS:
        assert response.headers["Location"].endswith(f"/{path}/")
        response = client.post(response.headers["Location"], {name: text})
    return response.headers["Location"]


def test_a_resident_proposes_in_three_steps(visit: Callable[..., Client], saran: Municipality, person: Any) -> None:
    client = visit(saran, author := person())
    review = write_all(client)
    page = client.get(review).content.decode()
    assert "invivables en juillet" in page
    response = client.post(review)
    with schema_context(saran.schema_name):
        proposal = Proposal.objects.get()
        assert (proposal.author, proposal.solution, proposal.version) == (author, SOLUTION, 1)
        assert ProposalVersion.objects.get().benefit == BENEFIT
        assert Challenge.objects.get(slug="ecologie").proposal_count == 1
        assert Consultation.objects.get().proposal_count == 1
        assert response.headers["Location"] == proposal.get_absolute_url()
    assert message_levels(client.get(response.headers["Location"])) == ["success"]


def test_each_question_shows_an_example_of_its_own_answer(
    visit: Callable[..., Client], saran: Municipality, person: Any
) -> None:
    client = visit(saran, author := person())
    with schema_context(saran.schema_name):
        draft = DraftFactory(author=author)
        solution = str(escape(draft.challenge.examples[0]["text"]))
    pages = {step: client.get(f"/brouillons/{draft.pk}/{step}/").content.decode() for step in ("probleme", "benefice")}
    assert solution in client.get("/defis/ecologie/proposer/").content.decode()
    assert solution not in pages["probleme"] + pages["benefice"]
    assert "la cour de l’école reste vide" in pages["probleme"]
    assert "Les enfants pourraient jouer dehors" in pages["benefice"]


def test_publishing_twice_gives_one_proposal(visit: Callable[..., Client], saran: Municipality, person: Any) -> None:
    client = visit(saran, person())
    review = write_all(client)
    assert client.post(review).headers["Location"] == client.post(review).headers["Location"]
    with schema_context(saran.schema_name):
        assert Proposal.objects.count() == 1


def test_a_visitor_writes_everything_then_signs_in_and_it_is_published(
    visit: Callable[..., Client], saran: Municipality
) -> None:
    visitor = visit(saran)
    review = write_all(visitor)
    assert visitor.post(review).headers["Location"] == "/connexion/"
    with schema_context(saran.schema_name):
        visitor.force_login(UserFactory())
    answer = visitor.get("/reprendre/", follow=True)
    with schema_context(saran.schema_name):
        assert Proposal.objects.get().solution == SOLUTION
    assert message_levels(answer) == ["success"]
    assert PROBLEM in answer.content.decode()


def test_without_a_word_there_is_no_draft(visit: Callable[..., Client], saran: Municipality, person: Any) -> None:
    path = "/defis/ecologie/proposer/"
    with schema_context(saran.schema_name):
        close = ProposalFactory()
    for client in (visit(saran), visit(saran, person())):
        assert client.post(path, {"solution": " \u200b\n"}).status_code == 422
        assert client.post(path, {"solution": "", "autosave": "1"}).status_code == 204
        improving = client.post(path, {"solution": "", "improve": close.pk})
        assert improving.headers["Location"].startswith(close.get_absolute_url())
    with schema_context(saran.schema_name):
        assert not Draft.objects.exists()


def test_a_first_step_that_is_refused_again_and_again_is_one_draft(
    visit: Callable[..., Client], saran: Municipality, person: Any
) -> None:
    for client in (visit(saran), visit(saran, person())):
        path, words = "/defis/ecologie/proposer/", "Ouvrir"
        for more in ("", " la", " cour"):
            words += more
            refused = client.post(path, {"solution": words})
            assert refused.status_code == 422
            if more:  # the page that refuses goes on with its draft; a page that was gone back to, too
                continue
            action = re.search(r'action="(/brouillons/[^"]+)"', refused.content.decode())
            assert action is not None
            assert client.post(action[1], {"solution": words}).status_code == 422
            assert client.post(action[1], {"solution": "Ouv"}).status_code == 422
            words = "Ouv"
    with schema_context(saran.schema_name):
        assert sorted(Draft.objects.values_list("solution", flat=True)) == ["Ouv la cour", "Ouv la cour"]


def test_an_emptied_draft_is_not_offered(visit: Callable[..., Client], saran: Municipality, person: Any) -> None:
    client = visit(saran, person())
    kept = client.post("/defis/ecologie/proposer/", {"solution": "Ouvrir", "autosave": "1"})
    assert client.get("/defis/ecologie/proposer/").context["begun"]
    client.post(kept.headers["X-Draft-Url"], {"solution": "", "autosave": "1"})
    assert not client.get("/defis/ecologie/proposer/").context["begun"]


def test_an_invalid_step_is_refused_and_nevertheless_kept(
    visit: Callable[..., Client], saran: Municipality, person: Any
) -> None:
    response = visit(saran, person()).post("/defis/ecologie/proposer/", {"solution": "Trop court"})
    assert response.status_code == 422
    assert "Trop court" in response.content.decode()
    with schema_context(saran.schema_name):
        assert Draft.objects.get().solution == "Trop court"


def test_a_text_of_nineteen_thousand_characters_is_refused_and_kept(
    visit: Callable[..., Client], saran: Municipality, person: Any
) -> None:
    long = "Une phrase de trop. " * 950
    response = visit(saran, person()).post("/defis/ecologie/proposer/", {"solution": long})
    assert response.status_code == 422
    with schema_context(saran.schema_name):
        assert len(Draft.objects.get().solution) == len(long.strip())


def test_an_empty_read_through_leads_back_to_the_missing_step(
    visit: Callable[..., Client], saran: Municipality, person: Any
) -> None:
    author = person()
    with schema_context(saran.schema_name):
        draft = DraftFactory(author=author, benefit="")
    response = visit(saran, author).post(f"/brouillons/{draft.pk}/")
    assert response.headers["Location"] == f"/brouillons/{draft.pk}/benefice/"


def test_autosave_answers_where_the_draft_is(visit: Callable[..., Client], saran: Municipality) -> None:
    visitor = visit(saran)
    response = visitor.post("/defis/ecologie/proposer/", {"solution": "Ouv", "autosave": "1"})
    assert response.status_code == 204
    url = response.headers["X-Draft-Url"]
    visitor.post(url, {"solution": "Ouvrir la", "autosave": "1"})
    assert "Ouvrir la" in visitor.get(url).content.decode()
    with schema_context(saran.schema_name):
        assert Draft.objects.get().solution == "Ouvrir la"


@pytest.mark.parametrize("path", ["", "solution/", "supprimer/confirmer/"])
def test_somebody_elses_draft_does_not_exist(
    visit: Callable[..., Client], saran: Municipality, person: Any, path: str
) -> None:
    with schema_context(saran.schema_name):
        mine, anonymous = DraftFactory(author=UserFactory()), DraftFactory()
    for client in (visit(saran), visit(saran, person())):
        for draft in (mine, anonymous):
            assert client.get(f"/brouillons/{draft.pk}/{path}").status_code == 404


def test_an_unfinished_draft_is_offered_again(visit: Callable[..., Client], saran: Municipality, person: Any) -> None:
    author = person()
    with schema_context(saran.schema_name):
        draft = DraftFactory(author=author, challenge=Challenge.objects.get(slug="ecologie"))
    assert str(draft.pk) in visit(saran, author).get("/defis/ecologie/proposer/").content.decode()


def test_a_closed_phase_refuses_the_proposal_and_keeps_the_draft(in_saran: Municipality) -> None:
    draft = DraftFactory(author=(author := UserFactory()))
    close_phase()
    with pytest.raises(PhaseClosed):
        submit_proposal(draft=draft, author=author, at=NOW())
    assert Draft.objects.get().solution == SOLUTION
    assert not Proposal.objects.exists()


def test_somebody_elses_draft_cannot_be_published(in_saran: Municipality) -> None:
    with pytest.raises(NotYours):
        submit_proposal(draft=DraftFactory(author=UserFactory()), author=UserFactory(), at=NOW())


def test_whoever_comes_in_on_the_device_of_another_does_not_get_their_draft(in_saran: Municipality) -> None:
    theirs, a_visitors = DraftFactory(author=UserFactory()), DraftFactory()
    assert adopt_drafts(user=UserFactory(), keys=[str(theirs.pk), str(a_visitors.pk)]) == 1
    assert Draft.objects.get(pk=theirs.pk).author == theirs.author


@pytest.mark.parametrize("touch", [
    lambda draft, writer: save_draft(draft=draft, writer=writer, title="Un titre d’ailleurs"),
    lambda draft, writer: save_details(draft=draft, writer=writer, at=NOW(), neighbourhood="", picture_alt=""),
    lambda draft, writer: discard_draft(draft=draft, writer=writer),
])  # fmt: skip
def test_what_somebody_else_is_writing_cannot_be_touched(in_saran: Municipality, touch: Callable[..., Any]) -> None:
    """Neither a person's nor that of a visitor, whose session alone has its key; whatever page asks."""
    user = UserFactory()
    theirs, a_visitors = DraftFactory(author=UserFactory()), DraftFactory()
    key = frozenset({str(a_visitors.pk)})
    for draft, writer in (
        (theirs, Writer(user)),
        (theirs, Writer(keys=frozenset({str(theirs.pk)}))),
        (a_visitors, Writer(user)),
        (a_visitors, Writer()),
    ):
        with pytest.raises(NotYours):
            touch(draft, writer)
    assert Draft.objects.filter(revision=0).count() == 2
    with pytest.raises(NotYours):
        submit_proposal(draft=a_visitors, author=user, at=NOW())
    touch(a_visitors, Writer(keys=key))


def test_an_incomplete_draft_cannot_be_published_however_it_is_asked(in_saran: Municipality) -> None:
    author = UserFactory()
    for changes in ({"benefit": ""}, {"solution": "x" * 2001}, {"title": "\u200b" * 20}):
        with pytest.raises(Incomplete):
            submit_proposal(draft=DraftFactory(author=author, **changes), author=author, at=NOW())


# ── Two devices ──────────────────────────────────────────────────────────────


def test_an_older_device_does_not_write_over_newer_words(
    visit: Callable[..., Client], saran: Municipality, person: Any
) -> None:
    author = person()
    with schema_context(saran.schema_name):
        draft = DraftFactory(author=author)
    phone, desk, path = visit(saran, author), visit(saran, author), f"/brouillons/{draft.pk}/solution/"
    seen = mark_of(SOLUTION)
    assert f'value="{seen}"' in phone.get(path).content.decode()
    newer, older = SOLUTION + " Dès juin.", SOLUTION + " Ou en mai."
    saved = desk.post(path, {"solution": newer, "seen": seen, "autosave": "1"})
    assert saved.headers["X-Draft-Seen"] == mark_of(newer)

    assert phone.post(path, {"solution": older, "seen": seen, "autosave": "1"}).status_code == 409
    both = phone.post(path, {"solution": older, "seen": seen})
    assert both.status_code == 409
    assert "Dès juin." in both.content.decode()
    assert "Ou en mai." in both.content.decode()
    with schema_context(saran.schema_name):
        assert Draft.objects.get().solution == newer
    assert phone.post(path, {"solution": older, "seen": mark_of(newer)}).status_code == 302
    with schema_context(saran.schema_name):
        assert Draft.objects.get().solution == older


def test_words_that_nobody_else_changed_are_no_conflict(in_saran: Municipality) -> None:
    writer = Writer(UserFactory())
    draft = DraftFactory(author=writer.user)
    save_draft(draft=draft, writer=writer, benefit="Un autre bénéfice, écrit ailleurs.", seen=mark_of(BENEFIT))
    save_draft(draft=draft, writer=writer, problem="Un autre problème.", seen=mark_of(PROBLEM))
    save_draft(draft=draft, writer=writer, problem="Un autre problème.", seen="de plus longtemps")
    assert Draft.objects.get().revision == 2


def test_what_was_read_through_is_what_is_published(
    visit: Callable[..., Client], saran: Municipality, person: Any
) -> None:
    author = person()
    with schema_context(saran.schema_name):
        draft = DraftFactory(author=author)
        save_draft(draft=draft, writer=Writer(author), solution=SOLUTION + " Dès juin.")
    response = visit(saran, author).post(f"/brouillons/{draft.pk}/", {"revision": "0"})
    assert response.status_code == 409
    assert "Dès juin." in response.content.decode()
    with schema_context(saran.schema_name):
        assert not Proposal.objects.exists()


def test_many_proposals_at_once_wait_and_odd_numbers_are_no_error(
    visit: Callable[..., Client], saran: Municipality, person: Any
) -> None:
    author = person()
    with schema_context(saran.schema_name):
        drafts = DraftFactory.create_batch(13, author=author)
    client = visit(saran, author)
    answers = [client.post(f"/brouillons/{draft.pk}/") for draft in drafts]
    assert [answer.status_code for answer in answers] == [302] * 12 + [409]
    assert "Votre texte est gardé dans la page" in answers[-1].content.decode()
    path = f"/brouillons/{drafts[-1].pk}/"
    assert client.post(path, {"revision": "9" * 5000}).status_code == 409
    assert client.post(f"{path}solution/", {"solution": SOLUTION, "improve": "9" * 5000}).status_code == 404
    with schema_context(saran.schema_name):
        assert Proposal.objects.count() == 12


def test_a_machine_does_not_fill_the_city_with_drafts(
    visit: Callable[..., Client], saran: Municipality, person: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(BEGINNING, "rates", (Rate(2, 3600, "network"),))
    path, answers = "/defis/ecologie/proposer/", []
    for number in range(3):
        answers.append(visit(saran).post(path, {"solution": f"{SOLUTION} Et de {number}."}))
    assert [answer.status_code for answer in answers] == [302, 302, 409]
    assert "Et de 2." in answers[-1].content.decode()
    assert visit(saran).post(path, {"solution": SOLUTION, "autosave": "1"}).status_code == 429
    assert visit(saran, person()).post(path, {"solution": SOLUTION}).status_code == 302
    with schema_context(saran.schema_name):
        assert Draft.objects.count() == 3


def test_words_typed_after_it_was_published_elsewhere_are_shown(
    visit: Callable[..., Client], saran: Municipality, person: Any
) -> None:
    author = person()
    with schema_context(saran.schema_name):
        draft = DraftFactory(author=author)
        submit_proposal(draft=draft, author=author, at=NOW())
    response = visit(saran, author).post(f"/brouillons/{draft.pk}/solution/", {"solution": "Un mot de plus."})
    assert response.status_code == 409
    assert "Un mot de plus." in response.content.decode()


def test_a_visitors_draft_is_found_on_their_other_device_once_they_are_in(
    visit: Callable[..., Client], saran: Municipality, person: Any
) -> None:
    visitor, author = visit(saran), person()
    visitor.post("/defis/ecologie/proposer/", {"solution": SOLUTION, "autosave": "1"})
    with schema_context(saran.schema_name):
        visitor.force_login(author)
    assert "Ouvrir la cour de l’école" in visit(saran, author).get("/defis/ecologie/proposer/").content.decode()


# ── Advice, and proposals that are close ─────────────────────────────────────


def test_advice_is_given_at_the_field_and_does_not_block(
    visit: Callable[..., Client], saran: Municipality, person: Any
) -> None:
    client = visit(saran, person())
    told = client.post("/defis/ecologie/proposer/", {"solution": f"{SOLUTION} Appelez le 06 12 34 56 78."})
    assert told.status_code == 302
    back = told.headers["Location"].replace("probleme", "solution")
    assert [nudge.code for nudge in client.get(back).context["nudges"]] == ["PHONE"]


def test_while_one_types_only_what_changed_comes_back(
    visit: Callable[..., Client], saran: Municipality, person: Any
) -> None:
    with schema_context(saran.schema_name):
        close = ProposalFactory()
    path, client = "/defis/ecologie/proposer/solution/", visit(saran)
    answer = client.post(path, {"solution": f"{SOLUTION} Écrivez à moi@exemple.fr"})
    page = answer.content.decode()
    assert 'hx-swap-oob="innerHTML"' in page
    assert [nudge.code for nudge in answer.context["nudges"]] == ["EMAIL"]
    assert close.title in page
    again = {"solution": f"{SOLUTION} Écrivez à moi@exemple.fr", "nudged": "EMAIL", "shown": str(close.pk)}
    assert client.post(path, again).status_code == 204
    with schema_context(saran.schema_name):
        assert not Draft.objects.exists()
        draft = DraftFactory(author=person())
    repeated = {"benefit": SOLUTION, "draft": str(draft.pk)}
    assert client.post("/defis/ecologie/proposer/benefice/", repeated).status_code == 204  # somebody else's draft
    own = visit(saran, draft.author).post("/defis/ecologie/proposer/benefice/", repeated)
    assert [nudge.code for nudge in own.context["nudges"]] == ["ECHO"]


def test_without_javascript_close_proposals_are_shown_once_on_the_next_page(
    visit: Callable[..., Client], saran: Municipality, person: Any
) -> None:
    with schema_context(saran.schema_name):
        close = ProposalFactory()
    client = visit(saran, person())
    following = client.post("/defis/ecologie/proposer/", {"solution": SOLUTION}).headers["Location"]
    assert close.title in client.get(following).content.decode()
    assert close.title not in client.get(following.partition("?")[0]).content.decode()
    seen = client.post(following.replace("probleme/?proches", "solution/"), {"solution": SOLUTION, "shown": close.pk})
    assert seen.headers["Location"].endswith("/probleme/")


def test_improving_another_one_instead_takes_the_words_along_and_keeps_the_draft(
    visit: Callable[..., Client], saran: Municipality, person: Any
) -> None:
    author = person()
    with schema_context(saran.schema_name):
        close = ProposalFactory(solution="Tout autre chose, pour que les mots du brouillon se voient bien.")
        hidden = ProposalFactory(status="HIDDEN")
    client, long = visit(saran, author), "Ouvrir la cour du collège aussi. " * 40
    target = client.post("/defis/ecologie/proposer/", {"solution": long, "improve": close.pk}).headers["Location"]
    assert target.startswith(close.get_absolute_url())
    page = client.get(target).content.decode()
    assert "Ouvrir la cour du collège aussi." in page
    with schema_context(saran.schema_name):
        assert len(Draft.objects.get().solution) > 1000
    for other in (visit(saran), visit(saran, person())):
        assert "Ouvrir la cour du collège aussi." not in other.get(target).content.decode()
    assert client.post("/defis/ecologie/proposer/", {"solution": long, "improve": hidden.pk}).status_code == 404
