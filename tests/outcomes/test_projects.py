"""Projects: made of accepted proposals, published, moved, given up, told of, followed."""

from collections.abc import Callable
from datetime import date, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone
from django_tenants.utils import schema_context

from accounts.enums import Role
from accounts.models import AuditEntry
from common.meanwhile import ChangedMeanwhile
from common.pictures import Photo
from consultations.cocreation.rules import NoMailAddress
from consultations.framing.models import Consultation
from consultations.outcomes.enums import Decision, ProjectState
from consultations.outcomes.euros import AmountRefused, read_amount
from consultations.outcomes.models import Answer, AnswerVersion, Project, ProjectFollow, ProjectNews, StateChange
from consultations.outcomes.services.counting import recount_followers
from consultations.outcomes.services.milestones import (
    MAX,
    add_milestone,
    move_milestone,
    reach_milestone,
    remove_milestone,
    reopen_milestone,
)
from consultations.outcomes.services.project_news import (
    follow_project,
    publish_news,
    take_news_back,
    unfollow_project,
)
from consultations.outcomes.services.project_refusals import (
    BeforeConsultation,
    BeforeDecision,
    DayRefused,
    NotAccepted,
    NotPublic,
    PictureNotDescribed,
    PublishedAlready,
    SourceNotAccepted,
    TooManySteps,
    WhyMissing,
)
from consultations.outcomes.services.projects import (
    change_project,
    change_state,
    discard_project,
    make_project,
    publish_project,
)
from consultations.participation.enums import Stage, Status
from consultations.participation.models import Follow, Picture, Proposal, Reaction
from consultations.participation.services.drafts import forget_unshown_pictures
from tenants.models import Municipality
from tests.accounts.factories import UserFactory
from tests.outcomes.factories import published_answer
from tests.outcomes.project_factories import (
    SUMMARY,
    MilestoneFactory,
    ProjectFactory,
    ProjectNewsFactory,
    a_picture,
    accepted,
    project_from,
)
from tests.participation.factories import ProposalFactory, merge
from tests.support.pages import error_codes, says

NOW = timezone.now
TODAY = timezone.localdate
PHOTO = Photo(b"JPEG", 40, 30)


def member() -> Any:
    return UserFactory(role=Role.FACILITATOR)


def make(*proposals: Proposal, **kwargs: Any) -> Project:
    given = {"title": "Les Aydes au frais", "summary": SUMMARY, "by": member(), "at": NOW(), **kwargs}
    consultation = Consultation.objects.get(is_current=True)
    return make_project(consultation=consultation, proposals=[each.pk for each in proposals], **given)


def change(project: Project, **kwargs: Any) -> Project:
    given: dict[str, Any] = {
        "revision": project.revision,
        "title": project.title,
        "summary": project.summary,
        "decided_on": project.decided_on,
        "contact_email": "",
        "neighbourhood": "",
        "budget_planned": None,
        "budget_spent": None,
        "picture_alt": "",
        "lead_service": "",
        "elected": "",
        "location": "",
        **kwargs,
    }
    return change_project(project=project, by=member(), at=NOW(), **given)


# ── Out of which proposals ────────────────────────────────────────────────────


def test_a_project_grows_from_accepted_proposals_and_twice_is_once(in_saran: Municipality) -> None:
    one, other = accepted(), accepted()
    project = make(one, other)
    assert make(other, one) == project
    assert {source.proposal for source in project.sources.all()} == {one, other}
    assert project.published_at is None
    assert make(one).slug == "les-aydes-au-frais-2"


def test_no_project_grows_from_what_is_not_accepted_or_cannot_be_read(in_saran: Municipality) -> None:
    declined = published_answer(decision=Decision.DECLINED).proposal
    collective = merge(2).proposal
    source = collective.merged_from.order_by("pk")[0]
    published_answer(proposal=source, decision=Decision.ADOPTED)
    hidden_answer = published_answer(decision=Decision.ADOPTED)
    type(hidden_answer.current).objects.update(is_hidden=False)
    type(hidden_answer.current).objects.filter(pk=hidden_answer.current.pk).update(is_hidden=True)
    refused = [ProposalFactory(), declined, source, hidden_answer.proposal, accepted(proposal__status=Status.HIDDEN)]
    for proposal in refused:
        with pytest.raises(NotAccepted):
            make(proposal)
    with pytest.raises(NotAccepted):
        make()


# ── Publishing ────────────────────────────────────────────────────────────────


def test_published_it_is_the_stage_of_its_proposals_and_people_follow_it(in_saran: Municipality) -> None:
    merged = merge(2)
    collective, sources = merged.proposal, list(merged.proposal.merged_from.order_by("pk"))
    published_answer(proposal=collective, decision=Decision.ADAPTED)
    reader, fan = UserFactory(), UserFactory()
    Follow.objects.create(user=reader, proposal=sources[0])
    Reaction.objects.create(user=fan, proposal=collective, value="LIKE")
    project = make(collective)
    for _twice in "ab":
        publish_project(project=project, by=member(), at=NOW())
    stages = Proposal.objects.filter(pk__in=[collective.pk, *(each.pk for each in sources)])
    assert set(stages.values_list("stage", flat=True)) == {Stage.PROJECT}
    followers = set(ProjectFollow.objects.filter(project=project).values_list("user_id", flat=True))
    assert followers >= {reader.pk, *(each.author_id for each in sources)}
    assert fan.pk not in followers  # told once; whether they follow it is theirs to say
    project.refresh_from_db()
    assert project.follower_count == len(followers)
    assert StateChange.objects.filter(project=project).count() == 1
    assert AuditEntry.objects.filter(action="project_published").count() == 1


def test_what_nobody_has_seen_can_be_deleted_and_what_is_published_cannot(in_saran: Municipality) -> None:
    project = make(accepted())
    discard_project(project=project, by=member())
    assert not Project.objects.exists()
    with pytest.raises(PublishedAlready):
        discard_project(project=ProjectFactory(), by=member())


# ── Changing it ───────────────────────────────────────────────────────────────


def test_two_who_write_at_once_see_each_other(in_saran: Municipality) -> None:
    project = ProjectFactory()
    change(project, location="Rond-point des Aydes")
    with pytest.raises(ChangedMeanwhile) as meanwhile:
        change(project, revision=0, location="Ailleurs")
    assert meanwhile.value.now.location == "Rond-point des Aydes"


@pytest.mark.parametrize(
    ("typed", "found"), [("", None), ("0", 0), ("55 000", 55_000), ("55\u202f000 €", 55_000), ("1000000000", 10**9)]
)
def test_an_amount_is_in_whole_euros(typed: str, found: int | None) -> None:
    assert read_amount(typed) == found


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("12,50", "centimes"),
        ("-3", "négatif"),
        ("1000000001", "milliard"),
        ("9" * 40, "milliard"),
        ("cher", "chiffres"),
    ],
)
def test_cents_debts_and_billions_are_refused_with_a_sentence(typed: str, why: str) -> None:
    with pytest.raises(AmountRefused) as refusal:
        read_amount(typed)
    assert why in str(refusal.value.message)


def test_a_service_refuses_a_wrong_amount_whoever_asks(in_saran: Municipality) -> None:
    for amount in (-1, 10**9 + 1):
        with pytest.raises(AmountRefused):
            change(ProjectFactory(), budget_planned=amount)
    project = change(ProjectFactory(), budget_planned=100, budget_spent=130)  # is so, and is shown
    assert project.budget_spent == 130


def test_a_picture_is_described_and_stays_as_long_as_a_project_or_its_news_has_it(in_saran: Municipality) -> None:
    project = ProjectFactory()
    with pytest.raises(PictureNotDescribed):
        change(project, photo=PHOTO)
    with pytest.raises(PictureNotDescribed):
        publish_news(project=project, title="Les arbres", text=SUMMARY, photo=PHOTO, by=member(), at=NOW())
    project.refresh_from_db()
    change(project, photo=PHOTO, picture_alt="Le plan du square")
    publish_news(
        project=project, title="Les arbres", text=SUMMARY, photo=PHOTO, picture_alt="Un tilleul", by=member(), at=NOW()
    )
    a_picture()
    assert forget_unshown_pictures() == 1  # of nobody
    assert Picture.objects.count() == 2
    change(project, without_picture=True)
    assert Picture.objects.count() == 1


# ── Where it stands ───────────────────────────────────────────────────────────


def move(project: Project, state: str, reason: str = "", **kwargs: Any) -> Project:
    given = {"revision": project.revision, **kwargs}
    return change_state(project=project, state=state, reason=reason, by=member(), at=NOW(), **given)


def test_giving_up_needs_a_reason_and_so_does_taking_up_again(in_saran: Municipality) -> None:
    project = ProjectFactory()
    with pytest.raises(WhyMissing):
        move(project, ProjectState.ABANDONED)
    move(project, ProjectState.ABANDONED, "Le terrain appartient au département.")
    assert project.state_reason
    with pytest.raises(WhyMissing):
        move(project, ProjectState.UNDERWAY)
    move(project, ProjectState.UNDERWAY, "Le département nous le prête.")
    assert project.state_reason == ""
    move(project, ProjectState.UNDERWAY)
    reasons = StateChange.objects.filter(project=project).values_list("reason", flat=True)
    assert list(reasons) == ["Le terrain appartient au département.", "Le département nous le prête."]
    with pytest.raises(ChangedMeanwhile):
        move(project, ProjectState.DONE, revision=0)


# ── Steps ─────────────────────────────────────────────────────────────────────


def test_a_step_that_is_put_off_keeps_the_day_that_was_announced_and_says_why(in_saran: Municipality) -> None:
    step, first = MilestoneFactory(), TODAY() + timedelta(days=30)
    later = first + timedelta(days=60)
    with pytest.raises(WhyMissing):
        move_milestone(milestone=step, planned_on=later, why="", by=member(), at=NOW())
    move_milestone(milestone=step, planned_on=later, why="Le raccord d’eau passe sous la rue.", by=member(), at=NOW())
    again = later + timedelta(days=1)
    move_milestone(milestone=step, planned_on=again, why="La rue est encore ouverte.", by=member(), at=NOW())
    assert (step.planned_on, step.first_planned_on) == (again, first)
    move_milestone(milestone=step, planned_on=first, why="", by=member(), at=NOW())
    assert (step.first_planned_on, step.late_why) == (None, "")


def test_before_it_is_published_days_change_without_a_word(in_saran: Municipality) -> None:
    step = MilestoneFactory(project=ProjectFactory(prepared=True))
    move_milestone(milestone=step, planned_on=TODAY() + timedelta(days=90), why="", by=member(), at=NOW())
    assert step.first_planned_on is None
    remove_milestone(milestone=step, by=member())
    with pytest.raises(PublishedAlready):
        remove_milestone(milestone=MilestoneFactory(), by=member())


@pytest.mark.parametrize("day", [date(1, 1, 1), date(3000, 1, 1)])
def test_no_step_is_planned_beyond_reason(in_saran: Municipality, day: date) -> None:
    with pytest.raises(DayRefused):
        add_milestone(project=ProjectFactory(), title="Ouverture", planned_on=day, by=member())
    with pytest.raises(DayRefused):
        change(ProjectFactory(), decided_on=day)


def test_no_step_comes_before_its_project(in_saran: Municipality) -> None:
    Consultation.objects.update(opened_at=NOW() - timedelta(days=10))
    project = ProjectFactory(decided_on=TODAY())
    before = TODAY() - timedelta(days=1)
    with pytest.raises(BeforeDecision):
        add_milestone(project=project, title="Ouverture", planned_on=before, by=member())
    step = add_milestone(project=project, title="Ouverture", planned_on=TODAY(), by=member())
    assert add_milestone(project=project, title="Ouverture", planned_on=TODAY(), by=member()) == step
    with pytest.raises(BeforeDecision):
        reach_milestone(milestone=step, done_on=before, by=member(), at=NOW())
    with pytest.raises(BeforeDecision):
        change(project, decided_on=TODAY() + timedelta(days=1))


def test_nothing_of_a_project_comes_before_its_consultation_opened(in_saran: Municipality) -> None:
    opened = NOW() - timedelta(days=10)
    Consultation.objects.update(opened_at=opened)
    first, before = TODAY() - timedelta(days=10), TODAY() - timedelta(days=11)
    project = project_from()
    with pytest.raises(BeforeConsultation):
        change(project, decided_on=before)
    with pytest.raises(BeforeConsultation):
        add_milestone(project=project, title="Ouverture", planned_on=before, by=member())
    step = add_milestone(project=project, title="Ouverture", planned_on=first, by=member())
    with pytest.raises(BeforeConsultation):
        reach_milestone(milestone=step, done_on=before, by=member(), at=NOW())
    assert change(project, decided_on=first).decided_on == first


def test_an_address_for_questions_is_one_that_people_have(
    visit: Callable[..., Client], saran: Municipality, in_saran: Municipality
) -> None:
    project = project_from()
    with pytest.raises(NoMailAddress):
        change(project, contact_email='"<script>"@example.org')
    page = f"/gestion/consultations/territoires-resilients/projets/{project.slug}/modifier/"
    sent = {"title": project.title, "summary": SUMMARY, "revision": 0, "contact_email": '"<script>"@example.org'}
    refused = visit(saran, member(), stays=True).post(page, sent)
    assert error_codes(refused, "contact_email") == ["invalid"]
    assert change(project, contact_email="Square@saran.example").contact_email == "square@saran.example"


@pytest.mark.parametrize("role", [Role.DECISION_MAKER, Role.OBSERVER])
def test_those_who_follow_read_projects_and_change_nothing(
    visit: Callable[..., Client], saran: Municipality, in_saran: Municipality, role: str
) -> None:
    project = project_from(accepted(proposal__title="Un îlot frais"))
    MilestoneFactory(project=project, title="Plantations")
    client = visit(saran, UserFactory(role=role))
    base = "/gestion/consultations/territoires-resilients/projets/"
    page = f"{base}{project.slug}/"
    assert project.title in client.get(base).content.decode()
    shown = client.get(page).content.decode()
    assert "Plantations" in shown
    main = shown[shown.index("<main") :]
    assert "<form" not in main
    assert "modifier/" not in main
    assert "Un îlot frais" in client.get(f"{page}apercu/").content.decode()
    assert client.post(f"{page}etat/", {"state": "UNDERWAY", "revision": 0}).status_code == 404
    assert client.get(f"{page}modifier/").status_code == 404


def test_a_step_is_done_on_a_day_that_has_been(in_saran: Municipality) -> None:
    step = MilestoneFactory()
    with pytest.raises(DayRefused):
        reach_milestone(milestone=step, done_on=TODAY() + timedelta(days=1), by=member(), at=NOW())
    reach_milestone(milestone=step, done_on=TODAY(), by=member(), at=NOW())
    reopen_milestone(milestone=step, by=member())
    step.refresh_from_db()
    assert step.done_on is None


def test_there_are_so_many_steps_at_most(in_saran: Municipality) -> None:
    project = ProjectFactory()
    MilestoneFactory.create_batch(MAX, project=project)
    with pytest.raises(TooManySteps):
        add_milestone(project=project, title="Une de plus", planned_on=TODAY(), by=member())


# ── News, and who follows ─────────────────────────────────────────────────────


def test_news_are_of_what_is_public_and_twice_is_once(in_saran: Municipality) -> None:
    project, said = ProjectFactory(), {"title": "On plantera", "text": SUMMARY}
    with pytest.raises(NotPublic):
        publish_news(project=ProjectFactory(prepared=True), by=member(), at=NOW(), **said)
    first = publish_news(project=project, by=member(), at=NOW(), **said)
    assert publish_news(project=project, by=member(), at=NOW(), **said) == first
    for _twice in "ab":
        take_news_back(news=first, by=member())
    assert publish_news(project=project, by=member(), at=NOW(), **said) != first
    assert AuditEntry.objects.filter(action="project_news_taken_back").count() == 1


def test_following_is_counted_once(in_saran: Municipality) -> None:
    project, user = ProjectFactory(), UserFactory()
    for _twice in "ab":
        follow_project(project=project, user=user, at=NOW())
    project.refresh_from_db()
    assert project.follower_count == 1
    for _twice in "ab":
        unfollow_project(project=project, user=user)
    project.refresh_from_db()
    assert project.follower_count == 0
    with pytest.raises(NotPublic):
        follow_project(project=ProjectFactory(prepared=True), user=user, at=NOW())


# ── The desk ──────────────────────────────────────────────────────────────────


def test_at_the_desk_a_project_is_prepared_published_and_told_of(
    visit: Callable[..., Client], saran: Municipality, person: Any
) -> None:
    desk = visit(saran, person(role=Role.FACILITATOR))
    with schema_context(saran.schema_name):
        proposal, slug = accepted(proposal__title="Un îlot frais"), Consultation.objects.get().slug
    base = f"/gestion/consultations/{slug}/projets/"
    assert "1 proposition retenue" in desk.get(base).content.decode()
    answer = desk.post(f"{base}nouveau/", {"proposals": proposal.pk, "title": "Les Aydes au frais", "summary": SUMMARY})
    page = f"{base}les-aydes-au-frais/"
    assert answer.headers["Location"] == page
    assert visit(saran).get("/projets/les-aydes-au-frais/").status_code == 404
    assert "Un îlot frais" in desk.get(f"{page}apercu/").content.decode()
    refused = desk.post(f"{page}modifier/", {"title": "Les Aydes", "summary": SUMMARY, "budget_planned": "12,50"})
    assert refused.status_code == 422
    assert "sans centimes" in refused.content.decode()
    desk.post(f"{page}etapes/", {"title": "Plantations", "planned_on": TODAY() + timedelta(days=30)})
    assert "est en train de changer" not in desk.get(page).content.decode()
    with schema_context(saran.schema_name):
        Answer.objects.update(state="TO_SIGN", decision=Decision.DECLINED)
    assert "est en train de changer" in desk.get(page).content.decode()
    assert desk.post(f"{page}publier/").status_code == 302
    sent = {"title": "On plantera en novembre", "text": "Trop court"}
    refused = desk.post(f"{page}nouvelles/", sent)
    assert refused.status_code == 422
    assert "On plantera en novembre" in refused.content.decode()
    desk.post(f"{page}nouvelles/", {**sent, "text": SUMMARY})
    desk.post(f"{page}etat/", {"state": "UNDERWAY", "revision": 0, "reason": ""})
    public = visit(saran).get("/projets/les-aydes-au-frais/").content.decode()
    for words in ("Plantations", "On plantera en novembre", "En cours", "Un îlot frais"):
        assert words in public
    with schema_context(saran.schema_name):
        news = ProjectNews.objects.get()
    desk.post(f"{page}nouvelles/{news.pk}/retirer/")
    assert "On plantera en novembre" not in visit(saran).get("/projets/les-aydes-au-frais/").content.decode()


def test_in_an_archived_consultation_projects_go_on_and_no_new_one_begins(
    visit: Callable[..., Client], saran: Municipality, person: Any
) -> None:
    desk = visit(saran, person(role=Role.FACILITATOR))
    with schema_context(saran.schema_name):
        project, proposal = ProjectFactory(), accepted()
        Consultation.objects.update(opened_at=NOW(), archived_at=NOW(), is_current=False)
        base = f"/gestion/consultations/{project.consultation.slug}/projets/"
    page = f"{base}{project.slug}/"
    for address in (base, page, f"{page}modifier/"):
        told = desk.get(address).content.decode()
        assert "ses réponses ne changent plus, ses projets continuent" in told
        assert "plus rien ne peut être changé" not in told
    assert desk.post(f"{page}nouvelles/", {"title": "On plantera", "text": SUMMARY}).status_code == 302
    refused = desk.post(f"{base}nouveau/", {"proposals": proposal.pk, "title": "Un autre projet", "summary": SUMMARY})
    assert refused.status_code == 409
    assert SUMMARY in refused.content.decode()


def test_another_city_has_none_of_it(
    visit: Callable[..., Client], saran: Municipality, brest: Municipality, person: Any
) -> None:
    with schema_context(saran.schema_name):
        project = ProjectFactory()
        page = f"/gestion/consultations/{project.consultation.slug}/projets/{project.slug}/"
    elsewhere = visit(brest, person(city=brest, role=Role.FACILITATOR))
    assert elsewhere.get(page).status_code == 404
    assert elsewhere.post(f"{page}publier/").status_code == 404


def test_what_two_have_typed_is_shown_side_by_side(
    visit: Callable[..., Client], saran: Municipality, person: Any
) -> None:
    desk = visit(saran, person(role=Role.FACILITATOR))
    with schema_context(saran.schema_name):
        project = ProjectFactory(revision=3, location="Rond-point des Aydes")
        page = f"/gestion/consultations/{project.consultation.slug}/projets/{project.slug}/modifier/"
    sent = {"title": project.title, "summary": SUMMARY, "location": "Place de la Liberté", "revision": 1}
    answer = desk.post(page, sent)
    assert answer.status_code == 409
    for words in ("Rond-point des Aydes", "Place de la Liberté"):
        assert words in answer.content.decode()
    assert desk.post(page, {**sent, "revision": 3}).status_code == 302


def test_a_picture_of_a_project_is_public_with_it(
    visit: Callable[..., Client], saran: Municipality, person: Any
) -> None:
    with schema_context(saran.schema_name):
        project = ProjectFactory(prepared=True, picture=a_picture(), picture_alt="Le plan")
        news = ProjectNewsFactory(picture=a_picture("e" * 20), picture_alt="Un tilleul")
        slug = project.consultation.slug
    visitor, desk = visit(saran), visit(saran, person(role=Role.FACILITATOR))
    private = f"/gestion/consultations/{slug}/projets/images/{'f' * 20}.jpg"
    assert desk.get(private).content == b"JPEG"
    assert visitor.get(f"/projets/images/{'f' * 20}.jpg").status_code == 404
    assert visitor.get(f"/projets/images/{'e' * 20}.jpg").content == b"JPEG"
    with schema_context(saran.schema_name):
        Project.objects.filter(pk=project.pk).update(published_at=NOW())
        ProjectNews.objects.filter(pk=news.pk).update(is_hidden=True)
    assert visitor.get(f"/projets/images/{'f' * 20}.jpg").status_code == 200
    assert visitor.get(f"/projets/images/{'e' * 20}.jpg").status_code == 404


def test_followers_are_counted_anew_by_the_command_that_compares(saran: Municipality) -> None:
    with schema_context(saran.schema_name):
        project = ProjectFactory(follower_count=7)
        ProjectFollow.objects.create(project=project, user=UserFactory())
    call_command("recount", city="saran", stdout=StringIO())
    with schema_context(saran.schema_name):
        assert Project.objects.get().follower_count == 1
        assert recount_followers() == 0


def test_what_is_done_is_taken_up_again_with_a_reason_that_stands_among_its_steps(
    visit: Callable[..., Client], in_saran: Municipality
) -> None:
    project, by = ProjectFactory(state="UNDERWAY"), UserFactory(role=Role.FACILITATOR)
    said: dict[str, Any] = {"project": project, "by": by, "at": timezone.now()}
    change_state(state="DONE", reason="", revision=project.revision, **said)
    project.refresh_from_db()
    with pytest.raises(WhyMissing):
        change_state(state="UNDERWAY", reason="", revision=project.revision, **said)
    change_state(state="UNDERWAY", reason="La pompe a cédé, il faut la changer.", revision=project.revision, **said)
    page = visit(in_saran, stays=True).get(project.get_absolute_url()).content.decode()
    assert "La pompe a cédé, il faut la changer." in page


@pytest.mark.parametrize("decision", [Decision.DECLINED, Decision.ELSEWHERE, Decision.STUDIED])
def test_what_is_given_up_is_not_taken_up_from_a_proposal_that_is_no_longer_accepted(
    visit: Callable[..., Client], in_saran: Municipality, decision: Decision
) -> None:
    project = project_from(accepted(), accepted())
    move(project, ProjectState.ABANDONED, "Le terrain appartient au département.")
    version = project.sources.get(pk=project.sources.first().pk).proposal.answer.current
    AnswerVersion.objects.filter(pk=version.pk).update(decision=decision)
    with pytest.raises(SourceNotAccepted):
        move(project, ProjectState.UNDERWAY, "Le département nous le prête.")
    client = visit(in_saran, UserFactory(role=Role.FACILITATOR), stays=True)
    address = f"/gestion/consultations/territoires-resilients/projets/{project.slug}/"
    sent = {"state": ProjectState.UNDERWAY.value, "reason": "Le département le prête.", "revision": project.revision}
    assert says(client.post(f"{address}etat/", sent), SourceNotAccepted)
    AnswerVersion.objects.filter(pk=version.pk).update(decision=Decision.ADAPTED)
    move(project, ProjectState.UNDERWAY, "Le département nous le prête.")
    assert project.state == ProjectState.UNDERWAY
