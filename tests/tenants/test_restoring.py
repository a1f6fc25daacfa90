"""A city put back from a file: a point before a mistake, or elsewhere; whole or not at all, and whoever left stays gone."""

import io
import json
from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from io import StringIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection
from django.utils import timezone
from django_tenants.utils import schema_context

from accounts import erasure
from accounts.enums import Role
from accounts.models import AuditEntry, SignInLink, User
from accounts.services import issue_sign_in_link
from common.models import ContentRevision, OutboxMessage
from common.outbox import run_message
from consultations.participation.models import Proposal
from deploy.local.prepare import quick_migrations
from tenants import restoring, structure
from tenants.deletion import count_rows
from tenants.dumps import MAILS, DumpRefused, write_dump
from tenants.models import Domain, Municipality
from tenants.schema import schema_exists
from tests.accounts.factories import UserFactory
from tests.participation.factories import ArgumentFactory, ProposalFactory
from tests.releases import from_the_present_release, next_release
from tests.tenants.test_fleet import COLUMN_AND_INDEX, new_city


@pytest.fixture
def city(real_db: str) -> Iterator[Municipality]:
    """Saran, closed for maintenance, with two proposals; one has an argument."""
    city = Municipality.objects.get(slug="saran")
    with schema_context(city.schema_name):
        ArgumentFactory(proposal=ProposalFactory(title="Un banc\tsous le « tilleul »\\"))
        ProposalFactory(title="Une mare")
    Municipality.objects.filter(pk=city.pk).update(maintenance_since=timezone.now())
    city.refresh_from_db()
    return city


def _dumped(city: Municipality) -> io.BytesIO:
    target = io.BytesIO()
    write_dump(municipality=city, target=target, at=timezone.now())
    return target


def _restored(file: io.BytesIO, *, days: int = 0) -> restoring.Restored:
    return restoring.restore(file, at=timezone.now() + timedelta(days=days))


def _everything(schema_name: str) -> tuple[dict[str, int], str]:
    with schema_context(schema_name), connection.cursor() as cursor:
        cursor.execute("SELECT string_agg(p::text, '|' ORDER BY id) FROM participation_proposal p")
        return count_rows(schema_name), cursor.fetchone()[0]


def test_a_mistake_is_undone_and_the_neighbour_is_untouched(city: Municipality) -> None:
    brest = Municipality.objects.get(slug="brest")
    file, neighbour, before = _dumped(city), _everything(brest.schema_name), _everything(city.schema_name)
    with schema_context(city.schema_name):
        Proposal.objects.update(title="Raté")
        late = ProposalFactory()
        revision = ContentRevision.objects.get().value
    _restored(file)
    after = _everything(city.schema_name)
    assert after[1] == before[1]
    changed = {table for table, count in after[0].items() if count != before[0][table]}
    assert changed == {"accounts_auditentry"}  # says that it was put back
    assert _everything(brest.schema_name) == neighbour
    with schema_context(city.schema_name):
        assert ContentRevision.objects.get().value > revision  # no page of before is served
        assert ProposalFactory().pk > late.pk  # no number is given twice
        with pytest.raises(DatabaseError), connection.cursor() as cursor:
            cursor.execute(f"SELECT 1 FROM {brest.schema_name}.participation_proposal")  # the role is its own


def test_who_left_since_leaves_again_and_the_trail_goes_on(city: Municipality) -> None:
    with schema_context(city.schema_name):
        leaving, staying = UserFactory(email="part@example.org"), UserFactory(email="reste@example.org")
        hers = ProposalFactory(author=leaving, title="Ma proposition")
        issue_sign_in_link(user=staying)
    file = _dumped(city)
    with schema_context(city.schema_name):
        message = erasure.ask_erasure(user=leaving, with_texts=True, at=timezone.now())
        assert message is not None
        run_message(str(message.pk), at=timezone.now())
        entries = AuditEntry.objects.count()
    restored = _restored(file)
    assert restored.erased_again == 1
    with schema_context(city.schema_name):
        assert not User.objects.filter(pk=leaving.pk).exists()
        assert not Proposal.objects.filter(pk=hers.pk).exists()
        assert User.objects.filter(pk=staying.pk, is_active=True).exists()
        assert AuditEntry.objects.count() == entries + 1
        assert not OutboxMessage.objects.filter(task__contains="erase").exists()
        assert not SignInLink.objects.exists()  # no key of then opens the door


def test_what_was_done_since_is_not_done_again(city: Municipality) -> None:
    with schema_context(city.schema_name):
        done, waiting = (OutboxMessage.objects.create(task="accounts.mail.deliver") for _unused in range(2))
        sent, mail = (OutboxMessage.objects.create(task=MAILS, payload={"body": "123456"}) for _unused in range(2))
    file = _dumped(city)
    with ZipFile(file) as archive:  # a code of then is in no file
        assert b"123456" not in archive.read("tables/common_outboxmessage")
    with schema_context(city.schema_name):
        OutboxMessage.objects.filter(pk__in=[done.pk, sent.pk]).delete()
        OutboxMessage.objects.create(task=MAILS)  # of what is undone by this
    _restored(file)
    with schema_context(city.schema_name):
        kept = OutboxMessage.objects.filter(task__in=["accounts.mail.deliver", MAILS])
        assert set(kept.values_list("pk", flat=True)) == {waiting.pk, mail.pk}
        assert kept.get(pk=mail.pk).payload == {"body": "123456"}


def test_a_failure_anywhere_leaves_the_present_city(city: Municipality, monkeypatch: pytest.MonkeyPatch) -> None:
    file = _dumped(city)
    with schema_context(city.schema_name):
        Proposal.objects.update(title="Après")
    present = _everything(city.schema_name)

    def dies(*args: object, **kwargs: object) -> None:
        raise KeyboardInterrupt

    for step in ("_fill", "_take_over", "_go_on_counting", "grant_rights"):
        with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
            patch.setattr(restoring, step, dies)
            _restored(file)
        connection.set_schema_to_public()
        assert _everything(city.schema_name) == present
        assert not schema_exists(f"restored_{city.schema_name}")
    _restored(file)
    assert _everything(city.schema_name) != present


def test_a_file_of_the_release_before_is_brought_up_to_date(
    city: Municipality, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(structure, "migrate", partial(from_the_present_release, structure.migrate))
    file = _dumped(city)
    with quick_migrations(), next_release(tmp_path, [COLUMN_AND_INDEX]):
        _restored(file)
        assert Municipality.objects.get(pk=city.pk).structure == structure.current_fingerprint()
        with schema_context(city.schema_name), connection.cursor() as cursor:
            cursor.execute("SELECT count(place) FROM participation_proposal")
            assert cursor.fetchone() == (2,)
        later = _dumped(city)
    with pytest.raises(DumpRefused, match="later release"):
        _restored(later)


def test_a_city_comes_into_another_database(city: Municipality) -> None:
    hosts = set(Domain.objects.filter(tenant=city).values_list("domain", flat=True))
    file, before = _dumped(city), _everything(city.schema_name)
    with connection.cursor() as cursor:  # its role is of the whole server, and stays
        cursor.execute(f"DROP SCHEMA {city.schema_name} CASCADE")
    city.domain_checks.all().delete()
    Municipality.objects.filter(pk=city.pk).delete()
    taking = new_city("saran")
    with pytest.raises(DumpRefused, match="Another city has its address"):
        _restored(file)
    Municipality.objects.filter(pk=taking.pk).delete()
    restored = _restored(file)
    assert not restored.was_there
    found = Municipality.objects.get(schema_name=city.schema_name)
    assert found.pk != city.pk
    assert found.maintenance_since is not None
    assert set(Domain.objects.filter(tenant=found).values_list("domain", flat=True)) == hosts
    assert _everything(city.schema_name)[1] == before[1]
    with schema_context(city.schema_name):
        ProposalFactory()  # with the city's role


def test_what_is_refused(city: Municipality, tmp_path: Path) -> None:
    file, present = _dumped(city), _everything(city.schema_name)
    cut = io.BytesIO(file.getvalue()[:-5000])
    with pytest.raises(DumpRefused, match="damaged"):
        _restored(cut)
    fewer = io.BytesIO()
    with ZipFile(file) as whole, ZipFile(fewer, "w") as archive:
        for name in whole.namelist():
            data = whole.read(name)
            if name == "manifest.json":
                said = json.loads(data)
                said["rows"]["participation_proposal"] += 1
                data = json.dumps(said).encode()
            archive.writestr(name, data)
    with pytest.raises(DumpRefused, match="Fewer or more rows"):
        _restored(fewer)
    with pytest.raises(DumpRefused, match="about a year old"):
        _restored(file, days=400)
    for damage, sentence in _DAMAGES.items():
        with pytest.raises(DumpRefused, match=sentence):
            _restored(_damaged(file, damage))
    assert _everything(city.schema_name) == present


_DAMAGES = {
    "two bytes": "damaged",
    "-tables/participation_proposal": "damaged",
    "-structure.sql": "damaged",
    "-register.json": "damaged",
    "register.json": "damaged",
    "manifest.json": "no city that dump_city has written",
    "structure.sql": "database refuses what is in this file",
    "tables/participation_proposal": "database refuses what is in this file",
}


def _damaged(file: io.BytesIO, damage: str) -> io.BytesIO:
    """Bytes turned within the table with the most of them; an entry that is missing, or that says something else."""
    if damage == "two bytes":
        with ZipFile(file) as whole:
            at = max((e for e in whole.infolist() if "tables/" in e.filename), key=lambda e: e.compress_size)
        turned = bytearray(file.getvalue())
        middle = at.header_offset + 60 + at.compress_size // 2
        turned[middle : middle + 2] = bytes(each ^ 0xFF for each in turned[middle : middle + 2])
        return io.BytesIO(bytes(turned))
    other = io.BytesIO()
    with ZipFile(file) as whole, ZipFile(other, "w") as archive:
        for name in whole.namelist():
            if damage != f"-{name}":
                archive.writestr(name, b"[{" if damage == name else whole.read(name))
    return other


def test_the_commands(city: Municipality, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    said, path = StringIO(), tmp_path / "saran.city"
    with schema_context(city.schema_name):
        User.objects.all().update(role=Role.PARTICIPANT)
        former = UserFactory(role=Role.ADMINISTRATOR)
    call_command("dump_city", "saran", str(path), stdout=said)
    assert path.stat().st_mode & 0o777 == 0o600
    with ZipFile(path) as archive:
        assert archive.read("tables/accounts_signinlink") == b""
    Municipality.objects.filter(pk=city.pk).update(maintenance_since=None)
    with pytest.raises(CommandError, match="fleet maintenance saran --on"):
        call_command("restore_city", str(path), stdout=said)
    Municipality.objects.filter(pk=city.pk).update(maintenance_since=timezone.now())
    with schema_context(city.schema_name):
        User.objects.filter(pk=former.pk).update(role=Role.PARTICIPANT)
    call_command("restore_city", str(path), stdout=said, stderr=said)
    assert "1 role, 0 suspensions, 0 second factors, 0 addresses, 0 invitations" in said.getvalue()
    assert "No administrator" in said.getvalue()
    assert "fleet maintenance saran --off" in said.getvalue()
    elsewhere = restoring.Restored(city, {}, was_there=False)
    monkeypatch.setattr("tenants.management.commands.restore_city.restore", lambda source, at: elsewhere)
    call_command("restore_city", str(path), stdout=said)
    assert "put out since the file was written is not known here" in said.getvalue()
    with pytest.raises(CommandError, match="No city"):
        call_command("dump_city", "nulle-part", str(path))
