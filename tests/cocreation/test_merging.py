"""Bringing proposals together: nobody is taken along without having agreed to the text; and back again."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone
from django_tenants.utils import schema_context

from accounts.enums import Role
from accounts.models import AuditEntry
from common.models import OutboxMessage
from consultations.cocreation.enums import Consent, MergeState
from consultations.cocreation.models import MergeRequest, MergeSource
from consultations.cocreation.selectors.merging import merge_page
from consultations.cocreation.services.coauthors import leave_proposal, take_stewardship
from consultations.cocreation.services.merging import (
    answer_merge,
    form_collective,
    give_up_merge,
    reword_merge,
    undo_merge,
)
from consultations.cocreation.services.refusals import (
    CannotJoin,
    MergeOver,
    SourcesChanged,
    TextChanged,
    TooFewSources,
    UndoTooLate,
)
from consultations.framing.enums import PhaseKind
from consultations.framing.models import Challenge, Consultation, Phase
from consultations.participation.counts import recount
from consultations.participation.enums import AuthorshipRole, Stage, Status
from consultations.participation.models import Authorship, Follow, Proposal
from consultations.participation.services.reactions import react
from consultations.participation.services.refusals import (
    ChangedMeanwhile,
    Merged,
    NotAnAuthor,
    OwnProposal,
    PhaseClosed,
)
from tenants.models import Municipality
from tests.accounts.factories import UserFactory
from tests.participation.factories import COMMON_TEXT, ArgumentFactory, ProposalFactory, ask_to_merge, merge
from tests.participation.test_lists import queries
from tests.participation.test_react import close_phase

NOW = timezone.now
REASON = "Le texte oublie la crèche, qui n’a pas d’ombre du tout."


def consents(merge_request: MergeRequest) -> list[str]:
    return list(merge_request.sources.order_by("pk").values_list("consent", flat=True))


def answer(source: MergeSource, *, agrees: bool = True, revision: int = 1, **kwargs: Any) -> MergeSource:
    actor = kwargs.pop("actor", source.proposal.author)
    return answer_merge(source=source, actor=actor, agrees=agrees, revision=revision, at=NOW(), **kwargs)


def form(merge_request: MergeRequest, sources: list[MergeSource], **kwargs: Any) -> Proposal:
    given = {"actor": merge_request.started_by, "revision": merge_request.revision, **kwargs}
    return form_collective(merge_request=merge_request, source_ids=[each.pk for each in sources], at=NOW(), **given)


def told(event: str) -> dict[str, Any]:
    message = OutboxMessage.objects.get(payload__event=event)
    return dict(message.payload["payload"])


# ── Asking ────────────────────────────────────────────────────────────────────


def test_whoever_writes_the_text_agrees_to_it_and_the_others_are_asked(in_saran: Municipality) -> None:
    merge_request = ask_to_merge(3)
    assert consents(merge_request) == [Consent.AGREED, Consent.ASKED, Consent.ASKED]
    others = list(merge_request.sources.order_by("pk").values_list("pk", flat=True))[1:]
    assert told("merge_asked") == {"collective_id": merge_request.pk, "source_ids": others}
    assert AuditEntry.objects.get(action="merge_started").actor == merge_request.started_by


@pytest.mark.parametrize(
    "trait",
    [{"status": Status.HIDDEN}, {"status": Status.WITHDRAWN}, {"stage": Stage.PROJECT}, {"merged": 1}, {"asked": 1}],
)
def test_what_is_hidden_together_or_asked_already_cannot_be_asked(in_saran: Municipality, trait: Any) -> None:
    first, other = ProposalFactory(), ProposalFactory(**{k: v for k, v in trait.items() if k in ("status", "stage")})
    if "merged" in trait:
        other = merge(2).sources.first().proposal
    if "asked" in trait:
        ask_to_merge(sources=[other, ProposalFactory()])
    with pytest.raises(CannotJoin):
        ask_to_merge(sources=[first, other])


def test_two_at_least_eight_at_most_of_one_consultation_and_one_of_them_ones_own(in_saran: Municipality) -> None:
    elsewhere = Challenge.objects.create(
        slug="ailleurs",
        question="?",
        position=99,
        consultation=Consultation.objects.create(slug="autre", title="Une autre"),
    )
    first = ProposalFactory()
    for sources in (
        [first, first],
        [first, *ProposalFactory.create_batch(8)],
        [first, ProposalFactory(challenge=elsewhere)],
    ):
        with pytest.raises(TooFewSources):
            ask_to_merge(sources=sources)
    with pytest.raises(NotAnAuthor):
        ask_to_merge(2, starter=UserFactory())
    assert not MergeRequest.objects.exists()


def test_asked_twice_is_asked_once(in_saran: Municipality) -> None:
    sources = ProposalFactory.create_batch(2)
    assert ask_to_merge(sources=sources) == ask_to_merge(sources=sources[::-1], starter=sources[0].author)


def test_another_text_asks_everyone_else_anew(in_saran: Municipality) -> None:
    merge_request = ask_to_merge(3)
    _mine, second, third = merge_request.sources.order_by("pk")
    answer(second)
    answer(third, agrees=False, reason=REASON)
    OutboxMessage.objects.all().delete()
    text = {**COMMON_TEXT, "benefit": f"{COMMON_TEXT['benefit']} La crèche aussi."}
    merge_request = reword_merge(
        merge_request=merge_request, actor=merge_request.started_by, revision=1, at=NOW(), **text
    )
    assert consents(merge_request) == [Consent.AGREED, Consent.ASKED, Consent.ASKED]
    assert told("merge_asked")["source_ids"] == [second.pk, third.pk]
    third.refresh_from_db()
    assert third.reason == REASON  # shown beside the new text
    with pytest.raises(TextChanged):
        answer(second, revision=1)  # a page that was open since before
    with pytest.raises(ChangedMeanwhile):
        reword_merge(merge_request=merge_request, actor=merge_request.started_by, revision=1, at=NOW(), **COMMON_TEXT)
    assert (
        reword_merge(merge_request=merge_request, actor=merge_request.started_by, revision=1, at=NOW(), **text).revision
        == 2
    )


def test_whoever_had_answered_reads_what_changed_and_whoever_rewords_what_is_asked(
    visit: Callable[..., Client], in_saran: Municipality
) -> None:
    merge_request = ask_to_merge(3)
    _mine, second, third = merge_request.sources.order_by("pk")
    answer(second, agrees=False, reason=REASON)
    starter = visit(in_saran, merge_request.started_by, stays=True)
    assert REASON in starter.get(f"/reunions/{merge_request.pk}/texte/").content.decode()
    for revision, more in enumerate(["La crèche aussi.", "Et le gymnase."], start=1):
        text = {**COMMON_TEXT, "benefit": f"{COMMON_TEXT['benefit']} {more}"}
        reword_merge(merge_request=merge_request, actor=merge_request.started_by, revision=revision, at=NOW(), **text)
    client = visit(in_saran, second.proposal.author, stays=True)
    [(part, pieces)] = client.get(f"/reunions/{merge_request.pk}/").context["page"].changes
    assert (part, [piece.text for piece in pieces if piece.kind != "same"]) == ("benefit", [" Et le gymnase."])
    assert "Ce qui a changé depuis votre réponse" in client.get(f"/reunions/{merge_request.pk}/").content.decode()
    # To somebody who has read none of the texts before, the text is all there is to say.
    unread = visit(in_saran, third.proposal.author, stays=True).get(f"/reunions/{merge_request.pk}/")
    assert unread.context["page"].changes == []
    for place in ("repondre", "former", "renoncer", "defaire"):  # a refusal, loaded again
        assert (
            client.get(f"/reunions/{merge_request.pk}/{place}/").headers["Location"] == f"/reunions/{merge_request.pk}/"
        )


def test_once_formed_the_page_says_which_proposals_are_part_of_it(
    visit: Callable[..., Client], in_saran: Municipality
) -> None:
    merge_request = ask_to_merge(3)
    first, second, _silent = merge_request.sources.order_by("pk")
    answer(second)
    form(merge_request, [first, second])
    page = visit(in_saran, merge_request.started_by, stays=True).get(f"/reunions/{merge_request.pk}/").content.decode()
    assert (page.count("En fait partie"), page.count("Restée en dehors")) == (2, 1)


def test_the_same_answer_again_changes_nothing(in_saran: Municipality) -> None:
    source = ask_to_merge(2).sources.order_by("pk")[1]
    first, again = (answer(source, agrees=False, reason=REASON) for _press in range(2))
    assert first.answered_at == again.answered_at
    assert AuditEntry.objects.filter(action="merge_answered").count() == 1
    assert OutboxMessage.objects.filter(payload__event="merge_answered").count() == 1


def test_who_said_no_has_not_said_yes_by_mending_the_text(in_saran: Municipality) -> None:
    merge_request = ask_to_merge(2)
    mine, other = merge_request.sources.order_by("pk")
    answer(mine, agrees=False, reason=REASON)
    answer(other)
    text = {**COMMON_TEXT, "title": f"{COMMON_TEXT['title']} !"}
    merge_request = reword_merge(
        merge_request=merge_request, actor=merge_request.started_by, revision=1, at=NOW(), **text
    )
    assert consents(merge_request) == [Consent.DECLINED, Consent.ASKED]


def test_only_its_authors_answer_for_a_proposal_and_the_team_for_one_left_alone(in_saran: Municipality) -> None:
    team = UserFactory(role=Role.FACILITATOR)
    left, written = ProposalFactory(author=None, imported_author="Ancien compte"), ProposalFactory()
    merge_request = ask_to_merge(sources=[ProposalFactory(), left, written])
    _mine, alone, other = merge_request.sources.order_by("pk")
    for actor, source in [(UserFactory(), alone), (team, other), (merge_request.started_by, other)]:
        with pytest.raises(NotAnAuthor):
            answer(source, actor=actor)
    answer(alone, actor=team)
    Authorship.objects.create(proposal=written, user=(co := UserFactory()), role=AuthorshipRole.CO_AUTHOR)
    assert answer(other, actor=co).answered_by == co


# ── Forming ───────────────────────────────────────────────────────────────────


def test_a_collective_proposal_credits_everyone_and_counts_once_more(in_saran: Municipality) -> None:
    co, steward = UserFactory(), UserFactory(role=Role.FACILITATOR)
    sources = ProposalFactory.create_batch(3)
    Authorship.objects.create(proposal=sources[1], user=co, role=AuthorshipRole.CO_AUTHOR)
    Authorship.objects.create(proposal=sources[1], user=steward, role=AuthorshipRole.STEWARD)
    merge_request = ask_to_merge(sources=sources)
    recount()
    mine, second, third = merge_request.sources.order_by("pk")
    answer(second)
    answer(third, agrees=False, reason=REASON)
    proposal = form(merge_request, [mine, second])
    assert form(merge_request, [mine, second]) == proposal  # pressed twice
    assert recount() == 0
    assert Consultation.objects.get().proposal_count == 4
    assert (proposal.author, proposal.stage, proposal.title) == (
        merge_request.started_by,
        Stage.COLLECTIVE,
        merge_request.title,
    )
    assert proposal.versions.get().made_by == merge_request.started_by
    assert {(each.user, each.role) for each in proposal.authorships.all()} == {
        (sources[1].author, "CO_AUTHOR"),
        (co, "CO_AUTHOR"),
        (steward, "STEWARD"),
    }
    merged = dict(Proposal.objects.filter(pk__in=[s.pk for s in sources]).values_list("pk", "merged_into"))
    assert merged == {sources[0].pk: proposal.pk, sources[1].pk: proposal.pk, sources[2].pk: None}
    assert told("collective_formed") == {"collective_id": merge_request.pk}
    for author in (merge_request.started_by, co):
        with pytest.raises(OwnProposal):
            react(proposal=proposal, user=author, value="LIKE", at=NOW())
    with pytest.raises(Merged):
        react(proposal=sources[0], user=UserFactory(), value="LIKE", at=NOW())
    assert ask_to_merge(sources=[sources[2], ProposalFactory()])  # what stayed out is free


def test_only_those_that_the_page_named_are_taken_along(in_saran: Municipality) -> None:
    merge_request = ask_to_merge(3)
    mine, second, third = merge_request.sources.order_by("pk")
    with pytest.raises(TooFewSources):
        form(merge_request, [mine])
    answer(second)
    answer(third)
    with pytest.raises(SourcesChanged):
        form(merge_request, [mine, second])  # the third agreed since
    with pytest.raises(TextChanged):
        form(merge_request, [mine, second, third], revision=0)  # all agreed to a text that the page does not show
    Proposal.objects.filter(pk=third.proposal_id).update(status=Status.HIDDEN)
    with pytest.raises(SourcesChanged):
        form(merge_request, [mine, second, third])
    with pytest.raises(NotAnAuthor):
        form(merge_request, [mine, second], actor=second.proposal.author)
    assert form(merge_request, [mine, second]).merged_from.count() == 2
    assert consents(merge_request) == [
        Consent.AGREED,
        Consent.AGREED,
        Consent.ASKED,
    ]  # no page says that the third is in it


def test_who_wrote_one_and_took_care_of_another_is_an_author_of_both(in_saran: Municipality) -> None:
    team, left = UserFactory(role=Role.FACILITATOR), ProposalFactory(author=None)
    take_stewardship(proposal=left, user=team, at=NOW())
    merge_request = ask_to_merge(
        sources=[other := ProposalFactory(), ProposalFactory(author=team), left], starter=other.author
    )
    for source in merge_request.sources.exclude(proposal=other):
        answer(source, actor=team)
    collective = form(merge_request, list(merge_request.sources.all()))
    assert Authorship.objects.get(proposal=collective, user=team).role == AuthorshipRole.CO_AUTHOR


def test_the_first_author_left_signs_where_the_team_forms_it(in_saran: Municipality) -> None:
    team = UserFactory(role=Role.FACILITATOR)
    left, other = ProposalFactory(author=None, imported_author="Ancien compte"), ProposalFactory()
    merge_request = ask_to_merge(sources=[left, other], starter=team)
    alone, written = merge_request.sources.order_by("pk")
    assert alone.consent == Consent.AGREED
    answer(written)
    assert form(merge_request, [alone, written], actor=team).author == other.author


def test_two_at_the_same_moment_form_one(real_db: str) -> None:
    saran = Municipality.objects.get(slug="saran")
    with schema_context(saran.schema_name):
        merge_request = ask_to_merge(2)
        sources = list(merge_request.sources.select_related("proposal__author", "collective"))
        answer(sources[1])
        team = UserFactory.create_batch(4, role=Role.FACILITATOR)

    def press(actor: Any) -> int:
        try:
            with schema_context(saran.schema_name):
                return form(merge_request, sources, actor=actor).pk
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        made = set(pool.map(press, team))
    with schema_context(saran.schema_name):
        assert made == {Proposal.objects.get(stage=Stage.COLLECTIVE, merged_into=None).pk}
        assert Consultation.objects.get().proposal_count == 1  # the factories do not count


# ── Undoing ───────────────────────────────────────────────────────────────────


def test_undone_each_is_what_it_was_and_the_counts_are_exact(in_saran: Municipality) -> None:
    sources = [ProposalFactory(), ProposalFactory(version=2), ProposalFactory()]
    ArgumentFactory(proposal=sources[0])
    recount()
    merge_request = merge(sources=sources)
    ArgumentFactory(proposal=merge_request.proposal)
    recount()
    for _unused in range(2):
        undo_merge(merge_request=merge_request, actor=merge_request.started_by, reason=REASON, at=NOW())
    assert recount() == 0
    assert (Consultation.objects.get().proposal_count, Consultation.objects.get().argument_count) == (3, 1)
    assert [Proposal.objects.get(pk=each.pk).stage for each in sources] == ["ARGUMENTS", "REWORK", "IDEA"]
    assert Proposal.objects.get(pk=merge_request.proposal_id).status == Status.WITHDRAWN
    assert told("collective_undone") == {"collective_id": merge_request.pk}
    react(proposal=sources[0], user=UserFactory(), value="LIKE", at=NOW())
    assert merge(sources=sources).proposal != merge_request.proposal


def test_where_two_phases_are_open_it_is_undone_as_long_as_the_later_one_is(in_saran: Municipality) -> None:
    now = NOW()
    kinds = [PhaseKind.PROPOSE, PhaseKind.REWORK]
    Phase.objects.filter(kind__in=kinds).update(opens_at=now - timedelta(days=2), closes_at=now + timedelta(days=1))
    Phase.objects.filter(kind=PhaseKind.REWORK).update(closes_at=now + timedelta(days=9))
    merge_request = merge(2)
    later = now + timedelta(days=5)
    assert (
        undo_merge(merge_request=merge_request, actor=merge_request.started_by, reason=REASON, at=later).state
        == MergeState.UNDONE
    )


def test_a_collective_proposal_in_another_is_taken_apart_after_that_one(in_saran: Municipality) -> None:
    *two, third = ProposalFactory.create_batch(3)
    recount()  # the factories count nothing
    inner = merge(sources=two)
    outer = merge(sources=[inner.proposal, third])
    with pytest.raises(Merged):
        undo_merge(merge_request=inner, actor=inner.started_by, reason=REASON, at=NOW())
    undo_merge(merge_request=outer, actor=outer.started_by, reason=REASON, at=NOW())
    assert Proposal.objects.get(pk=inner.proposal_id).stage == Stage.COLLECTIVE
    undone = undo_merge(merge_request=inner, actor=inner.started_by, reason=REASON, at=NOW())
    assert undone.state == MergeState.UNDONE
    assert recount() == 0


def test_only_whoever_began_it_or_the_team_undoes_it_and_in_its_phase(in_saran: Municipality) -> None:
    merge_request = merge(2)
    with pytest.raises(NotAnAuthor):
        undo_merge(
            merge_request=merge_request, actor=merge_request.sources.last().proposal.author, reason=REASON, at=NOW()
        )
    with pytest.raises(MergeOver):
        undo_merge(merge_request=(other := ask_to_merge(2)), actor=other.started_by, reason=REASON, at=NOW())
    with pytest.raises(UndoTooLate):
        undo_merge(
            merge_request=merge_request, actor=merge_request.started_by, reason=REASON, at=NOW() + timedelta(days=300)
        )
    Proposal.objects.filter(pk=merge_request.proposal_id).update(status=Status.HIDDEN)
    recount()
    undo_merge(merge_request=merge_request, actor=UserFactory(role=Role.FACILITATOR), reason=REASON, at=NOW())
    assert Proposal.objects.get(pk=merge_request.proposal_id).status == Status.HIDDEN  # its text does not come back
    assert recount() == 0


def test_whoever_began_it_leads_it_as_long_as_they_work_on_a_part(
    visit: Callable[..., Client], in_saran: Municipality
) -> None:
    merge_request = ask_to_merge(2)
    mine, other = merge_request.sources.select_related("proposal__author", "collective").order_by("pk")
    answer(other)
    left = mine.proposal.author
    Authorship.objects.create(proposal=mine.proposal, user=(heir := UserFactory()), role=AuthorshipRole.CO_AUTHOR)
    leave_proposal(proposal=mine.proposal, user=left)
    with pytest.raises(NotAnAuthor):
        form(merge_request, [mine, other], actor=left)
    assert visit(in_saran, left, stays=True).get(f"/reunions/{merge_request.pk}/").status_code == 404
    # A facilitator who is one no longer answers for nobody: another one does.
    Authorship.objects.create(proposal=other.proposal, user=UserFactory(), role=AuthorshipRole.STEWARD)
    Proposal.objects.filter(pk=other.proposal_id).update(author=None)
    page = merge_page(pk=merge_request.pk, user=UserFactory(role=Role.FACILITATOR), at=NOW())
    assert page is not None
    assert [view.is_mine for view in page.sources] == [False, True]
    collective = form(merge_request, [mine, other], actor=UserFactory(role=Role.FACILITATOR))
    assert (collective.author, collective.authorships.count()) == (heir, 0)


def test_a_closed_phase_refuses_everything(in_saran: Municipality) -> None:
    merge_request = ask_to_merge(2)
    mine, other = merge_request.sources.order_by("pk")
    close_phase()
    actions: list[Callable[[], Any]] = [
        lambda: ask_to_merge(2),
        lambda: answer(other),
        lambda: form(merge_request, [mine]),
        lambda: give_up_merge(merge_request=merge_request, actor=merge_request.started_by, at=NOW()),
        lambda: reword_merge(
            merge_request=merge_request, actor=merge_request.started_by, revision=1, at=NOW(), **COMMON_TEXT
        ),
    ]
    for action in actions:
        with pytest.raises(PhaseClosed):
            action()


# ── Pages ─────────────────────────────────────────────────────────────────────


def test_an_author_asks_others_and_loses_no_word_to_a_refusal(
    visit: Callable[..., Client], in_saran: Municipality
) -> None:
    mine, close, other = ProposalFactory(), ProposalFactory(), ProposalFactory(title="Un marché le jeudi soir")
    client = visit(in_saran, mine.author, stays=True)
    path = f"{mine.get_absolute_url()}reunir/"
    assert close.title in client.get(path).content.decode()  # it speaks of the same things
    assert other.title in client.get(path, {"q": "marché", "avec": close.pk}).content.decode()
    assert client.get(path, {"ecrire": 1}).status_code == 422
    assert client.get(path, {"ecrire": 1, "avec": close.pk}).status_code == 200
    typed = {**COMMON_TEXT, "title": "Trop", "message": "عربي 🌳 et un mot pour vous", "avec": [close.pk, other.pk]}
    refused = client.post(path, typed)
    assert refused.status_code == 422
    assert "عربي 🌳 et un mot pour vous" in refused.content.decode()
    ask_to_merge(sources=[other, ProposalFactory()])
    typed["title"] = COMMON_TEXT["title"]
    refused = client.post(path, typed)
    assert refused.status_code == 409  # the other is asked elsewhere meanwhile
    assert COMMON_TEXT["title"] in refused.content.decode()
    elsewhere = ask_to_merge(sources=[ProposalFactory(), mine])  # and now this one too
    refused = client.post(path, {**typed, "avec": [close.pk]})
    assert (refused.status_code, COMMON_TEXT["title"] in refused.content.decode()) == (409, True)
    give_up_merge(merge_request=elsewhere, actor=elsewhere.started_by, at=NOW())
    answered = client.post(path, {**typed, "avec": [close.pk]})
    merge_request = MergeRequest.objects.get(started_by=mine.author)
    assert answered.headers["Location"] == client.get(path).headers["Location"] == f"/reunions/{merge_request.pk}/"


def test_what_was_typed_when_it_was_settled_meanwhile_is_shown(
    visit: Callable[..., Client], in_saran: Municipality
) -> None:
    merge_request, formed = ask_to_merge(2), merge(2)
    mine, other = merge_request.sources.select_related("proposal__author").order_by("pk")
    first, second = (visit(in_saran, each.proposal.author, stays=True) for each in (mine, other))
    starting = f"{mine.proposal.get_absolute_url()}reunir/"
    typed = {**COMMON_TEXT, "title": "Un autre titre, tapé ici", "message": REASON, "avec": [other.proposal_id]}
    again = first.post(starting, typed)
    assert (again.status_code, "Un autre titre, tapé ici" in again.content.decode()) == (409, True)
    leader = visit(in_saran, formed.started_by, stays=True)
    late = leader.post(f"/reunions/{formed.pk}/texte/", {**typed, "revision": 1})
    assert (late.status_code, "Un autre titre, tapé ici" in late.content.decode()) == (409, True)
    close_phase()
    given = {"source": other.pk, "revision": 1, "answer": "DECLINED", "reason": "Une raison, tapée ici."}
    for client, action in ((second, "repondre"), (first, "renoncer")):
        late = client.post(f"/reunions/{merge_request.pk}/{action}/", given)
        assert (late.status_code, late.content.decode().count("Une raison, tapée ici.")) == (409, 1)
    Proposal.objects.filter(pk=other.proposal_id).update(status=Status.HIDDEN)
    Proposal.objects.filter(pk=mine.proposal_id).update(status=Status.HIDDEN)
    late = first.post(starting, typed)
    assert (late.status_code, "Un autre titre, tapé ici" in late.content.decode()) == (409, True)


def test_those_who_are_not_concerned_find_nothing(visit: Callable[..., Client], in_saran: Municipality) -> None:
    merge_request = ask_to_merge(2)
    stranger, visitor = visit(in_saran, UserFactory(), stays=True), visit(in_saran, stays=True)
    second = visit(in_saran, merge_request.sources.last().proposal.author, stays=True)
    for page in ("", "texte/"):
        assert stranger.get(f"/reunions/{merge_request.pk}/{page}").status_code == 404
        assert "/connexion/" in visitor.get(f"/reunions/{merge_request.pk}/{page}").headers["Location"]
    for action in ("repondre", "former", "renoncer", "defaire"):
        assert stranger.post(f"/reunions/{merge_request.pk}/{action}/").status_code == 404
    assert second.get(f"/reunions/{merge_request.pk}/texte/").status_code == 404
    first = merge_request.sources.first()
    assert first is not None
    answered = second.post(
        f"/reunions/{merge_request.pk}/repondre/", {"source": first.pk, "answer": "AGREED", "revision": 1}
    )
    assert answered.status_code == 404
    assert stranger.get(f"{first.proposal.get_absolute_url()}reunir/").status_code == 404


def test_one_answers_reads_the_state_and_publishes(visit: Callable[..., Client], in_saran: Municipality) -> None:
    merge_request = ask_to_merge(2)
    source = merge_request.sources.order_by("-pk")[0]
    second, first = (visit(in_saran, user, stays=True) for user in (source.proposal.author, merge_request.started_by))
    path = f"/reunions/{merge_request.pk}/"
    given = {"source": source.pk, "revision": 1, "answer": "DECLINED", "reason": ""}
    assert second.post(f"{path}repondre/", given).status_code == 422
    assert second.post(f"{path}repondre/", {**given, "reason": REASON}).status_code == 302
    assert REASON in first.get(path).content.decode()
    stale = second.post(f"{path}repondre/", {**given, "revision": 7, "reason": "Une autre raison, tapée ici."})
    assert stale.status_code == 409
    assert "Une autre raison, tapée ici." in stale.content.decode()
    assert second.post(f"{path}repondre/", {**given, "answer": "AGREED", "reason": "oui"}).status_code == 302
    assert "Elle réunira" in first.get(path).content.decode()
    keys = list(merge_request.sources.values_list("pk", flat=True))
    formed = first.post(f"{path}former/", {"revision": 1, "source": keys})
    merge_request.refresh_from_db()
    assert merge_request.proposal is not None
    assert formed.headers["Location"] == merge_request.proposal.get_absolute_url()
    assert first.post(f"{path}defaire/", {"reason": "court"}).status_code == 422
    assert first.post(f"{path}defaire/", {"reason": REASON}).status_code == 302
    assert MergeRequest.objects.get(pk=merge_request.pk).state == MergeState.UNDONE


def test_each_leads_to_the_other_and_supporters_go_along_by_themselves(
    visit: Callable[..., Client], in_saran: Municipality
) -> None:
    sources = ProposalFactory.create_batch(2)
    fan = UserFactory()
    react(proposal=sources[0], user=fan, value="LIKE", at=NOW())
    collective = merge(sources=sources).proposal
    assert collective is not None
    assert collective.reaction_count == 0
    page = visit(in_saran, stays=True).get(collective.get_absolute_url()).content.decode()
    assert "Elle réunit deux propositions" in page
    assert all(source.get_absolute_url() in page and source.author_name in page for source in sources)
    client = visit(in_saran, fan, stays=True)
    page = client.get(sources[0].get_absolute_url()).content.decode()
    assert collective.get_absolute_url() in page
    assert 'value="support"' in page
    assert 'value="DISLIKE"' not in page
    late = client.post(f"{sources[0].get_absolute_url()}reagir/", {"reaction": "MIXED"}, headers={"HX-Request": "true"})
    assert (late.status_code, 'value="support"' in late.content.decode()) == (409, True)
    late = client.post(
        f"{sources[0].get_absolute_url()}argumenter/", {"text": "Un argument tapé juste avant.", "stance": "FOR"}
    )
    assert "Un argument tapé juste avant." in late.content.decode()
    for do in ("follow", "support", "support"):
        assert client.post(f"{sources[0].get_absolute_url()}rejoindre/", {"do": do}).status_code == 302
    collective.refresh_from_db()
    assert (collective.like_count, Follow.objects.get().proposal) == (1, collective)
    page = client.get(sources[0].get_absolute_url()).content.decode()
    assert 'value="support"' not in page
    cards = visit(in_saran, stays=True).get("/propositions/").content.decode()
    assert cards.count("Réunie dans une proposition collective") == 2
    assert "Proposition collective, en réunit 2" in cards


def test_an_undone_collective_proposal_is_read_only_and_on_no_list(
    visit: Callable[..., Client], in_saran: Municipality
) -> None:
    merge_request = merge(2)
    collective = merge_request.proposal
    assert collective is not None
    ArgumentFactory(proposal=collective, text="Cet argument reste là, à lire.")
    undo_merge(merge_request=merge_request, actor=merge_request.started_by, reason=REASON, at=NOW())
    fan = visit(in_saran, UserFactory(), stays=True)
    page = fan.get(collective.get_absolute_url()).content.decode()
    assert REASON in page
    assert "Elle réunissait deux propositions" in page
    assert 'name="reaction"' not in page
    assert "?argumenter" not in page
    assert fan.post(f"{collective.get_absolute_url()}reagir/", {"reaction": "LIKE"}).status_code == 404
    for path in ("/", "/propositions/", "/propositions/?q=fraîches", "/defis/ecologie/"):
        assert collective.get_absolute_url() not in fan.get(path).content.decode()


def test_pages_cost_the_same_for_two_sources_and_for_seven(
    visit: Callable[..., Client], saran: Municipality, person: Any
) -> None:
    with schema_context(saran.schema_name):
        team, fan = UserFactory(role=Role.FACILITATOR), UserFactory()
        small, large, asked, more = merge(2), merge(7), ask_to_merge(2), ask_to_merge(7)
        source = small.sources.all()[0].proposal.get_absolute_url()
        few, many = small.proposal.get_absolute_url(), large.proposal.get_absolute_url()
    client, reader = visit(saran, team), visit(saran, fan)
    reader.get(source)  # the menus, once for all pages
    # Beside the page's own, two more: its sources and those who work on them.
    assert queries(reader, few) == queries(reader, many) <= 13
    assert queries(reader, source) <= 11
    assert queries(client, f"/reunions/{asked.pk}/") == queries(client, f"/reunions/{more.pk}/") <= 14
    assert queries(client, "/gestion/propositions/reunir/?q=cour") <= 12
