"""The address book at the desk: found, added, changed, and what was said with whom."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.permissions import role_required, signed_in_user
from common.limits import limited_by
from common.meanwhile import ChangedMeanwhile, sent_again, theirs_beside
from common.refusals import Refusal
from common.sent_before import SentBefore, as_another
from consultations.contacts import selectors
from consultations.contacts.abilities import KEEP_CONTACTS
from consultations.contacts.backoffice.forms import ContactForm, ExchangeForm, SiftForm
from consultations.contacts.limits import CONTACT_CHANGES
from consultations.contacts.models import Contact
from consultations.contacts.services import keeping
from consultations.contacts.services.noting import note_exchange
from consultations.contacts.services.refusals import AddressThere, NameThere

_A_PAGE = 50


def contact_of(pk: int) -> Contact:
    found = Contact.objects.filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


@require_safe
@role_required(KEEP_CONTACTS)
def contacts(request: HttpRequest) -> HttpResponse:
    form = SiftForm(request.GET)
    found = selectors.contacts(kind=form.value("quoi"), challenge=form.value("defi"), words=form.value("q"))
    page = Paginator(found, _A_PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "page": page,
        "rows": selectors.listed(page.object_list),
        "is_sifted": any(form.cleaned_data.values()),
    }
    return render(request, "contacts/backoffice/contacts.html", context)


@role_required(KEEP_CONTACTS)
@limited_by(CONTACT_CHANGES)
def new(request: HttpRequest) -> HttpResponse:
    form = ContactForm(request.POST or None, initial={"source": _("Known to our services")})
    there = None
    if request.method == "POST" and form.is_valid():
        try:
            key = form.cleaned_data["form"]
            made = keeping.add_contact(by=signed_in_user(request), at=timezone.now(), form=key, **form.given())
        except SentBefore as refusal:
            form, there = ContactForm(as_another(request)), refusal.made
            _beside(form, refusal)
        except Refusal as refusal:
            there = _beside(form, refusal)
        else:
            messages.success(request, _("“%(name)s” is in the address book.") % {"name": made.name})
            return redirect("desk_contact", made.pk)
    return _form_page(request, form, there=there)


@role_required(KEEP_CONTACTS)
@limited_by(CONTACT_CHANGES)
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Saved by somebody else meanwhile, their words stand beside what was typed."""
    found = contact_of(pk)
    if request.method != "POST":
        form = ContactForm(initial={**_kept(found), "revision": found.revision}, before=found.neighbourhood)
        return _form_page(request, form, found=found)
    form, conflict, there = ContactForm(request.POST, before=found.neighbourhood), None, None
    if form.is_valid():
        try:
            revision = form.cleaned_data["revision"]
            keeping.change_contact(
                contact=found, revision=revision, by=signed_in_user(request), at=timezone.now(), **form.given()
            )
        except ChangedMeanwhile as meanwhile:
            form = ContactForm(sent_again(request, meanwhile.now.revision), before=found.neighbourhood)
            form.is_valid()
            theirs = {name: value for name, value in _kept(meanwhile.now).items() if name != "challenges"}
            conflict = {"fields": theirs_beside(form, theirs)}
        except Refusal as refusal:
            there = _beside(form, refusal)
        else:
            messages.success(request, _("The contact is changed."))
            return redirect("desk_contact", pk)
    return _form_page(request, form, found=found, conflict=conflict, there=there)


def _kept(found: Contact) -> dict[str, Any]:
    kept: dict[str, Any] = {name: getattr(found, name) for name in keeping.FIELDS}
    return {**kept, "challenges": [str(pk) for pk in selectors.concerned_by(found)]}


def _beside(form: ContactForm, refusal: Refusal) -> Contact | None:
    """The sentence beside its field; the contact that is there already, if that is why."""
    field = getattr(refusal, "field", "")
    form.add_error(field if field in form.fields else None, str(refusal.message))
    if isinstance(refusal, NameThere):
        form.ask_another()
    return refusal.found if isinstance(refusal, AddressThere | NameThere) else None


def _form_page(
    request: HttpRequest,
    form: ContactForm,
    *,
    found: Contact | None = None,
    conflict: Any = None,
    there: Contact | None = None,
) -> HttpResponse:
    status = 409 if conflict else 422 if form.errors else 200
    context = {"form": form, "contact": found, "conflict": conflict, "there": there}
    return render(request, "contacts/backoffice/contact_edit.html", context, status=status)


@require_safe
@role_required(KEEP_CONTACTS)
def contact(request: HttpRequest, pk: int) -> HttpResponse:
    return contact_page(request, contact_of(pk), ExchangeForm())


def contact_page(request: HttpRequest, found: Contact, form: ExchangeForm, *, status: int = 200) -> HttpResponse:
    page = Paginator(selectors.exchanges_of(found), _A_PAGE).get_page(request.GET.get("page"))
    row = selectors.listed([found])[0]
    context = {"contact": found, "row": row, "visits": selectors.visits_of(found), "page": page, "form": form}
    return render(request, "contacts/backoffice/contact.html", context, status=status)


@require_POST
@role_required(KEEP_CONTACTS)
@limited_by(CONTACT_CHANGES)
def note(request: HttpRequest, pk: int) -> HttpResponse:
    found, form = contact_of(pk), ExchangeForm(request.POST)
    if form.is_valid():
        try:
            note_exchange(contact=found, by=signed_in_user(request), at=timezone.now(), **form.cleaned_data)
        except Refusal as refusal:
            field = getattr(refusal, "field", "")
            form.add_error(field if field in form.fields else None, str(refusal.message))
        else:
            messages.success(request, _("The exchange is noted."))
            return redirect("desk_contact", pk)
    return contact_page(request, found, form, status=422)


@require_POST
@role_required(KEEP_CONTACTS)
@limited_by(CONTACT_CHANGES)
def willing(request: HttpRequest, pk: int) -> HttpResponse:
    """It wants no message; or it may be written to again."""
    found, by, at = contact_of(pk), signed_in_user(request), timezone.now()
    if request.POST.get("do") == "again":
        keeping.take_up_again(contact=found, by=by, at=at)
        messages.success(request, _("“%(name)s” may be written to again.") % {"name": found.name})
    else:
        keeping.leave_alone(contact=found, by=by, at=at)
        messages.success(request, _("Nobody writes to “%(name)s” any more.") % {"name": found.name})
    return redirect("desk_contact", pk)


@require_POST
@role_required(KEEP_CONTACTS)
@limited_by(CONTACT_CHANGES)
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    found = Contact.objects.filter(pk=pk).first()
    if found is not None:
        keeping.delete_contact(contact=found, by=signed_in_user(request))
        messages.success(request, _("“%(name)s” is deleted from the address book.") % {"name": found.name})
    return redirect("desk_contacts")
