"""The filter reads what is published, and each new text of it; a city adds words; it decides nothing."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.enums import Role
from accounts.services import complete_profile
from common.outbox import announce_later, messages_of, run_message, send_event
from common.refusals import Refusal
from consultations.cocreation.services.rework import publish_version
from consultations.moderation.enums import Kind, State
from consultations.moderation.models import Case, CityWord, Flag
from consultations.moderation.selectors.marked import passages_of
from consultations.moderation.services.screening import screen, set_city_words
from consultations.moderation.subjects import all_texts, subject_of
from consultations.participation.events import proposal_submitted
from consultations.participation.models import Picture
from consultations.participation.services.arguments import argue, edit_argument
from consultations.participation.services.proposals import edit_proposal, submit_proposal
from consultations.participation.services.replies import edit_reply, reply
from tenants.models import Municipality
from tests.accounts.factories import UserFactory
from tests.moderation.factories import decided, moderator, reported
from tests.participation.factories import ArgumentFactory, DraftFactory, ProposalFactory, VersionedProposalFactory

pytestmark = pytest.mark.usefixtures("in_saran")
PHONE = "Appelez-moi au 02 38 80 12 34, je vous répondrai le soir."
FREE = "Rien que des mots sur une idée, et sur personne en particulier."


def work() -> None:
    """What a worker would do with what waits."""
    for message in messages_of(send_event).order_by("created_at", "pk"):
        run_message(str(message.pk), at=timezone.now())


def flagged() -> list[tuple[str, int, str]]:
    return list(Flag.objects.order_by("pk").values_list("case__kind", "case__subject_id", "kind"))


def kinds() -> list[str]:
    return [kind for _case, _subject, kind in flagged()]


def test_a_proposal_is_read_when_it_is_published_corrected_and_rewritten() -> None:
    draft = DraftFactory(author=UserFactory(), solution=f"{FREE} {PHONE}")
    proposal = submit_proposal(draft=draft, author=draft.author, at=timezone.now())
    assert not Flag.objects.exists()  # in a worker, not while somebody waits
    work()
    assert flagged() == [(Kind.PROPOSAL, proposal.pk, "PHONE")]
    assert proposal.solution[Flag.objects.get().start : Flag.objects.get().end] == "02 38 80 12 34"
    text = {**proposal.texts, "solution": f"{FREE} {FREE}"}
    edit_proposal(proposal=proposal, author=draft.author, at=timezone.now(), **text)
    work()
    assert flagged() == []


def test_a_new_version_is_read() -> None:
    proposal = VersionedProposalFactory()
    texts = {**proposal.texts, "solution": f"{FREE} {PHONE}"}
    publish_version(
        proposal=proposal, by=proposal.author, texts=texts, note="Un numéro de plus.", base_version=1, at=timezone.now()
    )
    work()
    assert flagged() == [(Kind.PROPOSAL, proposal.pk, "PHONE")]


def test_arguments_and_replies_are_read_and_read_again_once_corrected() -> None:
    now = timezone.now()
    proposal, author = ProposalFactory(), UserFactory()
    argument = argue(proposal=proposal, author=author, stance="FOR", text=PHONE, at=now)
    answer = reply(argument=argument, author=UserFactory(), text=FREE, at=now)
    work()
    assert flagged() == [(Kind.ARGUMENT, argument.pk, "PHONE")]
    edit_reply(reply=answer, author=answer.author, text=PHONE, at=now)
    work()
    assert sorted(flagged()) == sorted([(Kind.ARGUMENT, argument.pk, "PHONE"), (Kind.REPLY, answer.pk, "PHONE")])
    other = argue(proposal=ProposalFactory(), author=author, stance="FOR", text=FREE, at=now)
    edit_argument(argument=other, author=author, stance="FOR", text=f"{PHONE} Oui.", at=now)
    work()
    assert (Kind.ARGUMENT, other.pk, "PHONE") in flagged()


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"source_title": "ingre.fr/etude", "source_url": "https://ingre.fr/etude"}, []),
        ({"source_url": "https://bit.ly/3abc"}, ["Lien douteux : lien qui cache où il mène"]),
        ({"text": "https://ingre.fr/etude"}, ["Lien douteux : un lien et rien d’autre"]),
    ],
)
def test_a_doubtful_link_says_why_and_the_link_of_a_source_is_none(given: dict[str, str], why: list[str]) -> None:
    argument = ArgumentFactory(**given)
    screen(kind=Kind.ARGUMENT, pk=argument.pk, at=timezone.now())
    subject = subject_of(Kind.ARGUMENT, argument.pk)
    assert subject is not None
    assert [said for each in passages_of(Flag.objects.order_by("pk"), all_texts(subject)) for said in each.why] == why


def test_read_twice_it_has_the_same_flags_and_nothing_is_decided() -> None:
    argument = ArgumentFactory(text=PHONE)
    for _time in range(2):
        screen(kind=Kind.ARGUMENT, pk=argument.pk, at=timezone.now())
    assert flagged() == [(Kind.ARGUMENT, argument.pk, "PHONE")]
    argument.refresh_from_db()
    assert (argument.status, Case.objects.get().state) == ("PUBLISHED", State.OPEN)
    screen(kind=Kind.ARGUMENT, pk=987654, at=timezone.now())


def test_a_decision_says_that_the_filter_had_pointed_at_it() -> None:
    argument = ArgumentFactory(text=PHONE)
    screen(kind=Kind.ARGUMENT, pk=argument.pk, at=timezone.now())
    assert decided(reported(argument)).was_flagged


# ── Words of a city ───────────────────────────────────────────────────────────


def test_a_city_adds_words_and_takes_them_away() -> None:
    argument, actor = ArgumentFactory(text="Ce projet, c’est un truc de zblorks, rien de plus."), moderator()
    set_city_words(words="zblork\nvieille branche\nzblork", actor=actor)
    assert list(CityWord.objects.values_list("words", flat=True)) == ["vieille branche", "zblork"]
    screen(kind=Kind.ARGUMENT, pk=argument.pk, at=timezone.now())
    assert kinds() == ["INSULT"]
    set_city_words(words="", actor=actor)
    screen(kind=Kind.ARGUMENT, pk=argument.pk, at=timezone.now())
    assert kinds() == []


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("x", "words_unusable"),
        ("123", "words_unusable"),
        ("\n".join(f"mot{chr(97 + n % 26)}{chr(97 + n // 26)}" for n in range(501)), "too_many_words"),
        ("a" * 20_001, "text_too_long"),
    ],
)
def test_words_that_would_point_at_everything_are_refused(words: str, code: str) -> None:
    with pytest.raises(Refusal) as caught:
        set_city_words(words=words, actor=moderator())
    assert caught.value.code == code
    assert not CityWord.objects.exists()


def test_whoever_moderates_writes_them_on_a_page(visit: Callable[..., Client], in_saran: Municipality) -> None:
    judge, other = moderator(), UserFactory(role=Role.OBSERVER)
    desk: Any = visit(in_saran, judge)
    address = "/gestion/moderation/mots/"
    assert desk.get(address).status_code == 200
    assert desk.post(address, {"words": "zblork"}).status_code == 302
    assert ">zblork</textarea>" in desk.get(address).content.decode().replace("\n", "")
    refused = desk.post(address, {"words": "x"})
    assert refused.status_code == 422
    assert visit(in_saran, other).get(address).status_code == 404


def test_a_name_and_what_a_picture_is_said_to_show_are_read_too(in_saran: Municipality) -> None:
    user: Any = UserFactory(public_name="")
    complete_profile(user=user, public_name="Connard Premier", capacity="RESIDENT")
    picture = Picture.objects.create(content=b"JPEG", digest="0123456789abcdef0123", width=400, height=300)
    proposal: Any = ProposalFactory(picture=picture, picture_alt="Chez Mme Lefort, 06 39 98 27 13, un soir.")
    announce_later(proposal_submitted, proposal_id=proposal.pk)
    work()
    assert set(Flag.objects.values_list("case__kind", "kind")) == {(Kind.NAME, "INSULT"), (Kind.PICTURE, "PHONE")}
