"""What the trail keeps of mails, in words (common.trail)."""

from django.utils.translation import gettext_lazy as _

from common.trail import records

records(
    {
        "mail_frequency_chosen": _("Frequency of mails chosen"),
        "mail_language_chosen": _("Language of mails chosen"),
        "mail_unsubscribed": _("Mails stopped by a link"),
        "mail_undeliverable": _("Messages of the authority stopped, since they came back"),
        "mail_agreed": _("Messages of the authority agreed to"),
        "mail_agreement_withdrawn": _("Messages of the authority no longer agreed to"),
    },
    private=True,
)
