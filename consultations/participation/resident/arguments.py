"""One argument: its page, its thread, whether it is useful, editing it."""

from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.begun import ask_who
from accounts.models import User
from accounts.permissions import signed_in_user, user_of
from common.limits import limited_by
from common.pagecache import cached_page, depends_on, fills
from common.refusals import Refusal
from common.requests import Request
from common.text import with_link
from common.views import lead_to
from consultations.framing.context import remember
from consultations.participation.enums import Status
from consultations.participation.limits import PRESSES, WRITING
from consultations.participation.models import NEVER_PUBLIC, Argument, Proposal, Reply
from consultations.participation.promises import said_and_promised
from consultations.participation.resident.acting import attempt, can_act, go_to, keep_for_later, writing_too_fast
from consultations.participation.resident.begun import MarkUseful, ReplyTo, marked_useful, reply_published
from consultations.participation.resident.forms import ArgumentForm, ReplyForm
from consultations.participation.resident.gone import gone_is_404, typed_is_kept
from consultations.participation.resident.sharing import shared_argument
from consultations.participation.scopes import proposal_scope
from consultations.participation.selectors.page import calendar_for
from consultations.participation.selectors.standing import bare_proposals
from consultations.participation.selectors.threads import in_thread, marks_of, thread_page, with_threads
from consultations.participation.services import arguments
from consultations.participation.services import replies as reply_services
from consultations.participation.services.arguments import mark_useful
from consultations.participation.services.refusals import Answered, TooLate


@cached_page
def argument(request: Request, pk: int, slug: str, argument: int) -> HttpResponse:
    """An argument with its thread, wherever it stands in its column; to htmx, only that, with the place to reply."""
    depends_on(request, proposal_scope(pk))
    proposal, found = _to_read(pk, argument)
    if not request.htmx and request.path != found.get_absolute_url():
        return lead_to(request, found.get_absolute_url())
    return _shown(request, proposal, found, replies="repondre" in request.GET)


@limited_by(PRESSES)
@require_POST
@gone_is_404
def useful(request: Request, pk: int, slug: str, argument: int) -> HttpResponse:
    """Mark an argument as useful, or no longer: the button says which, so that a second press is the first again."""
    proposal, found = _found(pk, argument)
    wanted = request.POST.get("useful") != "off"
    if not can_act(request):
        return keep_for_later(request, MarkUseful(proposal=pk, argument=found.pk, useful=wanted))
    try:
        mark_useful(argument=found, user=signed_in_user(request), useful=wanted, at=timezone.now())
    except Refusal as refusal:
        messages.warning(request, str(refusal.message))
        return go_to(request, _back(request, found))
    if request.htmx:
        context = {"proposal": proposal, "argument": found, "calendar": _calendar(proposal)}
        return render(request, "participation/resident/_useful.html", context)
    messages.success(request, marked_useful(wanted))
    return redirect(_back(request, found))


@require_POST
@typed_is_kept
def reply(request: Request, pk: int, slug: str, argument: int) -> HttpResponse:
    """Answer an argument; whatever goes wrong, the words stay in the page."""
    proposal, found = _found(pk, argument)
    form = _reply_form(found, request.POST)
    if not form.is_valid():
        return _shown(request, proposal, found, form=form, status=422)
    text = form.cleaned_data["text"]
    if not can_act(request):
        return keep_for_later(request, ReplyTo(proposal=pk, argument=found.pk, text=text))
    if notice := writing_too_fast(request):
        return _shown(request, proposal, found, form=form, notice=notice, status=409)
    try:
        given = reply_services.reply(argument=found, author=signed_in_user(request), text=text, at=timezone.now())
    except Refusal as refusal:
        return _shown(request, proposal, found, form=form, **refusal.answer)
    if request.htmx:
        return _shown(request, proposal, found, new=given, said=reply_published(given))
    messages.success(request, reply_published(given))
    return redirect(f"{found.get_absolute_url()}#reply-{given.pk}")


@limited_by(WRITING)
@typed_is_kept
def edit_argument(request: HttpRequest, pk: int, slug: str, argument: int) -> HttpResponse:
    """Edit one's argument, for fifteen minutes or while it waits; 404 for anybody else's."""
    proposal, found = _found(pk, argument, held_of=user_of(request))
    if not request.user.is_authenticated:
        return ask_who(request)
    author = signed_in_user(request)
    if found.author_id != author.pk:
        raise Http404
    if request.method == "GET" and found.pk not in marks_of(proposal=pk, user=author, at=timezone.now()).editable:
        too_late = Answered if found.reply_count or found.verdict else TooLate
        messages.warning(request, str(too_late.message))
        return redirect(found)
    names = ("text", "stance", "part", "kind", "source_url", "source_title")
    form = ArgumentForm(request.POST or None, initial={name: getattr(found, name) for name in names})
    refused = attempt(form, arguments.edit_argument, argument=found, author=author)
    if refused is None:
        said = said_and_promised(_("Your argument is mended."), found)
        is_held = Argument.objects.get(pk=found.pk).is_held
        messages.success(request, said if is_held else with_link(said, found.get_absolute_url()))
        return redirect(f"{proposal.get_absolute_url()}#argument-{found.pk}")
    context = _context(proposal, found) | {"form": form, "notice": refused["notice"]}
    remember(request, proposal.challenge.consultation)
    return render(request, "participation/resident/edit_argument.html", context, status=refused["status"])


@limited_by(WRITING)
@typed_is_kept
def edit_reply(request: HttpRequest, pk: int, slug: str, reply: int) -> HttpResponse:
    """Edit one's reply, for fifteen minutes or while it waits; 404 for anybody else's."""
    found = Reply.objects.filter(_there(user_of(request))).get(
        pk=reply, argument__proposal=pk, argument__status=Status.PUBLISHED
    )
    proposal, found.argument = _found(pk, found.argument_id)
    if not request.user.is_authenticated:
        return ask_who(request)
    author = signed_in_user(request)
    if found.author_id != author.pk:
        raise Http404
    form = ReplyForm(request.POST or None, initial={"text": found.text})
    refused = attempt(form, reply_services.edit_reply, reply=found, author=author)
    if refused is None:
        messages.success(request, said_and_promised(_("Your reply is mended."), found))
        return redirect(f"{found.argument.get_absolute_url()}#reply-{found.pk}")
    context = _context(proposal, found.argument) | {"form": form, "notice": refused["notice"], "reply": found}
    remember(request, proposal.challenge.consultation)
    return render(request, "participation/resident/edit_reply.html", context, status=refused["status"])


@fills("unknown")
def before_signing_in(request: HttpRequest, **kwargs: Any) -> str:
    """Under a reply that a visitor writes: what they will be asked. A kept page is made as for a visitor."""
    return "" if request.user.is_authenticated else render_to_string("participation/resident/_unknown.html")


def _found(pk: int, argument: int, *, held_of: User | None = None) -> tuple[Proposal, Argument]:
    """A published proposal and an argument of it that is there to be read, or waits and is theirs. 404 otherwise."""
    proposal = get_object_or_404(bare_proposals().published(), pk=pk)
    shown = proposal.arguments.filter(_there(held_of)).select_related("author")
    return proposal, get_object_or_404(shown, pk=argument)


def _there(user: User | None) -> Q:
    """What everyone reads, and what waits of theirs."""
    return Q(status=Status.PUBLISHED) | (Q(status=Status.HELD, author=user) if user is not None else Q(pk=None))


def _to_read(pk: int, argument: int) -> tuple[Proposal, Argument]:
    """The same of a proposal that takes nothing new, too, and of a hidden argument, whose page says so."""
    proposal = get_object_or_404(bare_proposals().exclude(status__in=(Status.HIDDEN, Status.HELD)), pk=pk)
    arguments = proposal.arguments.exclude(NEVER_PUBLIC).select_related("author")
    return proposal, get_object_or_404(arguments, pk=argument)


def _calendar(proposal: Proposal) -> Any:
    return calendar_for(proposal, at=timezone.now())


def _context(proposal: Proposal, argument: Argument) -> dict[str, Any]:
    return {
        "proposal": proposal,
        "challenge": proposal.challenge,
        "argument": argument,
        "calendar": _calendar(proposal),
    }


def _reply_form(argument: Argument, data: Any = None) -> ReplyForm:
    form = ReplyForm(data, auto_id=f"reply-to-{argument.pk}-%s")
    if data is None:  # asked for just now: one writes at once
        form.fields["text"].widget.attrs["data-focus"] = True
    return form


def _shown(
    request: Request,
    proposal: Proposal,
    argument: Argument,
    *,
    replies: bool = False,
    form: ReplyForm | None = None,
    new: Reply | None = None,
    said: str = "",
    notice: str = "",
    status: int = 200,
) -> HttpResponse:
    """The page of an argument, with the place to reply under it; to htmx, the argument as it stands among others, with
    the `new` reply and what is said of it."""
    reply_form = form or (_reply_form(argument) if replies else None)
    context = _context(proposal, argument) | {"reply_form": reply_form, "reply_notice": notice, "said": said}
    if request.htmx:
        with_threads([argument])
        if new is not None and not new.is_held and new not in argument.thread:
            argument.thread.append(in_thread(new, proposal))
        return render(request, "participation/resident/_argument.html", context, status=status)
    remember(request, proposal.challenge.consultation)
    page = thread_page(argument=argument, page=request.GET.get("page", 1))
    argument.thread = list(page.object_list)
    context |= {"page": page, "whole": True, "shared": shared_argument(request, argument)}
    return render(request, "participation/resident/argument.html", context, status=status)


def _back(request: HttpRequest, argument: Argument) -> str:
    """The page of this city that the button was on; else the argument's own."""
    back = request.POST.get("back", "")
    if not url_has_allowed_host_and_scheme(back, allowed_hosts=None):
        back = argument.get_absolute_url()
    return f"{back.partition('#')[0]}#argument-{argument.pk}"
