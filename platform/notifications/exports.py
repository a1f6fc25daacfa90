"""A person's copy of their notices (common.personal)."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from accounts.models import User
from common.personal import PersonalFile, copies
from notifications.models import MailAgreement, MailPreference, Notice
from notifications.selectors import all_notices, mail_preference


@copies(Notice, MailPreference, MailAgreement)
def notices(user: User) -> Iterator[PersonalFile]:
    yield PersonalFile(
        "nouvelles",
        _("Your news"),
        _("What you were told on the site, as it reads today."),
        [
            {
                _("what"): item.words.sentence,
                _("when"): item.notice.updated_at,
                _("read on"): item.notice.read_at,
                _("sent by mail on"): item.notice.mailed_at,
            }
            for item in all_notices(user)
        ],
    )
    preference = mail_preference(user)
    yield PersonalFile(
        "choix-des-courriels",
        _("How often you are written to"),
        _("Your choice, and when the last message left."),
        [
            {
                _("how often"): preference.get_frequency_display(),
                _("last message"): preference.last_mail_at,
                _("next message"): preference.next_mail_at,
            }
        ],
    )
    yield PersonalFile(
        "accord-pour-les-messages",
        _("Whether you agree to messages of the authority"),
        _("When you agreed, in which words, and since when you no longer do."),
        [
            {
                _("agreed on"): agreement.agreed_at,
                _("in these words"): agreement.words,
                _("withdrawn on"): agreement.withdrawn_at,
                _("address that takes no messages"): agreement.undeliverable,
            }
            for agreement in MailAgreement.objects.filter(user=user)
        ],
    )
