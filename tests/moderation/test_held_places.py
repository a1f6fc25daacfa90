"""What waits to be read before it is published is nowhere for others; its author finds it in its place."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.enums import Role
from common.citycopy import declared
from consultations.framing.enums import ModeratedBy, Moderation
from consultations.framing.models import Consultation
from consultations.moderation.enums import Act
from consultations.moderation.models import Case, Decision
from consultations.participation.counts import recount
from consultations.participation.enums import Status
from consultations.participation.models import Argument, Draft, Picture, Proposal, Reply
from consultations.participation.promises import promise
from consultations.participation.selectors.similar import similar_proposals
from consultations.participation.services.arguments import argue
from consultations.participation.services.proposals import submit_proposal
from consultations.participation.services.replies import reply
from tenants.enums import LifecycleState
from tenants.models import Municipality
from tests.accounts.factories import UserFactory
from tests.moderation.factories import moderator
from tests.moderation.test_holding import TEXT, digest_of, published
from tests.participation.factories import ArgumentFactory, AuthorshipFactory, DraftFactory, ProposalFactory
from tests.tenants.test_lifecycle import put

WORD = "libellules"
WORDS = f"Les {WORD} reviennent quand la mare du parc est profonde, je les compte chaque été."
PICTURE = "0123456789abcdef0123"


@pytest.fixture(autouse=True)
def _before(in_saran: Municipality) -> None:
    Consultation.objects.update(moderation=Moderation.BEFORE, moderation_delay=24)


@pytest.fixture
def others(visit: Callable[..., Client], in_saran: Municipality) -> list[Client]:
    """A visitor, a resident, somebody of the team who does not moderate."""
    people = [None, UserFactory(), UserFactory(role=Role.OBSERVER)]
    return [visit(in_saran, user, stays=True) for user in people]


def proposed(author: Any) -> Proposal:
    picture = Picture.objects.create(content=b"JPEG", digest=PICTURE, width=400, height=300)
    draft = DraftFactory(author=author, title=f"Une mare à {WORD}", solution=WORDS, picture=picture)
    Draft.objects.filter(pk=draft.pk).update(picture_alt="Une mare et des joncs.")
    draft.refresh_from_db()
    return submit_proposal(draft=draft, author=author, at=timezone.now())


def argued(author: Any) -> Argument:
    proposal = ProposalFactory()
    recount()
    return argue(proposal=proposal, author=author, stance="FOR", text=WORDS, at=timezone.now())


def replied(author: Any) -> Reply:
    argument = ArgumentFactory()
    recount()
    return reply(argument=argument, author=author, text=WORDS, at=timezone.now())


every_kind = pytest.mark.parametrize("make", [proposed, argued, replied])


def addresses_of(thing: Any) -> list[str]:
    """Where it would be, were it public."""
    found = ["/", "/propositions/", f"/propositions/?q={WORD[:-1]}", "/moderation/"]  # the same stem
    if isinstance(thing, Proposal):
        return [*found, thing.challenge.get_absolute_url()]
    argument = thing if isinstance(thing, Argument) else thing.argument
    place = argument.proposal.get_absolute_url()
    workshop = [f"{place}atelier/", *(f"{place}atelier/?reponse={each}" for each in ("tous", "a-traiter"))]
    return [
        *found,
        place,
        f"{place}arguments/pour/",
        *workshop,
        *([argument.get_absolute_url()] if argument != thing else []),
    ]


def answering(thing: Any) -> list[Any]:
    """Whoever it is said to: the people of the proposal, and the author of the argument."""
    if isinstance(thing, Proposal):
        return []
    argument = thing if isinstance(thing, Argument) else thing.argument
    mate = AuthorshipFactory(proposal=argument.proposal).user
    return [argument.proposal.author, mate, *([argument.author] if argument != thing else [])]


def own_addresses(thing: Any) -> list[str]:
    """Its own, and those of its forms."""
    if isinstance(thing, Proposal):
        place = thing.get_absolute_url()
        more = ["versions/", "arguments/pour/", "atelier/", "corriger/", "suivre/", "reagir/", "argumenter/"]
        taken = f"/attente/proposition/{thing.pk}/retirer/"
        return [
            place,
            f"/propositions/{thing.pk}/",
            *(f"{place}{each}" for each in more),
            taken,
            f"/images/{PICTURE}.jpg",
        ]
    if isinstance(thing, Argument):
        place = thing.get_absolute_url()
        taken = f"/attente/argument/{thing.pk}/retirer/"
        return [place, f"{place}corriger/", f"{place}utile/", f"{place}repondre/", taken]
    place = thing.argument.proposal.get_absolute_url()
    return [f"{place}reponses/{thing.pk}/corriger/", f"/attente/reponse/{thing.pk}/retirer/"]


def report_address(thing: Any) -> str:
    word = {Proposal: "proposition", Argument: "argument", Reply: "reponse"}[type(thing)]
    return f"/signaler/{word}/{thing.pk}/"


@every_kind
@pytest.mark.parametrize("refused", [False, True])
def test_for_everyone_else_it_is_nowhere(
    make: Callable[..., Any], refused: bool, others: list[Client], visit: Callable[..., Client], in_saran: Municipality
) -> None:
    thing = make(UserFactory())
    if refused:
        published(thing, Act.HIDE)
    for client in [*others, *(visit(in_saran, user, stays=True) for user in answering(thing))]:
        for address in addresses_of(thing):
            shown = client.get(address, follow=True)
            assert shown.status_code == 200 or "/atelier/" in address, address
            assert WORD not in shown.content.decode(), address
            assert f'id="argument-{thing.pk}"' not in shown.content.decode() or not isinstance(thing, Argument)
        for address in [*own_addresses(thing), report_address(thing)]:
            nothing = re.sub(r"/\d+/", "/999999/", address).replace(PICTURE, PICTURE[::-1])
            assert client.get(address).status_code == client.get(nothing).status_code != 200, address
            typed = {"text": TEXT, "reaction": "LIKE", "reason": "INSULT"}
            assert client.post(address, typed).status_code == client.post(nothing, typed).status_code != 200, address


@every_kind
def test_it_is_in_no_count_no_similar_text_and_no_copy_for_the_desk(make: Callable[..., Any]) -> None:
    thing = make(UserFactory())
    assert recount() == 0
    assert not Proposal.objects.published().search(WORD).exists()
    assert similar_proposals(consultation=Consultation.objects.get(), text=WORDS) == []
    rows = declared[type(thing)._meta.db_table].rows
    assert rows is not None
    assert thing.pk not in rows().values_list("pk", flat=True)


def test_its_author_reads_a_proposal_in_its_place_with_its_picture_and_the_promise(
    visit: Callable[..., Client], in_saran: Municipality
) -> None:
    proposal = proposed(UserFactory())
    client = visit(in_saran, proposal.author, stays=True)
    shown = client.get(proposal.get_absolute_url()).content.decode()
    assert WORDS.replace("'", "&#x27;") in shown
    assert "Relu avant publication, d’ici" in shown
    assert f"{proposal.get_absolute_url()}corriger/" in shown
    assert client.get(f"/images/{PICTURE}.jpg").status_code == 200
    assert client.get(f"{proposal.get_absolute_url()}corriger/").status_code == 200


@pytest.mark.parametrize("make", [argued, replied])
def test_its_author_reads_it_in_its_place_and_corrects_it(
    make: Callable[..., Any], visit: Callable[..., Client], in_saran: Municipality
) -> None:
    thing = make(UserFactory())
    argument = thing if isinstance(thing, Argument) else thing.argument
    place = argument.proposal.get_absolute_url()
    client = visit(in_saran, thing.author, stays=True)
    shown = client.get(place).content.decode()
    assert WORD in shown
    assert "Relu avant publication, d’ici" in shown
    mended = f"{place}arguments/{thing.pk}/corriger/" if argument == thing else f"{place}reponses/{thing.pk}/corriger/"
    assert re.sub(r"/propositions/(\d+)/[^/]+/", r"/propositions/\1/-/", mended) in shown
    answer = client.post(mended, {"text": TEXT, "stance": "FOR"}, follow=True)
    assert "Relu avant publication, d’ici" in answer.content.decode()
    thing.refresh_from_db()
    assert (thing.text, thing.status) == (TEXT, Status.HELD)


def test_on_their_own_page_is_all_that_waits(visit: Callable[..., Client], in_saran: Municipality) -> None:
    author = UserFactory()
    things = [proposed(author), argued(author), replied(author)]
    client = visit(in_saran, author, stays=True)
    shown = client.get("/ma-participation/").content.decode()
    assert "En attente de relecture" in shown
    assert shown.count("Relu avant publication, d’ici") == len(things)


@every_kind
def test_taken_back_after_being_asked(
    make: Callable[..., Any], visit: Callable[..., Client], in_saran: Municipality
) -> None:
    thing = make(UserFactory())
    client = visit(in_saran, thing.author, stays=True)
    address = own_addresses(thing)[-2 if isinstance(thing, Proposal) else -1]
    assert "Retirer ce texte" in client.get(address).content.decode()
    assert type(thing).objects.filter(pk=thing.pk).exists()
    assert "C’est retiré" in client.post(address, follow=True).content.decode()
    assert not type(thing).objects.filter(pk=thing.pk).exists()
    assert client.get(address).status_code == 404


def test_whoever_proposes_argues_or_replies_is_told_before_and_after(
    visit: Callable[..., Client], in_saran: Municipality
) -> None:
    author, proposal = UserFactory(), ProposalFactory()
    draft = DraftFactory(author=author)
    client = visit(in_saran, author, stays=True)
    before = client.get(f"/brouillons/{draft.pk}/").content.decode()
    assert "Ici, notre équipe relit avant de publier, en un jour au plus." in " ".join(before.split())
    form = client.get(f"{proposal.get_absolute_url()}?argumenter").content.decode()
    assert "Ici, notre équipe relit avant de publier" in form
    after = client.post(f"{proposal.get_absolute_url()}argumenter/", {"text": TEXT, "stance": "FOR"}, follow=True)
    assert "Votre argument est envoyé" in after.content.decode()
    assert Argument.objects.get().is_held
    given = ArgumentFactory(proposal=proposal)
    address = f"{given.get_absolute_url()}repondre/"
    partial = client.post(address, {"text": TEXT}, headers={"HX-Request": "true"}).content.decode()
    assert partial.count(TEXT.split(",")[1]) == 1
    assert "Relu avant publication, d’ici" in partial


def test_the_public_pages_say_how_the_city_moderates(others: list[Client]) -> None:
    for address, before, after in (
        ("/charte/", "relus avant d’être publiés", "publiées tout de suite"),
        ("/mode-d-emploi/", "une fois que notre équipe l’a relu", "publics dès que vous les publiez"),
    ):
        Consultation.objects.update(moderation=Moderation.BEFORE)
        shown = others[0].get(address).content.decode()
        assert before in shown
        assert after not in shown
        Consultation.objects.update(moderation=Moderation.AFTER)
        shown = others[0].get(address).content.decode()
        assert before not in shown


def test_the_desk_publishes_it_with_the_words_that_were_read(
    visit: Callable[..., Client], in_saran: Municipality
) -> None:
    Consultation.objects.update(moderated_by=ModeratedBy.MODERATORS)
    proposal = proposed(UserFactory())
    case = Case.objects.get()
    desk = visit(in_saran, moderator(), stays=True)
    address = f"/gestion/moderation/{case.pk}/"
    shown = desk.get(address).content.decode()
    assert WORD in shown
    assert "Publier" in shown
    assert f"/moderation/images/{proposal.pk}/" in shown
    assert desk.get(f"/moderation/images/{proposal.pk}/").status_code == 200
    typed = {"decision": "KEEP", "ground": "NOTHING_AGAINST", "seen": "0"}
    Proposal.objects.filter(pk=proposal.pk).update(solution=TEXT)
    refused = desk.post(address, {**typed, "read": digest_of(case)[::-1]})
    assert refused.status_code == 409
    assert TEXT.split(",")[1].replace("'", "&#x27;") in refused.content.decode()
    desk.post(address, {**typed, "read": digest_of(case)})
    proposal.refresh_from_db(fields=["status"])
    assert proposal.status == Status.PUBLISHED


@pytest.mark.parametrize(
    ("left", "words"),
    [
        (timedelta(hours=2), "d’ici aujourd’hui 19\u00a0h."),
        (timedelta(hours=26), "d’ici demain 19\u00a0h."),
        (timedelta(hours=50), "d’ici le 30\u00a0novembre, 19\u00a0h."),
        (-timedelta(hours=2), "notre équipe a du retard"),
    ],
)
def test_the_promise_in_words(left: timedelta, words: str) -> None:
    until = timezone.make_aware(datetime(2026, 11, 30, 19))  # noqa: DTZ001 (made aware at once)
    assert words.replace("\u00a0", " ") in promise(until, at=until - left).replace("\u00a0", " ")


def test_in_a_city_that_only_reads_a_moderator_still_publishes(in_saran: Municipality) -> None:
    argument = argued(UserFactory())
    judge = moderator()
    put(in_saran, LifecycleState.READ_ONLY)
    published(argument, moderator=judge)
    assert Argument.objects.get(pk=argument.pk).status == Status.PUBLISHED
    decision = Decision.objects.latest("pk")
    assert decision.publishes
