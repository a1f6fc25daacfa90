"""The synthesis of a challenge, as everybody reads it: the page, its versions, the report."""

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from common.pagecache import cached_page
from common.requests import Request
from consultations.analysis.models import SynthesisVersion
from consultations.analysis.selectors.synthesis_beside import together_in, unsaid_in
from consultations.analysis.selectors.synthesis_report import report_pdf
from consultations.analysis.selectors.synthesis_shown import published_of, shown_version, shown_versions, versions_of
from consultations.framing.context import remember
from consultations.framing.models import Challenge
from consultations.framing.selectors import challenges_to_read


def _challenge(request: Request, slug: str, challenge: str) -> Challenge:
    found = get_object_or_404(challenges_to_read(), consultation__slug=slug, slug=challenge)
    remember(request, found.consultation)
    return found


def _published(challenge: Challenge) -> SynthesisVersion:
    found = published_of(challenge)
    if found is None:
        raise Http404
    return found


@cached_page
def synthesis(request: Request, slug: str, challenge: str) -> HttpResponse:
    where = _challenge(request, slug, challenge)
    return _page(request, where, _published(where))


@cached_page
def version(request: Request, slug: str, challenge: str, number: int) -> HttpResponse:
    """One that was published before: what is gone since is gone from it, too."""
    where = _challenge(request, slug, challenge)
    found = next((each for each in versions_of(where) if each.number == number), None)
    if found is None:
        raise Http404
    return _page(request, where, found)


def _page(request: Request, challenge: Challenge, found: SynthesisVersion) -> HttpResponse:
    versions, read = versions_of(challenge), shown_version(found)
    context = {
        "consultation": challenge.consultation,
        "challenge": challenge,
        "shown": read,
        "together": together_in(challenge),
        "unsaid": unsaid_in(read, challenge.consultation),
        "is_last": versions[0].pk == found.pk,
        "version_count": len(versions),
    }
    return render(request, "analysis/resident/synthesis.html", context)


@cached_page
def versions(request: Request, slug: str, challenge: str) -> HttpResponse:
    """All that were published, and what each brought and left out."""
    where = _challenge(request, slug, challenge)
    found = versions_of(where)
    if not found:
        raise Http404
    rows = [
        (shown, *_changes(each, before))
        for shown, each, before in zip(shown_versions(found), found, [*found[1:], None], strict=True)
    ]
    context = {"consultation": where.consultation, "challenge": where, "rows": rows}
    return render(request, "analysis/resident/synthesis_versions.html", context)


def _changes(after: SynthesisVersion, before: SynthesisVersion | None) -> tuple[int, int, bool]:
    """How many sentences came and went; whether the authority's words changed."""
    if before is None:
        return 0, 0, False
    now, then = ({slot["proposal"] for part in each.parts for slot in part["slots"]} for each in (after, before))
    words = [
        [each.title, each.intro, *(part["text"] for part in each.parts if part["text"])] for each in (after, before)
    ]
    return len(now - then), len(then - now), words[0] != words[1]


@require_safe
def report(request: Request, slug: str, challenge: str) -> HttpResponse:
    """Made of what can be read at this moment: nothing of it is kept under another name."""
    where = _challenge(request, slug, challenge)
    content = report_pdf(where, _published(where))
    name = f"{request.tenant.slug}-{where.slug}-synthese.pdf"
    headers = {"Content-Disposition": f'inline; filename="{name}"', "Cache-Control": "no-store"}
    return HttpResponse(content, content_type="application/pdf", headers=headers)
