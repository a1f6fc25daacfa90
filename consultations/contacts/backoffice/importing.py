"""A spreadsheet of contacts at the desk: chosen, matched, looked at line by line, taken up; undone."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from accounts.permissions import role_required, signed_in_user
from common.limits import limited_by
from common.pictures import BoundedField
from common.refusals import Refusal
from common.templatetags.ui import figure
from common.text import shortened
from consultations.contacts.abilities import KEEP_CONTACTS
from consultations.contacts.enums import ContactKind
from consultations.contacts.limits import CONTACT_CHANGES
from consultations.contacts.models import ContactBatch
from consultations.contacts.reading import BYTES_MAX, TOO_HEAVY
from consultations.contacts.services import importing
from consultations.contacts.services.keeping import SOURCE

_A_PAGE, _SAMPLES = 100, 3
_LABELS = {
    "name": gettext_lazy("Name"),
    "email": gettext_lazy("E-mail address"),
    "person": gettext_lazy("Whom to ask for"),
    "phone": gettext_lazy("Telephone"),
    "address": gettext_lazy("Postal address"),
    "postcode": gettext_lazy("Postcode, if it has a column of its own"),
    "town": gettext_lazy("Town, if it has a column of its own"),
    "neighbourhood": gettext_lazy("Neighbourhood"),
    "kind": gettext_lazy("What is it?"),
    "note": gettext_lazy("Note for the team"),
}


class ListField(BoundedField):
    """A spreadsheet, whose size is said before it is sent."""

    heaviest, too_heavy = BYTES_MAX, TOO_HEAVY


class ListForm(forms.Form):
    file = ListField(
        label=gettext_lazy("Your list"),
        help_text=gettext_lazy("An .xlsx or .csv of 2 MB at most. Its first line names the columns."),
        widget=forms.ClearableFileInput({"accept": ".csv,.xlsx,text/csv"}),
        error_messages={
            "required": gettext_lazy("Choose a file."),
            "empty": gettext_lazy("This file is empty. Choose another one."),
        },
    )


class MatchForm(forms.Form):
    """One choice for each thing that a contact has: which column says it."""

    def __init__(self, data: Any = None, *, batch: ContactBatch) -> None:
        initial = {
            **{name: str(place) for name, place in batch.columns.items()},
            "usual": batch.kind,
            "source": batch.source,
        }
        super().__init__(data, initial=initial)
        heads = [(str(place), _head(batch, place)) for place in range(len(batch.lines[0]) - 1)]
        for name, label in _LABELS.items():
            self.fields[name] = forms.ChoiceField(
                label=label,
                required=name == "name",
                choices=[("", _("no column")), *heads],
                error_messages={
                    "required": _("Choose the column of the names."),
                    "invalid_choice": _("Choose a column."),
                },
            )
        self.fields["usual"] = forms.ChoiceField(
            label=_("What are those whose line does not say it?"), choices=ContactKind.choices
        )
        self.fields["source"] = SOURCE.field(
            label=_("Where does this list come from?"), help_text=_("Whoever is written to reads it.")
        )

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        taken: dict[str, str] = {}
        for name in _LABELS:
            if (place := data.get(name)) and place in taken:
                self.add_error(name, _("This column is already chosen for “%(label)s”.") % {"label": taken[place]})
            elif place:
                taken[place] = str(_LABELS[name])
        return data

    def given(self) -> dict[str, Any]:
        columns = {name: int(self.cleaned_data[name]) for name in _LABELS if self.cleaned_data[name]}
        return {"columns": columns, "kind": self.cleaned_data["usual"], "source": self.cleaned_data["source"]}


def _head(batch: ContactBatch, place: int) -> str:
    """Its name, and what stands in its first lines."""
    cells = [line[place + 1] for line in batch.lines[1 : _SAMPLES + 1] if place + 1 < len(line) and line[place + 1]]
    return shortened(f"{batch.lines[0][place + 1] or '–'}\u00a0: {', '.join(cells)}", 80)


def _batch_of(pk: int) -> ContactBatch:
    found = ContactBatch.objects.filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


@role_required(KEEP_CONTACTS)
@limited_by(CONTACT_CHANGES)
def start(request: HttpRequest) -> HttpResponse:
    form = ListForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            content = file.read(BYTES_MAX + 1)
            made = importing.start_batch(content=content, by=signed_in_user(request), at=timezone.now())
        except Refusal as refusal:
            form.add_error("file", str(refusal.message))
        else:
            return redirect("desk_contacts_batch", made.pk)
    batches = ContactBatch.objects.filter(done_at__isnull=False).select_related("made_by")[:_A_PAGE]
    context = {"form": form, "batches": batches}
    return render(request, "contacts/backoffice/import.html", context, status=422 if form.errors else 200)


@role_required(KEEP_CONTACTS)
@limited_by(CONTACT_CHANGES)
def batch(request: HttpRequest, pk: int) -> HttpResponse:
    """Which column is what; below, each line as it would be taken up."""
    found = _batch_of(pk)
    if found.done_at:
        return render(request, "contacts/backoffice/batch_done.html", {"batch": found})
    form = MatchForm(request.POST or None, batch=found)
    if request.method == "POST" and form.is_valid():
        try:
            importing.match_columns(batch=found, **form.given())
        except Refusal as refusal:
            form.add_error("name" if refusal.code == "contacts_column_missing" else "source", str(refusal.message))
        else:
            return redirect("desk_contacts_batch", pk)
    lines = importing.lines_of(found) if found.source else []
    page = Paginator([each for each in lines if not each.is_new] + [each for each in lines if each.is_new], _A_PAGE)
    context = {
        "batch": found,
        "form": form,
        "is_matched": bool(found.source),
        "page": page.get_page(request.GET.get("page")),
        "new": sum(each.is_new for each in lines),
        "there": sum(bool(each.there) and not each.problems for each in lines),
        "wrong": sum(bool(each.problems) for each in lines),
    }
    return render(request, "contacts/backoffice/batch.html", context, status=422 if form.errors else 200)


@require_POST
@role_required(KEEP_CONTACTS)
@limited_by(CONTACT_CHANGES)
def take_up(request: HttpRequest, pk: int) -> HttpResponse:
    try:
        count = importing.take_up(batch=_batch_of(pk), by=signed_in_user(request), at=timezone.now())
    except Refusal as refusal:
        messages.warning(request, str(refusal.message))
    else:
        told = ngettext("%(count)s contact is added.", "%(count)s contacts are added.", count)
        messages.success(request, told % {"count": figure(count)})
    return redirect("desk_contacts_batch", pk)


@require_POST
@role_required(KEEP_CONTACTS)
@limited_by(CONTACT_CHANGES)
def undo(request: HttpRequest, pk: int) -> HttpResponse:
    gone, left = importing.undo(batch=_batch_of(pk), by=signed_in_user(request), at=timezone.now())
    told = ngettext("%(count)s contact is taken away again.", "%(count)s contacts are taken away again.", gone)
    said = told % {"count": figure(gone)}
    if left:
        stays = ngettext(
            "%(count)s stays: it was changed or written to since.",
            "%(count)s stay: they were changed or written to since.",
            left,
        )
        said = f"{said} {stays % {'count': figure(left)}}"
    messages.success(request, said)
    return redirect("desk_contacts_batch", pk)
