"""What the city answers and does, for whoever follows from elsewhere."""

from itertools import chain
from typing import Any

from django.db.models import F
from django.db.models.functions import Coalesce
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _

from common.feeds import ENTRIES_MAX, Entry, atom
from common.pagecache import cached_page
from common.requests import Request
from common.templatetags.ui import paragraphs
from consultations.framing.selectors import consultations_to_read
from consultations.outcomes.models import AnswerVersion, Project, ProjectNews
from consultations.outcomes.selectors.clock import answered_or_due, answers_url


@cached_page
def answers(request: Request, slug: str) -> Any:
    """Those that count, the newest first: two queries. One that changes is the same entry, changed."""
    consultation = get_object_or_404(consultations_to_read().exclude(opened_at=None), slug=slug)
    found = AnswerVersion.objects.filter(
        is_hidden=False, answer__current=F("pk"), answer__proposal__in=answered_or_due(consultation)
    )
    found = found.select_related("answer__proposal").defer("answer__proposal__search").order_by("-signed_at", "-pk")
    return atom(
        request,
        title=_("Answers of the authority to “%(title)s”") % {"title": consultation.title},
        about=consultation.question,
        url=answers_url(consultation),
        since=consultation.opened_at,  # type: ignore[arg-type]  # those alone were asked for
        entries=[_answer(each) for each in found[:ENTRIES_MAX]],
    )


def _answer(each: AnswerVersion) -> Entry:
    said = {"decision": each.get_decision_display(), "title": each.proposal_title}
    words = (each.own_words, each.reasons, each.competent, each.change)
    return Entry(
        name=f"reponses/{each.answer_id}",
        title=_("%(decision)s: %(title)s") % said,
        url=each.answer.proposal.get_absolute_url(),
        published=each.answer.answered_at or each.signed_at,
        updated=each.signed_at,
        html="".join(paragraphs(text) for text in words if text),
        author=", ".join(filter(None, (each.signed_name, each.signed_function))),
    )


@cached_page
def projects(request: Request) -> Any:
    """The city's projects and their news, the newest first: two queries."""
    public = Project.objects.exclude(published_at=None).annotate(changed=Coalesce("last_said_at", "published_at"))
    news = ProjectNews.objects.filter(is_hidden=False).exclude(project__published_at=None).select_related("project")
    found = chain(
        map(_project, public.order_by("-changed", "-pk")[:ENTRIES_MAX]),
        map(_news, news.order_by("-published_at", "-pk")[:ENTRIES_MAX]),
    )
    entries = sorted(found, key=lambda each: each.updated, reverse=True)[:ENTRIES_MAX]
    return atom(
        request,
        title=_("Projects"),
        about=_("What we make of accepted proposals, and how far it has come."),
        url=reverse("projects"),
        since=request.tenant.opened_at or request.tenant.created_at,
        entries=entries,
    )


def _project(each: Any) -> Entry:
    return Entry(
        name=f"projets/{each.pk}",
        title=each.title,
        url=each.get_absolute_url(),
        published=each.published_at,
        updated=each.changed,
        html=paragraphs(each.summary),
        author=each.lead_service,
        category=each.get_state_display(),
    )


def _news(each: ProjectNews) -> Entry:
    return Entry(
        name=f"nouvelles/{each.pk}",
        title=_("%(project)s: %(title)s") % {"project": each.project.title, "title": each.title},
        url=each.project.get_absolute_url(),
        published=each.published_at,
        updated=each.published_at,
        html=paragraphs(each.text),
        author=each.project.lead_service,
    )
