"""For the accountant of the authority, who has no account here: the order of one quote, by the link of a mail."""

from django.urls import path

from accounts.links import leads_to
from billing.resident import ordering
from common.states import Answers, answers
from common.trees import tree

_links = [
    path("<str:token>/", leads_to("order_by_link"), name="order_link"),
    path("remplir/<str:mark>/", ordering.by_link, name="order_by_link"),
    path("remplir/<str:mark>/devis.pdf", ordering.quote_pdf, name="order_by_link_quote"),
]
# As the desk's page of the subscription: there one buys.
urlpatterns = [tree("bon-de-commande/", _links, answers(Answers.READ_ONLY | Answers.SUSPENDED))]
