"""Pages of a consultation that is being prepared, as residents will see them: for its team and whoever has its link."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.links import keep_token, with_token
from accounts.permissions import reads_ahead
from common.requests import Request
from consultations.framing.context import remember
from consultations.framing.models import Consultation
from consultations.framing.selectors import every_consultation
from consultations.framing.services.previews import PreviewGone, count_preview, previewed_consultation

# Whoever comes back within a day has opened it once.
_ONCE_A_DAY = 86400


def private_consultation(request: Request, slug: str) -> Consultation:
    """For a page that is kept nowhere. Raises Http404 to whoever is not of the team."""
    found = every_consultation().filter(slug=slug).first() if reads_ahead(request) else None
    if found is None or not found.is_private:
        raise Http404
    request.leaves_holes = False
    return found


def previewed(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """For pages behind a preview link: called with the consultation that it opens, and the mark of its address.

    Once that has opened they lead to the public page. They are kept nowhere, and in no index.
    """

    @require_safe
    @with_token
    @wraps(view)
    def guarded(request: Request, token: str, **named: Any) -> HttpResponseBase:
        at = timezone.now()
        mark = request.resolver_match.kwargs["mark"]  # type: ignore[union-attr]
        try:
            found = previewed_consultation(token=token, municipality=request.tenant, at=at)
        except PreviewGone as refusal:
            return render(request, "framing/resident/preview_gone.html", status=refusal.status)
        if found.opened_at:
            return redirect(found)
        remember(request, found)
        request.leaves_holes = False
        response = view(request, found, mark=mark, **named)
        response.headers["X-Robots-Tag"] = "noindex, nofollow"
        keep_token(response, token, to="preview")
        seen = f"seen-{mark}"
        if request.method == "GET" and seen not in request.COOKIES:
            count_preview(found, at=at)
            path = reverse("preview", args=[mark])
            response.set_cookie(seen, "1", max_age=_ONCE_A_DAY, path=path, httponly=True, samesite="Lax")
        return response

    return guarded
