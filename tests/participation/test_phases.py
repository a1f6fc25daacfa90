"""The table that governs: every service of participation, cocreation and ballots × every phase, whatever a page showed.

A new service says here what it does and which deed opens it; the last test fails until it does.
"""

import importlib
import pkgutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import timedelta
from types import FunctionType
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from consultations.cocreation import services as cocreation_services
from consultations.cocreation.actions import MERGE, REWORK
from consultations.cocreation.enums import Consent
from consultations.cocreation.models import CoAuthorInvitation, MergeRequest
from consultations.cocreation.services.coauthors import accept_invitation, invite_coauthor, take_stewardship
from consultations.cocreation.services.merging import (
    answer_merge,
    form_collective,
    give_up_merge,
    reword_merge,
    start_merge,
)
from consultations.cocreation.services.rework import publish_version
from consultations.cocreation.services.verdicts import answer_argument
from consultations.framing.enums import PhaseKind
from consultations.framing.models import Consultation
from consultations.framing.phases import DISCUSSED_IN, OPEN_TO
from consultations.participation import services
from consultations.participation.actions import ARGUE, PROPOSE, REACT
from consultations.participation.models import Argument, Proposal, Reply
from consultations.participation.services.arguments import argue, edit_argument, mark_useful
from consultations.participation.services.proposals import edit_proposal, propose, submit_proposal
from consultations.participation.services.reactions import react, withdraw_reaction
from consultations.participation.services.refusals import Archived, PhaseClosed
from consultations.participation.services.replies import edit_reply, reply
from consultations.voting.actions import VOTE
from consultations.voting.models import Vote
from consultations.voting.sealing import Choice, seal
from consultations.voting.selectors.own import ballot_name
from consultations.voting.services import ballots
from consultations.voting.services.ballots import choose, confirm
from tenants.keys.services import key_of, make_key
from tenants.models import Municipality
from tests.accounts.factories import UserFactory
from tests.participation.factories import (
    ArgumentFactory,
    DraftFactory,
    ProposalFactory,
    ReplyFactory,
    VersionedProposalFactory,
)
from tests.participation.test_react import only_phase

pytestmark = pytest.mark.dates

NOW = timezone.now
TEXT = "Ma mère a 84 ans : un banc à l’ombre change sa journée."


@dataclass
class World:
    """Somebody, and all that they could do something to."""

    user: User = field(default_factory=UserFactory)
    proposal: Proposal = field(default_factory=ProposalFactory)
    theirs: Argument = field(init=False)
    mine: Argument = field(init=False)
    my_reply: Reply = field(init=False)
    own: Proposal = field(init=False)
    argued_own: Proposal = field(init=False)
    to_answer: Argument = field(init=False)

    def __post_init__(self) -> None:
        self.theirs = ArgumentFactory(proposal=self.proposal)
        self.mine = ArgumentFactory(proposal=self.proposal, author=self.user)
        self.my_reply = ReplyFactory(argument=self.theirs, author=self.user)
        self.own, self.argued_own = VersionedProposalFactory.create_batch(2, author=self.user)
        self.to_answer = ArgumentFactory(proposal=self.argued_own)


def new_texts(proposal: Proposal) -> dict[str, str]:
    return {
        "title": proposal.title,
        "solution": proposal.solution + " Et de l’ombre.",
        "problem": proposal.problem,
        "benefit": proposal.benefit,
    }


def a_merge_request(world: World) -> MergeRequest:
    """Somebody’s own two proposals, asked and agreed."""
    merge_request = MergeRequest.objects.create(
        challenge=world.own.challenge, started_by=world.user, **new_texts(world.own)
    )
    for proposal in (world.own, world.argued_own):
        merge_request.sources.create(proposal=proposal, consent=Consent.AGREED, revision=1)
    return merge_request


def a_ballot(world: World) -> Vote:
    """Open whatever the phase; somebody has chosen, and not confirmed."""
    consultation = world.proposal.challenge.consultation
    vote = Vote.objects.create(
        consultation=consultation,
        number=1,
        method="CHOICES",
        most=1,
        opens_at=NOW() - timedelta(days=1),
        closes_at=NOW() + timedelta(days=1),
        announced_at=NOW(),
    )
    vote.items.create(number=1, title="Des bancs à l’ombre")
    make_key(vote.key_name)
    key = key_of(vote.key_name)
    name = ballot_name(key, world.user)
    vote.ballots.create(pk=name, draft=seal(key, name, Choice(frozenset([1])), is_draft=True))
    return vote


# service → the deed that opens it, and a call that nothing but the phase can refuse.
GOVERNED: dict[str, tuple[str, Callable[[World], Any]]] = {
    "submit_proposal": (
        PROPOSE,
        lambda w: submit_proposal(draft=DraftFactory(author=w.user), author=w.user, at=NOW()),
    ),
    "propose": (
        PROPOSE,
        lambda w: propose(challenge=w.own.challenge, author=w.user, at=NOW(), **new_texts(w.own)),
    ),
    "edit_proposal": (
        PROPOSE,
        lambda w: edit_proposal(proposal=w.own, author=w.user, at=NOW(), **new_texts(w.own)),
    ),
    "answer_argument": (
        REWORK,
        lambda w: answer_argument(
            argument=w.to_answer, verdict="TAKEN", reason="Oui.", by=w.user, seen_revision=0, at=NOW()
        ),
    ),
    "publish_version": (
        REWORK,
        lambda w: publish_version(
            # Each phase is tried and undone: of the row as it is then.
            proposal=(own := Proposal.objects.get(pk=w.argued_own.pk)),
            by=w.user,
            texts=new_texts(own),
            note="Plus d’ombre.",
            base_version=own.version,
            at=NOW(),
        ),
    ),
    "invite_coauthor": (
        REWORK,
        lambda w: invite_coauthor(proposal=w.argued_own, by=w.user, user=w.to_answer.author, city=None, at=NOW()),
    ),
    "accept_invitation": (
        REWORK,
        lambda w: accept_invitation(
            key=CoAuthorInvitation.objects.create(proposal=w.proposal, user=w.user, invited_by=w.theirs.author).pk,
            user=w.user,
            at=NOW(),
        ),
    ),
    "take_stewardship": (
        REWORK,
        lambda w: take_stewardship(
            proposal=ProposalFactory(author=None), user=UserFactory(administrator=True), at=NOW()
        ),
    ),
    "react": (REACT, lambda w: react(proposal=w.proposal, user=w.user, value="LIKE", at=NOW())),
    "withdraw_reaction": (
        REACT,
        lambda w: withdraw_reaction(proposal=w.proposal, user=w.user, at=NOW()),
    ),
    "mark_useful": (
        REACT,
        lambda w: mark_useful(argument=w.theirs, user=w.user, useful=True, at=NOW()),
    ),
    "argue": (
        ARGUE,
        lambda w: argue(proposal=w.proposal, author=w.user, stance="FOR", text=TEXT, at=NOW()),
    ),
    "edit_argument": (
        ARGUE,
        lambda w: edit_argument(argument=w.mine, author=w.user, stance="FOR", text=TEXT, at=NOW()),
    ),
    "reply": (ARGUE, lambda w: reply(argument=w.theirs, author=w.user, text=TEXT, at=NOW())),
    "edit_reply": (
        ARGUE,
        lambda w: edit_reply(reply=w.my_reply, author=w.user, text=TEXT, at=NOW()),
    ),
    "start_merge": (
        MERGE,
        lambda w: start_merge(
            proposals=[w.own, w.proposal], starter=w.user, message="Écrivons ensemble.", at=NOW(), **new_texts(w.own)
        ),
    ),
    "reword_merge": (
        MERGE,
        lambda w: reword_merge(
            merge_request=a_merge_request(w), actor=w.user, revision=1, at=NOW(), **new_texts(w.argued_own)
        ),
    ),
    "answer_merge": (
        MERGE,
        lambda w: answer_merge(
            source=a_merge_request(w).sources.all()[0],
            actor=w.user,
            agrees=False,
            reason="Le texte oublie le mien.",
            revision=1,
            at=NOW(),
        ),
    ),
    "give_up_merge": (MERGE, lambda w: give_up_merge(merge_request=a_merge_request(w), actor=w.user, at=NOW())),
    "choose": (VOTE, lambda w: choose(vote=a_ballot(w), user=w.user, number=1, wanted=False, at=NOW())),
    "confirm": (VOTE, lambda w: confirm(vote=a_ballot(w), user=w.user, seen=[1], at=NOW())),
    "form_collective": (
        MERGE,
        lambda w: form_collective(
            merge_request=(merge_request := a_merge_request(w)),
            actor=w.user,
            revision=1,
            source_ids=merge_request.sources.values_list("pk", flat=True),
            at=NOW(),
        ),
    ),
}
# Only in the very phase in which it was formed: tests/participation/test_merging.py.
UNDOES = {"undo_merge"}
# Open whatever the phase: nothing of it is public. What is being written is kept; publishing it is governed above.
FREE = {
    "adopt_drafts",
    "check_open",
    "check_whole",
    "stand",
    "relinquish_all",  # with the role that let them take care of it
    "ask_again",
    "changed_texts",
    "next_version",  # of whoever has asked: what reworks, or corrects what was given on paper
    "count_views",
    "decline_invitation",
    "begin_draft",  # in whatever phase, like what follows
    "discard_draft",
    "discard_rework",
    "follow",
    "forget_shared",
    "hide_answer",
    "restore_answer",
    "hide",  # what harms is hidden whatever the phase
    "restore",
    "publish",  # what waited, be its phase over
    "announce_publication",
    "hold_back",
    "out_of_sight",
    "hold_again",  # by what corrects, which is governed
    "take_back",
    "locked",
    "waiting",
    "waits_first",
    "promised",
    "enter_version",  # what was sent in its phase
    "publish_held",
    "refuse_held",
    "hold_refused",
    "take_back_version",
    "locked_version",
    "hide_picture",
    "restore_picture",
    "forget_unshown_pictures",
    "unshown_pictures",
    "leave_proposal",
    "mark_of",
    "open_drafts",
    "may_edit",
    "relinquish_stewardship",
    "remove_coauthor",
    "save_details",
    "save_draft",
    "save_rework",
    "store_photo",
    "take_back_invitation",
    "unfollow",
}
# What all of them use; what time does; what leaving does; what the team keeps for its own work.
NOT_A_PRESS = {"writing", "retention", "erasure", "saved_views", "sheets", "reminding"}


@contextmanager
def undone() -> Iterator[None]:
    """What is done inside leaves no row."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def test_a_service_is_open_in_its_phases_only(in_saran: Municipality) -> None:
    world = World()
    opened: dict[str, set[str]] = {service: set() for service in GOVERNED}
    for kind in PhaseKind.values:
        with undone():
            only_phase(kind)
            for service, (_action, call) in GOVERNED.items():
                with suppress(PhaseClosed), undone():
                    call(deepcopy(world))
                    opened[service].add(kind)
    assert opened == {
        service: {kind for kind, actions in OPEN_TO.items() if action in actions}
        for service, (action, _call) in GOVERNED.items()
    }


@pytest.mark.parametrize("kind", DISCUSSED_IN)
def test_where_the_discussion_stays_open_people_argue_and_do_nothing_else(
    in_saran: Municipality, kind: PhaseKind
) -> None:
    Consultation.objects.update(is_discussed=True)
    world, opened = World(), set()
    only_phase(kind)
    for service, (_action, call) in GOVERNED.items():
        with suppress(PhaseClosed), undone():
            call(deepcopy(world))
            opened.add(service)
    assert opened == {service for service, (action, _call) in GOVERNED.items() if action == ARGUE}


def test_every_service_says_which_phases_open_it() -> None:
    named = set()
    modules = [
        importlib.import_module(f"{package.__name__}.{found.name}")
        for package in (services, cocreation_services)
        for found in pkgutil.iter_modules(package.__path__)
        if found.name not in NOT_A_PRESS
    ]
    for module in (*modules, ballots):
        named |= {
            name
            for name, value in vars(module).items()
            if isinstance(value, FunctionType) and value.__module__ == module.__name__ and not name.startswith("_")
        }
    assert named == set(GOVERNED) | UNDOES | FREE


def test_what_each_phase_opens() -> None:
    """The right values: what is declared elsewhere (`actions.py`) is not compared with itself alone."""
    written = {"PROPOSE", "REACT", "ARGUE", "REWORK", "MERGE"}
    ours = {*written, "VOTE"}
    assert {kind: actions & ours for kind, actions in OPEN_TO.items() if actions & ours} == {
        "PROPOSE": written,
        "REWORK": written - {"PROPOSE"},
        "PRIORITISE": {"REACT", "VOTE"},
    }


def test_no_service_writes_in_an_archived_consultation(in_saran: Municipality) -> None:
    """Whatever its phases say."""
    Consultation.objects.update(is_current=False, archived_at=timezone.now())
    world, wrote = World(), []
    for service, (_action, call) in GOVERNED.items():
        with suppress(Archived), undone():
            call(deepcopy(world))
            wrote.append(service)
    assert wrote == []
