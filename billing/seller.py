"""Who sells, and how one pays: what every document of ours says of us (the settings SELLER_*)."""

from django.conf import settings

from billing.documents.data import Address, BankAccount, Party
from billing.documents.identifiers import check_bic, check_iban, check_siret, check_vat_number
from billing.documents.problems import Problem

# Without them there is no invoice. The rest is printed where it is known.
NEEDED = ("NAME", "SIRET", "VAT_NUMBER", "ADDRESS", "POSTCODE", "TOWN")


def missing() -> list[str]:
    """The names of the settings that are needed and empty."""
    return [f"SELLER_{name}" for name in NEEDED if not settings.SELLER[name]]


def seller_problems() -> list[Problem]:
    """What is wrong with what is set; nothing of what is not."""
    given = settings.SELLER
    found = check_siret(given["SIRET"]) if given["SIRET"] else []
    if given["VAT_NUMBER"]:
        found += check_vat_number(given["VAT_NUMBER"], siren=given["SIRET"][:9])
    if given["IBAN"]:
        found += check_iban(given["IBAN"])
    if given["BIC"]:
        found += check_bic(given["BIC"])
    return found


def seller() -> Party:
    """Ask `missing` first."""
    given = settings.SELLER
    siren = given["SIRET"][:9]
    return Party(
        name=given["NAME"],
        siren=siren,
        siret=given["SIRET"],
        address=Address(given["ADDRESS"], given["POSTCODE"], given["TOWN"]),
        electronic_address=siren,
        vat_number=given["VAT_NUMBER"],
        legal_form=given["LEGAL_FORM"],
        contact=given["CONTACT"],
        email=given["EMAIL"] or settings.SERVICE_EMAIL,
        phone=given["PHONE"],
    )


def own_bank_account() -> BankAccount | None:
    """Where it is set, transfers go there, and operators enter them; where not, each customer has one of Stripe's."""
    return BankAccount(settings.SELLER["IBAN"], settings.SELLER["BIC"]) if settings.SELLER["IBAN"] else None
