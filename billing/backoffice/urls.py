"""*Abonnement*: what the city buys. Open in a city that only reads or is suspended: there one pays."""

from django.urls import URLPattern, URLResolver, path, re_path

from billing.backoffice import documents, facts, order_links, page, paying, quotes, writing
from common.states import Answers, answers
from common.trees import tree

_NUMBER = r"(?P<number>[A-Z]{1,2}-[0-9]{4}-[0-9]{4,8})"

_subscription: list[URLPattern | URLResolver] = [
    path("", page.subscription, name="desk_subscription"),
    path("devis/", quotes.ask, name="desk_quote_ask"),
    re_path(rf"^devis/{_NUMBER}[.]pdf$", quotes.pdf, name="desk_quote_pdf"),
    re_path(rf"^devis/{_NUMBER}/accepter/$", quotes.accept, name="desk_quote_accept"),
    re_path(rf"^devis/{_NUMBER}/ecarter/$", quotes.set_aside, name="desk_quote_set_aside"),
    re_path(rf"^devis/{_NUMBER}/bon-de-commande/$", quotes.order, name="desk_purchase_order"),
    re_path(rf"^devis/{_NUMBER}/bon-de-commande[.]pdf$", quotes.order_file, name="desk_purchase_order_file"),
    re_path(rf"^devis/{_NUMBER}/comptabilite/$", order_links.send, name="desk_order_link"),
    re_path(rf"^devis/{_NUMBER}/comptabilite/retirer/$", order_links.withdraw, name="desk_order_link_withdraw"),
    re_path(rf"^devis/{_NUMBER}/carte/$", paying.by_card, name="desk_pay_by_card"),
    re_path(rf"^devis/{_NUMBER}/virement/$", paying.by_transfer, name="desk_pay_by_transfer"),
    path("factures/<int:pk>.pdf", documents.invoice, name="desk_invoice"),
    path("factures/<int:pk>-simple.pdf", documents.plain_invoice, name="desk_invoice_plain"),
    path("recus/<int:pk>.pdf", documents.receipt, name="desk_receipt"),
    path("interets/<int:pk>.pdf", documents.statement, name="desk_interest"),
    re_path(r"^dossier/(?P<kind>accord|securite|banque)[.]pdf$", documents.paper, name="desk_paper"),
    path("dossier.zip", documents.pack, name="desk_pack"),
    path("contacts/", writing.add_contact, name="desk_billing_contact"),
    path("contacts/<int:pk>/retirer/", writing.remove_contact, name="desk_billing_contact_remove"),
    path("donnees/", facts.change, name="desk_billing_facts"),
    path("annees/<int:pk>/engagement/", facts.number, name="desk_year_number"),
    path("renouvellement/", facts.renewal, name="desk_renewal"),
    path("contacts/<int:pk>/envoyer/", writing.send_open_invoices, name="desk_billing_contact_send"),
    path("contester/", writing.objection, name="desk_objection"),
]
urlpatterns = [tree("abonnement/", _subscription, answers(Answers.READ_ONLY))]
