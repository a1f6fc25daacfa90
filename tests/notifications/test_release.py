"""Cities made before notifications were an engine, and co-creation an app of its own, come to that with every row."""

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.utils import timezone
from django_tenants.utils import schema_context

from accounts.models import User
from common.models import OutboxMessage
from common.outbox import run_message
from consultations.participation.models import Reply
from deploy.local.prepare import quick_migrations
from notifications.models import MailPreference, Notice
from notifications.registry import types
from notifications.selectors import compose
from notifications.services.counting import recount_unread
from notifications.services.reading import mark_all_read
from notifications.services.withdrawing import withdraw
from tenants.enums import LifecycleState
from tenants.fleet import migrate_fleet
from tenants.models import Municipality
from tenants.schema import create_schema, grant_rights
from tenants.structure import fingerprint
from tests.releases import release_before

BEFORE = (("animation", "0002_notifications"), ("accounts", "0008_unread_notices"))
COCREATION = {
    "coauthorinvitation": "coauthorinvitation",
    "collectiveproposal": "mergerequest",
    "collectivesource": "mergesource",
    "reworkdraft": "reworkdraft",
}
KEPT = "id, user_id, actor_id, group_key, count, created_at, updated_at, read_at, mailed_at"
OLD_FACTS = {
    "NEW_PROPOSAL": "proposal {proposal}",
    "NEW_ARGUMENT": "argument {argument}",
    "ARGUMENT_ANSWERED": "verdict {argument}.1",
    "NEW_REPLY": "reply {reply}",
    "NEW_VERSION": "version {proposal}.2",
    "COAUTHOR_INVITED": "invitation {invitation}",
    "COAUTHOR_ANSWERED": "answer {invitation}",
    "STEWARDSHIP": "stewardship {proposal}.1",
    "MERGE_ASKED": "asked {collective}.1",
    "MERGE_ANSWERED": "consent 1.1.AGREED",
    "MERGED": "formed {collective}",
    "MERGE_UNDONE": "undone {collective}",
    "DATES_CHANGED": "dates 1",
}


def rows(query: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query)
        return list(cursor.fetchall())


def names() -> str:
    """Of everything in the present schema that has one."""
    found = rows(
        "SELECT relname FROM pg_class WHERE relnamespace = current_schema()::regnamespace UNION "
        "SELECT conname FROM pg_constraint WHERE connamespace = current_schema()::regnamespace AND contype <> 'n'"  # named for ever after what the column was called first
    )
    return " ".join(name for (name,) in found)


def fill(get_model: Callable[[str, str], Any]) -> dict[str, Any]:
    """As that release did: a notice of each kind, choices of mail, a message that waits. Gives the rows."""

    def create(app: str, model: str, **fields: Any) -> Any:
        return get_model(app, model).objects.create(**fields)

    at = timezone.now()
    author, reader = (
        create("accounts", "User", email=f"{name}@example.org", mailbox=f"{name}@example.org", public_name=name)
        for name in ("Mésange", "Grive")
    )
    consultation = create("framing", "Consultation", title="Saran demain", slug="demain")
    challenge = create("framing", "Challenge", consultation=consultation, label="Écologie", slug="ecologie", position=1)
    proposal = create("participation", "Proposal", challenge=challenge, author=author, title="Un îlot", solution="x")
    argument = create("participation", "Argument", proposal=proposal, author=reader, stance="FOR", text="Oui")
    reply = create("participation", "Reply", argument=argument, author=author, text="Merci")
    invitation = create("participation", "CoAuthorInvitation", proposal=proposal, user=reader, invited_by=author)
    collective = create(
        "participation", "CollectiveProposal", challenge=challenge, started_by=author, title="Ensemble", solution="x"
    )
    create("participation", "CollectiveSource", collective=collective, proposal=proposal)
    create(
        "participation", "ReworkDraft", proposal=proposal, user=author, base_version=1, title="Un îlot", solution="y"
    )
    things = {
        "proposal": proposal, "challenge": challenge, "argument": argument, "invitation": invitation,
        "collective": collective,
    }  # fmt: skip
    about = {
        **dict.fromkeys(("NEW_PROPOSAL",), ("challenge", "proposal")),
        **dict.fromkeys(("NEW_VERSION", "STEWARDSHIP"), ("proposal",)),
        **dict.fromkeys(("NEW_ARGUMENT", "ARGUMENT_ANSWERED", "NEW_REPLY"), ("proposal", "argument")),
        **dict.fromkeys(("COAUTHOR_INVITED", "COAUTHOR_ANSWERED"), ("proposal", "invitation")),
        **dict.fromkeys(("MERGE_ASKED", "MERGE_ANSWERED", "MERGED", "MERGE_UNDONE"), ("proposal", "collective")),
        **dict.fromkeys(("DATES_CHANGED",), ("challenge",)),
    }
    numbers = {name: row.pk for name, row in things.items()} | {"reply": reply.pk}
    for number, (kind, fact) in enumerate(OLD_FACTS.items()):
        create(
            "animation", "Notice", user=reader, actor=author, kind=kind, group_key=f"{kind}:1", facts=[fact.format(**numbers)],
            updated_at=at - timedelta(hours=number), read_at=at if number % 3 == 0 else None,
            **{name: things[name] for name in about[kind]},
        )  # fmt: skip
    create("animation", "MailPreference", user=author, frequency="NEVER", generation=4, last_mail_at=at)
    create("animation", "MailPreference", user=reader, frequency="WEEKLY", next_mail_at=at)
    create(
        "common", "OutboxMessage", task="consultations.animation.services.digests.digest",
        payload={"user_id": reader.pk, "due": at.isoformat()}, due_at=at,
    )  # fmt: skip
    return numbers | {"reader": reader.pk, "author": author.pk}


@quick_migrations()
def test_a_fleet_made_before_comes_along_with_everything(real_db: str, tmp_path: Path, mailoutbox: list[Any]) -> None:
    cities, before, numbers = {}, {}, {}
    with release_before(tmp_path, *BEFORE):
        old = fingerprint()
        get_model = MigrationLoader(None, ignore_no_migrations=True).project_state().apps.get_model
        for slug, state in (("olivet", LifecycleState.TRIAL), ("ingre", LifecycleState.READ_ONLY)):
            city = Municipality.objects.create(
                slug=slug, name=slug.title(), ready_at=timezone.now(), verified_at=timezone.now()
            )
            create_schema(city.schema_name)
            with schema_context(city.schema_name):
                numbers[slug] = fill(get_model)
                assert "notifications_" not in names()
                before[slug] = (
                    rows(f"SELECT {KEPT} FROM animation_notice ORDER BY id"),
                    rows("SELECT * FROM animation_mailpreference ORDER BY user_id"),
                    [rows(f"SELECT * FROM participation_{table}") for table in COCREATION],
                )
                assert all(before[slug][2])
            Municipality.objects.filter(pk=city.pk).update(state=state)
            grant_rights(city.schema_name, state=state)
            cities[slug] = city.schema_name
        assert set(Municipality.objects.filter(slug__in=cities).values_list("structure", flat=True)) == {old}

    report = migrate_fleet(jobs=2)
    assert [outcome.problem for outcome in report.outcomes] == ["", ""]
    assert all(statements is not None for change in report.recorded for _app, _name, statements in change.migrations)
    for slug, schema_name in cities.items():
        with schema_context(schema_name):
            assert not re.search("animation_(?:notice|mailpreference)", names())
            notices, preferences, others = before[slug]
            assert [rows(f"SELECT * FROM cocreation_{table}") for table in COCREATION.values()] == others
            assert not re.search(f"participation_(?:{'|'.join(COCREATION)})", names())
            assert rows(f"SELECT {KEPT} FROM notifications_notice ORDER BY id") == notices
            assert rows("SELECT * FROM notifications_mailpreference ORDER BY user_id") == preferences
            look(numbers[slug])
            use(numbers[slug], mailoutbox)
    assert len(mailoutbox) == 2
    with schema_context(Municipality.objects.get(slug="saran").schema_name):
        new = names()
    for schema_name in cities.values():
        with schema_context(schema_name):
            assert names() == new


def look(numbers: dict[str, Any]) -> None:
    """Each notice says what it said, and is about the same rows."""
    reader = User.objects.get(pk=numbers["reader"])
    assert reader.unread_notices == Notice.objects.filter(read_at=None).count() == 8
    assert recount_unread() == 0
    assert sorted(Notice.objects.values_list("type", flat=True)) == sorted(OLD_FACTS)
    for notice in Notice.objects.all():
        own = {subject.name for subject in types[notice.type].subjects}
        assert notice.subjects == {
            name: str(numbers[name]) if name == "invitation" else numbers[name] for name in own
        }, notice.type
        assert notice.data == ({"proposal": numbers["proposal"]} if notice.type == "NEW_PROPOSAL" else {})
        assert notice.facts == [OLD_FACTS[notice.type].format(**numbers).replace(" ", ":")]
    said = {item.notice.type: item.words.sentence for item in compose(Notice.objects.all(), user=reader)}
    assert said.keys() == OLD_FACTS.keys()
    assert said["NEW_PROPOSAL"] == "Mésange propose «\u00a0Un îlot\u00a0», dans le défi Écologie."
    assert "Ensemble" in said["MERGE_UNDONE"]


def use(numbers: dict[str, Any], mailoutbox: list[Any]) -> None:
    """The message that waited leaves; what is new works, in a city that only reads too."""
    (waiting,) = OutboxMessage.objects.all()
    sent = len(mailoutbox)
    assert run_message(str(waiting.pk), at=timezone.now())
    for mail in OutboxMessage.objects.all():
        assert run_message(str(mail.pk), at=timezone.now())
    assert len(mailoutbox) == sent + 1
    assert re.search("Un îlot", mailoutbox[-1].body)
    assert MailPreference.objects.get(user=numbers["reader"]).next_mail_at is None
    reader = User.objects.get(pk=numbers["reader"])
    now = timezone.now()
    assert mark_all_read(user=reader, until=now, at=now) == 8
    reader.refresh_from_db()
    assert reader.unread_notices == 0
    assert withdraw(Reply, [numbers["reply"]]) == 1
    assert not Notice.objects.filter(type="NEW_REPLY").exists()
