"""How long what is kept of answers and projects stays (common.retention)."""

from django.utils.translation import gettext_lazy as _

from common.retention import keeps

keeps(
    140,
    _("Answers of the authority, with the name and function of who signed them, and news of its projects"),
    _("To account for what became of what people proposed."),
    _("As long as the platform."),
)
keeps(
    141,
    _("Opinions of services, and drafts of answers"),
    _("To prepare the answers. Only the team reads them."),
    _("As long as the platform; without a name once their author has left."),
)
keeps(
    142,
    _("Which projects you follow"),
    _("To tell you of each step."),
    _("Until you stop, or leave."),
)
