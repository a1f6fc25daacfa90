"""The desk's campaigns: written, looked at as one of those who get them, counted."""

from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.models import User
from accounts.permissions import role_required, signed_in_user
from common.differences import Piece
from common.limits import limited_by
from common.meanwhile import ChangedMeanwhile, sent_again, theirs_beside
from common.refusals import Refusal
from common.sent_before import SentBefore, as_another
from common.templatetags.ui import figure
from consultations.animation import selectors
from consultations.animation.abilities import RUN_CAMPAIGNS
from consultations.animation.backoffice.forms import CampaignForm, SendForm, group_of, words_of
from consultations.animation.limits import CAMPAIGN_CHANGES
from consultations.animation.models import Campaign
from consultations.animation.selectors import mark_seen, people_of, shown_totals
from consultations.animation.services.composing import composed, for_person
from consultations.animation.services.planning import AT_MOST_AHEAD
from consultations.animation.services.refusals import AlreadyDecided
from consultations.animation.services.writing import change_campaign, create_campaign

_A_PAGE = 100


def campaign_of(pk: int) -> Campaign:
    found = Campaign.objects.filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


@require_safe
@role_required(RUN_CAMPAIGNS)
def campaigns(request: HttpRequest) -> HttpResponse:
    page = Paginator(selectors.campaigns(), _A_PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "rows": selectors.listed(page.object_list)}
    return render(request, "animation/backoffice/campaigns.html", context)


@role_required(RUN_CAMPAIGNS)
@limited_by(CAMPAIGN_CHANGES)
def new(request: HttpRequest) -> HttpResponse:
    form = CampaignForm(request.POST or None, initial={"body": "{bonjour}\n\n\n\n{lien}"})
    there = None
    if request.method == "POST" and form.is_valid():
        key = form.cleaned_data["form"]
        try:
            made = create_campaign(by=signed_in_user(request), at=timezone.now(), form=key, **form.given())
        except SentBefore as refusal:
            form, there = CampaignForm(as_another(request)), refusal.made
            _beside(form, refusal)
        except Refusal as refusal:
            _beside(form, refusal)
        else:
            messages.success(request, _("The campaign is prepared. Nothing leaves until you send it."))
            return redirect("desk_campaign", made.pk)
    return _form_page(request, form, there=there)


@role_required(RUN_CAMPAIGNS)
@limited_by(CAMPAIGN_CHANGES)
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Saved by somebody else meanwhile, their words stand beside what was typed."""
    found = campaign_of(pk)
    if request.method != "POST" and not found.is_draft:
        messages.warning(request, str(AlreadyDecided.message))
        return redirect("desk_campaign", pk)
    if request.method != "POST":
        return _form_page(request, CampaignForm(initial={**_kept(found), "revision": found.revision}), found=found)
    form, conflict = CampaignForm(request.POST), None
    if form.is_valid():
        try:
            revision = form.cleaned_data["revision"]
            change_campaign(campaign=found, revision=revision, by=signed_in_user(request), **form.given())
        except ChangedMeanwhile as meanwhile:
            form = CampaignForm(sent_again(request, meanwhile.now.revision))
            form.is_valid()
            conflict = {"fields": _theirs(form, meanwhile.now)}
        except Refusal as refusal:
            _beside(form, refusal)
        else:
            messages.success(request, _("The campaign is changed."))
            return redirect("desk_campaign", pk)
    return _form_page(request, form, found=found, conflict=conflict)


def _theirs(form: CampaignForm, now: Campaign) -> list[Any]:
    kept = _kept(now)
    group, typed = kept.pop("group"), form.cleaned_data.get("group", "")
    fields: list[Any] = theirs_beside(form, kept)
    if typed and typed != group:
        pieces = [Piece("removed", words_of(group)), Piece("added", words_of(typed), gap=True)]
        fields.insert(0, (str(form.fields["group"].label), pieces))
    return fields


def _kept(found: Campaign) -> dict[str, Any]:
    return {"group": group_of(found.segment, found.value), "subject": found.subject, "body": found.body}


def _beside(form: CampaignForm, refusal: Refusal) -> None:
    field = getattr(refusal, "field", "")
    form.add_error("group" if field == "segment" else field or None, str(refusal.message))


def _form_page(
    request: HttpRequest,
    form: CampaignForm,
    *,
    found: Campaign | None = None,
    conflict: Any = None,
    there: Campaign | None = None,
) -> HttpResponse:
    """`there`: what this form has made before."""
    status = 409 if conflict else 422 if form.errors else 200
    context = {"form": form, "campaign": found, "conflict": conflict, "there": there}
    return render(request, "animation/backoffice/campaign_edit.html", context, status=status)


@require_safe
@role_required(RUN_CAMPAIGNS)
def campaign(request: HttpRequest, pk: int) -> HttpResponse:
    return campaign_page(request, campaign_of(pk))


def campaign_page(
    request: HttpRequest, found: Campaign, *, form: SendForm | None = None, notice: str = "", status: int = 200
) -> HttpResponse:
    """Of a draft: whom it would reach, and sending it. Else what became of it; asked by htmx, that part alone."""
    context: dict[str, Any] = {
        "campaign": found,
        "audience": selectors.audience_of(found),
        "notice": notice,
        "totals": shown_totals([found])[found.pk],
        "is_part": bool(request.headers.get("HX-Request")),
        "plans_ahead": AT_MOST_AHEAD,
        "is_secret": selectors.is_secret(found),
        "key": uuid4(),
    }
    if found.is_draft:
        people = list(people_of(found).values_list("pk", flat=True))
        shown = {"seen": mark_seen(found, people), "revision": found.revision}
        given = form or SendForm(initial=shown)
        if form is not None:  # what is looked at now is what the next press is about
            given.data = {**form.data.dict(), **shown}  # type: ignore[attr-defined]
        is_few = context["is_secret"] and 0 <= len(people) < selectors.FEW
        count = selectors.at_least(len(people)) if context["is_secret"] else len(people)
        shown_count = selectors.in_words(count) if context["is_secret"] else figure(count)
        context |= {"count": count, "shown_count": shown_count, "form": given, "is_few": is_few}
    template = "_standing" if context["is_part"] else "campaign"
    return render(request, f"animation/backoffice/{template}.html", context, status=status)


@require_safe
@role_required(RUN_CAMPAIGNS)
def people(request: HttpRequest, pk: int) -> HttpResponse:
    """Exactly who is written to, by the names that everybody sees; of a secret group, nobody."""
    found = campaign_of(pk)
    if selectors.is_secret(found):
        raise Http404
    page = Paginator(people_of(found), _A_PAGE).get_page(request.GET.get("page"))
    return render(request, "animation/backoffice/people.html", {"campaign": found, "page": page})


@require_safe
@role_required(RUN_CAMPAIGNS)
def preview(request: HttpRequest, pk: int) -> HttpResponse:
    """As one of those who get it: the first of the list, then the others in turn; of a secret group, as somebody."""
    found = campaign_of(pk)
    is_secret = selectors.is_secret(found)
    people = User.objects.none() if is_secret else people_of(found)
    page = Paginator(people, 1).get_page(request.GET.get("page"))
    person = None if is_secret else next(iter(page.object_list), signed_in_user(request))
    made = composed(found, city=request.tenant)  # type: ignore[attr-defined]
    body, _html = for_person(made, public_name=person.public_name if person else "", link="…")
    context = {"campaign": found, "page": page, "person": person, "made": made, "body": body, "is_secret": is_secret}
    return render(request, "animation/backoffice/preview.html", context)
