"""One text for several proposals, with a sentence for each: each is published as an answer of its own."""

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import ngettext

from accounts.permissions import role_required, signed_in_user
from common.meanwhile import ChangedMeanwhile
from common.refusals import Refusal
from common.requests import Request
from common.templatetags.ui import figure
from consultations.framing.backoffice.chosen import of_consultation
from consultations.framing.models import Consultation
from consultations.outcomes.abilities import PREPARE_ANSWERS
from consultations.outcomes.backoffice.forms import TogetherForm
from consultations.outcomes.backoffice.listing import chosen_in, none_chosen, say_at
from consultations.outcomes.backoffice.words import given_to_sign
from consultations.outcomes.models import Answer
from consultations.outcomes.selectors.desk import Row
from consultations.outcomes.services.refusals import AnswerIncomplete, NewVersion, NotAble
from consultations.outcomes.services.writing import write_answers
from consultations.participation.models import Proposal


@role_required(PREPARE_ANSWERS)
@of_consultation
def together(request: Request, consultation: Consultation) -> HttpResponse:
    chosen = chosen_in(request, consultation)
    if not chosen:
        return none_chosen(request, consultation)
    if request.method != "POST":
        return _page(request, consultation, chosen, TogetherForm(chosen=chosen))
    form = TogetherForm(request.POST, chosen=chosen)
    gives = request.POST.get("do") == "give"
    if not form.is_valid():
        return _page(request, consultation, chosen, form)
    try:
        write_answers(
            consultation=consultation,
            texts=form.texts(),
            revisions=form.revisions(),
            seen=form.versions() if gives else None,
            actor=signed_in_user(request),
            at=timezone.now(),
            signer_id=form.cleaned_data["signer"],
            gives=gives,
        )
    except ChangedMeanwhile as refusal:
        return _again(request, consultation, chosen, refusal.now)
    except NewVersion as refusal:
        return _newer(request, consultation, chosen, refusal)
    except Refusal as refusal:
        _say(form, refusal)
        return _page(request, consultation, chosen, form, status=refusal.status)
    keys = [each.proposal.pk for each in chosen]
    messages.success(request, given_to_sign(keys) if gives else _kept(len(keys)))
    return redirect("desk_answers", consultation.slug)


def _kept(count: int) -> str:
    said = ngettext("The draft of %(count)s answer is kept.", "The drafts of %(count)s answers are kept.", count)
    return said % {"count": figure(count)}


def _again(request: Request, consultation: Consultation, chosen: list[Row], now: dict[int, Answer]) -> HttpResponse:
    """What somebody else wrote to some of them stands beside what was typed; sending it once more is a decision."""
    data = request.POST.copy()
    for pk, answer in now.items():
        data[f"revision-{pk}"] = str(answer.revision)
    changed = [(each.proposal, now[each.proposal.pk]) for each in chosen if each.proposal.pk in now]
    return _page(request, consultation, chosen, TogetherForm(data, chosen=chosen), changed=changed, status=409)


def _newer(request: Request, consultation: Consultation, chosen: list[Row], refusal: NewVersion) -> HttpResponse:
    """A proposal has another version, which stands beside what was typed; sending it once more is a decision."""
    data = request.POST.copy()
    for each in chosen:
        data[f"version-{each.proposal.pk}"] = str(each.proposal.version)
    form = TogetherForm(data, chosen=chosen)
    _say(form, refusal)
    return _page(request, consultation, chosen, form, status=refusal.status)


def _say(form: TogetherForm, refusal: Refusal) -> None:
    if not isinstance(refusal, AnswerIncomplete):
        say_at(form, refusal, {NotAble: "signer"})
        return
    for name, words in refusal.fields.items():
        own = [each for each in form.fields if each.startswith("own-" if name == "own_words" else f"{name}-")]
        field = name if name in form.fields else own[0] if own else None
        form.add_error(field, forms.ValidationError(words, code=refusal.code))


def _page(
    request: Request,
    consultation: Consultation,
    chosen: list[Row],
    form: TogetherForm,
    *,
    changed: list[tuple[Proposal, Answer]] | None = None,
    status: int = 0,
) -> HttpResponse:
    context = {
        "consultation": consultation,
        "chosen": chosen,
        "opinions": [(each.proposal, opinion) for each in chosen for opinion in each.opinions],
        "today": timezone.localdate(),
        "form": form,
        "changed": changed or [],
    }
    status = status or (422 if form.errors else 200)
    return render(request, "outcomes/backoffice/together.html", context, status=status)
