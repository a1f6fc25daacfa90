"""What is hidden is nowhere: whatever pages any kind of person may open are read, and what leaves a city."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django_tenants.utils import schema_context

from accounts.enums import Role
from accounts.models import User
from accounts.tasks import send_mail
from common.citycopy import declared
from common.outbox import messages_of
from consultations.cocreation.events import argument_answered, version_published
from consultations.cocreation.models import CoAuthorInvitation, MergeRequest, ReworkDraft
from consultations.framing.models import Consultation
from consultations.moderation.enums import Act, Kind
from consultations.moderation.models import Case
from consultations.moderation.services.refusals import HiddenAlready
from consultations.moderation.services.reporting import report
from consultations.moderation.subjects import KIND_OF
from consultations.participation.counts import recount
from consultations.participation.enums import Verdict
from consultations.participation.events import argument_given, proposal_submitted, reply_given
from consultations.participation.models import Argument, Follow, Picture, Proposal, ProposalVersion, Reaction, Reply
from consultations.participation.selectors.similar import similar_proposals
from notifications.models import MailPreference, Notice
from notifications.services.digests import send_digest
from tenants.models import Municipality
from tests.accounts.factories import UserFactory
from tests.moderation.factories import OTHER, decided
from tests.participation.factories import (
    ArgumentFactory,
    AuthorshipFactory,
    ProposalFactory,
    ReplyFactory,
    VersionedProposalFactory,
    ask_to_merge,
)

pytestmark = pytest.mark.usefixtures("in_saran")

# Nobody writes that by chance, and stemming leaves it alone: a word for each kind of text.
SECRETS = {
    Kind.PROPOSAL: "Zorglub",
    Kind.ARGUMENT: "Yotpik",
    Kind.REPLY: "Xandrol",
    Kind.ANSWER: "Wukmar",
    Kind.PICTURE: "Vodlax",
    Kind.NAME: "Ublork",
}
# Each is decided by itself, and none stands in another of its group: what hides one would hide the other.
GROUPS = [(Kind.PROPOSAL, Kind.ARGUMENT, Kind.REPLY), (Kind.ANSWER, Kind.PICTURE, Kind.NAME)]
DIGEST = "0123456789abcdef0123"


def addresses(world: "World") -> list[str]:
    """Where any of it may be read, by whoever may go there."""
    own, place = f"/propositions/{world.proposal.pk}/x/", f"/propositions/{world.place.pk}/x/"
    merging = MergeRequest.objects.latest("pk")
    short = [f"{own}", f"{own}versions/", f"{own}versions/?de=1&a=2&lire=1", f"{own}atelier/", f"{own}reunir/"]
    there = [
        "",
        "versions/",
        "versions/?lire=2",
        "arguments/pour/",
        "atelier/",
        "atelier/?reponse=TAKEN",
        "atelier/?texte",
    ]
    challenge = world.proposal.challenge
    reported = [f"argument/{world.argument.pk}", f"reponse/{world.reply.pk}", f"proposition/{world.proposal.pk}"]
    return [
        "/",
        "/propositions/",
        "/propositions/?tri=recentes",
        f"/propositions/?q={SECRETS[Kind.PROPOSAL]}",
        challenge.get_absolute_url(),
        *short,
        *(f"{place}{each}" for each in there),
        f"{place}arguments/{world.argument.pk}/",
        f"{place}arguments/{world.reply.argument_id}/",
        reverse("merge", args=[merging.pk]),
        *(reverse("invitation", args=[each.pk]) for each in CoAuthorInvitation.objects.all()),
        "/ma-participation/",
        "/ma-participation/?voir=propositions",
        "/ma-participation/?voir=arguments",
        "/ma-participation/?voir=suivis",
        "/nouvelles/",
        "/gestion/",
        "/gestion/propositions/reunir/",
        "/gestion/propositions/orphelines/",
        f"/signaler/argument/{world.argument.pk}/",
        f"/signaler/reponse/{world.reply.pk}/",
        f"/signaler/proposition/{world.proposal.pk}/",
        *(f"/signaler/{each}/?raison=INSULT" for each in reported),
        f"/images/{DIGEST}.jpg",
        "/moderation/",
        "/moderation/registre.csv",
    ]


class World:
    """Everything that a text can be in. Only what is about to be hidden holds the secret of its kind."""

    def __init__(self, *kinds: str) -> None:
        Consultation.objects.update(moderated_by="MODERATORS")

        def about(each: str, words: str) -> str:
            return words.replace("banc", SECRETS[Kind(each)]) if each in kinds else words

        self.kinds, now = kinds, timezone.now()
        self.author = UserFactory(public_name=about(Kind.NAME, "Le banc"))
        self.reader, self.other, self.mate = UserFactory.create_batch(3)
        self.team = UserFactory(role=Role.FACILITATOR)
        words = "Le banc de la place du marché mérite mieux que cela, tout le quartier le dit depuis dix ans."
        texts = {
            "title": about(Kind.PROPOSAL, "Un banc pour la place"),
            "solution": about(Kind.PROPOSAL, words * 2),
            "problem": about(Kind.PROPOSAL, words),
            "benefit": about(Kind.PROPOSAL, words),
        }
        picture = Picture.objects.create(content=b"JPEG", digest=DIGEST, width=400, height=300)
        alt = about(Kind.PICTURE, "Le banc au soleil.")
        self.proposal: Proposal = VersionedProposalFactory(
            author=self.author, picture=picture, picture_alt=alt, reworked_at=now, **texts
        )
        note = about(Kind.PROPOSAL, "Le banc change de place.")
        ProposalVersion.objects.create(proposal=self.proposal, number=2, note=note, made_by=self.author, **texts)
        Proposal.objects.filter(pk=self.proposal.pk).update(version=2)
        AuthorshipFactory(proposal=self.proposal, user=self.mate)
        ReworkDraft.objects.create(proposal=self.proposal, user=self.mate, base_version=2, **texts)
        CoAuthorInvitation.objects.create(proposal=self.proposal, user=self.other, invited_by=self.author)
        ArgumentFactory(proposal=self.proposal, author=self.reader)
        self.place = VersionedProposalFactory(author=self.mate, title="Une halle ouverte", reworked_at=now)
        self.argument: Argument = ArgumentFactory(
            proposal=self.place,
            author=self.author,
            text=about(Kind.ARGUMENT, "Sans banc, rien ne tient ici, et je le vois tous les jours."),
            source_url=about(Kind.ARGUMENT, "https://example.org/banc"),
            source_title=about(Kind.ARGUMENT, "Le journal du banc"),
            verdict=Verdict.TAKEN,
            verdict_reason=about(Kind.ARGUMENT, about(Kind.ANSWER, "Oui au banc, vous avez raison.")),
            verdict_by=self.mate,
            verdict_at=now,
            taken_in=2,
        )
        ProposalVersion.objects.create(proposal=self.place, number=2, made_by=self.mate, **self.place.texts)
        Proposal.objects.filter(pk=self.place.pk).update(version=2)
        said = about(Kind.REPLY, "Le banc vous répond, et vous remercie.")
        under = ArgumentFactory(proposal=self.place, author=self.reader)
        self.reply: Reply = ReplyFactory(argument=under, author=self.author, text=said)
        for proposal in (self.proposal, self.place):
            Follow.objects.create(user=self.reader, proposal=proposal)
            Reaction.objects.create(user=self.reader, proposal=proposal, value="LIKE", version=1)
        Follow.objects.create(user=self.other, challenge=self.proposal.challenge)
        self.proposal.refresh_from_db(fields=["version"])
        ask_to_merge(sources=[ProposalFactory(author=self.reader), self.proposal])
        recount()
        proposal_submitted.send(sender=None, proposal_id=self.proposal.pk)
        version_published.send(sender=None, proposal_id=self.proposal.pk, version=2)
        version_published.send(sender=None, proposal_id=self.place.pk, version=2)
        argument_given.send(sender=None, argument_id=self.argument.pk)
        argument_answered.send(sender=None, argument_id=self.argument.pk)
        reply_given.send(sender=None, reply_id=self.reply.pk)
        User.objects.update(last_login=now)

    @property
    def people(self) -> dict[str, User | None]:
        return {
            "visitor": None,
            "reader": self.reader,
            "other": self.other,
            "team": self.team,
            "author": self.author,
            "mate": self.mate,
        }

    def must_not_read(self, kind: str, who: str) -> bool:
        """All but its authors, who still do."""
        if who == "author":  # an answer is the other's, on what this one wrote
            return kind == Kind.ANSWER
        if who == "mate":
            # Its co-authors still read what they wrote; and so does who answered an argument, in whose words it is
            # quoted, and who gave an answer.
            return kind in (Kind.REPLY, Kind.NAME)
        return True

    def decide(self, kind: str, act: str) -> None:
        things: dict[str, Any] = {
            Kind.PROPOSAL: self.proposal,
            Kind.PICTURE: self.proposal,
            Kind.ARGUMENT: self.argument,
            Kind.REPLY: self.reply,
            Kind.ANSWER: self.argument,
            Kind.NAME: self.author,
        }
        made = report(kind=kind, pk=things[kind].pk, reason="PERSONAL", at=timezone.now())
        ground = "IMPERSONATION" if kind == Kind.NAME else "PERSONAL"
        passages = (SECRETS[Kind(kind)],) if act == Act.REDACT else ()
        decided(Case.objects.get(pk=made.case_id), act, ground=ground, passages=passages)

    def hide(self, thing: Argument | Proposal) -> None:
        made = report(kind=KIND_OF[type(thing)], pk=thing.pk, reason="OTHER", words=OTHER, at=timezone.now())
        decided(Case.objects.get(pk=made.case_id), Act.HIDE)


def says(text: str, kind: str) -> bool:
    return SECRETS[Kind(kind)].lower() in text.lower()


def shows_picture(text: str) -> bool:
    return f"/images/{DIGEST}" in text or text.endswith("JPEG")


Pages = dict[tuple[str, str], str]


def read(world: World, visit: Callable[..., Client], city: Municipality, *people: str) -> Pages:
    """(who, address) → what the page says to them, for some of the people."""
    with schema_context(city.schema_name):
        wanted, everyone = addresses(world), world.people
    found = {}
    for who in people:
        client = visit(city, everyone[who])
        for address in wanted:
            answer = client.get(address, follow=True)
            page = f"{answer.redirect_chain} {answer.content.decode(errors='replace')}"
            if "?q=" in address and f"/propositions/{world.proposal.pk}/" not in page:
                page = ""  # it says again what was looked for
            found[who, address] = page
    return found


def where_said(pages: Pages, kind: str) -> set[tuple[str, str]]:
    return {
        place for place, page in pages.items() if says(page, kind) or (kind == Kind.PICTURE and shows_picture(page))
    }


def copied(kind: str, *, picture: bool = False) -> set[str]:
    """The tables of the desk's copy that say it."""
    found = set()
    for name, says_what in declared.items():
        if says_what.model is None or not says_what.shared:
            continue
        rows = says_what.rows() if says_what.rows else says_what.model._default_manager.all()
        for row in rows.values(*says_what.shared):
            shown = str({column: each for column, each in row.items() if not row.get(says_what.blank.get(column, ""))})
            if says(shown, kind) or (picture and DIGEST in shown):
                found.add(name)
    return found


def mailed(world: World, kind: str) -> str:
    """What all who must not read it would be sent now."""
    now, said = timezone.now(), ""
    for who, user in world.people.items():
        if user is None or not world.must_not_read(kind, who):
            continue
        Notice.objects.filter(user=user).update(mailed_at=None)
        MailPreference.objects.update_or_create(user=user, defaults={"next_mail_at": now})
        send_digest(user_id=user.pk, at=now)
    for message in messages_of(send_mail):
        said += f"{message.payload}"
    messages_of(send_mail).delete()
    return said


@pytest.mark.parametrize("kinds", GROUPS)
def test_hidden_it_is_nowhere_for_nobody_but_its_authors(
    kinds: tuple[str, ...], visit: Callable[..., Client], in_saran: Municipality
) -> None:
    world = World(*kinds)
    before = read(world, visit, in_saran, "reader")
    assert all(where_said(before, kind) for kind in kinds), "the walk comes by"
    with schema_context(in_saran.schema_name):
        for kind in kinds:
            mailed(world, kind)
            world.decide(kind, Act.HIDE)
    after = read(
        world, visit, in_saran, *(who for who in world.people if any(world.must_not_read(kind, who) for kind in kinds))
    )
    for kind in kinds:
        assert [place for place in where_said(after, kind) if world.must_not_read(kind, place[0])] == []
        with schema_context(in_saran.schema_name):
            assert not says(mailed(world, kind), kind)
            assert copied(kind, picture=kind == Kind.PICTURE) == set()
    with schema_context(in_saran.schema_name):
        assert recount() == 0
        text = f"{SECRETS[Kind.PROPOSAL]} de la place du marché"
        close = similar_proposals(consultation=Consultation.objects.get(), text=text)
        assert (world.proposal.pk in [each.proposal.pk for each in close]) == (Kind.PROPOSAL not in kinds)


@pytest.mark.parametrize("above", ["argument", "proposal"])
def test_what_hangs_on_something_hidden_is_nowhere_either(
    above: str, visit: Callable[..., Client], in_saran: Municipality
) -> None:
    kinds = (Kind.REPLY, Kind.ARGUMENT) if above == "proposal" else (Kind.REPLY,)
    world = World(*kinds)
    with schema_context(in_saran.schema_name):
        world.hide(world.reply.argument if above == "argument" else world.place)
    pages = read(world, visit, in_saran, "visitor", "team")
    for kind in kinds:
        assert where_said(pages, kind) == set()
        with schema_context(in_saran.schema_name):
            thing = world.reply if kind == Kind.REPLY else world.argument
            with pytest.raises(HiddenAlready):
                report(kind=kind, pk=thing.pk, reason="OTHER", words=OTHER, at=timezone.now())


@pytest.mark.parametrize("kinds", [GROUPS[0], (Kind.ANSWER, Kind.PICTURE)])
def test_a_passage_taken_out_is_nowhere_for_nobody(
    kinds: tuple[str, ...], visit: Callable[..., Client], in_saran: Municipality
) -> None:
    world = World(*kinds)
    before = read(world, visit, in_saran, "reader")
    assert all(any(says(page, kind) for page in before.values()) for kind in kinds)
    with schema_context(in_saran.schema_name):
        for kind in kinds:
            world.decide(kind, Act.REDACT)
    after = read(world, visit, in_saran, "visitor", "mate", "team")
    for kind in kinds:
        # Its co-authors do not read it either, and of a picture it is the words that are gone.
        assert [place for place, page in after.items() if says(page, kind)] == []
        with schema_context(in_saran.schema_name):
            assert not says(mailed(world, kind), kind)
            assert copied(kind) == set()
            assert not list(Proposal.objects.search(SECRETS[Kind(kind)]))
