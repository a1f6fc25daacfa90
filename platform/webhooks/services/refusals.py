from django.utils.translation import gettext_lazy as _

from common.refusals import Refusal


class EndpointTaken(Refusal):
    code = "webhook_taken"
    status = 422
    message = _("This address is told already: change what it is told of on its own page.")


class TooManyEndpoints(Refusal):
    code = "too_many_webhooks"
    status = 409
    message = _("That is as many addresses as a platform can tell. Delete one that is of no more use first.")


class NothingToTell(Refusal):
    code = "webhook_tells_nothing"
    status = 422
    message = _("Choose at least one thing to tell.")


class NotSending(Refusal):
    code = "webhook_not_sending"
    status = 409
    message = _("Nothing is sent to this address at present. Have it sent again first.")
