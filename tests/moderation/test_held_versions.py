"""A new version that waits to be read: the present one stays public, and is replaced once nobody can cancel it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.enums import Role
from common.text import BLANK
from consultations.cocreation.models import HeldVersion, ReworkDraft
from consultations.cocreation.services.held_versions import take_back_version
from consultations.cocreation.services.merging import form_collective
from consultations.cocreation.services.refusals import PublishedByTheTeam, VersionWaits
from consultations.cocreation.services.rework import publish_version
from consultations.framing.enums import ModeratedBy, Moderation, PhaseKind
from consultations.framing.models import Consultation, Phase
from consultations.moderation.enums import Act, Kind, State
from consultations.moderation.models import Case
from consultations.moderation.services.appealing import appeal
from consultations.moderation.services.deciding import announce_decision, undo
from consultations.participation.counts import recount
from consultations.participation.enums import Status
from consultations.participation.models import Proposal, ProposalVersion
from consultations.participation.services.refusals import NoLongerWaits, NotYours
from tenants.models import Municipality
from tests.accounts.factories import UserFactory
from tests.moderation.factories import moderator
from tests.moderation.test_holding import announced, digest_of, published
from tests.participation.factories import VersionedProposalFactory, ask_to_merge

NEW = "Ouvrir la cour de l’école le soir, et le parc toute la nuit, avec des voisins volontaires."
NOTE = "Le parc s’ajoute à la cour, comme plusieurs l’ont demandé."


@pytest.fixture(autouse=True)
def _before(in_saran: Municipality) -> None:
    Consultation.objects.update(moderation=Moderation.BEFORE, moderation_delay=24)


def sent(proposal: Proposal | None = None, *, by: Any = None, solution: str = NEW) -> Any:
    proposal = proposal or VersionedProposalFactory()
    recount()
    return publish_version(
        proposal=Proposal.objects.select_related("challenge__consultation").get(pk=proposal.pk),
        by=by or proposal.author,
        texts={**proposal.texts, "solution": solution},
        note=NOTE,
        base_version=proposal.version,
        at=timezone.now(),
    )


def told(decision: Any) -> None:
    announce_decision(decision_id=decision.pk)


def now(proposal: Proposal) -> Proposal:
    return Proposal.objects.get(pk=proposal.pk)


def test_it_waits_and_the_present_version_stays() -> None:
    held = sent()
    assert isinstance(held, HeldVersion)
    assert now(held.proposal).version == 1
    assert ProposalVersion.objects.filter(proposal=held.proposal).count() == 1
    assert announced() == []
    case = Case.objects.get()
    assert (case.kind, case.is_held, case.due_at) == (Kind.VERSION, True, held.publish_by)


def test_that_of_the_team_is_published_at_once() -> None:
    author = UserFactory(role=Role.FACILITATOR)
    version = sent(VersionedProposalFactory(author=author))
    assert isinstance(version, ProposalVersion)


def test_read_and_published_it_is_the_next_version_ten_seconds_later() -> None:
    held = sent()
    decision = published(held)
    assert now(held.proposal).version == 1
    told(decision)
    told(decision)
    proposal = now(held.proposal)
    assert (proposal.version, proposal.solution) == (2, NEW)
    version = ProposalVersion.objects.get(proposal=proposal, number=2)
    assert (version.note, version.made_by, version.created_at) == (NOTE, held.author, decision.decided_at)
    assert not HeldVersion.objects.exists()
    assert announced().count("version_published") == 1
    assert recount() == 0


@pytest.mark.parametrize("act", [Act.KEEP, Act.HIDE, Act.REDACT])
def test_cancelled_it_waits_again(act: Act) -> None:
    held, judge = sent(), moderator()
    decision = published(held, act, moderator=judge, passages=["toute la nuit"])
    undo(decision=decision, moderator=judge, at=decision.decided_at + timedelta(seconds=9))
    told(decision)
    held.refresh_from_db()
    assert (held.status, held.solution) == (Status.HELD, NEW)
    assert Case.objects.get().is_held
    assert now(held.proposal).version == 1


def test_published_without_a_passage() -> None:
    held = sent()
    told(published(held, Act.REDACT, passages=["toute la nuit"]))
    assert BLANK in now(held.proposal).solution


def test_refused_it_is_published_once_its_author_is_found_right() -> None:
    held = sent()
    decision = published(held, Act.HIDE)
    told(decision)
    assert now(held.proposal).version == 1
    another = sent(held.proposal, solution=f"{NEW} Merci.")
    assert isinstance(another, HeldVersion)
    take_back_version(held=another, author=held.author, at=timezone.now())
    appeal(decision=decision, author=held.author, words="Ce texte ne vise personne, relisez-le.", at=timezone.now())
    told(published(held, Act.RESTORE))
    assert now(held.proposal).version == 2


def test_one_waits_at_a_time_and_sent_twice_it_is_the_same() -> None:
    held = sent()
    assert sent(held.proposal) == held
    with pytest.raises(VersionWaits):
        sent(held.proposal, solution=f"{NEW} Merci.")
    Consultation.objects.update(moderation=Moderation.AFTER)
    with pytest.raises(VersionWaits):
        sent(held.proposal, solution=f"{NEW} Merci.")


def test_taken_back_it_is_a_draft_again() -> None:
    held = sent()
    with pytest.raises(NotYours):
        take_back_version(held=held, author=UserFactory(), at=timezone.now())
    take_back_version(held=held, author=held.author, at=timezone.now())
    draft = ReworkDraft.objects.get()
    assert (draft.user, draft.solution, draft.note, draft.base_version) == (held.author, NEW, NOTE, 1)
    assert not HeldVersion.objects.exists()
    assert Case.objects.get().state == State.DECIDED


def test_refused_it_cannot_be_taken_back() -> None:
    held = sent()
    published(held, Act.HIDE)
    with pytest.raises(NoLongerWaits):
        take_back_version(held=held, author=held.author, at=timezone.now())


@pytest.mark.parametrize("change", [{"version": 2}, {"status": Status.WITHDRAWN}])
def test_what_it_was_to_replace_being_gone_its_author_has_it_back(change: dict[str, Any]) -> None:
    held = sent()
    decision = published(held)
    Proposal.objects.filter(pk=held.proposal_id).update(**change)
    told(decision)
    assert ReworkDraft.objects.get().solution == NEW
    assert now(held.proposal).solution != NEW
    assert not HeldVersion.objects.exists()


def test_it_is_published_although_its_phase_is_over() -> None:
    held = sent()
    Phase.objects.exclude(kind=PhaseKind.PREPARE).delete()
    told(published(held))
    assert now(held.proposal).version == 2


def test_nobody_else_reads_it_and_its_author_takes_it_back(
    visit: Callable[..., Client], in_saran: Municipality
) -> None:
    held = sent()
    place = held.proposal.get_absolute_url()
    for user in (None, UserFactory(), UserFactory(role=Role.OBSERVER)):
        client = visit(in_saran, user, stays=True)
        for address in ("/", "/propositions/", place, f"{place}versions/", "/propositions/?q=voisins"):
            assert "voisins volontaires" not in client.get(address, follow=True).content.decode(), address
        assert client.post(f"{place}atelier/reprendre/").status_code in (302, 404)
        assert HeldVersion.objects.exists()
    author = visit(in_saran, held.author, stays=True)
    shown = author.get(f"{place}atelier/?texte").content.decode()
    assert "voisins volontaires" in shown
    assert "Relu avant publication, d’ici" in shown
    assert "Relu avant publication, d’ici" in author.get("/ma-participation/").content.decode()
    author.post(f"{place}atelier/reprendre/")
    assert not HeldVersion.objects.exists()
    assert ReworkDraft.objects.get().solution == NEW


def test_in_the_workshop_it_is_sent_and_the_promise_said(visit: Callable[..., Client], in_saran: Municipality) -> None:
    proposal = VersionedProposalFactory()
    client = visit(in_saran, proposal.author, stays=True)
    typed = {**proposal.texts, "solution": NEW, "note": NOTE, "base_version": "1", "seen": "0", "publish": "1"}
    answer = client.post(f"{proposal.get_absolute_url()}atelier/texte/", typed, follow=True)
    assert "Votre version est envoyée. Relu avant publication, d’ici" in answer.content.decode()
    assert HeldVersion.objects.get().solution == NEW
    case = Case.objects.get()
    desk = visit(in_saran, moderator(), stays=True)
    Consultation.objects.update(moderated_by=ModeratedBy.MODERATORS)
    shown = desk.get(f"/gestion/moderation/{case.pk}/").content.decode()
    assert "voisins volontaires" in shown
    kept = {"decision": "KEEP", "ground": "NOTHING_AGAINST", "seen": "0", "read": digest_of(case)}
    desk.post(f"/gestion/moderation/{case.pk}/", kept)
    told(case.decisions.get())
    assert now(proposal).version == 2


def test_a_common_text_is_published_by_the_team() -> None:
    """Whoever of them publishes it has read it; they are told where it waits."""
    merge_request = ask_to_merge(2)
    assert merge_request.started_by is not None
    merge_request.sources.update(consent="AGREED", revision=merge_request.revision)
    agreed = list(merge_request.sources.values_list("pk", flat=True))
    wanted: dict[str, Any] = {"revision": merge_request.revision, "source_ids": agreed, "at": timezone.now()}
    with pytest.raises(PublishedByTheTeam):
        form_collective(merge_request=merge_request, actor=merge_request.started_by, **wanted)
    formed = form_collective(merge_request=merge_request, actor=UserFactory(role=Role.FACILITATOR), **wanted)
    assert formed.status == Status.PUBLISHED
