"""Views of the list of contributions that somebody keeps: saved from the list, arranged on a page of their own."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import User
from accounts.permissions import role_required, signed_in_user
from common.refusals import Answer, Refusal
from common.requests import Request
from common.states import Answers, answers
from common.templatetags.ui import row_of_names
from consultations.participation.abilities import READ_CONTRIBUTIONS
from consultations.participation.backoffice.sifting import SORT_WORDS, SiftForm
from consultations.participation.models import SavedView
from consultations.participation.selectors.contributions import NEWEST
from consultations.participation.selectors.saved_views import views_of
from consultations.participation.services import saved_views
from consultations.participation.services.saved_views import VIEW_NAME, ViewGone, may_arrange

_OWN, _TEAM = "moi", "equipe"


class NameForm(forms.Form):
    nom = VIEW_NAME.field(label=gettext_lazy("Name of the view"))


class SaveForm(NameForm):
    qui = forms.ChoiceField(
        label=gettext_lazy("For whom"),
        choices=[(_OWN, gettext_lazy("For me alone")), (_TEAM, gettext_lazy("For the whole team"))],
        widget=forms.RadioSelect,
        initial=_OWN,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(READ_CONTRIBUTIONS)
def save_view(request: Request) -> HttpResponse:
    """The filters and columns of the address, under a name."""
    user, asked = signed_in_user(request), SiftForm(request.GET)
    asked.is_valid()
    form = SaveForm(request.POST or None, initial={"qui": _OWN})
    answer: Answer = {"notice": "", "status": 422 if request.method == "POST" else 200}
    if asked.errors:
        answer = {
            "notice": _("One of the filters cannot be read: mend it in the list, then save the view."),
            "status": 422,
        }
    elif request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            view = saved_views.save_view(
                actor=user, name=given["nom"], query=asked.asked(), is_shared=given["qui"] == _TEAM
            )
        except Refusal as refusal:
            answer = refusal.answer
        else:
            messages.success(request, _("The view “%(name)s” is saved.") % {"name": view.name})
            return redirect(f"{reverse('desk_contributions')}?vue={view.pk}")
    context = {"form": form, "asked": asked.asked(), **_said_of(asked), "notice": answer["notice"]}
    return render(request, "participation/backoffice/save_view.html", context, status=answer["status"])


def _said_of(asked: SiftForm) -> dict[str, Any]:
    sort = asked.cleaned_data.get("tri") or NEWEST
    columns = [str(label) for key, label, _is_on in asked.column_choices() if key in asked.columns]
    return {"active": asked.active(), "sort": SORT_WORDS[sort], "columns": row_of_names(columns)}  # type: ignore[arg-type]


@require_safe
@answers(Answers.READ_ONLY)
@role_required(READ_CONTRIBUTIONS)
def arrange_views(request: Request) -> HttpResponse:
    return _page(request, signed_in_user(request))


def _page(
    request: Request, user: User, *, wrong: int = 0, form: NameForm | None = None, status: int = 200
) -> HttpResponse:
    """`wrong`: the view whose new name, in the form, is refused."""
    rows = [_row(view, user, form if view.pk == wrong else None) for view in views_of(user)]
    return render(request, "participation/backoffice/arrange_views.html", {"rows": rows}, status=status)


def _row(view: SavedView, user: User, form: NameForm | None) -> dict[str, Any]:
    shown = form or NameForm(initial={"nom": view.name}, auto_id=f"vue_{view.pk}_%s")
    return {"view": view, "form": shown, "may_arrange": may_arrange(view, user), "is_own": view.owner_id == user.pk}


@require_POST
@role_required(READ_CONTRIBUTIONS)
def rename_view(request: Request, pk: int) -> HttpResponse:
    user, form = signed_in_user(request), NameForm(request.POST, auto_id=f"vue_{pk}_%s")
    if not any(may_arrange(view, user) for view in views_of(user).filter(pk=pk)):
        return _gone(request, ViewGone())
    seen, status = request.POST.get("seen", ""), 422
    if form.is_valid():
        try:
            view = saved_views.rename_view(actor=user, pk=pk, name=form.cleaned_data["nom"], seen=seen)
        except ViewGone as gone:
            return _gone(request, gone)
        except Refusal as refusal:
            form.add_error("nom", str(refusal.message))
            status = refusal.status
        else:
            messages.success(request, _("The view is now called “%(name)s”.") % {"name": view.name})
            return redirect("desk_views")
    return _page(request, user, wrong=pk, form=form, status=status)


@require_POST
@role_required(READ_CONTRIBUTIONS)
def delete_view(request: Request, pk: int) -> HttpResponse:
    try:
        view = saved_views.delete_view(actor=signed_in_user(request), pk=pk)
    except ViewGone as gone:
        return _gone(request, gone)
    messages.success(request, _("The view “%(name)s” is deleted. No contribution is.") % {"name": view.name})
    return redirect("desk_views")


def _gone(request: Request, gone: ViewGone) -> HttpResponse:
    messages.warning(request, str(gone.message))
    return _page(request, signed_in_user(request), status=gone.status)
