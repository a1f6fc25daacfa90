"""Taking what somebody of the team does: one's own on one's account, a colleague's on the page of the team."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.functions import FUNCTION, FunctionRefused, checked_function, revision_of_function, set_function
from accounts.models import User
from accounts.permissions import signed_in_user
from accounts.services import NotInTeam
from common.meanwhile import ChangedMeanwhile, sent_again, theirs_beside


class FunctionForm(forms.Form):
    function = FUNCTION.field(
        label=gettext_lazy("Function"),
        help_text=gettext_lazy(
            "For example: Head of participation. Everybody reads it beside the name. Empty: the role stands there."
        ),
        required=False,
    )
    revision = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, member: User, actor: User, **kwargs: Any) -> None:
        self.member, self.actor = member, actor
        kwargs["initial"] = {"function": member.function, "revision": revision_of_function(member)}
        kwargs["auto_id"] = f"id_{member.pk}_%s"  # the page of the team has one for each
        super().__init__(*args, **kwargs)

    def clean_function(self) -> str:
        try:
            return checked_function(self.cleaned_data["function"], member=self.member, actor=self.actor)
        except FunctionRefused as refusal:
            raise forms.ValidationError(refusal.message, code=refusal.code) from refusal


def take_function(request: HttpRequest, *, member: User, template: str, then: str) -> HttpResponse:
    """Keep it and go on; what does not go stands in the form of `template`."""
    actor = signed_in_user(request)
    form, conflict, status = FunctionForm(request.POST or None, member=member, actor=actor), None, 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                set_function(member_id=member.pk, actor=actor, **form.cleaned_data)
                messages.success(request, _("The function is saved."))
                return redirect(then)
            except NotInTeam as refusal:
                messages.warning(request, str(refusal.message))
                return redirect(then)
            except ChangedMeanwhile as meanwhile:
                now = meanwhile.now
                form = FunctionForm(sent_again(request, revision_of_function(now)), member=now, actor=actor)
                form.is_valid()
                conflict, status = {"fields": theirs_beside(form, {"function": now.function})}, meanwhile.status
    return render(request, template, {"form": form, "member": member, "conflict": conflict}, status=status)
