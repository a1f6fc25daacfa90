"""Pages are made of what apps show on them, and each part stays within the queries that it says it may cost."""

import functools
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.http import HttpRequest
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_tenants.utils import schema_context

from accounts.enums import Role
from accounts.listing import list_neighbourhoods
from accounts.models import User
from common import mine, panels
from common.mine import Mine, Step
from common.panels import Panel, panel
from consultations.cocreation.services.merging import undo_merge
from consultations.framing.models import Consultation
from consultations.participation.enums import Stage, Status
from consultations.participation.models import Picture, Proposal
from tenants.enums import LifecycleState
from tenants.models import Municipality, VerificationRequest
from tests.accounts.factories import UserFactory
from tests.framing.test_dates import typed
from tests.participation.factories import ArgumentFactory, ProposalFactory, ReplyFactory, merge
from tests.participation.test_lists import fill as with_versions
from tests.portal.test_my_participation import one_of_everything
from tests.support.addresses import TABLES
from tests.tenants.test_lifecycle import put

ROWS = 6


@dataclass
class Costs:
    """By the template of a panel or the name of a source of steps: the most that it has cost, and what it may cost."""

    spent: Counter[str] = field(default_factory=Counter)
    budgets: dict[str, int] = field(default_factory=dict)
    shown: set[str] = field(default_factory=set)

    def of(self, name: str, budget: int, make: Callable[[], Any]) -> Any:
        with CaptureQueriesContext(connection) as captured:
            made = make()
        self.spent[name] = max(self.spent[name], len(captured))
        self.budgets[name] = budget
        if made:
            self.shown.add(name)
        return made

    @property
    def overspent(self) -> dict[str, int]:
        return {name: cost for name, cost in self.spent.items() if cost > self.budgets[name]}


@pytest.fixture
def costs(monkeypatch: pytest.MonkeyPatch) -> Costs:
    found = Costs()
    render = Panel.render

    def counted(self: Panel, request: HttpRequest, shown: Mapping[str, Any]) -> Any:
        return found.of(self.template, self.queries, lambda: render(self, request, shown))

    def counting(source: mine.Source) -> mine.Source:
        @functools.wraps(source.steps)
        def steps(page: Mine) -> list[Step]:
            made: list[Step] = found.of(name_of(source), source.queries, lambda: list(source.steps(page)))
            return made

        return replace(source, steps=steps)

    monkeypatch.setattr(Panel, "render", counted)
    monkeypatch.setattr(mine, "sources", [counting(source) for source in mine.sources])
    monkeypatch.setattr(panels, "_slots", {slot: [*those] for slot, those in panels._slots.items()})
    return found


def name_of(source: mine.Source) -> str:
    return f"{source.steps.__module__}.{source.steps.__name__}"


def get(client: Client, *paths: str) -> None:
    for path in paths:
        assert client.get(path).status_code == 200, path


def fill(user: User) -> None:
    """So many of whatever the home, the desk and a person's own page may show; apps add theirs (tests.support.addresses)."""
    consultation = Consultation.objects.get()
    for number in range(ROWS):
        one_of_everything(user)
        ProposalFactory(like_count=3, version=2, reworked_at=timezone.now())
        ProposalFactory(author__is_active=False)
        consultation.documents.create(title=f"À lire, {number}", text="Des mots.")
        for table in TABLES:
            getattr(table, "on_pages", lambda user: None)(user)


def ask_about_less_time(client: Client, city: Municipality) -> None:
    with schema_context(city.schema_name):
        consultation = Consultation.objects.get(is_current=True)
        now = timezone.now().replace(second=0, microsecond=0)
        consultation.phases.filter(kind="PROPOSE").update(opens_at=now, closes_at=now + timedelta(days=60))
        less = typed(consultation, closes_at=now + timedelta(days=30))
        answer = client.post(f"/gestion/consultations/{consultation.slug}/cadre/", less)
        assert answer.context["form"].shortens, answer.context["form"].errors
        consultation.phases.filter(kind="PROPOSE").update(closes_at=now + timedelta(days=30))


def with_hidden_things() -> list[str]:
    """The pages of a proposal that moderation has hidden, and of one that shows the places of what it has hidden."""
    picture = Picture.objects.create(content=b"JPEG", digest="0" * 20, width=4, height=3)
    shown, hidden = ProposalFactory(picture=picture, picture_hidden=True), ProposalFactory(status=Status.HIDDEN)
    for argument in ArgumentFactory.create_batch(ROWS, proposal=shown, status=Status.HIDDEN):
        ReplyFactory(argument=ArgumentFactory(proposal=argument.proposal), status=Status.HIDDEN)
    return [shown.get_absolute_url(), f"/propositions/{hidden.pk}/"]


def test_no_part_of_a_page_costs_more_than_it_says(
    settings: Any,
    visit: Callable[..., Client],
    saran: Municipality,
    person: Any,
    costs: Costs,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for table in TABLES:
        getattr(table, "on_this_day", lambda monkeypatch: None)(monkeypatch)
    user, team = person(), person(role=Role.ADMINISTRATOR)
    get(visit(saran, team, second_factor=False), "/gestion/")  # before anybody has written
    with schema_context(saran.schema_name):
        fill(user)
        list_neighbourhoods(names=[f"Quartier {number}" for number in range(ROWS)], actor=None)
        own = ProposalFactory(author=user)
        ArgumentFactory.create_batch(ROWS, proposal=own)
        formed, merge_request = merge(ROWS), merge(ROWS)
        undo_merge(
            merge_request=merge_request,
            actor=merge_request.started_by,
            reason="Nous ne disons plus la même chose.",
            at=timezone.now(),
        )
        source = formed.sources.order_by("pk")[0].proposal
        answered = user.proposals.published().exclude(pk=own.pk).order_by("pk")[0]
        proposals = [own, answered, source, formed.proposal, merge_request.proposal, with_versions(1)]
        proposals[:0] = Proposal.objects.filter(stage=Stage.PROJECT)[:1]
        pages = [proposal.get_absolute_url() for proposal in proposals if proposal]
        pages += [f"{pages[-1]}versions/", *with_hidden_things()]
        pages += [each.get_absolute_url() for each in own.challenge.consultation.challenges.all()]
    client, desk = visit(saran, user), visit(saran, team, second_factor=False)
    get(
        client,
        "/",
        "/compte/",
        "/compte/supprimer/",
        "/ma-participation/",
        "/mode-d-emploi/",
        "/ma-participation/?voir=propositions",
        *pages,
    )
    client.post(f"{source.get_absolute_url()}reagir/", {"reaction": "LIKE"}, headers={"HX-Request": "true"})
    suspended = person(suspended_until=timezone.now() + timedelta(days=1))
    get(visit(saran, suspended), proposals[-1].get_absolute_url())
    get(desk, "/gestion/")
    here = "/gestion/consultations/territoires-resilients/"
    get(visit(saran, team), f"{here}cadre/", f"{here}propositions/reunir/", "/gestion/quartiers/")
    get(visit(saran, team), f"{here}defis/{own.challenge.slug}/")
    ask_about_less_time(visit(saran, team, stays=True), saran)
    with schema_context(saran.schema_name):
        Consultation.objects.update(opened_at=None, documents_none=False)
    get(desk, "/gestion/")
    with schema_context(saran.schema_name):
        Consultation.objects.update(is_current=False)
    get(client, "/")
    with schema_context(saran.schema_name):
        Consultation.objects.update(opened_at=timezone.now(), archived_at=timezone.now())
    of_one = "/gestion/consultations/territoires-resilients/"
    get(visit(saran, team), of_one, f"{of_one}projets/")
    get(client, "/consultations/territoires-resilients/resultats/")
    put(saran, LifecycleState.TRIAL, trial_ends_on=timezone.localdate())
    settings.CITY_STORAGE_MB = 1
    with schema_context(saran.schema_name):
        cache.set("stored", 10**6)  # full
    get(desk, "/gestion/")
    put(saran, LifecycleState.READ_ONLY)
    get(client, "/")
    get(desk, "/gestion/")
    with schema_context("public"):
        Municipality.objects.filter(pk=saran.pk).update(verified_at=None)
        VerificationRequest.objects.create(municipality=saran, asker_email="x@example.org")
    get(visit(None, UserFactory(operator=True)), "/ops/", f"/ops/collectivites/{saran.pk}/")

    registered = {each.template for those in panels._slots.values() for each in those}
    registered |= {name_of(source) for source in mine.sources}
    assert registered == costs.shown, "each is shown by a page of this test"
    assert costs.overspent == {}


def test_one_that_costs_more_is_found(visit: Callable[..., Client], saran: Municipality, costs: Costs) -> None:
    @panel("home", "common/components/_counter.html", order=99, queries=1)
    def greedy(request: HttpRequest, shown: Mapping[str, Any]) -> None:
        for _unused in range(2):
            Consultation.objects.count()

    get(visit(saran), "/")
    assert costs.overspent == {"common/components/_counter.html": 2}


def test_an_app_shows_itself_without_a_word_in_the_page(rf: Any, costs: Costs) -> None:
    for order, name in ((20, "_counter"), (10, "_pagination")):
        panel("made.up", f"common/components/{name}.html", order=order)(lambda request, shown: None)
    assert [each.template[18:] for each in panels.panels_of("made.up")] == ["_pagination.html", "_counter.html"]
    assert panels.fill_slot("made.up", rf.get("/"), {}) == panels.fill_slot("nobody", rf.get("/"), {}) == ""
