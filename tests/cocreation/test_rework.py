"""From one version to the next: arguments taken up, two people or two devices at once, nothing ever lost."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone
from django_tenants.utils import schema_context

from accounts.models import AuditEntry
from common.models import OutboxMessage
from consultations.cocreation.models import ReworkDraft
from consultations.cocreation.selectors.workshop import texts_of
from consultations.cocreation.services.refusals import NothingChanged
from consultations.cocreation.services.rework import publish_version, save_rework
from consultations.participation.enums import Stage, Status
from consultations.participation.models import Argument, Proposal, ProposalVersion
from consultations.participation.services.reactions import react
from consultations.participation.services.refusals import ChangedMeanwhile, NotAnAuthor
from tenants.models import Municipality
from tests.accounts.factories import UserFactory
from tests.cocreation.test_workshop import address
from tests.participation.factories import (
    BENEFIT,
    PROBLEM,
    SOLUTION,
    ArgumentFactory,
    AuthorshipFactory,
    ReworkDraftFactory,
    VersionedProposalFactory,
)
from tests.participation.test_react import close_phase
from tests.support.pages import says

NOW = timezone.now
NOTE = "Une entrée de plain-pied et une heure de fermeture."
BETTER = f"{SOLUTION} On entre de plain-pied, et la grille ferme à 21 h 30."


@pytest.fixture
def proposal(in_saran: Municipality) -> Proposal:
    return VersionedProposalFactory()


@pytest.fixture
def author(visit: Callable[..., Client], in_saran: Municipality, proposal: Proposal) -> Client:
    return visit(in_saran, proposal.author, stays=True)


def form(proposal: Proposal, **changes: Any) -> dict[str, Any]:
    texts = {"title": proposal.title, "solution": BETTER, "problem": PROBLEM, "benefit": BENEFIT}
    return {**texts, "note": NOTE, "base_version": proposal.version, "seen": 0, **changes}


def send(client: Client, proposal: Proposal, button: str = "publish", **changes: Any) -> Any:
    return client.post(address(proposal, "texte"), {**form(proposal, **changes), button: "1"})


def publish(proposal: Proposal, **changes: Any) -> ProposalVersion:
    texts = {**texts_of(proposal), "solution": BETTER, **changes.pop("texts", {})}
    sent = {"by": proposal.author, "note": NOTE, "base_version": proposal.version, "at": NOW(), **changes}
    return publish_version(proposal=proposal, texts=texts, **sent)


# ── Publishing ────────────────────────────────────────────────────────────────


def test_a_version_takes_up_the_arguments_answered_so_and_starts_its_own_counts(proposal: Proposal) -> None:
    taken = ArgumentFactory(proposal=proposal, verdict="TAKEN")
    partly, earlier = ArgumentFactory(proposal=proposal, verdict="PARTLY"), ArgumentFactory(proposal=proposal)
    not_taken = ArgumentFactory(proposal=proposal, verdict="NOT_TAKEN")
    hidden = ArgumentFactory(proposal=proposal, verdict="TAKEN", status=Status.HIDDEN)
    elsewhere = ArgumentFactory(verdict="TAKEN")
    react(proposal=proposal, user=UserFactory(), value="LIKE", at=NOW())
    ReworkDraftFactory(proposal=proposal)
    version = publish(proposal)
    proposal.refresh_from_db()
    assert (version.number, version.made_by, version.note, version.solution) == (2, proposal.author, NOTE, BETTER)
    assert (proposal.version, proposal.solution, proposal.stage) == (2, BETTER, Stage.REWORK)
    assert (proposal.like_count, proposal.current_like_count, proposal.reworked_at) == (1, 0, version.created_at)
    in_it = set(Argument.objects.filter(taken_in=2))
    assert in_it == {taken, partly}
    assert not {earlier, not_taken, hidden, elsewhere} & in_it
    assert not ReworkDraft.objects.exists()
    entry = AuditEntry.objects.get(action="version_published")
    assert (entry.actor, entry.details) == (proposal.author, {"version": 2, "arguments": 2})
    told = [message.payload for message in OutboxMessage.objects.all() if "payload" in message.payload]
    assert {"event": "version_published", "payload": {"proposal_id": proposal.pk, "version": 2}} in told


def test_other_words_from_the_page_as_it_was_are_never_taken_for_a_second_press(proposal: Proposal) -> None:
    publish(proposal)
    with pytest.raises(ChangedMeanwhile):
        publish(proposal, texts={"solution": f"{BETTER} Et un banc."}, base_version=1)


def test_an_argument_stays_with_the_version_that_took_it_up(proposal: Proposal) -> None:
    argument = ArgumentFactory(proposal=proposal, verdict="TAKEN")
    publish(proposal)
    proposal.refresh_from_db()
    publish(proposal, texts={"benefit": f"{BENEFIT} Et la nuit aussi."})
    argument.refresh_from_db()
    assert argument.taken_in == 2
    assert AuditEntry.objects.filter(action="version_published", details={"version": 3, "arguments": 0}).exists()


def test_the_same_press_again_makes_no_second_version(author: Client, proposal: Proposal) -> None:
    first = send(author, proposal)
    again = send(author, proposal)  # the page as it was: version 1, the same words
    assert first.headers["Location"] == again.headers["Location"] == proposal.get_absolute_url()
    assert proposal.versions.count() == 2
    assert not ReworkDraft.objects.exists()


def test_a_new_version_never_takes_a_proposal_back_on_its_way(proposal: Proposal) -> None:
    stages = []
    for number, stage in enumerate([Stage.IDEA, Stage.COLLECTIVE, Stage.PROJECT]):
        Proposal.objects.filter(pk=proposal.pk).update(stage=stage)
        proposal.refresh_from_db()
        publish(proposal, texts={"benefit": f"{BENEFIT} {number}"})
        stages.append(Proposal.objects.get(pk=proposal.pk).stage)
    assert stages == [Stage.REWORK, Stage.COLLECTIVE, Stage.PROJECT]


def test_only_those_who_work_on_it_publish_and_only_a_change(proposal: Proposal) -> None:
    with pytest.raises(NotAnAuthor):
        publish(proposal, by=UserFactory())
    with pytest.raises(NothingChanged):
        publish(proposal, texts={"solution": SOLUTION})
    Proposal.objects.filter(pk=proposal.pk).update(solution=f"{SOLUTION}  \r\n\r\n\r\n ", title=f" {proposal.title}")
    proposal.refresh_from_db()
    with pytest.raises(NothingChanged):  # what is imported may hold spaces that a form takes out
        publish(proposal, texts={"solution": SOLUTION})
    assert not proposal.versions.filter(number=2).exists()


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"note": ""}, "Ce qui change"),
        ({"note": "\u200b" * 50}, "10"),
        ({"solution": "Trop court."}, "30"),
        ({"solution": "Une longue phrase collée. " * 800}, "trop"),
        ({"title": "\u202e\u2066"}, "8"),
        ({"benefit": "👩\u200d👩\u200d👧 " * 7}, "30"),
        ({"base_version": "99999999999999999999"}, "Rien n’est perdu"),
    ],
)
def test_bad_input_gets_a_sentence_and_is_kept_as_a_draft(
    author: Client, proposal: Proposal, changes: dict[str, str], says: str
) -> None:
    response = send(author, proposal, **changes)
    page = response.content.decode()
    assert response.status_code in (409, 422)
    assert says in page
    assert "On entre de plain-pied" in page or "solution" in changes
    draft = ReworkDraft.objects.get()
    assert "solution" in changes or draft.solution == BETTER
    assert all(draft.solution.startswith(words.strip()[:500]) for name, words in changes.items() if name == "solution")
    assert not proposal.versions.filter(number=2).exists()


def test_where_nothing_changed_no_note_is_asked_for(author: Client, proposal: Proposal) -> None:
    response = send(author, proposal, solution=proposal.solution, note="")
    page = response.content.decode()
    assert response.status_code == 409
    assert says(page, NothingChanged)
    assert not response.context["form"].errors


def test_a_long_imported_text_stays_as_long_and_an_empty_part_may_stay_empty(
    author: Client, proposal: Proposal
) -> None:
    long = "Un article de loi, avec ses alinéas. " * 400
    Proposal.objects.filter(pk=proposal.pk).update(solution=long, problem="", title="T" * 200)
    title = "T" * 199 + "U"
    assert send(author, proposal, solution=long[:-40], problem="", title=title).status_code == 302
    proposal.refresh_from_db()
    assert (proposal.version, proposal.problem, proposal.title) == (2, "", title)


def test_after_the_phase_closed_the_text_is_refused_kept_and_shown(author: Client, proposal: Proposal) -> None:
    close_phase()
    response = send(author, proposal)
    assert response.status_code == 409
    assert "On entre de plain-pied" in response.content.decode()
    assert ReworkDraft.objects.get().note == NOTE
    assert "On entre de plain-pied" in author.get(address(proposal)).content.decode()


# ── Two at once ───────────────────────────────────────────────────────────────


def test_two_co_authors_at_once_lose_nothing(
    visit: Callable[..., Client], in_saran: Municipality, author: Client, proposal: Proposal
) -> None:
    co_author = AuthorshipFactory(proposal=proposal, user=UserFactory(public_name="Campanule")).user
    other = visit(in_saran, co_author, stays=True)
    # Both have opened version 1. She changes the solution and the benefit; he the solution and the problem.
    theirs = {
        "solution": f"{SOLUTION} Avec deux volontaires par soir.",
        "problem": PROBLEM,
        "benefit": f"{BENEFIT} Oui.",
    }
    mine = {"solution": BETTER, "problem": f"{PROBLEM} Vraiment.", "benefit": BENEFIT}
    assert send(other, proposal, **theirs).status_code == 302
    response = send(author, proposal, **mine)
    assert response.status_code == 409
    page = response.content.decode()
    assert "Campanule a publié la version 2 pendant que vous écriviez." in page
    assert "Avec deux volontaires par soir." in page
    sent = response.context["form"].initial
    assert (sent["solution"], sent["problem"], sent["benefit"]) == (BETTER, mine["problem"], theirs["benefit"])
    assert (sent["base_version"], sent["note"]) == (2, NOTE)
    # The same again after closing the browser: it was kept.
    assert author.get(address(proposal)).context["form"].initial == sent
    both = f"{BETTER} Avec deux volontaires par soir."
    assert author.post(address(proposal, "texte"), {**sent, "solution": both, "publish": "1"}).status_code == 302
    proposal.refresh_from_db()
    assert (proposal.version, proposal.solution) == (3, both)
    assert (proposal.problem, proposal.benefit) == (mine["problem"], theirs["benefit"])
    assert ProposalVersion.objects.get(proposal=proposal, number=2).solution == theirs["solution"]


def test_who_was_sent_away_while_writing_keeps_their_words(
    visit: Callable[..., Client], in_saran: Municipality, proposal: Proposal
) -> None:
    client = visit(in_saran, gone := UserFactory(), stays=True)
    typed = {"solution": "Des mots tapés pendant ce temps."}
    assert send(client, proposal, **typed).status_code == 404
    ReworkDraftFactory(proposal=proposal, user=gone)
    answer = send(client, proposal, **typed)
    assert (answer.status_code, typed["solution"] in answer.content.decode()) == (409, True)
    assert client.get(address(proposal)).status_code == 404


def test_two_devices_of_one_person_never_overwrite_each_other(author: Client, proposal: Proposal) -> None:
    saved = send(author, proposal, "autosave")
    assert saved.status_code == 204
    seen = int(saved.headers["X-Draft-Seen"])
    assert send(author, proposal, "autosave", seen=seen, benefit=f"{BENEFIT} Sur le téléphone.").status_code == 204
    # The other device still knows only the first saving.
    late = {"seen": seen, "benefit": f"{BENEFIT} Sur l’ordinateur."}
    assert send(author, proposal, "autosave", **late).status_code == 409
    response = send(author, proposal, "publish", **late)
    assert response.status_code == 409
    page = response.content.decode()
    assert "Sur le téléphone." in page
    assert "Sur l’ordinateur." in page
    assert ReworkDraft.objects.get().benefit.endswith("Sur le téléphone.")
    sent = response.context["form"].initial
    assert author.post(address(proposal, "texte"), {**sent, "publish": "1"}).status_code == 302
    proposal.refresh_from_db()
    assert proposal.benefit.endswith("Sur l’ordinateur.")


def test_a_draft_thrown_away_is_not_brought_back_by_a_device_that_remembers_it(
    author: Client, proposal: Proposal
) -> None:
    seen = int(send(author, proposal, "autosave").headers["X-Draft-Seen"])
    assert author.get(address(proposal, "abandonner")).status_code == 200
    assert author.post(address(proposal, "abandonner")).headers["Location"] == address(proposal)
    assert not ReworkDraft.objects.exists()
    begun = save_rework(
        proposal=proposal,
        by=proposal.author,
        texts=texts_of(proposal),
        note="",
        base_version=1,
        seen_revision=0,
        at=NOW() + timedelta(seconds=2),
    )
    assert begun.revision > seen
    assert send(author, proposal, "autosave", seen=seen).status_code == 409


def test_each_co_author_has_a_draft_of_their_own(
    visit: Callable[..., Client], in_saran: Municipality, author: Client, proposal: Proposal
) -> None:
    other = visit(in_saran, AuthorshipFactory(proposal=proposal).user, stays=True)
    send(author, proposal, "keep")
    assert "On entre de plain-pied" not in other.get(address(proposal)).content.decode()
    assert send(other, proposal, "keep", seen=0).status_code == 302
    assert ReworkDraft.objects.count() == 2


# ── While one writes ──────────────────────────────────────────────────────────


def test_the_difference_of_one_part_comes_back_alone(author: Client, proposal: Proposal) -> None:
    def part(**sent: str) -> str:
        return author.post(address(proposal, "difference"), sent).content.decode()

    assert "Pas de changement" in part(solution=f"{SOLUTION}  \r\n")
    shown = part(solution=BETTER + " <script>")
    assert "<ins>" in shown
    assert "21 h 30" in shown
    assert "&lt;script&gt;" in shown
    assert "<h1" not in shown
    assert "trop long" in part(benefit="Une longue phrase collée. " * 800)
    assert author.post(address(proposal, "difference"), {"status": "HIDDEN"}).status_code == 404


def test_a_version_made_at_the_very_same_moment_is_one(real_db: str) -> None:
    """Four presses in four processes: the lock lets one publish, the others find it done."""
    city = Municipality.objects.get(slug="saran")
    with schema_context(city.schema_name):
        proposal = VersionedProposalFactory()

    def press(_number: int) -> int:
        try:
            with schema_context(city.schema_name):
                return publish(proposal, base_version=1).number
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as threads:
        assert set(threads.map(press, range(4))) == {2}
    with schema_context(city.schema_name):
        assert proposal.versions.count() == 2
