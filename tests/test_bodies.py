"""Ids in bodies and queries are checked like ids in addresses (tests/test_urls.py).

Whatever a form or an address's query names: somebody else's, a hidden one and another city's answer as one that does
not exist. Nothing is done, and nothing is told. A name that a view or a form reads for the first time fails here until
it is said whether it is an id; an id needs its row.
"""

import ast
import re
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django import forms
from django.apps import apps
from django.conf import settings
from django.db import connection
from django.test import Client
from django.urls import get_resolver
from django.utils import timezone
from django_tenants.utils import schema_context

from accounts.enums import Role
from accounts.models import BegunAction, User
from billing.enums import PaymentKind
from consultations.cocreation.models import CoAuthorInvitation
from consultations.framing.models import Consultation
from consultations.moderation.models import Case, Decision
from consultations.participation.enums import Status
from consultations.participation.models import Draft, Proposal, SavedView
from tenants.models import Domain, Municipality
from tests.accounts.factories import UserFactory
from tests.billing import owing
from tests.outcomes.project_factories import SUMMARY, ProjectFactory, accepted
from tests.participation.factories import (
    ArgumentFactory,
    AuthorshipFactory,
    DraftFactory,
    ProposalFactory,
    ask_to_merge,
)
from tests.voting.factories import a_vote

ROOT = Path(__file__).parent.parent
SECRET = "Secrette"


# ── Which names there are ────────────────────────────────────────────────────

# Names that carry an id: of a person, a text, an invitation, an action, a domain, a sign-up. Each has its row below.
IDS = {
    "avec",
    "brouillon",
    "cas",
    "choix",
    "decision",
    "domain",
    "draft",
    "fait",
    "forget",
    "improve",
    "invoice",
    "person",
    "pour",
    "projects",
    "proposals",
    "qui",
    "redire",
    "service",
    "shown",
    "signer",
    "source",
    "text",
    "to",
    "vue",
    "which",
    "writer",
}
# Names that do not: words, choices, public codes and slugs, page numbers, numbers of versions and revisions within the
# one thing that the address names.
NOT_IDS = {
    # what to do, which of a few, yes or no
    *("act", "confirm", "criticises", "declined", "ground", "raison", "support"),
    # parts of the time; numbers of flows as Chorus Pro says them, of decisions and reports as the register prints them
    *("flow", "jour", "mois", "numero", "periode", "year"),
    # words that a moderator writes or copies; what the page showed of the one thing that the address names
    *("facts", "passage", "vu", "form", "* in together.py", "* in topics.py"),
    *("scopes", "days", "cursor", "consultation", "* in writing.py"),  # of keys and of the API: codes, slugs, words
    *("action", "answer", "comme", "direction", "do", "email", "move", "on", "suivre", "start", "useful", "way"),
    # filters, orders, pages, searches
    *("apres", "avant", "colonnes", "cote", "defi", "etat", "etape", "page", "partie", "position", "q", "quartier"),
    *("quoi", "reponse", "serie", "tri", "voir"),
    # of a vote: numbers within it, how many, in which order; a receipt, which says nothing
    *("ajouter", "amount", "retirer", "choices", "least", "most", "ordre", "kinds", "recu", "seats"),
    # numbers within the thing that the address names
    *("a", "after", "base_version", "de", "lire", "model", "order", "revision", "replaces", "seen", "take", "version"),
    # public codes: an authority of the national directory; that one comes back from paying
    *("collectivite", "carte"),
    # addresses of ours, moments, codes that were mailed, answers of a passkey, marks of what a page showed
    *("at", "back", "code", "credential", "leaves", "next", "nudged", "until"),
    # signed by us: whose form it was
    "who",
    # words; a line of the week, made anew of what there is; a group of people, one of a list (test_campaign_desk.py, contacts/)
    *("name", "key", "group", "challenges", "contact", "contacts", "words"),
    *("count", "lieu", "spot"),  # of sheets; a place of the consultation's kit, one of its own (test_kit_desk.py)
    # of a meeting, its own challenges and document (meetings/test_pages.py); one of the city's places by its name
    *("document", "others_came", "neighbourhood", "challenge", "about", "kind", "meeting", "rendez-vous", "reprendre"),
    *("size", "solution"),  # of a sheet (offline/test_desk.py): numbers on it, words
    # words, by the names that the steps and forms of these files list themselves
    *("* in acting.py", "* in challenges.py", "* in gone.py", "* in hints.py"),
    *("* in proposing.py", "* in rework.py", "* in shuffling.py", "* in workshop.py"),
}


def _read_in_views() -> dict[str, set[str]]:
    """Every literal name that is read out of request.GET or request.POST, with the files."""
    found: dict[str, set[str]] = {}
    for folder in ("platform", "consultations", "tenants", "onboarding", "billing"):
        for path in (ROOT / folder).rglob("*.py"):
            if "migrations" in path.parts:
                continue
            for name in _names(ast.parse(path.read_text())):
                # Read by a name that is not written there: which ones it is, that file says.
                name = f"* in {path.name}" if name == "*" else name
                found.setdefault(name, set()).add(str(path.relative_to(ROOT)))
    return found


def _names(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args:
            is_sent = _is_sent(node.func.value) and node.func.attr == "get"
            if is_sent or node.func.attr == "getlist":
                yield _literal(node.args[0])
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "number_in":
            yield _literal(node.args[1])
        elif isinstance(node, ast.Subscript) and _is_sent(node.value):
            yield _literal(node.slice)


def _is_sent(node: ast.AST) -> bool:
    """request.GET, request.POST, or what our views call a copy of one."""
    if isinstance(node, ast.Attribute):
        return node.attr in ("GET", "POST")
    return isinstance(node, ast.Name) and node.id in ("sent", "asked")


def _literal(node: ast.AST) -> str:
    return str(node.value) if isinstance(node, ast.Constant) else "*"


def _asked_by_forms() -> dict[str, set[str]]:
    for urlconf in (settings.ROOT_URLCONF, settings.PUBLIC_SCHEMA_URLCONF):
        get_resolver(urlconf).url_patterns  # noqa: B018  # imports every view, and so every form
    found: dict[str, set[str]] = {}
    kinds: list[type] = [forms.BaseForm]
    while kinds:
        kind = kinds.pop()
        kinds += kind.__subclasses__()
        if any(kind.__module__.startswith(f"{app.name}.") for app in apps.get_app_configs() if _is_ours(app)):
            for name, each in getattr(kind, "base_fields", {}).items():
                if _may_hold_an_id(each):
                    found.setdefault(name, set()).add(f"{kind.__module__}.{kind.__name__}")
    return found


def _may_hold_an_id(each: forms.Field) -> bool:
    """A number, a key, a row, a choice made when the form is; or what nobody sees. The others are words."""
    if isinstance(each, forms.IntegerField | forms.UUIDField | forms.ModelChoiceField | forms.SlugField):
        return True
    return isinstance(each.widget, forms.HiddenInput) or (isinstance(each, forms.ChoiceField) and not each.choices)


def _is_ours(app: Any) -> bool:
    return Path(app.path).is_relative_to(ROOT) and ".venv" not in app.path


def test_each_name_that_is_read_is_an_id_with_a_row_or_said_to_be_none() -> None:
    read, asked = _read_in_views(), _asked_by_forms()
    names = {*read, *asked}
    unknown = {name: sorted(read.get(name, set()) | asked.get(name, set())) for name in names - IDS - NOT_IDS}
    assert not unknown, f"an id, with its row, or not? {unknown}"
    assert names >= IDS | NOT_IDS, f"no longer read: {(IDS | NOT_IDS) - names}"
    assert {row.name for row in ROWS} == IDS


# ── What each id answers ─────────────────────────────────────────────────────

NO_NUMBER, NO_KEY = "987654321", str(uuid.UUID(int=7))


@dataclass
class World:
    """Saran, with an author at work there, and what is none of their business."""

    visit: Callable[..., Client]
    saran: Municipality
    brest: Municipality
    author: User
    proposal: Proposal
    stranger: User
    hidden: Proposal
    draft: Draft

    def client(self, user: User | None) -> Client:
        return self.visit(self.saran, user, stays=True)

    @property
    def page(self) -> str:
        return self.proposal.get_absolute_url()

    def elsewhere(self) -> Proposal:
        """Of Brest, with a number that Saran does not have."""
        _count_from(2_000_000, self.brest)
        with schema_context(self.brest.schema_name):
            return ProposalFactory(title=SECRET, author=UserFactory(public_name=SECRET))


def _count_from(number: int, city: Municipality) -> None:
    """The ids of what is made from now on: they are found nowhere else in a page, nor in the other city."""
    with schema_context("public"), connection.cursor() as cursor:
        for table in (
            "accounts_user",
            "accounts_begunaction",
            "participation_proposal",
            "participation_argument",
            "participation_savedview",
            "cocreation_mergesource",
            "moderation_case",
            "moderation_decision",
            "outcomes_project",
        ):
            number += 10_000
            cursor.execute(f"SELECT setval(pg_get_serial_sequence('{city.schema_name}.{table}', 'id'), {number})")


@pytest.fixture
def world(visit: Callable[..., Client], in_saran: Municipality, brest: Municipality) -> World:
    _count_from(1_000_000, in_saran)
    author, stranger = UserFactory(), UserFactory(public_name=SECRET)
    proposal = ProposalFactory(author=author)
    ArgumentFactory(proposal=proposal)
    AuthorshipFactory(proposal=proposal, user=UserFactory(public_name="Compagne connue"))
    hidden = ProposalFactory(title=SECRET, status=Status.HIDDEN, author=stranger)
    draft = DraftFactory(author=stranger, title=SECRET, solution=f"{SECRET} : {DraftFactory.solution}")
    return World(visit, in_saran, brest, author, proposal, stranger, hidden, draft)


@dataclass
class Row:
    """One place where an id is read: how it is sent, whose ids are refused, and one that never was."""

    name: str
    where: str
    make: Callable[[World], tuple[Callable[[str], Any], list[str], str]]

    def __str__(self) -> str:
        return f"{self.name} {self.where}"


ROWS: list[Row] = []


def row(name: str, where: str) -> Callable[[Any], Any]:
    def register(make: Any) -> Any:
        ROWS.append(Row(name, where, make))
        return make

    return register


Refusals = tuple[Callable[[str], Any], list[str], str]


def _posts(client: Client, path: str, name: str, **data: Any) -> Callable[[str], Any]:
    return lambda key: client.post(path, {**data, name: key}, follow=True)


@row("which", "whom a co-author's removal names")
def _removal(world: World) -> Refusals:
    send = _posts(world.client(world.author), f"{world.page}atelier/avec/", "which", do="remove")
    return send, [str(world.stranger.pk)], NO_NUMBER


@row("which", "an invitation to take back")
def _taking_back(world: World) -> Refusals:
    theirs = CoAuthorInvitation.objects.create(
        proposal=ProposalFactory(author=world.stranger), invited_by=world.stranger, email="x@example.org"
    )
    send = _posts(world.client(world.author), f"{world.page}atelier/avec/", "which", do="take-back")
    return send, [str(theirs.pk)], NO_KEY


@row("person", "whom an invitation names")
def _invitation(world: World) -> Refusals:
    send = _posts(world.client(world.author), f"{world.page}atelier/avec/", "person", do="invite")
    return send, [str(world.stranger.pk)], NO_NUMBER


@row("qui", "whose actions the journal is narrowed to")
def _journal(world: World) -> Refusals:
    client = world.client(UserFactory(role=Role.ADMINISTRATOR))
    return lambda key: client.get("/gestion/journal/", {"qui": key}), [str(world.stranger.pk)], NO_NUMBER


@row("avec", "the others to bring together, chosen")
def _choosing(world: World) -> Refusals:
    client = world.client(world.author)
    merging = ask_to_merge(2).sources.all()[0].proposal
    others = [str(world.hidden.pk), str(world.elsewhere().pk), str(merging.pk)]
    return lambda key: client.get(f"{world.page}reunir/", {"avec": key, "ecrire": "1"}), others, NO_NUMBER


@row("avec", "the others to bring together, written to")
def _writing(world: World) -> Refusals:
    words = world.proposal.texts
    send = _posts(world.client(world.author), f"{world.page}reunir/", "avec", **words, message="Disons-le ensemble.")
    return send, [str(world.hidden.pk), str(world.elsewhere().pk)], NO_NUMBER


@row("avec", "those that a facilitator brings together")
def _choosing_at_the_desk(world: World) -> Refusals:
    client = world.client(UserFactory(role="FACILITATOR"))
    others = [str(world.hidden.pk), str(world.elsewhere().pk)]
    return lambda key: client.get("/gestion/propositions/reunir/", {"avec": key, "ecrire": "1"}), others, NO_NUMBER


@row("source", "for which proposal one agrees")
def _agreeing(world: World) -> Refusals:
    merge_request = ask_to_merge(sources=[world.proposal, *ProposalFactory.create_batch(2)])
    others = [source for source in merge_request.sources.all() if source.proposal != world.proposal]
    foreign = ask_to_merge(2).sources.all()[0]
    send = _posts(
        world.client(world.author), f"/reunions/{merge_request.pk}/repondre/", "source", answer="AGREED", revision="1"
    )
    return send, [str(others[0].pk), str(foreign.pk)], NO_NUMBER


@row("source", "of which proposals a collective one is made")
def _forming(world: World) -> Refusals:
    merge_request = ask_to_merge(sources=[world.proposal, *ProposalFactory.create_batch(2)])
    foreign = ask_to_merge(2).sources.all()[0]
    send = _posts(world.client(world.author), f"/reunions/{merge_request.pk}/former/", "source", revision="1")
    return send, [str(foreign.pk)], NO_NUMBER


@row("proposals", "of which accepted proposals a project is made")
def _making_a_project(world: World) -> Refusals:
    consultation = world.proposal.challenge.consultation.slug
    hidden, unanswered = accepted(proposal__status=Status.HIDDEN, proposal__title=SECRET), world.hidden
    send = _posts(
        world.client(UserFactory(role="FACILITATOR")),
        f"/gestion/consultations/{consultation}/projets/nouveau/",
        "proposals",
        title="Les Aydes au frais",
        summary=SUMMARY,
    )
    accepted()
    return send, [str(hidden.pk), str(unanswered.pk), str(world.elsewhere().pk)], NO_NUMBER


@row("projects", "which projects are put to a vote")
def _putting_to_a_vote(world: World) -> Refusals:
    vote, client = a_vote(is_open=False), world.client(UserFactory(role="FACILITATOR"))
    ProjectFactory()
    send = _posts(client, f"/gestion/consultations/{vote.consultation.slug}/votes/{vote.number}/projets/", "projects")
    return send, [str(ProjectFactory(prepared=True, title=SECRET).pk), str(world.elsewhere().pk)], NO_NUMBER


@row("improve", "which proposal one improves instead")
def _improving(world: World) -> Refusals:
    own = DraftFactory(author=world.author)
    send = _posts(world.client(world.author), f"/brouillons/{own.pk}/solution/", "improve", solution=own.solution)
    return send, [str(world.hidden.pk), str(world.elsewhere().pk)], NO_NUMBER


@row("draft", "the draft beside which one types")
def _typing(world: World) -> Refusals:
    typed = {"benefit": world.draft.solution, "nudged": "x"}
    send = _posts(world.client(world.author), "/defis/ecologie/proposer/benefice/", "draft", **typed)
    return send, [str(world.draft.pk)], NO_KEY


@row("shown", "which similar proposals one has seen")
def _seen(world: World) -> Refusals:
    send = _posts(world.client(world.author), "/defis/ecologie/proposer/solution/", "shown", solution="Ouvrir la cour")
    return send, [str(world.hidden.pk)], NO_NUMBER


@row("brouillon", "whose words begin an argument")
def _borrowing(world: World) -> Refusals:
    client = world.client(world.author)
    other = ProposalFactory().get_absolute_url()
    return lambda key: client.get(other, {"argumenter": "", "brouillon": key}), [str(world.draft.pk)], NO_KEY


@row("forget", "which words of one's own one lets go")
def _forgetting(world: World) -> Refusals:
    theirs = BegunAction.objects.create(
        user=world.stranger, key="k", begun_at=timezone.now(), payload={"do": "words", "text": SECRET}
    )
    BegunAction.objects.create(
        user=world.author, key="k", begun_at=timezone.now(), payload={"do": "words", "text": "Les miens, gardés."}
    )
    return _posts(world.client(world.author), "/reprendre/", "forget"), [str(theirs.pk)], NO_NUMBER


@row("domain", "which former domain of the city goes")
def _letting_a_domain_go(world: World) -> Refusals:
    with schema_context("public"):
        Domain.objects.create(domain="participer.brest.example", tenant=world.brest, is_primary=False)
    client = world.client(UserFactory(administrator=True))
    send = _posts(client, "/gestion/adresse/oublier/", "domain")
    return send, ["participer.brest.example"], "participer.nulle-part.example"


@row("invoice", "to which invoice of the same authority an operator moves a payment")
def _moving_a_payment(world: World) -> Refusals:
    with schema_context("public"):
        theirs = owing.invoice(owing.account(world.brest), "TR-0002", pk=2_345_678)
        paid = owing.account(world.saran).payments.create(
            kind=PaymentKind.BY_HAND, cents=1_000, received_on=owing.DAY_0, created_at=timezone.now()
        )
        client = world.visit(None, UserFactory(operator=True), stays=True)
    return _posts(client, f"/ops/facturation/paiements/{paid.pk}/affecter/", "invoice"), [str(theirs.pk)], NO_NUMBER


@row("pour", "whose sign-up a search is for")
def _searching(world: World) -> Refusals:
    client = world.visit(None, stays=True)
    return (
        lambda key: client.get("/inscription/collectivites/", {"q": "saran", "pour": key}),
        [str(uuid.uuid4())],
        NO_KEY,
    )


def _decision_elsewhere(world: World) -> Decision:
    """Of Brest, about somebody's argument there."""
    _count_from(2_000_000, world.brest)
    with schema_context(world.brest.schema_name):
        return _decided(ArgumentFactory(text=f"{SECRET}, et rien d’autre que cela."))


def _decided(argument: Any) -> Decision:
    now = timezone.now()
    case = Case.objects.create(kind="ARGUMENT", subject_id=argument.pk, due_at=now)
    return Decision.objects.create(
        case=case, kind=case.kind, act="HIDE", author=argument.author, opened_at=now, decided_at=now, facts=SECRET
    )


@row("cas", "which texts are decided on together")
def _together(world: World) -> Refusals:
    client = world.client(UserFactory(role="FACILITATOR"))
    others = [str(_decision_elsewhere(world).case_id)]
    return lambda key: client.get("/gestion/moderation/ensemble/", {"cas": key}, follow=True), others, NO_NUMBER


@row("choix", "which contributions of the list are decided on together")
def _chosen_of_the_list(world: World) -> Refusals:
    client = world.client(UserFactory(role="FACILITATOR"))
    _count_from(2_000_000, world.brest)
    with schema_context(world.brest.schema_name):
        theirs = ArgumentFactory(text=SECRET)
    address = "/gestion/moderation/choisis/"
    return (
        lambda key: client.post(address, {"choix": f"ARGUMENT-{key}"}),
        [str(theirs.pk)],
        NO_NUMBER,
    )


@row("vue", "which saved view of the list is opened")
def _saved_view(world: World) -> Refusals:
    client = world.client(UserFactory(role="OBSERVER"))  # who reads nothing that is hidden
    others = [SavedView.objects.create(name=SECRET, query=f"q={SECRET}", owner=world.stranger)]
    _count_from(2_000_000, world.brest)
    with schema_context(world.brest.schema_name):
        others.append(SavedView.objects.create(name=SECRET, query=f"q={SECRET}", is_shared=True))
    opened = "/gestion/contributions/"
    return lambda key: client.get(opened, {"vue": key}), [str(each.pk) for each in others], NO_NUMBER


@row("decision", "which decision is cancelled")
def _cancelling(world: World) -> Refusals:
    send = _posts(world.client(UserFactory(role="FACILITATOR")), "/gestion/moderation/annuler/", "decision")
    return send, [str(_decision_elsewhere(world).pk)], NO_NUMBER


@row("fait", "what can still be cancelled")
def _cancellable(world: World) -> Refusals:
    client = world.client(UserFactory(role="FACILITATOR"))
    others = [str(_decided(ArgumentFactory()).pk), str(_decision_elsewhere(world).pk)]
    return lambda key: client.get("/gestion/moderation/decides/", {"fait": key}, follow=True), others, NO_NUMBER


@row("redire", "whose hidden words begin an argument")
def _saying_again(world: World) -> Refusals:
    client = world.client(world.author)
    theirs = ArgumentFactory(author=world.stranger, text=f"{SECRET}, et rien d’autre que cela.", status=Status.HIDDEN)
    other = ProposalFactory().get_absolute_url()
    return lambda key: client.get(other, {"argumenter": "", "redire": key}), [str(theirs.pk)], NO_NUMBER


@row("text", "which texts go with an account")
def _along(world: World) -> Refusals:
    person = UserFactory()
    theirs = ArgumentFactory(author=world.stranger, text=f"{SECRET}, et rien d’autre que cela.")
    client = world.client(UserFactory(role="FACILITATOR"))
    sent = {"act": "SUSPEND", "suspend-ground": "ADVERTISING", "suspend-days": "7", "suspend-facts": "court"}
    send = _posts(client, f"/gestion/moderation/comptes/{person.pk}/", "text", **sent)
    return send, [f"ARGUMENT-{theirs.pk}"], f"ARGUMENT-{NO_NUMBER}"


@row("to", "to whom a line of the week is given")
def _given(world: World) -> Refusals:
    Consultation.objects.update(proposal_count=0)
    line = f"participation.nobody_yet:{timezone.now():%G.%V}"
    client = world.client(UserFactory(role="FACILITATOR"))
    send = _posts(client, "/gestion/consultations/territoires-resilients/ligne/", "to", do="assign", key=line, seen="")
    return send, [str(world.stranger.pk)], NO_NUMBER


_ANSWERS = "/gestion/consultations/territoires-resilients/reponses/"


@row("choix", "which proposals are answered together")
def _answered_together(world: World) -> Refusals:
    client = world.client(UserFactory(role="FACILITATOR"))
    others = [str(world.hidden.pk), str(world.elsewhere().pk)]
    return lambda key: client.get(f"{_ANSWERS}ensemble/", {"choix": key}), others, NO_NUMBER


@row("writer", "who writes an answer")
def _writing_answers(world: World) -> Refusals:
    send = _posts(
        world.client(UserFactory(role="FACILITATOR")), f"{_ANSWERS}confier/", "writer", choix=world.proposal.pk
    )
    return send, [str(world.stranger.pk)], NO_NUMBER


@row("service", "whose opinion is asked for")
def _asking(world: World) -> Refusals:
    client = world.client(UserFactory(role="FACILITATOR"))
    send = _posts(
        client, f"{_ANSWERS}demander-un-avis/", "service", choix=world.proposal.pk, question="Est-ce possible ?"
    )
    return send, [str(world.stranger.pk)], NO_NUMBER


@row("signer", "who signs an answer")
def _signing(world: World) -> Refusals:
    client = world.client(UserFactory(role="FACILITATOR"))
    said = {"decision": "ADOPTED", "reasons": "Nous le ferons avant l’été, tel que vous le dites.", "do": "give"}
    send = _posts(client, f"{_ANSWERS}{world.proposal.pk}/", "signer", **said)
    return send, [str(world.stranger.pk)], NO_NUMBER


TABLES = (
    "participation_proposal participation_draft participation_authorship cocreation_coauthorinvitation "
    "cocreation_mergesource moderation_decision outcomes_answer outcomes_opinion portal_workitem"
)


@pytest.mark.parametrize("tried", ROWS, ids=str)
def test_an_id_of_somebody_else_or_of_something_hidden_answers_as_one_that_never_was(world: World, tried: Row) -> None:
    send, others, none = tried.make(world)
    before = _everything(world)
    nothing = _seen_of(send(none), none)
    for key in others:
        answer = send(key)
        assert SECRET not in answer.content.decode()
        assert _seen_of(answer, key) == nothing
    assert _everything(world) == before


def _seen_of(answer: Any, key: str) -> tuple[int, str]:
    """What one sees, but for the id itself and what differs each time."""
    page = re.sub(rf"\b{re.escape(key)}\b", "…", answer.content.decode())
    return answer.status_code, re.sub(r'name="csrfmiddlewaretoken" value="\w+"|nonce="[^"]+"', "", page)


def _everything(world: World) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of the two cities that says something."""
    found = {}
    for city in (world.saran, world.brest):
        with schema_context(city.schema_name), connection.cursor() as cursor:
            for table in TABLES.split():
                cursor.execute(f"SELECT t::text FROM {table} t ORDER BY 1")
                found[f"{city.slug} {table}"] = cursor.fetchall()
            cursor.execute("SELECT t::text FROM accounts_begunaction t ORDER BY id")
            found[f"{city.slug} begun"] = cursor.fetchall()
    with schema_context("public"):
        found["domains"] = list(Domain.objects.order_by("pk").values_list("domain"))
    return found
