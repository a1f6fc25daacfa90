"""One text: read in its context, decided in two presses, taken back within ten seconds."""

from datetime import datetime
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.permissions import role_required, signed_in_user
from common.refusals import Refusal
from common.requests import Request
from common.states import Answers, answers
from consultations.library.templatetags.themes import tone
from consultations.moderation.abilities import MODERATE
from consultations.moderation.backoffice.access import case_of, for_moderators, for_whoever_decides, numbers
from consultations.moderation.backoffice.frame import framed
from consultations.moderation.backoffice.typed import Typed, typed_in
from consultations.moderation.backoffice.ways import Way, ways_with
from consultations.moderation.enums import Act, Kind
from consultations.moderation.grounds import Ground
from consultations.moderation.models import Case, Decision
from consultations.moderation.permissions import decides
from consultations.moderation.selectors.cases import CaseFile, case_file
from consultations.moderation.selectors.colleagues import who_else_decides
from consultations.moderation.selectors.queue import kind_and_place, lines_beside, neighbours, next_case
from consultations.moderation.services.accounts import undo_with_parts
from consultations.moderation.services.claiming import claim
from consultations.moderation.services.closing import close_what_is_gone
from consultations.moderation.services.deciding import decide
from consultations.moderation.services.opening import case_for
from consultations.moderation.services.refusals import DecidedMeanwhile, NotAModerator, NothingToReport
from consultations.moderation.subjects import KINDS

CLOCK = 288  # the width of its line


@answers(Answers.READ_ONLY)
@role_required(MODERATE)
def one_case(request: Request, case: int) -> HttpResponse:
    """Opening it is being on it. What is posted by somebody whose role was just taken is shown to them, not lost."""
    user, at = signed_in_user(request), timezone.now()
    if request.method == "POST":
        return _decided(request, Case.objects.filter(pk=case).first(), typed_in(request.POST), at=at)
    found = case_of(request, case)
    file = case_file(found, user=user, at=at)
    if file is None:
        return _gone(request, found, at=at)
    if not file.is_own and claim(case=found, moderator=user, at=at):
        found.claimed_by, found.claimed_at = user, at
    return _page(request, file, Typed(seen=file.seen), at=at)


def _decided(request: Request, case: Case | None, typed: Typed, *, at: datetime) -> HttpResponse:
    user = signed_in_user(request)
    if case is None:
        raise Http404
    file = case_file(case, user=user, at=at)
    if file is None:
        return _gone(request, case, at=at)
    if not decides(user=user, case=case, consultation=file.subject.consultation):
        return _not_any_more(request, typed)
    if request.POST.get("confirm") and file.second_look is not None:
        asked = file.second_look
        typed = Typed(asked.act, asked.ground, asked.facts, asked.passages, seen=typed.seen, read=typed.read)
    try:
        made = decide(
            case=case,
            act=typed.act,
            ground=typed.ground,
            facts=typed.facts_of_ground,
            moderator=user,
            at=at,
            passages=typed.all_passages,
            criticises=typed.criticises,
            seen=typed.seen,
            read=typed.read,
            until=file.appeal.decision.until if file.appeal is not None and typed.act == Act.SUSPEND else None,
        )
    except DecidedMeanwhile as refusal:
        typed.seen = refusal.decision.pk
        return _page(request, file, typed, at=at, refusal=refusal, theirs=refusal.decision)
    except NotAModerator:
        return _not_any_more(request, typed)
    except Refusal as refusal:
        return _page(request, file, typed, at=at, refusal=refusal)
    following = next_case(user, at=at, after=case)
    address = reverse("desk_case", args=[following.pk]) if following else reverse("desk_moderation")
    if isinstance(made, Decision):
        return redirect(f"{address}?{urlencode({'fait': made.pk})}")
    messages.info(request, _("Your view is noted. A second person has to confirm; until then the text stays online."))
    return redirect(address)


def _page(
    request: Request,
    file: CaseFile,
    typed: Typed,
    *,
    at: datetime,
    refusal: Refusal | None = None,
    theirs: Decision | None = None,
) -> HttpResponse:
    user = signed_in_user(request)
    ways = ways_with(file)
    kind, title = kind_and_place(file.subject)
    place, before, after = neighbours(file.case, user=user)
    context = framed(
        request,
        at=at,
        file=file,
        case=file.case,
        subject=file.subject,
        kind=kind,
        title=title,
        ways=ways,
        grounds=_all_grounds(ways),
        takes_away=any(way.takes_away for way in ways),
        typed=typed,
        prefilled=typed.facts or _likely_facts(file, ways),
        colleagues=who_else_decides(file.case, user=user) if _waits_for_another(file) else [],
        queue=lines_beside(user, at=at),
        place=place,
        before=before,
        after=after,
        tone=tone(file.subject.proposal.challenge.theme) if file.subject.proposal else "",
        elapsed=_elapsed(file.case, at=at),
        refusal=refusal,
        theirs=theirs,
    )
    return render(request, "moderation/backoffice/case.html", context, status=refusal.status if refusal else 200)


def _all_grounds(ways: list[Way]) -> list[Ground]:
    """Those of the charter first."""
    found = {each.code: each for way in ways for each in way.grounds}
    return sorted(found.values(), key=lambda each: each.is_law)


def _waits_for_another(file: CaseFile) -> bool:
    asked, appeal = file.second_look, file.appeal
    return file.is_own or bool(
        (asked is not None and asked.asked_by_id == file.user.pk)
        or (appeal is not None and appeal.decision.is_by(file.user))
    )


def _likely_facts(file: CaseFile, ways: list[Way]) -> str:
    """Of the ground that goes with what brought the text here: the author reads them unless another is pressed."""
    first = next((way for way in ways if way.takes_away), next(iter(ways), None))
    return str(first.grounds[0].facts) if first else ""


def _elapsed(case: Case, *, at: datetime) -> int:
    """How much of the delay is over, as a part of the clock's line."""
    whole = (case.due_at - case.opened_at).total_seconds()
    part = (at - case.opened_at).total_seconds() / whole if whole > 0 else 1
    return round(CLOCK * min(max(part, 0), 1))


def _gone(request: Request, case: Case, *, at: datetime) -> HttpResponse:
    """Nothing is left to decide: it no longer waits."""
    case_of(request, case.pk)
    close_what_is_gone(cases=[case.pk], at=at)
    following = next_case(signed_in_user(request), at=at, after=case)
    context = framed(request, at=at, case=case, after=following)
    return render(request, "moderation/backoffice/gone.html", context, status=410)


def _not_any_more(request: Request, typed: Typed) -> HttpResponse:
    """Nothing was decided; what they wrote is shown, to be copied."""
    context = {"typed": typed, "role": signed_in_user(request).get_role_display()}
    return render(request, "moderation/backoffice/not_any_more.html", context, status=403)


@require_POST
@answers(Answers.READ_ONLY)
@for_whoever_decides
def take_back(request: Request) -> HttpResponse:
    """One decision, or all those of a moment ago: each by itself."""
    user, at = signed_in_user(request), timezone.now()
    found = list(Decision.objects.filter(pk__in=numbers(request.POST.getlist("decision"))).order_by("pk"))
    undone = 0
    for decision in found:
        try:
            undo_with_parts(decision=decision, moderator=user, at=at)
            undone += 1
        except Refusal as refusal:
            messages.warning(request, str(refusal.message))
    if undone:
        messages.success(request, _("Cancelled: nothing was sent."))
    if len(found) != 1:
        return redirect("desk_moderation")
    (decision,) = found
    if decision.kind == Kind.ACCOUNT and not decision.answers_id:
        return redirect("desk_account", person=decision.case.subject_id)
    return redirect("desk_case", case=decision.case_id)


@answers(Answers.READ_ONLY)
@for_moderators
def moderate(request: Request, kind: str, subject: int) -> HttpResponse:
    """From its public page, to the page of its case: nobody needs to have reported it."""
    if kind not in KINDS:
        raise Http404
    try:
        found = case_for(kind=KINDS[kind], pk=subject, at=timezone.now())
    except NothingToReport as gone:
        raise Http404 from gone
    return redirect("desk_case", case=case_of(request, found.pk).pk)
