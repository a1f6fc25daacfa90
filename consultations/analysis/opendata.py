"""What is open of figures (consultations.opendata): the file of the page, where the city has everybody read it.
Counts of persons are masked there, and nowhere told in another way.
"""

from collections.abc import Iterator, Sequence

from django.urls import reverse
from django.utils.translation import gettext as _

from consultations.analysis.models import Dashboard
from consultations.framing.models import Consultation
from consultations.opendata.registry import Elsewhere, opens_elsewhere


@opens_elsewhere
def figures(consultations: Sequence[Consultation]) -> Iterator[Elsewhere]:
    found = Dashboard.objects.filter(consultation__in=consultations, is_public=True).select_related("consultation")
    for each in found.order_by("pk"):
        url = reverse("figures_csv", args=[each.consultation.slug])
        yield Elsewhere(each.consultation_id, _("Figures of participation"), url, "text/csv")
