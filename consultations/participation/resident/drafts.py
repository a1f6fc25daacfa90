"""Whose drafts a request may see: a person's, or those that a visitor's session began."""

from django.http import HttpRequest

from accounts.permissions import user_of
from consultations.participation.rules import ARGUMENT
from consultations.participation.selectors.drafts import Writer, begun_from, hidden_words
from consultations.participation.services.drafts import open_drafts


def draft_keys(request: HttpRequest) -> frozenset[str]:
    """The drafts that this visitor's session began."""
    return frozenset(request.session.get("draft_keys", ()))


def writer_of(request: HttpRequest) -> Writer:
    return Writer(user_of(request), draft_keys(request))


def remember_draft(request: HttpRequest, key: str) -> None:
    """Note a draft of this visitor. Published and discarded ones are forgotten; no more than DRAFTS_MAX are begun."""
    request.session["draft_keys"] = [*open_drafts(writer=Writer(keys=draft_keys(request))), key]


def draft_words(request: HttpRequest) -> str:
    """The words of one's own draft that the address names (`?brouillon=`), as far as an argument may hold them.

    Or those of one's own argument that moderation has hidden, to be said anew (`?redire=`).
    """
    if again := request.GET.get("redire", ""):
        return hidden_words(key=again, user=user_of(request))
    key = request.GET.get("brouillon", "")
    draft = begun_from(key=key, writer=writer_of(request)) if key else None
    if draft is None or len(draft.solution) <= ARGUMENT.maximum:
        return draft.solution if draft else ""
    return (draft.solution[: ARGUMENT.maximum - 1].rpartition(" ")[0] or draft.solution[: ARGUMENT.maximum - 1]) + "…"
