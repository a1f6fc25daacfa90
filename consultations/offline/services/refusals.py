"""What offline entry and receipts refuse. `field`: beside which field it is said."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from common.refusals import Refusal


class FieldRefused(Refusal):
    """What another rule refuses, beside the field that it is about."""

    code = "sheet_field_refused"
    status = 422

    def __init__(self, field: str, refusal: Refusal) -> None:
        super().__init__(str(refusal.message))
        self.field, self.code = field, refusal.code


class ChallengeMissing(Refusal):
    code = "sheet_challenge_missing"
    status = 422
    field = "challenge"
    message = _("Choose the challenge.")


class SheetEntered(Refusal):
    """Somebody has typed it. `entry`: the first one."""

    code = "sheet_entered"
    status = 409
    field = "sheet"
    message = _("This sheet is entered already: it is shown below. Is it another sheet? Then correct its number.")

    def __init__(self, entry: Any) -> None:
        super().__init__()
        self.entry = entry


class SheetLongAgo(Refusal):
    code = "sheet_long_ago"
    status = 422
    field = "given_on"
    message = _("This is more than a year ago. Is the day right?")


class OtherSheet(Refusal):
    """Under the key of one that was sent before, as from the copy of a tab: kept by whoever typed it."""

    code = "sheet_other"
    status = 409
    message = _(
        "Another sheet was sent from a copy of this page. This one is not entered: check it, and save it again."
    )


class SheetTakenOut(Refusal):
    """Sent again after a colleague, or whoever typed it, took it out before it was public."""

    code = "sheet_taken_out"
    status = 410
    message = _(
        "This sheet was taken out before it was public, and is not entered. Save it once more if it is to be after all."
    )


class SheetDayToCome(Refusal):
    code = "sheet_day_to_come"
    status = 422
    field = "given_on"
    message = _("This day has not come yet.")


class NotOpenThen(Refusal):
    """Neither today nor on the day on which it was given."""

    code = "sheet_nothing_open"
    field = "given_on"
    message = _(
        "On that day the consultation did not take this, and it does not today. Is the day on which it was given right?"
    )


class NoSuchProposal(Refusal):
    code = "sheet_no_such_proposal"
    status = 422
    field = "about"
    message = _("No proposal of this consultation that everybody reads has this number.")


class ReceiptUnknown(Refusal):
    """Well copied, it is nobody's: erased since, or of a sheet that is not entered yet."""

    code = "receipt_unknown"
    status = 404
    field = "code"
    message = _(
        "Nothing is under this receipt: it is not entered yet, or it was erased. If you have just handed in your "
        "sheet, try again in some days."
    )


class StandsNow(Refusal):
    """Others have answered, or it was rewritten."""

    code = "sheet_stands"
    message = _("Somebody has answered it, or decided about it: its words no longer change. It can still be erased.")


class SheetGone(Refusal):
    code = "sheet_gone"
    message = _("This sheet was erased meanwhile, at the wish of whoever gave it. Nothing was saved.")


class SheetBound(Refusal):
    code = "sheet_bound"
    message = _(
        "It belongs to an account now: with its receipt, only whoever is signed in to it corrects or erases it."
    )


class NotYetGiven(Refusal):
    code = "sheet_not_yet_given"
    message = _("It is not published yet. Attach it to your account once everybody reads it.")


class BroughtTogether(Refusal):
    code = "sheet_brought_together"
    message = _("Several people wrote this proposal together: to have it erased, write to the authority.")


class ActedThere(Refusal):
    code = "sheet_acted_there"
    message = _("You have reacted to this proposal, or argued about it, with your account: it cannot be yours as well.")


class TypedByThem(Refusal):
    code = "sheet_typed_by_them"
    message = _("You typed this sheet, or read it, for somebody else: it is theirs.")


class SaidThere(Refusal):
    code = "sheet_said_there"
    message = _("With your account you have said the same there: this one stays as it is.")


class SameReader(Refusal):
    code = "sheet_same_reader"
    status = 403
    message = _("Somebody else reads it: whoever has typed or corrected a sheet does not see their own mistakes.")


class AlreadyRead(Refusal):
    code = "sheet_already_read"
    message = _("A colleague has read it meanwhile.")


class NotPrinted(Refusal):
    """A receipt that is well copied, and stands on no sheet of this city."""

    code = "sheet_not_printed"
    status = 422
    field = "sheet"
    message = _("No sheet was printed with this receipt. Compare it sign by sign, or type the number of the sheet.")


class SheetOfAnother(Refusal):
    """Numbers of printed sheets are the city's: each is of one consultation."""

    code = "sheet_of_another"
    status = 409
    field = "sheet"

    def __init__(self, title: str) -> None:
        words = _("This sheet was printed for another consultation, “%(title)s”: enter it there.")
        super().__init__(str(words) % {"title": title})
