"""Nothing of ours is in French on a page for residents that is in English; what people wrote is marked as French."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_tenants.utils import schema_context

from accounts.mail import send_mail_later
from accounts.models import User
from common.languages import _FRENCH_ALONE, in_language
from common.models import OutboxMessage
from consultations.framing.services.languages import offer_languages
from consultations.meetings.enums import Told
from consultations.meetings.models import Attendee
from consultations.meetings.services.signing_up import sign_up
from consultations.meetings.services.telling import tell
from consultations.moderation.models import Report
from consultations.participation.models import Proposal
from notifications.registry import types
from notifications.selectors import all_notices
from tenants.models import Municipality
from tests.accounts.factories import UserFactory
from tests.meetings.factories import a_meeting
from tests.moderation.factories import reported
from tests.notifications.factories import NoticeFactory
from tests.participation.factories import ArgumentFactory, ProposalFactory
from tests.support.addresses import CITY, addresses, path_of, someone
from tests.support.demonstration import filled
from tests.support.english import french_in_mail, french_left, french_of, quaint_in
from tests.test_mails import TO_ANYBODY
from tests.test_urls import things  # noqa: F401

Visit = Callable[..., Client]


def wrong_of(path: str, answer: Any) -> list[str]:
    """Of a page: what it says in French, and links of its own that leave the language."""
    if answer.streaming or not answer["Content-Type"].startswith("text/html"):
        return []
    page = answer.content.decode()
    wrong = [f"{path}: {words[:200]}" for words in french_left(page)]
    if "<html" in page and '<html lang="en"' not in page:
        wrong.append(f"{path}: not in English")
    wrong += [f"{path}: quaint: {words}" for words in quaint_in(page)]
    for tag in re.findall(r"<(?:a|form)\b[^>]*>", page):
        leads = re.search(r'\b(?:href|action)="(/[^"]*)"', tag)
        is_astray = leads and 'hreflang="fr"' not in tag and not leads[1].startswith("/en/")
        if is_astray and leads and not _FRENCH_ALONE.fullmatch(re.split(r"[?#]", leads[1])[0]):
            wrong.append(f"{path}: leads to {leads[1]}")
    return wrong


@pytest.mark.parametrize("role", ["visitor", "PARTICIPANT"])
def test_each_page_of_residents(
    visit: Visit,
    saran: Municipality,
    things: dict[str, Any],  # noqa: F811
    role: str,
) -> None:
    with schema_context(saran.schema_name):
        offer_languages(municipality=saran, codes=["en"], actor=None)
    client, wrong = visit(saran, someone(saran, role)), []
    for address in addresses(settings.ROOT_URLCONF):
        path = path_of(address, things)
        if _FRENCH_ALONE.fullmatch(path) or CITY[address.name][0][role] == 405:
            continue
        wrong += wrong_of(path, client.get(f"/en{path}"))
    assert not wrong, "\n".join(wrong)


def test_the_demonstration_city_as_somebody_walks_through_it(visit: Visit, in_saran: Municipality) -> None:
    filled(in_saran)
    offer_languages(municipality=in_saran, codes=["en"], actor=None)
    author = User.objects.filter(pk__in=Proposal.objects.values("author"), role="PARTICIPANT").order_by("pk")[0]
    wrong = []
    for client in (visit(in_saran, stays=True), visit(in_saran, author, stays=True)):
        seen, waiting = set(), ["/en/"]
        while waiting:
            path = waiting.pop(0)
            answer = client.get(path)
            if answer.status_code != 200 or answer.streaming:
                continue
            wrong += wrong_of(path, answer)
            for link in re.findall(r'<a\b[^>]*\bhref="(/en/[^"#?]*)', answer.content.decode()):
                # One page of each kind, by its path without what names one of them.
                kind = re.sub(r"(?<=/)(?:\d[^/]*|[^/]*-[^/]*)(?=/)", "*", link)
                if kind not in seen:
                    seen.add(kind)
                    waiting.append(link)
    assert not wrong, "\n".join(dict.fromkeys(wrong))


def test_news_of_all_kinds(in_saran: Municipality) -> None:
    offer_languages(municipality=in_saran, codes=["en"], actor=None)
    sam, proposal = UserFactory(language="en"), ProposalFactory()
    given = {"proposal": proposal, "challenge": proposal.challenge, "argument": ArgumentFactory(proposal=proposal)}
    for name, kind in types.items():
        if {subject.name for subject in kind.subjects} <= set(given):
            NoticeFactory(user=sam, type=name, **given)
    with in_language("en"):
        composed = all_notices(sam)
        said = [re.sub("“[^”]*”", "", each.words.sentence) for each in composed]
        said += [str(each.words.action) for each in composed]
    assert len(composed) > 5
    assert not list(french_of(said, []))


RESIDENTS = [
    "accounts/email/sign_in",
    "accounts/email/address_code",
    "cocreation/email/coauthor_invitation",
    "meetings/email/to_confirm",
    "moderation/email/report_received",
    "moderation/email/report_answered",
    "moderation/email/report_gone",
]
# Written long after somebody asked for them, by workers: what stands in them.
LATER = {
    "accounts/email/account_dormant": {"deleted_on": timezone.now()},
    "accounts/email/account_erased": {"with_texts": False, "unused": False},
    "accounts/email/address_changed": {"until": timezone.now()},
    "accounts/email/address_undone": {},
    "accounts/email/proof_code": {"code": "123456"},
    "accounts/email/security_changed": {"what": _("The passkey is added.")},
}


def mailed() -> dict[str, Any]:
    mail: dict[str, Any] = OutboxMessage.objects.filter(task="accounts.tasks.send_mail").latest("created_at").payload
    return mail


def check(mail: dict[str, Any], city: Municipality) -> None:
    assert not french_in_mail(f"{mail['subject']}\n{mail['body']}")
    assert not french_left(mail.get("html", ""))
    assert not quaint_in(f"{mail['subject']}\n{mail['body']}")
    paths = re.findall(rf"{re.escape(city.url.rstrip('/'))}/([\w-]*)", mail["body"] + mail.get("html", ""))
    assert set(paths) <= {"en"}


@pytest.mark.parametrize("template", RESIDENTS)
def test_the_mails_that_somebody_asks_for(in_saran: Municipality, template: str) -> None:
    offer_languages(municipality=in_saran, codes=["en"], actor=None)
    in_saran.languages = "en"
    with in_language("en"):
        TO_ANYBODY[template]("Sam and the others", in_saran)
    check(mailed(), in_saran)


@pytest.mark.parametrize("template", LATER)
def test_the_mails_that_workers_write(in_saran: Municipality, template: str) -> None:
    offer_languages(municipality=in_saran, codes=["en"], actor=None)
    in_saran.languages = "en"
    sam = UserFactory(language="en", last_login=timezone.now())
    page = f"{in_saran.url}ma-participation/"
    context = {"city": in_saran, "link": page, "url": page, **LATER[template]}
    send_mail_later(template=template, to=sam.email, context=context)
    check(mailed(), in_saran)


def test_somebody_without_an_account_is_answered_as_they_asked(in_saran: Municipality) -> None:
    offer_languages(municipality=in_saran, codes=["en"], actor=None)
    with in_language("en"):
        sign_up(meeting=a_meeting(), name="Sam", email="sam@example.org", own=None, at=timezone.now())
        reported(ArgumentFactory(), email="sam@example.org", words="Not what was said, and not true at all")
    person = Attendee.objects.get()
    assert person.language == Report.objects.get().language == "en"
    tell(person, Told.REMINDER)
    mail = mailed()
    assert mail["subject"].startswith("Tomorrow:")
    assert re.search(r"day \d{1,2}\s\w+ \d{4}, from \d\d:\d\d to", mail["body"])
    assert f"{in_saran.url}en/rendez-vous/" in mail["body"]
    Attendee.objects.update(language="")
    tell(Attendee.objects.get(), Told.REMINDER)
    assert mailed()["subject"].startswith("Demain")
