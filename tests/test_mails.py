"""Anybody can have us write to any address. What they typed is not in it: we carry nobody's bait.

Every mail template is in one of two tables: sent to addresses that nobody has confirmed, then what triggers it is tried
with hostile names and titles; or sent only to people who have come in, or holding only words of our own team, and why.
"""

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.test import RequestFactory
from django.utils import timezone
from django_tenants.utils import schema_context

from accounts.address_change import ask_address_change
from accounts.codes import send_code
from accounts.invitations import invite_to_team
from accounts.models import User
from accounts.services import change_team_role, find_or_create_user
from common.models import OutboxMessage
from consultations.cocreation.services.coauthors import invite_coauthor
from consultations.framing.enums import ModeratedBy
from consultations.framing.models import Consultation
from consultations.meetings.services.signing_up import sign_up
from consultations.moderation.services.answering import answer_by_mail
from consultations.moderation.services.closing import close_what_is_gone
from consultations.participation.models import Argument
from notifications.models import MailPreference
from notifications.services.digests import send_digest
from onboarding import provisioning
from onboarding.models import ProvisioningRun, SignUp
from onboarding.services import runs, sign_ups
from tenants.domains.renaming import rename_slug
from tenants.enums import Transition
from tenants.lifecycle import change_state, warn_of_trial_end
from tenants.models import Municipality
from tenants.verification import by_mail, requests
from tests.accounts.factories import UserFactory
from tests.meetings.factories import a_meeting
from tests.moderation.factories import decided, reported
from tests.notifications.factories import NoticeFactory
from tests.participation.factories import ArgumentFactory, ProposalFactory

ROOT = Path(__file__).resolve().parents[1]
BAIT = "PIEGE"
HOSTILE = {
    "a link": f"{BAIT} gagnez 500 € sur http://evil.example/{BAIT}",
    "a bare domain": f"www.{BAIT}.example",
    "lines": f"{BAIT}\r\n\r\nBcc: victime@evil.example\nhttps://evil.example/{BAIT}",
    "markup": f'<a href="https://evil.example">{BAIT}</a>{{{{ {BAIT} }}}}',
    "300 signs": BAIT * 60,
    "look-alikes": f"\u202e{BAIT}\u200b ｅｖｉｌ．ｃｏｍ",
}
STRANGER = "inconnue@example.org"


def _sign_up(words: str) -> SignUp:
    return SignUp.objects.create(
        authority_name=words[:120], contact_name=words[:120], contact_role=words[:120], title=words[:120],
        email=STRANGER, slug="piege", kind="INTERCOMMUNALITY", authority_code="200000000",
    )  # fmt: skip


def _run(words: str, city: Municipality | None = None) -> ProvisioningRun:
    if city is not None:
        ProvisioningRun.objects.filter(municipality=city).update(municipality=None)
    return ProvisioningRun.objects.create(
        sign_up=_sign_up(words), municipality=city, authority_name=words[:120], slug="piege", colour="#1d4a41",
        challenge_set="territoires-resilients", admin_email=STRANGER,
    )  # fmt: skip


def sign_in(words: str, city: Municipality) -> None:
    send_code(
        email=STRANGER, request=RequestFactory().get("/", REMOTE_ADDR="192.0.2.1"), city=city, carried={}, may_join=True
    )


def address_code(words: str, city: Municipality) -> None:
    ask_address_change(user=UserFactory(public_name=words[:40]), email=STRANGER, city=city, at=timezone.now())


def team_invitation(words: str, city: Municipality) -> None:
    actor = UserFactory(administrator=True, public_name=words[:40])
    invite_to_team(email=STRANGER, role="MODERATOR", actor=actor, city=city, at=timezone.now())


def role_changed(words: str, city: Municipality) -> None:
    actor = UserFactory(administrator=True, public_name=words[:40])
    member = UserFactory(role="MODERATOR", email=STRANGER, public_name=words[:40])
    change_team_role(member_id=member.pk, role="OBSERVER", actor=actor, city=city)


def coauthor_invitation(words: str, city: Municipality) -> None:
    proposal = ProposalFactory(title=words[:300], author=UserFactory(public_name=words[:40]))
    # An account that somebody asked a code for is nobody's word that the address is theirs.
    find_or_create_user(email=STRANGER)
    invite_coauthor(proposal=proposal, by=proposal.author, city=city, at=timezone.now(), email=STRANGER)


def meeting_sign_up(words: str, city: Municipality) -> None:
    meeting = a_meeting(title=words[:120], place=words[:120], text=words)
    sign_up(meeting=meeting, name=words[:80], email=STRANGER, own=None, at=timezone.now())


def report_received(words: str, city: Municipality) -> None:
    author = UserFactory(public_name=words[:40])
    given = {
        "reason": "ILLEGAL",
        "words": f"{words} et vingt autres signes",
        "name": words[:120],
        "in_good_faith": True,
    }
    reported(ArgumentFactory(text=words, author=author, proposal__title=words[:300]), email=STRANGER, **given)


def report_answered(words: str, city: Municipality) -> None:
    Consultation.objects.update(moderated_by=ModeratedBy.MODERATORS)
    argument = ArgumentFactory(text=words, author=UserFactory(public_name=words[:40]))
    decision = decided(reported(argument, email=STRANGER, words=words), facts=words)
    OutboxMessage.objects.all().delete()
    answer_by_mail(decision_id=decision.pk)


def report_gone(words: str, city: Municipality) -> None:
    argument = ArgumentFactory(text=words, author=UserFactory(public_name=words[:40]))
    case = reported(argument, email=STRANGER, words=words)
    OutboxMessage.objects.all().delete()
    Argument.objects.filter(pk=argument.pk).delete()
    close_what_is_gone(cases=[case.pk], at=timezone.now())


def confirm(words: str, city: Municipality) -> None:
    sign_ups.send_confirmation(sign_up=_sign_up(words), at=timezone.now())


def resume(words: str, city: Municipality) -> None:
    sign_ups.send_resume_link(sign_up=_sign_up(words), email=STRANGER)


def cancelled(words: str, city: Municipality) -> None:
    runs.cancel(run=_run(words), operator=UserFactory(operator=True), at=timezone.now())


def platform_ready(words: str, city: Municipality) -> None:
    with schema_context("public"):
        provisioning._ready(_run(words, city))
        OutboxMessage.objects.all().delete()  # to the service: it is told what waits


def verification(words: str, city: Municipality) -> None:
    by_mail.send_link(municipality=city, email=STRANGER, actor=UserFactory(public_name=words[:40]))


def verification_refused(words: str, city: Municipality) -> None:
    with schema_context("public"):
        requests.ask(municipality=city, asker_email=STRANGER, at=timezone.now())
        OutboxMessage.objects.all().delete()
        requests.refuse(municipality=city, operator=UserFactory(operator=True), reason="Non.", at=timezone.now())


def state_changed(words: str, city: Municipality) -> None:
    operator = _operator()
    change_state(municipality=city, transition=Transition.SUSPEND, actor=operator, reason="Abus.", at=timezone.now())


def trial_ends(words: str, city: Municipality) -> None:
    with schema_context("public"):
        Municipality.objects.filter(pk=city.pk).update(trial_ends_on=timezone.localdate() + timedelta(days=3))
        assert warn_of_trial_end(municipality=city, at=timezone.now())


def slug_renamed(words: str, city: Municipality) -> None:
    rename_slug(municipality=city, slug="autre-nom", actor=UserFactory(), by_city=True)


def _operator() -> User:
    with schema_context("public"):
        return UserFactory(operator=True)  # type: ignore[return-value]


# Template → what has it sent: in the city's schema, with the hostile words, in public where the template is of the sign-up.
TO_ANYBODY: dict[str, Callable[[str, Municipality], None]] = {
    "accounts/email/sign_in": sign_in,
    "accounts/email/address_code": address_code,
    "accounts/email/team_invitation": team_invitation,
    "accounts/email/role_changed": role_changed,
    "cocreation/email/coauthor_invitation": coauthor_invitation,
    "meetings/email/to_confirm": meeting_sign_up,
    "moderation/email/report_received": report_received,
    "moderation/email/report_answered": report_answered,
    "moderation/email/report_gone": report_gone,
    "onboarding/email/confirm": confirm,
    "onboarding/email/resume": resume,
    "onboarding/email/cancelled": cancelled,
    "onboarding/email/platform_ready": platform_ready,
    "tenants/email/verification": verification,
    # To administrators: one may have been invited by another, and never have come in.
    "tenants/email/verification_refused": verification_refused,
    "tenants/email/state_changed": state_changed,
    "tenants/email/trial_ends": trial_ends,
    "tenants/email/slug_renamed": slug_renamed,
}
IN_PUBLIC = {"onboarding/email/confirm", "onboarding/email/resume", "onboarding/email/cancelled"}
# Template → why it may hold words of others.
TO_KNOWN_PEOPLE = {
    "accounts/email/proof_code": "to whoever is signed in",
    "accounts/email/address_changed": "to the address of whoever was signed in, without a word of theirs",
    "accounts/email/address_undone": "to an address that was proved with its code, without a word of anybody's",
    "accounts/email/account_dormant": "to whoever signed in there, without a word of theirs",
    "accounts/email/account_erased": "to whoever was signed in, without a word of theirs",
    "accounts/email/security_changed": "our own sentence, to whoever has set up what changed",
    "accounts/email/team_changed": "to administrators who have come in: accounts/test_team.py",
    "billing/email/card_waits": "of verified cities that have ordered, without a word of theirs: billing/test_card_waits.py",
    "billing/email/card_waits_ops": "to the service",
    "billing/email/interest": "of cities that have ordered",
    "billing/email/objection": "to the service",
    "billing/email/objection_answered": "of cities that have ordered; holds words of their own team and of operators",
    "billing/email/order_link": "of verified cities only, with the address of who asks: billing/test_order_link.py",
    "billing/email/order_received": "of verified cities, to administrators, without a word of anybody's: the same",
    "billing/email/order_placed": "of verified cities, to who did it: billing/test_written.py",
    "billing/email/quote_accepted": "the same",
    "billing/email/read_only": "of verified cities that have ordered: billing/test_written.py",
    "billing/email/quote": "of verified cities, to administrators, without a word of theirs: billing/test_agreed.py",
    "billing/email/refund_refused": "to the service",
    "billing/email/engagement": "of verified cities that have ordered, without a word of theirs: billing/test_last_days.py",
    "billing/email/renewal": "the same",
    "billing/email/subscription_over": "the same",
    "billing/email/reminder": "of cities that have ordered, and so were verified: billing/test_standing.py",
    "framing/email/planned_opening": "to the team who have come in: framing/test_planned.py",
    "moderation/email/waiting": "to moderators who have come in, without a word of others: moderation/test_morning.py",
    "moderation/email/grave": "the same",
    "participation/email/sheet_ready": "to whoever of the team asked for the file, signed in",
    "animation/email/campaign": "words of the team, to people who agreed and have come in: animation/test_segments.py",
    "contacts/email/message": "words of the team of a verified city, to contacts that it keeps: contacts/test_writing_to.py",
    "worklist/email/monday": "to those of the team who animate and have come in: worklist/test_monday.py",
    "meetings/email/told": "words of the team, to addresses that were confirmed: meetings/test_signing_up.py",
    "notifications/email/digest": "to people who have come in: see below",
    "onboarding/email/colleague": "to administrators who have come in, or the service: onboarding/test_sign_up.py",
    "onboarding/email/claim": "to the service",
    "billing/email/invoice": "for verified authorities only, to whom their administrators named: billing/test_issuing.py",
    "billing/email/invoice_held_back": "to the service",
    "tenants/email/verification_waits": "to the service",
    "tenants/email/verification_accepted": "an operator has read the name, or its domain was known",
    "tenants/email/complete_copy_taken": "to administrators who have come in: tenants/test_export.py",
    "tenants/email/domain_in_use": "of verified cities only: an operator has read the name, the DNS proves the domain",
    "tenants/email/domain_left": "of verified cities only",
    "tenants/email/domain_wrong": "of verified cities only",
}


def test_every_mail_is_in_one_of_the_tables() -> None:
    found = {
        str(path.relative_to(folder)).removesuffix("_subject.txt")
        for folder in (*ROOT.glob("*/templates"), *ROOT.glob("*/*/templates"))
        for path in folder.glob("**/email/*_subject.txt")
    }
    assert len(found) > 15
    assert found == {*TO_ANYBODY, *TO_KNOWN_PEOPLE}
    assert not set(TO_ANYBODY) & set(TO_KNOWN_PEOPLE)


@pytest.fixture
def hostile_city(saran: Municipality) -> Callable[[str], Municipality]:
    """Saran as somebody might have signed it up: called anything, verified by nobody, with a stranger in its team."""

    def named(words: str) -> Municipality:
        Municipality.objects.filter(pk=saran.pk).update(name=words[:120], verified_at=None)
        with schema_context(saran.schema_name):
            user = find_or_create_user(email="jamais.venue@example.org")
            User.objects.filter(pk=user.pk).update(role="ADMINISTRATOR")
        return Municipality.objects.get(pk=saran.pk)

    return named


@pytest.mark.parametrize("kind", HOSTILE)
@pytest.mark.parametrize("template", TO_ANYBODY)
def test_no_word_of_a_stranger_goes_to_an_address_that_nobody_confirmed(
    hostile_city: Callable[[str], Municipality], template: str, kind: str
) -> None:
    city = hostile_city(HOSTILE[kind])
    with schema_context("public" if template in IN_PUBLIC else city.schema_name):
        TO_ANYBODY[template](HOSTILE[kind], city)
        sent = [each.payload for each in OutboxMessage.objects.filter(task="accounts.tasks.send_mail")]
    assert sent
    for mail in sent:
        assert mail["to"] in (STRANGER, "jamais.venue@example.org", "maire@saran.example")
        assert BAIT not in json.dumps(mail, ensure_ascii=False)
        assert "evil" not in json.dumps(mail, ensure_ascii=False)
        # « votre collectivité » stands where the name would: the sentences hold all the same.
        assert not mail["subject"][0].islower(), mail["subject"]
        assert "ollectivité demande" not in mail["body"]
        assert "collectivité" in mail["body"] or "Territoires" in mail["body"]


@pytest.mark.parametrize("template", ["accounts/email/team_invitation", "cocreation/email/coauthor_invitation"])
def test_nor_in_a_city_that_is_verified(saran: Municipality, template: str) -> None:
    with schema_context(saran.schema_name):
        TO_ANYBODY[template](HOSTILE["a link"], saran)
        [mail] = [each.payload for each in OutboxMessage.objects.filter(task="accounts.tasks.send_mail")]
    assert "Saran" in mail["body"]
    assert mail["sender"].startswith("Saran <")
    assert BAIT not in json.dumps(mail)


def test_news_are_mailed_to_nobody_who_never_came_in(in_saran: Municipality) -> None:
    """An account made by asking a code for somebody else's address, then invited: its news hold a title and a name."""
    user = find_or_create_user(email=STRANGER)
    for come_in in (False, True):
        if come_in:
            User.objects.filter(pk=user.pk).update(last_login=timezone.now())
        NoticeFactory(user=user, proposal=ProposalFactory(title=f"Voir {BAIT}"))
        MailPreference.objects.update_or_create(user=user, defaults={"next_mail_at": timezone.now()})
        assert send_digest(user_id=user.pk, at=timezone.now()) is come_in
