"""Operators prepare a version, write it together, publish it; nobody loses what they typed."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django_tenants.utils import schema_context

from accounts.enums import Role
from accounts.models import AuditEntry, User
from consultations.library.models import ChallengeSet
from consultations.library.selectors import draft_of, latest_set, latest_sets, set_version, shelves
from consultations.library.services.drafts import (
    CodeTaken,
    DraftChanged,
    NotComplete,
    NothingNew,
    add_challenge,
    discard_draft,
    prepare_version,
)
from consultations.library.services.shipping import content_of, load_shipped_sets
from tenants.models import Municipality
from tests.accounts.factories import UserFactory
from tests.library.factories import challenge_content, publish_set, set_content
from tests.support.pages import message_levels

pytestmark = pytest.mark.django_db
SET, DRAFT = "/ops/bibliotheque/serie/", "/ops/bibliotheque/serie/brouillon/"


def challenge(code: str, action: str = "") -> str:
    """The page of a challenge of the draft, or what is done there."""
    return f"{DRAFT}defis/{code}/{action}"


def draft_now() -> ChallengeSet:
    draft = draft_of("serie")
    assert draft
    return draft


def codes(challenge_set: ChallengeSet) -> list[str]:
    return [each.code for each in challenge_set.challenges.order_by("position", "pk")]


def typed(code: str = "ecology", **changes: Any) -> dict[str, Any]:
    """A challenge as its form sends it."""
    content = challenge_content(code)
    sent = {name: content[name] for name in ("label", "theme", "question", "summary", "why")}
    sent |= {name: "\r\n".join(content[name]) for name in ("guiding_questions", "on_table", "off_table")}
    for number, example in enumerate(content["examples"], start=1):
        sent |= {f"example_{number}_text": example["text"], f"example_{number}_why": example["why"]}
    return sent | {"revision": 1} | changes


def actions() -> list[str]:
    return [entry.action for entry in AuditEntry.objects.filter(details__code="serie").order_by("at", "pk")]


@pytest.fixture
def draft(operator: User) -> ChallengeSet:
    published = publish_set()
    prepare_version(content=content_of(published), actor=operator)
    return draft_now()


# ── From one version to the next ──────────────────────────────────────────────


def test_a_new_version_begins_as_a_copy_of_the_newest_and_twice_is_once(ops: Client, operator: User) -> None:
    publish_set()
    for _press in range(2):
        assert ops.post(f"{SET}preparer/", {"version": "1"}).headers["Location"] == DRAFT
    draft = draft_now()
    assert draft.version == 2
    assert content_of(draft) | {"version": 1} == content_of(set_version("serie", 1))
    assert actions() == ["library.set_published", "library.draft_prepared"]
    assert AuditEntry.objects.get(action="library.draft_prepared", details__code="serie").actor == operator


def test_a_draft_may_begin_from_an_older_version_but_not_from_one_that_is_not(ops: Client) -> None:
    publish_set(version=1)
    publish_set(version=2, title="Mieux")
    for wrong in ("7", "x", "", "shipped", "99999999999999", "²"):
        assert ops.post(f"{SET}preparer/", {"version": wrong}).status_code == 404
    ops.post(f"{SET}preparer/", {"version": "1"})
    assert (draft_now().version, draft_now().title) == (3, "Série serie")


def test_a_complete_draft_is_published_and_new_cities_start_from_it(
    ops: Client, draft: ChallengeSet, operator: User
) -> None:
    ops.post(challenge("ecology"), typed(label="Climat"))
    answer = ops.post(f"{DRAFT}publier/", {"revision": draft_now().revision}, follow=True)
    assert "La version 2 est publiée" in answer.content.decode()
    newest = latest_set("serie")
    assert (newest.version, newest.challenges.get(code="ecology").label) == (2, "Climat")
    assert set_version("serie", 1).challenges.get(code="ecology").label == "Défi ecology"
    entry = AuditEntry.objects.get(action="library.set_published", subject_id=str(newest.pk))
    assert entry.actor == operator
    page = ops.get(SET).content.decode()
    assert "Alix\u00a0: version 2 publiée" in page.replace("&nbsp;", "\u00a0")


def test_an_incomplete_draft_is_not_published_and_its_page_says_what_is_missing(
    ops: Client, draft: ChallengeSet
) -> None:
    ops.post(challenge("ecology"), typed(why="", guiding_questions="Où ?\nQui ?", off_table="Le gel"))
    page = ops.get(DRAFT).content.decode()
    for words in ("Ce texte reste à écrire.", "Il manque 1 ligne.", "Dites pourquoi, après un deux-points"):
        assert words in page
    assert f"{DRAFT}publier/" not in page
    answer = ops.post(f"{DRAFT}publier/", {"revision": draft_now().revision}, follow=True)
    assert str(NotComplete.message) in answer.content.decode()
    assert draft_now().is_draft


def test_a_draft_that_changes_nothing_is_not_published(ops: Client, draft: ChallengeSet) -> None:
    answer = ops.post(f"{DRAFT}publier/", {"revision": draft.revision}, follow=True)
    assert str(NothingNew.message) in answer.content.decode()
    assert latest_set("serie").version == 1


@pytest.mark.parametrize("revision", ["", "0", "99", "x", "-1"])
def test_what_one_has_not_seen_is_not_published(ops: Client, draft: ChallengeSet, revision: str) -> None:
    ops.post(challenge("ecology"), typed(label="Climat"))
    answer = ops.post(f"{DRAFT}publier/", {"revision": revision}, follow=True)
    assert message_levels(answer)[-1] == "warning"
    with pytest.raises(DraftChanged):
        discard_draft(code="serie", revision=99, actor=User.objects.get())
    assert latest_set("serie").version == 1


def test_a_published_version_has_no_page_to_edit_it(ops: Client) -> None:
    publish_set()
    for path in (DRAFT, f"{DRAFT}textes/", challenge("ecology"), f"{DRAFT}nouveau-defi/", f"{DRAFT}abandonner/"):
        assert ops.get(path).headers["Location"] == SET
        assert ops.get(path.replace("serie", "inconnue")).status_code == 404
    assert ops.post(f"{DRAFT}publier/", {"revision": 1}).headers["Location"] == SET
    assert ops.post(challenge("ecology", "deplacer/"), {"revision": 1}).headers["Location"] == SET


def test_a_draft_is_given_up_only_after_asking(ops: Client, draft: ChallengeSet) -> None:
    assert 'name="revision"' in ops.get(f"{DRAFT}abandonner/").content.decode()
    assert ops.post(f"{DRAFT}abandonner/", {"revision": 99}).headers["Location"] == DRAFT
    assert draft_of("serie")
    assert ops.post(f"{DRAFT}abandonner/", {"revision": draft.revision}).headers["Location"] == SET
    assert draft_of("serie") is None
    assert latest_set("serie").challenges.count() == 3
    assert actions()[-1] == "library.draft_discarded"


# ── A new set ─────────────────────────────────────────────────────────────────


def test_a_set_is_begun_with_a_title_written_and_published(ops: Client) -> None:
    sent = {"title": "L'hiver ensemble", "question": "{name} : et l'hiver ?", "summary": "Pour en parler."}
    for _press in range(2):
        answer = ops.post("/ops/bibliotheque/nouvelle/", sent)
        assert answer.headers["Location"] == "/ops/bibliotheque/l-hiver-ensemble/brouillon/"
    draft = draft_of("l-hiver-ensemble")
    assert draft
    assert (draft.title, draft.question) == ("L’hiver ensemble", "{name}\u00a0: et l’hiver\u202f?")
    for code in ("ecology", "work", "health"):
        ops.post("/ops/bibliotheque/l-hiver-ensemble/brouillon/nouveau-defi/", typed(code))
    draft.refresh_from_db()
    ops.post("/ops/bibliotheque/l-hiver-ensemble/brouillon/publier/", {"revision": draft.revision})
    assert codes(latest_set("l-hiver-ensemble")) == ["defi-ecology", "defi-work", "defi-health"]


@pytest.mark.parametrize("title", ["", "ab", "!!!", "Nouvelle", "x" * 121, "Série serie", "serie SÉRIE"])
def test_a_title_that_cannot_be_is_refused_at_its_field_and_nothing_is_lost(ops: Client, title: str) -> None:
    publish_set("serie-serie")
    answer = ops.post("/ops/bibliotheque/nouvelle/", {"title": title, "question": "Et ?", "summary": "Mon texte à moi"})
    assert answer.status_code == 422
    if title in ("Série serie", "serie SÉRIE"):
        assert answer.context["form"].errors["title"] == [CodeTaken.message]
    assert "title" in answer.context["form"].errors
    assert "Mon texte à moi" in answer.content.decode()


def test_a_set_of_which_only_the_draft_existed_leaves_nothing(ops: Client) -> None:
    ops.post("/ops/bibliotheque/nouvelle/", {"title": "Essai"})
    answer = ops.post("/ops/bibliotheque/essai/brouillon/abandonner/", {"revision": 1})
    assert answer.headers["Location"] == "/ops/bibliotheque/"
    assert ops.get("/ops/bibliotheque/essai/").status_code == 404


# ── Writing ───────────────────────────────────────────────────────────────────


def test_a_challenge_is_written_one_sentence_a_line(ops: Client, draft: ChallengeSet) -> None:
    lines = "Où fait-il froid?\r\n\r\n  Qui a froid ?\r\nQue faire ?\r\n"
    ops.post(challenge("ecology"), typed(guiding_questions=lines, example_2_text="", example_2_why=""))
    template = draft_now().challenges.get(code="ecology")
    assert template.guiding_questions == ["Où fait-il froid\u202f?", "Qui a froid\u202f?", "Que faire\u202f?"]
    assert template.examples == [challenge_content()["examples"][0]]
    entry = AuditEntry.objects.get(action="library.challenge_edited", details__code="serie")
    assert entry.details["fields"] == ["guiding_questions", "examples"]


def test_saving_the_same_text_leaves_no_trace(ops: Client, draft: ChallengeSet) -> None:
    assert ops.post(challenge("ecology"), typed()).status_code == 302
    assert draft_now().revision == draft.revision
    assert "library.challenge_edited" not in actions()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("label", ""),
        ("label", "x" * 41),
        ("label", "\u200b\u200b"),
        ("theme", "PLUMBING"),
        ("question", "é" * 201),
        ("why", "x" * 1501),
        ("example_1_text", "x" * 301),
        ("revision", "abc"),
    ],
)
def test_bad_input_is_said_at_its_field_and_nothing_is_lost(
    ops: Client, draft: ChallengeSet, field: str, value: str
) -> None:
    answer = ops.post(challenge("ecology"), typed(summary="Ce que j’ai écrit") | {field: value})
    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert "Ce que j’ai écrit" in answer.content.decode()
    assert draft_now().revision == draft.revision


def test_markup_is_only_words(ops: Client, draft: ChallengeSet) -> None:
    ops.post(challenge("ecology"), typed(label="<script>x</script>", why="<b>gras</b>"))
    for path in (DRAFT, f"{SET}versions/2/", f"{SET}versions/2/changements/", challenge("ecology")):
        page = ops.get(path).content.decode()
        assert "&lt;script&gt;x" in page
        assert "<script>x" not in page
        assert "<b>gras" not in page


def test_a_new_challenge_takes_its_code_from_its_label_and_twice_is_once(ops: Client, draft: ChallengeSet) -> None:
    for _press in range(2):
        assert ops.post(f"{DRAFT}nouveau-defi/", typed(label="L'hiver")).headers["Location"] == DRAFT
    ops.post(f"{DRAFT}nouveau-defi/", typed(label="L'hiver", summary="Un autre"))
    assert codes(draft_now()) == ["ecology", "work", "citizenship", "l-hiver", "l-hiver-2"]


def test_a_challenge_moves_one_place_and_a_second_press_does_not_move_it_again(
    ops: Client, draft: ChallengeSet
) -> None:
    for _press in range(2):
        ops.post(challenge("citizenship", "deplacer/"), {"revision": draft.revision, "direction": "up"})
    assert codes(draft_now()) == ["ecology", "citizenship", "work"]
    ops.post(challenge("ecology", "deplacer/"), {"revision": draft_now().revision, "direction": "down"})
    assert codes(draft_now()) == ["citizenship", "ecology", "work"]
    before = draft_now().revision
    ops.post(challenge("work", "deplacer/"), {"revision": before, "direction": "down"})
    assert draft_now().revision == before


def test_a_challenge_is_removed_after_asking_and_stays_where_it_was_published(ops: Client, draft: ChallengeSet) -> None:
    assert 'name="revision"' in ops.get(challenge("work", "retirer/")).content.decode()
    ops.post(challenge("work", "retirer/"), {"revision": draft.revision})
    ops.post(challenge("work", "retirer/"), {"revision": draft.revision})
    assert codes(draft_now()) == ["ecology", "citizenship"]
    assert codes(set_version("serie", 1)) == ["ecology", "work", "citizenship"]


# ── Two at once ───────────────────────────────────────────────────────────────


def test_the_second_to_save_a_challenge_is_told_sees_both_texts_and_may_insist(
    ops: Client, draft: ChallengeSet, as_operator: Callable[..., Client]
) -> None:
    colleague = as_operator(UserFactory(operator=True))
    assert colleague.post(challenge("ecology"), typed(summary="Le texte du collègue.")).status_code == 302
    answer = ops.post(challenge("ecology"), typed(summary="Mon texte."))
    assert answer.status_code == 409
    assert "Mon texte." in answer.context["form"]["summary"].value()
    assert [name for name, _pieces in answer.context["conflict"]] == ["En quelques mots"]
    assert draft_now().challenges.get(code="ecology").summary == "Le texte du collègue."
    insisted = ops.post(
        challenge("ecology"), typed(summary="Mon texte.", revision=answer.context["form"]["revision"].value())
    )
    assert insisted.status_code == 302
    assert draft_now().challenges.get(code="ecology").summary == "Mon texte."


def test_two_may_write_two_challenges_at_once(ops: Client, draft: ChallengeSet) -> None:
    assert ops.post(challenge("ecology"), typed("ecology", summary="Un.")).status_code == 302
    assert ops.post(challenge("work"), typed("work", summary="Deux.")).status_code == 302


def test_the_second_to_save_the_sets_words_is_told(ops: Client, draft: ChallengeSet) -> None:
    words = {"title": "Série", "question": "Et demain ?", "summary": "Court.", "revision": draft.revision}
    assert ops.post(f"{DRAFT}textes/", words).status_code == 302
    answer = ops.post(f"{DRAFT}textes/", words | {"title": "Ma série"})
    assert answer.status_code == 409
    assert answer.context["form"]["title"].value() == "Ma série"
    assert draft_now().title == "Série"


def test_a_draft_published_while_one_writes_keeps_what_was_typed(ops: Client, draft: ChallengeSet) -> None:
    ops.post(challenge("work"), typed("work", label="Emploi"))
    ops.post(f"{DRAFT}publier/", {"revision": draft_now().revision})
    answer = ops.post(challenge("ecology"), typed(summary="Écrit trop tard."))
    assert answer.status_code == 409
    assert "Écrit trop tard." in answer.content.decode()
    assert draft_of("serie") is None
    saved = ops.post(challenge("ecology"), typed(summary="Écrit trop tard.", anyway="1"))
    assert saved.headers["Location"] == DRAFT
    assert (draft_now().version, draft_now().challenges.get(code="ecology").summary) == (3, "Écrit trop tard.")
    assert latest_set("serie").challenges.get(code="ecology").summary != "Écrit trop tard."


def test_a_challenge_removed_while_one_writes_can_be_put_back(ops: Client, draft: ChallengeSet) -> None:
    ops.post(challenge("work", "retirer/"), {"revision": draft.revision})
    answer = ops.post(challenge("work"), typed("work", summary="Je l’écrivais."))
    assert answer.status_code == 409
    assert "Je l’écrivais." in answer.content.decode()
    ops.post(challenge("work"), typed("work", summary="Je l’écrivais.", anyway="1"))
    assert draft_now().challenges.get(summary="Je l’écrivais.").position == 4


# ── What is offered ───────────────────────────────────────────────────────────


def test_a_set_is_withdrawn_and_offered_again(ops: Client) -> None:
    publish_set()
    for _press in range(2):
        ops.post(f"{SET}retirer/")
    assert "serie" not in {each.code for each in latest_sets()}
    assert f"{SET}proposer-de-nouveau/" in ops.get(SET).content.decode()
    for _press in range(2):
        ops.post(f"{SET}proposer-de-nouveau/")
    assert "serie" in {each.code for each in latest_sets()}
    assert actions()[1:] == ["library.set_withdrawn", "library.set_offered_again"]


def test_a_draft_cannot_be_withdrawn(ops: Client) -> None:
    ops.post("/ops/bibliotheque/nouvelle/", {"title": "Essai"})
    assert ops.post("/ops/bibliotheque/essai/retirer/").status_code == 404


def test_the_softwares_text_waits_beside_the_teams_and_can_be_taken_up(
    ops: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    shipped = set_content(version=2, title="Du logiciel")
    monkeypatch.setattr("consultations.library.services.shipping.shipped_contents", lambda: {"serie": shipped})
    publish_set(version=1)
    publish_set(version=2, title="De l’équipe")
    load_shipped_sets()
    assert latest_set("serie").title == "De l’équipe"
    assert 'value="shipped"' in ops.get(SET).content.decode()
    ops.post(f"{SET}preparer/", {"version": "shipped"})
    assert (draft_now().version, draft_now().title) == (3, "Du logiciel")


# ── Who, and at what cost ─────────────────────────────────────────────────────


@pytest.mark.parametrize("role", [None, *sorted(set(Role.values) - {Role.OPERATOR, Role.DELEGATE})])
def test_only_operators_enter_and_write(visit: Callable[..., Client], draft: ChallengeSet, role: str | None) -> None:
    client = visit(None, UserFactory(role=role) if role else None)
    for path in ("publier/", "abandonner/", "textes/", "defis/ecology/", "defis/ecology/deplacer/", "nouveau-defi/"):
        answer = client.post(f"{DRAFT}{path}", typed(revision=draft.revision))
        assert answer.status_code == 404 if role else "/connexion/" in answer.headers["Location"]
    assert draft_now().revision == draft.revision


def test_the_library_is_written_in_no_city(visit: Callable[..., Client], saran: Municipality) -> None:
    with schema_context(saran.schema_name):
        operator = UserFactory(operator=True)
    assert visit(saran, operator).get("/ops/bibliotheque/").status_code == 404
    assert visit(saran, operator).get("/bibliotheque/").status_code == 404


def queries(client: Client, path: str) -> int:
    client.get(path)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(path).status_code == 200
    return len(captured)


def test_pages_cost_the_same_with_two_sets_and_challenges_as_with_ten(ops: Client, operator: User) -> None:
    def fill(first: int, last: int) -> None:
        for number in range(first, last):
            publish_set(f"serie-{number}", title=f"Série {number}")
            publish_set(f"serie-{number}", version=2, title=f"Série {number} bis")

    publish_set(challenges=[challenge_content(code) for code in ("a", "b")])
    prepare_version(content=content_of(latest_set("serie")), actor=operator)
    fill(0, 2)
    paths = ("/ops/bibliotheque/", SET, DRAFT, f"{SET}versions/2/", f"{SET}versions/2/changements/", "/bibliotheque/")
    before = [queries(ops, path) for path in paths]
    fill(2, 10)
    for number in range(8):
        add_challenge(code="serie", actor=operator, **_without_code(challenge_content(f"n{number}")))
    assert [queries(ops, path) for path in paths] == before
    assert len(shelves()) >= 11


def _without_code(content: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in content.items() if name != "code"}
