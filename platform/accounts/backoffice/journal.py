"""The city's desk: who did what, and when. Administrators only."""

from django import forms
from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.http import require_safe

from accounts import selectors
from accounts.abilities import READ_JOURNAL
from accounts.journal import EVERYBODY, journal
from accounts.permissions import role_required
from common.dates import DayField
from common.requests import Request
from common.text import whole_number
from common.trail import labels


class JournalForm(forms.Form):
    qui = forms.ChoiceField(label=_("Who"), required=False, widget=forms.Select(attrs={"class": "form-select"}))
    quoi = forms.ChoiceField(label=_("What"), required=False, widget=forms.Select(attrs={"class": "form-select"}))
    du = DayField(
        label=pgettext_lazy("day", "From"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date", "class": "form-control"}),
    )
    au = DayField(
        label=pgettext_lazy("day", "Until"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date", "class": "form-control"}),
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        members = [(str(each.pk), each.public_name or each.email) for each in selectors.team()]
        ours = _("The team and %(service)s") % {"service": settings.SERVICE_NAME}
        self.fields["qui"].choices = [("", ours), (EVERYBODY, _("Everybody")), *members]  # type: ignore[attr-defined]
        # What has happened here, and what the address asks for.
        happened = {*selectors.actions_on_record(), self.data.get("quoi", "")}
        actions = sorted(
            ((code, str(words)) for code, words in labels.items() if code in happened), key=lambda each: each[1]
        )
        self.fields["quoi"].choices = [("", _("Everything")), *actions]  # type: ignore[attr-defined]


@require_safe
@role_required(READ_JOURNAL)
def desk_trail(request: Request) -> HttpResponse:
    """The last first; what cannot be read in the address is said at its field, and the rest is shown."""
    form = JournalForm(request.GET)
    status = 200 if form.is_valid() else 422
    wanted = form.cleaned_data
    shown = journal(
        person=wanted.get("qui", ""),
        action=wanted.get("quoi", ""),
        since=wanted.get("du"),
        until=wanted.get("au"),
        before=whole_number(request.GET.get("avant", "")) or 0,
    )
    asked = request.GET.copy()
    asked.pop("avant", None)
    context = {"form": form, "journal": shown, "asked": asked.urlencode(), "narrowed": any(wanted.values())}
    return render(request, "accounts/backoffice/journal.html", context, status=status)
