"""What a city takes with it of notices and mail (common.citycopy): nobody but the person sees them."""

from django.utils.translation import gettext_lazy as _

from common.citycopy import in_city_copies, in_words
from notifications.models import MailAgreement, MailPreference, Notice
from notifications.registry import in_no_copy

in_city_copies(
    Notice,
    title=_("News shown to a person"),
    complete="id user_id type subjects data actor_id group_key count facts created_at updated_at read_at mailed_at",
    complete_rows=lambda: Notice.objects.exclude(type__in=in_no_copy()),
)
in_city_copies(
    MailPreference,
    title=_("How often a person wants news by mail"),
    complete="user_id frequency generation last_mail_at next_mail_at",
)
in_city_copies(
    MailAgreement,
    title=_("Whether a person agrees to messages of the authority"),
    complete="user_id agreed_at words withdrawn_at generation bounced_email bounces undeliverable undeliverable_since",
)


in_words(
    {
        "group_key": _("what brings similar news together"),
        "facts": _("particulars of the news"),
        "read_at": _("when it was read"),
        "mailed_at": _("when it was sent by mail"),
        "frequency": _("how often"),
        "generation": _("how often links to unsubscribe were renewed"),
        "last_mail_at": _("last mail with news"),
        "next_mail_at": _("next mail with news"),
        "agreed_at": _("when they agreed"),
        "notifications_mailagreement.words": _("the words that they agreed to"),
        "notifications_mailagreement.withdrawn_at": _("since when they no longer agree"),
        "bounced_email": _("the address from which messages came back"),
        "bounces": _("how many came back"),
        "undeliverable": _("the address that nothing more is sent to"),
        "undeliverable_since": _("since when nothing more is sent there"),
        "notifications_notice.type": _("kind of news"),
        "notifications_notice.subjects": _("what it is about: the row’s number in each table"),
        "notifications_notice.data": _("what else it names: the row’s number in each table"),
        "notifications_notice.count": _("how many news are in this one"),
    }
)
