"""What a visitor did before signing in is done once they are in, by whoever began it and nobody else."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from django_tenants.utils import schema_context

from accounts import begun
from accounts.adapter import carried_by
from accounts.models import BegunAction, User
from accounts.services import issue_sign_in_link
from consultations.cocreation.services.coauthors import invite_coauthor
from consultations.framing.models import Challenge, Consultation
from consultations.outcomes.models import ProjectFollow
from consultations.participation.enums import Status
from consultations.participation.models import Argument, Draft, Follow, Proposal, Reaction, Reply, UsefulMark
from consultations.participation.services.following import follow
from consultations.participation.services.reactions import react
from consultations.participation.services.refusals import TextRenewed
from tenants.models import Municipality
from tests.accounts.factories import UserFactory
from tests.links import press_link
from tests.outcomes.project_factories import ProjectFactory
from tests.participation.factories import (
    ArgumentFactory,
    DraftFactory,
    ProposalFactory,
    any_challenge,
    merge,
)
from tests.participation.test_argue import TEXT, form
from tests.participation.test_react import close_phase, new_version
from tests.support.pages import message_levels, says

REPLY = "Nous l’avons essayé dans notre rue, et cela tient."


@pytest.fixture
def proposal(saran: Municipality) -> Proposal:
    with schema_context(saran.schema_name):
        return ProposalFactory()


# ── Every action that a visitor can begin ────────────────────────────────────


@dataclass
class Case:
    """How it is begun, over HTTP, and how one sees that it is done (in the city's schema)."""

    begin: Callable[[Client], Any]
    is_done: Callable[[User], bool]
    action: str
    needs: Callable[[User], None] = lambda user: None


def _cases() -> dict[str, Case]:
    """Made in Saran."""
    proposal, argument = ProposalFactory(), ArgumentFactory()
    merge_request = merge(2)
    source, collective = merge_request.sources.order_by("pk")[0].proposal, merge_request.proposal
    assert collective is not None
    challenge, project = any_challenge(), ProjectFactory()
    page, about = proposal.get_absolute_url(), argument.get_absolute_url()

    def publish(client: Client) -> Any:
        draft = DraftFactory()
        session = client.session
        session["draft_keys"] = [str(draft.pk)]
        session.save()
        return client.post(f"/brouillons/{draft.pk}/", {"revision": draft.revision})

    def follows(**what: Any) -> Callable[[User], bool]:
        return lambda user: Follow.objects.filter(user=user, **what).exists()

    def reacts(value: str, to: Proposal) -> Callable[[User], bool]:
        return lambda user: Reaction.objects.filter(user=user, proposal=to, value=value).exists()

    return {
        "react": Case(
            lambda client: client.post(f"{page}reagir/", {"reaction": "MIXED", "version": "1"}),
            reacts("MIXED", proposal),
            "react",
        ),
        "take a reaction back": Case(
            lambda client: client.post(f"{page}reagir/", {"withdraw": "1"}),
            lambda user: not Reaction.objects.filter(user=user).exists(),
            "withdraw",
            lambda user: react(proposal=proposal, user=user, value="LIKE", at=timezone.now()) and None,
        ),
        "argue": Case(
            lambda client: client.post(f"{page}argumenter/", form()),
            lambda user: Argument.objects.filter(author=user, proposal=proposal, text=TEXT).exists(),
            "argue",
        ),
        "say an argument is useful": Case(
            lambda client: client.post(f"{about}utile/", {"useful": "on"}),
            lambda user: UsefulMark.objects.filter(user=user, argument=argument).exists(),
            "useful",
        ),
        "reply": Case(
            lambda client: client.post(f"{about}repondre/", {"text": REPLY}),
            lambda user: Reply.objects.filter(author=user, argument=argument, text=REPLY).exists(),
            "reply",
        ),
        "follow a proposal": Case(lambda client: client.post(f"{page}suivre/"), follows(proposal=proposal), "follow"),
        "follow a challenge": Case(
            lambda client: client.post(f"{challenge.get_absolute_url()}suivre/"),
            follows(challenge=challenge),
            "follow",
        ),
        "follow no longer": Case(
            lambda client: client.post(f"{page}suivre/", {"suivre": "non"}),
            lambda user: not Follow.objects.filter(user=user, proposal=proposal).exists(),
            "follow",
            lambda user: follow(user=user, proposal=proposal, at=timezone.now()) and None,
        ),
        "support a collective proposal": Case(
            lambda client: client.post(f"{source.get_absolute_url()}rejoindre/", {"do": "support"}),
            reacts("LIKE", collective),
            "react",
        ),
        "follow a collective proposal": Case(
            lambda client: client.post(f"{source.get_absolute_url()}rejoindre/", {"do": "follow"}),
            follows(proposal=collective),
            "follow",
        ),
        "publish a proposal": Case(
            publish, lambda user: Proposal.objects.filter(author=user, title=DraftFactory.title).exists(), "publish"
        ),
        "follow a project": Case(
            lambda client: client.post(f"{project.get_absolute_url()}suivre/"),
            lambda user: ProjectFollow.objects.filter(user=user, project=project).exists(),
            "follow_project",
        ),
        "write a draft": Case(
            lambda client: client.post("/defis/ecologie/proposer/", {"solution": "Ouvrir la cour", "autosave": "1"}),
            lambda user: Draft.objects.filter(author=user, solution="Ouvrir la cour").exists(),
            "draft",
        ),
        "write in a form of one's own, signed out meanwhile": Case(
            lambda client: client.post(f"{page}corriger/", {"title": "Un titre repris avec soin"}),
            lambda user: BegunAction.objects.filter(user=user, payload__text="Un titre repris avec soin").exists(),
            "words",
        ),
    }


@pytest.mark.parametrize(
    "way", ["same browser", "no name yet", "link on another device", "link where somebody else is signed in", "twice"]
)
def test_whatever_a_visitor_begins_is_done_whatever_the_way_in(
    visit: Callable[..., Client], in_saran: Municipality, way: str
) -> None:
    cases = _cases()
    assert {case.action for case in cases.values()} == set(begun._actions)
    for name, case in cases.items():
        _comes_in(visit, in_saran, case, way)
        assert case.is_done(User.objects.latest("pk")), name


def _comes_in(visit: Callable[..., Client], city: Municipality, case: Case, way: str) -> None:
    """The last account made is that of the visitor."""
    elsewhere = visit(city, stays=True)
    if way == "link where somebody else is signed in":
        elsewhere.force_login(UserFactory())
    user = UserFactory(public_name="" if way == "no name yet" else "Mésange bleue")
    if way != "no name yet":
        case.needs(user)
    visitor = visit(city, stays=True)
    assert case.begin(visitor).status_code in (204, 302)
    if way == "same browser":
        visitor.force_login(user)
        visitor.get("/connexion/suite/", follow=True)
    elif way == "no name yet":
        visitor.force_login(user)
        visitor.get("/propositions/")  # and goes for a walk
        visitor.get("/connexion/suite/", follow=True)
        named = {"public_name": f"Mésange bleue {user.pk}", "capacity": "RESIDENT"}
        visitor.post("/compte/", named, follow=True)
    else:
        token = issue_sign_in_link(user=user, carried=carried(visitor))
        answer = press_link(elsewhere, f"/connexion/lien/{token}/", follow=True)
        assert answer.redirect_chain[-1][0] == "/reprendre/"
        elsewhere.post("/reprendre/")
        if way == "twice":  # and with the code, in the first browser
            count = everything()
            visitor.force_login(user)
            visitor.get("/connexion/suite/", follow=True)
            visitor.get("/reprendre/", follow=True)
            assert everything() == count


def carried(client: Client) -> dict[str, Any]:
    """What the link of a mail takes along, by way of the database's JSON."""

    class Asking:
        session = client.session

    return carried_by(Asking())  # type: ignore[arg-type]


def everything() -> list[int]:
    return [kind.objects.count() for kind in (Reaction, Argument, Reply, Follow, UsefulMark, Proposal)]


@pytest.mark.parametrize(
    ("begins", "promise", "said"),
    [
        ("react", "Votre avis sera compté dès votre connexion.", "Votre avis est compté."),
        ("argue", "Ce sera publié dès votre connexion.", "Votre argument est publié."),
        ("reply", "Ce sera publié dès votre connexion.", "Votre réponse est publiée."),
        ("publish a proposal", "Ce sera publié dès votre connexion.", "Votre proposition est publiée."),
        ("follow a proposal", "Ce sera fait dès votre connexion.", "Vous suivez"),
    ],
)
def test_what_will_come_of_it_is_said_at_the_door_and_what_came_of_it_behind_with_the_way_there(
    visit: Callable[..., Client], in_saran: Municipality, begins: str, promise: str, said: str
) -> None:
    case, visitor = _cases()[begins], visit(in_saran, stays=True)
    case.begin(visitor)
    assert promise in visitor.get("/connexion/").content.decode()
    visitor.get("/connexion/?next=/nouvelles/")
    visitor.post("/connexion/?next=/nouvelles/", {"email": "a@example.org"})
    visitor.force_login(UserFactory())
    page = visitor.get("/connexion/suite/", follow=True).content.decode()
    (messages,) = re.findall(
        r'<section class="messages" [^>]*tabindex="-1"[^>]*data-focus>(.*?)</section>', page, re.DOTALL
    )
    assert messages.count('role="status"') == 1
    assert said in messages
    ways = re.findall(r'href="([^"]+)"', messages)  # there; of a new proposal, also to make it known
    assert ways
    assert {visitor.get(way).status_code for way in ways} == {200}


def test_what_is_from_this_very_browser_is_asked_about_by_no_link_of_a_mail(
    visit: Callable[..., Client], in_saran: Municipality
) -> None:
    """The link brings drafts of the session too, for another device; here they are the person's at once."""
    case, visitor = _cases()["publish a proposal"], visit(in_saran, stays=True)
    case.begin(visitor)
    begun_before = visitor.session["draft_keys"]
    left, empty = DraftFactory(title="", problem="", benefit=""), DraftFactory(title="", problem="", benefit="")
    Draft.objects.filter(pk=empty.pk).update(solution="")
    session = visitor.session
    session["draft_keys"] = [*begun_before, str(left.pk), str(empty.pk)]
    session.save()
    kept = carried(visitor)
    assert [each["do"] for each in kept["pending"]] == ["publish", "draft"]  # an empty one is not worth a word
    user = UserFactory()
    token = issue_sign_in_link(user=user, carried=kept)
    answer = press_link(visitor, f"/connexion/lien/{token}/", follow=True)
    proposal = Proposal.objects.get(author=user)
    assert answer.redirect_chain[-1][0] == proposal.get_absolute_url()
    assert message_levels(answer) == ["success"]
    assert not begun.is_waiting(user)
    left.refresh_from_db()
    assert left.author == user


def test_what_is_published_is_shown_rather_than_a_draft_that_came_along(
    visit: Callable[..., Client], in_saran: Municipality
) -> None:
    case, visitor = _cases()["publish a proposal"], visit(in_saran, stays=True)
    case.begin(visitor)
    visitor.post("/defis/ecologie/proposer/", {"solution": "Un brouillon d’ailleurs", "autosave": "1"})
    user, elsewhere = UserFactory(), visit(in_saran, stays=True)
    token = issue_sign_in_link(user=user, carried=carried(visitor))
    press_link(elsewhere, f"/connexion/lien/{token}/", follow=True)
    answer = elsewhere.post("/reprendre/", follow=True)
    assert answer.redirect_chain[-1][0] == Proposal.objects.get(author=user).get_absolute_url()
    assert Draft.objects.filter(author=user, proposal=None).count() == 1


# ── In nobody else's name ────────────────────────────────────────────────────


@pytest.mark.parametrize("confirms", [False, True])
def test_what_came_in_a_link_is_asked_for_before_it_is_done_in_somebodys_name(
    visit: Callable[..., Client], in_saran: Municipality, proposal: Proposal, confirms: bool
) -> None:
    """Anybody may ask for a link to anybody's address, and it carries what they had begun."""
    stranger = visit(in_saran, stays=True)
    stranger.post(proposal.get_absolute_url() + "argumenter/", form())
    stranger.post(proposal.get_absolute_url() + "reagir/", {"reaction": "LIKE"})
    stranger.post("/defis/ecologie/proposer/", {"solution": "Un brouillon d’ailleurs", "autosave": "1"})
    someone = UserFactory()
    token = issue_sign_in_link(user=someone, carried=carried(stranger))
    client = visit(in_saran, stays=True)
    asked = press_link(client, f"/connexion/lien/{token}/", follow=True)
    assert asked.redirect_chain[-1][0] == "/reprendre/"
    assert TEXT in asked.content.decode()
    assert someone.public_name in asked.content.decode()
    assert not Argument.objects.exists()
    assert not Draft.objects.filter(author=someone).exists()
    for _twice in "ab":
        client.post("/reprendre/", {} if confirms else {"drop": "1"})
        client.get("/reprendre/")
    assert (Argument.objects.filter(author=someone).count(), Reaction.objects.count()) == (confirms, confirms)
    assert Draft.objects.filter(author=someone).count() == confirms
    assert client.get("/connexion/suite/").headers["Location"] == "/"


def test_a_draft_asked_for_with_a_mistyped_address_stays_its_writers(
    visit: Callable[..., Client], in_saran: Municipality
) -> None:
    writer = visit(in_saran, stays=True)
    writer.post("/defis/ecologie/proposer/", {"solution": "Ouvrir la cour", "autosave": "1"})
    token = issue_sign_in_link(user=UserFactory(), carried=carried(writer))
    stranger = visit(in_saran, stays=True)
    press_link(stranger, f"/connexion/lien/{token}/", follow=True)
    stranger.post("/reprendre/", {"drop": "1"})
    assert "Ouvrir la cour" in writer.get("/defis/ecologie/proposer/").content.decode()


def test_a_link_opened_too_late_still_brings_what_was_begun_to_the_device_where_another_is_asked_for(
    visit: Callable[..., Client], in_saran: Municipality, proposal: Proposal
) -> None:
    visitor = visit(in_saran, stays=True)
    visitor.post(proposal.get_absolute_url() + "argumenter/", form())
    user, other = UserFactory(), UserFactory()
    token = issue_sign_in_link(user=user, carried=carried(visitor), lifetime=timedelta(seconds=-1))
    for person in (other, user):
        telephone = visit(in_saran, stays=True)
        assert press_link(telephone, f"/connexion/lien/{token}/").status_code == 410
        telephone.force_login(person)
        page = telephone.get("/connexion/suite/", follow=True).content.decode()
        assert (TEXT in page) == (person == user)


def test_whoever_signs_in_next_on_the_same_computer_sees_and_does_nothing_of_it(
    visit: Callable[..., Client], in_saran: Municipality, proposal: Proposal
) -> None:
    first, second = UserFactory(public_name=""), UserFactory()
    client = visit(in_saran, stays=True)
    client.force_login(first)
    client.post(proposal.get_absolute_url() + "argumenter/", form())
    token = issue_sign_in_link(user=second)
    answer = press_link(client, f"/connexion/lien/{token}/", follow=True)
    assert TEXT not in answer.content.decode()
    assert client.get("/reprendre/", follow=True).redirect_chain[-1][0] == "/"
    assert not Argument.objects.exists()
    # And who began it finds it on any device, after signing out too.
    client.post("/deconnexion/")
    elsewhere = visit(in_saran, first, stays=True)
    elsewhere.get("/connexion/suite/", follow=True)
    elsewhere.post("/bienvenue/", {"public_name": "Tilleul", "capacity": "RESIDENT"}, follow=True)
    assert Argument.objects.get().author == first


def test_what_was_begun_long_ago_is_asked_for(
    visit: Callable[..., Client], in_saran: Municipality, proposal: Proposal, monkeypatch: pytest.MonkeyPatch
) -> None:
    visitor = visit(in_saran, stays=True)
    visitor.post(proposal.get_absolute_url() + "reagir/", {"reaction": "LIKE"})
    later = timezone.now() + timedelta(hours=2)
    visitor.force_login(UserFactory())
    monkeypatch.setattr(timezone, "now", lambda: later)
    assert visitor.get("/reprendre/").context["asked"]
    assert not Reaction.objects.exists()


# ── In any order ─────────────────────────────────────────────────────────────


def test_whoever_signs_in_for_something_else_does_what_they_had_begun_and_gets_there(
    visit: Callable[..., Client], in_saran: Municipality, proposal: Proposal
) -> None:
    visitor = visit(in_saran, stays=True)
    visitor.post(proposal.get_absolute_url() + "argumenter/", form())
    visitor.post("/connexion/?next=/nouvelles/", {"email": "a@example.org"})
    someone = UserFactory()
    visitor.force_login(someone)
    answer = visitor.get("/connexion/suite/", follow=True)
    assert answer.redirect_chain[-1][0] == "/nouvelles/"
    assert Argument.objects.get().author == someone


def test_an_invitation_opened_meanwhile_does_not_hide_what_was_begun(
    visit: Callable[..., Client], in_saran: Municipality, proposal: Proposal
) -> None:
    """A page that asks for a name comes back to itself: the argument waits behind it, and is not forgotten."""
    user = UserFactory(public_name="")
    client = visit(in_saran, user, stays=True)
    client.post(proposal.get_absolute_url() + "argumenter/", form())
    other = ProposalFactory()
    assert other.author is not None
    invited = invite_coauthor(proposal=other, by=other.author, city=in_saran, email=user.email, at=timezone.now())
    assert client.get(f"/invitations/{invited.pk}/").headers["Location"] == "/bienvenue/"
    answer = client.post("/bienvenue/", {"public_name": "Tilleul", "capacity": "RESIDENT"}, follow=True)
    assert answer.redirect_chain[-1][0] == f"/invitations/{invited.pk}/"
    assert Argument.objects.get().author == user


def test_staff_without_a_name_are_asked_for_one_rather_than_forgotten(
    visit: Callable[..., Client], in_saran: Municipality, proposal: Proposal
) -> None:
    agent = UserFactory(role="FACILITATOR", public_name="")
    visitor = visit(in_saran, stays=True)
    visitor.post(proposal.get_absolute_url() + "argumenter/", form())
    visitor.force_login(agent)
    assert visitor.get("/connexion/suite/", follow=True).redirect_chain[-1][0] == "/bienvenue/"
    visitor.post("/bienvenue/", {"public_name": "Paul, du service vert", "capacity": "WORKER"}, follow=True)
    assert Argument.objects.get().author == agent


def test_the_eleventh_thing_is_given_back_and_the_first_one_stays(
    visit: Callable[..., Client], in_saran: Municipality
) -> None:
    proposals = ProposalFactory.create_batch(begun.MAX + 1)
    visitor = visit(in_saran, stays=True)
    for proposal in proposals[:-1]:
        assert visitor.post(proposal.get_absolute_url() + "argumenter/", form()).status_code == 302
    answer = visitor.post(proposals[-1].get_absolute_url() + "argumenter/", form(text=f"{TEXT} La onzième fois."))
    assert answer.status_code == 409
    assert str(begun.TooMuchBegun.message) in answer.content.decode()
    assert "La onzième fois." in answer.content.decode()
    visitor.force_login(UserFactory())
    visitor.get("/connexion/suite/", follow=True)
    assert Argument.objects.filter(proposal=proposals[0]).exists()


@pytest.mark.parametrize("change", ["hidden", "closed", "merged"])
def test_what_cannot_be_done_any_more_is_told_with_the_words_until_they_are_let_go(
    visit: Callable[..., Client], in_saran: Municipality, proposal: Proposal, change: str
) -> None:
    visitor = visit(in_saran, stays=True)
    visitor.post(proposal.get_absolute_url() + "argumenter/", form())
    if change == "hidden":
        Proposal.objects.filter(pk=proposal.pk).update(status=Status.HIDDEN)
    elif change == "closed":
        close_phase()
    else:
        Proposal.objects.filter(pk=proposal.pk).update(merged_into=ProposalFactory())
    visitor.force_login(UserFactory())
    for _again in "ab":
        answer = visitor.get("/connexion/suite/", follow=True)
        assert answer.redirect_chain[-1][0] == "/reprendre/"
        assert TEXT in answer.content.decode()
    row = BegunAction.objects.get()
    with pytest.raises(begun.NotDone) as refused:
        begun.parsed(row.payload).do(user=UserFactory(), at=timezone.now())
    assert refused.value.code == "not_done"
    visitor.post("/reprendre/", {"forget": str(row.pk)})
    assert visitor.get("/connexion/suite/").headers["Location"] == "/"
    assert not Argument.objects.exists()
    row.refresh_from_db()
    assert TEXT not in str(row.payload)


def test_a_reaction_to_a_text_that_has_changed_leads_to_the_new_one(
    visit: Callable[..., Client], in_saran: Municipality, proposal: Proposal
) -> None:
    visitor = visit(in_saran, stays=True)
    visitor.post(proposal.get_absolute_url() + "reagir/", {"reaction": "LIKE", "version": "1"})
    new_version(proposal)
    visitor.force_login(UserFactory())
    answer = visitor.get("/reprendre/", follow=True)
    assert answer.redirect_chain[-1][0] == proposal.get_absolute_url()
    assert says(answer, TextRenewed)
    assert not Reaction.objects.exists()


def test_a_proposal_that_came_too_late_stays_a_draft_on_the_device_of_the_link(
    visit: Callable[..., Client], in_saran: Municipality
) -> None:
    case = _cases()["publish a proposal"]
    visitor = visit(in_saran, stays=True)
    case.begin(visitor)
    user = UserFactory()
    token = issue_sign_in_link(user=user, carried=carried(visitor))
    close_phase()
    elsewhere = visit(in_saran, stays=True)
    press_link(elsewhere, f"/connexion/lien/{token}/", follow=True)
    answer = elsewhere.post("/reprendre/", follow=True)
    assert answer.status_code == 200
    assert DraftFactory.solution in answer.content.decode()
    assert Draft.objects.get(author=user).proposal is None


def test_what_an_earlier_release_kept_is_read_and_what_no_longer_makes_sense_gives_its_words_back(
    visit: Callable[..., Client], in_saran: Municipality, proposal: Proposal
) -> None:
    visitor = visit(in_saran, stays=True)
    session = visitor.session
    session["pending"] = [
        {"do": "react", "proposal": proposal.pk, "value": "LIKE"},  # as merge_join kept it
        {"do": "argue", "proposal": proposal.pk, "text": "Des mots sans position, gardés.", "stance": "SIDEWAYS"},
        {"do": "reply", "proposal": "un", "argument": None, "text": "Une réponse à rien."},
        {"do": "dance", "text": 3},
        "nonsense",
    ]
    session["pending_at"] = int(timezone.now().timestamp())
    session["after_sign_in"] = "/reprendre/"
    session.save()
    user = UserFactory()
    visitor.force_login(user)
    page = visitor.get("/connexion/suite/", follow=True).content.decode()
    assert Reaction.objects.get().user == user
    assert "Des mots sans position, gardés." in page
    assert "Une réponse à rien." in page


# ── Two tabs ─────────────────────────────────────────────────────────────────


def test_a_form_made_old_by_signing_in_elsewhere_gives_its_words_back(
    visit: Callable[..., Client], in_saran: Municipality, proposal: Proposal
) -> None:
    tab = visit(in_saran, stays=True, enforce_csrf_checks=True)
    tab.get("/connexion/")
    answer = tab.post(proposal.get_absolute_url() + "argumenter/", form(csrfmiddlewaretoken="x" * 64))
    assert answer.status_code == 403
    assert TEXT in answer.content.decode()


def test_two_tabs_do_it_once(visit: Callable[..., Client], in_saran: Municipality, proposal: Proposal) -> None:
    visitor = visit(in_saran, stays=True)
    visitor.post(proposal.get_absolute_url() + "reagir/", {"reaction": "LIKE"})
    user = UserFactory()
    visitor.force_login(user)
    (waiting,) = begun.waiting_for(user)
    visitor.get("/reprendre/")
    react(proposal=proposal, user=user, value="DISLIKE", at=timezone.now())
    assert begun.do_once(waiting, user=user, at=timezone.now()) is None
    assert Reaction.objects.get().value == "DISLIKE"


def test_words_typed_at_the_desk_after_signing_out_come_back_to_their_writer(
    visit: Callable[..., Client], in_saran: Municipality
) -> None:
    agent = UserFactory(role="FACILITATOR")
    client = visit(in_saran, stays=True)
    challenge = Challenge.objects.filter(consultation=Consultation.objects.get()).first()
    assert challenge is not None
    answer = client.post(
        f"/gestion/consultations/territoires-resilients/defis/{challenge.pk}/modifier/",
        {"why": "Une raison longuement pesée."},
    )
    assert answer.status_code == 302
    client.force_login(agent)
    page = client.get("/connexion/suite/", follow=True).content.decode()
    assert "Une raison longuement pesée." in page
    assert f'href="/gestion/consultations/territoires-resilients/defis/{challenge.pk}/modifier/"' in page


def test_where_one_was_going_comes_along_too_even_where_somebody_else_is_signed_in(
    visit: Callable[..., Client], in_saran: Municipality
) -> None:
    visitor = visit(in_saran, stays=True)
    visitor.post("/connexion/?next=/nouvelles/", {"email": "a@example.org"})
    token = issue_sign_in_link(user=UserFactory(), carried=carried(visitor))
    elsewhere = visit(in_saran, UserFactory(), stays=True)
    answer = press_link(elsewhere, f"/connexion/lien/{token}/", follow=True)
    assert answer.redirect_chain[-1][0] == "/nouvelles/"
