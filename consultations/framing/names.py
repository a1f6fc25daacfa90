"""Reserved names: those who decide, and who answers for what is published (accounts.names)."""

from collections.abc import Iterable

from django_tenants.utils import get_public_schema_name

from accounts.names import reserves_names
from common.db import connection
from consultations.framing.models import Consultation, LegalIdentity


@reserves_names
def names_of_those_who_decide() -> Iterable[str]:
    """The names before the comma: "Maryvonne Hautin, maire de Saran"."""
    if connection.schema_name == get_public_schema_name():
        return []
    said = [
        *Consultation.objects.order_by("pk").values_list("decision_maker", flat=True),
        *LegalIdentity.objects.order_by("pk").values_list("director", flat=True),
    ]
    return [name for each in said if (name := each.partition(",")[0].strip())]
