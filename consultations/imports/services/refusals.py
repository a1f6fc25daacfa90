"""What the services of imports refuse."""

from django.utils.translation import gettext_lazy as _

from common.refusals import Refusal


class ImportMoved(Refusal):
    """Somebody else said something, or pressed first."""

    code = "import_moved"
    message = _("This import has changed since you looked at it: look again.")


class StillAsked(Refusal):
    code = "import_still_asked"
    status = 422
    message = _("Some things must be said first: they stand below, with what was found.")


class AnswersNotTheirs(Refusal):
    """The files hold what only others of the team publish."""

    code = "import_not_theirs"
    status = 403
    message = _(
        "These files hold answers or projects of an authority, which are public once imported. Ask somebody who signs "
        "answers here, or runs projects, to import them: an administrator does both."
    )


class UndoneByOthers(Refusal):
    code = "import_undone_by_others"
    status = 403
    message = _(
        "This consultation came with answers or projects of an authority, which are public. Ask somebody who signs "
        "answers here, or runs projects, to undo it: an administrator does both."
    )


class ActedOn(Refusal):
    """Undoing would take away what somebody did."""

    code = "import_acted_on"
    message = _(
        "Since then somebody has done something there: a reaction, an argument, a report, an answer of the team… It "
        "can no longer be undone. You may archive the consultation, or hide what must not be read."
    )
