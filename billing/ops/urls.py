from django.urls import path, re_path

from billing.ops import accounts, differences, invoices, money, overview, plans, renewals

_NUMBER = r"(?P<number>[A-Z]{1,2}-[0-9]{4}-[0-9]{4,8})"

urlpatterns = [
    path("facturation/", overview.billing, name="ops_billing"),
    path("facturation/tarifs/", plans.plans, name="ops_plans"),
    path("facturation/tarifs/publier/", plans.publish, name="ops_plan_publish"),
    path("facturation/tarifs/<int:pk>/retirer/", plans.withdraw, name="ops_plan_withdraw"),
    path("facturation/tva/", plans.vat, name="ops_vat"),
    path("facturation/tva/ajouter/", plans.enter_vat, name="ops_vat_enter"),
    path("facturation/comptes/", overview.accounts, name="ops_accounts"),
    re_path(r"^facturation/(?P<year>[0-9]{4})[.]csv$", overview.accountants_file, name="ops_billing_csv"),
    path("facturation/collectivites/<int:pk>/", accounts.account, name="ops_account"),
    path("facturation/collectivites/<int:pk>/repondre/", accounts.settle, name="ops_objection_settle"),
    path("facturation/collectivites/<int:pk>/devis/", accounts.agree, name="ops_quote_agree"),
    path("facturation/collectivites/<int:pk>/argent/", money.money, name="ops_money"),
    path("facturation/collectivites/<int:pk>/argent/recu/", money.receive, name="ops_money_received"),
    path("facturation/collectivites/<int:pk>/argent/rendu/", money.send_back, name="ops_money_sent_back"),
    path("facturation/collectivites/<int:pk>/argent/rendre/", money.refund_cash, name="ops_cash_refund"),
    path("facturation/paiements/<int:pk>/affecter/", money.move, name="ops_payment_move"),
    path("facturation/paiements/<int:pk>/rendre/", money.refund, name="ops_payment_refund"),
    path("facturation/prix/<int:pk>/garder/", renewals.keep, name="ops_price_keep"),
    path("facturation/prix/<int:pk>/fixer/", renewals.say, name="ops_price_say"),
    path("facturation/taux/", money.rates, name="ops_interest_rates"),
    re_path(rf"^facturation/devis/{_NUMBER}[.]pdf$", accounts.quote_pdf, name="ops_quote_pdf"),
    re_path(rf"^facturation/devis/{_NUMBER}/ecarter/$", accounts.withdraw_quote, name="ops_quote_withdraw"),
    path("facturation/depots/", overview.deposit_together, name="ops_deposit_together"),
    path("facturation/ecarts/<int:pk>/", differences.difference, name="ops_difference"),
    path("facturation/ecarts/<int:pk>/corriger/", differences.mend, name="ops_difference_mend"),
    path("facturation/ecarts/<int:pk>/expliquer/", differences.explain, name="ops_difference_explain"),
    path("facturation/factures/<int:pk>/", invoices.invoice, name="ops_invoice"),
    path("facturation/factures/<int:pk>.pdf", invoices.original, name="ops_invoice_file"),
    path("facturation/factures/<int:pk>-simple.pdf", invoices.plain, name="ops_invoice_plain"),
    path("facturation/factures/<int:pk>/etape/", invoices.step, name="ops_invoice_step"),
    path("facturation/factures/<int:pk>/paiement/", invoices.payment, name="ops_invoice_payment"),
    path("facturation/paiements/<int:pk>/retirer/", invoices.withdraw_payment, name="ops_payment_withdraw"),
    path("facturation/factures/<int:pk>/avoir/", invoices.credit, name="ops_invoice_credit"),
    path("facturation/factures/<int:pk>/corriger/", invoices.correct, name="ops_invoice_correct"),
    path("facturation/factures/<int:pk>/interets/", invoices.ask_interest, name="ops_interest_ask"),
    path("facturation/factures/<int:pk>/interets/renoncer/", invoices.waive_interest, name="ops_interest_waive"),
]
