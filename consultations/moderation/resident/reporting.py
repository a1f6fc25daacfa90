"""To report, in two screens: why, then what to look at. Signed in or not."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.mailboxes import mailbox_of
from accounts.permissions import has_second_factor, user_of
from common.db import connection
from common.limits import Limit, TooMany, consume, give_back, limited_by, network_of
from common.refusals import Refusal
from common.requests import Request
from common.states import Answers, answers
from common.text import whole_number
from common.visitors import client_address
from consultations.framing.context import remember
from consultations.framing.models import Consultation
from consultations.framing.selectors import calendar_of
from consultations.moderation.enums import Kind, Reason
from consultations.moderation.limits import (
    GRAVE_REPORTS_OF_TEXT,
    RECEIPTS,
    REPORTS,
    REPORTS_OF_TEXT,
    UNSIGNED_REPORTS,
)
from consultations.moderation.models import Report
from consultations.moderation.resident.forms import ReportForm
from consultations.moderation.rules import DELAY, DELAYS
from consultations.moderation.selectors.places import still_read
from consultations.moderation.services.refusals import NothingToReport, ReportedAlready, ReportedNearby
from consultations.moderation.services.reporting import is_grave, report, reportable
from consultations.moderation.subjects import KINDS, Subject, subject_of
from consultations.participation.models import Picture, Proposal

# What each reason is, for who has to choose.
REASONS = {
    Reason.PERSONAL: _("a name, a number, an address, a photo"),
    Reason.INSULT: _("against a person or a group"),
    Reason.ADVERTISING: _("a sale, a link, a campaign"),
    Reason.OFF_TOPIC: _("without connection, or published several times"),
    Reason.ILLEGAL: _("threat, defamation, forgery…"),
    Reason.OTHER: _("you write it on the next screen"),
}
TITLES = {
    Kind.PROPOSAL: _("Report a proposal"),
    Kind.ARGUMENT: _("Report an argument"),
    Kind.REPLY: _("Report a reply"),
    Kind.ANSWER: _("Report what authors answered"),
    Kind.OFFICIAL: _("Report an answer of the authority"),
    Kind.PICTURE: _("Report a picture"),
    Kind.NAME: _("Report a name"),
}
_MADE = "reports_made"
_REMEMBERED = 20


@answers(Answers.READ_ONLY)
@limited_by(REPORTS)
def report_it(request: Request, kind: str, subject: int, *, name: bool = False) -> HttpResponse:
    """Choose a reason; then say more, and send. `kind` as in addresses; `name`: that of who wrote it."""
    if kind not in KINDS:
        raise Http404
    try:
        stands, found = _found(request, KINDS[kind], subject, name=name)
    except Refusal as refusal:
        return _not_reported(request, refusal, subject_of(KINDS[kind], subject))
    _of_its_consultation(request, stands.consultation)
    reason = request.POST.get("raison") or request.GET.get("raison", "")
    if reason not in Reason.values:
        return _first_screen(request, stands, found, kind)
    version = _version(request, found)
    begun = str(_("Version %(number)s:") % {"number": version}) + " "
    initial = {"words": begun} if version else {}
    form = ReportForm(request.POST or None, initial=initial, reason=reason, signed_in=user_of(request) is not None)
    notice, status = "", 422 if form.is_bound else 200
    if request.method == "POST" and form.is_valid():
        try:
            with _counted(request, found, reason=reason, said=form.cleaned_data):
                made = report(
                    kind=found.kind,
                    pk=found.pk,
                    reason=reason,
                    reporter=user_of(request),
                    at=timezone.now(),
                    **form.cleaned_data,
                )
        except Refusal as refusal:
            notice, status = str(refusal.message), refusal.status
        else:
            _remember(request, made, stands.url)
            return redirect("reported", report=made.pk)
    context = {
        **_about(stands, found),
        "version": version,
        "reason": Reason(reason),
        "is_illegal": reason == Reason.ILLEGAL,
        "hours": int(DELAYS.get(Reason(reason), DELAY).total_seconds()) // 3600,
        "form": form,
        "notice": notice,
    }
    return render(request, "moderation/resident/report_more.html", context, status=status)


def _of_its_consultation(request: Request, found: Consultation | None) -> None:
    """The header names the one that the text belongs to, not the home's."""
    if found is not None:
        remember(request, found)


def _version(request: HttpRequest, found: Subject) -> int:
    """Of a proposal, the earlier version that is pointed at; 0: the present one."""
    number = whole_number(request.GET.get("version", ""))
    return number if found.kind == Kind.PROPOSAL and number < found.row.version else 0


def _found(request: Request, kind: Kind, pk: int, *, name: bool) -> tuple[Subject, Subject]:
    """Where it stands, and what is reported: that, or the name of who wrote it. Raises what `reportable` does, and
    ReportedAlready for what the same person, or the same browser, has reported."""
    user = user_of(request)
    stands = found = reportable(kind, pk, by=user)
    if name:
        if stands.author is None:
            raise NothingToReport
        found = reportable(Kind.NAME, stands.author.pk, by=user)
    waiting = Report.objects.filter(answered_at=None, case__kind=found.kind, case__subject_id=found.pk)
    theirs = waiting.filter(reporter=user) if user else waiting.filter(pk__in=[each[0] for each in _made(request)])
    if request.method == "GET" and theirs.exists():
        raise ReportedAlready
    return stands, found


@contextmanager
def _counted(request: Request, found: Subject, *, reason: str, said: dict[str, Any]) -> Iterator[None]:
    """Without an account, networks stand for people: one report of a text from each, a few of what is grave.

    What is refused then is not counted. Raises ReportedNearby, TooMany.
    """
    if user_of(request) is not None:
        yield
        return
    network = f"{connection.schema_name}|{network_of(client_address(request))}"
    text = f"{network}|{found.kind}|{found.pk}"
    grave = is_grave(reason, about_children=bool(said.get("about_children")))
    with ExitStack() as counts:
        try:
            of_text = _taken(GRAVE_REPORTS_OF_TEXT, text) if grave else _taken(REPORTS_OF_TEXT, text)
            counts.enter_context(of_text)
        except TooMany as refusal:
            raise ReportedNearby from refusal
        if not grave:
            counts.enter_context(_taken(UNSIGNED_REPORTS, network))
        if said.get("email"):
            counts.enter_context(_taken(RECEIPTS, mailbox_of(said["email"])))
        yield


@contextmanager
def _taken(limit: Limit, key: str) -> Iterator[None]:
    """Counted, unless what follows is refused. Raises TooMany."""
    consume(limit, key=key)
    try:
        yield
    except Refusal:
        give_back(limit, key=key)
        raise


def _first_screen(request: Request, stands: Subject, found: Subject, kind: str) -> HttpResponse:
    proposal = stands.proposal
    others = []
    if found is stands:
        if stands.kind == Kind.PROPOSAL and proposal and proposal.picture_id and not proposal.picture_hidden:
            others.append((_("It is the picture that is wrong"), reverse("report", args=["image", stands.pk])))
        if stands.kind not in (Kind.PICTURE, Kind.OFFICIAL) and stands.author is not None and stands.author.public_name:
            others.append((_("It is the name that is wrong"), reverse("report_name", args=[kind, stands.pk])))
    context = {
        **_about(stands, found),
        "version": _version(request, found),
        "reasons": [(each.value, each.label, hint) for each, hint in REASONS.items()],
        "others": others,
        "may_argue": proposal is not None
        and found is stands
        and stands.kind != Kind.PICTURE
        and calendar_of(proposal.challenge.consultation, at=timezone.now()).may_argue,
    }
    return render(request, "moderation/resident/report.html", context)


def _about(stands: Subject, found: Subject) -> dict[str, Any]:
    picture = None
    if found.kind == Kind.PICTURE and found.proposal is not None:
        picture = Picture.objects.only("digest", "width", "height").get(pk=found.proposal.picture_id or 0)
    return {"subject": found, "stands": stands, "heading": TITLES[found.kind], "picture": picture}


def _not_reported(request: Request, refusal: Refusal, there: Subject | None) -> HttpResponse:
    """What was decided meanwhile, what is gone, what is one's own, what was reported before: politely."""
    is_readable = there is not None and there.is_public and refusal.status != 404
    if there is not None and is_readable:
        _of_its_consultation(request, there.consultation)
    context = {
        "notice": refusal.message,
        "code": refusal.code,
        "back": there.url if there is not None and is_readable else "",
    }
    return render(request, "moderation/resident/not_reported.html", context, status=refusal.status)


def _made(request: HttpRequest) -> list[list[Any]]:
    """What was reported in this browser: (number, where it stands)."""
    made: list[list[Any]] = request.session.get(_MADE, [])
    return made


def _remember(request: HttpRequest, made: Report, url: str) -> None:
    request.session[_MADE] = [*_made(request), [made.pk, url]][-_REMEMBERED:]


def reported(request: Request, report: int) -> HttpResponse:
    """What comes next. Only for who made it, in the same browser."""
    back = dict(_made(request)).get(report)
    made = Report.objects.select_related("case__consultation").filter(pk=report).first() if back else None
    if made is None:
        raise Http404
    _of_its_consultation(request, made.case.consultation)
    context = {"report": made, "back": back, "will_hear": bool(made.email or made.reporter_id)}
    return render(request, "moderation/resident/reported.html", context)


def hidden_picture(request: Request, proposal: int) -> HttpResponse:
    """A picture that moderation has hidden, or that waits to be read with its proposal, for its authors
    and for whoever moderates. Nobody else's business: 404.
    """
    user = user_of(request)
    proved = user is not None and has_second_factor(request)
    if user is None or (Kind.PICTURE, proposal) not in still_read(proposal=proposal, user=user, proved=proved):
        raise Http404
    shown = Proposal.objects.filter(pk=proposal).values("picture")
    content = Picture.objects.filter(pk__in=shown).values_list("content", flat=True).first()
    if content is None:
        raise Http404
    return HttpResponse(bytes(content), content_type="image/jpeg", headers={"Cache-Control": "no-store"})
