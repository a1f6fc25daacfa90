"""What authors answer to an argument is theirs: reported, decided on and contested as theirs, not as the argument's."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from common.text import BLANK
from consultations.cocreation.services.verdicts import answer_argument
from consultations.moderation.enums import Act, Kind, State
from consultations.moderation.events import decision_taken
from consultations.moderation.models import Case, Decision, Flag
from consultations.moderation.selectors.accounts import shown_texts_of, texts_to_show
from consultations.moderation.services.deciding import announce_decision
from consultations.moderation.services.reporting import report
from consultations.participation.counts import recount
from consultations.participation.enums import Status
from consultations.participation.models import Argument
from tenants.models import Municipality
from tests.moderation.conftest import CityClient
from tests.moderation.factories import OTHER, decided, moderator
from tests.moderation.test_deciding import code_of
from tests.moderation.test_screening import flagged, work
from tests.participation.factories import ArgumentFactory, VersionedProposalFactory

pytestmark = pytest.mark.usefixtures("in_saran")

Visit = Callable[..., Client]
REASON = "Non : Mme Lefort, au 02 61 91 04 17, nous a dit que la grille reste ouverte."


def answered(reason: str = REASON, **kwargs: Any) -> Argument:
    argument: Argument = kwargs.pop("argument", None) or ArgumentFactory(proposal=VersionedProposalFactory())
    answer_argument(
        argument=argument,
        verdict="NOT_TAKEN",
        reason=reason,
        by=argument.proposal.author,
        seen_revision=argument.verdict_revision,
        at=timezone.now(),
    )
    argument.refresh_from_db()
    recount()
    return argument


def case_of(argument: Argument, **kwargs: Any) -> Case:
    made = report(kind=Kind.ANSWER, pk=argument.pk, reason="PERSONAL", at=timezone.now(), **kwargs)
    return Case.objects.get(pk=made.case_id)


def page(client: Client, address: str) -> str:
    return client.get(address, follow=True).content.decode()


def test_the_filter_reads_it_and_reads_it_again_once_it_is_another() -> None:
    argument = answered()
    work()
    assert flagged() == [(Kind.ANSWER, argument.pk, "PHONE")]
    answered("Non : la grille reste ouverte, et personne ne s’en plaint.", argument=argument)
    work()
    assert flagged() == []


def test_everybody_reports_it_where_it_stands(client: CityClient) -> None:
    argument = answered()
    address = f"/signaler/verdict/{argument.pk}/"
    for place in (argument.proposal.get_absolute_url(), argument.get_absolute_url()):
        assert f'href="{address}"' in page(client, place)
    assert "Lefort" in page(client, address)
    assert client.post(f"{address}?raison=OTHER", {"raison": "OTHER", "words": OTHER}).status_code == 302
    assert Case.objects.get().kind == Kind.ANSWER
    Argument.objects.update(verdict_reason="")
    assert client.get(address).status_code == 404
    assert address not in page(client, argument.get_absolute_url())


def test_it_is_decided_against_who_gave_it_and_the_argument_stays(visit: Visit, in_saran: Municipality) -> None:
    argument = answered()
    case, judge = case_of(argument), moderator()
    desk = visit(in_saran, judge, stays=True).get(f"/gestion/moderation/{case.pk}/").content.decode()
    assert argument.text in desk
    assert "Lefort" in desk
    decision = decided(case, moderator=judge)
    announce_decision(decision_id=decision.pk)
    assert decision.author == argument.proposal.author
    argument.refresh_from_db()
    assert (argument.status, argument.verdict, argument.shown_reason) == (Status.PUBLISHED, "NOT_TAKEN", "")
    own = f"/moderation/decisions/{decision.pk}/"
    for user, sees in ((argument.author, False), (argument.proposal.author, True), (judge, True), (None, False)):
        shown = page(visit(in_saran, user), argument.get_absolute_url())
        assert argument.text in shown
        assert "Non repris" in shown
        assert "masqué" in shown
        assert ("Lefort" in shown) == sees
        assert f"/signaler/verdict/{argument.pk}/" not in shown
    shown = page(visit(in_saran, argument.proposal.author), own)
    assert "Lefort" in shown
    assert f"{argument.proposal.get_absolute_url()}atelier/#inbox-{argument.pk}" in shown
    assert visit(in_saran, argument.author).get(own).status_code == 404


def test_shown_again_or_without_a_passage() -> None:
    argument = answered()
    case = case_of(argument)
    decided(case, Act.REDACT, passages=["02 61 91 04 17"])
    argument.refresh_from_db()
    assert argument.shown_reason == REASON.replace("02 61 91 04 17", BLANK)
    decided(case, Act.RESTORE)
    decided(case)
    decided(case, Act.RESTORE)
    argument.refresh_from_db()
    assert (argument.shown_reason, argument.verdict_hidden) == (REASON, False)


def test_nobody_decides_about_their_own_and_who_gave_the_argument_may() -> None:
    argument = answered()
    case = case_of(argument)
    for user in (argument.author, argument.proposal.author):
        user.role = "MODERATOR"
        user.save()
    assert code_of(lambda: decided(case, moderator=argument.proposal.author)) == "own_text"
    decided(case, moderator=argument.author)


def test_another_one_in_the_place_of_what_was_hidden_is_public_and_looked_at() -> None:
    argument = answered()
    decided(case_of(argument))
    answered("Non : ce que disait Mme Lefort vaut toujours, elle le redit.", argument=Argument.objects.get())
    work()
    argument.refresh_from_db()
    assert "Lefort" in argument.shown_reason
    assert Case.objects.get().state == State.OPEN


def test_it_is_among_what_a_spammer_wrote() -> None:
    argument = answered()
    author = argument.proposal.author
    assert (Kind.ANSWER, argument.pk) in shown_texts_of(author)
    assert f"ANSWER-{argument.pk}" in [each.value for each in texts_to_show(author)]
    decided(case_of(argument))
    assert (Kind.ANSWER, argument.pk) not in shown_texts_of(author)


def test_with_a_hidden_argument_it_is_hidden_and_cannot_be_reported() -> None:
    argument = answered()
    made = report(kind=Kind.ARGUMENT, pk=argument.pk, reason="OTHER", words=OTHER, at=timezone.now())
    decided(Case.objects.get(pk=made.case_id))
    assert code_of(lambda: case_of(argument)) == "hidden_already"


def test_words_that_moved_have_no_place_any_more_until_they_are_read_again(
    visit: Visit, in_saran: Municipality
) -> None:
    """Whatever changed them: a passage hidden, an author who leaves, a correction."""
    argument = answered("Non : 02 61 91 04 17 le matin, et 06 39 98 27 13 le soir, pour qui voudrait savoir.")
    work()
    assert Flag.objects.count() == 2
    case = case_of(argument)
    decision = decided(case, Act.REDACT, passages=["02 61 91 04 17"])
    decided(case, Act.KEEP)
    desk = visit(in_saran, moderator(), stays=True)

    def passages() -> list[str]:
        file = desk.get(f"/gestion/moderation/{case.pk}/").context["file"]
        return [each.words for each in file.passages]

    assert passages() == []
    announce_decision(decision_id=Decision.objects.latest("pk").pk)
    case.refresh_from_db()
    assert decision.act == Act.REDACT
    decision_taken.send(sender=None, decision_id=decision.pk)
    assert passages() == ["06 39 98 27 13"]
    case.refresh_from_db()
    assert case.state == State.DECIDED
    Argument.objects.update(verdict_reason="Non : " + "un tout autre texte de la même longueur, ou d’une autre, voilà.")
    assert passages() == []
