"""What a kept proposal page says to one person (common.pagecache)."""

from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string

from accounts.models import User
from common.pagecache import fills, kept_part
from consultations.participation.resident.reading import reaction_context
from consultations.participation.selectors import proposal_to_react_to, standing_of


@fills("reaction")
def reaction(request: HttpRequest, *, pk: int, **kwargs: Any) -> str:
    """The three buttons, with the person's own answer pressed, and the composer where they asked for it."""
    standing = standing_of(pk=pk, user=request.user if isinstance(request.user, User) else None)

    def make() -> str:
        proposal = getattr(request, "read_proposal", None) or proposal_to_react_to(pk)
        if proposal is None:
            return ""
        context = reaction_context(request, proposal, standing)
        return render_to_string("participation/resident/_reaction.html", context, request=request)

    if "brouillon" in request.GET:
        return make()  # holds words of somebody's draft: not to be kept for others
    return kept_part(request, f"reaction {standing}", make)
