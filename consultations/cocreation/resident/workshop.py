"""The workshop: answering arguments, and rewriting the text beside them. For those who work on the proposal."""

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from accounts.begun import ask_who
from accounts.models import User
from accounts.permissions import signed_in_user, user_of
from common.differences import Piece, difference
from common.limits import limited_by
from common.refusals import Refusal
from common.requests import Request
from common.text import clean_text
from consultations.cocreation.models import ReworkDraft
from consultations.cocreation.resident.forms import (
    ANSWER_OF_WORD,
    PART_OF_WORD,
    STANCE_OF_WORD,
    AnswerForm,
    ReworkForm,
    narrowed_by,
)
from consultations.cocreation.rules import part_words
from consultations.cocreation.selectors.workshop import (
    TO_ANSWER,
    ReconciledTexts,
    around_changes,
    inbox_arguments,
    inbox_counts,
    inbox_of,
    reconciled_with_published,
    rework_draft,
    texts_of,
    thanked_next,
    workshop_proposals,
)
from consultations.cocreation.services.verdicts import answer_argument
from consultations.framing.context import remember
from consultations.framing.models import Calendar
from consultations.framing.selectors import calendar_of
from consultations.participation.enums import Status
from consultations.participation.limits import WRITING
from consultations.participation.models import Argument, Proposal
from consultations.participation.permissions import works_on
from consultations.participation.resident.gone import given_back, typed_in
from consultations.participation.rules import PARTS
from consultations.participation.services.refusals import ChangedMeanwhile, NotAnAuthor

View = Callable[..., HttpResponse]
THANKED_BY_NAME = 8


def at_work(view: View) -> View:
    """Decorate a view of the workshop: called with the proposal for those who work on it, 404 for others; visitors sign
    in.
    """

    @wraps(view)
    def guarded(request: Request, pk: int, slug: str, **named: Any) -> HttpResponse:
        proposal = get_object_or_404(workshop_proposals(), pk=pk)
        if proposal.is_held or proposal.was_refused:
            _refuse_others(request, proposal)
        if proposal.is_held:  # its own page says so, and is where it is corrected
            return redirect(proposal)
        if not request.user.is_authenticated:
            # To a draft that keeps itself: not kept. To everyone else: sign in, then the workshop.
            return (
                HttpResponse(status=403)
                if "autosave" in request.POST
                else ask_who(request, "" if proposal.is_hidden else address_of(proposal))
            )
        user = signed_in_user(request)
        if not works_on(user=user, proposal=proposal):
            return _sent_away(request, proposal, user)
        remember(request, proposal.challenge.consultation)
        try:
            return view(request, proposal, **named)
        except NotAnAuthor:  # at this very moment
            return _sent_away(request, proposal, user)

    return guarded


def _refuse_others(request: HttpRequest, proposal: Proposal) -> None:
    """Nobody but its authors learns of what was never public. Raises Http404."""
    user = user_of(request)
    if user is None or not works_on(user=user, proposal=proposal):
        raise Http404


def _sent_away(request: Request, proposal: Proposal, user: User) -> HttpResponse:
    """For somebody removed while writing: their own words, to be copied. Else 404."""
    typed = typed_in(request)
    if not typed or "autosave" in request.POST or rework_draft(proposal=proposal, user=user) is None:
        raise Http404
    return given_back(request, typed, why=_("You no longer work on this proposal: nothing was published."))


def address_of(proposal: Proposal) -> str:
    return f"{proposal.get_absolute_url()}atelier/"


# ── The page ──────────────────────────────────────────────────────────────────


@at_work
def workshop(request: Request, proposal: Proposal) -> HttpResponse:
    """The arguments beside the text; to htmx, the arguments alone."""
    if request.htmx and not request.htmx.history_restore_request:
        return render(request, "cocreation/resident/_workshop_inbox.html", _inbox_context(request, proposal))
    return workshop_page(request, proposal, text=kept_text(request, proposal))


def workshop_page(
    request: Request,
    proposal: Proposal,
    *,
    text: dict[str, Any],
    answering: AnswerForm | None = None,
    status: int = 200,
) -> HttpResponse:
    """`text`: the right side (see text_context). `answering`: the one argument whose answer was refused."""
    context = {**_inbox_context(request, proposal, answering=answering), **text}
    for word, part in PART_OF_WORD.items():
        field = next(each for each in context["fields"] if each["name"] == part.lower())
        field |= {"word": word, "arguments": context["counts"][part]}
    context["shows_text"] = answering is None and (context["shows_text"] or "texte" in request.GET)
    if context["obstacle"]:
        context["form"].only_to_read()
    return render(request, "cocreation/resident/workshop.html", context, status=status)


def frame(request: HttpRequest, proposal: Proposal) -> dict[str, Any]:
    """The context that both sides need."""
    calendar = calendar_of(proposal.challenge.consultation, at=timezone.now())
    return {
        "proposal": proposal,
        "challenge": proposal.challenge,
        "calendar": calendar,
        "obstacle": _obstacle(proposal, calendar),
        "address": address_of(proposal),
        "next_version": proposal.version + 1,
        "is_own": proposal.author_id == signed_in_user(request).pk,
    }


def _obstacle(proposal: Proposal, calendar: Calendar) -> str:
    """Why nothing can be published here now: a code for the template, or nothing."""
    if proposal.status == Status.HIDDEN:
        return "hidden"
    if proposal.status != Status.PUBLISHED:
        return "withdrawn"
    if proposal.merged_into_id is not None:
        return "merged"
    return "" if calendar.may_rework else "closed"


# ── The arguments ─────────────────────────────────────────────────────────────


def _inbox_context(request: Request, proposal: Proposal, *, answering: AnswerForm | None = None) -> dict[str, Any]:
    """One page of arguments, each with its form; one whose answer was refused comes first, wherever it was."""
    asked = _asked(request)
    inbox = inbox_of(
        proposal=proposal, answer=_answer_asked(request), narrowed=narrowed_by(asked), page=asked.get("page", 1)
    )
    cards = [AnswerForm(argument=argument) for argument in inbox.page]
    if answering is not None:
        cards = [answering, *(card for card in cards if card.argument != answering.argument)]
    summary = _summary(request, proposal, counts=inbox.counts, answer=inbox.answer)
    return {
        **summary,
        "page_obj": inbox.page,
        "answer": inbox.answer,
        "cards": cards,
        # Another page of them, put in place: that is where one reads on.
        "turned": request.htmx and request.htmx.boosted,
    }


def _summary(request: HttpRequest, proposal: Proposal, *, counts: dict[str, int], answer: str) -> dict[str, Any]:
    """What one answer changes beside its argument: how many are left, the tabs, the thanks."""
    asked = _asked(request)
    kept = {name: word for name, words in _NARROWINGS.items() if (word := asked.get(name, "")) in words}
    present = next(word for word, each in ANSWER_OF_WORD.items() if each == answer)
    page = {"page": asked["page"]} if "page" in asked else {}
    return {
        **frame(request, proposal),
        "counts": counts,
        "tabs": _tabs(counts, present=present, kept=kept),
        "present_tab": present,
        "narrowed": kept,
        "back": urlencode({"reponse": present, **kept, **page}),
        "thanks": thanks(thanked_next(proposal, by=signed_in_user(request))),
    }


def _asked(request: HttpRequest) -> QueryDict:
    """Which arguments the person was looking at: in the address, or kept in the form that they sent."""
    return request.GET if request.method == "GET" else QueryDict(request.POST.get("back", "")[:200])


def _answer_asked(request: HttpRequest) -> str:
    return ANSWER_OF_WORD.get(_asked(request).get("reponse", ""), "")


def _tabs(counts: dict[str, int], *, present: str, kept: dict[str, str]) -> list[dict[str, Any]]:
    labels = {
        "a-traiter": _("To answer"),
        "repris": _("Taken up"),
        "en-partie": pgettext("filter of arguments", "Partly"),
        "non-repris": _("Not taken up"),
        "tous": _("All"),
    }
    return [
        {
            "word": word,
            "label": labels[word],
            "count": counts[answer],
            "query": urlencode({"reponse": word, **kept}),
            "is_now": word == present,
        }
        for word, answer in ANSWER_OF_WORD.items()
    ]


_NARROWINGS: dict[str, Mapping[str, object]] = {"cote": STANCE_OF_WORD, "partie": PART_OF_WORD}


@limited_by(WRITING)
@at_work
def answer(request: Request, proposal: Proposal, argument: int) -> HttpResponse:
    """Say what becomes of an argument. Whatever goes wrong, the reason stays in the page."""
    if request.method != "POST":  # a refusal, loaded again from the address bar
        return redirect(f"{address_of(proposal)}#inbox")
    found = get_object_or_404(inbox_arguments(proposal), pk=argument)
    form = AnswerForm(request.POST, argument=found)
    if not form.is_valid():
        form.take_focus()
        return _answer_again(request, proposal, form, status=422)
    try:
        answer_argument(
            argument=found,
            verdict=form.cleaned_data["verdict"],
            reason=form.cleaned_data["reason"],
            by=signed_in_user(request),
            seen_revision=form.cleaned_data["seen"] or 0,
            at=timezone.now(),
        )
    except (Refusal, Proposal.DoesNotExist) as refusal:
        return _answer_refused(request, proposal, refusal, found)
    if request.htmx:
        return _answered(request, proposal, found)
    messages.success(request, _("Your answer is published."))
    return redirect(f"{address_of(proposal)}?{_asked(request).urlencode()}#inbox")


def _answered(request: HttpRequest, proposal: Proposal, argument: Argument) -> HttpResponse:
    """The argument with its answer, and what the answer changes elsewhere in the page."""
    card = AnswerForm(argument=argument, is_done=True)
    # The list that is on the screen stays the one asked for, even when nothing is left to answer.
    shown = _answer_asked(request) or TO_ANSWER
    summary = _summary(request, proposal, counts=inbox_counts(proposal), answer=shown)
    context = {**summary, "card": card, "answer": shown}
    return render(request, "cocreation/resident/_workshop_answered.html", context)


def _answer_refused(request: Request, proposal: Proposal, refusal: Exception, argument: Argument) -> HttpResponse:
    """What was typed, under what is there now; sending it once more is then a decision."""
    sent = {**request.POST.dict(), "seen": str(argument.verdict_revision)}
    if isinstance(refusal, ChangedMeanwhile) and argument.verdict_by is not None:
        notice = _(
            "%(name)s has answered meanwhile: it is above. Yours is kept below. Sending it again replaces it."
        ) % {"name": argument.verdict_by.public_name or _("Somebody who works with you")}
    else:
        notice = str(getattr(refusal, "message", _("This proposal was hidden meanwhile.")))
    return _answer_again(request, proposal, AnswerForm(sent, argument=argument, notice=notice), status=409)


def _answer_again(request: Request, proposal: Proposal, card: AnswerForm, *, status: int) -> HttpResponse:
    if request.htmx:
        context = {**frame(request, proposal), "card": card, "back": _asked(request).urlencode()}
        return render(request, "cocreation/resident/_workshop_card.html", context, status=status)
    return workshop_page(request, proposal, text=kept_text(request, proposal), answering=card, status=status)


def thanks(names: list[str]) -> str:
    """ "Thanks to Roue libre and Tilleul." Beyond a few names, how many others."""
    if not names:
        return ""
    named, others = names[:THANKED_BY_NAME], len(names) - THANKED_BY_NAME
    if others > 0:
        words = ngettext("%(count)s other person", "%(count)s other people", others)
        named = [*named, words % {"count": others}]
    sentence = named[0]
    for name in named[1:-1]:
        sentence = pgettext("thanks", "%(names)s, %(name)s") % {"names": sentence, "name": name}
    if len(named) > 1:
        sentence = pgettext("thanks", "%(names)s and %(name)s") % {"names": sentence, "name": named[-1]}
    return pgettext("thanks", "Thanks to %(names)s.") % {"names": sentence}


# ── The text ──────────────────────────────────────────────────────────────────


def kept_text(request: HttpRequest, proposal: Proposal) -> dict[str, Any]:
    """The person's draft, reconciled with what a co-author has published since; else the published text."""
    draft = rework_draft(proposal=proposal, user=signed_in_user(request))
    if draft is None:
        return text_context(proposal, rework_form(proposal, texts_of(proposal)))
    mine = texts_of(draft)
    if draft.base_version == proposal.version:
        return text_context(proposal, rework_form(proposal, mine, draft=draft), draft=draft)
    meeting = reconciled_with_published(proposal=proposal, mine=mine, base_version=draft.base_version)
    return text_context(proposal, rework_form(proposal, meeting.texts, draft=draft), draft=draft, meeting=meeting)


def rework_form(
    proposal: Proposal, texts: dict[str, str], *, draft: ReworkDraft | None = None, **other: Any
) -> ReworkForm:
    numbers = {"base_version": proposal.version, "seen": draft.revision if draft else 0}
    note = draft.note if draft else ""
    return ReworkForm(proposal=proposal, initial={**texts, "note": note, **numbers, **other})


def text_context(
    proposal: Proposal,
    form: ReworkForm,
    *,
    draft: ReworkDraft | None = None,
    meeting: ReconciledTexts | None = None,
    notice: str = "",
) -> dict[str, Any]:
    theirs = meeting.theirs if meeting else {}
    fields = [
        {
            "name": name,
            "field": form[name],
            **changes_in(proposal, name, str(form[name].value() or "")),
            "theirs": theirs.get(name),
            "taken": meeting is not None and name in meeting.taken,
        }
        for name in PARTS
    ]
    return {
        "waiting_version": proposal.held_versions.filter(status=Status.HELD).select_related("author").first(),
        "form": form,
        "fields": fields,
        "draft": draft,
        "meeting": meeting if meeting is not None and meeting.differs else None,
        "their_note": theirs.get("note"),
        "notice": notice,
        "shows_text": bool(notice or form.is_bound or (meeting is not None and meeting.differs)),
    }


def changes_in(proposal: Proposal, name: str, typed: str) -> dict[str, Any]:
    """What would change in one part. A text that is too long to publish is not compared."""
    typed = clean_text(typed, one_line=name == "title")
    if len(typed) > part_words(name, getattr(proposal, name)).maximum:
        return {"pieces": [], "too_long": True}
    pieces: list[Piece] = difference(texts_of(proposal)[name], typed)
    return {"pieces": around_changes(pieces), "too_long": False}
