"""Imports at the desk: looked at, said, imported once, undone as a whole until somebody has acted."""

import io
from collections.abc import Callable
from typing import Any

import pytest
from django.apps import apps
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import SET_NULL
from django.test import Client
from django.utils import timezone

from accounts.enums import Role
from accounts.models import AuditEntry
from common.outbox import messages_of, run_message
from consultations.framing.models import Challenge, Consultation
from consultations.imports.enums import ImportState
from consultations.imports.models import Import, ImportFile, ImportPart
from consultations.imports.services import importing, undoing
from consultations.imports.services.importing import begin, work
from consultations.imports.services.refusals import (
    ActedOn,
    AnswersNotTheirs,
    ImportMoved,
    StillAsked,
    UndoneByOthers,
)
from consultations.imports.services.retention import WAIT, waiting_over
from consultations.imports.services.undoing import undo
from consultations.participation.enums import ReactionValue
from consultations.participation.models import Argument, Follow, Proposal, Reaction
from tenants.models import Municipality
from tests.accounts.factories import UserFactory
from tests.imports.files import COMMENTS, NEW, comment, new_proposal, table
from tests.moderation.factories import reported

PAGE = "/gestion/importer/"
SAID = {
    "title": "Nos rues", "source": "", "opens_at": "2019-03-01T08:00", "closes_at": "2019-05-01T20:00", "challenge": "",
    "neutral": "improve", "encoding_0": "utf-8", "encoding_1": "utf-8",
}  # fmt: skip


@pytest.fixture
def desk(visit: Callable[..., Client], in_saran: Municipality) -> Client:
    return visit(in_saran, UserFactory(role=Role.FACILITATOR), stays=True)


def sent(name: str, content: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def upload(desk: Client, **more: Any) -> Import:
    files = {
        "first": sent("propositions.csv", table(NEW, [new_proposal(1), new_proposal(2)])),
        "second": sent("commentaires.csv", table(COMMENTS, [comment(10), comment(11, depth=1, parent=10)])),
    }
    answer = desk.post(PAGE, {"format": "decidim", **files, **more})
    assert answer.status_code == 302, answer.content.decode()
    return Import.objects.latest("pk")


def works() -> int:
    """A worker does what waits; how much that was."""
    waiting = list(messages_of(work))
    return sum(run_message(str(each.pk), at=timezone.now()) for each in waiting)


def say(desk: Client, found: Import, **changes: Any) -> Any:
    found.refresh_from_db()
    return desk.post(f"{PAGE}{found.pk}/preciser/", {**SAID, "revision": found.revision, **changes})


def start(desk: Client, found: Import) -> Any:
    found.refresh_from_db()
    return desk.post(f"{PAGE}{found.pk}/lancer/", {"revision": found.revision})


def imported(desk: Client) -> Import:
    found = upload(desk)
    works()
    say(desk, found)
    works()
    start(desk, found)
    works()
    found.refresh_from_db()
    assert found.state == ImportState.DONE, found.result
    return found


def test_from_the_files_to_the_consultation_and_back(desk: Client) -> None:
    found = upload(desk)
    page = f"{PAGE}{found.pk}/"
    assert 'hx-get="' in desk.get(page).content.decode()
    assert works() == 1
    looked = desk.get(page).content.decode()
    assert "Commentaires qui n’ont pas pris parti" in looked
    assert 'name="neutral"' in looked
    assert "UTF-8" in looked
    assert f'action="{page}lancer/"' not in looked
    assert start(desk, found).status_code == 422
    assert say(desk, found, closes_at="2018-01-01T00:00").status_code == 422
    assert say(desk, found).status_code == 302
    works()
    assert f'action="{page}lancer/"' in desk.get(page).content.decode()
    assert not Proposal.objects.exists()
    assert start(desk, found).status_code == 302
    assert start(desk, found).status_code == 302
    assert works() == 1
    found.refresh_from_db()
    assert found.consultation is not None
    assert found.result["created"] == {"consultation": 1, "challenge": 1, "proposal": 2, "argument": 1, "reply": 1}
    assert Proposal.objects.filter(author=None).count() == 2
    assert not ImportFile.objects.exists()
    assert not ImportPart.objects.exists()
    assert desk.post(f"{page}annuler/").status_code == 302
    assert not Consultation.objects.filter(import_ref__isnull=False).exists()
    assert not Proposal.objects.exists()
    assert Import.objects.get().state == ImportState.UNDONE
    assert desk.post(f"{page}annuler/").status_code == 302
    kinds = AuditEntry.objects.filter(action__startswith="import_").values_list("action", flat=True)
    assert sorted(kinds) == ["import_begun", "import_started", "import_undone"]
    assert imported(desk).result["created"]["proposal"] == 2


def test_a_worker_that_was_killed_or_comes_twice_imports_once(desk: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    found = upload(desk)
    works()
    say(desk, found)
    works()
    start(desk, found)

    def killed(*args: Any, **kwargs: Any) -> None:
        raise SystemExit

    with monkeypatch.context() as patched:
        patched.setattr(importing, "_end", killed)
        with pytest.raises(SystemExit):
            work(found.pk)
    assert not Proposal.objects.exists()
    work(found.pk)
    work(found.pk)
    assert Proposal.objects.count() == 2


def test_what_kills_its_worker_again_and_again_is_given_up(desk: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    found = upload(desk)
    cache.set(f"import-starts:{found.pk}:0:LOOKING", importing.STARTS, 60)
    works()
    found.refresh_from_db()
    assert (found.state, bool(found.result["problem"])) == (ImportState.LOOKED, True)


ACTS: dict[str, Callable[[Proposal, Any], Any]] = {
    "reaction": lambda proposal, user: Reaction.objects.create(proposal=proposal, user=user, value=ReactionValue.LIKE),
    "argument": lambda proposal, user: Argument.objects.create(proposal=proposal, author=user, stance="FOR", text="x"),
    "follow": lambda proposal, user: Follow.objects.create(proposal=proposal, user=user),
    "proposal": lambda proposal, user: Proposal.objects.create(challenge=proposal.challenge, title="x", solution="x"),
    "challenge": lambda proposal, user: Challenge.objects.filter(pk=proposal.challenge_id).update(validated_by=user),
}


def test_it_is_not_undone_once_somebody_has_acted(desk: Client, in_saran: Municipality) -> None:
    found, user = imported(desk), UserFactory()
    proposal = Proposal.objects.order_by("pk")[0]
    for name, act in ACTS.items():
        made = act(proposal, user)
        answer = desk.post(f"{PAGE}{found.pk}/annuler/")
        assert answer.status_code == 409, name
        assert Proposal.objects.filter(pk=proposal.pk).exists(), name
        if hasattr(made, "delete"):
            made.delete()
    with pytest.raises(ActedOn):
        undo(found=found, by=user, at=timezone.now())
    Challenge.objects.filter(pk=proposal.challenge_id).update(validated_by=None)
    undo(found=found, by=user, at=timezone.now())
    assert not Proposal.objects.exists()


def test_nothing_that_leads_to_what_is_undone_is_overlooked(desk: Client) -> None:
    """A report, a sheet typed for a challenge: tables whose rows cannot be asked for from the consultation."""
    found = imported(desk)
    consultation = Consultation.objects.get(pk=found.consultation_id)
    led = {model for model, _way, goes in undoing._leading(Consultation) if goes}
    all_of_them = {
        model
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if field.related_model in (Consultation, Challenge, Proposal, Argument)
        and field.remote_field.on_delete is not SET_NULL
    }
    assert all_of_them - {Consultation, Challenge, Proposal, Argument} <= led
    reported(Proposal.objects.order_by("pk")[0])
    answer = desk.post(f"{PAGE}{found.pk}/annuler/")
    assert answer.status_code == 409
    assert Consultation.objects.filter(pk=consultation.pk).exists()


ANSWER = (
    '{"type": "answer", "proposal": "p1", "number": 1, "decision": "adopted", "signed_name": "Mathieu Gallois",'
    ' "signed_at": "2019-06-01T10:00"}'
)


@pytest.mark.parametrize(("role", "may"), [(Role.FACILITATOR, False), (Role.ADMINISTRATOR, True)])
def test_signed_answers_are_imported_by_who_may_sign_here(
    visit: Callable[..., Client], in_saran: Municipality, role: Role, may: bool
) -> None:
    lines = [
        '{"type": "consultation", "title": "Nos rues", "opens_at": "2019-03-01T08:00", "closes_at": "2019-05-01T20:00"}',
        '{"type": "challenge", "ref": "c1", "title": "Comment marcher ?"}',
        '{"type": "proposal", "ref": "p1", "challenge": "c1", "title": "Des bancs", "body": "Un banc par rue.",'
        ' "submitted_at": "2019-03-02T10:00"}',
        ANSWER,
    ]
    client = visit(in_saran, UserFactory(role=role), stays=True)
    file = sent("nos-rues.jsonl", "\n".join(lines).encode())
    assert client.post(PAGE, {"format": "jsonl", "first": file}).status_code == 302
    works()
    found = Import.objects.latest("pk")
    page = client.get(f"{PAGE}{found.pk}/").content.decode()
    assert "Réponses de la collectivité, signées" in page
    answer = client.post(f"{PAGE}{found.pk}/lancer/", {"revision": found.revision})
    assert answer.status_code == (302 if may else 403)
    assert may or str(AnswersNotTheirs.message) in answer.content.decode()
    works()
    assert Consultation.objects.filter(title="Nos rues").exists() is may


def test_what_only_some_import_only_they_undo(in_saran: Municipality, visit: Callable[..., Client]) -> None:
    desk = visit(in_saran, UserFactory(role=Role.FACILITATOR), stays=True)
    found = imported(desk)
    Import.objects.filter(pk=found.pk).update(result={**found.result, "created": {"proposal": 1, "answer": 1}})
    answer = desk.post(f"{PAGE}{found.pk}/annuler/")
    assert answer.status_code == 403
    assert str(UndoneByOthers.message) in answer.content.decode()
    assert Consultation.objects.filter(title="Nos rues").exists()
    undo(found=found, by=UserFactory(role=Role.ADMINISTRATOR), at=timezone.now())
    assert not Consultation.objects.filter(title="Nos rues").exists()


def test_the_same_files_sent_twice_are_one_import(desk: Client) -> None:
    assert upload(desk).pk == upload(desk).pk
    assert works() == 1


def test_a_second_look_at_what_is_there_says_that_nothing_is_new(desk: Client) -> None:
    imported(desk)
    found = upload(desk)
    works()
    say(desk, found)
    works()
    page = desk.get(f"{PAGE}{found.pk}/").content.decode()
    assert "Déjà là, et laissées telles quelles" in page


def test_what_somebody_else_said_first_counts(desk: Client) -> None:
    found = upload(desk)
    works()
    assert say(desk, found).status_code == 302
    works()
    assert say(desk, found, revision=0).status_code == 409
    assert desk.post(f"{PAGE}{found.pk}/lancer/", {"revision": 0}).status_code == 409
    with pytest.raises(ImportMoved):
        importing.start(found=found, revision=0, by=UserFactory())


def test_a_file_of_another_kind_is_said_on_the_page(desk: Client) -> None:
    found = upload(desk, first=sent("photo.csv", b"%PDF-1.4 rien"), second="")
    works()
    assert "photo.csv" in desk.get(f"{PAGE}{found.pk}/").content.decode().split("<main")[1]
    assert desk.post(f"{PAGE}{found.pk}/abandonner/").status_code == 302
    assert not Import.objects.exists()


def test_columns_of_a_spreadsheet_are_matched_on_the_page(desk: Client) -> None:
    """Also where what is suggested cannot be: a column of sixty-one themes."""
    rows = [{"Avis": f"Un banc {place}", "Thème": f"Thème {place}"} for place in range(61)]
    found = upload(desk, format="spreadsheet", first=sent("avis.csv", table(["Avis", "Thème"], rows)), second="")
    works()
    page = desk.get(f"{PAGE}{found.pk}/").content.decode()
    assert "ne sont pas des défis" in page
    assert 'name="column_body"' in page
    matched = {"column_body": "Avis", "column_challenge": ""}
    assert say(desk, found, column_body="Avis", column_title="Avis").status_code == 422
    assert say(desk, found, **matched).status_code == 302
    works()
    start(desk, found)
    works()
    assert Proposal.objects.count() == 61
    assert Challenge.objects.filter(import_ref__isnull=False).count() == 1


def test_nothing_is_sent_without_a_file_or_a_platform(desk: Client) -> None:
    answer = desk.post(PAGE, {"format": "nowhere"})
    assert answer.status_code == 422
    assert "Choisissez un fichier" in answer.content.decode()


def test_files_that_wait_are_forgotten(in_saran: Municipality) -> None:
    at = timezone.now()

    found = begin(format="decidim", files=[("a.csv", io.BytesIO(b"a;b"))], by=UserFactory(), at=at)
    Import.objects.update(state=ImportState.LOOKED, result={"questions": {"title": 1}})
    with pytest.raises(StillAsked):
        importing.start(found=found, revision=0, by=UserFactory())
    assert not waiting_over(at=at + WAIT).exists()
    assert list(waiting_over(at=at + 2 * WAIT)) == [found]
