"""What an order says, at the city's desk and by the link that its accountant has."""

from pathlib import PurePath
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from billing.documents.identifiers import siret_in_groups
from billing.enums import Method, Timing
from billing.models import Quote
from billing.services import quotes
from billing.services.quotes import ADDRESS, TOWN, Place
from common.files import AcceptedFile, DocumentField, FileKind
from common.refusals import Refusal
from common.text import WordsField, clean_text, in_figures

MAX_ORDER_BYTES = 5 * 1024 * 1024


class SignedForm(forms.Form):
    """Who says it, for the authority."""

    name = WordsField(label=_("First name and surname"), minimum=3, maximum=80, autocomplete="name")
    function = WordsField(label=_("Function"), minimum=2, maximum=70, autocomplete="organization-title")

    @property
    def signed(self) -> str:
        return f"{self.cleaned_data['name']}, {self.cleaned_data['function']}"


class OrderForm(forms.Form):
    engagement_number = forms.CharField(label=_("Engagement number"), max_length=200, required=False)
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
    file = DocumentField(
        label=_("The order, as a PDF"),
        help_text=_("5 MB at most. We keep it with the quote."),
        required=False,
        widget=forms.ClearableFileInput({"accept": "application/pdf"}),
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

    def __init__(self, data: Any = None, files: Any = None, *, quote: Quote) -> None:
        account, order = quote.account, getattr(quote, "order", None)
        kept = {name: getattr(account, name) for name in ("siret", "service_code", "address", "postcode", "town")}
        kept["siret"] = siret_in_groups(kept["siret"])
        kept["engagement_number"] = order.engagement_number if order else ""
        super().__init__(data, files, initial=kept)
        self.account = account
        asked = _("That of the order. Chorus Pro asks for it for your authority.")
        number = self.fields["engagement_number"]
        number.help_text = asked if account.needs_engagement else _("That of the order, if your accountant makes one.")
        number.required = account.needs_engagement
        if quote.timing == Timing.ARREARS:
            del self.fields["method"]  # a card pays in advance

    def clean_siret(self) -> str:
        return _checked(quotes.checked_siret, self.account, self.cleaned_data["siret"])

    def clean_engagement_number(self) -> str:
        return _checked(quotes.checked_engagement, self.account, self.cleaned_data["engagement_number"])

    def clean_service_code(self) -> str:
        return _checked(quotes.checked_service_code, self.cleaned_data["service_code"])

    def clean_file(self) -> tuple[str, bytes] | None:
        accepted: AcceptedFile | None = self.cleaned_data["file"]
        if accepted is None:
            return None
        if accepted.kind != FileKind.PDF:
            raise ValidationError(_("This is no PDF. Export the order as a PDF, then send it."), code="file")
        if accepted.size > MAX_ORDER_BYTES:
            weight = in_figures(round(accepted.size / 1024 / 1024, 1))
            sentence = _("This file weighs %(weight)s MB: 5 at most. Export it in a smaller size.")
            raise ValidationError(sentence % {"weight": weight}, code="file")
        return _name_of(getattr(self.files["file"], "name", "")), accepted.content.read()

    @property
    def given(self) -> dict[str, Any]:
        """The arguments of `order_subscription`."""
        sent = dict(self.cleaned_data)
        place = Place(sent.pop("address"), sent.pop("postcode"), sent.pop("town"))
        return {**sent, "place": place}


def _checked(check: Any, *given: Any) -> str:
    try:
        return str(check(*given))
    except Refusal as refusal:
        raise ValidationError(refusal.message, code=refusal.code) from refusal


def _name_of(typed: str) -> str:
    """Safe to give back as the name of a download."""
    stem = clean_text(PurePath(typed.replace("\\", "/")).stem, one_line=True)[:110].strip()
    return f"{stem or 'bon-de-commande'}.pdf"
