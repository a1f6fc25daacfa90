"""What waits for the service's team in a city, as the operators' queue has it (consultations.delegation)."""

from typing import Any

from django.db.models import Exists, OuterRef
from django_tenants.utils import schema_context

from common.db import connection
from common.outbox import enqueue, outbox_task
from consultations.delegation.selectors import listed_cities
from consultations.delegation.services import Waiting, list_waiting, one_at_a_time
from consultations.framing.enums import ModeratedBy
from consultations.moderation.enums import AppealState, State
from consultations.moderation.models import Appeal, Case
from consultations.moderation.permissions import for_the_service
from tenants.models import Municipality
from tenants.selectors import schemas_with


def list_later(case: Case) -> None:
    """Have the operators' queue say of a case what holds once this transaction commits, if it is or was theirs."""
    consultation = case.consultation
    delegated = consultation is None or consultation.moderated_by == ModeratedBy.OPERATORS
    if delegated or Appeal.objects.filter(decision__case=case).exists():
        enqueue(list_for_the_service, case_id=case.pk)


@outbox_task
def list_for_the_service(*, case_id: int | None = None, **kwargs: Any) -> None:
    """What waits for the service in the present city, or whether this case does, as it is now: late or twice, the same.

    Written in public by the service's own role: the city's may not look there.
    """
    with one_at_a_time(connection.schema_name):
        contested = Appeal.objects.filter(decision__case=OuterRef("pk"), state=AppealState.WAITING)
        found = Case.objects.waiting().filter(for_the_service()).annotate(is_appeal=Exists(contested))
        if case_id is not None:
            found = found.filter(pk=case_id)
        list_waiting(
            schema_name=connection.schema_name,
            waiting=[
                Waiting(case.pk, case.kind, case.opened_at, case.due_at, case.is_appeal)  # type: ignore[attr-defined]
                for case in found
            ],
            among=case_id,
        )


def cities_to_list_anew() -> list[str]:
    """The schemas of cities with something open, or listed: what was listed amiss is in one of them."""
    with schema_context("public"):
        ready = list(Municipality.objects.ready().order_by("pk").values_list("schema_name", flat=True))
    open_somewhere = schemas_with(Case._meta.db_table, f"state = '{State.OPEN.value}'", schemas=ready)
    return sorted({*open_somewhere, *listed_cities()} & set(ready))
