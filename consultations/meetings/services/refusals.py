"""What the services of meetings refuse."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from common.refusals import Refusal
from common.templatetags.ui import figure


class WrongDates(Refusal):
    """`field`: the one to change."""

    code = "meeting_wrong_dates"
    status = 422
    field = "begins_at"

    def __init__(self, message: str, field: str = "begins_at") -> None:
        super().__init__(message)
        self.field = field


class NoPlace(Refusal):
    code = "meeting_no_place"
    status = 422
    field = "place"
    message = _("Say where it is: a place, or an address on the web.")


class SeatsWrong(Refusal):
    code = "meeting_seats_wrong"
    status = 422
    field = "seats"


class SeatsTaken(SeatsWrong):
    code = "meeting_seats_taken"

    def __init__(self, taken: int) -> None:
        said = ngettext(
            "%(count)s person has a seat already: no fewer seats than that.",
            "%(count)s people have a seat already: no fewer seats than that.",
            taken,
        )
        super().__init__(said % {"count": figure(taken)})


class SignedUpAlready(SeatsWrong):
    code = "meeting_has_sign_ups"
    field = "signs_up"
    message = _("People have signed up already: go on taking sign-ups.")


class MeetingOver(Refusal):
    """What has begun is not moved, cancelled or announced any more."""

    code = "meeting_over"
    message = _("This meeting has begun: its dates and its place stand. Its report can still be written.")


class MeetingCancelled(Refusal):
    code = "meeting_cancelled"
    message = _("This meeting is cancelled, and nothing more is changed in it.")


class NotPublished(Refusal):
    code = "meeting_not_published"
    message = _("This meeting is not published yet.")


class StandsAlready(Refusal):
    code = "meeting_stands"
    message = _("This meeting is published: cancel it, and those who signed up are told.")


class NotYetOver(Refusal):
    code = "meeting_not_begun"
    message = _("This meeting has not begun yet.")


class SignUpClosed(Refusal):
    code = "meeting_sign_up_closed"
    message = _("One can no longer sign up for this meeting.")


class SignUpGone(Refusal):
    """Given up, or forgotten; or the link was never ours."""

    code = "meeting_sign_up_gone"
    status = 410
    message = _("This sign-up is no longer there: it was cancelled, or the meeting is long over.")


class PhoneWrong(Refusal):
    code = "meeting_phone_wrong"
    status = 422
    field = "phone"
    message = _("Write a telephone number, such as 02 38 00 00 00.")


class NothingSuchThere(Refusal):
    """No public proposal of this consultation has that number."""

    code = "meeting_no_such_proposal"
    status = 422
    field = "written"
    message = _("No public proposal of this consultation has this number. It stands on its page, and in its address.")
