"""Who works on the consultation, and as what."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.enums import TEAM_ROLES
from common.mail_addresses import MailField

ROLES = [(role.value, role.label) for role in TEAM_ROLES]
WHAT_THEY_DO = {
    "ADMINISTRATOR": _("Opens the platform, writes, invites, answers; moderates if the consultation says so."),
    "FACILITATOR": _("Frames the consultation, keeps the dialogue alive, prepares the answers and the projects."),
    "MODERATOR": _("Decides on what is reported."),
    "DECISION_MAKER": _("Sees the desk; signs and publishes the answers that are theirs to sign."),
    "OBSERVER": _("Sees the desk, changes nothing."),
    "SERVICE": _("Sees only what is assigned to it, and gives its opinion on it."),
}


class RoleForm(forms.Form):
    role = forms.ChoiceField(label=_("Role"), choices=ROLES)
    revision = forms.CharField(widget=forms.HiddenInput, required=False)


class WayBackForm(forms.Form):
    email = MailField(
        label=_("Their e-mail address"),
        help_text=_("That of their account in this platform."),
        max_length=254,
        widget=forms.EmailInput({"autocomplete": "off"}),
    )


class InvitationForm(forms.Form):
    email = MailField(
        label=_("Their e-mail address"),
        help_text=_("They receive a message and come in with this address; no password is needed."),
        max_length=254,
        widget=forms.EmailInput({"autocomplete": "off"}),
    )
    role = forms.ChoiceField(label=_("Role"), choices=ROLES, widget=forms.RadioSelect, initial="FACILITATOR")

    def clean_email(self) -> str:
        return str(self.cleaned_data["email"]).lower()
