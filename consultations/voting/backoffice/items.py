"""What is put to a vote, at the desk."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.permissions import role_required, signed_in_user
from common.meanwhile import ChangedMeanwhile, sent_again, theirs_beside
from common.refusals import Refusal
from consultations.framing.backoffice.chosen import of_consultation
from consultations.framing.models import Consultation
from consultations.outcomes.euros import AmountRefused
from consultations.voting.abilities import RUN_VOTES
from consultations.voting.backoffice.forms import ItemForm, ItemsForm, WithdrawForm
from consultations.voting.backoffice.votes import stands_page, vote_of, vote_page
from consultations.voting.models import Item, Vote
from consultations.voting.selectors.desk import projects_for, proposals_for
from consultations.voting.services.items import add_items, change_item, remove_item, withdraw_item

_FIELDS = ("title", "text", "cost", "neighbourhood")


def _item_of(found: Vote, number: int) -> Item:
    item = found.items.filter(number=number).first()
    if item is None:
        raise Http404
    item.vote = found
    return item


@role_required(RUN_VOTES)
@of_consultation
def add(request: HttpRequest, consultation: Consultation, number: int) -> HttpResponse:
    found = vote_of(consultation, number)
    if stands := stands_page(request, found, timezone.now()):
        return stands
    there = found.items.all()
    form = ItemsForm(
        request.POST if request.method == "POST" else None,
        proposals=proposals_for(consultation)
        .without_texts()
        .exclude(pk__in=there.filter(proposal__isnull=False).values("proposal"))
        .order_by("title", "pk"),
        projects=projects_for(consultation)
        .exclude(pk__in=there.filter(project__isnull=False).values("project"))
        .order_by("title", "pk"),
    )
    if form.is_valid():
        try:
            add_items(
                vote=found,
                proposals=form.chosen("proposals"),
                projects=form.chosen("projects"),
                by=signed_in_user(request),
                at=timezone.now(),
            )
        except Refusal as refusal:
            form.add_error(None, str(refusal.message))
        else:
            told = _("They are put to the vote. Give each its cost and its two sentences.")
            messages.success(
                request, told if found.has_budget else _("They are put to the vote. Give each its sentences.")
            )
            return redirect("desk_vote", consultation.slug, number)
    context = {"consultation": consultation, "vote": found, "form": form}
    return render(request, "voting/backoffice/items.html", context, status=422 if form.errors else 200)


@role_required(RUN_VOTES)
@of_consultation
def edit(request: HttpRequest, consultation: Consultation, number: int, item: int) -> HttpResponse:
    """Saved by somebody else meanwhile, their text stands beside what was typed."""
    found, conflict = _item_of(vote_of(consultation, number), item), None
    if stands := stands_page(request, found.vote, timezone.now()):
        return stands
    initial = {name: getattr(found, name) for name in _FIELDS} | {"revision": found.mark}
    form = ItemForm(request.POST if request.method == "POST" else None, initial=initial, place=found.neighbourhood)
    if form.is_valid():
        given = {"neighbourhood": found.neighbourhood, **form.cleaned_data}
        try:
            change_item(item=found, by=signed_in_user(request), at=timezone.now(), **given)
        except ChangedMeanwhile as meanwhile:
            form = ItemForm(sent_again(request, meanwhile.now.mark), place=meanwhile.now.neighbourhood)
            form.is_valid()
            conflict = {"fields": theirs_beside(form, {name: getattr(meanwhile.now, name) for name in _FIELDS})}
        except Refusal as refusal:
            field = "cost" if isinstance(refusal, AmountRefused) else getattr(refusal, "field", "")
            form.add_error(field or None, str(refusal.message))
        else:
            messages.success(request, _("“%(title)s” is changed.") % {"title": given["title"]})
            return redirect("desk_vote", consultation.slug, number)
    context = {"consultation": consultation, "vote": found.vote, "item": found, "form": form, "conflict": conflict}
    status = 409 if conflict else 422 if form.errors else 200
    return render(request, "voting/backoffice/item.html", context, status=status)


@require_POST
@role_required(RUN_VOTES)
@of_consultation
def remove(request: HttpRequest, consultation: Consultation, number: int, item: int) -> HttpResponse:
    found = _item_of(vote_of(consultation, number), item)
    try:
        remove_item(item=found, by=signed_in_user(request), at=timezone.now())
    except Refusal as refusal:
        return vote_page(request, found.vote, **refusal.answer)
    messages.success(request, _("“%(title)s” is no longer put to the vote.") % {"title": found.title})
    return redirect("desk_vote", consultation.slug, number)


@role_required(RUN_VOTES)
@of_consultation
def withdraw(request: HttpRequest, consultation: Consultation, number: int, item: int) -> HttpResponse:
    """Once the list stands: with the reason, which everybody reads."""
    found = _item_of(vote_of(consultation, number), item)
    form = WithdrawForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            withdraw_item(item=found, why=form.cleaned_data["why"], by=signed_in_user(request), at=timezone.now())
        except Refusal as refusal:
            form.add_error("why", str(refusal.message))
        else:
            messages.success(
                request, _("“%(title)s” is withdrawn. Whoever has voted already is told why.") % {"title": found.title}
            )
            return redirect("desk_vote", consultation.slug, number)
    context = {"consultation": consultation, "vote": found.vote, "item": found, "form": form}
    return render(request, "voting/backoffice/withdraw.html", context, status=422 if form.errors else 200)
