"""What one person, or one robot, can make grow is bounded; what is refused keeps the words, and says so."""

import re
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from threading import Barrier, BrokenBarrierError, Thread
from typing import Any

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_tenants.utils import schema_context

from accounts.limits import NEWCOMERS
from accounts.models import User
from common.limits import Rate
from consultations.cocreation.selectors.versions import VERSIONS_A_PAGE, version_history
from consultations.cocreation.selectors.workshop import texts_of
from consultations.cocreation.services.refusals import TooManyVersions
from consultations.cocreation.services.rework import VERSIONS_A_DAY, publish_version
from consultations.participation.models import DRAFTS_MAX, Draft, Proposal, ProposalVersion
from consultations.participation.selectors.drafts import Writer
from consultations.participation.services import drafts
from consultations.participation.services.drafts import begin_draft
from consultations.participation.services.proposals import submit_proposal
from consultations.participation.services.refusals import TooManyDrafts
from onboarding.models import ProvisioningRun
from tenants.models import Municipality
from tests.accounts.factories import UserFactory
from tests.participation.factories import SOLUTION, DraftFactory, VersionedProposalFactory, any_challenge
from tests.support.addresses import CITY, PUBLIC, addresses, one_of_everything, path_of

NOW = timezone.now
BEGIN = "/defis/ecologie/proposer/"


# ── Sessions ─────────────────────────────────────────────────────────────────


def test_no_page_that_a_visitor_looks_at_makes_a_session(
    visit: Callable[..., Client], saran: Municipality, db: None
) -> None:
    """Robots follow every link, each time without a cookie."""
    with schema_context(saran.schema_name):
        things = one_of_everything()
        before = Session.objects.count()
    odd = []
    for address in addresses(settings.ROOT_URLCONF):
        path = path_of(address, things)
        for query in ("", "?next=/propositions/&page=2&tri=x&graine=1&serie=territoires-resilients&voir=x"):
            answer = visit(saran).get(path + query)
            if settings.SESSION_COOKIE_NAME in answer.cookies:
                odd.append(path + query)
    run = ProvisioningRun.objects.get(slug="saran")
    for address in addresses(settings.PUBLIC_SCHEMA_URLCONF):
        path = path_of(address, {"run": run.pk, "city": saran.pk})
        for query in ("", "?next=/ops/&serie=territoires-resilients&q=saran&collectivite=COMMUNE-45302"):
            answer = visit(None).get(path + query)
            if settings.SESSION_COOKIE_NAME in answer.cookies:
                odd.append(path + query)
    assert not odd, odd
    with schema_context(saran.schema_name):
        assert Session.objects.count() == before
    assert CITY
    assert PUBLIC


def test_a_robot_that_presses_without_a_cookie_makes_no_more_sessions_than_a_fair(
    visit: Callable[..., Client], in_saran: Municipality, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(NEWCOMERS, "rates", (Rate(3, 3600, "network"),))
    path = VersionedProposalFactory().get_absolute_url() + "reagir/"
    answers = [visit(in_saran, stays=True).post(path, {"reaction": "LIKE"}).status_code for _each in range(5)]
    assert answers == [302, 302, 302, 429, 429]


# ── Drafts ───────────────────────────────────────────────────────────────────


def begun(client: Client, number: int, **more: str) -> Any:
    return client.post(BEGIN, {"solution": f"{SOLUTION} Numéro {number}.", **more})


@pytest.mark.parametrize("known", [True, False])
def test_one_writes_twenty_drafts_at_once_and_the_words_of_the_next_stay_in_the_page(
    visit: Callable[..., Client], in_saran: Municipality, known: bool
) -> None:
    client = visit(in_saran, UserFactory() if known else None, stays=True)
    for number in range(DRAFTS_MAX):
        assert begun(client, number, autosave="1").status_code == 204
    refused = begun(client, 99)
    page = refused.content.decode()
    assert refused.status_code == 409
    assert "Numéro 99." in page
    assert "20\u00a0brouillons" in page or "20 brouillons" in page
    assert ("Ma participation" in page.partition("Numéro 99.")[0].rpartition("brouillons")[2]) == known
    assert Draft.objects.count() == DRAFTS_MAX
    first = Draft.objects.order_by("updated_at")[0]
    assert client.get(f"/brouillons/{first.pk}/solution/").status_code == 200  # the first one is not forgotten
    client.post(f"/brouillons/{first.pk}/supprimer/confirmer/")
    assert begun(client, 99).status_code == 302


def test_a_published_draft_makes_room_for_another(visit: Callable[..., Client], in_saran: Municipality) -> None:
    user = UserFactory()
    begun_ones = [DraftFactory(author=user, title=f"Un titre assez long {number}") for number in range(DRAFTS_MAX)]
    with pytest.raises(TooManyDrafts):
        begin_draft(challenge=any_challenge(), writer=Writer(user))
    submit_proposal(draft=begun_ones[0], author=user, at=NOW())
    assert begin_draft(challenge=any_challenge(), writer=Writer(user))


def test_two_at_once_begin_no_more(real_db: str, monkeypatch: pytest.MonkeyPatch) -> None:
    city = Municipality.objects.get(slug="saran")
    with schema_context(city.schema_name):
        user = UserFactory()
        DraftFactory.create_batch(DRAFTS_MAX - 1, author=user)
    both_have_counted = Barrier(2)
    count = drafts.open_drafts

    def counted(**kwargs: Any) -> list[str]:
        found = count(**kwargs)
        with suppress(BrokenBarrierError):  # the second waits for the first to be done, and they never meet
            both_have_counted.wait(timeout=1)
        return found

    monkeypatch.setattr(drafts, "open_drafts", counted)

    def begin() -> None:
        try:
            with schema_context(city.schema_name), suppress(TooManyDrafts):
                begin_draft(challenge=any_challenge(), writer=Writer(User.objects.get(pk=user.pk)))
        finally:
            connection.close()

    threads = [Thread(target=begin) for _each in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with schema_context(city.schema_name):
        assert Draft.objects.filter(author=user).count() == DRAFTS_MAX


# ── Versions ─────────────────────────────────────────────────────────────────


def publish(proposal: Proposal, number: int, at: Any) -> ProposalVersion:
    proposal.refresh_from_db()
    author = proposal.author
    assert author is not None
    texts = {**texts_of(proposal), "solution": f"{SOLUTION} Et aussi {number}."}
    return publish_version(
        proposal=proposal, by=author, texts=texts, note="Une précision.", base_version=proposal.version, at=at
    )


def test_ten_versions_a_day_and_the_text_of_the_next_is_kept_for_tomorrow(
    visit: Callable[..., Client], in_saran: Municipality
) -> None:
    proposal, at = VersionedProposalFactory(), NOW()
    for number in range(VERSIONS_A_DAY):
        publish(proposal, number, at)
    with pytest.raises(TooManyVersions):
        publish(proposal, 99, at)
    proposal.refresh_from_db()
    sent = {
        **texts_of(proposal),
        "solution": f"{SOLUTION} La onzième version.",
        "note": "Une précision de plus.",
        "base_version": str(proposal.version),
        "seen": "0",
        "publish": "1",
    }
    client = visit(in_saran, proposal.author, stays=True)
    refused = client.post(f"{proposal.get_absolute_url()}atelier/texte/", sent)
    assert refused.status_code == 409
    assert "La onzième version." in refused.content.decode()
    assert "publiez-le demain" in refused.content.decode()
    assert "La onzième version." in client.get(f"{proposal.get_absolute_url()}atelier/?texte").content.decode()
    publish(proposal, 100, at + timedelta(days=1, minutes=1))


@pytest.fixture
def long_story(in_saran: Municipality) -> Proposal:
    last = 2 * VERSIONS_A_PAGE + 5
    proposal = VersionedProposalFactory()
    ProposalVersion.objects.bulk_create(
        ProposalVersion(proposal=proposal, number=number, title=f"Titre {number}", solution=f"Texte {number}")
        for number in range(2, last + 1)
    )
    Proposal.objects.filter(pk=proposal.pk).update(version=last)
    proposal.refresh_from_db()
    return proposal


def shown(page: str) -> list[int]:
    return [int(number) for number in re.findall(r'id="version-(\d+)"', page)]


def test_the_versions_are_read_page_by_page_and_any_two_are_compared(
    visit: Callable[..., Client], in_saran: Municipality, long_story: Proposal
) -> None:
    client, path = visit(in_saran, stays=True), f"{long_story.get_absolute_url()}versions/"
    seen = [number for page in "123" for number in shown(client.get(f"{path}?page={page}").content.decode())]
    assert seen == list(range(long_story.version, 0, -1))
    page = client.get(f"{path}?lire=3").content.decode()
    assert 3 in shown(page)
    assert "<p>Texte 3</p>" in page
    compared = client.get(f"{path}?de=2&a=44").content.decode()
    assert 'value="2" selected' in compared
    assert 'value="44" selected' in compared
    for odd in ("?page=x", "?page=99", "?page=-1", "?lire=99999999999", "?lire=0", "?de=0&a=1"):
        assert client.get(path + odd).status_code == 200


def test_a_page_of_versions_costs_the_same_however_many_there_are(in_saran: Municipality, long_story: Proposal) -> None:
    short = VersionedProposalFactory()
    publish(short, 1, NOW())

    def cost(proposal: Proposal) -> int:
        with CaptureQueriesContext(connection) as captured:
            history = version_history(proposal)
            assert history is not None
            list(history.page)
        return len(captured)

    assert cost(long_story) <= cost(short) + 1


# ── Presses ──────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("what", ["reagir/", "suivre/"])
def test_pressing_again_and_again_is_slowed_in_words(
    visit: Callable[..., Client], in_saran: Municipality, what: str
) -> None:
    """Taken back and given again, a reaction leaves a line in the trail each time."""
    client = visit(in_saran, UserFactory(), stays=True)
    path = VersionedProposalFactory().get_absolute_url() + what
    answers = [
        client.post(path, {"reaction": "LIKE", "suivre": "oui" if number % 2 else "non"}).status_code
        for number in range(45)
    ]
    assert answers[:40] == [302] * 40
    assert answers[40:] == [429] * 5
