"""What the pages of other apps say of the city's consultation (common.pagecache)."""

from typing import Any

from django.db.models import F
from django.http import HttpRequest
from django.utils.html import format_html

from common.pagecache import fills
from consultations.framing.models import Consultation


@fills("contact")
def contact(request: HttpRequest, **kwargs: Any) -> str:
    """Where the city answers, as a link; empty where it has not said."""
    found = Consultation.objects.shown().order_by("-is_current", F("opened_at").desc(nulls_last=True), "-pk")
    email = found.values_list("contact_email", flat=True).first()
    return format_html('<a href="mailto:{0}">{0}</a>', email) if email else ""
