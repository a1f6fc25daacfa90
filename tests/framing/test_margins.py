"""In the margin of a challenge the city's team and the service's speak to each other, and each says what is right."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection, connections, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_tenants.utils import schema_context

from accounts.enums import Role
from accounts.models import AuditEntry, User
from common import retention
from common.personal import forget_person, personal_files
from consultations.delegation.services import NotAccompanied, issue_ticket_to_frame
from consultations.framing.enums import MarginField, Side
from consultations.framing.events import margin_commented, margin_resolved
from consultations.framing.models import Challenge, Consultation, MarginComment
from consultations.framing.services import challenges as services
from consultations.framing.services import margins
from consultations.framing.services.accompaniment import ask_for_accompaniment, end_accompaniment
from consultations.framing.services.advising import advise_challenge
from consultations.framing.services.closing import archive_consultation
from consultations.framing.services.consultations import locked
from consultations.participation.services.writing import count
from consultations.portal.selectors.week import week_of
from notifications.models import Notice
from tenants.models import Municipality
from tests.accounts.factories import UserFactory
from tests.framing.test_several import closed
from tests.portal.test_week import kinds
from tests.processes import eventually

LIST = "/gestion/consultations/territoires-resilients/defis/"
PAGE = f"{LIST}ecologie/"
Visit = Callable[..., Client]


def ecology() -> Challenge:
    return Challenge.objects.select_related("consultation").get(slug="ecologie")


@pytest.fixture
def framer(in_saran: Municipality) -> User:
    found: User = UserFactory(role=Role.FACILITATOR, public_name="Dominique")  # type: ignore[assignment]
    return found


@pytest.fixture
def desk(in_saran: Municipality, visit: Visit, framer: User) -> Client:
    return visit(in_saran, framer, stays=True)


@pytest.fixture
def accompanied(in_saran: Municipality) -> Municipality:
    ask_for_accompaniment(municipality=in_saran, actor=None, at=timezone.now())
    return fresh(in_saran)


@pytest.fixture
def operator(db: None) -> User:
    with schema_context("public"):
        found: User = UserFactory(operator=True, public_name="Inès Karoui")  # type: ignore[assignment]
        return found


@pytest.fixture
def service(accompanied: Municipality, operator: User, visit: Visit) -> Client:
    """Somebody of the service who came in to frame, by the button of the operators' list."""
    press = visit(None, operator, stays=True).post(f"/ops/cadrage/{accompanied.pk}/entrer/")
    client = visit(accompanied, stays=True)
    came_in = client.get(press.headers["Location"].removeprefix(accompanied.url.rstrip("/")), follow=True)
    assert came_in.redirect_chain[-1][0] == LIST
    return client


def fresh(city: Municipality) -> Municipality:
    with schema_context("public"):
        city.refresh_from_db()
    return city


def say(client: Client, words: str, field: str = "why") -> MarginComment:
    answer = client.post(f"{PAGE}commenter/{field}/", {"words": words})
    assert (answer.status_code, answer.headers["Location"]) == (302, f"{PAGE}#{field}")
    return MarginComment.objects.order_by("-pk")[0]


def main_of(client: Client, page: str = PAGE) -> str:
    answer = client.get(page)
    assert answer.status_code == 200
    return answer.content.decode().partition("<main")[2]


# ── Speaking ─────────────────────────────────────────────────────────────────


def test_the_service_asks_the_city_answers_and_it_is_settled_and_opened_again(
    desk: Client, service: Client, framer: User
) -> None:
    asked = say(service, "D’où vient ce chiffre ?", "figures")
    assert (asked.side, asked.signed) == (Side.SERVICE, "Inès Karoui")
    page = main_of(desk)
    assert "Inès Karoui" in page
    assert "D’où vient ce chiffre" in page.partition('id="figures"')[2].partition("</section>")[0]
    assert "1 commentaire ouvert" in main_of(desk, LIST)
    answer = desk.post(f"{PAGE}commentaires/{asked.pk}/repondre/", {"words": "De l’assurance maladie."})
    assert answer.status_code == 302
    replied = asked.replies.get()
    assert (replied.side, replied.author, replied.field) == (Side.CITY, framer, "figures")
    # An answer to the answer stands beside it.
    service.post(f"{PAGE}commentaires/{replied.pk}/repondre/", {"words": "Parfait."})
    assert asked.replies.count() == 2
    service.post(f"{PAGE}commentaires/{asked.pk}/regler/")
    assert "Réglé par Inès Karoui" in main_of(desk)
    assert "commentaire ouvert" not in main_of(desk, LIST)
    desk.post(f"{PAGE}commentaires/{asked.pk}/rouvrir/")
    assert "1 commentaire ouvert" in main_of(desk, LIST)
    actions = ["margin_commented", "margin_replied", "margin_replied", "margin_resolved", "margin_reopened"]
    trail = AuditEntry.objects.filter(action__startswith="margin_").order_by("pk")
    assert list(trail.values_list("action", flat=True)) == actions


def test_every_field_of_the_form_has_its_margin(desk: Client) -> None:
    page = main_of(desk)
    assert set(services.TEXTS) | {"documents"} == set(MarginField.values)
    for field in MarginField.values:
        assert f'action="{PAGE}commenter/{field}/"' in page
    assert desk.post(f"{PAGE}commenter/slug/", {"words": "Un champ qui n’existe pas."}).status_code == 404


def test_sent_twice_it_is_said_once(desk: Client) -> None:
    for _time in range(2):
        thread = say(desk, "Deux fois la même chose.")
    for _time in range(2):
        desk.post(f"{PAGE}commentaires/{thread.pk}/repondre/", {"words": "Et la réponse."})
    assert MarginComment.objects.count() == 2


@pytest.mark.parametrize(("words", "said"), [("", "obligatoire"), ("x" * 1001, "signe"), (" \u200b ", "obligatoire")])
def test_what_cannot_be_said_stays_in_its_form(desk: Client, words: str, said: str) -> None:
    thread = say(desk, "Pourquoi ici ?")
    for path in ("commenter/summary/", f"commentaires/{thread.pk}/repondre/"):
        answer = desk.post(PAGE + path, {"words": words})
        assert answer.status_code == 422
        page = answer.content.decode()
        assert words.strip() in page
        assert '<details class="margin-answer" open>' in page
    assert MarginComment.objects.count() == 1


def test_what_was_settled_meanwhile_is_answered_after_opening_it_again(desk: Client) -> None:
    thread = say(desk, "Est-ce bien dit ?")
    for _time in range(2):
        desk.post(f"{PAGE}commentaires/{thread.pk}/regler/")
    answer = desk.post(f"{PAGE}commentaires/{thread.pk}/repondre/", {"words": "Attendez, je relis."})
    assert answer.status_code == 422
    assert str(margins.CommentResolved.message) in answer.content.decode()
    assert AuditEntry.objects.filter(action="margin_resolved").count() == 1


def test_there_is_a_most(desk: Client, framer: User, in_saran: Municipality) -> None:
    challenge, at = ecology(), timezone.now()
    MarginComment.objects.bulk_create(
        MarginComment(challenge=challenge, field="why", text=str(number), side=Side.CITY, written_at=at)
        for number in range(margins.MAX_THREADS)
    )
    given = {"challenge": challenge, "municipality": in_saran, "actor": framer, "text": "Un de trop.", "at": at}
    with pytest.raises(margins.MarginFull):
        margins.comment(field="why", **given)
    assert margins.comment(field="summary", **given).field == "summary"


def test_a_comment_of_another_challenge_or_none_is_no_page(desk: Client) -> None:
    thread = say(desk, "Ici et pas ailleurs.")
    for act in ("repondre", "regler", "rouvrir"):
        assert desk.post(f"{LIST}sante/commentaires/{thread.pk}/{act}/", {"words": "Quoi ?"}).status_code == 404
        assert desk.post(f"{PAGE}commentaires/{thread.pk + 9}/{act}/", {"words": "Quoi ?"}).status_code == 404


def test_residents_and_others_of_the_team_never_read_it(desk: Client, in_saran: Municipality, visit: Visit) -> None:
    say(desk, "Entre nous seulement.")
    for who in (None, UserFactory(), UserFactory(role=Role.OBSERVER), UserFactory(role=Role.MODERATOR)):
        client = visit(in_saran, who, stays=True)
        assert "Entre nous" not in client.get("/defis/ecologie/").content.decode()
        assert client.get(PAGE).status_code in (302, 404)
        assert client.post(f"{PAGE}commenter/why/", {"words": "Moi aussi."}).status_code in (302, 404)
    assert MarginComment.objects.count() == 1


def test_it_goes_with_its_challenge_and_does_not_hold_it(desk: Client) -> None:
    say(desk, "Ce défi est de trop.")
    assert desk.post(f"{PAGE}retirer/").status_code == 302
    assert not MarginComment.objects.exists()


def test_an_archived_consultation_is_read_only(desk: Client, in_saran: Municipality, framer: User) -> None:
    consultation = closed(in_saran, "Nos rues")
    challenge = consultation.challenges.order_by("pk")[0]
    at = timezone.now()
    given = {"challenge": challenge, "municipality": in_saran, "actor": framer, "at": at}
    thread = margins.comment(field="why", text="Dit à temps.", **given)
    archive_consultation(consultation=consultation, actor=None, at=at)
    page = f"/gestion/consultations/{consultation.slug}/defis/{challenge.slug}/"
    main = main_of(desk, page)
    assert "Dit à temps." in main
    assert "<textarea" not in main
    for path in ("commenter/why/", f"commentaires/{thread.pk}/repondre/"):
        answer = desk.post(page + path, {"words": "Dit trop tard, mais pas perdu."})
        assert answer.status_code == 409
        assert "Dit trop tard, mais pas perdu." in answer.content.decode()
    for path in (f"commentaires/{thread.pk}/regler/", "valider/"):
        assert desk.post(page + path, {"revision": 1}).status_code == 409
    # A year later nobody needs it any more.
    assert retention._rules["margin comments"].forget(at=at + timedelta(days=364)) == 0
    assert retention._rules["margin comments"].forget(at=at + timedelta(days=366)) == 1


def test_whoever_leaves_takes_their_name_and_if_they_want_their_words(desk: Client, framer: User) -> None:
    thread, alone = say(desk, "Ma question."), say(desk, "Sans réponse.")
    other = UserFactory(administrator=True)
    MarginComment.objects.create(
        challenge=thread.challenge, field="why", answers=thread, text="Oui.", author=other, written_at=timezone.now()
    )
    services.validate_challenge(challenge=ecology(), actor=framer, revision=ecology().revision, at=timezone.now())
    copied = {file.name: file.rows for file in personal_files(framer)}
    assert [row["texte"] for row in copied["commentaires-de-cadrage"]] == ["Ma question.", "Sans réponse."]
    forget_person(framer, with_texts=False, at=timezone.now())
    assert (thread.__class__.objects.get(pk=thread.pk).text, ecology().validated_by) == ("Ma question.", None)
    MarginComment.objects.filter(pk__in=[thread.pk, alone.pk]).update(author=framer)
    forget_person(framer, with_texts=True, at=timezone.now())
    assert list(MarginComment.objects.order_by("pk").values_list("text", flat=True)) == ["", "Oui."]


# ── Who is told ──────────────────────────────────────────────────────────────


def test_those_who_frame_are_told_and_not_whoever_wrote(desk: Client, service: Client, framer: User) -> None:
    colleague, observer = UserFactory(administrator=True), UserFactory(role=Role.OBSERVER)
    for thread in (say(service, "Une source rassure."), say(desk, "Je cherche le lien.")):
        for _again in range(2):
            margin_commented.send(sender=None, comment_id=thread.pk, actor_id=thread.author_id)
    told = {notice.user_id: notice.count for notice in Notice.objects.filter(type="MARGIN_COMMENTED")}
    assert told == {colleague.pk: 2, framer.pk: 1}
    assert observer.pk not in told


def test_whoever_commented_is_told_that_it_is_settled_by_somebody_else_and_once_for_several(
    desk: Client, service: Client, framer: User, in_saran: Municipality, visit: Visit
) -> None:
    colleague = visit(in_saran, UserFactory(administrator=True, public_name="Sauge"), stays=True)
    mine, other = say(desk, "Ma question."), say(desk, "Une autre.", "summary")
    for thread, presses in ((mine, colleague), (other, colleague), (say(desk, "Réglé par moi."), desk)):
        presses.post(f"{PAGE}commentaires/{thread.pk}/regler/")
        thread.refresh_from_db()
        for _again in range(2):
            actor = thread.resolved_by_id
            margin_resolved.send(sender=None, comment_id=thread.pk, actor_id=actor)
    (notice,) = Notice.objects.filter(type="MARGIN_RESOLVED")
    assert (notice.user_id, notice.count) == (framer.pk, 2)
    assert "2 de vos commentaires" in desk.get("/nouvelles/").content.decode().replace("\u00a0", " ")
    asked = say(service, "Une source ?")  # nobody writes to the service's
    desk.post(f"{PAGE}commentaires/{asked.pk}/regler/")
    margin_resolved.send(sender=None, comment_id=asked.pk, actor_id=framer.pk)
    assert Notice.objects.filter(type="MARGIN_RESOLVED").count() == 1


def test_a_comment_says_that_the_text_it_is_about_has_changed_since(desk: Client, framer: User) -> None:
    say(desk, "Trop long.", "why")
    say(desk, "Très bien.", "summary")
    now = ecology()
    texts = {name: getattr(now, name) for name in services.TEXTS} | {"why": "Une raison plus courte, pour l’eau d’ici."}
    services.edit_challenge(challenge=now, actor=framer, revision=now.revision, **texts)
    say(desk, "Mieux.", "why")
    page = main_of(desk)
    assert page.count("Le texte a changé depuis ce commentaire.") == 1
    assert "Le texte a changé" in page.partition("Trop long.")[2].partition("Mieux.")[0]


def test_the_week_says_how_many_wait_for_the_city(
    desk: Client, service: Client, accompanied: Municipality, framer: User
) -> None:
    thread = say(service, "Une source rassure.")
    say(desk, "C’est au service de répondre.")
    assert "framing.comments" in kinds(accompanied)
    week = desk.get("/gestion/").content.decode()
    assert "1 commentaire à lire dans la marge" in week
    desk.post(f"{PAGE}commentaires/{thread.pk}/repondre/", {"words": "Voici le lien."})
    assert "framing.comments" not in kinds(accompanied)
    # Among colleagues alone, what nobody has answered, for whoever has not written it: alone, there is nobody.
    end_accompaniment(municipality=accompanied, actor=framer)
    assert "framing.comments" not in kinds(fresh(accompanied))
    UserFactory(administrator=True)
    assert "framing.comments" in kinds(fresh(accompanied))
    week = week_of(ecology().consultation, user=framer, city=fresh(accompanied), at=timezone.now())
    assert [row.may_do for row in week.rows if row.line.kind == "framing.comments"] == [False]


def test_the_page_and_the_list_cost_the_same_for_two_comments_as_for_ten(desk: Client, framer: User) -> None:
    def costs(comments: int) -> tuple[int, int]:
        MarginComment.objects.all().delete()
        for _number in range(comments):
            given = {"challenge": ecology(), "field": "why", "side": Side.CITY, "author": framer, "text": "x"}
            thread = MarginComment.objects.create(written_at=timezone.now(), **given)
            MarginComment.objects.create(written_at=timezone.now(), answers=thread, **given)
        with CaptureQueriesContext(connection) as page:
            desk.get(PAGE)
        with CaptureQueriesContext(connection) as every:
            desk.get(LIST)
        return len(page), len(every)

    costs(1)
    assert costs(2) == costs(10)


# ── The service's team ───────────────────────────────────────────────────────


def test_the_service_reads_comments_and_validates_and_changes_nothing(service: Client) -> None:
    page = main_of(service)
    assert "Modifier" not in page
    assert f'action="{PAGE}retirer/"' not in page
    texts = {"question": "Comment tout changer sans le dire ?"}
    for path in ("modifier/", "retirer/", "bibliotheque/"):
        assert service.post(PAGE + path, texts).status_code == 404
    for path in ("/gestion/", "/gestion/equipe/", LIST.replace("defis", "cadre"), "/gestion/apparence/"):
        assert service.get(path).status_code == 404
    assert service.post("/gestion/accompagnement/", {"do": "end"}).status_code == 404


def test_without_accompaniment_the_service_has_no_way_in(
    in_saran: Municipality, operator: User, visit: Visit, framer: User
) -> None:
    ops = visit(None, operator, stays=True)
    assert in_saran.name not in main_of(ops, "/ops/cadrage/")
    answer = ops.post(f"/ops/cadrage/{in_saran.pk}/entrer/", follow=True)
    assert str(NotAccompanied.message) in answer.content.decode()
    with schema_context("public"), pytest.raises(NotAccompanied):
        issue_ticket_to_frame(city=in_saran.pk, operator=operator, at=timezone.now())
    delegate = UserFactory(role=Role.DELEGATE)
    given = {"challenge": ecology(), "municipality": in_saran, "actor": delegate, "signed": "Inès"}
    with pytest.raises(margins.NotInTheMargin):
        margins.comment(field="why", text="Bonjour.", at=timezone.now(), **given)
    with pytest.raises(margins.NotInTheMargin):
        advise_challenge(revision=1, at=timezone.now(), **given)


def test_once_the_city_ends_it_whoever_is_in_is_out(service: Client, accompanied: Municipality, visit: Visit) -> None:
    boss = visit(accompanied, UserFactory(administrator=True), stays=True)
    assert "Territoires résilients vous accompagne" in main_of(boss, LIST)
    boss.post("/gestion/accompagnement/", {"do": "end"})
    assert service.get(PAGE).status_code == 302
    assert service.post(f"{PAGE}commenter/why/", {"words": "Encore un mot."}).status_code == 302
    assert not MarginComment.objects.exists()
    boss.post("/gestion/accompagnement/", {"do": "ask"})
    actions = AuditEntry.objects.filter(action__startswith="accompaniment_").order_by("pk")
    assert [each.action.removeprefix("accompaniment_") for each in actions] == ["asked", "ended", "asked"]


def test_a_ticket_to_frame_is_over_with_the_accompaniment(
    accompanied: Municipality, operator: User, visit: Visit, framer: User
) -> None:
    ops = visit(None, operator, stays=True)
    press = ops.post(f"/ops/cadrage/{accompanied.pk}/entrer/")
    end_accompaniment(municipality=accompanied, actor=framer)
    path = press.headers["Location"].removeprefix(accompanied.url.rstrip("/"))
    assert visit(accompanied, stays=True).get(path).status_code == 410


@pytest.mark.parametrize("opened", [True, False])
def test_whoever_only_accompanies_comes_in_whether_the_city_is_open_or_not_and_has_no_desk_of_moderation(
    accompanied: Municipality, operator: User, visit: Visit, opened: bool
) -> None:
    if not opened:
        Consultation.objects.update(opened_at=None)
        with schema_context("public"):
            Municipality.objects.update(opened_at=None)
    press = visit(None, operator, stays=True).post(f"/ops/cadrage/{accompanied.pk}/entrer/")
    service = visit(accompanied, stays=True)
    path = press.headers["Location"].removeprefix(accompanied.url.rstrip("/"))
    assert service.get(path, follow=True).redirect_chain[-1][0] == LIST
    assert service.get(PAGE).status_code == 200
    say(service, "D’où vient ce chiffre ?")
    assert service.get("/gestion/moderation/").status_code == 404
    assert visit(accompanied, stays=True).get(path).status_code == 410


def test_who_of_the_service_has_no_name_signs_as_the_service_once_and_by_no_address(
    accompanied: Municipality, operator: User, visit: Visit, desk: Client
) -> None:
    with schema_context("public"):
        User.objects.filter(pk=operator.pk).update(public_name="")
    press = visit(None, operator, stays=True).post(f"/ops/cadrage/{accompanied.pk}/entrer/")
    service = visit(accompanied, stays=True)
    service.get(press.headers["Location"].removeprefix(accompanied.url.rstrip("/")))
    asked = say(service, "D’où vient ce chiffre ?")
    note = main_of(desk).partition('class="margin-note')[2].partition("</header>")[0]
    assert note.count("Territoires résilients") == 1
    service.post(f"{PAGE}commentaires/{asked.pk}/regler/")
    page = main_of(desk)
    assert "Réglé par Territoires résilients le" in page.replace("\xa0", " ")
    own = main_of(service, "/compte/")
    assert "delegation.invalid" not in page + own
    assert "Changer votre adresse" not in own


def test_the_city_reads_when_somebody_came_in_to_frame(
    service: Client, accompanied: Municipality, visit: Visit
) -> None:
    boss = visit(accompanied, UserFactory(administrator=True), stays=True)
    page = main_of(boss, "/gestion/moderation/acces-du-service/")
    assert "Elle vous accompagne aussi" in page
    assert page.count("Pour vous accompagner sur vos défis") == 1
    assert "n’est entré" not in page
    end_accompaniment(municipality=accompanied, actor=UserFactory(administrator=True))
    page = main_of(boss, "/gestion/moderation/acces-du-service/")
    assert "Elle n’entre dans aucune autre page" in page
    assert page.count("Pour vous accompagner sur vos défis") == 1


# ── What both sides find right ───────────────────────────────────────────────


def test_both_validate_with_name_and_date_and_a_change_takes_both_marks_off(
    desk: Client, service: Client, framer: User
) -> None:
    Challenge.objects.update(validated_at=None)
    assert "n’a pas encore validé" in main_of(desk)
    for client in (service, desk):
        for _time in range(2):
            client.post(f"{PAGE}valider/", {"revision": ecology().revision})
    challenge = ecology()
    assert (challenge.validated_by, challenge.advised_by) == (framer, "Inès Karoui")
    for page in (PAGE, LIST):
        assert {"Dominique", "Inès Karoui"} <= {
            each for each in ("Dominique", "Inès Karoui") if each in main_of(desk, page)
        }
    assert "les deux accords sont retirés" in main_of(desk, f"{PAGE}modifier/")
    services.edit_challenge(challenge=challenge, actor=None, revision=challenge.revision, why="Un autre pourquoi.")
    challenge = ecology()
    assert not challenge.is_validated
    assert not challenge.is_advised
    assert challenge.validated_by is None
    assert challenge.advised_by == ""


def test_the_service_opens_and_holds_back_nothing(service: Client, accompanied: Municipality) -> None:
    Challenge.objects.update(validated_at=None, published_at=None)
    Consultation.objects.update(opened_at=timezone.now())
    service.post(f"{PAGE}valider/", {"revision": ecology().revision})
    assert ecology().is_advised
    assert not ecology().is_public
    service.post(f"{PAGE}invalider/")
    assert not ecology().is_advised
    services.validate_challenge(challenge=ecology(), actor=None, revision=ecology().revision, at=timezone.now())
    assert ecology().is_public


def test_the_service_validates_only_what_it_read(service: Client) -> None:
    Challenge.objects.update(revision=7)
    answer = service.post(f"{PAGE}valider/", {"revision": "6"}, follow=True)
    assert "a changé depuis" in answer.content.decode()
    assert not ecology().is_advised


def test_whoever_writes_and_whoever_validates_never_wait_for_each_other(real_db: str) -> None:
    """Counting a proposal locks the consultation before the challenge, as validating does."""
    saran = Municipality.objects.get(slug="saran")
    with schema_context(saran.schema_name):
        challenge = ecology()

    def propose() -> None:
        try:
            with schema_context(saran.schema_name):
                count(challenge.pk, proposals=1)
        finally:
            connections.close_all()

    def waits() -> bool:
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
            return bool(cursor.fetchone()[0])

    with ThreadPoolExecutor(1) as another, schema_context(saran.schema_name):
        with transaction.atomic():
            locked(challenge.consultation)
            waiting = another.submit(propose)
            eventually(waits)
            services.locked_challenge(challenge)
        waiting.result(timeout=20)
        assert ecology().proposal_count == challenge.proposal_count + 1
