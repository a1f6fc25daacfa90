"""Where an authority pays to."""

from billing.clients import money
from billing.documents.data import BankAccount
from billing.models import Account
from billing.seller import own_bank_account


def known_bank_of(account: Account) -> BankAccount | None:
    """As `bank_of`, of what is known already: for mails, whose invoice names it."""
    if own := own_bank_account():
        return own
    return BankAccount(account.iban, account.bic, account.bank_holder) if account.iban else None


def bank_of(account: Account) -> BankAccount | None:
    """An account of ours where one is set, else that of this authority at Stripe; None while it is no customer there.

    Without a call where it is known. Raises CallFailed.
    """
    if known := known_bank_of(account):
        return known
    if not account.iban:
        if not account.stripe_customer:
            return None
        found = money.bank_account(account.stripe_customer)
        account.iban, account.bic, account.bank_holder = found.iban, found.bic, found.holder
        Account.objects.filter(pk=account.pk).update(iban=found.iban, bic=found.bic, bank_holder=found.holder)
    return BankAccount(account.iban, account.bic, account.bank_holder)
