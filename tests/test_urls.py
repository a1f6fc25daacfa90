"""Every address × every role × the right city and another one. An address that is not listed fails the test."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, include, path
from django_tenants.utils import schema_context

from accounts import permissions
from accounts.enums import Role
from common.states import Answers, answers, answers_of
from common.trees import tree
from config.urls import tenant
from consultations.cocreation.models import CoAuthorInvitation
from consultations.framing.models import Logo
from consultations.library.selectors import latest_set
from consultations.library.services.drafts import prepare_version
from consultations.library.services.shipping import content_of
from consultations.participation.models import Picture, ProposalVersion
from onboarding.models import ProvisioningRun
from tenants.models import Municipality
from tests.accounts.factories import UserFactory
from tests.conftest import shows
from tests.notifications.factories import NoticeFactory
from tests.participation.factories import ArgumentFactory, DraftFactory, ProposalFactory, ReplyFactory, ask_to_merge

CITY_ROLES = [
    "visitor",
    Role.PARTICIPANT,
    Role.OBSERVER,
    Role.MODERATOR,
    Role.FACILITATOR,
    Role.DECISION_MAKER,
    Role.ADMINISTRATOR,
]
PUBLIC_ROLES = ["visitor", Role.OPERATOR]

OPEN = dict.fromkeys(CITY_ROLES, 200)
STAFF = {**OPEN, "visitor": 302, Role.PARTICIPANT: 404}
FRAMERS = {**dict.fromkeys(CITY_ROLES, 404), "visitor": 302, Role.FACILITATOR: 200, Role.ADMINISTRATOR: 200}
ADMINISTRATORS = {**dict.fromkeys(CITY_ROLES, 404), "visitor": 302, Role.ADMINISTRATOR: 200}
MOVES_ON = dict.fromkeys(CITY_ROLES, 302)
POST_ONLY = dict.fromkeys(CITY_ROLES, 405)
NOBODYS = dict.fromkeys(CITY_ROLES, 404)
WORKERS = {**NOBODYS, "visitor": 302}
FRAMERS_MOVE_ON = {**WORKERS, Role.FACILITATOR: 302, Role.ADMINISTRATOR: 302}
DOOR = {**MOVES_ON, "visitor": 200}
SIGNED_IN = {**OPEN, "visitor": 302}
NOT_KEPT = dict.fromkeys(CITY_ROLES, 410)  # where the link of a mail leads, in a browser that has not opened it
# Asked for a fresh proof first; in these tests only the team has just given one.
PROVED = {**OPEN, "visitor": 302, Role.PARTICIPANT: 302}
NOTHING_THERE = {**NOBODYS, "visitor": 302, Role.PARTICIPANT: 302}
PERMANENT = dict.fromkeys(CITY_ROLES, 301)

# name → what a GET answers to each role in the object's own city. `foreign`: what it answers in
# another city to somebody with the same role there; None where the address names no object.
CITY: dict[str, tuple[dict[str, int], int | None]] = {
    "home": (OPEN, None),
    "how_it_works": (OPEN, None),
    "consultation": (MOVES_ON, None),  # the present one is the home page; the other city has one of the same name
    "consultation_proposals": (OPEN, None),
    "challenge": (OPEN, None),  # both cities have copied the same challenges
    "proposals": (OPEN, None),
    "proposal": (OPEN, 404),
    "proposal_short": (PERMANENT, 404),
    "proposal_versions": (OPEN, 404),
    "proposal_arguments": (OPEN, 404),
    # For those who work on the proposal: tests/participation/test_workshop.py.
    "workshop": (WORKERS, 404),
    "workshop_answer": (WORKERS, 404),
    "workshop_text": (WORKERS, 404),
    "workshop_difference": (POST_ONLY, 404),
    "workshop_discard": (WORKERS, 404),
    "argument": (OPEN, 404),
    "useful": (POST_ONLY, 404),
    "reply": (POST_ONLY, 404),
    "argument_edit": ({**NOBODYS, "visitor": 302}, 404),
    "reply_edit": ({**NOBODYS, "visitor": 302}, 404),
    "coauthors": (WORKERS, 404),
    "invitation": (WORKERS, 404),
    "react": (POST_ONLY, 404),
    "argue": (POST_ONLY, 404),
    "proposal_mend": ({**NOBODYS, "visitor": 302}, 404),  # its author: tests/participation/test_mend.py
    "merge_new": (FRAMERS, 404),
    "merge_join": (POST_ONLY, 404),
    "merge": (FRAMERS, 404),
    "merge_reword": (FRAMERS, 404),
    "merge_answer": (FRAMERS_MOVE_ON, 404),
    "merge_form": (FRAMERS_MOVE_ON, 404),
    "merge_give_up": (FRAMERS_MOVE_ON, 404),
    "merge_undo": (FRAMERS_MOVE_ON, 404),
    "proposal_new": (OPEN, None),
    "proposal_typing": (POST_ONLY, None),  # both cities have copied the same challenges
    "picture": (OPEN, 404),
    "draft": (NOBODYS, 404),
    "draft_review": (NOBODYS, 404),
    "draft_discard": (NOBODYS, 404),
    "proposal_follow": (POST_ONLY, 404),
    "challenge_follow": (POST_ONLY, None),
    "resume": (MOVES_ON, None),
    "my_participation": (SIGNED_IN, None),
    "notices": (SIGNED_IN, None),
    "notices_read": (POST_ONLY, None),
    "notice": (
        {**NOBODYS, "visitor": 302},
        None,
    ),  # another person's; elsewhere: tests/notifications/test_notices_page.py
    "mail_preferences": (SIGNED_IN, None),
    "unsubscribe": (
        MOVES_ON,
        None,
    ),  # to a page at a clean address; those that were sent: tests/notifications/test_mail.py
    "unsubscribe_by_link": (NOT_KEPT, 410),
    "legal_notices": (OPEN, None),
    "privacy": (OPEN, None),
    "charter": (OPEN, None),
    "accessibility": (OPEN, None),
    "welcome": (SIGNED_IN, None),
    "account": (SIGNED_IN, None),
    "own_address": (PROVED, None),
    "own_address_code": (MOVES_ON, None),  # nothing was asked for: tests/accounts/test_address_change.py
    "own_address_cancel": (POST_ONLY, None),
    "own_address_undo": (MOVES_ON, None),
    "own_address_undo_by_link": (NOT_KEPT, None),
    "own_data": (PROVED, None),
    "own_leaving": (SIGNED_IN, None),
    "own_leaving_last": (MOVES_ON, None),  # nothing was chosen: tests/accounts/test_leave.py
    "own_left": (OPEN, None),
    "desk": (STAFF, None),
    "desk_alone": (FRAMERS, None),
    "desk_take_over": (POST_ONLY, None),  # a proposal of this city: see tests/participation/test_stewardship.py
    "desk_give_back": (POST_ONLY, None),
    "desk_merge": (FRAMERS, None),
    "desk_consultation": (FRAMERS, None),
    "desk_open": (POST_ONLY, None),
    "desk_export": (ADMINISTRATORS, None),
    "desk_export_download": (POST_ONLY, None),
    "desk_export_complete": (POST_ONLY, None),
    "desk_documents": (FRAMERS, None),
    "desk_documents_none": (POST_ONLY, None),
    "desk_document_remove": (POST_ONLY, None),  # nothing happens elsewhere: see tests/framing/test_documents.py
    "desk_challenges": (FRAMERS, None),
    "desk_challenge_add": (FRAMERS, None),
    "desk_challenge": (FRAMERS, None),  # both cities have copied the same challenges
    "desk_challenge_library": (FRAMERS, None),
    "desk_challenge_validate": (POST_ONLY, None),
    "desk_challenge_unvalidate": (POST_ONLY, None),
    "desk_challenge_move": (POST_ONLY, None),
    "desk_challenge_remove": (POST_ONLY, None),
    "desk_appearance": (FRAMERS, None),
    "desk_legal": (FRAMERS, None),
    "desk_team": (ADMINISTRATORS, None),
    "desk_team_role": (POST_ONLY, None),  # a number of this city's accounts: see tests/accounts/test_team.py
    "desk_team_remove": (POST_ONLY, None),
    "desk_team_way_back": (POST_ONLY, None),
    "desk_team_way_back_by_address": (POST_ONLY, None),
    "city_logo": (OPEN, 404),
    "desk_address": (ADMINISTRATORS, None),
    "desk_domain_check": (POST_ONLY, None),
    "desk_domain_give_up": (POST_ONLY, None),
    "desk_domain_leave": (POST_ONLY, None),
    "desk_domain_forget": (POST_ONLY, None),
    "desk_rename": (POST_ONLY, None),
    "desk_verification": (ADMINISTRATORS, None),
    "verification_link": (MOVES_ON, None),
    "verification_by_link": (NOT_KEPT, 410),
    "city_colours": (OPEN, None),
    "sign_in": (DOOR, None),
    "account_login": (DOOR, None),
    "confirm_code": (MOVES_ON, None),
    "other_address": (POST_ONLY, None),
    "sign_in_link": (MOVES_ON, None),
    "sign_in_by_link": (NOT_KEPT, 410),
    "signed_in": (MOVES_ON, None),
    "sign_out": (POST_ONLY, None),
    "account_reauthenticate": ({**MOVES_ON, Role.PARTICIPANT: 200}, None),  # the others have just proved it
    "account_kept_form": (MOVES_ON, None),  # what was sent before: tests/accounts/test_kept.py
    "mfa_authenticate": (MOVES_ON, None),
    "mfa_index": (SIGNED_IN, None),
    "mfa_add_app": (PROVED, None),
    "mfa_add_passkey": (PROVED, None),
    "mfa_remove": (NOTHING_THERE, None),  # a number of one's own: see tests/accounts/test_second_factor.py
    "mfa_recovery_codes": (PROVED, None),
    "mfa_renew_recovery_codes": (PROVED, None),
    "mfa_download_recovery_codes": (NOTHING_THERE, None),
    "mfa_sign_out_elsewhere": (POST_ONLY, None),
}

ALL = dict.fromkeys(PUBLIC_ROLES, 200)
OPERATORS = {"visitor": 302, Role.OPERATOR: 200}
THEIR_POSTS = {"visitor": 302, Role.OPERATOR: 405}
PUBLIC: dict[str, dict[str, int]] = {
    "landing": ALL,
    "signup": ALL,
    "signup_search": ALL,
    "signup_colleague": ALL,
    "signup_resume": dict.fromkeys(PUBLIC_ROLES, 302),
    "signup_resume_by_link": dict.fromkeys(PUBLIC_ROLES, 410),
    # A sign-up is for the browser that began it; what it gets: tests/onboarding/test_sign_up.py.
    "signup_authority": dict.fromkeys(PUBLIC_ROLES, 404),
    "signup_you": dict.fromkeys(PUBLIC_ROLES, 404),
    "signup_challenges": dict.fromkeys(PUBLIC_ROLES, 404),
    "signup_platform": dict.fromkeys(PUBLIC_ROLES, 404),
    "signup_logo": dict.fromkeys(PUBLIC_ROLES, 404),
    "signup_start": dict.fromkeys(PUBLIC_ROLES, 404),
    "signup_later": dict.fromkeys(PUBLIC_ROLES, 404),
    "signup_sent": ALL,
    "signup_confirm": dict.fromkeys(PUBLIC_ROLES, 302),
    "signup_confirm_by_link": dict.fromkeys(PUBLIC_ROLES, 410),
    "signup_progress": ALL,
    "signup_enter": dict.fromkeys(PUBLIC_ROLES, 405),
    "signup_cancel": dict.fromkeys(PUBLIC_ROLES, 404),
    "service_legal": ALL,
    "service_terms": ALL,
    "service_privacy": ALL,
    "service_accessibility": ALL,
    "ops_fleet": OPERATORS,
    "ops_city": OPERATORS,
    "ops_change_state": dict.fromkeys(PUBLIC_ROLES, 405),
    "ops_maintenance": THEIR_POSTS,
    "ops_way_back": OPERATORS,
    "ops_addresses": OPERATORS,
    "ops_domain_check": THEIR_POSTS,
    "ops_domain_give_up": THEIR_POSTS,
    "ops_domain_leave": dict.fromkeys(PUBLIC_ROLES, 405),
    "ops_domain_forget": dict.fromkeys(PUBLIC_ROLES, 405),
    "ops_rename": dict.fromkeys(PUBLIC_ROLES, 405),
    "ops_verifications": OPERATORS,
    "ops_verification": dict.fromkeys(PUBLIC_ROLES, 302),  # a verified city: back to its page
    "ops_verification_accept": dict.fromkeys(PUBLIC_ROLES, 405),
    "ops_verification_refuse": THEIR_POSTS,
    "ops_reservations": OPERATORS,
    "ops_release": dict.fromkeys(PUBLIC_ROLES, 405),
    "ops_runs": OPERATORS,
    "ops_run_retry": THEIR_POSTS,
    "library": ALL,
    "library_set": ALL,
    "ops_library": OPERATORS,
    "ops_library_new": OPERATORS,
    "ops_library_set": OPERATORS,
    "ops_library_version": OPERATORS,
    "ops_library_changes": OPERATORS,
    "ops_library_prepare": THEIR_POSTS,
    "ops_library_withdraw": THEIR_POSTS,
    "ops_library_offer": THEIR_POSTS,
    "ops_library_draft": OPERATORS,
    "ops_library_words": OPERATORS,
    "ops_library_publish": dict.fromkeys(PUBLIC_ROLES, 405),
    "ops_library_discard": OPERATORS,
    "ops_library_challenge_new": OPERATORS,
    "ops_library_challenge": OPERATORS,
    "ops_library_move": THEIR_POSTS,
    "ops_library_remove": OPERATORS,
    "ops_run_cancel": THEIR_POSTS,
    "components": OPERATORS,
    "city_colours": ALL,
}
# The door is the same in public: its rows of CITY hold, with an operator for a participant.
DOOR_NAMES = {name for name in CITY if name.startswith(("account_", "mfa_", "sign"))} | {
    "confirm_code",
    "other_address",
    "resume",
}


@dataclass
class Address:
    name: str
    pattern: URLPattern
    route: str


def addresses(urlconf: str) -> list[Address]:
    return list(_walk(get_resolver(urlconf), ""))


def _walk(resolver: URLResolver, prefix: str) -> Iterator[Address]:
    for entry in resolver.url_patterns:
        route = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from _walk(entry, route)
        else:
            yield Address(entry.name or "", entry, route)


def test_every_address_is_in_the_table() -> None:
    assert {each.name for each in addresses(settings.ROOT_URLCONF)} == set(CITY)
    assert {each.name for each in addresses(settings.PUBLIC_SCHEMA_URLCONF)} == set(PUBLIC) | DOOR_NAMES


@pytest.mark.parametrize(
    ("urlconf", "begins", "roles"),
    [
        (settings.ROOT_URLCONF, "gestion/", permissions.STAFF),
        (settings.PUBLIC_SCHEMA_URLCONF, "ops/", permissions.OPERATORS),
    ],
)
def test_every_address_of_the_team_is_in_a_tree_of_its_own(urlconf: str, begins: str, roles: frozenset[str]) -> None:
    """But the link that whoever reads the authority's mail has."""
    theirs = [each for each in addresses(urlconf) if each.route.startswith(begins)]
    open_to_all = {each.name for each in theirs if not getattr(each.pattern.callback, "roles", roles | {""}) <= roles}
    assert len(theirs) > 20
    assert open_to_all == ({"verification_link", "verification_by_link"} if begins == "gestion/" else set())


def _seen(request: HttpRequest) -> HttpResponse:
    return HttpResponse("seen")


@pytest.mark.parametrize("role", CITY_ROLES)
def test_a_view_that_says_nothing_is_for_those_of_its_tree(
    visit: Callable[..., Client], saran: Municipality, settings: Any, role: str
) -> None:
    desk = [path("page/", _seen), path("more/", include([path("page/", _seen)]))]
    mounted = tree("desk/", desk, permissions.only_for(permissions.STAFF))
    settings.ROOT_URLCONF = (*tenant.urlpatterns, mounted, path("page/", _seen))
    user = someone(saran, role)
    proved, barely = visit(saran, user), visit(saran, user, second_factor=False)
    for address in ("/desk/page/", "/desk/more/page/"):
        assert proved.get(address).status_code == STAFF[role]
        if role in permissions.STAFF:
            assert is_led_to_a_second_factor(barely.get(address))
    assert visit(saran).get("/page/").content == b"seen"  # outside of the tree it is what it was


def test_no_view_lets_in_who_is_not_of_its_tree() -> None:
    wider = permissions.role_required(permissions.STAFF | {Role.PARTICIPANT})(_seen)
    with pytest.raises(ImproperlyConfigured, match="PARTICIPANT"):
        tree("desk/", [path("page/", wider)], permissions.only_for(permissions.STAFF))


def test_a_tree_adds_to_what_its_views_answer_and_changes_no_other() -> None:
    legal = answers(Answers.SUSPENDED)(lambda request: HttpResponse())
    held = tree("", [path("page/", legal)], answers(Answers.UNVERIFIED))
    assert answers_of(held.resolve("page/").func) == Answers.SUSPENDED | Answers.UNVERIFIED
    assert answers_of(legal) == Answers.SUSPENDED


def one_of_everything(title: str = "Une idée") -> dict[str, Any]:
    """One of everything that an address of the present city can name."""
    picture = Picture.objects.create(content=b"JPEG", digest="0123456789abcdef0123", width=400, height=300)
    proposal = ProposalFactory(title=title, version=2, picture=picture)
    for number in (1, 2):
        ProposalVersion.objects.create(proposal=proposal, number=number, title="Titre", solution=f"Texte {number}")
    argument = ArgumentFactory(proposal=proposal)
    reply = ReplyFactory(argument=argument)
    draft = DraftFactory(author=UserFactory())
    invitation = CoAuthorInvitation.objects.create(
        proposal=proposal, email="quelquun@example.org", invited_by=proposal.author
    )
    logo = Logo.objects.create(png=b"PNG", digest="0123456789abcdef0123")
    notice = NoticeFactory(proposal=proposal)
    wish = ask_to_merge(2)
    return {
        "proposal": proposal,
        "argument": argument,
        "reply": reply,
        "draft": draft,
        "invitation": invitation,
        "logo": logo,
        "notice": notice,
        "wish": wish,
    }


@pytest.fixture
def things(saran: Municipality) -> dict[str, Any]:
    with schema_context(saran.schema_name):
        return one_of_everything()


def path_of(address: Address, things: dict[str, Any]) -> str:
    values = {
        "pk": things["proposal"].pk if "proposal" in things else things.get("city", 1),
        "key": things["draft"].pk if "draft" in things else things.get("run"),
        "argument": things["argument"].pk if "argument" in things else 1,
        "slug": "ecologie",
        "step": "solution",
        "stance": "pour",
        "reply": things["reply"].pk if "reply" in things else 1,
        "token": "inconnu",
        "nonce": "inconnu",
        "mark": "0123456789abcdef",
        "colour": "f2a71b",
        "code": "territoires-resilients",
        "version": 1,
        "challenge": "ecologie",
        "authority": "COMMUNE-45302",
        "move": "SUSPEND",
        "digest": "0123456789abcdef0123",
    }
    if address.name == "consultation" or address.name == "consultation_proposals":
        values["slug"] = "territoires-resilients"
    if address.name == "invitation":
        values["key"] = things["invitation"].pk
    if address.name == "notice" and "notice" in things:
        values["pk"] = things["notice"].pk
    if address.route.startswith("reunions/"):
        values["pk"] = things["wish"].pk
    if address.route.startswith("propositions/<int:pk>/<slug"):
        values["slug"] = things["proposal"].get_absolute_url().split("/")[3]
    from django.urls import reverse

    names = address.pattern.pattern.converters or dict.fromkeys(address.pattern.pattern.regex.groupindex)
    names = {**names, **{name: None for name in values if f":{name}>" in address.route}}
    urlconf = settings.ROOT_URLCONF if address.name in CITY and "run" not in things else settings.PUBLIC_SCHEMA_URLCONF
    return reverse(address.name, urlconf=urlconf, kwargs={name: values[name] for name in names})


def someone(city: Municipality | None, role: str) -> Any:
    if role == "visitor":
        return None
    with schema_context(city.schema_name if city else "public"):
        return UserFactory(role=role)


def astray(path: str, page: Any) -> Iterator[str]:
    """A page that asks htmx for something loads it; the others are 15 kB lighter without it."""
    asks, loads = (not page.streaming and words in page.content for words in (b" hx-", b"htmx.min"))
    if asks != loads:
        yield f"{path}: {'does not load htmx' if asks else 'loads htmx for nothing'}"


@pytest.mark.parametrize("role", CITY_ROLES)
def test_each_address_of_a_city_answers_each_role(
    visit: Callable[..., Client], saran: Municipality, brest: Municipality, things: dict[str, Any], role: str
) -> None:
    at_home, elsewhere = visit(saran, someone(saran, role)), visit(brest, someone(brest, role))
    wrong = []
    for address in addresses(settings.ROOT_URLCONF):
        expected, foreign = CITY[address.name]
        path = path_of(address, things)
        page = at_home.get(path)
        if page.status_code != expected[role]:
            wrong.append(f"{path}: {page.status_code}, not {expected[role]}")
        wrong.extend(astray(path, page))
        if foreign is not None:
            answer = (elsewhere.post if expected is POST_ONLY else elsewhere.get)(path).status_code
            if answer != foreign:
                wrong.append(f"{path} in another city: {answer}, not {foreign}")
    assert not wrong, "\n".join(wrong)


# Pages of the team that ask for no second factor: the first look, and what is framed before opening.
FIRST_LOOK = {"desk"}
FRAMING = {
    "desk_consultation",
    "desk_documents",
    "desk_documents_none",
    "desk_document_remove",
    "desk_challenges",
    "desk_challenge_add",
    "desk_challenge",
    "desk_challenge_library",
    "desk_challenge_validate",
    "desk_challenge_unvalidate",
    "desk_challenge_move",
    "desk_challenge_remove",
    "desk_appearance",
    "desk_legal",
}
# Pages of residents on which the team has powers of its own.
SHARED = {"workshop", "workshop_answer", "workshop_text", "workshop_difference", "workshop_discard", "coauthors"} | {
    name for name in CITY if name.startswith("merge") and name != "merge_join"
}


@pytest.mark.parametrize("is_open", [False, True], ids=["preparing", "open"])
@pytest.mark.parametrize("role", sorted(permissions.STAFF))
def test_without_a_second_factor_the_team_looks_and_frames_and_no_more(
    visit: Callable[..., Client], saran: Municipality, things: dict[str, Any], role: str, is_open: bool
) -> None:
    if not is_open:
        Municipality.objects.filter(pk=saran.pk).update(opened_at=None)
    client = visit(saran, someone(saran, role), second_factor=False)
    free = FIRST_LOOK if is_open else FIRST_LOOK | FRAMING
    wrong = []
    for address in addresses(settings.ROOT_URLCONF):
        is_of_the_team = address.route.startswith("gestion/") and not address.name.startswith("verification_")
        if not is_of_the_team and address.name not in SHARED:
            continue
        path = path_of(address, things)
        for method in (client.get, client.post):
            answer = method(path)
            may_enter = answer.status_code not in (404, 405)
            if may_enter and is_led_to_a_second_factor(answer) is (address.name in free):
                wrong.append(f"{path}: {answer.status_code}")
    assert not wrong, "\n".join(wrong)


def test_without_a_second_factor_operators_do_nothing(visit: Callable[..., Client], saran: Municipality) -> None:
    run = ProvisioningRun.objects.get(slug="saran")
    client = visit(None, someone(None, Role.OPERATOR), second_factor=False)
    wrong = []
    for address in addresses(settings.PUBLIC_SCHEMA_URLCONF):
        if not address.route.startswith("ops/"):
            continue
        path = path_of(address, {"run": run.pk, "city": saran.pk})
        for method in (client.get, client.post):
            answer = method(path)
            if answer.status_code != 405 and not is_led_to_a_second_factor(answer):
                wrong.append(f"{path}: {answer.status_code}")
    assert not wrong, "\n".join(wrong)


# What is posted there is done only just after a fresh proof (permissions.role_required, fresh=…): who enters and who
# leaves, what cannot be undone, what takes everything along, and who speaks for whom.
GRAVE = {
    "desk_team",
    "desk_team_role",
    "desk_team_remove",
    "desk_team_way_back",
    "desk_team_way_back_by_address",
    "desk_open",
    "desk_export_download",
    "desk_export_complete",
    "desk_address",
    "desk_domain_leave",
    "desk_domain_forget",
    "desk_rename",
    "ops_verification",
    "ops_verification_accept",
    "ops_change_state",
    "ops_way_back",
    "ops_addresses",
    "ops_domain_leave",
    "ops_domain_forget",
    "ops_rename",
    "ops_release",
    "ops_library_publish",
}
# Everyday work, which a colleague can put right.
EVERYDAY = FRAMING | {
    "desk_take_over",
    "desk_give_back",
    "desk_verification",  # a link, to an address of the authority's own
    "desk_domain_check",
    "desk_domain_give_up",  # of one that is not in use yet
    "ops_maintenance",
    "ops_domain_check",
    "ops_domain_give_up",
    "ops_verification_refuse",
    "ops_run_retry",
    "ops_run_cancel",
    "ops_library_new",
    "ops_library_prepare",
    "ops_library_withdraw",
    "ops_library_offer",
    "ops_library_words",
    "ops_library_discard",
    "ops_library_challenge_new",
    "ops_library_challenge",
    "ops_library_move",
    "ops_library_remove",
}
# Only looked at: nothing that is posted there is read.
LOOKED_AT = {
    "desk",
    "desk_alone",
    "desk_merge",
    "desk_export",
    "ops_fleet",
    "ops_city",
    "ops_verifications",
    "ops_reservations",
    "ops_runs",
    "ops_library",
    "ops_library_set",
    "ops_library_version",
    "ops_library_changes",
    "ops_library_draft",
    "components",
}


def test_what_is_grave_asks_for_a_fresh_proof_and_the_rest_does_not(
    visit: Callable[..., Client], saran: Municipality, things: dict[str, Any]
) -> None:
    run = ProvisioningRun.objects.get(slug="saran")
    wrong, found = [], set()
    for city, role, begins, urlconf, values in (
        (saran, Role.ADMINISTRATOR, "gestion/", settings.ROOT_URLCONF, things),
        (None, Role.OPERATOR, "ops/", settings.PUBLIC_SCHEMA_URLCONF, {"run": run.pk, "city": saran.pk}),
    ):
        user = someone(city, role)
        client = visit(city, user, second_factor=False)
        with schema_context(city.schema_name if city else "public"):
            shows(client, user, "mfa", 1.0)
        for address in addresses(urlconf):
            if not address.route.startswith(begins) or address.name.startswith("verification_"):
                continue
            found.add(address.name)
            path = path_of(address, values)
            asked = client.post(path).headers.get("Location", "").startswith("/connexion/confirmer/?next=")
            if asked is not (address.name in GRAVE):
                wrong.append(f"{path}: {'asks' if asked else 'does not ask'} for a fresh proof")
            if "/connexion/" in client.get(path).headers.get("Location", ""):
                wrong.append(f"{path}: cannot be looked at")
    assert not wrong, "\n".join(wrong)
    assert found == GRAVE | EVERYDAY | LOOKED_AT, "say in which table a new address of the team belongs"


def is_led_to_a_second_factor(answer: Any) -> bool:
    return answer.status_code == 302 and answer.headers["Location"].startswith("/compte/securite/?next=")


@pytest.mark.parametrize("role", PUBLIC_ROLES)
def test_each_address_of_the_public_site_answers_each_role(
    visit: Callable[..., Client], saran: Municipality, role: str
) -> None:
    run = ProvisioningRun.objects.get(slug="saran")
    user = someone(None, role)
    prepare_version(content=content_of(latest_set("territoires-resilients")), actor=UserFactory(operator=True))
    client = visit(None, user)
    wrong = []
    for address in addresses(settings.PUBLIC_SCHEMA_URLCONF):
        expected = PUBLIC[address.name][role] if address.name in PUBLIC else None
        path = path_of(address, {"run": run.pk, "city": saran.pk})
        page = client.get(path)
        if expected is not None and page.status_code != expected:
            wrong.append(f"{path}: {page.status_code}, not {expected}")
        if page.status_code >= 500:
            wrong.append(f"{path}: {page.status_code}")
        if address.name != "signup_progress":  # it asks until its run is over
            wrong.extend(astray(path, page))
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize(
    "path",
    ["/ops/", "/ops/mises-en-service/", "/ops/bibliotheque/", "/bibliotheque/", "/inscription/", "/ops/composants/"],
)
def test_the_operators_side_is_in_no_city(
    visit: Callable[..., Client], saran: Municipality, person: Any, path: str
) -> None:
    assert visit(saran, person(administrator=True)).get(path).status_code == 404


@pytest.mark.parametrize("path", ["/gestion/", "/propositions/", "/defis/ecologie/"])
def test_a_citys_pages_are_not_on_the_public_site(visit: Callable[..., Client], db: None, path: str) -> None:
    assert visit(None).get(path).status_code == 404


@pytest.mark.parametrize("role", sorted(set(CITY_ROLES) - {Role.ADMINISTRATOR}))
def test_only_an_administrator_opens_the_platform(visit: Callable[..., Client], saran: Municipality, role: str) -> None:
    answer = visit(saran, someone(saran, role)).post("/gestion/consultation/ouvrir/")
    assert answer.status_code == 404 or "/connexion/" in answer.headers["Location"]


@pytest.mark.parametrize("role", sorted(set(CITY_ROLES) - {Role.ADMINISTRATOR, Role.FACILITATOR}))
@pytest.mark.parametrize(
    "path",
    [
        "/gestion/consultation/documents/aucun/",
        "/gestion/consultation/documents/1/retirer/",
        "/gestion/defis/ecologie/valider/",
        "/gestion/defis/ecologie/invalider/",
        "/gestion/defis/ecologie/deplacer/",
        "/gestion/defis/ecologie/retirer/",
        "/gestion/defis/ecologie/bibliotheque/",
        "/gestion/apparence/",
        "/gestion/mentions/",
    ],
)
def test_only_framers_act_on_the_framing(
    visit: Callable[..., Client], saran: Municipality, role: str, path: str
) -> None:
    answer = visit(saran, someone(saran, role)).post(path)
    assert answer.status_code == 404 or "/connexion/" in answer.headers["Location"]


@pytest.mark.parametrize("role", sorted(set(CITY_ROLES) - {Role.ADMINISTRATOR}))
@pytest.mark.parametrize("path", ["/gestion/equipe/", "/gestion/equipe/1/role/", "/gestion/equipe/1/retirer/"])
def test_only_an_administrator_changes_the_team(
    visit: Callable[..., Client], saran: Municipality, role: str, path: str
) -> None:
    answer = visit(saran, someone(saran, role)).post(path, {"email": "a@example.org", "role": "ADMINISTRATOR"})
    assert answer.status_code == 404 or "/connexion/" in answer.headers["Location"]


@pytest.mark.parametrize("role", sorted(set(CITY_ROLES) - {Role.ADMINISTRATOR}))
@pytest.mark.parametrize("action", ["", "verifier/", "renoncer/", "quitter/", "oublier/", "renommer/"])
def test_only_an_administrator_changes_the_address(
    visit: Callable[..., Client], saran: Municipality, role: str, action: str
) -> None:
    answer = visit(saran, someone(saran, role)).post(f"/gestion/adresse/{action}", {"slug": "x", "understood": "on"})
    assert answer.status_code == 404 or "/connexion/" in answer.headers["Location"]


@pytest.mark.parametrize(
    "path",
    [
        "/ops/verifications/collectivite/1/",
        "/ops/collectivites/1/adresses/",
        "/ops/collectivites/1/adresses/renommer/",
        "/ops/collectivites/1/etat/SUSPEND/",
        "/ops/collectivites/1/maintenance/",
        "/ops/noms-reserves/1/liberer/",
        "/ops/verifications/1/accepter/",
        "/ops/verifications/1/refuser/",
        "/ops/mises-en-service/00000000-0000-4000-8000-000000000000/annuler/",
        "/ops/mises-en-service/00000000-0000-4000-8000-000000000000/relancer/",
    ],
)
def test_only_operators_act_on_the_fleet(visit: Callable[..., Client], db: None, path: str) -> None:
    answer = visit(None).post(path)
    assert answer.status_code == 302
    assert "/connexion/" in answer.headers["Location"]
