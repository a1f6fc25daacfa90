"""What is new among proposals, for whoever follows from elsewhere."""

from typing import Any

from django.db.models.functions import Coalesce
from django.shortcuts import get_object_or_404
from django.utils.html import format_html
from django.utils.translation import gettext as _

from common.feeds import ENTRIES_MAX, Entry, atom
from common.pagecache import cached_page, depends_on
from common.requests import Request
from common.templatetags.ui import paragraphs
from consultations.framing.selectors import consultations_to_read
from consultations.participation.models import Proposal
from consultations.participation.scopes import LISTS, proposal_scope


@cached_page
def proposals(request: Request, slug: str) -> Any:
    """The newest, or newly rewritten, first: two queries."""
    consultation = get_object_or_404(consultations_to_read().exclude(opened_at=None), slug=slug)
    changed = Coalesce("reworked_at", "submitted_at")
    found = Proposal.objects.published().filter(challenge__consultation=consultation).defer("search")
    found = found.select_related("author", "challenge").annotate(changed=changed).order_by("-changed", "-pk")
    shown = list(found[:ENTRIES_MAX])
    depends_on(request, LISTS, *(proposal_scope(each.pk) for each in shown))
    return atom(
        request,
        title=_("Proposals of “%(title)s”") % {"title": consultation.title},
        about=consultation.question,
        url=consultation.proposals_url(),
        since=consultation.opened_at,  # type: ignore[arg-type]  # those alone were asked for
        entries=[_entry(each) for each in shown],
    )


def _entry(each: Any) -> Entry:
    parts = ((_("The solution"), each.solution), (_("The problem"), each.problem), (_("The benefit"), each.benefit))
    html = "".join(format_html("<h3>{}</h3>{}", title, paragraphs(text)) for title, text in parts if text)
    return Entry(
        name=f"propositions/{each.pk}",
        title=each.title,
        url=each.get_absolute_url(),
        published=each.submitted_at,
        updated=each.changed,
        html=html,
        author=each.signed_name,
        category=each.challenge.label,
    )
