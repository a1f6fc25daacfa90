"""Mail about news: one message for many, when the person wants it, and none after one press."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.signing import Signer
from django.test import Client
from django.utils import timezone
from django_tenants.utils import schema_context

from accounts.models import User
from accounts.tasks import send_mail
from common import outbox
from common.models import OutboxMessage
from common.tones import tones
from consultations.cocreation.models import CoAuthorInvitation
from consultations.participation.enums import Status, Verdict
from consultations.participation.events import argument_given
from consultations.participation.models import Argument, Proposal
from consultations.participation.services.arguments import argue
from notifications.models import MailPreference, Notice
from notifications.registry import types
from notifications.selectors import own_notice
from notifications.services.choosing import choose_frequency
from notifications.services.digests import digest, next_mail_time, send_digest
from notifications.services.links import LinkForged, LinkOutdated, unsubscribing_link
from notifications.services.notifying import notify
from notifications.types import Notification
from tenants.domains.renaming import rename_slug
from tenants.enums import LifecycleState
from tenants.models import Municipality
from tests.accounts.factories import UserFactory
from tests.links import open_link, press_link
from tests.notifications.factories import NoticeFactory
from tests.participation.factories import ArgumentFactory, ProposalFactory
from tests.support.pages import error_codes
from tests.tenants.test_lifecycle import put

pytestmark = pytest.mark.dates

PARIS = timezone.get_default_timezone()
NOON = datetime(2030, 3, 30, 12, 0, tzinfo=PARIS)  # the Saturday before the clocks change


def inform(user: User, *, at: datetime, fact: str = "fact:1") -> None:
    """Have something new for somebody."""
    proposal = ProposalFactory(author=user)
    recipients = {user.pk: {"proposal": proposal.pk}}
    notify(types["NEW_ARGUMENT"], Notification(fact=fact, group=str(proposal.pk), recipients=recipients), at=at)


def run_due(*, at: datetime) -> None:
    """What the sweeper and a worker do with what is due then, until nothing is."""
    while due := list(OutboxMessage.objects.filter(due_at__lte=at).order_by("due_at", "pk")):
        for message in due:
            assert outbox.run_message(str(message.pk), at=at), message.last_error


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Callable[[datetime], None]:
    """Set what workers take for now."""

    def set_to(moment: datetime) -> None:
        for module in ("receivers", "services.digests"):
            monkeypatch.setattr(f"notifications.{module}.timezone.now", lambda: moment)

    return set_to


def test_fifty_arguments_in_an_hour_are_one_mail(
    in_saran: Municipality, mailoutbox: list[Any], clock: Callable[[datetime], None]
) -> None:
    """The whole way: services, receivers in a worker, the appointment, the mail."""
    author = UserFactory(public_name="Mésange")
    proposal = ProposalFactory(author=author, title="Un îlot frais")
    text = "Chez nous il fait trop chaud."
    argue(proposal=proposal, author=UserFactory(), stance="FOR", text=text, at=timezone.now())
    clock(NOON)
    run_due(at=NOON)
    assert Notice.objects.get().count == 1
    others = Argument.objects.bulk_create(ArgumentFactory.build_batch(49, proposal=proposal, author=UserFactory()))
    for number, argument in enumerate(others, start=1):
        clock(NOON + timedelta(minutes=number))
        argument_given.send(sender=None, argument_id=argument.pk)
        run_due(at=NOON + timedelta(minutes=number))
    assert mailoutbox == []
    morning = MailPreference.objects.get(user=author).next_mail_at
    assert morning
    assert timezone.localtime(morning).hour == 8
    clock(morning)
    run_due(at=morning)
    (mail,) = mailoutbox
    assert mail.to == [author.email]
    assert mail.subject == "50 nouveaux arguments sur « Un îlot frais »"  # the sender says which city
    assert mail.from_email.startswith("Saran <")
    assert mail.body.startswith("Bonjour Mésange,\n\nVoici ce qu’il y a de nouveau")
    assert f"{in_saran.url.rstrip('/')}{proposal.get_absolute_url()}" in mail.body
    assert "\n\n\n" not in mail.body
    link = re.search(r"https?://\S+/desabonnement/\S+/", mail.body)
    assert link
    assert mail.extra_headers["List-Unsubscribe"] == f"<{link[0]}>"
    assert mail.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    run_due(at=morning + timedelta(days=2))
    assert len(mailoutbox) == 1


@pytest.mark.parametrize(
    ("frequency", "last", "expected"),
    [
        ("AT_ONCE", None, NOON + timedelta(minutes=5)),
        ("AT_ONCE", NOON - timedelta(minutes=10), NOON + timedelta(minutes=50)),
        ("AT_ONCE", NOON - timedelta(days=10), NOON + timedelta(minutes=5)),
        ("DAILY", None, datetime(2030, 3, 31, 8, 0, tzinfo=PARIS)),  # in Paris, 19 hours away: the night is short
        ("WEEKLY", None, datetime(2030, 4, 1, 8, 0, tzinfo=PARIS)),
    ],
)
def test_each_has_their_time(in_saran: Municipality, frequency: str, last: datetime | None, expected: datetime) -> None:
    there = ZoneInfo(in_saran.time_zone)  # the same hours, wherever that is
    last = last and last.replace(tzinfo=there)
    at = NOON.replace(tzinfo=there).astimezone(UTC)
    assert next_mail_time(frequency=frequency, last_mail_at=last, at=at) == expected.replace(tzinfo=there)
    monday = datetime(2030, 4, 1, 7, 59, tzinfo=there)
    assert next_mail_time(frequency="WEEKLY", last_mail_at=None, at=monday) == monday.replace(hour=8, minute=0)
    eight = monday.replace(hour=8, minute=0)  # those of today are leaving
    assert next_mail_time(frequency="DAILY", last_mail_at=None, at=eight) == eight + timedelta(days=1)


def test_run_twice_or_early_it_is_one_mail(in_saran: Municipality) -> None:
    user = UserFactory()
    inform(user, at=NOON)
    at = datetime(2030, 3, 31, 8, 0, tzinfo=PARIS)
    assert [send_digest(user_id=user.pk, at=moment) for moment in (NOON, at, at)] == [False, True, False]
    mails = [message for message in OutboxMessage.objects.all() if message.task == outbox._name(send_mail)]
    assert len(mails) == 1
    assert Notice.objects.get().mailed_at == at


def test_a_worker_whose_clock_is_late_does_not_lose_the_mail(in_saran: Municipality) -> None:
    user = UserFactory()
    inform(user, at=timezone.now())
    message = OutboxMessage.objects.get()
    digest(**message.payload)  # hours before the appointment, by this machine's clock
    assert Notice.objects.get().mailed_at is not None


def test_what_was_mailed_is_not_mailed_again(in_saran: Municipality, mailoutbox: list[Any]) -> None:
    user = UserFactory()
    for week in range(2):
        inform(user, at=NOON + timedelta(days=8 * week), fact=f"fact:{week}")
        run_due(at=NOON + timedelta(days=8 * (week + 1)))
    assert [mail.body.count("•") for mail in mailoutbox] == [1, 1]


def test_what_was_read_meanwhile_is_not_mailed(in_saran: Municipality, mailoutbox: list[Any]) -> None:
    user = UserFactory()
    inform(user, at=NOON)
    Notice.objects.update(read_at=NOON)
    run_due(at=NOON + timedelta(days=8))
    assert mailoutbox == []
    inform(user, at=NOON, fact="fact:2")  # and the next news makes an appointment again
    assert MailPreference.objects.get().next_mail_at is not None


@pytest.mark.parametrize("change", [{"is_active": False}, {"email": ""}, {"public_name": "", "last_login": None}])
def test_who_left_never_came_in_or_has_no_address_gets_none(
    in_saran: Municipality, mailoutbox: list[Any], change: dict[str, Any]
) -> None:
    user = UserFactory()
    inform(user, at=NOON)
    User.objects.filter(pk=user.pk).update(**change)
    run_due(at=NOON + timedelta(days=8))
    assert mailoutbox == []


@pytest.mark.parametrize(
    ("state", "mails"), [(LifecycleState.READ_ONLY, 1), (LifecycleState.SUSPENDED, 0), (LifecycleState.CLOSED, 0)]
)
def test_what_a_city_may_still_send(saran: Municipality, mailoutbox: list[Any], state: str, mails: int) -> None:
    with schema_context(saran.schema_name):
        inform(UserFactory(), at=NOON)
    put(saran, state)
    with schema_context(saran.schema_name):
        run_due(at=NOON + timedelta(days=8))
    assert len(mailoutbox) == mails


def test_many_news_are_listed_and_the_rest_counted(in_saran: Municipality, mailoutbox: list[Any]) -> None:
    user = UserFactory(public_name="", last_login=NOON)
    proposal = ProposalFactory(title="Titre\u2028sur deux lignes")
    for number in range(33):
        NoticeFactory(user=user, proposal=proposal, group_key=str(number))
    inform(user, at=NOON)
    run_due(at=NOON + timedelta(days=8))
    (mail,) = mailoutbox
    assert mail.subject.endswith(" a donné un argument sur « Titre sur deux lignes », et 33 autres nouvelles")
    assert mail.body.count("•") == 30
    assert "Et 4 autres nouvelles" in mail.body


def test_what_is_asked_of_somebody_comes_first_and_what_is_over_not_at_all(
    in_saran: Municipality, mailoutbox: list[Any]
) -> None:
    assert len({each.weight for each in types.values()}) == len(types)
    user = UserFactory()
    proposal = ProposalFactory(title="Un îlot", author=user)
    taken_back, waiting = (
        CoAuthorInvitation.objects.create(proposal=ProposalFactory(title=title), user=user, invited_by=UserFactory())
        for title in ("Des bancs", "Une fontaine")
    )
    NoticeFactory(user=user, type="NEW_VERSION", proposal=proposal)
    reason = "Très juste : " + "nous ouvrons deux cours cet été. " * 9
    argument = ArgumentFactory(proposal=proposal, author=user, verdict=Verdict.TAKEN, verdict_reason=reason)
    answered = NoticeFactory(user=user, type="ARGUMENT_ANSWERED", proposal=proposal, argument=argument)
    for invitation in (taken_back, waiting):
        NoticeFactory(
            user=user,
            type="COAUTHOR_INVITED",
            proposal=invitation.proposal,
            invitation=invitation,
            group_key=invitation.pk,
        )
    CoAuthorInvitation.objects.filter(pk=taken_back.pk).update(answered_at=NOON)
    inform(user, at=NOON)
    run_due(at=NOON + timedelta(days=8))
    (mail,) = mailoutbox
    assert "Des bancs" not in mail.body
    places = [mail.body.index(words) for words in ("Une fontaine", "reprend votre", "nouvelle version")]
    assert places == sorted(places)
    assert "«\u00a0Très juste : nous ouvrons" in mail.body  # in the author's words
    assert "…\u00a0»" in mail.body
    Argument.objects.update(status=Status.HIDDEN)
    found = own_notice(user=user, pk=answered.pk)
    assert found
    assert found.words.quote == ""


def test_when_all_is_over_there_is_no_mail(in_saran: Municipality, mailoutbox: list[Any]) -> None:
    user = UserFactory()
    inform(user, at=NOON)
    Proposal.objects.filter(author=user).update(status=Status.HIDDEN)
    run_due(at=NOON + timedelta(days=8))
    assert mailoutbox == []


def test_the_same_goes_along_in_the_citys_colour(in_saran: Municipality, mailoutbox: list[Any]) -> None:
    user = UserFactory(public_name="Joël <b>& Cie")
    NoticeFactory(user=user, proposal__title="<img src=x> & <script>", group_key="1")
    NoticeFactory.create_batch(32, user=user)
    inform(user, at=NOON)
    run_due(at=NOON + timedelta(days=8))
    (mail,) = mailoutbox
    assert mail.extra_headers["Auto-Submitted"] == "auto-generated"
    ((page, kind),) = mail.alternatives
    assert kind == "text/html"
    day, night = tones(in_saran.colour)
    assert f"background-color:{day['fill']};color:{day['on']}" in page
    assert night["ink"] in page.partition("prefers-color-scheme: dark")[2]
    assert "Joël &lt;b&gt;&amp; Cie" in page
    # Nothing to fetch, nothing to run, nobody watched.
    assert not re.search(r"<(?:img|script|link|form|svg|iframe)|url\(|@import", page)
    # Every way that the text offers, and no other.
    assert set(re.findall(r'href="([^"]+)"', page)) == {
        unescape(way) for way in re.findall(r"https?://\S+/\S*", mail.body)
    }
    assert len(page) < 60_000  # Gmail cuts at 102 kB


def test_choosing_moves_the_mail_that_waits(visit: Callable[..., Client], saran: Municipality, person: Any) -> None:
    user = person()
    client = visit(saran, user)
    with schema_context(saran.schema_name):
        inform(user, at=timezone.now())
        tomorrow = MailPreference.objects.get().next_mail_at
    assert tomorrow

    def choose(frequency: str) -> MailPreference:
        assert client.post("/mes-courriels/", {"frequency": frequency}).status_code == 302
        with schema_context(saran.schema_name):
            return MailPreference.objects.get()

    soon = choose("AT_ONCE")
    assert soon.next_mail_at
    assert soon.next_mail_at < timezone.now() + timedelta(minutes=6)
    assert (soon.generation, choose("AT_ONCE").generation) == (1, 1)  # links of older messages go on working
    assert choose("NEVER").next_mail_at is None
    again = choose("DAILY")
    assert (again.next_mail_at, again.generation) == (tomorrow, 2)
    with schema_context(saran.schema_name):  # whatever the messages that were left say: one mail, once
        sent = [send_digest(user_id=user.pk, at=message.due_at) for message in OutboxMessage.objects.order_by("due_at")]
    assert sent.count(True) == 1
    answer = client.post("/mes-courriels/", {"frequency": "HOURLY"})
    assert answer.status_code == 422
    assert error_codes(answer, "frequency") == ["invalid_choice"]


# ── Unsubscribing ────────────────────────────────────────────────────────────


@pytest.fixture
def link(saran: Municipality, person: Any) -> str:
    with schema_context(saran.schema_name):
        return unsubscribing_link(MailPreference.objects.create(user=person()))


def frequency(city: Municipality) -> str:
    with schema_context(city.schema_name):
        return MailPreference.objects.get().frequency


@pytest.mark.parametrize("state", [LifecycleState.ACTIVE, LifecycleState.READ_ONLY, LifecycleState.SUSPENDED])
def test_one_press_is_enough_without_signing_in_and_looking_changes_nothing(
    visit: Callable[..., Client], saran: Municipality, link: str, state: str
) -> None:
    put(saran, state)
    client = visit(saran, enforce_csrf_checks=True)  # a mail program has no token of ours
    assert client.head(link).status_code == 302  # a filter's look
    assert (open_link(client, link).status_code, frequency(saran)) == (200, "DAILY")
    for _again in range(2):
        answer = client.post(link, "List-Unsubscribe=One-Click", content_type="application/x-www-form-urlencoded")
        assert (answer.status_code, frequency(saran)) == (200, "NEVER")
    assert open_link(client, link).context["state"] == "done"


def test_whoever_opens_the_link_presses_a_button(visit: Callable[..., Client], saran: Municipality, link: str) -> None:
    assert press_link(visit(saran), link).context["state"] == "done"
    assert frequency(saran) == "NEVER"


def test_the_press_is_answered_at_a_former_address_too_without_a_redirection(
    visit: Callable[..., Client], saran: Municipality, link: str
) -> None:
    """RFC 8058, 3.1: the mailbox provider's program does not follow one. People who open the link are led on."""
    former = visit(saran, enforce_csrf_checks=True)
    with schema_context("public"):
        rename_slug(municipality=saran, slug="saran-loiret", actor=UserFactory(operator=True), by_city=False)
    assert former.get(link).status_code == 301
    assert former.post("/compte/").status_code == 308
    answer = former.post(link, "List-Unsubscribe=One-Click", content_type="application/x-www-form-urlencoded")
    assert (answer.status_code, frequency(saran)) == (200, "NEVER")


def test_an_old_link_does_not_undo_a_new_choice(visit: Callable[..., Client], saran: Municipality, link: str) -> None:
    client = visit(saran)
    client.post(link)
    with schema_context(saran.schema_name):
        choose_frequency(user=User.objects.get(mail_preference__isnull=False), frequency="WEEKLY", at=NOON)
    for answer in (open_link(client, link), press_link(client, link), client.post(link)):
        assert answer.status_code == LinkOutdated.status == 410
        assert answer.context["state"] == "outdated"
    assert frequency(saran) == "WEEKLY"


def test_a_forged_link_does_nothing(
    visit: Callable[..., Client], saran: Municipality, brest: Municipality, link: str
) -> None:
    with schema_context(brest.schema_name):
        foreign = unsubscribing_link(MailPreference.objects.create(user=UserFactory()))
    with schema_context(saran.schema_name):
        pk = MailPreference.objects.get().pk
    other_key = Signer(key="another", salt=f"animation.unsubscribe.{saran.schema_name}", sep=".").sign(f"{pk}-1")
    for path in (foreign, f"/desabonnement/{other_key}/", link.replace(f"/{pk}-1.", f"/{pk}-2."), link[:-3] + "/"):
        answer = visit(saran).post(path)
        assert answer.status_code == 404
        assert str(LinkForged.message) in answer.content.decode()
    assert frequency(saran) == "DAILY"
    assert visit(saran).put(link).status_code == 405
