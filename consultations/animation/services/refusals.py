"""What the services of campaigns refuse."""

from django.utils.translation import gettext_lazy as _

from common.refusals import Refusal


class PlaceBroken(Refusal):
    """A place in braces that nothing fills in. `field`: subject or body."""

    code = "campaign_place_broken"
    status = 422
    field = ""

    def __init__(self, message: str, field: str) -> None:
        super().__init__(message)
        self.field = field


class SegmentGone(Refusal):
    """Its challenge or neighbourhood is no longer there, or was never."""

    code = "campaign_segment_gone"
    status = 422
    field = "segment"
    message = _("This group is no longer there. Choose another one.")


class AlreadyDecided(Refusal):
    code = "campaign_already_decided"
    message = _("This campaign is sent or planned already: somebody was faster. Nothing was changed.")


class ListChanged(Refusal):
    """Between the page and the press somebody agreed, left, or came into the group."""

    code = "campaign_list_changed"
    message = _("The list has changed since you looked at it. Read it again, then send.")


class NobodyThere(Refusal):
    code = "campaign_nobody_there"
    message = _("Nobody of this group has agreed to be written to: there is nobody to send it to.")


class TooFew(Refusal):
    """Of a group whose people are not named."""

    code = "campaign_too_few"
    message = _(
        "Fewer than five people of this group can be written to: they could be recognised. Choose a larger group."
    )


class MomentOver(Refusal):
    code = "campaign_moment_over"
    status = 422
    field = "planned_at"
    message = _("This moment is over. Choose a later one, or send now.")


class MomentTooLate(Refusal):
    code = "campaign_moment_too_late"
    status = 422
    field = "planned_at"
    message = _("Choose a moment within the next three months: the list is made now.")


class NothingToStop(Refusal):
    code = "campaign_nothing_to_stop"
    message = _("Nothing waits to be sent any more: this campaign is over.")
