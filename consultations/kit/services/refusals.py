"""What the services of the kit refuse."""

from django.utils.translation import gettext_lazy as _

from common.refusals import Refusal


class SpotThere(Refusal):
    code = "kit_spot_there"
    status = 422
    message = _("This place is there already for this support: its files are in the list.")


class TooManySpots(Refusal):
    code = "kit_too_many_spots"
    message = _("There are 200 places already. Take one away before you add another.")


class NotSoMany(Refusal):
    code = "kit_not_so_many_sheets"
    status = 422
    message = _("Ask for between 1 and 500 sheets at a time.")


class PrintedMeanwhile(Refusal):
    code = "kit_printed_meanwhile"
    message = _("Somebody asked for sheets while you were here: they are below. Ask again if you want others.")


class NothingToPropose(Refusal):
    code = "kit_nothing_to_propose"
    message = _("Proposing is over in this consultation: a sheet that is handed in now would be refused.")
