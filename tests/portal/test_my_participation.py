"""« Ma participation »: what comes first, what is one's own, what is never shown."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_tenants.utils import schema_context

from common.mine import Mine, steps_of
from consultations.cocreation.mine import answer_invitations
from consultations.cocreation.models import CoAuthorInvitation, MergeRequest, MergeSource, ReworkDraft
from consultations.framing.models import Challenge, Phase
from consultations.participation.enums import AuthorshipRole, Stage, Status, Verdict
from consultations.participation.mine import help_with_an_argument, say_why
from consultations.participation.models import Authorship, Follow, Reaction, Reply
from tenants.models import Municipality
from tests.accounts.factories import UserFactory
from tests.participation.factories import ArgumentFactory, DraftFactory, ProposalFactory, any_challenge

PATH = "/ma-participation/"


def one_of_everything(user: Any) -> None:
    """Each thing that the page may show, once."""
    mine = ProposalFactory(author=user, version=2)
    ArgumentFactory(proposal=mine)
    shared = ProposalFactory()
    Authorship.objects.create(proposal=shared, user=user, role=AuthorshipRole.CO_AUTHOR)
    ArgumentFactory(proposal=shared)
    ReworkDraft.objects.create(proposal=mine, user=user, base_version=2, title="Mieux", solution="Un texte")
    DraftFactory(author=user)
    Reaction.objects.create(proposal=ProposalFactory(version=2), user=user, value="LIKE", version=1)
    Reaction.objects.create(proposal=ProposalFactory(), user=user, value="LIKE", version=1)
    CoAuthorInvitation.objects.create(proposal=ProposalFactory(), user=user, invited_by=UserFactory())
    collective = MergeRequest.objects.create(
        challenge=mine.challenge, title="Ensemble", solution="Un texte", started_by=UserFactory()
    )
    MergeSource.objects.create(collective=collective, proposal=mine)
    ProposalFactory(like_count=5)
    judged = ArgumentFactory(author=user, verdict=Verdict.TAKEN, verdict_at=timezone.now(), verdict_reason="Merci")
    Reply.objects.create(argument=judged, author=UserFactory(), text="D’accord avec vous.")
    Follow.objects.create(user=user, proposal=ProposalFactory())


def queries(client: Client) -> int:
    client.get("/mode-d-emploi/")
    with CaptureQueriesContext(connection) as captured:
        assert client.get(PATH).status_code == 200
    return len(captured)


def test_the_page_costs_the_same_at_two_rows_and_at_ten(
    visit: Callable[..., Client], saran: Municipality, person: Any
) -> None:
    user = person()
    with schema_context(saran.schema_name):
        Follow.objects.create(user=user, challenge=any_challenge())
        for _unused in range(2):
            one_of_everything(user)
    first = queries(visit(saran, user))
    with schema_context(saran.schema_name):
        for _unused in range(8):
            one_of_everything(user)
    assert queries(visit(saran, user)) == first <= 32


def test_what_others_wait_for_comes_first(in_saran: Municipality) -> None:
    user = UserFactory()
    one_of_everything(user)
    steps = list(steps_of(Mine(user, timezone.now())))
    ends = [
        "/invitations/",
        "/reunions/",
        "/atelier/",
        "/atelier/",
        "/atelier/?texte#texte",
        "/brouillons/",
        "#reaction",
    ]
    # One reaction without a reason, and three proposals that an argument would help.
    for step, end in zip(steps, [*ends, *["?argumenter#argumenter"] * 4], strict=True):
        assert end in step.url


def test_every_step_leads_to_a_page(visit: Callable[..., Client], saran: Municipality, person: Any) -> None:
    user = person()
    with schema_context(saran.schema_name):
        one_of_everything(user)
        steps = list(steps_of(Mine(user, timezone.now())))
    own = [step.url for step in steps if "#reaction" not in step.url and "#argumenter" not in step.url]
    client = visit(saran, user)
    assert [client.get(url).status_code for url in own] == [200] * 6, own


def test_a_closed_phase_leaves_only_what_can_be_done(in_saran: Municipality) -> None:
    user = UserFactory()
    one_of_everything(user)
    Phase.objects.update(opens_at=timezone.now() - timedelta(days=9), closes_at=timezone.now() - timedelta(days=1))
    steps = list(steps_of(Mine(user, timezone.now())))
    assert ["/invitations/" in step.url for step in steps] == [True]


def test_the_page_shows_what_is_theirs_and_nothing_of_others(
    visit: Callable[..., Client], saran: Municipality, person: Any
) -> None:
    user, other = person(), person()
    with schema_context(saran.schema_name):
        one_of_everything(other)
        DraftFactory(author=other, title="Un brouillon secret")
        DraftFactory(author=user, title="Mon brouillon à moi")
        hidden = ProposalFactory(title="Un propos masqué", status=Status.HIDDEN, version=2)
        Follow.objects.create(user=user, proposal=hidden)
        Reaction.objects.create(proposal=hidden, user=user, value="LIKE", version=1)
        ArgumentFactory(proposal=hidden, author=user, verdict=Verdict.TAKEN)
        argument = ArgumentFactory(author=user)
        Reply.objects.create(argument=argument, author=other, text="Une réponse masquée.", status=Status.HIDDEN)
        Reply.objects.create(argument=argument, author=other, text="Une réponse qui se lit.")
        ProposalFactory(author=user, title="La mienne, masquée", status=Status.HIDDEN)
    page = visit(saran, user).get(PATH)
    assert "no-store" in page.headers["Cache-Control"]
    words = page.content.decode()
    for shown in ("Mon brouillon à moi", "Une réponse qui se lit.", "La mienne, masquée"):
        assert shown in words
    for secret in ("secret", "Un propos masqué", "Une réponse masquée"):
        assert secret not in words


def test_an_invitation_by_mail_waits_for_whoever_has_that_address(in_saran: Municipality) -> None:
    user = UserFactory(email="Tilleul@example.org")
    for address in ("tilleul@EXAMPLE.org", "autre@example.org"):
        CoAuthorInvitation.objects.create(proposal=ProposalFactory(), email=address, invited_by=UserFactory())
    assert len(list(answer_invitations(Mine(user, timezone.now())))) == 1


def test_a_reaction_without_a_reason_is_mentioned_once_and_not_for_ever(in_saran: Municipality) -> None:
    user = UserFactory()
    for asked in (0, 1, 2):
        Reaction.objects.create(proposal=ProposalFactory(), user=user, value="LIKE", asked=asked)
    Reaction.objects.filter(asked=2).update(updated_at=timezone.now() + timedelta(hours=1))
    [mentioned] = say_why(Mine(user, timezone.now()))
    twice = Reaction.objects.get(asked=2).proposal
    assert mentioned.url.startswith("/propositions/")
    assert not mentioned.url.startswith(f"/propositions/{twice.pk}/")


def test_help_is_asked_for_in_the_challenges_that_a_person_cares_for(in_saran: Municipality) -> None:
    user = UserFactory()
    followed, other = Challenge.objects.order_by("pk")[:2]
    Follow.objects.create(user=user, challenge=followed)
    wanted = ProposalFactory(challenge=followed, like_count=4)
    ProposalFactory(challenge=other, like_count=9)
    ProposalFactory(challenge=followed, stage=Stage.PROJECT)
    ProposalFactory(challenge=followed, author=user)
    [step] = help_with_an_argument(Mine(user, timezone.now()))
    assert step.url.startswith(wanted.get_absolute_url())


def test_whoever_has_done_nothing_yet_is_invited(
    visit: Callable[..., Client], saran: Municipality, person: Any
) -> None:
    page = visit(saran, person()).get(PATH).content.decode()
    assert "#defis" in page
    assert "worklist" not in page


@pytest.mark.parametrize("section", ["propositions", "arguments", "suivis"])
def test_everything_of_a_kind_is_paged(
    visit: Callable[..., Client], saran: Municipality, person: Any, section: str
) -> None:
    user = person()
    with schema_context(saran.schema_name):
        for number in range(21):
            proposal = ProposalFactory(author=user, title=f"Titre {number}.", submitted_at=timezone.now())
            ArgumentFactory(author=user, proposal=proposal)
            Follow.objects.create(user=user, proposal=proposal)
    client = visit(saran, user)
    assert f"?voir={section}" in client.get(PATH).content.decode()
    pages = [client.get(f"{PATH}?voir={section}&page={page}").content.decode() for page in (1, 2)]
    assert ["Titre 20." in page for page in pages] == [True, False]
    assert ["Titre 0." in page for page in pages] == [False, True]
    assert client.get(f"{PATH}?voir=autre").status_code == 404
