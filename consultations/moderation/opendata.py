"""What is open of moderation (consultations.opendata): what it comes to, month after month. Each decision stands in the
register, without a name and without a text. Who reports is counted there alone, for the whole city: by consultation,
fewer than five could be worked out from the others.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.db.models import Count, Q
from django.db.models.functions import TruncMonth
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from consultations.framing.models import Consultation
from consultations.moderation.enums import Act
from consultations.moderation.selectors.register import registered
from consultations.opendata.names import Names
from consultations.opendata.registry import Column, Elsewhere, Kind, opens, opens_elsewhere


def _of(name: str) -> Any:
    return lambda row, names: row[name]


def _month(row: dict[str, Any], names: Names) -> str:
    return f"{timezone.localtime(row['month']):%Y-%m}"


@opens(
    "moderation",
    _("Moderation, by month"),
    _("How many decisions were taken, and what they did. The register has each of them."),
    order=95,
    columns=(
        Column("mois", _month, _("the month, such as 2026-09"), required=True),
        Column("decisions", _of("all"), _("decisions taken"), Kind.NUMBER, required=True),
        Column("maintenus", _of("kept"), _("contents that were kept as they were"), Kind.NUMBER, required=True),
        Column("masques", _of("hidden"), _("contents that were hidden"), Kind.NUMBER, required=True),
        Column("passages_masques", _of("passages"), _("of which a passage was hidden"), Kind.NUMBER, required=True),
        Column("retablis", _of("restored"), _("contents that were shown again"), Kind.NUMBER, required=True),
    ),
    key=("mois",),
)
def moderation(consultation: Consultation) -> Iterable[Any]:
    found = registered().filter(case__consultation=consultation).order_by().annotate(month=TruncMonth("decided_at"))
    return (
        found.values("month")
        .annotate(
            all=Count("pk"),
            kept=Count("pk", filter=Q(act=Act.KEEP)),
            hidden=Count("pk", filter=Q(act=Act.HIDE)),
            passages=Count("pk", filter=Q(act=Act.REDACT)),
            restored=Count("pk", filter=Q(act=Act.RESTORE)),
        )
        .order_by("month")
    )


@opens_elsewhere
def register(consultations: Sequence[Consultation]) -> Iterator[Elsewhere]:
    title = gettext("The register of moderation, decision by decision")
    yield Elsewhere(None, title, reverse("moderation_register_csv"), "text/csv")
