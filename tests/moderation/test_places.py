"""Where something was hidden stands why, since when, and that it is contested; its author and moderators still read it."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from django_tenants.utils import schema_context

from accounts.enums import Role
from common.citycopy import declared
from common.text import BLANK
from consultations.framing.enums import ModeratedBy
from consultations.framing.models import Consultation
from consultations.moderation.enums import Act, Kind
from consultations.moderation.models import Case, Decision
from consultations.moderation.services.appealing import appeal
from consultations.moderation.services.deciding import announce_decision
from consultations.moderation.services.reporting import report
from consultations.participation.counts import recount
from consultations.participation.models import Argument, Picture, Proposal, Reply
from tenants.models import Municipality
from tests.accounts.factories import UserFactory
from tests.moderation.conftest import CityClient
from tests.moderation.factories import OTHER, decided, moderator, reported
from tests.participation.factories import ArgumentFactory, ProposalFactory, ReplyFactory, ask_to_merge, merge

SECRET = "Mme Lefort habite au douze de la rue du Bourg."

pytestmark = pytest.mark.usefixtures("in_saran")


def picture_of(proposal: Proposal) -> str:
    picture = Picture.objects.create(content=b"JPEG", digest="0123456789abcdef0123", width=400, height=300)
    Proposal.objects.filter(pk=proposal.pk).update(picture=picture, picture_alt="La cour de l’école.")
    return f"/images/{picture.digest}.jpg"


def case_of(kind: str, pk: int) -> Case:
    return Case.objects.get(pk=report(kind=kind, pk=pk, reason="PERSONAL", at=timezone.now()).case_id)


def page(client: Any, address: str) -> str:
    return str(client.get(address, follow=True).content.decode())


# ── To report ─────────────────────────────────────────────────────────────────


def test_everything_public_has_a_way_to_report_it_the_same_for_everyone(client: CityClient) -> None:
    argument = ArgumentFactory(author__public_name="Tilleul")
    reply = ReplyFactory(argument=argument)
    recount()
    for address in (argument.proposal.get_absolute_url(), argument.get_absolute_url()):
        shown = page(client, address)
        assert f'href="/signaler/argument/{argument.pk}/"' in shown
        assert f'href="/signaler/reponse/{reply.pk}/"' in shown
        assert "argument signé Tilleul" in shown
    assert f'href="/signaler/proposition/{argument.proposal_id}/"' in page(client, argument.proposal.get_absolute_url())


def test_a_picture_and_a_name_are_reported_from_the_first_screen(client: CityClient) -> None:
    proposal = ProposalFactory(author__public_name="Tilleul")
    picture_of(proposal)
    first = page(client, f"/signaler/proposition/{proposal.pk}/")
    for kind, address in (
        (Kind.PICTURE, f"/signaler/image/{proposal.pk}/"),
        (Kind.NAME, f"/signaler/proposition/{proposal.pk}/nom/"),
    ):
        assert f'href="{address}"' in first
        answer = client.post(f"{address}?raison=OTHER", {"raison": "OTHER", "words": OTHER}, follow=True)
        assert answer.status_code == 200
        assert f'href="{proposal.get_absolute_url()}"' in answer.content.decode()
        case = Case.objects.get(kind=kind)
        assert case.subject_id == (proposal.pk if kind == Kind.PICTURE else proposal.author_id)
    # Somebody without a name, or who has left, has none to report.
    assert "nom/" not in page(client, f"/signaler/proposition/{ProposalFactory(author=None).pk}/")


def test_reported_before_in_the_same_browser_or_by_the_same_person_it_says_so(
    client: CityClient, in_saran: Municipality
) -> None:
    argument, person = ArgumentFactory(), UserFactory()
    address = f"/signaler/argument/{argument.pk}/"
    signed_in = CityClient(in_saran)
    signed_in.force_login(person)
    for each in (client, signed_in):
        assert each.get(address).status_code == 200
        assert each.post(f"{address}?raison=OTHER", {"raison": "OTHER", "words": OTHER}).status_code == 302
        again = each.get(address)
        assert again.status_code == 409
        assert argument.get_absolute_url() in again.content.decode()
    assert CityClient(in_saran).get(address).status_code == 200


def test_reporting_what_was_hidden_meanwhile_keeps_quiet_about_it(client: CityClient) -> None:
    argument = ArgumentFactory(text=SECRET)
    decided(reported(argument))
    answer = client.get(f"/signaler/argument/{argument.pk}/")
    assert answer.status_code == 409
    assert "Lefort" not in answer.content.decode()
    assert "/moderation/" in answer.content.decode()


# ── In its place ──────────────────────────────────────────────────────────────


@pytest.mark.parametrize("make", [ProposalFactory, ArgumentFactory, ReplyFactory])
def test_its_place_says_the_rule_the_day_and_the_register(make: Callable[..., Any], client: CityClient) -> None:
    thing = make(**({"solution": SECRET * 3} if make is ProposalFactory else {"text": SECRET}))
    address = {
        Proposal: lambda: thing.get_absolute_url(),
        Argument: lambda: thing.proposal.get_absolute_url(),
        Reply: lambda: thing.argument.proposal.get_absolute_url(),
    }[type(thing)]()
    recount()
    assert "Lefort" in page(client, address)
    decision = decided(reported(thing, counted=False))
    shown = page(client, address)
    assert "Lefort" not in shown
    assert "charte, 4.1" in shown
    assert f"/moderation/?decision={decision.pk}#{decision.number}" in shown
    assert "conteste" not in shown
    appeal(decision=decision, author=thing.author, words="Relisez mon texte, je vous prie.", at=timezone.now())
    assert "conteste" in page(client, address)
    decided(Case.objects.get(), Act.RESTORE)
    assert "Lefort" in page(client, address)


def test_replies_hidden_with_their_argument_are_counted_in_its_place(client: CityClient) -> None:
    argument = ArgumentFactory()
    ReplyFactory.create_batch(2, argument=argument, text=SECRET)
    recount()
    decided(reported(argument))
    for address in (argument.proposal.get_absolute_url(), argument.get_absolute_url()):
        shown = page(client, address)
        assert "Lefort" not in shown
        assert "2 réponses" in shown


def test_what_came_hidden_with_an_import_has_its_place_without_a_decision(client: CityClient) -> None:
    argument = ArgumentFactory(status="HIDDEN", text=SECRET)
    shown = page(client, argument.proposal.get_absolute_url())
    assert "placeholder-text" in shown
    assert "Lefort" not in shown


def test_a_passage_that_is_missing_is_seen_and_says_why(client: CityClient) -> None:
    argument = ArgumentFactory(text="Appelez Mme Lefort, elle le dira mieux que moi.")
    case = reported(argument)
    decision = decided(case, Act.REDACT, passages=["Mme Lefort"])
    shown = page(client, argument.proposal.get_absolute_url())
    assert f'Appelez <mark class="masked">{BLANK[1:-1]}</mark>' in shown
    assert f"/moderation/?decision={decision.pk}#{decision.number}" in shown


def test_somebody_who_types_the_words_of_a_missing_passage_leads_nowhere(client: CityClient) -> None:
    argument = ArgumentFactory(text=f"Je dis {BLANK} pour voir ce que cela donne.")
    assert "/moderation/?decision=" not in page(client, argument.proposal.get_absolute_url())


def test_a_hidden_picture_is_shown_to_nobody_but_its_author_and_moderators(
    client: CityClient, in_saran: Municipality, visit: Callable[..., Client]
) -> None:
    proposal = ProposalFactory()
    address = picture_of(proposal)
    assert client.get(address).status_code == 200
    assert "immutable" not in client.get(address).headers["Cache-Control"]
    decided(case_of(Kind.PICTURE, proposal.pk))
    assert client.get(address).status_code == 404
    shown = page(client, proposal.get_absolute_url())
    assert address not in shown
    assert "La cour de l’école." not in shown
    assert "placeholder-text" in shown
    own = f"/moderation/images/{proposal.pk}/"
    judge, stranger = moderator(), UserFactory()
    for person, status in ((proposal.author, 200), (judge, 200), (stranger, 404)):
        reader = visit(in_saran, person)
        assert reader.get(own).status_code == status
        assert (own in page(reader, proposal.get_absolute_url())) == (status == 200)


# ── Who still reads it ────────────────────────────────────────────────────────


@pytest.mark.parametrize("make", [ProposalFactory, ArgumentFactory, ReplyFactory])
def test_its_author_and_moderators_still_read_it_at_its_place_and_nobody_else(
    make: Callable[..., Any], visit: Callable[..., Client], in_saran: Municipality
) -> None:
    thing = make(**({"solution": SECRET * 3} if make is ProposalFactory else {"text": SECRET}))
    top = thing if make is ProposalFactory else thing.proposal if make is ArgumentFactory else thing.argument.proposal
    address = f"/propositions/{top.pk}/" if make is ProposalFactory else top.get_absolute_url()
    recount()
    decision = decided(reported(thing, counted=False))
    author, judge, other = thing.author, moderator(), UserFactory(role=Role.OBSERVER)
    link = f"/moderation/decisions/{decision.pk}/"
    assert "Lefort" in page(visit(in_saran, author), address)
    with schema_context(in_saran.schema_name):
        announce_decision(decision_id=decision.pk)
    assert link in page(visit(in_saran, author), address)
    judging = page(visit(in_saran, judge), address)
    assert "Lefort" in judging
    assert link not in judging
    assert "Lefort" not in page(visit(in_saran, other), address)
    assert "Lefort" not in page(visit(in_saran), address)
    # Not before they have shown who they are, nor where the consultation names others.
    assert "Lefort" not in page(visit(in_saran, judge, second_factor=False), address)
    with schema_context(in_saran.schema_name):
        Consultation.objects.update(moderated_by=ModeratedBy.FRAMERS)
    assert "Lefort" not in page(visit(in_saran, judge), address)


def test_a_page_costs_the_same_however_much_of_it_is_hidden(
    visit: Callable[..., Client], in_saran: Municipality, django_assert_max_num_queries: Any
) -> None:
    from tests.participation.test_lists import queries

    proposal = ProposalFactory()

    def hide(many: int) -> None:
        for argument in ArgumentFactory.create_batch(many, proposal=proposal):
            reply = ReplyFactory(argument=argument)
            recount()
            decided(reported(reply))
            decided(reported(argument))

    with schema_context(in_saran.schema_name):
        hide(1)
    reader = visit(in_saran, proposal.author)
    few = queries(reader, proposal.get_absolute_url())
    with schema_context(in_saran.schema_name):
        hide(5)
    assert queries(reader, proposal.get_absolute_url()) == few
    with schema_context(in_saran.schema_name):
        assert Decision.objects.count() == 12


def test_a_passage_goes_from_what_it_was_brought_together_in_and_comes_back() -> None:
    words = f"{SECRET} Elle ouvrira sa cour aux enfants du quartier, chaque été, de juin à septembre."
    proposals = [ProposalFactory(solution=words), ProposalFactory()]
    asked = ask_to_merge(sources=proposals, solution=words)
    asked.earlier = [{**asked.texts, "solution": words}]
    asked.save(update_fields=["earlier"])
    case = reported(proposals[0])
    decided(case, Act.REDACT, passages=["Mme Lefort"])
    asked.refresh_from_db()
    for text in (asked.solution, asked.earlier[0]["solution"]):
        assert "Lefort" not in text
        assert BLANK in text
    decided(case, Act.RESTORE)
    asked.refresh_from_db()
    assert asked.solution == asked.earlier[0]["solution"] == words


def test_a_passage_goes_from_the_request_that_a_collective_proposal_came_of() -> None:
    words = f"{SECRET} Elle ouvrira sa cour aux enfants du quartier, chaque été, de juin à septembre."
    formed = merge(2, solution=words)
    assert formed.proposal is not None
    decided(reported(formed.proposal), Act.REDACT, passages=["Mme Lefort"])
    formed.refresh_from_db()
    assert "Lefort" not in formed.solution


def test_a_hidden_picture_leaves_the_copy_that_the_desk_takes() -> None:
    proposal = ProposalFactory()
    picture_of(proposal)
    pictures = declared[Picture._meta.db_table].rows
    assert pictures is not None
    assert pictures().count() == 1
    decided(case_of(Kind.PICTURE, proposal.pk))
    assert pictures().count() == 0
