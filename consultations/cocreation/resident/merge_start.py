"""Beginning to bring proposals together: choosing them, writing to their authors."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.begun import ask_who
from accounts.permissions import signed_in_user
from common.limits import limited_by
from common.refusals import Refusal
from consultations.cocreation.limits import MERGES
from consultations.cocreation.models import MAX_SOURCES, MergeRequest
from consultations.cocreation.resident.forms import MergeStartForm
from consultations.cocreation.resident.merging import named
from consultations.cocreation.selectors.merging import candidates, chosen_among, joinable, merge_of, numbers_in
from consultations.cocreation.services.merging import start_merge
from consultations.cocreation.services.refusals import CannotJoin
from consultations.framing.context import remember
from consultations.framing.selectors import calendar_of
from consultations.participation.models import Proposal
from consultations.participation.permissions import may_facilitate, works_on
from consultations.participation.registry import why_settled
from consultations.participation.resident.gone import typed_is_kept


@limited_by(MERGES)
@typed_is_kept
def start(request: HttpRequest, pk: int, slug: str) -> HttpResponse:
    """From one proposal: choose the others (`avec`), then write to their authors. Already under way: its page."""
    proposals = Proposal.objects.published().select_related("author", "challenge__consultation")
    proposal = proposals.prefetch_related("challenge__consultation__phases").get(pk=pk)
    if not request.user.is_authenticated:
        return ask_who(request, proposal.get_absolute_url() + "reunir/")
    return _start(request, proposal)


@named
def _start(request: HttpRequest, proposal: Proposal) -> HttpResponse:
    user = signed_in_user(request)
    if not (works_on(user=user, proposal=proposal) or may_facilitate(user=user)):
        raise Http404
    merge_request = merge_of(proposal)
    # Asked while this was being written: the words stay in the form, with the refusal. But for the form sent twice.
    if merge_request and (
        request.method != "POST"
        or (merge_request.started_by_id == user.pk and _has_these_words(merge_request, request.POST))
    ):
        return redirect("merge", merge_request.pk)
    others = _chosen(request.POST if request.method == "POST" else request.GET, proposal)
    if request.method == "POST":
        return _write(request, proposal, others)
    if "ecrire" not in request.GET or why_settled([proposal.pk]) or not 1 <= len(others) < MAX_SOURCES:
        return _choose(request, proposal, others)
    return _writing_page(request, proposal, others, MergeStartForm(initial=proposal.texts))


def _choose(request: HttpRequest, proposal: Proposal, others: list[Proposal]) -> HttpResponse:
    words = request.GET.get("q", "").replace("\x00", "").strip()[:100]
    without = [proposal.pk, *(other.pk for other in others)]
    consultation = proposal.challenge.consultation
    refusal, kept = "", why_settled([proposal.pk]).get(proposal.pk)
    if "ecrire" in request.GET:
        refusal = _("Seven other proposals at most.") if others else _("Choose at least one other proposal.")
    context = {
        "proposal": proposal,
        "challenge": proposal.challenge,
        "calendar": calendar_of(consultation, at=timezone.now()),
        "words": words,
        "others": others,
        "found": candidates(
            consultation=consultation,
            challenge=proposal.challenge,
            words=words,
            near=f"{proposal.title}\n{proposal.solution}",
            without=without,
        ),
        "refusal": refusal,
        "why_not": kept.message if kept else "",
    }
    remember(request, consultation)
    return render(request, "cocreation/resident/merge_choose.html", context, status=422 if refusal else 200)


def _write(request: HttpRequest, proposal: Proposal, others: list[Proposal]) -> HttpResponse:
    """Whatever is refused, what was typed stays in the form."""
    form = MergeStartForm(request.POST)
    if not form.is_valid():
        return _writing_page(request, proposal, others, form, status=422)
    if len(others) < len(set(request.POST.getlist("avec"))):
        kept = why_settled(numbers_in(request.POST.getlist("avec")))
        notice = str(next(iter(kept.values()), CannotJoin()).message)
        return _writing_page(request, proposal, others, form, notice=notice, status=409)
    try:
        merge_request = start_merge(
            proposals=[proposal, *others], starter=signed_in_user(request), at=timezone.now(), **form.cleaned_data
        )
    except Refusal as refusal:
        return _writing_page(request, proposal, others, form, **refusal.answer)
    messages.success(request, _("The other authors are asked. You will see their answers here."))
    return redirect("merge", merge_request.pk)


def _writing_page(
    request: HttpRequest,
    proposal: Proposal,
    others: list[Proposal],
    form: MergeStartForm,
    *,
    notice: str = "",
    status: int = 200,
) -> HttpResponse:
    context = {
        "proposal": proposal,
        "challenge": proposal.challenge,
        "calendar": calendar_of(proposal.challenge.consultation, at=timezone.now()),
        "others": others,
        "sources": [*others, proposal],
        "form": form,
        "notice": notice,
    }
    remember(request, proposal.challenge.consultation)
    return render(request, "cocreation/resident/merge_write.html", context, status=status)


def _has_these_words(merge_request: MergeRequest, sent: QueryDict) -> bool:
    form = MergeStartForm(sent)
    return form.is_valid() and all(getattr(merge_request, name) == words for name, words in form.cleaned_data.items())


def _chosen(given: QueryDict, proposal: Proposal) -> list[Proposal]:
    """The others that were ticked, in their order, as far as they can be brought together with this one."""
    others = joinable(proposal.challenge.consultation).exclude(pk=proposal.pk)
    return chosen_among(others.defer(None).defer("search"), given.getlist("avec"))
