"""Accounts: warned, suspended until a day, with one spammer's texts; undone, only what it hid comes back."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.enums import Role
from accounts.models import User
from consultations.moderation.enums import Act
from consultations.moderation.models import Appeal, Decision
from consultations.moderation.selectors.accounts import bursts, shown_texts_of
from consultations.moderation.services.accounts import lift, suspend, warn
from consultations.moderation.services.deciding import announce_decision, last_decision
from consultations.participation.counts import recount
from consultations.participation.enums import ReactionValue, Status
from consultations.participation.models import Argument, Reaction, Reply
from tenants.models import Municipality
from tests.accounts.factories import UserFactory
from tests.moderation.conftest import CityClient
from tests.moderation.factories import decided, moderator, reported
from tests.moderation.test_deciding import code_of
from tests.participation.factories import ArgumentFactory, ProposalFactory, ReplyFactory

pytestmark = [pytest.mark.usefixtures("in_saran"), pytest.mark.dates]
GROUND = {"ground": "ADVERTISING", "facts": ""}


def seen(user: User) -> int:
    found = Decision.objects.filter(kind="ACCOUNT", author=user).order_by("-pk").first()
    return found.pk if found else 0


def test_one_spammers_texts_go_with_the_account_and_only_they_come_back() -> None:
    spammer: User = UserFactory()  # type: ignore[assignment]
    before, shown, answered = ArgumentFactory(author=spammer), ArgumentFactory(author=spammer), ArgumentFactory()
    ReplyFactory(author=spammer, argument=answered)
    left = ProposalFactory(author=spammer)
    decided(reported(before))
    recount()
    listed = shown_texts_of(spammer)
    assert len(listed) == 3
    judge, now = moderator(), timezone.now()
    without_the_proposal = [each for each in listed if each[0] != "PROPOSAL"]
    suspension = suspend(
        user=spammer, until=now + timedelta(days=30), moderator=judge, at=now, texts=without_the_proposal, **GROUND
    )
    assert User.objects.get(pk=spammer.pk).is_suspended(now + timedelta(days=29))
    assert not User.objects.get(pk=spammer.pk).is_suspended(now + timedelta(days=31))
    assert shown_texts_of(spammer) == [("PROPOSAL", left.pk)]
    assert suspension.parts.count() == 2
    lift(user=spammer, ground="NOTHING_AGAINST", facts="", moderator=moderator(), at=now, seen=suspension.pk)
    assert User.objects.get(pk=spammer.pk).suspended_until is None
    assert len(shown_texts_of(spammer)) == 3
    assert Argument.objects.get(pk=before.pk).status == Status.HIDDEN
    assert Argument.objects.get(pk=shown.pk).status == Status.PUBLISHED
    assert recount() == 0


def test_what_was_decided_anew_meanwhile_stays_as_it_was_decided() -> None:
    spammer: User = UserFactory()  # type: ignore[assignment]
    argument = ArgumentFactory(author=spammer)
    recount()
    now = timezone.now()
    suspension = suspend(
        user=spammer,
        until=now + timedelta(days=3),
        moderator=moderator(),
        at=now,
        texts=shown_texts_of(spammer),
        **GROUND,
    )
    (part,) = suspension.parts.all()
    decided(part.case, Act.RESTORE)
    decided(part.case, Act.HIDE)
    lift(user=spammer, ground="NOTHING_AGAINST", facts="", moderator=moderator(), at=now, seen=suspension.pk)
    assert Argument.objects.get(pk=argument.pk).status == Status.HIDDEN


@pytest.mark.parametrize("days", [-1, 0, 366])
def test_a_suspension_has_an_end_within_a_year(days: int) -> None:
    now = timezone.now()
    user: User = UserFactory()  # type: ignore[assignment]
    until = now + timedelta(days=days)
    assert code_of(lambda: suspend(user=user, until=until, moderator=moderator(), at=now, **GROUND)) == "until_missing"


def test_a_warning_is_told_and_changes_nothing() -> None:
    user: User = UserFactory()  # type: ignore[assignment]
    decision = warn(user=user, moderator=moderator(), at=timezone.now(), **GROUND)
    assert (decision.act, decision.author_id) == (Act.WARN, user.pk)
    assert last_decision(decision.case) == decision
    assert User.objects.get(pk=user.pk).suspended_until is None


@pytest.mark.parametrize(
    ("act", "ground", "state"), [("WARN", "ADVERTISING", "UPHELD"), ("RESTORE", "NOTHING_AGAINST", "CHANGED")]
)
def test_a_warning_is_contested_and_somebody_else_upholds_or_withdraws_it(
    in_saran: Municipality, visit: Callable[..., Any], act: str, ground: str, state: str
) -> None:
    user: User = UserFactory()  # type: ignore[assignment]
    decision = warn(user=user, moderator=moderator(), at=timezone.now(), **GROUND)
    announce_decision(decision_id=decision.pk)
    page = f"/moderation/decisions/{decision.pk}/"
    theirs = visit(in_saran, user, stays=True)
    assert "defenseurdesdroits.fr" in theirs.get(page).content.decode()
    assert theirs.post(page, {"words": "Je n’ai rien vendu à personne."}).status_code == 302
    desk = visit(in_saran, moderator(), stays=True)
    assert f"Le compte de « {user.public_name} »" in desk.get("/gestion/moderation/").content.decode().replace(
        "\xa0", " "
    )
    case = desk.get(f"/gestion/moderation/{decision.case_id}/").content.decode()
    assert {"way-WARN", "way-RESTORE"} <= set(re.findall(r"way-[A-Z]+", case))
    assert "Retirer l’avertissement" in case
    made = desk.post(
        f"/gestion/moderation/{decision.case_id}/", {"decision": act, "ground": ground, "seen": decision.pk}
    )
    assert made.status_code == 302
    assert Appeal.objects.get().state == state
    assert "Annuler" in desk.get(made["Location"]).content.decode()
    answer = Decision.objects.latest("pk")
    announce_decision(decision_id=answer.pk)
    told = theirs.get(f"/moderation/decisions/{answer.pk}/").content.decode()
    assert ("est retiré" in told) == (act == "RESTORE")
    register = theirs.get("/moderation/").content.decode()
    assert ("Avertissement retiré" in register) == (act == "RESTORE")


def test_the_team_is_not_suspended_and_nobody_suspends_themselves() -> None:
    judge, now = moderator(), timezone.now()
    for person, code in ((judge, "own_text"), (UserFactory(role=Role.OBSERVER), "of_the_team")):
        assert code_of(lambda person=person: warn(user=person, moderator=judge, at=now, **GROUND)) == code  # type: ignore[misc]


def test_many_reactions_of_new_accounts_are_shown() -> None:
    busy, quiet, now = ProposalFactory(), ProposalFactory(), timezone.now()
    old = UserFactory.create_batch(12, created_at=now - timedelta(days=40))
    for number, user in enumerate([*UserFactory.create_batch(10), *old]):
        Reaction.objects.create(proposal=busy if number < 10 else quiet, user=user, value=ReactionValue.LIKE)
    (found,) = bursts(at=now)
    assert (found.proposal, found.reactions) == (busy, 10)
    assert bursts(at=now + timedelta(hours=2)) == []


def test_somebody_suspended_reads_and_neither_writes_nor_reacts(client: CityClient) -> None:
    user: User = UserFactory()  # type: ignore[assignment]
    proposal, now = ProposalFactory(), timezone.now()
    client.force_login(user)
    decision = suspend(user=user, until=now + timedelta(days=3), moderator=moderator(), at=now, **GROUND)
    announce_decision(decision_id=decision.pk)
    words = "Chez nous il a fait trente-quatre degrés."
    for action, sent in (("reagir", {"reaction": "LIKE"}), ("argumenter", {"stance": "FOR", "text": words})):
        answer = client.post(f"{proposal.get_absolute_url()}{action}/", sent)
        assert answer.status_code == 403
        assert f"/moderation/decisions/{decision.pk}/" in answer.content.decode()
    assert words in answer.content.decode()
    assert not Argument.objects.exists()
    for page in ("/", proposal.get_absolute_url(), "/propositions/"):
        assert "Votre compte est suspendu jusqu’au" in client.get(page).content.decode(), page
    assert "reagir/" not in client.get(proposal.get_absolute_url()).content.decode()
    contested = client.post(f"/moderation/decisions/{decision.pk}/", {"words": "Je n’ai rien vendu à personne."})
    assert contested.status_code == 302
    assert client.post("/signaler/argument/1/?raison=OTHER", {"raison": "OTHER"}).status_code == 404
    User.objects.filter(pk=user.pk).update(suspended_until=now)
    assert client.post(f"{proposal.get_absolute_url()}reagir/", {"reaction": "LIKE"}).status_code == 302
    assert Reaction.objects.count() == 1


def test_what_somebody_suspended_wrote_before_signing_in_is_not_published(client: CityClient) -> None:
    user: User = UserFactory(suspended_until=timezone.now() + timedelta(days=3))  # type: ignore[assignment]
    argument = ArgumentFactory()
    words = "Nous avons compté quarante passages en une heure."
    client.post(f"{argument.proposal.get_absolute_url()}arguments/{argument.pk}/repondre/", {"text": words})
    client.force_login(user)
    answer = client.get("/reprendre/")
    assert answer.status_code == 409
    assert words in answer.content.decode()
    assert not Reply.objects.exists()
