"""Writing to contacts of the address book: chosen in a list, with a message that is ready and can be changed."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.permissions import role_required, signed_in_user
from common.limits import limited_by
from common.refusals import Refusal
from common.requests import Request
from common.templatetags.ui import figure
from common.text import shortened, whole_number
from consultations.contacts import selectors
from consultations.contacts.abilities import KEEP_CONTACTS
from consultations.contacts.backoffice.forms import LetterForm, SiftForm, WritingForm
from consultations.contacts.limits import CONTACT_CHANGES, CONTACT_SENDINGS
from consultations.contacts.models import Contact
from consultations.contacts.services.inviting import AT_ONCE, reachable, write_to_contacts
from consultations.contacts.services.letters import write_letter
from consultations.framing.backoffice.chosen import chosen_consultation
from consultations.framing.models import Consultation


@role_required(KEEP_CONTACTS)
@limited_by(CONTACT_SENDINGS)
def write(request: Request) -> HttpResponse:
    """To those of the list as it was narrowed, or to one (`contact`). Whoever was written to lately is not ticked."""
    offered = _offered(request)
    lately = {each.pk for each in offered if each.written_at and each.written_at > timezone.now() - selectors.LATELY}
    ticked = [each.pk for each in offered if each.pk not in lately or len(offered) == 1]
    initial = {**_ready(request), "contacts": ticked}
    form = WritingForm(request.POST or None, offered=offered, initial=initial)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            count = write_to_contacts(
                contacts=[int(pk) for pk in given["contacts"]],
                subject=given["subject"],
                words=given["words"],
                by=signed_in_user(request),
                at=timezone.now(),
                consultation=_open_one(request),
                again=True,
            )
        except Refusal as refusal:
            form.add_error(None, str(refusal.message))
        else:
            told = ngettext("%(count)s message leaves.", "%(count)s messages leave.", count)
            messages.success(request, told % {"count": figure(count)})
            return redirect("desk_contacts")
    context = {"form": form, "offered": offered, "lately": lately, "most": AT_ONCE}
    return render(request, "contacts/backoffice/write.html", context, status=422 if form.errors else 200)


def _offered(request: HttpRequest) -> list[Contact]:
    """Who can be written to, of those that the list shows; as many as leave at once."""
    found = reachable(_asked(request))
    return list(found.order_by("name_key", "pk")[:AT_ONCE])


def _asked(request: HttpRequest) -> Any:
    if one := whole_number(request.GET.get("contact", "")):
        return Contact.objects.filter(pk=one)
    form = SiftForm(request.GET)
    return selectors.contacts(kind=form.value("quoi"), challenge=form.value("defi"), words=form.value("q"))


def _open_one(request: Request) -> Consultation | None:
    """That on which this person works, if it is open."""
    found = chosen_consultation(request)
    return found if found is not None and found.opened_at else None


def _ready(request: Request) -> dict[str, str]:
    """The invitation, ready. The address is added: each contact has its own."""
    found = _open_one(request)
    if found is None:
        return {"subject": "", "words": ""}
    asks = _(
        "You know people whose voice we would miss. Will you take part, and tell them of it? It takes five minutes."
    )
    return {
        "subject": shortened(_("Your voice counts: %(title)s") % {"title": found.title}, 120),
        "words": f"{found.question}\n\n{asks}",
    }


@role_required(KEEP_CONTACTS)
@limited_by(CONTACT_CHANGES)
def letter(request: Request, pk: int) -> HttpResponse:
    """Written, then the PDF; the press that makes it notes it."""
    contact = Contact.objects.filter(pk=pk).first()
    if contact is None:
        raise Http404
    consultation = _open_one(request)
    form = LetterForm(request.POST or None, initial=_ready(request))
    if request.method == "POST" and form.is_valid() and consultation:
        try:
            content = write_letter(
                contact=contact,
                consultation=consultation,
                city=request.tenant,
                by=signed_in_user(request),
                at=timezone.now(),
                **form.cleaned_data,
            )
        except Refusal as refusal:
            form.add_error(None, str(refusal.message))
        else:
            headers = {"Content-Disposition": f'attachment; filename="lettre-{contact.pk}.pdf"'}
            return HttpResponse(content, content_type="application/pdf", headers=headers)
    context = {"form": form, "contact": contact, "consultation": consultation}
    return render(request, "contacts/backoffice/letter.html", context, status=422 if form.errors else 200)
