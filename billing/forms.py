"""What an order says, at the desk and by the link that an accountant has; and what invoices say from then on."""

from contextlib import suppress
from pathlib import PurePath
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _
from django_tenants.utils import schema_context

from billing.documents.identifiers import siret_in_groups
from billing.enums import Method, Timing
from billing.models import Account, OrderedYear, Quote
from billing.services import codes
from billing.services.contacts import ContactExists, TooManyContacts, check_room
from billing.services.facts import Facts
from billing.services.purchase_orders import ADDRESS, TOWN, Place
from common.files import AcceptedFile, DocumentField
from common.mail_addresses import MailField
from common.refusals import Refusal
from common.templatetags.ui import full_day
from common.text import WordsField, clean_text

MAX_ORDER_BYTES = 5 * 1024 * 1024


class SignedForm(forms.Form):
    """Who says it, for the authority."""

    name = WordsField(label=_("First name and surname"), minimum=3, maximum=80, autocomplete="name")
    function = WordsField(label=_("Function"), minimum=2, maximum=70, autocomplete="organization-title")

    @property
    def signed(self) -> str:
        return f"{self.cleaned_data['name']}, {self.cleaned_data['function']}"


class FactsForm(forms.Form):
    """What invoices say of the authority."""

    siret = forms.CharField(
        label="SIRET",
        max_length=40,
        help_text=_("Of the establishment that pays: fourteen digits."),
        widget=forms.TextInput({"inputmode": "numeric"}),
    )
    service_code = forms.CharField(
        label=_("Service code"),
        max_length=200,
        required=False,
        help_text=_("Of Chorus Pro, where your accountant gives one."),
    )
    address = ADDRESS.field(label=_("Address of the authority"), autocomplete="street-address")
    postcode = forms.RegexField(
        r"^[0-9]{5}$",
        label=_("Postcode"),
        error_messages={"invalid": _("A postcode has five digits.")},
        widget=forms.TextInput({"inputmode": "numeric", "autocomplete": "postal-code"}),
    )
    town = TOWN.field(label=_("Town"), autocomplete="address-level2")

    def __init__(
        self, data: Any = None, files: Any = None, *, account: Account, initial: Any = None, auto_id: str = "id_%s"
    ) -> None:
        kept = {name: getattr(account, name) for name in ("siret", "service_code", "address", "postcode", "town")}
        kept["siret"] = siret_in_groups(kept["siret"])
        super().__init__(data, files, initial=kept | (initial or {}), auto_id=auto_id)
        self.account = account

    def clean_siret(self) -> str:
        return checked(codes.checked_siret, self.account, self.cleaned_data["siret"])

    def clean_service_code(self) -> str:
        return checked(codes.checked_service_code, self.cleaned_data["service_code"])

    @property
    def place(self) -> Place:
        return Place(*(self.cleaned_data[name] for name in ("address", "postcode", "town")))

    @property
    def facts(self) -> Facts:
        given = self.cleaned_data
        return Facts(given["siret"], given["service_code"], self.place, given.get("needs_engagement"))


class NumbersForm(FactsForm):
    """With the engagement numbers of the years that are not invoiced yet."""

    def __init__(self, data: Any = None, *, account: Account, years: list[OrderedYear], **kwargs: Any) -> None:
        super().__init__(data, auto_id="facts_%s", account=account, **kwargs)
        self.years = years
        for year in years:
            label = _("Engagement number of the year from %(first)s to %(last)s")
            said = {"first": full_day(year.begins_on), "last": full_day(year.ends_on)}
            field = forms.CharField(label=label % said, max_length=200, required=False, initial=year.engagement_number)
            self.fields[f"year_{year.pk}"] = field

    def clean(self) -> None:
        for year in self.years:
            name = f"year_{year.pk}"
            if number := self.cleaned_data.get(name, "").strip():
                try:
                    codes.checked_engagement(self.account, number)
                except Refusal as refusal:
                    self.add_error(name, ValidationError(refusal.message, code=refusal.code))

    @property
    def numbers(self) -> dict[int, str]:
        return {year.pk: self.cleaned_data[f"year_{year.pk}"] for year in self.years}


class PdfField(DocumentField):
    """Says so at once of what is none, whatever else could be read."""

    def clean(self, data: Any, initial: Any = None) -> AcceptedFile | None:
        if isinstance(data, UploadedFile) and data.size:
            data.seek(0)
            if data.read(5) != b"%PDF-":
                raise ValidationError(_("Send a PDF: this file is none."), code="file")
        return super().clean(data, initial)


class OrderForm(FactsForm):
    engagement_number = forms.CharField(label=_("Engagement number"), max_length=200, required=False)
    file = PdfField(
        heaviest=MAX_ORDER_BYTES,
        too_heavy=_("This file weighs more than 5 MB. Export it in a smaller size."),
        label=_("The order, as a PDF"),
        help_text=_("5 MB at most. We keep it with the quote."),
        required=False,
        widget=forms.ClearableFileInput({"accept": "application/pdf"}),
    )
    invoices_to = MailField(
        label=_("Who gets the invoices by e-mail"),
        help_text=_("If you like: an address of your accountant’s. Reminders go there too."),
        max_length=254,
        required=False,
        widget=forms.EmailInput({"autocomplete": "off"}),
    )
    method = forms.ChoiceField(
        label=_("How you pay"),
        choices=[
            (Method.TRANSFER, _("By transfer of your accountant, within 30 days of the invoice")),
            (Method.CARD, _("By card, at once, on a page of Stripe")),
        ],
        initial=Method.TRANSFER,
        widget=forms.RadioSelect,
    )

    def __init__(self, data: Any = None, files: Any = None, *, quote: Quote, renews: bool = False) -> None:
        account, order = quote.account, getattr(quote, "order", None)
        known = {"engagement_number": order.engagement_number if order else ""}
        super().__init__(data, files, account=account, initial=known)
        asked = _("That of the order. Chorus Pro asks for it for your authority.")
        number = self.fields["engagement_number"]
        number.help_text = asked if account.needs_engagement else _("That of the order, if your accountant makes one.")
        number.required = account.needs_engagement
        if quote.timing == Timing.ARREARS or renews:
            del self.fields["method"]  # a card pays in advance; what runs is paid as it is

    def clean_engagement_number(self) -> str:
        return checked(codes.checked_engagement, self.account, self.cleaned_data["engagement_number"])

    def clean_invoices_to(self) -> str:
        """Beside its field, before anything is ordered: the accountant cannot make room in the list."""
        email: str = self.cleaned_data["invoices_to"]
        try:
            with schema_context("public"), suppress(ContactExists):
                if email:
                    check_room(self.account, email)
        except TooManyContacts as refusal:
            said = _("Ten people get the invoices or the reminders already. Leave this empty, or make room first.")
            raise ValidationError(said, code=refusal.code) from refusal
        return email

    def clean_file(self) -> tuple[str, bytes] | None:
        accepted: AcceptedFile | None = self.cleaned_data["file"]
        if accepted is None:
            return None
        return _name_of(getattr(self.files["file"], "name", "")), accepted.content.read()

    @property
    def given(self) -> dict[str, Any]:
        """The arguments of `order_subscription`."""
        sent = {name: value for name, value in self.cleaned_data.items() if name not in ("address", "postcode", "town")}
        return {**sent, "place": self.place}


def checked(check: Any, *given: Any) -> str:
    try:
        return str(check(*given))
    except Refusal as refusal:
        raise ValidationError(refusal.message, code=refusal.code) from refusal


def _name_of(typed: str) -> str:
    """Safe to give back as the name of a download."""
    stem = clean_text(PurePath(typed.replace("\\", "/")).stem, one_line=True)[:110].strip()
    return f"{stem or 'bon-de-commande'}.pdf"


class ContactForm(forms.Form):
    """A person, or a mailbox of the accountant's."""

    prefix = "contact"

    name = WordsField(label=_("Name or service"), maximum=120, required=False)
    email = MailField(label=_("E-mail address"), max_length=254)
    gets_invoices = forms.BooleanField(label=_("Gets the invoices"), initial=True, required=False)
    gets_reminders = forms.BooleanField(label=_("Gets the reminders"), initial=True, required=False)
