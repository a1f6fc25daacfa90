"""Versions of the lexicon: operators write them, every city reads the newest, the database keeps each as it was."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_tenants.utils import schema_context

from accounts.models import AuditEntry, User
from consultations.screening.lexicon import packaged_lexicon, packaged_parts
from consultations.screening.models import LexiconVersion
from consultations.screening.screening import flags_of
from consultations.screening.selectors import current_lexicon, current_version, lexicon_with
from consultations.screening.services.lexicon import LexiconChanged, LexiconUnchanged, UnusableWords, write_lexicon
from tenants.models import Municipality
from tests.accounts.factories import UserFactory

pytestmark = pytest.mark.django_db
LEXICON, EDIT, TRY = "/ops/lexique/", "/ops/lexique/modifier/", "/ops/lexique/essayer/"


@pytest.fixture
def operator(db: None) -> User:
    return UserFactory(operator=True, public_name="Alix")


@pytest.fixture
def ops(visit: Callable[..., Client], operator: User) -> Client:
    return visit(None, operator)


def write(operator: User, *, seen: int = 0, **parts: str) -> LexiconVersion:
    words = current_version().parts | parts
    return write_lexicon(parts=words, note="Un mot de plus", seen=seen, actor=operator, at=timezone.now())


def sent(**changes: Any) -> dict[str, Any]:
    """The form as it is sent."""
    return {**packaged_parts(), "note": "Un mot de plus", "seen": 0, **changes}


def flagged(text: str) -> list[str]:
    return [flag.found for flag in flags_of(text, lexicon=current_lexicon())]


def test_without_a_version_the_words_of_the_software_hold() -> None:
    assert current_lexicon() is packaged_lexicon()


def test_the_words_of_the_software_can_all_be_saved_as_a_version(operator: User) -> None:
    version = write(operator, always=packaged_parts()["always"] + " zigoto")
    lexicon = current_lexicon()
    assert (lexicon.number, version.made_by) == (1, "Alix")
    assert lexicon.always - packaged_lexicon().always == {("zigoto",)}
    assert (lexicon.phrases, lexicon.images) == (packaged_lexicon().phrases, packaged_lexicon().images)
    assert AuditEntry.objects.filter(action="screening.lexicon_written", actor=operator).count() == 1


def test_a_version_holds_in_every_city_at_once_and_none_can_write_one(saran: Municipality, operator: User) -> None:
    assert flagged("Quel zigoto") == []
    with schema_context("public"):
        write(operator, always=packaged_parts()["always"] + " zigoto")
    with schema_context(saran.schema_name):
        assert flagged("Quel zigoto") == ["zigoto"]
        with pytest.raises(Exception, match="permission denied"), transaction.atomic():
            LexiconVersion.objects.create(number=9, note="x", made_by="x", created_at=timezone.now())


def test_it_is_read_once_and_then_only_looked_for(operator: User) -> None:
    write(operator, always="zigoto")
    current_lexicon()
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert current_lexicon() is current_lexicon()
        assert lexicon_with(["farfelu"]) is lexicon_with(["farfelu"])
    assert len(queries) == 4
    assert all("always" not in each["sql"] for each in queries)


@pytest.mark.parametrize(
    "change", ["UPDATE screening_lexiconversion SET note = 'x'", "DELETE FROM screening_lexiconversion"]
)
def test_a_version_never_changes(operator: User, change: str) -> None:
    write(operator, always="zigoto")
    with pytest.raises(IntegrityError, match="never changes"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(change)


def test_who_has_read_an_older_version_is_refused(operator: User) -> None:
    write(operator, always="zigoto")
    for seen in (0, 2):  # nor of one that does not exist yet
        with pytest.raises(LexiconChanged):
            write(operator, seen=seen, always="farfelu")
    assert LexiconVersion.objects.count() == 1


def test_the_same_words_in_another_order_are_no_version(operator: User) -> None:
    turned = " ".join(reversed(packaged_parts()["always"].split()))
    with pytest.raises(LexiconUnchanged):
        write(operator, always=turned)


@pytest.mark.parametrize("entry", ["a", "*", "12", "x" * 41])
def test_an_entry_that_would_flag_everything_or_nothing_is_refused(operator: User, entry: str) -> None:
    with pytest.raises(UnusableWords):
        write(operator, always=f"zigoto {entry}")
    assert not LexiconVersion.objects.exists()


def test_what_is_never_an_insult_wins(operator: User) -> None:
    assert flagged("Le Concours du plus gros connard (pièce de théâtre)") == ["connard"]
    write(operator, innocent="plus gros connard")
    assert flagged("Le Concours du plus gros connard (pièce de théâtre)") == []


# ── Pages ─────────────────────────────────────────────────────────────────────


def test_an_operator_writes_a_version_and_sees_what_it_changes(ops: Client) -> None:
    page = ops.get(EDIT)
    assert page.status_code == 200
    assert b"connard" in page.content
    answer = ops.post(EDIT, sent(always=packaged_parts()["always"].replace("ducon ", "") + " Zigoto"), follow=True)
    assert answer.redirect_chain == [(f"{LEXICON}versions/1/", 302)]
    html = answer.content.decode()
    assert "<ins>zigoto</ins>" in html
    assert "<del>ducon</del>" in html
    assert "Un mot de plus" in ops.get(LEXICON).content.decode()


def test_what_somebody_typed_over_a_newer_version_is_kept_and_can_be_saved_then(ops: Client, operator: User) -> None:
    write(operator, places="zigotoville")
    typed = sent(always="farfelu", places="zigotoville")
    refused = ops.post(EDIT, typed)
    assert refused.status_code == 422
    html = refused.content.decode()
    assert "farfelu" in html
    assert 'name="seen" value="1"' in html
    assert ops.post(EDIT, typed | {"seen": 1}).status_code == 302


def test_wrong_entries_are_named_and_nothing_is_lost(ops: Client) -> None:
    answer = ops.post(EDIT, sent(always="a zigoto"))
    assert answer.status_code == 422
    assert "a zigoto" in answer.content.decode()


def test_a_text_is_tried_and_each_flag_is_shown_in_it(ops: Client) -> None:
    answer = ops.post(TRY, {"text": "Appelle <b>connard</b> le 06 23 45 67 89"})
    html = answer.content.decode()
    assert answer.status_code == 200
    assert "<mark>connard<sup>&nbsp;1</sup></mark>" in html
    assert "<mark>06 23 45 67 89<sup>&nbsp;2</sup></mark>" in html
    assert "<b>connard" not in html
    assert "Numéro de téléphone" in html


def test_a_text_with_nothing_in_it_says_so(ops: Client) -> None:
    assert "Rien" in ops.post(TRY, {"text": "Un banc sous le tilleul"}).content.decode()
    assert ops.post(TRY, {"text": "   "}).status_code == 422
    assert ops.get(f"{LEXICON}versions/7/").status_code == 404
    assert b"connard" in ops.get(f"{LEXICON}versions/0/").content
