"""The phases of a consultation, for somebody's own calendar."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from common.calendars import Happening, icalendar
from common.feeds import id_of, polled
from common.requests import Request
from consultations.framing.models import Consultation, Phase
from consultations.framing.selectors import calendar_of, consultations_to_read, phase_line


@require_safe
def calendar(request: Request, slug: str) -> HttpResponse:
    """As the line of its page shows them: what is archived ends with that day."""
    found = get_object_or_404(consultations_to_read().exclude(opened_at=None), slug=slug)
    phases = {phase.kind: phase for phase in found.phases.all()}
    shown = phase_line(calendar_of(found, at=timezone.now()))
    happenings = [_happening(request, found, phases[each["kind"]], each) for each in shown if each["opens_at"]]
    content = icalendar(f"{found.title} ({request.tenant.name})", happenings)
    response = polled(content, "text/calendar; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{found.slug}.ics"'
    response.headers["Cache-Control"] = "public, no-cache"
    return response


def _happening(request: Request, consultation: Consultation, phase: Phase, shown: dict[str, object]) -> Happening:
    said = {"phase": phase.get_kind_display(), "title": consultation.title}
    return Happening(
        name=id_of(f"phases/{phase.pk}").removeprefix("urn:uuid:"),
        # Without an end it is a single day in an agenda: that on which it begins.
        title=(_("%(title)s: %(phase)s") if shown["closes_at"] else _("%(title)s: %(phase)s (begins)")) % said,
        begins=shown["opens_at"],  # type: ignore[arg-type]
        ends=shown["closes_at"],  # type: ignore[arg-type]
        about=consultation.question,
        url=request.tenant.url.rstrip("/") + consultation.get_absolute_url(),
        changed=phase.moved_at or consultation.opened_at or consultation.created_at,
    )
