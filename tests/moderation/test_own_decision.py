"""A decision as its author reads it: what stays, what is hidden, why, and what they can do about it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from django_tenants.utils import schema_context

from consultations.moderation.enums import Act, Kind
from consultations.moderation.models import Case, Decision
from consultations.moderation.selectors.decisions import Piece, pieces
from consultations.moderation.services.appealing import appeal
from consultations.moderation.services.deciding import announce_decision
from consultations.moderation.services.reporting import report
from consultations.participation.models import Argument
from tenants.models import Municipality
from tests.moderation.factories import OTHER, decided, reported
from tests.participation.factories import ArgumentFactory, ReplyFactory, VersionedProposalFactory

pytestmark = pytest.mark.usefixtures("in_saran")
Visit = Callable[..., Client]


def told(case: Case, act: str = Act.HIDE, **kwargs: Any) -> Decision:
    decision = decided(case, act, **kwargs)
    announce_decision(decision_id=decision.pk)
    return decision


def page(visit: Visit, city: Municipality, person: Any, decision: Decision, status: int = 200) -> str:
    answer = visit(city, person).get(f"/moderation/decisions/{decision.pk}/")
    assert answer.status_code == status
    return str(answer.content.decode())


def test_its_author_reads_the_passages_that_nobody_else_reads(visit: Visit, in_saran: Municipality) -> None:
    proposal = VersionedProposalFactory(solution="Appelez Mme Lefort au 02 61 91 04 17 : elle confirmera tout cela.")
    decision = told(reported(proposal), Act.REDACT, passages=["Mme Lefort", "02 61 91 04 17"])
    shown = page(visit, in_saran, proposal.author, decision)
    assert 'Appelez <mark class="passage">Mme Lefort</mark> au <mark class="passage">02 61 91 04 17</mark> :' in shown
    assert "?texte#texte" in shown  # rewriting is the main action
    assert 'id="contester"' in shown
    for fact in ("charte, 4.1", "Partout sur cette plateforme", "Le texte donne"):
        assert fact.lower() in shown.lower()


@pytest.mark.parametrize(
    ("before", "after", "hidden"),
    [
        ("abc def", "abc [passage masqué]", ["def"]),
        ("def abc", "[passage masqué] abc", ["def"]),
        ("a x b x c", "a [passage masqué] b [passage masqué] c", ["x", "x"]),
        ("xx", "[passage masqué][passage masqué]", ["xx"]),
        ("same", "same", []),
        ("other", "nothing like it [passage masqué]", []),
    ],
)
def test_what_is_missing_is_found_in_what_there_was(before: str, after: str, hidden: list[str]) -> None:
    found = pieces(before, after)
    assert "".join(each.text for each in found) == before
    assert [each.text for each in found if each.is_hidden] == hidden
    assert all(isinstance(each, Piece) for each in found)


def test_a_hidden_argument_is_said_anew_with_its_words_there(visit: Visit, in_saran: Municipality) -> None:
    argument = ArgumentFactory(text="Ce que dit Mme Lefort, je le pense aussi.")
    decision = told(reported(argument))
    again = f"{argument.proposal.get_absolute_url()}?argumenter&amp;redire={argument.pk}#argumenter"
    assert again in page(visit, in_saran, argument.author, decision)
    address = again.replace("&amp;", "&").partition("#")[0]
    composer = visit(in_saran, argument.author).get(address).content.decode().partition("<textarea")[2]
    assert "Mme Lefort" in composer.partition("</textarea>")[0]
    for other in (None, argument.proposal.author):
        assert "Mme Lefort" not in visit(in_saran, other).get(address).content.decode()


def test_a_hidden_reply_and_a_hidden_name_lead_to_another(visit: Visit, in_saran: Municipality) -> None:
    reply = ReplyFactory(argument__reply_count=1)
    decision = told(reported(reply))
    assert "?repondre#argument-" in page(visit, in_saran, reply.author, decision)
    author = reply.argument.author
    name = author.public_name
    with schema_context(in_saran.schema_name):
        case = Case.objects.get(
            pk=report(kind=Kind.NAME, pk=author.pk, reason="OTHER", words=OTHER, at=timezone.now()).case_id
        )
        decision = told(case, ground="IMPERSONATION")
        author.refresh_from_db()
    shown = page(visit, in_saran, author, decision)
    assert name in shown
    assert 'href="/bienvenue/"' in shown


def test_nobody_else_reads_it_and_not_before_it_can_no_longer_be_cancelled(
    visit: Visit, in_saran: Municipality
) -> None:
    argument = ArgumentFactory()
    decision = decided(reported(argument))
    page(visit, in_saran, argument.author, decision, 404)
    with schema_context(in_saran.schema_name):
        announce_decision(decision_id=decision.pk)
    page(visit, in_saran, argument.author, decision, 200)
    page(visit, in_saran, argument.proposal.author, decision, 404)


def test_contesting_and_the_answer_with_its_reasons(visit: Visit, in_saran: Municipality) -> None:
    argument = ArgumentFactory()
    case = reported(argument)
    decision = told(case)
    address = f"/moderation/decisions/{decision.pk}/"
    writer = visit(in_saran, argument.author)
    assert writer.post(address, {"words": "court"}).status_code == 422
    words = "Je parle d’une idée, et de personne en particulier."
    assert writer.post(address, {"words": words}).status_code == 302
    shown = writer.get(address).content.decode()
    assert words in shown
    assert "<textarea" not in shown
    with schema_context(in_saran.schema_name):
        answer = decided(Case.objects.get(), facts="Une autre lecture ne change rien.")
    assert "Une autre lecture" not in writer.get(address).content.decode()  # it can still be cancelled
    with schema_context(in_saran.schema_name):
        announce_decision(decision_id=answer.pk)
    shown = writer.get(address).content.decode()
    assert "Une autre lecture ne change rien." in shown
    assert f"/moderation/decisions/{answer.pk}/" in shown
    shown = writer.get(f"/moderation/decisions/{answer.pk}/").content.decode()
    assert words in shown
    assert "<textarea" not in shown


def test_after_six_months_it_says_that_the_courts_remain(visit: Visit, in_saran: Municipality) -> None:
    argument = ArgumentFactory()
    decision = told(reported(argument), at=timezone.now() - timedelta(days=185))
    shown = page(visit, in_saran, argument.author, decision)
    assert "<textarea" not in shown
    assert "defenseurdesdroits.fr" in shown
    answer = visit(in_saran, argument.author).post(
        f"/moderation/decisions/{decision.pk}/", {"words": "Relisez mon texte s’il vous plaît."}
    )
    assert answer.status_code == 409


def test_what_no_longer_stands_says_so_and_offers_nothing(visit: Visit, in_saran: Municipality) -> None:
    argument = ArgumentFactory()
    case = reported(argument)
    decision = told(case)
    told(case, Act.RESTORE)
    shown = page(visit, in_saran, argument.author, decision)
    assert "redire=" not in shown
    assert "<textarea" not in shown


def test_one_s_decisions_are_listed_with_what_is_one_s_own(visit: Visit, in_saran: Municipality) -> None:
    argument = ArgumentFactory()
    decision = told(reported(argument))
    kept = told(reported(ArgumentFactory(author=argument.author)), Act.KEEP)
    for address in ("/ma-participation/", "/ma-participation/?voir=decisions"):
        shown = visit(in_saran, argument.author).get(address).content.decode()
        assert f"/moderation/decisions/{decision.pk}/" in shown
        assert f"/moderation/decisions/{kept.pk}/" not in shown
    assert (
        "/moderation/decisions/"
        not in visit(in_saran, argument.proposal.author).get("/ma-participation/").content.decode()
    )
    with schema_context(in_saran.schema_name):
        appeal(decision=decision, author=argument.author, words="Relisez mon texte, je vous prie.", at=timezone.now())
        assert Argument.objects.filter(status="HIDDEN").count() == 1
