"""Somebody who has done everything that one can do in a city, among others."""

from dataclasses import dataclass
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.db import connection
from django.utils import timezone

from accounts.models import User
from accounts.services import issue_sign_in_link
from accounts.session_store import SessionStore
from consultations.cocreation.models import CoAuthorInvitation, MergeRequest
from consultations.cocreation.services.coauthors import invite_coauthor
from consultations.participation.counts import recount
from consultations.participation.enums import AuthorshipRole
from consultations.participation.models import Argument, Draft, Picture, Proposal, Reply
from consultations.participation.services.arguments import mark_useful
from consultations.participation.services.following import follow
from consultations.participation.services.reactions import react
from tests.accounts.factories import UserFactory
from tests.conftest import shows
from tests.notifications.factories import NoticeFactory
from tests.participation.factories import (
    ArgumentFactory,
    AuthorshipFactory,
    DraftFactory,
    ProposalFactory,
    ReplyFactory,
    ReworkDraftFactory,
    VersionedProposalFactory,
    ask_to_merge,
    merge,
)

EMAIL = "colibri.unique@example.org"
NAME = "Colibri Extraordinaire"
# Stands in everything that they wrote.
MARK = "zinzolin"


def comes(visit: Any, city: Any, user: User) -> Any:
    """A client of somebody who has just shown who they are. The test stays in the city."""
    client = visit(city, user, stays=True)
    shows(client, user)
    return client


@dataclass
class Life:
    user: User
    alone: Proposal  # theirs, nobody argued
    argued: Proposal  # theirs, others argued
    shared: Proposal  # theirs, with a co-author
    heir: User
    merged: Proposal  # theirs, part of a collective one
    collective: MergeRequest
    merge_request: MergeRequest  # they asked others to bring proposals together
    others: Proposal  # of somebody else, where they argued and reacted
    lonely_argument: Argument
    answered_argument: Argument
    judged_argument: Argument
    reply: Reply
    others_reply: Reply
    draft: Draft


def a_full_life(city: Any) -> Life:
    at = timezone.now()
    user = UserFactory(email=EMAIL, public_name=NAME)
    words = {"solution": f"Une solution {MARK}, assez longue pour compter.", "title": f"Une idée {MARK} à tous"}

    def theirs(**kwargs: Any) -> Proposal:
        made: Proposal = VersionedProposalFactory(author=user, **words | kwargs)
        made.versions.update(made_by=user)
        return made

    def picture() -> Picture:
        return Picture.objects.create(content=b"JPEG", digest="d", width=1, height=1)

    alone, argued, shared = theirs(picture=picture(), picture_alt="x"), theirs(), theirs()
    heir = AuthorshipFactory(proposal=shared, user=UserFactory()).user
    others: Proposal = VersionedProposalFactory(version=2)
    ArgumentFactory(proposal=argued)
    ArgumentFactory(proposal=others)
    lonely = ArgumentFactory(proposal=others, author=user, text=f"Un argument {MARK} seul, assez long.")
    answered = ArgumentFactory(
        proposal=others, author=user, text=f"Un argument {MARK} à réponse, long.", stance="AGAINST"
    )
    judged = ArgumentFactory(
        proposal=others, author=user, text=f"Un argument {MARK} repris, assez long.", verdict="TAKEN", taken_in=2
    )
    ArgumentFactory(proposal=shared, verdict="PARTLY", verdict_reason=f"Raison {MARK}", verdict_by=user)
    others_reply = ReplyFactory(argument=answered)
    reply = ReplyFactory(argument=ArgumentFactory(proposal=others), author=user, text=f"Réponse {MARK} longue.")
    merged = theirs()
    collective = merge(sources=[ProposalFactory(), merged])
    merge_request = ask_to_merge(sources=[theirs(), ProposalFactory(), ProposalFactory()], title=f"Ensemble {MARK}")
    recount()
    for one, value in ((others, "LIKE"), (collective.proposal, "MIXED")):
        other = UserFactory()
        react(proposal=one, user=other, value="LIKE", at=at)
        if one != collective.proposal:
            react(proposal=one, user=user, value=value, at=at)
    react(proposal=argued, user=UserFactory(), value="DISLIKE", at=at)
    for argument in Argument.objects.filter(proposal=others).exclude(author=user):
        mark_useful(argument=argument, user=user, useful=True, at=at)
    mark_useful(argument=lonely, user=UserFactory(), useful=True, at=at)
    follow(user=user, proposal=others, at=at)
    follow(user=UserFactory(), proposal=alone, at=at)
    AuthorshipFactory(user=user, proposal=VersionedProposalFactory())
    AuthorshipFactory(user=user, proposal=VersionedProposalFactory(), role=AuthorshipRole.STEWARD)
    invite_coauthor(proposal=argued, by=user, email="invitee@example.org", city=city, at=at)
    CoAuthorInvitation.objects.create(proposal=others, email=EMAIL.upper(), invited_by=others.author)
    CoAuthorInvitation.objects.create(proposal=ProposalFactory(), user=user, invited_by=others.author)
    draft = DraftFactory(author=user, picture=picture(), **words)
    DraftFactory(author=user, proposal=alone, **words)
    ReworkDraftFactory(proposal=shared, user=user)
    ReworkDraftFactory(proposal=shared, user=heir)
    # What was told, to them and of them.
    NoticeFactory(user=user, proposal=others)
    NoticeFactory(user=others.author, proposal=others, facts=[f"argument:{judged.pk}"], actor=user)
    facts = ["argument:0", f"argument:{lonely.pk}", "argument:1"]
    NoticeFactory(user=others.author, proposal=others, facts=facts, actor=user, count=3, group_key="a")
    NoticeFactory(
        user=reply.argument.author, type="NEW_REPLY", proposal=others, argument=reply.argument, actor=user,
        facts=[f"reply:{reply.pk}"],
    )  # fmt: skip
    issue_sign_in_link(user=user)
    EmailAddress.objects.create(user=user, email=EMAIL, verified=True, primary=True)
    Authenticator.objects.create(user=user, type="totp", data={})
    for _device in range(2):
        session = SessionStore()
        session["_auth_user_id"] = str(user.pk)
        session.save()
    recount()
    return Life(
        user, alone, argued, shared, heir, merged, collective, merge_request, others, lonely, answered, judged, reply,
        others_reply, draft,
    )  # fmt: skip


def tables_with(words: str) -> set[str]:
    """The tables of the present schema in which these words stand anywhere, whatever their case."""
    found = set()
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = current_schema() ORDER BY 1")
        for (table,) in cursor.fetchall():
            cursor.execute(f'SELECT EXISTS (SELECT FROM "{table}" t WHERE to_jsonb(t)::text ILIKE %s)', [f"%{words}%"])
            if cursor.fetchone()[0]:
                found.add(table)
    return found


def tables_pointing_to(user_id: int) -> set[str]:
    """Those with a foreign key, as PostgreSQL knows them, to this account."""
    found = set()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.conrelid::regclass::text, a.attname FROM pg_constraint c "
            "JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1] "
            "WHERE c.contype = 'f' AND c.confrelid = 'accounts_user'::regclass "
            "AND c.connamespace = current_schema()::regnamespace"
        )
        for table, column in cursor.fetchall():
            cursor.execute(f"SELECT EXISTS (SELECT FROM {table} WHERE {column} = %s)", [user_id])
            if cursor.fetchone()[0]:
                found.add(table)
    return found
