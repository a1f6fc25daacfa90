"""What of a consultation's analyses everybody reads: asked once a page, by panels in several places of it."""

from typing import NamedTuple

from django.db.models import Exists, OuterRef

from consultations.analysis.enums import RunKind
from consultations.analysis.models import AnalysisRun, Dashboard
from consultations.framing.models import Consultation


class PublicParts(NamedTuple):
    figures: bool
    groups: bool


def public_parts(consultation: Consultation) -> PublicParts:
    """One query for as long as this object of it lives, which is a page."""
    known: PublicParts | None = vars(consultation).get("_public_parts")
    if known is None:
        figures = Dashboard.objects.filter(consultation=OuterRef("pk"), is_public=True)
        runs = AnalysisRun.objects.filter(consultation=OuterRef("pk"), kind=RunKind.GROUPS, published_at__isnull=False)
        found = Consultation.objects.filter(pk=consultation.pk).values_list(Exists(figures), Exists(runs)).first()
        known = vars(consultation)["_public_parts"] = PublicParts(*(found or (False, False)))
    return known
