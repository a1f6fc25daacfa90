"""A vote: a resident fills a ballot on a phone and changes it, paper is entered by two, the result is read and recounted."""

import json
from collections.abc import Callable, Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone
from django_tenants.utils import schema_context
from playwright.sync_api import Page, expect

from accounts.enums import Role
from consultations.framing.models import Consultation, Phase
from consultations.voting.enums import Method
from consultations.voting.models import Vote
from consultations.voting.services.closing import close
from tenants.models import Municipality
from tests.accounts.factories import UserFactory
from tests.browser.conftest import DESKTOP, PHONE, Live
from tests.browser.people import come_in, go, press
from tests.browser.test_moderation_story import clean
from tests.voting.factories import a_vote, cast

pytestmark = pytest.mark.browser


@pytest.fixture
def vote(live: Live) -> Iterator[Vote]:
    """Saran's consultation is in its time to choose, for as long as the test lasts."""
    with schema_context(Municipality.objects.get(slug="saran").schema_name):
        kept = list(Phase.objects.filter(consultation=Consultation.objects.get(is_current=True)))
        made = a_vote(method=Method.SHARES)
        for number in range(33):
            cast(made, 1 + number % 5, 1 + (number + 1) % 5)
    yield made
    with schema_context(Municipality.objects.get(slug="saran").schema_name):
        Vote.objects.get(pk=made.pk).delete()
        for phase in kept:
            phase.save(update_fields=["opens_at", "closes_at"])


@pytest.mark.parametrize("javascript", [True, False], ids=["with-javascript", "without-javascript"])
def test_a_ballot_is_filled_changed_counted_and_counted_again(
    live: Live,
    open_page: Callable[..., Page],
    visit: Callable[..., Any],
    vote: Vote,
    tmp_path: Path,
    javascript: bool,
) -> None:
    saran, site = Municipality.objects.get(slug="saran"), live.city("saran")
    with schema_context(saran.schema_name):
        resident = UserFactory()
        team = [UserFactory(role=Role.ADMINISTRATOR) for _unused in range(2)]

    phone = open_page(PHONE, javascript=javascript)
    come_in(phone, site, visit(saran, resident))
    phone.goto(site + vote.get_absolute_url())
    clean(phone)
    (press if javascript else go)(phone, "Choisir")
    expect(phone.get_by_text("1 projet soutenu")).to_be_visible()
    clean(phone)
    go(phone, "Relire et voter")
    clean(phone)
    go(phone, "Confirmer mon vote")
    expect(phone.get_by_role("heading", level=1)).to_contain_text("Votre bulletin compte")
    clean(phone)
    receipt = phone.locator(".receipt__code").inner_text()
    go(phone, "Changer mon vote")
    (press if javascript else go)(phone, "Choisir")
    expect(phone.get_by_text("2 projets soutenus")).to_be_visible()
    go(phone, "Relire et voter")
    go(phone, "Confirmer mon vote")
    assert phone.locator(".receipt__code").inner_text() == receipt

    papers = f"{site}/gestion{vote.get_absolute_url()}papier/"
    desk = open_page(DESKTOP, javascript=javascript)
    come_in(desk, site, visit(saran, team[0]))
    desk.goto(papers)
    clean(desk)
    desk.get_by_role("checkbox").first.check()
    go(desk, "Saisir ce bulletin")
    other = open_page(DESKTOP, javascript=javascript)
    come_in(other, site, visit(saran, team[1]))
    other.goto(papers)
    go(other, "C’est bien ce que dit le papier")
    clean(other)

    with schema_context(saran.schema_name):
        now = timezone.now()
        Vote.objects.filter(pk=vote.pk).update(closes_at=now)
        close(vote_id=vote.pk, at=now)
    phone.goto(f"{site}{vote.get_absolute_url()}resultat/")
    expect(phone.get_by_text("35 personnes ont voté")).to_be_visible()
    clean(phone)
    taken = phone.locator(".rounds__t").all_inner_texts()
    with phone.expect_download() as sent:
        press(phone, "Les 35 bulletins")
    file = tmp_path / "bulletins.pb"
    sent.value.save_as(file)
    said = StringIO()
    call_command("count_votes", str(file), "--rule", "equal-shares", "--json", stdout=said)
    with schema_context(saran.schema_name):
        titles = {str(item.number): item.title for item in vote.items.all()}
    counted = [titles[each] for each in json.loads(said.getvalue())["selected"]]
    assert len(counted) == len(taken) > 0
    assert all(line.startswith(title) for title, line in zip(counted, taken, strict=True)), (counted, taken)
