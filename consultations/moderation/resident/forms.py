"""What somebody who reports, or contests, is asked."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from common.mail_addresses import MailField
from consultations.moderation import rules
from consultations.moderation.enums import Reason
from consultations.moderation.services.refusals import NotInGoodFaith, ReporterUnknown

_UNLESS_CHILDREN = {
    "name": _("Your name (unless it is about children)"),
    "email": _("Your e-mail address (unless it is about children)"),
}


class ReportForm(forms.Form):
    """Why and who, as far as the reason asks for it. Somebody signed in has an address already."""

    words = rules.REPORT_WORDS.field(label=_("What should be looked at?"), required=False, rows=4)
    name = rules.REPORTER_NAME.field(label=_("Your name"), required=False)
    email = MailField(
        label=_("Your e-mail address"),
        help_text=_("To tell you what was decided, and nothing else."),
        required=False,
        max_length=254,
        widget=forms.EmailInput({"autocomplete": "email"}),
    )
    about_children = forms.BooleanField(
        label=_("It is about an offence against children: I need give neither my name nor my address."), required=False
    )
    in_good_faith = forms.BooleanField(
        label=_("I report in good faith, and what I write is accurate and complete."), required=False
    )

    def __init__(self, *args: Any, reason: str, signed_in: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if signed_in:
            del self.fields["email"]
        if reason == Reason.OTHER:
            self.fields["words"] = rules.OTHER_WORDS.field(label=_("What should be looked at?"), rows=4)
        if reason != Reason.ILLEGAL:
            del self.fields["name"], self.fields["about_children"], self.fields["in_good_faith"]
            return
        self.fields["words"] = rules.ILLEGAL_WORDS.field(
            label=_("Why is it illegal, in your view?"),
            help_text=_("In your words. No need to quote an article."),
            rows=4,
        )
        self.fields["name"].widget.attrs["autocomplete"] = "name"
        # About children nobody has to say who they are; everyone else has, and reads so before they send.
        asked = not (self.is_bound and self.data.get(self.add_prefix("about_children")))
        for name in _UNLESS_CHILDREN.keys() & self.fields.keys():
            self.fields[name].label, self.fields[name].required = _UNLESS_CHILDREN[name], asked
            self.fields[name].error_messages["required"] = ReporterUnknown.message
        self.fields["in_good_faith"].required = True
        self.fields["in_good_faith"].error_messages["required"] = NotInGoodFaith.message
        self.order_fields(["words", "about_children", "name", "email", "in_good_faith"])


class AppealForm(forms.Form):
    words = rules.APPEAL_WORDS.field(label=_("Why should this decision be looked at again?"), rows=6)
