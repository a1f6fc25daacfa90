"""Every page, as a picture of it would be judged: by axe, on a narrow phone, in light and in dark.

Each page is also watched (see conftest): no script fails, nothing is asked of another host.
"""

from collections.abc import Callable, Iterator
from contextlib import nullcontext
from dataclasses import replace
from typing import Any, Literal

import pytest
from django.utils import timezone
from django_tenants.utils import schema_context
from playwright.sync_api import Browser, Page

from accounts.address_change import ask_address_change
from accounts.enums import Role
from accounts.erasure import erase
from accounts.models import User
from consultations.cocreation.models import CoAuthorInvitation
from consultations.cocreation.services.merging import answer_merge, undo_merge
from consultations.framing.models import Challenge
from consultations.library import selectors
from consultations.library.services.drafts import prepare_version
from consultations.library.services.shipping import content_of
from consultations.participation.models import Argument, Authorship, Draft, Proposal, Reaction
from consultations.participation.services.reactions import react
from notifications.models import MailPreference
from notifications.services.links import unsubscribing_link
from tenants.models import Municipality
from tests.accounts.factories import UserFactory
from tests.browser.axe import SIGHT, findings
from tests.browser.billed import at_stage
from tests.browser.conftest import DESKTOP, PHONE, Live, Watch, new_context
from tests.browser.looks import LOOKS, Look
from tests.browser.measures import LEAST, THUMB, cut_tables, small_targets, with_large_text
from tests.browser.people import come_in
from tests.browser.votes import vote_place
from tests.framing.factories import improve_library
from tests.moderation.factories import reported
from tests.notifications.factories import NoticeFactory
from tests.participation.factories import (
    ArgumentFactory,
    AuthorshipFactory,
    ProposalFactory,
    ReplyFactory,
    ask_to_merge,
    merge,
)

pytestmark = pytest.mark.browser

NARROW = (320, 640)


@pytest.fixture(scope="module")
def watched(browser: Browser, live: Live) -> Iterator[tuple[Page, Watch]]:
    """One page for all looks: a new one each would take as long as axe."""
    watch = Watch()
    context = new_context(browser, watch)
    yield context.new_page(), watch
    context.close()


@pytest.mark.parametrize("name", LOOKS)
def test_a_page(name: str, live: Live, visit: Callable[..., Any], watched: tuple[Page, Watch]) -> None:
    look = LOOKS[name]
    with at_stage(look.stage) if look.stage else nullcontext("") as found:
        look_at(name, replace(look, path=look.path.replace("{}", found or "rien")), live, visit, watched)


def look_at(name: str, look: Look, live: Live, visit: Callable[..., Any], watched: tuple[Page, Watch]) -> None:
    city = Municipality.objects.filter(slug=look.city).first()
    with schema_context(city.schema_name if city else "public"):
        user = person(look.who)
        site = live.city(look.city) if look.city else live.public
        path = place_of(look.path, user)
    page, watch = watched
    forget(page)
    watch.problems.clear()
    if user is not None:
        client = visit(city, user)
        come_in(page, site, client)

    show(page, DESKTOP, "light")
    page.goto(site + path)
    look.act(page)
    at_work = look.path.startswith(("/gestion/", "/ops/")) or look.who in ("administrator", "operator")
    found = findings(page, "wide, light", SIGHT) + cut_tables(page)
    if at_work and name != "components":  # which shows what stands on other pages
        found += with_large_text(page)
    show(page, PHONE, "dark")
    # What sticks to an edge lies over whatever is there: from the top, that is the same in every browser.
    page.evaluate("scrollTo(0, 0)")
    found += findings(page, "phone, dark")
    found += with_large_text(page) + small_targets(page, LEAST if at_work else THUMB)
    if page.get_by_text("Clavier", exact=True).locator("visible=true").count():
        found.append("keys are offered where there is no keyboard")
    show(page, NARROW, "dark")
    wide = page.evaluate("document.documentElement.scrollWidth")
    if wide > NARROW[0]:
        found.append(f"scrolls sideways: {wide} px wide at {NARROW[0]}")
    found += watch.problems
    assert not found, "\n".join(found)


# Which have no look of their own above: axe sees them in the stories of moderation, of cities and of the service.
AT_WORK = {
    "administrator": (
        *("moderation/", "{case}", "moderation/decisions/", "moderation/comptes/", "{account}", "moderation/mots/"),
        *("moderation/acces-du-service/", "moderation/loi/", "moderation/loi/injonction/", "moderation/journal/"),
        *("journal/", "reglages/", "quartiers/", "adresse/", "verification/", "export/"),
    ),
    "operator": ("{city}", "{city}adresses/", "moderation/", "lexique/", "lexique/modifier/", "verifications/"),
}


@pytest.mark.parametrize(("who", "path"), [(who, path) for who, paths in AT_WORK.items() for path in paths])
def test_large_words_fit_where_one_works(
    who: str, path: str, live: Live, visit: Callable[..., Any], watched: tuple[Page, Watch]
) -> None:
    saran = Municipality.objects.get(slug="saran")
    city, site, root = (saran, live.city("saran"), "gestion") if who == "administrator" else (None, live.public, "ops")
    page, watch = watched
    forget(page)
    watch.problems.clear()
    with schema_context(city.schema_name if city else "public"):
        user = UserFactory(**{who: True})
        if path == "{case}":
            path = f"moderation/{reported(ArgumentFactory()).pk}/"
        elif path == "{account}":
            path = f"moderation/comptes/{ArgumentFactory().author.pk}/"
    come_in(page, site, visit(city, user))
    answer = page.goto(f"{site}/{root}/{path.replace('{city}', f'collectivites/{saran.pk}/')}")
    assert answer
    assert answer.status == 200
    found = []
    for size in (DESKTOP, PHONE):
        show(page, size, "light")
        found += with_large_text(page)
    found += watch.problems
    assert not found, "\n".join(found)


def forget(page: Page) -> None:
    """Nothing of the look before is left: no guide that is put away, no cookie, no page that still runs."""
    page.evaluate("try { localStorage.clear(); sessionStorage.clear(); } catch { /* the first look */ }")
    page.goto("about:blank")
    page.context.clear_cookies()


def show(page: Page, size: tuple[int, int], scheme: Literal["light", "dark"]) -> None:
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.emulate_media(color_scheme=scheme)


def person(who: str | None) -> Any:
    if who == "participant":
        return UserFactory(public_name="Une personne au nom assez long")
    if who == "service":
        return UserFactory(role=Role.SERVICE)
    if who == "newcomer":
        return UserFactory(public_name="")
    if who == "Tilleul":  # of the demonstration, who has argued and been answered
        return User.objects.get(public_name=who)
    return UserFactory(**{who: True}) if who else None


def place_of(path: str, user: Any) -> str:
    """The path, with `{proposal}` the best argued of those with a second version, `{draft}` one of the user's."""
    if "{vote " in path:
        return vote_place(path, user)
    if "{proposal}" in path:
        proposal = Proposal.objects.filter(version__gt=1).order_by("-for_count", "pk")[0]
        return path.replace("{proposal}", proposal.get_absolute_url())
    if "{saran}" in path:
        return path.replace("{saran}", str(Municipality.objects.get(slug="saran").pk))
    if path.startswith("{own"):
        proposal = ProposalFactory(author=user)
        if path.startswith("{own answered}"):
            react(proposal=proposal, user=UserFactory(), value="LIKE", at=timezone.now())
        return f"{proposal.get_absolute_url()}corriger/"
    if "{workshop}" in path:
        proposal = Proposal.objects.filter(version__gt=1).order_by("-for_count", "pk")[0]
        AuthorshipFactory(proposal=proposal, user=user)
        return path.replace("{workshop}", f"{proposal.get_absolute_url()}atelier/")
    if "{argument}" in path:
        return path.replace("{argument}", Argument.objects.order_by("-reply_count", "pk")[0].get_absolute_url())
    if "{my argument}" in path:
        return path.replace("{my argument}", ArgumentFactory(author=user).get_absolute_url())
    if "{my reply}" in path:
        reply = ReplyFactory(author=user)
        return f"{reply.argument.proposal.get_absolute_url()}reponses/{reply.pk}/corriger/"
    if "{changed proposal}" in path:
        proposal = Proposal.objects.filter(version__gt=1).order_by("-for_count", "pk")[0]
        Reaction.objects.create(proposal=proposal, user=user, value="LIKE", version=1)
        return proposal.get_absolute_url()
    if "{shared}" in path:
        proposal = ProposalFactory(author=user)
        guest = ArgumentFactory(proposal=proposal).author
        ArgumentFactory(proposal=proposal)
        Authorship.objects.create(proposal=proposal, user=UserFactory(), role="CO_AUTHOR")
        CoAuthorInvitation.objects.create(proposal=proposal, user=guest, invited_by=user)
        return path.replace("{shared}", proposal.get_absolute_url())
    if path == "{address code}":
        with schema_context("public"):
            city = Municipality.objects.get(slug="saran")
        ask_address_change(user=user, email="nouvelle@example.org", city=city, at=timezone.now())
        return "/compte/adresse/code/"
    if path == "{removed}":
        removed = ArgumentFactory().proposal
        erase(user_id=removed.author_id, with_texts=True)
        removed.refresh_from_db()
        return str(removed.get_absolute_url())
    if "{invitation}" in path:
        proposal = ProposalFactory()
        invitation = CoAuthorInvitation.objects.create(proposal=proposal, user=user, invited_by=proposal.author)
        return path.replace("{invitation}", f"/invitations/{invitation.pk}/")
    if "{alone}" in path:
        ProposalFactory(author=None)
        kept = ProposalFactory(author__is_active=False)
        Authorship.objects.create(proposal=kept, user=user, role="STEWARD")
        ProposalFactory(author=None, import_ref="une-autre")
        return path.replace("{alone}", "/gestion/propositions/orphelines/")
    if "{news}" in path:
        for number, kind in enumerate(["NEW_ARGUMENT", "NEW_VERSION", "STEWARDSHIP"]):
            read_at = None if number else timezone.now()
            NoticeFactory(user=user, type=kind, proposal=Proposal.objects.order_by("pk")[number], read_at=read_at)
        return path.replace("{news}", "/nouvelles/")
    if "{unsubscribe}" in path:
        preference = MailPreference.objects.create(user=UserFactory())
        return path.replace("{unsubscribe}", unsubscribing_link(preference))
    if "{mine}" in path:
        mine, another = ProposalFactory(author=user), ProposalFactory()
        return path.replace("{mine}", mine.get_absolute_url()).replace("{another}", str(another.pk))
    if "{merge}" in path:
        merge_request = ask_to_merge(sources=[ProposalFactory(author=user), ProposalFactory(), ProposalFactory()])
        source = merge_request.sources.order_by("pk")[1]
        answer_merge(source=source, actor=source.proposal.author, agrees=True, revision=1, at=timezone.now())
        return path.replace("{merge}", f"/reunions/{merge_request.pk}/")
    if path in ("{collective}", "{merged}", "{undone}"):
        merge_request = merge(2)
        if path == "{undone}":
            undo_merge(
                merge_request=merge_request,
                actor=merge_request.started_by,
                reason="Chacune avance mieux seule.",
                at=timezone.now(),
            )
        shown = merge_request.sources.all()[0].proposal if path == "{merged}" else merge_request.proposal
        return shown.get_absolute_url()
    if "{draft of jeunesse}" in path:
        content = content_of(selectors.latest_set("jeunesse"))
        content["challenges"][0]["why"] = "Un texte qui a changé.\n\nEt qui dit peu."
        content["challenges"][1]["examples"] = []
        prepare_version(content=content, actor=user)
        return path.replace("{draft of jeunesse}", "/ops/bibliotheque/jeunesse/brouillon/")
    if "{improved}" in path:
        improve_library(
            question="Comment bien vivre ici quand le climat se dérègle ?",
            guiding_questions=["Où avez-vous trop chaud ?", "Que faut-il arrêter ?"],
        )
        return path.replace("{improved}", "/gestion/consultations/territoires-resilients/defis/ecologie/bibliotheque/")
    if "{draft}" in path:
        proposal = Proposal.objects.order_by("pk")[0]
        texts = proposal.texts
        draft = Draft.objects.create(challenge=Challenge.objects.order_by("pk")[0], author=user, **texts)
        return path.replace("{draft}", f"/brouillons/{draft.pk}/")
    return path
