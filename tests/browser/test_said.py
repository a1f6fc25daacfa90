"""Whatever one publishes or changes is said to be done where one is, and heard: on a phone, with scripts and without.

The words are on the screen without scrolling, and inside what has the focus: a page that has just come announces no
live region.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import pytest
from django.urls import reverse
from django_tenants.utils import schema_context
from playwright.sync_api import Browser, Error, Locator, Page

from accounts.enums import Role
from accounts.models import User
from consultations.cocreation.models import CoAuthorInvitation, MergeRequest
from consultations.framing.models import Challenge
from consultations.moderation.services.deciding import announce_decision
from consultations.participation.counts import recount
from consultations.participation.models import Follow, Proposal, Reaction
from tenants.models import Municipality
from tests.accounts.factories import UserFactory
from tests.browser.conftest import PHONE, Live, Watch, new_context
from tests.browser.people import come_in
from tests.moderation.factories import decided, reported
from tests.notifications.factories import NoticeFactory
from tests.participation.factories import (
    COMMON_TEXT,
    SOLUTION,
    ArgumentFactory,
    AuthorshipFactory,
    DraftFactory,
    ProposalFactory,
    ReplyFactory,
    VersionedProposalFactory,
    ask_to_merge,
)
from tests.processes import eventually

pytestmark = pytest.mark.browser

# The smallest parts of the page that say it: where they are, and where the focus is.
SEEN = """(words) => {
  const says = (each) => each.textContent.replace(/\\s+/g, ' ').includes(words);
  const parts = [...document.querySelectorAll('body :not(script, style)')].filter((each) => says(each)
    && each.checkVisibility({ visibilityProperty: true }) && ![...each.children].some(says));
  const focus = document.activeElement;
  const problems = parts.map((each) => {
    const box = each.getBoundingClientRect();
    if (box.top < 0 || box.bottom > innerHeight) return `said at ${Math.round(box.top)} of ${innerHeight} px`;
    if (['BODY', 'MAIN'].includes(focus.tagName)) return 'not heard: nothing has the focus';
    return focus.contains(each) || each.contains(focus) ? '' : `not heard: the focus is on ${focus.outerHTML.slice(0, 80)}`;
  });
  return problems.includes('') ? '' : problems[0] ?? `not said: ${words}`;
}"""


def write(label: str, text: str) -> Callable[[Page], None]:
    return lambda page: page.get_by_label(re.compile(label)).first.fill(text)


def fill(name: str) -> Callable[[Page], None]:
    return lambda page: page.locator(f"[name={name}]").fill(COMMON_TEXT.get(name, TEXT))


def fill_anew(name: str) -> Callable[[Page], None]:
    return lambda page: page.locator(f"[name={name}]").fill(f"{uuid4()}@example.org")


def press_first(selector: str) -> Callable[[Page], None]:
    return lambda page: page.locator(selector).first.click()


def choose(words: str) -> Callable[[Page], None]:
    return lambda page: page.get_by_text(words, exact=True).first.click()


def click(name: str, within: str = "main") -> Callable[[Page], None]:
    words = re.compile(rf"^\s*{re.escape(name)}")
    return lambda page: _first(page.locator(within), words).click()


def _first(place: Locator, words: re.Pattern[str]) -> Locator:
    return place.get_by_role("button", name=words).or_(place.get_by_role("link", name=words)).first


@dataclass(frozen=True)
class Action:
    """`place`: the page of it, made for the person; `steps`: what they do there; `words`: what they are told."""

    place: Callable[[User], str]
    steps: tuple[Callable[[Page], None], ...]
    words: str
    who: str = ""


def long_proposal(**kwargs: Any) -> Proposal:
    """Ten arguments on each side: what is said at the top is far from what stands below."""
    proposal = VersionedProposalFactory(**kwargs)
    for stance in ("FOR", "AGAINST"):
        ArgumentFactory.create_batch(6, proposal=proposal, stance=stance)
    return proposal


DESK = Role.ADMINISTRATOR
TEXT = "Devant l’école, il n’y a pas un arbre : les enfants attendent en plein soleil."


def proposal(_user: User) -> str:
    return long_proposal().get_absolute_url()


def own_proposal(user: User) -> str:
    return ProposalFactory(author=user).get_absolute_url()


def reacted(user: User) -> str:
    found = long_proposal()
    Reaction.objects.create(proposal=found, user=user, value="LIKE", version=1)
    return found.get_absolute_url()


def followed(user: User) -> str:
    found = long_proposal()
    Follow.objects.create(user=user, proposal=found)
    return found.get_absolute_url()


def an_argument(_user: User) -> str:
    found = ArgumentFactory()
    ReplyFactory.create_batch(12, argument=found)
    return found.get_absolute_url()


def argument_of_a_long_page(_user: User) -> str:
    return long_proposal().get_absolute_url()


def own_argument(user: User) -> str:
    return ArgumentFactory(proposal=long_proposal(), author=user, stance="AGAINST").get_absolute_url() + "corriger/"


def own_reply(user: User) -> str:
    found = ArgumentFactory()
    ReplyFactory.create_batch(6, argument=found)
    reply = ReplyFactory(argument=found, author=user)
    return f"{found.proposal.get_absolute_url()}reponses/{reply.pk}/corriger/"


def draft(user: User) -> str:
    return f"/brouillons/{DraftFactory(author=user).pk}/"


def workshop(user: User) -> str:
    return long_proposal(author=user).get_absolute_url() + "atelier/"


def coauthors(user: User) -> str:
    return ProposalFactory(author=user).get_absolute_url() + "atelier/avec/"


def coauthored(user: User) -> str:
    return AuthorshipFactory(user=user).proposal.get_absolute_url() + "atelier/avec/"


def invitation(user: User) -> str:
    found = ProposalFactory()
    return f"/invitations/{CoAuthorInvitation.objects.create(proposal=found, user=user, invited_by=found.author).pk}/"


def wish_to_merge(user: User) -> str:
    mine, other = ProposalFactory(author=user), ProposalFactory()
    return f"{mine.get_absolute_url()}reunir/?avec={other.pk}&ecrire=1"


def asked_to_merge(user: User) -> str:
    request: MergeRequest = ask_to_merge(sources=[ProposalFactory(), ProposalFactory(author=user), ProposalFactory()])
    return f"/reunions/{request.pk}/"


def report(_user: User) -> str:
    return f"/signaler/argument/{ArgumentFactory().pk}/?raison=INSULT"


def decision_about(user: User) -> str:
    found = decided(reported(ArgumentFactory(author=user)), moderator=UserFactory(role=Role.FACILITATOR))
    announce_decision(decision_id=found.pk)
    return reverse("decision", args=[found.pk], urlconf="config.urls.tenant")


def news(user: User) -> str:
    NoticeFactory(user=user, type="NEW_VERSION", proposal=Proposal.objects.order_by("pk")[0])
    return "/nouvelles/"


def at(path: str) -> Callable[[User], str]:
    return lambda _user: path


def a_case(_user: User) -> str:
    return f"/gestion/moderation/{reported(ArgumentFactory()).pk}/"


def unvalidated(_user: User) -> str:
    challenge = Challenge.objects.filter(consultation__slug="territoires-resilients").order_by("-pk")[0]
    Challenge.objects.filter(pk=challenge.pk).update(validated_at=None)
    return f"/gestion/consultations/territoires-resilients/defis/{challenge.slug}/"


ACTIONS = {
    "propose": Action(draft, (click("Publier"),), "Votre proposition est publiée."),
    "correct a proposal": Action(
        lambda user: own_proposal(user) + "corriger/",
        (write("solution", f"{SOLUTION} Et en automne."), click("Enregistrer la correction")),
        "Votre proposition est corrigée.",
    ),
    "react": Action(proposal, (click("J’aime", "#reaction"),), "C’est compté. J’aime : 1."),
    "take a reaction back": Action(reacted, (click("Retirer ma réaction", "#reaction"),), "Votre réaction est retirée"),
    "argue": Action(
        lambda user: proposal(user) + "?argumenter",
        (choose("contre"), write("Votre argument", TEXT), click("Publier mon argument")),
        "Votre argument est publié.",
    ),
    "correct an argument": Action(
        own_argument, (write("argument", TEXT), click("Enregistrer")), "Votre argument est corrigé."
    ),
    "reply": Action(
        lambda user: an_argument(user) + "?repondre",
        (write("Votre réponse", TEXT), click("Publier ma réponse")),
        "Votre réponse est publiée.",
    ),
    "correct a reply": Action(own_reply, (write("réponse", TEXT), click("Enregistrer")), "Votre réponse est corrigée."),
    "mark as useful": Action(
        argument_of_a_long_page, (click("Utile", "#arguments article:nth-of-type(4)"),), "Utile, 1"
    ),
    "follow": Action(proposal, (click("Suivre", "#suivre"),), "Vous suivez cette proposition"),
    "follow no longer": Action(followed, (click("Ne plus suivre", "#suivre"),), "Vous ne suivez plus."),
    "answer an argument": Action(
        workshop,
        (choose("Je reprends"), write("^Pourquoi", TEXT), click("Publier ma réponse")),
        "Votre réponse est publiée.",
    ),
    "publish a version": Action(
        lambda user: workshop(user) + "?texte",
        (
            choose("Le texte"),
            write("La solution", f"{SOLUTION} {TEXT}"),
            write("^Ce qui change", TEXT),
            click("Publier la version"),
        ),
        "La version 2 est publiée.",
    ),
    "invite a co-author": Action(
        coauthors, (write("dresse", "amie@example.org"), click("Envoyer l’invitation")), "L’invitation est "
    ),
    "leave as co-author": Action(
        coauthored,
        (choose("Ne plus travailler sur cette proposition"), click("Quitter cette proposition")),
        "Vous ne travaillez plus sur cette proposition.",
    ),
    "accept to write together": Action(invitation, (click("Accepter"),), "Bienvenue"),
    "decline to write together": Action(invitation, (click("Refuser"),), "Votre réponse est"),
    "ask to merge": Action(
        wish_to_merge,
        (*(fill(name) for name in (*COMMON_TEXT, "message")), click("Demander leur accord")),
        "Votre demande est partie.",
    ),
    "agree to merge": Action(asked_to_merge, (click("D’accord"),), "Merci"),
    "report": Action(report, (click("Envoyer le signalement"),), "C’est reçu, merci."),
    "contest": Action(
        decision_about, (fill("words"), click("Envoyer ma contestation")), "Votre contestation est envoyée."
    ),
    "read all news": Action(news, (click("Tout marquer comme lu"),), "Toutes vos nouvelles"),
    "change one’s name": Action(at("/compte/"), (click("Enregistrer"),), "Vos changements sont enregistrés."),
    "save the consultation": Action(
        at("/gestion/consultations/territoires-resilients/cadre/"),
        (click("Enregistrer"),),
        "Votre consultation est enregistrée.",
        DESK,
    ),
    "validate a challenge": Action(unvalidated, (click("Valider"),), "Ce défi est validé.", DESK),
    "move a challenge": Action(
        at("/gestion/consultations/territoires-resilients/defis/"), (click("Descendre"),), "a changé de place.", DESK
    ),
    "invite a colleague": Action(
        at("/gestion/equipe/"), (fill_anew("email"), click("Envoyer l’invitation")), "L’invitation est partie", DESK
    ),
    "decide": Action(
        a_case,
        (press_first("label[for=way-HIDE]"), press_first(".for-HIDE .ground")),
        "Le texte est masqué.",
        DESK,
    ),
}


@pytest.fixture(scope="module", params=[True, False], ids=["with-javascript", "without-javascript"])
def phone(request: pytest.FixtureRequest, browser: Browser, live: Live) -> Iterator[Page]:
    """One page for all actions of a way."""
    watch = Watch()
    viewport = {"width": PHONE[0], "height": PHONE[1]}
    context = new_context(browser, watch, viewport=viewport, java_script_enabled=request.param)
    yield context.new_page()
    context.close()
    assert not watch.problems, "\n".join(watch.problems)


@pytest.mark.parametrize("name", ACTIONS)
def test_it_is_said_where_one_is_and_heard(name: str, phone: Page, live: Live, visit: Callable[..., Any]) -> None:
    action, saran = ACTIONS[name], Municipality.objects.get(slug="saran")
    with schema_context(saran.schema_name):
        user = UserFactory(**({"role": action.who} if action.who else {}))
        path = action.place(user)
        recount()
    phone.context.clear_cookies()
    come_in(phone, live.city("saran"), visit(saran, user))
    phone.goto(live.city("saran") + path)
    for step in action.steps:
        step(phone)
    found: list[str] = []

    def is_said() -> bool:
        try:
            found[:] = [phone.evaluate(SEEN, action.words)]
        except Error:  # between two pages
            return False
        return found == [""]

    assert eventually(is_said, within=8), found
