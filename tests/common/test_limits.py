"""Limits: counted once for the whole platform, exactly, without Redis; and every address that is posted to has one."""

import ast
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import caches
from django.db import DatabaseError, connection, transaction
from django.test import Client, RequestFactory
from django_tenants.utils import schema_context

from accounts.limits import ADDRESS_CHANGES, DEFENCE, NEIGHBOURHOODS, OWN_COPIES, SIGN_OUTS, WAYS_BACK
from billing.limits import WEBHOOKS
from common import limits
from common.limits import POSTS, Limit, TooMany, consume, exhausted_until, forget_past_counts, give_back, limit_of
from common.requests import is_api
from consultations.analysis.limits import ANALYSES, LEAVING_ANALYSES, TOPICS
from consultations.animation.limits import CAMPAIGN_CHANGES, CAMPAIGN_SENDINGS, CAMPAIGN_TRIALS, MAIL_EVENTS
from consultations.cocreation.limits import MERGES
from consultations.contacts.limits import CONTACT_CHANGES, CONTACT_SENDINGS
from consultations.imports.limits import IMPORT_FILES, IMPORT_PRESSES
from consultations.kit.limits import KIT_CHANGES, KIT_SHEETS
from consultations.meetings.limits import AT_THE_DOOR, MEETING_CHANGES, OWN_SIGN_UPS, SIGN_UPS
from consultations.moderation.limits import APPEALS, ORDERS, REPORTS
from consultations.offline.limits import ENTRIES, LOOKING, RECEIPT_CHANGES, RECEIPT_TRIES
from consultations.outcomes.limits import OPINIONS
from consultations.participation.limits import PRESSES, SHEETS, WRITING
from consultations.screening import limits as screening_limits
from consultations.voting.limits import BALLOTS, CODES
from onboarding.limits import ORDERED_PLATFORMS
from rest.limits import KEYS
from tenants.models import Municipality
from tests.support.addresses import CITY, PUBLIC, addresses, path_of
from tests.test_urls import things  # noqa: F401
from webhooks.limits import WEBHOOK_CHANGES, WEBHOOK_TRIALS

ROOT = Path(__file__).parents[2]


@pytest.fixture
def limit() -> Iterator[Limit]:
    yield Limit("of_a_test", "3/10m/key", "5/h/network")
    del Limit.registry["of_a_test"]


def asked_from(address: str) -> Any:
    return RequestFactory().post("/", REMOTE_ADDR=address)


def refused(limit: Limit, *, key: str = "", address: str = "") -> bool:
    try:
        consume(limit, key=key, request=asked_from(address) if address else None)
    except TooMany:
        return True
    return False


def test_a_key_has_its_share_and_another_its_own(in_saran: Municipality, limit: Limit) -> None:
    assert [refused(limit, key="a") for _unused in range(4)] == [False, False, False, True]
    assert not refused(limit, key="b")


def test_all_cities_count_together(saran: Municipality, brest: Municipality, limit: Limit) -> None:
    answers = []
    for city in (saran, brest, saran, brest):
        with schema_context(city.schema_name):
            answers.append(refused(limit, key="a"))
    assert answers == [False, False, False, True]


def test_what_one_rate_refuses_no_other_counts(in_saran: Municipality, limit: Limit) -> None:
    for _unused in range(3):
        consume(limit, key="a", request=asked_from("198.51.100.1"))
    for _unused in range(10):
        assert refused(limit, key="a", address="198.51.100.1")
    assert [refused(limit, key=key, address="198.51.100.1") for key in "bcd"] == [False, False, True]


def test_who_is_refused_learns_when_to_come_back_and_by_which_rate(in_saran: Municipality, limit: Limit) -> None:
    for _unused in range(3):
        consume(limit, key="a")
    with pytest.raises(TooMany) as refusal:
        consume(limit, key="a")
    wait = refusal.value.retry_at - datetime.now(tz=UTC)
    assert timedelta(minutes=9) < wait <= timedelta(minutes=10)
    assert not refusal.value.of_network
    assert "dans 10 minutes" in refusal.value.message
    assert exhausted_until(limit, key="a") == refusal.value.retry_at
    assert exhausted_until(limit, key="b") is None


def test_a_count_ends_with_its_period_and_is_then_forgotten(in_saran: Municipality, limit: Limit) -> None:
    for _unused in range(3):
        consume(limit, key="a")
    with schema_context("public"), connection.cursor() as cursor:
        cursor.execute("UPDATE public.limit_counts SET ends_at = now() - interval '1 second'")
    assert not refused(limit, key="a")
    consume(limit, key="b")
    with schema_context("public"), connection.cursor() as cursor:
        cursor.execute("UPDATE public.limit_counts SET ends_at = now() - interval '1 second' WHERE count = 1")
        forget_past_counts()
        cursor.execute("SELECT count(*) FROM public.limit_counts")
        assert cursor.fetchone() == (0,)


def test_what_turned_out_well_is_given_back(in_saran: Municipality, limit: Limit) -> None:
    for _unused in range(10):
        consume(limit, key="a")
        give_back(limit, key="a")
    assert not refused(limit, key="a")


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("198.51.100.1", "198.51.100.2", False),
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("::ffff:198.51.100.1", "198.51.100.1", True),
        ("nonsense", "nonsense", True),
    ],
)
def test_a_network_is_what_one_client_can_easily_have(one: str, other: str, same: bool) -> None:
    assert (limits.network_of(one) == limits.network_of(other)) is same


def test_a_range_is_what_one_subscriber_can_have_at_most() -> None:
    assert limits.range_of("2001:db8:1:2::3") == limits.range_of("2001:db8:1:ffff::") == "2001:db8:1::/48"
    assert limits.range_of("2001:db8:2::1") != limits.range_of("2001:db8:1::1")
    assert limits.range_of("192.0.2.1") == limits.range_of("::ffff:192.0.2.1") == "192.0.2.1"
    assert limits.range_of("nonsense") == "nonsense"


def test_many_at_the_same_moment_get_exactly_their_share(real_db: str, limit: Limit) -> None:
    answers: list[bool] = []

    def ask() -> None:
        answers.append(refused(limit, key="a", address="198.51.100.1"))
        connection.close()

    threads = [threading.Thread(target=ask) for _unused in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers.count(False) == 3


def test_a_citys_role_counts_and_can_neither_read_nor_change_counts(in_saran: Municipality, limit: Limit) -> None:
    consume(limit, key="a")
    for statement in ("SELECT * FROM public.limit_counts", "DELETE FROM public.limit_counts"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


def test_neither_addresses_nor_networks_are_stored(in_saran: Municipality, limit: Limit) -> None:
    consume(limit, key="a@example.org", request=asked_from("198.51.100.1"))
    with schema_context("public"), connection.cursor() as cursor:
        cursor.execute("SELECT key FROM public.limit_counts")
        keys = [bytes(row[0]) for row in cursor.fetchall()]
    assert {len(key) for key in keys} == {16}
    assert len(set(keys)) == 2


# ── Everything that is posted ────────────────────────────────────────────────

# The addresses with a limit of their own, asked before the view; all others have POSTS. What a view or a service
# counts besides (by mailbox, by person) is tested beside it.
OWN_LIMITS: dict[str, Limit] = {
    "desk_order": ORDERS,
    "desk_answers_ask": OPINIONS,
    "desk_analysis_run": ANALYSES,
    "leaving_analyses": LEAVING_ANALYSES,
    **dict.fromkeys(("desk_topic_correct", "desk_topic_settle", "desk_topic_undo"), TOPICS),
    "vote_choose": BALLOTS,
    "vote_review": BALLOTS,
    "vote_code": CODES,
    "desk_contributions_sheet": SHEETS,
    "report": REPORTS,
    "report_name": REPORTS,
    "ops_lexicon_edit": screening_limits.VERSIONS,
    "ops_lexicon_try": screening_limits.TRIES,
    "decision": APPEALS,
    "own_address": ADDRESS_CHANGES,
    "own_data": OWN_COPIES,
    "sign_out": SIGN_OUTS,
    "stripe_webhook": WEBHOOKS,
    "mail_events": MAIL_EVENTS,
    "desk_team_way_back_by_address": WAYS_BACK,
    **dict.fromkeys(
        (
            "own_leaving",
            "own_leaving_last",
            "account_reauthenticate",
            "mfa_add_app",
            "mfa_add_passkey",
            "mfa_remove",
            "mfa_renew_recovery_codes",
            "mfa_sign_out_elsewhere",
        ),
        DEFENCE,
    ),
    "desk_neighbourhoods": NEIGHBOURHOODS,
    **dict.fromkeys(("desk_campaign_new", "desk_campaign_edit", "desk_campaign_copy"), CAMPAIGN_CHANGES),
    **dict.fromkeys(("desk_campaign_take_back", "desk_campaign_stop", "desk_campaign_delete"), CAMPAIGN_CHANGES),
    **dict.fromkeys(("desk_contact_new", "desk_contact_edit", "desk_contact_note"), CONTACT_CHANGES),
    **dict.fromkeys(("desk_contact_willing", "desk_contact_delete"), CONTACT_CHANGES),
    "desk_contacts_write": CONTACT_SENDINGS,
    "desk_contact_letter": CONTACT_CHANGES,
    **dict.fromkeys(("desk_contacts_import", "desk_contacts_batch"), CONTACT_CHANGES),
    **dict.fromkeys(("desk_contacts_take_up", "desk_contacts_undo"), CONTACT_CHANGES),
    **dict.fromkeys(("desk_meeting_new", "desk_meeting_edit", "desk_meeting_publish"), MEETING_CHANGES),
    **dict.fromkeys(("desk_meeting_cancel", "desk_meeting_discard", "desk_meeting_enter"), MEETING_CHANGES),
    **dict.fromkeys(("desk_meeting_report", "desk_meeting_said", "desk_meeting_said_remove"), MEETING_CHANGES),
    "desk_meeting_person": AT_THE_DOOR,
    "meeting_sign_up": SIGN_UPS,
    "own_sign_up": OWN_SIGN_UPS,
    **dict.fromkeys(("desk_entries", "desk_entry_pile", "desk_entry_rule", "desk_entry"), ENTRIES),
    **dict.fromkeys(("desk_entry_read", "desk_entry_discard"), ENTRIES),
    "desk_entry_close": LOOKING,
    "offline_receipt": RECEIPT_TRIES,
    **dict.fromkeys(("offline_correct", "offline_erase", "offline_bind", "offline_shut"), RECEIPT_CHANGES),
    "desk_campaign_trial": CAMPAIGN_TRIALS,
    "desk_campaign_send": CAMPAIGN_SENDINGS,
    "desk_imports": IMPORT_FILES,
    **dict.fromkeys(
        ("desk_import_say", "desk_import_start", "desk_import_give_up", "desk_import_undo"), IMPORT_PRESSES
    ),
    **dict.fromkeys(("desk_kit_spot_add", "desk_kit_spot_remove"), KIT_CHANGES),
    "desk_kit_sheets": KIT_SHEETS,
    **dict.fromkeys(("desk_webhook_new", "desk_webhook_edit", "desk_webhook_pause"), WEBHOOK_CHANGES),
    **dict.fromkeys(("desk_webhook_resume", "desk_webhook_secret", "desk_webhook_delete"), WEBHOOK_CHANGES),
    **dict.fromkeys(("desk_webhook_trial", "desk_webhook_resend", "desk_webhook_message_resend"), WEBHOOK_TRIALS),
    **dict.fromkeys(
        ("react", "useful", "proposal_follow", "challenge_follow", "project_follow", "merge_join"), PRESSES
    ),
    **dict.fromkeys(("argument_edit", "reply_edit", "proposal_edit", "workshop_answer"), WRITING),
    **dict.fromkeys(("own_keys", "desk_keys", "ops_keys"), KEYS),
    "ops_api_runs": ORDERED_PLATFORMS,
    **dict.fromkeys(("api_follow_challenge", "api_reaction", "api_follow_proposal", "api_useful"), PRESSES),
    **dict.fromkeys(("api_propose", "api_proposal", "api_arguments", "api_argument"), WRITING),
    **dict.fromkeys(("api_replies", "api_reply"), WRITING),
    **dict.fromkeys(("merge_answer", "merge_undo", "merge_give_up"), WRITING),
    **dict.fromkeys(("merge_new", "merge_reword"), MERGES),
}


def test_every_address_has_its_limit() -> None:
    found = {
        address.name: limit_of(address.pattern.callback)
        for urlconf in (settings.ROOT_URLCONF, settings.PUBLIC_SCHEMA_URLCONF)
        for address in addresses(urlconf)
    }
    assert {name: limit for name, limit in found.items() if limit is not POSTS} == OWN_LIMITS


@pytest.mark.parametrize("urlconf", [settings.ROOT_URLCONF, settings.PUBLIC_SCHEMA_URLCONF])
def test_where_nothing_is_left_no_address_takes_a_post(
    visit: Callable[..., Client],
    saran: Municipality,
    things: dict[str, Any],  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
    urlconf: str,
) -> None:
    def nothing_left(limit: Limit, **kwargs: Any) -> None:
        raise TooMany(limit, limit.rates[0], datetime.now(tz=UTC) + timedelta(minutes=3))

    monkeypatch.setattr("common.middleware.consume", nothing_left)
    in_city = urlconf == settings.ROOT_URLCONF
    client = visit(saran if in_city else None)
    named = things if in_city else {"run": "00000000-0000-4000-8000-000000000000", "city": saran.pk}
    for address in addresses(urlconf):
        answer = client.post(path_of(address, named), {"text": "Mes mots à moi", "title": "Seul"})
        assert answer.status_code == 429, address.name
        assert "dans 3 minutes" in answer.content.decode()
        # A program has what it sent; of what is only looked up nothing is lost.
        without = is_api(answer.wsgi_request) or limit_of(address.pattern.callback).only_looks
        assert without or "Mes mots à moi" in answer.content.decode()
        assert 180 <= int(answer.headers["Retry-After"]) <= 181


def test_a_script_hears_the_same_sentence(visit: Callable[..., Client], saran: Municipality, monkeypatch: Any) -> None:
    monkeypatch.setattr(POSTS, "rates", (limits.Rate(0, 60, "network"),))
    answer = visit(saran).post("/connexion/", {"email": "a@example.org"}, HTTP_HX_REQUEST="true")
    assert answer.status_code == 429
    assert "réseau" in answer.content.decode()


def test_reading_is_never_counted(visit: Callable[..., Client], saran: Municipality, monkeypatch: Any) -> None:
    monkeypatch.setattr(POSTS, "rates", (limits.Rate(0, 60, "network"),))
    assert visit(saran).get("/").status_code == 200


def test_posts_are_counted_by_person_before_they_are_by_network(
    visit: Callable[..., Client], saran: Municipality, person: Any, monkeypatch: Any
) -> None:
    monkeypatch.setattr(POSTS, "rates", (limits.Rate(2, 60, "key"), limits.Rate(100, 60, "network")))
    one, other = visit(saran, person()), visit(saran, person())
    assert [one.post("/nouvelles/lues/").status_code for _unused in range(3)][2] == 429
    assert other.post("/nouvelles/lues/").status_code != 429


def test_what_defends_an_account_is_left_whatever_a_copied_session_uses_up(
    visit: Callable[..., Client], saran: Municipality, person: Any, monkeypatch: Any
) -> None:
    monkeypatch.setattr(POSTS, "rates", (limits.Rate(2, 60, "key"), limits.Rate(100, 60, "network")))
    monkeypatch.setattr(DEFENCE, "rates", (limits.Rate(2, 60, "key"),))
    user = person()
    thief, owner = visit(saran, user), visit(saran, user)
    assert [thief.post("/nouvelles/lues/").status_code for _unused in range(3)][2] == 429
    assert [thief.post("/compte/securite/autres-appareils/").status_code for _unused in range(3)][2] == 429
    assert owner.post("/compte/securite/autres-appareils/").status_code == 302
    assert visit(saran, user).post("/deconnexion/").status_code == 302


def test_limits_need_no_redis(in_saran: Municipality, limit: Limit, monkeypatch: Any) -> None:
    for cache in caches.all():
        monkeypatch.setattr(type(cache), "get", lambda *args, **kwargs: pytest.fail("asked the cache"))
    assert [refused(limit, key="a") for _unused in range(4)] == [False, False, False, True]


def test_every_limit_that_is_declared_is_consumed() -> None:
    declared, used = set(), set()
    for path in ROOT.glob("*/**/*.py"):
        if path.parts[len(ROOT.parts)] in ("tests", ".venv", ".local"):
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            call = node.value if isinstance(node, ast.Assign) else node
            if not isinstance(call, ast.Call) or not call.args:
                continue
            if isinstance(node, ast.Assign) and getattr(call.func, "id", "") == "Limit":
                declared |= {target.id for target in node.targets if isinstance(target, ast.Name)}
            used.add(getattr(call.args[0], "id", ""))
    assert len(declared) >= 8
    assert declared - used - {"POSTS"} == set()
    assert CITY
    assert PUBLIC
