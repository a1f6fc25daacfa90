"""Why a line of the week stays as it is."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from common.refusals import Refusal
from consultations.portal.models import WorkItem


class LineGone(Refusal):
    code = "line_gone"
    message = gettext_lazy("This line is no longer there: what it asked for is done, or over.")


class NotTheirs(Refusal):
    code = "line_not_theirs"
    status = 403
    message = gettext_lazy("This line is not yours to assign, to put off or to mark as done.")


class CannotDoIt(Refusal):
    code = "line_cannot_be_done_by_them"
    message = gettext_lazy("This person cannot do that, or is no longer in the team. Choose somebody else.")


class TakenMeanwhile(Refusal):
    """Somebody else took it, or gave it to somebody, since the page was read."""

    code = "line_taken_meanwhile"

    def __init__(self, holder: User | None) -> None:
        if holder is None:
            super().__init__(_("Nobody has this line any more. Read it again, then choose."))
        else:
            super().__init__(_("%(name)s has this line already.") % {"name": holder.own_name})


class CannotWait(Refusal):
    code = "line_cannot_wait"
    message = gettext_lazy("This line cannot be put off: it is promised for today, or late.")


class NoSuchDay(Refusal):
    code = "line_no_such_day"
    message = gettext_lazy("A line can be put off until tomorrow, until Monday or for a week. Choose one of the three.")


class SentAlready(Refusal):
    """By an earlier press, or marked as done meanwhile: nothing leaves twice."""

    code = "line_sent_already"

    def __init__(self, item: WorkItem) -> None:
        who = item.handled_by.own_name if item.handled_by else _("somebody")
        if item.sent:
            super().__init__(
                _("“%(title)s” is sent already, by %(who)s: nothing more leaves.") % {"title": item.title, "who": who}
            )
        else:
            super().__init__(
                _("“%(title)s” is done already, by %(who)s: nothing leaves.") % {"title": item.title, "who": who}
            )


class NothingToSend(Refusal):
    code = "line_nothing_to_send"
    message = gettext_lazy("There is nobody left to send this message to. Copy it, or mark the line as done.")


class DoneByItself(Refusal):
    code = "line_done_by_itself"
    message = gettext_lazy("This line goes by itself once its work is done: nobody has to mark it.")
