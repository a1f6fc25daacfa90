"""What is refused to those who compose a synthesis, with the sentence to show."""

from django.utils.translation import gettext_lazy as _

from common.refusals import Refusal


class NothingToSay(Refusal):
    code = "synthesis_empty"
    status = 422
    message = _("There is nothing to publish: no sentence is shown. Show one at least.")


class QuotedTooOften(Refusal):
    code = "synthesis_quotes_too_often"
    status = 422
    message = _(
        "Somebody is quoted more than twice. Change an argument, choose another proposal, or hide a place: the meter"
        " says which."
    )


class NothingToCompose(Refusal):
    code = "synthesis_without_proposals"
    message = _("No proposal is published here yet: there is nothing to compose with.")
