"""What the trail keeps of what is sold, in words (common.trail)."""

from django.utils.translation import gettext_lazy as _

from common.trail import records

records(
    {
        "price_announced": _("Price of the next period announced"),
        "price_applied": _("Price of the next period taken up"),
        "price_kept": _("Former price kept for another year"),
        "next_price_said": _("Price of the next period said by an operator"),
        "vat_entered": _("Rate of VAT entered"),
        "plan_published": _("Price list published"),
        "plan_withdrawn": _("Price list withdrawn"),
        "quote_issued": _("Quote issued"),
        "quote_agreed": _("Quote made at an agreed price"),
        "quote_accepted": _("Quote accepted"),
        "billing_contact_added": _("Somebody gets the invoices or the reminders"),
        "billing_contact_removed": _("Somebody no longer gets the invoices or the reminders"),
        "quote_withdrawn": _("Quote set aside"),
        "order_placed": _("Order placed"),
        "order_link_sent": _("Link for the order sent to the accountant"),
        "order_link_withdrawn": _("Link for the order withdrawn"),
        "subscription_asked_for": _("Subscription asked for"),
        "subscription_begun": _("Subscription begun"),
        "subscription_over": _("Subscription over"),
        "vat_changed": _("Another rate of VAT for the next period"),
        "subscription_ends": _("Subscription not to be renewed"),
        "subscription_goes_on": _("Subscription to be renewed after all"),
        "credit_note_asked_for": _("Credit note asked for"),
        "invoice_corrected": _("Invoice taken back and made anew"),
        "difference_mended": _("Difference with Stripe mended"),
        "difference_explained": _("Difference with Stripe explained"),
        "invoice_issued": _("Invoice or credit note issued"),
        "invoice_held_back": _("Invoice or credit note held back by a check"),
        "billing_exported": _("Invoices of a year taken for the accountant"),
        "deposit_entered": _("Step at Chorus Pro entered"),
        "deposit_taken_back": _("Step at Chorus Pro taken back"),
        "payment_entered": _("Payment entered"),
        "payment_moved": _("Payment set to another invoice"),
        "payment_withdrawn": _("Payment taken back"),
        "money_sent_back": _("Money sent back from the bank"),
        "refund_asked_for": _("Refund asked for"),
        "refund_refused": _("Refund refused by Stripe"),
        "rate_entered": _("Rate of interest entered"),
        "interest_asked_for": _("Interest asked for"),
        "interest_waived": _("Interest given up"),
        "reminder_sent": _("Reminder of an invoice sent"),
        "invoice_objected_to": _("Objection to an invoice"),
        "objection_taken_up": _("Objection that was said again taken up"),
        "objection_settled": _("Objection answered"),
    }
)
