"""The result of a vote, for everyone: from memory until something changes; and the files to count again."""

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from common.pagecache import cached_page
from common.requests import Request
from common.sheets import csv_response
from consultations.voting.context import votes_seen
from consultations.voting.enums import Method
from consultations.voting.models import Tally, Vote
from consultations.voting.resident.voting import vote_of
from consultations.voting.selectors.result import result_of

_COLUMNS = ("project", "cost", "votes", "share", "left")


def _counted(request: Request, slug: str, number: int) -> tuple[Vote, Tally]:
    found = vote_of(request, slug, number)
    tally = Tally.objects.filter(vote=found, vote__counted_at__isnull=False).first()
    if tally is None:
        raise Http404
    return found, tally


@cached_page
def votes(request: Request) -> HttpResponse:
    """All that everybody sees, in whichever consultation; those that are open come first."""
    return render(request, "voting/resident/votes.html", {"votes": votes_seen(request)})


@cached_page
def result(request: Request, slug: str, number: int) -> HttpResponse:
    """Before it is counted: the page of the vote, which says so."""
    found = vote_of(request, slug, number)
    if found.counted_at is None:
        return redirect("vote", slug, number)
    found, tally = _counted(request, slug, number)
    context = {
        "vote": found,
        "consultation": found.consultation,
        "result": result_of(found, tally),
        "file_name": _file_name(request, found),
        "error_subject": _("Error in the result of the vote “%(title)s”") % {"title": found.title},
    }
    return render(request, "voting/resident/result.html", context)


def _kind(found: Vote) -> str:
    return "csv" if found.method == Method.CHOICES else "pb"


def _file_name(request: Request, found: Vote) -> str:
    return f"{request.tenant.slug}-{found.consultation.slug}-vote-{found.number}.{_kind(found)}"


@require_safe
def ballots(request: Request, slug: str, number: int, kind: str) -> HttpResponse:
    """All ballots without a name, from thirty on: what was counted, and nothing else."""
    found, tally = _counted(request, slug, number)
    if not tally.is_published or kind != _kind(found):
        raise Http404
    # A spreadsheet reads accents by its mark.
    text, of = (f"\ufeff{tally.file}", "csv") if kind == "csv" else (tally.file, "plain")
    headers = {"Content-Disposition": f'attachment; filename="{_file_name(request, found)}"'}
    return HttpResponse(text, content_type=f"text/{of}; charset=utf-8", headers=headers)


@require_safe
def steps_csv(request: Request, slug: str, number: int) -> HttpResponse:
    """Each round, each amount."""
    found, tally = _counted(request, slug, number)
    if not tally.shows_counts:
        raise Http404
    titles = dict(found.items.values_list("number", "title"))
    head = [_("Round"), _("Number"), _("Cost"), _("Votes"), _("Share of each supporter"), _("Left"), _("Project")]
    if not found.has_budget:
        head = [_("Round"), _("Number"), _("Voices"), _("Project")]
    columns = _COLUMNS if found.has_budget else ("project", "votes")
    rows = (
        [place, *(_figure(step.get(name)) for name in columns), titles[int(step["project"])]]
        for place, step in enumerate(tally.result["count"]["steps"], start=1)
    )
    return csv_response(f"{request.tenant.slug}-{slug}-vote-{number}-tours.csv", head, rows)


def _figure(value: Any) -> Any:
    """With the comma of a spreadsheet in French."""
    return str(value).replace(".", ",") if isinstance(value, float) else value


@require_safe
def receipts(request: Request, slug: str, number: int) -> HttpResponse:
    """Sorted: whoever has one finds it there, and it tells nothing else."""
    _found, tally = _counted(request, slug, number)
    return HttpResponse("\n".join(tally.receipts) + "\n", content_type="text/plain; charset=utf-8")
