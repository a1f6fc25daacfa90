"""Monday's list: its mail leads to the desk, a message leaves by one press, a thing is done without, none is left."""

import re
from collections.abc import Callable, Iterator
from datetime import datetime, time, timedelta
from typing import Any

import pytest
from django.utils import timezone
from django_tenants.utils import schema_context
from playwright.sync_api import Page, expect

from accounts.enums import Role
from consultations.contacts.models import Concern, Contact, Exchange
from consultations.framing.models import Consultation
from consultations.portal.models import WorkItem
from consultations.worklist.models import ListedThing, MondayList
from consultations.worklist.services.monday import make_list, write_on_monday
from tenants.models import Municipality
from tests.accounts.factories import UserFactory
from tests.browser.conftest import PHONE, Live
from tests.browser.people import come_in, follow
from tests.browser.test_moderation_story import clean
from tests.browser.test_resident_story import both_ways
from tests.contacts.factories import ContactFactory
from tests.participation.factories import ProposalFactory

pytestmark = pytest.mark.browser

SILENT = "participation.without_argument:"


def this_monday() -> datetime:
    """At eight, in the city's own time."""
    today = timezone.localdate()
    return timezone.make_aware(datetime.combine(today - timedelta(days=today.weekday()), time(8)))


@pytest.fixture
def association(live: Live) -> Iterator[Contact]:
    """Whom a challenge concerns of which a proposal is liked, and argued by nobody; whoever else it concerns was
    written to lately. This week's list is not yet made."""
    long_ago = timezone.now() - timedelta(days=30)
    with schema_context("public"):
        saran = Municipality.objects.get(slug="saran")
    with schema_context(saran.schema_name):
        MondayList.objects.all().delete()
        before = dict(Contact.objects.values_list("pk", "written_at"))
        Contact.objects.update(written_at=timezone.now())
        consultation = Consultation.objects.get(is_current=True)
        challenge = consultation.challenges.order_by("position")[0]
        proposal = ProposalFactory(challenge=challenge, title="Un verger public", like_count=99, submitted_at=long_ago)
        contact = ContactFactory(name="Les Amis du jardin", email="jardin@example.org")
        Concern.objects.create(contact=contact, challenge=challenge)
    yield contact
    with schema_context(saran.schema_name):
        WorkItem.objects.all().delete()
        MondayList.objects.all().delete()
        contact.delete()
        proposal.delete()
        for pk, written_at in before.items():
            Contact.objects.filter(pk=pk).update(written_at=written_at)
        make_list(at=timezone.now())


@both_ways
def test_the_things_of_this_week_from_their_mail_to_the_last_one(
    association: Contact,
    live: Live,
    open_page: Callable[..., Page],
    visit: Callable[..., Any],
    settings: Any,
    javascript: bool,
) -> None:
    settings.PUBLIC_PORT = f":{live.port}"  # where the links of the mail lead
    saran, site = Municipality.objects.get(slug="saran"), live.city("saran")
    with schema_context(saran.schema_name):
        reader = UserFactory(role=Role.FACILITATOR, last_login=timezone.now(), public_name=f"Odile {javascript}")
        assert write_on_monday(at=this_monday())
        assert write_on_monday(at=this_monday()) == 0, "once a week"
        listed = list(ListedThing.objects.order_by("position").values_list("key", flat=True))
    assert 2 <= len(listed) <= 5
    assert SILENT in listed
    text = live.inbox.take(reader.email)
    assert "Un verger public" in text
    link = re.search(r"http\S+#ligne-participation-without-argument-", text)
    assert link

    desk = open_page(PHONE, javascript=javascript)
    come_in(desk, site, visit(saran, reader))
    desk.goto(link[0])
    expect(desk.get_by_role("heading", name="Pour faire vivre le dialogue cette semaine")).to_be_visible()
    clean(desk)
    beside = desk.context.new_page()
    beside.goto(desk.url)
    line, same = (page.locator("#ligne-participation-without-argument-") for page in (desk, beside))
    line.locator("summary", has_text="Le message").click()
    line.get_by_label("Le message").fill("Un verger public est proposé.\n\nQu’en pensez-vous, au jardin ?")
    clean(desk)
    follow(line.get_by_role("button", name=f"Envoyer à\u00a0: {association.name}"))
    expect(desk.get_by_text("1 message part")).to_be_visible()
    clean(desk)
    assert "Qu’en pensez-vous, au jardin ?" in live.inbox.take(association.email)
    follow(same.get_by_role("button", name="Envoyer à"))  # a second press, on the page as it was
    expect(beside.get_by_text(f"déjà envoyé, par {reader.public_name}")).to_be_visible()
    with schema_context(saran.schema_name):
        assert Exchange.objects.filter(contact=association).count() == 1

    # Another is done without sending anything; then nothing is left.
    other = desk.locator(".work-item").filter(has=desk.get_by_role("button", name="C’est fait")).first
    title = other.get_by_role("heading").inner_text()
    follow(other.get_by_role("button", name="C’est fait"))
    expect(desk.get_by_text(f"«\u00a0{title}\u00a0»\u00a0: c’est fait")).to_be_visible()
    desk.locator("summary", has_text="Fait cette semaine").click()
    expect(desk.locator("li", has_text=title).get_by_role("button", name="Annuler").first).to_be_visible()
    with schema_context(saran.schema_name):
        for key in listed:
            given = {"done_at": timezone.now(), "title": key, "handled_at": timezone.now()}
            consultation = ListedThing.objects.filter(key=key)[0].consultation
            WorkItem.objects.get_or_create(consultation=consultation, key=key, defaults=given)
    desk.reload()
    expect(desk.get_by_role("heading", name="La liste de la semaine est faite")).to_be_visible()
    clean(desk)
