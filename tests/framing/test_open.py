"""A platform opens when every condition is met, and only then; one page lists them all with what mends each."""

import re
from collections.abc import Callable
from datetime import timedelta
from importlib import import_module
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import resolve, reverse
from django.utils import timezone
from django_tenants.utils import schema_context

from accounts.enums import Role
from accounts.models import AuditEntry
from common.templatetags.ui import full_day
from consultations.framing.enums import ModeratedBy
from consultations.framing.models import Challenge, Consultation, LegalIdentity, Phase
from consultations.framing.selectors import challenges_to_read, every_consultation
from consultations.framing.services.challenges import unvalidate_challenge, validate_challenge
from consultations.framing.services.documents import add_document
from consultations.framing.services.forward import ClosedAgain
from consultations.framing.services.opening import (
    NotReadyToOpen,
    SomebodyWrote,
    close_again,
    open_consultation,
    opening_checks,
)
from consultations.participation.models import Draft
from consultations.participation.selectors.drafts import Writer
from consultations.participation.services.drafts import begin_draft
from consultations.participation.services.proposals import submit_proposal
from consultations.participation.services.refusals import PhaseClosed
from consultations.participation.week import nobody_yet
from consultations.portal.selectors.week import asked_of
from tenants.enums import LifecycleState
from tenants.models import Municipality
from tests.accounts.factories import UserFactory
from tests.participation.factories import DraftFactory, ProposalFactory
from tests.support.pages import says

pytestmark = pytest.mark.dates


@pytest.fixture
def prepared(in_saran: Municipality) -> Municipality:
    """Saran just before opening: all is there."""
    Consultation.objects.update(opened_at=None)
    Challenge.objects.update(published_at=None)
    with schema_context("public"):
        Municipality.objects.filter(pk=in_saran.pk).update(opened_at=None)
    in_saran.opened_at = None
    return in_saran


def name_of(url: str) -> str:
    return (resolve(url, urlconf="config.urls.tenant").url_name or "") if url else ""


def unmet(city: Municipality) -> list[str]:
    checks = opening_checks(consultation=Consultation.objects.get(), municipality=city, at=timezone.now())
    assert len(checks) == 11
    return [name_of(check.url) for check in checks if not check.holds]


def opens(city: Municipality) -> bool:
    try:
        open_consultation(consultation=Consultation.objects.get(), municipality=city, actor=None, at=timezone.now())
    except NotReadyToOpen:
        return False
    return True


def test_with_everything_there_it_opens_once(prepared: Municipality) -> None:
    assert unmet(prepared) == []
    assert opens(prepared)
    first = Consultation.objects.get().opened_at
    assert opens(prepared)
    assert Consultation.objects.get().opened_at == first
    assert AuditEntry.objects.filter(action="consultation_opened").count() == 2  # the fixture's, and this one
    with schema_context("public"):
        assert Municipality.objects.get(pk=prepared.pk).is_open


def without(**values: Any) -> Callable[[Municipality], object]:
    return lambda city: Consultation.objects.update(**values)


def shortened(city: Municipality) -> None:
    now = timezone.now()
    Phase.objects.filter(kind="PROPOSE").update(opens_at=now, closes_at=now + timedelta(days=6, hours=23))


def past(city: Municipality) -> None:
    now = timezone.now()
    Phase.objects.filter(kind="PROPOSE").update(opens_at=now - timedelta(days=30), closes_at=now - timedelta(minutes=1))


def undated(city: Municipality) -> None:
    Phase.objects.filter(kind="PROPOSE").update(opens_at=None, closes_at=None)


def unverified(city: Municipality) -> None:
    city.verified_at = None


def in_state(state: LifecycleState) -> Callable[[Municipality], None]:
    def set_state(city: Municipality) -> None:
        city.state = state

    return set_state


CONDITIONS: dict[str, tuple[Callable[[Municipality], object], str]] = {
    "who decides": (without(decision_maker=""), "desk_consultation"),
    "the commitment": (without(commitment=""), "desk_consultation"),
    "a contact": (without(contact_email=""), "desk_consultation"),
    "dates": (undated, "desk_consultation"),
    "a week": (shortened, "desk_consultation"),
    "a future": (past, "desk_consultation"),
    "documents or none": (without(documents_none=False), "desk_documents"),
    "a validated challenge": (lambda city: Challenge.objects.update(validated_at=None), "desk_challenges"),
    "the legal pages": (lambda city: LegalIdentity.objects.update(director=""), "desk_legal"),
    "who may answer": (without(who_may_answer=""), "desk_consultation"),
    "a moderator": (without(moderated_by=ModeratedBy.MODERATORS), "desk_consultation"),
    "a verified authority": (unverified, "desk_verification"),
    "no read-only": (in_state(LifecycleState.READ_ONLY), ""),
    "no suspension": (in_state(LifecycleState.SUSPENDED), ""),
    "no closing": (in_state(LifecycleState.CLOSED), ""),
}


@pytest.mark.parametrize("name", CONDITIONS)
def test_without_one_condition_it_stays_closed(prepared: Municipality, name: str) -> None:
    spoil, url_name = CONDITIONS[name]
    spoil(prepared)
    assert unmet(prepared) == [url_name]
    assert not opens(prepared)
    assert Consultation.objects.get().opened_at is None
    with schema_context("public"):
        assert not Municipality.objects.get(pk=prepared.pk).is_open


def test_a_moderator_or_somebody_elses_word_is_enough(prepared: Municipality) -> None:
    Consultation.objects.update(moderated_by=ModeratedBy.MODERATORS)
    UserFactory(role=Role.MODERATOR, is_active=False)
    assert unmet(prepared) == ["desk_consultation"]
    UserFactory(role=Role.MODERATOR)
    assert unmet(prepared) == []
    for other in (ModeratedBy.FRAMERS, ModeratedBy.OPERATORS):
        Consultation.objects.update(moderated_by=other)
        assert unmet(prepared) == []


def test_a_document_is_as_good_as_saying_that_there_is_none(prepared: Municipality) -> None:
    Consultation.objects.update(documents_none=False)
    add_document(
        consultation=Consultation.objects.get(),
        actor=None,
        title="Le plan",
        url="https://www.example.org/plan.pdf",
        text="",
        at=timezone.now(),
    )
    assert unmet(prepared) == []


def test_the_desk_lists_every_condition_with_a_link_that_mends_it(
    prepared: Municipality, visit: Callable[..., Client]
) -> None:
    Consultation.objects.update(decision_maker="", documents_none=False, moderated_by=ModeratedBy.MODERATORS)
    Challenge.objects.update(validated_at=None)
    LegalIdentity.objects.update(phone="")
    with schema_context("public"):
        Municipality.objects.filter(pk=prepared.pk).update(verified_at=None)
    there = "/gestion/consultations/territoires-resilients"
    page = visit(prepared, UserFactory(administrator=True), stays=True).get(f"{there}/ouverture/").content.decode()
    assert page.count("work-item__rank") == 11
    assert page[page.index('id="conditions"') :].split("</ol>")[0].count("work-item__rank") == 6
    assert "numéro de téléphone" in page
    for path in (f"{there}/cadre/", f"{there}/documents/", f"{there}/defis/", "/gestion/mentions/"):
        assert f'href="{path}"' in page, path
    assert f'href="{reverse("desk_verification")}"' in page
    assert "/gestion/consultations/territoires-resilients/ouvrir/" not in page
    # A facilitator reads that only an administrator can have the authority verified.
    page = visit(prepared, UserFactory(role=Role.FACILITATOR), stays=True).get(f"{there}/ouverture/").content.decode()
    assert not re.search(rf'work-item__act"><a [^>]*{reverse("desk_verification")}', page)
    assert re.search(r"Qui peut le faire\s: Administration\.", page)


def test_opening_by_the_button_needs_the_same_conditions(prepared: Municipality, visit: Callable[..., Client]) -> None:
    LegalIdentity.objects.all().delete()
    client = visit(prepared, UserFactory(administrator=True), stays=True)
    answer = client.post("/gestion/consultations/territoires-resilients/ouvrir/", follow=True)
    assert says(answer, NotReadyToOpen)
    with schema_context("public"):
        assert not Municipality.objects.get(pk=prepared.pk).is_open


# ── What becomes public ──────────────────────────────────────────────────────


def test_only_validated_challenges_become_public(prepared: Municipality, visit: Callable[..., Client]) -> None:
    Challenge.objects.exclude(slug="sante").update(validated_at=None)
    desk = visit(prepared, UserFactory(administrator=True), stays=True)
    page = desk.get("/gestion/consultations/territoires-resilients/ouverture/").content.decode()
    assert re.search(r"Publics à l’ouverture</dt>\s+<dd>Santé</dd>", page)
    assert "Écologie</a>" in page
    desk.post("/gestion/consultations/territoires-resilients/ouvrir/")
    visitor = visit(prepared, stays=True)
    home, everything = visitor.get("/").content.decode(), visitor.get("/propositions/").content.decode()
    for page in (home, everything):
        assert "Santé" in page
        assert "Écologie" not in page
    assert visitor.get("/defis/sante/").status_code == 200
    for path in ("/defis/ecologie/", "/defis/ecologie/proposer/", "/defis/ecologie/code-qr.svg"):
        assert visitor.get(path).status_code == 404, path
    assert visitor.post("/defis/ecologie/suivre/").status_code == 404
    # The team reads it still, and reads why others do not.
    page = desk.get("/defis/ecologie/").content.decode()
    assert "seule votre équipe le lit" in page
    assert "proposer/" not in page


def test_what_is_validated_later_is_public_at_once_and_stays_so_with_another_text(
    prepared: Municipality, visit: Callable[..., Client]
) -> None:
    Challenge.objects.exclude(slug="sante").update(validated_at=None)
    assert opens(prepared)
    ecology = Challenge.objects.get(slug="ecologie")
    desk = visit(prepared, UserFactory(administrator=True), stays=True)
    assert "pas public" in desk.get("/gestion/consultations/territoires-resilients/defis/").content.decode()
    validate_challenge(challenge=ecology, actor=None, revision=ecology.revision, at=timezone.now())
    assert visit(prepared, stays=True).get("/defis/ecologie/").status_code == 200
    Challenge.objects.filter(slug="ecologie").update(validated_at=None)  # as another text leaves it
    assert visit(prepared, stays=True).get("/defis/ecologie/").status_code == 200


def test_a_validation_taken_back_takes_a_challenge_out_of_sight_unless_somebody_wrote(prepared: Municipality) -> None:
    assert opens(prepared)
    actor = UserFactory(administrator=True)
    empty, written = Challenge.objects.get(slug="ecologie"), ProposalFactory().challenge
    empty = Challenge.objects.exclude(pk=written.pk).order_by("pk")[0]
    for challenge in (empty, written):
        unvalidate_challenge(challenge=challenge, actor=actor)
    assert not Challenge.objects.get(pk=empty.pk).is_public
    assert Challenge.objects.get(pk=written.pk).is_public


def test_a_draft_on_what_is_not_public_is_not_published(prepared: Municipality) -> None:
    assert opens(prepared)
    draft = DraftFactory(author=UserFactory())
    Challenge.objects.filter(pk=draft.challenge_id).update(published_at=None)
    with pytest.raises(PhaseClosed):
        submit_proposal(draft=draft, author=draft.author, at=timezone.now())
    Challenge.objects.filter(pk=draft.challenge_id).update(published_at=timezone.now())
    assert submit_proposal(draft=draft, author=draft.author, at=timezone.now())


def test_what_the_team_wrote_before_does_not_come_out_under_a_challenge_that_stays_in(prepared: Municipality) -> None:
    Challenge.objects.filter(slug="ecologie").update(validated_at=None, proposal_count=1)
    assert unmet(prepared) == ["desk_challenges"]
    assert not opens(prepared)


# ── From when people can write ───────────────────────────────────────────────


def test_it_says_when_writing_begins_where_it_has_not(prepared: Municipality, visit: Callable[..., Client]) -> None:
    begins = timezone.now() + timedelta(days=9)
    Phase.objects.filter(kind="PROPOSE").update(opens_at=begins, closes_at=begins + timedelta(days=30))
    Phase.objects.filter(kind="PREPARE").update(closes_at=begins)
    desk = visit(prepared, UserFactory(administrator=True), stays=True)
    page = desk.post("/gestion/consultations/territoires-resilients/ouvrir/", follow=True).content.decode()
    assert "tout le monde peut la lire" in page
    assert f"On pourra proposer à partir du {full_day(begins)}" in page
    assert "savoir" not in page


def test_it_says_so_where_people_can_write(prepared: Municipality, visit: Callable[..., Client]) -> None:
    desk = visit(prepared, UserFactory(administrator=True), stays=True)
    page = desk.post("/gestion/consultations/territoires-resilients/ouvrir/", follow=True).content.decode()
    assert "Votre plateforme est ouverte. Faites-le savoir" in page
    assert "On pourra proposer" not in page


# ── The way back ─────────────────────────────────────────────────────────────


def test_an_opening_is_undone_until_somebody_has_written(prepared: Municipality, visit: Callable[..., Client]) -> None:
    assert opens(prepared)
    desk = visit(prepared, UserFactory(administrator=True), stays=True)
    assert "Refermer, personne n’a encore écrit" in desk.get("/gestion/").content.decode()
    facilitator = visit(prepared, UserFactory(role=Role.FACILITATOR), stays=True)
    assert "Refermer, personne" not in facilitator.get("/gestion/").content.decode()
    page = desk.post("/gestion/consultations/territoires-resilients/refermer/", follow=True).content.decode()
    assert "Elle est refermée" in page
    assert "/gestion/consultations/territoires-resilients/ouverture/" in page
    assert not Consultation.objects.get().opened_at
    assert not Challenge.objects.filter(published_at__isnull=False).exists()
    assert AuditEntry.objects.filter(action="consultation_closed_again").count() == 1
    assert "prépare sa consultation" in visit(prepared, stays=True).get("/").content.decode()
    assert opens(prepared)
    assert visit(prepared, stays=True).get("/defis/sante/").status_code == 200


@pytest.mark.parametrize("written", [ProposalFactory, DraftFactory], ids=["a proposal", "a draft"])
def test_once_somebody_has_written_it_stays_open(
    prepared: Municipality, visit: Callable[..., Client], written: Callable[[], object]
) -> None:
    assert opens(prepared)
    written()
    desk = visit(prepared, UserFactory(administrator=True), stays=True)
    assert "Refermer, personne" not in desk.get("/gestion/").content.decode()
    assert says(desk.post("/gestion/consultations/territoires-resilients/refermer/", follow=True), SomebodyWrote)
    assert Consultation.objects.get().opened_at
    with schema_context("public"):
        assert Municipality.objects.get(pk=prepared.pk).is_open


def test_closing_what_is_not_open_is_nothing(prepared: Municipality) -> None:
    close_again(consultation=Consultation.objects.get(), municipality=prepared, actor=None, at=timezone.now())
    assert not AuditEntry.objects.filter(action="consultation_closed_again").exists()


# ── What is missing ──────────────────────────────────────────────────────────


def test_an_optional_field_is_never_what_is_missing(prepared: Municipality, visit: Callable[..., Client]) -> None:
    LegalIdentity.objects.update(help_place="")
    desk = visit(prepared, UserFactory(administrator=True), stays=True)
    assert "où participer sans le site" not in desk.get("/gestion/").content.decode().lower()
    assert "Un brouillon" not in desk.get("/accessibilite/").content.decode()


def test_what_was_open_before_challenges_were_published_one_by_one_is_public_still(prepared: Municipality) -> None:
    publish = import_module("consultations.framing.migrations.0004_published_challenges").Migration.operations[1].sql
    with connection.cursor() as cursor:
        cursor.execute(publish)
        assert not Challenge.objects.filter(published_at__isnull=False).exists(), "not open yet"
        opened_at = timezone.now()
        Consultation.objects.update(opened_at=opened_at)
        cursor.execute(publish)
    assert set(Challenge.objects.values_list("published_at", flat=True)) == {opened_at}


# ── Before, and while it is open, the pages contradict nothing ───────────────


def test_before_it_opens_the_home_shows_apart_what_will_not_be_public(
    prepared: Municipality, visit: Callable[..., Client]
) -> None:
    Challenge.objects.exclude(slug="ecologie").update(validated_at=None)
    desk = visit(prepared, UserFactory(administrator=True), stays=True)
    public, held_back = desk.get("/").content.decode().split("Pas encore validés", 1)
    assert "Un défi à relever ensemble" in public
    assert public.count('class="challenge-card"') == 1
    assert held_back.count('class="challenge-card"') == Challenge.objects.count() - 1
    Challenge.objects.update(validated_at=None)
    assert "Aucun défi n’est encore validé" in desk.get("/").content.decode()
    assert (
        "Aucun défi n’est encore validé"
        in desk.get("/gestion/consultations/territoires-resilients/defis/").content.decode()
    )


@pytest.mark.parametrize(
    ("kind", "proposals", "said"),
    [
        ("PROPOSE", 0, "Personne n’a encore rien proposé"),
        ("REWORK", 0, "Rien ne presse"),
        ("PROPOSE", 1, "Rien ne presse"),
        ("PRIORITISE", 1, "Rien ne presse"),
    ],
)
def test_the_desk_says_what_is_still_possible(
    in_saran: Municipality, visit: Callable[..., Client], kind: str, proposals: int, said: str
) -> None:
    now = timezone.now()
    Phase.objects.update(opens_at=now - timedelta(days=9), closes_at=now - timedelta(days=8))
    Phase.objects.filter(kind="ANSWER").update(opens_at=now + timedelta(days=9), closes_at=now + timedelta(days=40))
    Phase.objects.filter(kind=kind).update(opens_at=now - timedelta(days=1), closes_at=now + timedelta(days=9))
    ProposalFactory.create_batch(proposals, like_count=3 if kind == "PRIORITISE" else 0)
    Consultation.objects.update(proposal_count=proposals)
    page = visit(in_saran, UserFactory(administrator=True), stays=True).get("/gestion/").content.decode()
    titles = page.split("<h1", 1)[1]
    assert said in titles
    assert ("Faites connaître l’adresse" in titles) is (said == "Personne n’a encore rien proposé")
    assert "sans un seul argument" not in titles


@pytest.mark.parametrize(
    ("change", "said"), [("nothing", True), ("hidden", False), ("not_opened", False), ("city_not_open", False)]
)
def test_only_where_people_may_read_it_and_nobody_has_written_is_the_address_to_be_shared(
    in_saran: Municipality, change: str, said: bool
) -> None:
    now = timezone.now()
    Phase.objects.filter(kind="PROPOSE").update(opens_at=now - timedelta(days=1), closes_at=now + timedelta(days=9))
    match change:
        case "hidden":
            ProposalFactory(status="HIDDEN")
        case "not_opened":
            Consultation.objects.update(opened_at=None)
        case "city_not_open":
            in_saran.opened_at = None
    consultation = every_consultation().get()
    found = list(nobody_yet(asked_of(consultation, city=in_saran, at=now)))
    assert bool(found) is said


def test_whoever_closes_again_and_a_first_draft_at_the_same_moment_take_turns(
    prepared: Municipality, visit: Callable[..., Client]
) -> None:
    assert opens(prepared)
    read, writer = challenges_to_read().get(slug="sante"), Writer(UserFactory())
    with CaptureQueriesContext(connection) as captured:
        begin_draft(challenge=read, writer=writer).delete()
    asked = [each["sql"] for each in captured if "lock" in each["sql"] or "INSERT" in each["sql"]]
    assert "pg_advisory_xact_lock_shared" in asked[0], "the one that closes takes the same lock for itself"
    close_again(consultation=Consultation.objects.get(), municipality=prepared, actor=None, at=timezone.now())
    with pytest.raises(ClosedAgain):
        begin_draft(challenge=read, writer=writer)
    assert not Draft.objects.exists()


def test_a_first_step_posted_to_what_was_closed_again_is_given_back(
    prepared: Municipality, visit: Callable[..., Client]
) -> None:
    assert opens(prepared)
    close_again(consultation=Consultation.objects.get(), municipality=prepared, actor=None, at=timezone.now())
    typed = "Un banc à l’ombre devant chaque école du bourg."
    for visitor in (visit(prepared, stays=True), visit(prepared, UserFactory(), stays=True)):
        answer = visitor.post("/defis/sante/proposer/", {"solution": typed})
        assert answer.status_code == 404
        assert typed in answer.content.decode()
        assert "Copiez votre texte" in answer.content.decode()
    assert opens(prepared)
    Challenge.objects.update(published_at=None)  # as that of one that is closed again beside others
    answer = visit(prepared, stays=True).post("/defis/sante/proposer/", {"solution": typed})
    assert answer.status_code == 404
    assert typed in answer.content.decode()
