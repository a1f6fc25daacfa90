"""A reader reports on a phone; it is hidden with reasons; its author contests; another shows it again; all are told."""

import re
import time
from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone
from django_tenants.utils import schema_context
from playwright.sync_api import Page, expect

from accounts.enums import Role
from common.outbox import messages_of
from consultations.moderation.models import Case, Decision
from consultations.moderation.services.deciding import announce_decision
from consultations.participation.counts import recount
from consultations.participation.enums import Status
from consultations.participation.models import Argument
from notifications.models import Notice
from tenants.models import Municipality
from tenants.tasks import sweep_outboxes
from tests.accounts.factories import UserFactory
from tests.browser.axe import SIGHT, findings
from tests.browser.conftest import DESKTOP, PHONE, Live
from tests.browser.people import come_in, follow, go
from tests.browser.test_resident_story import both_ways
from tests.participation.factories import ArgumentFactory
from tests.processes import eventually

pytestmark = pytest.mark.browser

TEXT = "Demandez à Mme Lefort, au 02 61 91 04 17, ce qu’elle en pense : elle rentre à pied du marché."
WHY = "C’est ma tante, elle n’est pas au courant."
APPEAL = "Elle me l’a permis, et son numéro est celui de son association."


def clean(page: Page) -> None:
    """Axe needs scripts to run: the pages of the visit without JavaScript are the same."""
    if page.evaluate("matchMedia('(scripting: enabled)').matches"):
        found = findings(page, page.url)
        for scheme in ("dark", "light"):
            page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            found += findings(page, f"{page.url} {scheme}", SIGHT)
        assert not found, "\n".join(found)


@both_ways
def test_reported_hidden_contested_shown_again(
    live: Live, open_page: Callable[..., Page], visit: Callable[..., Any], javascript: bool
) -> None:
    saran, site = Municipality.objects.get(slug="saran"), live.city("saran")
    with schema_context(saran.schema_name):
        argument = ArgumentFactory(text=TEXT)
        first, second = UserFactory(role=Role.FACILITATOR), UserFactory(role=Role.ADMINISTRATOR)
        recount()
        place, author = argument.get_absolute_url(), argument.author
        reporter = UserFactory()
    reader, known = (open_page(PHONE, javascript=javascript) for _person in range(2))
    desk, other = (open_page(DESKTOP, javascript=javascript) for _person in range(2))
    writer = open_page(PHONE, javascript=javascript)
    for page, person in ((known, reporter), (desk, first), (other, second), (writer, author)):
        come_in(page, site, visit(saran, person))

    report(reader, site + place)
    report(known, site + place)
    with schema_context(saran.schema_name):
        case = Case.objects.get(subject_id=argument.pk)
        assert case.report_count == 2

    desk.goto(f"{site}/gestion/moderation/")
    clean(desk)
    follow(desk.get_by_role("link", name=re.compile("Demandez à Mme Lefort")))
    expect(desk.get_by_text(WHY).first).to_be_visible()
    clean(desk)
    desk.locator("label[for=way-HIDE]").click()
    follow(desk.locator(".for-HIDE .ground").first)
    expect(desk.get_by_text("Le texte est masqué.")).to_be_visible()
    clean(desk)
    with schema_context(saran.schema_name):
        assert Argument.objects.get(pk=argument.pk).status == Status.HIDDEN
        decision = Decision.objects.get(case=case)
    ten_seconds_later(saran)
    with schema_context(saran.schema_name):
        assert eventually(lambda: hears(saran, author.pk, "MODERATED", 1), within=60)
        assert eventually(lambda: hears(saran, reporter.pk, "REPORT_ANSWERED", 1), within=60)
    reader.goto(site + place)
    expect(reader.get_by_text("Mme Lefort")).to_have_count(0)

    writer.goto(f"{site}/nouvelles/")
    follow(writer.get_by_role("link", name=re.compile("Lire la décision")).first)
    expect(writer.get_by_text(decision.facts)).to_be_visible()
    clean(writer)
    writer.locator("textarea[name=words]").fill(APPEAL)
    follow(writer.locator("form:has(textarea[name=words]) button[type=submit]"))

    # Who decided reads it without a button; somebody else decides.
    desk.goto(f"{site}/gestion/moderation/{case.pk}/")
    expect(desk.get_by_text(APPEAL)).to_be_visible()
    expect(desk.locator("[data-decide]")).to_have_count(0)
    other.goto(f"{site}/gestion/moderation/{case.pk}/")
    expect(other.get_by_text(APPEAL)).to_be_visible()
    clean(other)
    other.locator("label[for=way-RESTORE]").click()
    follow(other.locator(".for-RESTORE .ground").first)
    with schema_context(saran.schema_name):
        assert Argument.objects.get(pk=argument.pk).status == Status.PUBLISHED
    ten_seconds_later(saran)
    with schema_context(saran.schema_name):
        assert eventually(lambda: hears(saran, author.pk, "MODERATED", 2), within=60)
    reader.goto(site + place)
    expect(reader.get_by_text("Mme Lefort").first).to_be_visible()
    known.goto(f"{site}/nouvelles/")
    expect(known.get_by_text("Ce que vous avez signalé").first).to_be_visible()


def ten_seconds_later(city: Municipality) -> None:
    """What beat does all the time: offer what is due to the worker. Decisions of other stories may be due already."""

    def none_waits() -> bool:
        with schema_context(city.schema_name):
            return not messages_of(announce_decision).filter(due_at__gt=timezone.now()).exists()

    assert eventually(none_waits, within=60)
    sweep_outboxes()


def hears(city: Municipality, person: int, kind: str, times: int) -> bool:
    with schema_context(city.schema_name):
        return Notice.objects.filter(user=person, type=kind).count() >= times


def report(page: Page, address: str) -> None:
    """Four presses and some words."""
    page.goto(address)
    follow(page.locator(".argument a[href*='/signaler/argument/']").first)
    clean(page)
    follow(page.locator("button[value=PERSONAL]"))
    page.locator("textarea[name=words]").fill(WHY)
    follow(page.locator("form:has(textarea[name=words]) button[type=submit]"))
    expect(page.get_by_text("C’est reçu")).to_be_visible()
    clean(page)


def test_a_routine_decision_takes_a_few_keys(
    live: Live, open_page: Callable[..., Page], visit: Callable[..., Any]
) -> None:
    """G, P, H and a number decide, Z undoes, J and K go on; never inside a field, and not where they are turned off."""
    saran, site = Municipality.objects.get(slug="saran"), live.city("saran")
    with schema_context(saran.schema_name):
        arguments = [ArgumentFactory(text=f"{TEXT} ({number})") for number in range(2)]
        judge = UserFactory(role=Role.FACILITATOR)
        recount()
    page = open_page(DESKTOP)
    come_in(page, site, visit(saran, judge))
    page.goto(f"{site}/gestion/moderation/texte/argument/{arguments[0].pk}/")

    page.keyboard.press("?")
    expect(page.locator("[data-keys]")).to_have_attribute("open", "")
    page.get_by_text("Autre motif, ou préciser les faits").click()
    page.locator("#facts").press_sequentially("hgp12")  # in a field, keys are letters
    expect(page.locator("[name=decision]:checked")).to_have_count(0)
    page.goto(page.url)

    began = time.monotonic()
    page.keyboard.press("h")
    expect(page.locator("#way-HIDE")).to_be_checked()
    with page.expect_navigation():
        page.keyboard.press("1")
    assert time.monotonic() - began < 10
    expect(page.locator("[data-undo]")).to_be_visible()
    with schema_context(saran.schema_name):
        assert Argument.objects.get(pk=arguments[0].pk).status == Status.HIDDEN
    with page.expect_navigation():
        page.keyboard.press("z")
    with schema_context(saran.schema_name):
        assert Argument.objects.get(pk=arguments[0].pk).status == Status.PUBLISHED

    # From text to text; left, it is free for others.
    here = page.url
    with page.expect_navigation():
        page.keyboard.press("j")
    assert page.url != here
    with schema_context(saran.schema_name):
        assert eventually(lambda: free(saran, arguments[0].pk), within=20)
    page.keyboard.press("?")
    page.get_by_text("Désactiver les touches sur cet appareil").click()
    page.keyboard.press("g")
    expect(page.locator("[name=decision]:checked")).to_have_count(0)


def free(city: Municipality, argument: int) -> bool:
    with schema_context(city.schema_name):
        return Case.objects.filter(subject_id=argument, claimed_by=None).exists()


def test_several_at_once_and_what_was_decided_are_clean(
    live: Live, open_page: Callable[..., Page], visit: Callable[..., Any]
) -> None:
    saran, site = Municipality.objects.get(slug="saran"), live.city("saran")
    with schema_context(saran.schema_name):
        judge = UserFactory(role=Role.FACILITATOR)
    page = open_page(PHONE)
    come_in(page, site, visit(saran, judge))
    page.goto(f"{site}/gestion/moderation/")
    page.locator(".pick").first.check()
    go(page, "Décider des textes choisis")
    clean(page)
    page.goto(f"{site}/gestion/moderation/decisions/")
    clean(page)
    page.goto(f"{site}/gestion/")
    clean(page)
