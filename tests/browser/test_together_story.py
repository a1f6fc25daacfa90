"""What brings people together: read by keyboard, left by a participant, made again and published by the team."""

from collections.abc import Callable
from typing import Any

import pytest
from django_tenants.utils import schema_context
from playwright.sync_api import Page, expect

from accounts.enums import Role
from consultations.analysis.enums import RunKind, RunState
from consultations.analysis.models import AnalysisRun, LeftAnalyses
from consultations.analysis.services.running import make_run
from tenants.models import Municipality
from tests.accounts.factories import UserFactory
from tests.browser.conftest import DESKTOP, PHONE, Live
from tests.browser.people import come_in, go
from tests.browser.test_moderation_story import clean

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("javascript", [True, False], ids=["with-javascript", "without-javascript"])
def test_what_brings_people_together_is_read_left_and_made_again(
    live: Live, open_page: Callable[..., Page], visit: Callable[..., Any], javascript: bool
) -> None:
    saran, site = Municipality.objects.get(slug="saran"), live.city("saran")
    with schema_context(saran.schema_name):
        participant, team = UserFactory(public_name=""), UserFactory(role=Role.ADMINISTRATOR)

    reader = open_page(PHONE, javascript=javascript)
    come_in(reader, site, visit(saran, participant))
    reader.goto(f"{site}/ce-qui-rassemble/")
    expect(reader.get_by_role("heading", level=1)).to_contain_text("que tous les groupes aiment")
    clean(reader)
    # The drawing is read through its table, the keyboard leads from it to a proposal.
    first = reader.get_by_role("row").nth(1)
    expect(first).to_contain_text("%")
    first.get_by_role("link").focus()
    with reader.expect_navigation():
        reader.keyboard.press("Enter")
    expect(reader.get_by_text("Vos réactions aident aussi à voir ce qui rassemble")).to_be_visible()
    go(reader, "Ce que l’on en fait")
    clean(reader)
    go(reader, "Sortir des analyses, ou y revenir")
    go(reader, "Sortir des analyses")
    expect(reader.get_by_text("Elles sont laissées de côté.")).to_be_visible()
    clean(reader)
    with schema_context(saran.schema_name):
        assert LeftAnalyses.objects.filter(user=participant).exists()

    desk = open_page(DESKTOP, javascript=javascript)
    come_in(desk, site, visit(saran, team))
    desk.goto(f"{site}/gestion/consultations/territoires-resilients/ce-qui-rassemble/")
    expect(desk.get_by_role("heading", level=1)).to_have_text("Ce qui rassemble")
    go(desk, "Refaire l’analyse")
    expect(desk.get_by_text("L’analyse attend son tour.")).to_be_visible()
    with schema_context(saran.schema_name):
        make_run(run_id=AnalysisRun.objects.get(kind=RunKind.GROUPS, state=RunState.ASKED).pk)
    if javascript:  # the page asks for itself again
        expect(desk.get_by_text("Tout le monde lit une analyse plus ancienne")).to_be_visible(timeout=20_000)
    else:
        desk.reload()
    clean(desk)
    go(desk, "Publier cette analyse")
    expect(desk.get_by_text("Tout le monde lit ce qui suit")).to_be_visible()
