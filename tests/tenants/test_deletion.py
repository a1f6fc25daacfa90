"""A city that is deleted is gone, all of it, whenever somebody is killed; its neighbour is not."""

import signal
from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.utils import timezone
from django_tenants.utils import schema_context

from accounts.models import User
from billing.models import Invoice
from billing.services.issuing import issue
from common import outbox
from common.models import OutboxMessage
from consultations.participation.models import Proposal
from tenants import deletion, lifecycle
from tenants.enums import LifecycleState as State
from tenants.enums import Transition
from tenants.models import DeletionCertificate, Domain, Municipality, WantedCity
from tenants.schema import schema_exists
from tenants.services import reserve_municipality
from tenants.tasks import apply_due_transitions
from tests.accounts.factories import UserFactory
from tests.billing.factories import SIRET, a_subscription, an_account, an_invoice_row
from tests.participation.factories import ArgumentFactory, ProposalFactory
from tests.processes import die, forked, then_die
from tests.tenants.test_lifecycle import make, put


@pytest.fixture
def closed(real_db: str, media: Path) -> Municipality:
    """Ingré, closed 31 days ago, with three proposals, an argument and two files; Brest has a file too.

    Made here: the roles of Saran and Brest are those of every copy of the database.
    """
    call_command(
        "provision", authority="45169", name="Ingré", slug="ingre", admin="maire@ingre.example",
        stdout=StringIO(), stderr=StringIO(),
    )  # fmt: skip
    ingre, brest = (Municipality.objects.get(slug=slug) for slug in ("ingre", "brest"))
    with schema_context(ingre.schema_name):
        OutboxMessage.objects.all().delete()
        ArgumentFactory(proposal=ProposalFactory())
        ProposalFactory.create_batch(2)
        default_storage.save("plans/2026/place.txt", ContentFile(b"plan"))
        default_storage.save("logo.png", ContentFile(b"png"))
    with schema_context(brest.schema_name):
        ProposalFactory()
        default_storage.save("logo.png", ContentFile(b"png"))
    assert files_of(ingre, media)
    assert files_of(brest, media)
    return put(ingre, State.CLOSED, state_since=timezone.now() - timedelta(days=31))


def delete(city: Municipality) -> bool:
    return make(city, Transition.DELETE, User.objects.get(role="OPERATOR"), typed_slug=city.slug)


def run_the_outbox() -> None:
    """As a worker would, in public."""
    for pk in list(OutboxMessage.objects.values_list("pk", flat=True)):
        outbox.run_message(str(pk), at=timezone.now())


def traces_of(city: Municipality) -> list[str]:
    """What is left of a city that must not be."""
    with schema_context("public"), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_roles WHERE rolname = %s", [city.schema_name])
        role = cursor.fetchone()[0]
        return [
            name
            for name, there in {
                "schema": schema_exists(city.schema_name),
                "role": role,
                "domain": Domain.objects.filter(tenant_id=city.pk).exists(),
                "files": (Path(settings.MEDIA_ROOT) / city.schema_name).exists(),
            }.items()
            if there
        ]


def files_of(city: Municipality, media: Path) -> bool:
    return (media / city.schema_name).exists()


def test_a_deleted_city_leaves_a_certificate_and_what_was_invoiced_and_nothing_else(
    closed: Municipality, media: Path
) -> None:
    operator = UserFactory(operator=True)
    owed = an_invoice_row(a_subscription(an_account(closed)))
    assert delete(closed) is True
    run_the_outbox()
    assert traces_of(closed) == []
    # Accounts are kept for ten years.
    owed = Invoice.objects.get(pk=owed.pk)
    assert (owed.account.legal_name, owed.account.siret) == ("Commune de Saran", SIRET)
    assert issue(invoice_id=owed.pk, at=timezone.now()).problems == []
    assert not files_of(closed, media)
    certificate = DeletionCertificate.objects.get()
    assert (certificate.schema_name, certificate.name, certificate.authority_code) == (
        closed.schema_name,
        "Ingré",
        "45169",
    )
    assert certificate.operator_id == operator.pk
    assert certificate.closed_at == closed.state_since
    assert certificate.rows["participation_proposal"] == 3
    assert certificate.rows["participation_argument"] == 1
    assert certificate.rows["framing_challenge"] == 6


def test_its_host_is_unknown_at_once(closed: Municipality) -> None:
    UserFactory(operator=True)
    assert Client(HTTP_HOST=closed.host).get("/").status_code == 200
    delete(closed)
    answer = Client(HTTP_HOST=closed.host).get("/")
    assert answer.status_code == 404
    assert "Ingré" not in answer.content.decode()


def test_the_other_city_is_untouched(closed: Municipality, media: Path) -> None:
    UserFactory(operator=True)
    brest = Municipality.objects.get(slug="brest")
    counts = deletion.count_rows(brest.schema_name)
    delete(closed)
    run_the_outbox()
    assert deletion.count_rows(brest.schema_name) == counts
    assert files_of(brest, media)
    assert Client(HTTP_HOST=brest.host).get("/").status_code == 200
    with schema_context(brest.schema_name):
        assert Proposal.objects.count() == 1


def test_its_administrators_are_told_by_the_services_own_outbox(closed: Municipality) -> None:
    UserFactory(operator=True)
    delete(closed)
    mail = OutboxMessage.objects.get(task="accounts.tasks.send_mail").payload
    assert mail["to"] == "maire@ingre.example"
    assert "supprimée" in mail["body"]


def test_the_authority_may_come_back_with_a_new_platform(closed: Municipality) -> None:
    UserFactory(operator=True)
    delete(closed)
    again = reserve_municipality(WantedCity("Ingré", "COMMUNE", "45169", "ingre"), verified_at=None)
    assert again.schema_name != closed.schema_name


def test_deleting_twice_is_deleting_once(closed: Municipality) -> None:
    UserFactory(operator=True)
    assert [delete(closed), delete(closed)] == [True, False]
    run_the_outbox()
    for _unused in range(2):
        deletion.erase(municipality_id=closed.pk)
    assert DeletionCertificate.objects.count() == 1


@pytest.mark.parametrize("state", [State.TRIAL, State.READ_ONLY, State.CLOSED])
def test_no_living_city_is_ever_erased(closed: Municipality, state: State) -> None:
    """Whatever a message of the queue says."""
    put(closed, state)
    with pytest.raises(Municipality.DoesNotExist):
        deletion.erase(municipality_id=closed.pk)
    assert schema_exists(closed.schema_name)


def test_the_night_deletes_what_closed_long_enough_ago(closed: Municipality) -> None:
    brest = put(Municipality.objects.get(slug="brest"), State.CLOSED, state_since=timezone.now() - timedelta(days=29))
    for _unused in range(2):
        apply_due_transitions()
    run_the_outbox()
    assert traces_of(closed) == []
    certificate = DeletionCertificate.objects.get()
    assert certificate.operator_id is None
    assert schema_exists(brest.schema_name)


def test_a_task_that_was_given_up_or_lost_is_taken_up_by_the_night(closed: Municipality) -> None:
    UserFactory(operator=True)
    delete(closed)
    OutboxMessage.objects.all().delete()
    assert "schema" in traces_of(closed)
    apply_due_transitions()
    run_the_outbox()
    assert traces_of(closed) == []


def test_somebody_who_still_reads_delays_it_but_does_not_hang_it(
    closed: Municipality, monkeypatch: pytest.MonkeyPatch
) -> None:
    UserFactory(operator=True)
    delete(closed)
    monkeypatch.setattr(deletion, "_LOCK_TIMEOUT", "200ms")
    reader = connection.get_new_connection(connection.get_connection_params())
    try:
        reader.execute(f"BEGIN; SELECT * FROM {closed.schema_name}.participation_proposal")
        run_the_outbox()
        message = OutboxMessage.objects.get(task="tenants.deletion.erase")
        assert "lock timeout" in message.last_error
        assert schema_exists(closed.schema_name)
    finally:
        reader.close()
    run_the_outbox()
    assert traces_of(closed) == []


def dies_at(moment: str) -> None:
    """This process kills itself at the moment asked for."""
    match moment:
        case "before the certificate":
            deletion.count_rows = die
        case "after the addresses":
            deletion.leave_the_register = then_die(deletion.leave_the_register)
        case "before the mail":
            lifecycle._write_to = die
        case "before the schema":
            deletion.drop_schema = die
        case "after the schema":
            deletion.drop_schema = then_die(deletion.drop_schema)
        case "among the files":
            default_storage.delete = then_die(default_storage.delete)
        case "after the files":
            deletion.remove_files = then_die(deletion.remove_files)


MOMENTS = [
    "before the certificate",
    "after the addresses",
    "before the mail",
    "before the schema",
    "after the schema",
    "among the files",
    "after the files",
]


@pytest.mark.parametrize("moment", MOMENTS)
def test_killed_at_any_moment_it_is_either_not_begun_or_finished_later(
    closed: Municipality, media: Path, tmp_path: Path, moment: str
) -> None:
    UserFactory(operator=True)

    def work() -> None:
        dies_at(moment)
        delete(closed)
        run_the_outbox()

    with forked(work, log=tmp_path / "log") as started:
        started.join(60)
        assert started.exitcode == -signal.SIGKILL, (tmp_path / "log").read_text()
    closed.refresh_from_db()
    if MOMENTS.index(moment) < 3:
        # All in one transaction: nothing happened, and the city can still be read or reopened.
        assert closed.state == State.CLOSED
        assert not DeletionCertificate.objects.exists()
        assert Client(HTTP_HOST=closed.host).get("/").status_code == 200
        assert delete(closed) is True
    else:
        assert closed.state == State.DELETED
        assert Client(HTTP_HOST="ingre.territoires.localhost").get("/").status_code == 404
    run_the_outbox()
    assert traces_of(closed) == []
    assert not files_of(closed, media)
    assert DeletionCertificate.objects.get().rows["participation_proposal"] == 3
    assert OutboxMessage.objects.count() == 0
    assert files_of(Municipality.objects.get(slug="brest"), media)


def test_operators_read_the_certificate(closed: Municipality, visit: Callable[..., Client]) -> None:
    operator = UserFactory(operator=True)
    delete(closed)
    client = visit(None, operator)
    page = client.get(f"/ops/collectivites/{closed.pk}/").content.decode()
    assert 'id="certificate"' in page
    assert "participation_proposal" in page
