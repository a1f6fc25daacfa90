"""How long what is kept of votes stays (common.retention)."""

from django.utils.translation import gettext_lazy as _

from common.retention import keeps

keeps(
    149,
    _("That you voted in a vote"),
    _("So that each person has one ballot. The team sees who voted."),
    _("As long as the platform, or until you leave."),
)
keeps(
    150,
    _("Your ballot, which nobody reads before the close"),
    _("To count it. It stays and counts if you leave, with a seal of your address: nobody votes twice by coming back."),
    _("Until the close of the vote; then it is kept without a name, and the link to you is destroyed with the key."),
)
