"""The purchase pack: what a buyer's file needs, in one download. Made when it is asked for; kept nowhere."""

import io
import logging
import re
import zipfile
from collections.abc import Callable
from datetime import date

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import escape
from django.utils.translation import gettext

from billing import terms
from billing.documents.data import BankAccount
from billing.documents.identifiers import grouped
from billing.documents.page_text import Block, Run, blocks_of
from billing.models import Account, Quote
from billing.seller import missing, own_bank_account, seller
from billing.services.papers import buyer
from billing.services.quote_documents import quote_pdf_of
from common.refusals import Refusal

logger = logging.getLogger(__name__)
AGREEMENT, SECURITY, BANK = "accord", "securite", "banque"
NAMES = {AGREEMENT: "accord-donnees-personnelles", SECURITY: "annexe-de-securite", BANK: "coordonnees-bancaires"}


# Of the terms it is the second part, from article 17 on; alone it begins with 1.
_FIRST_OF_ALL = re.compile(r"<h3>(\d+)\.")
_DAYS_TO_LEAVE = re.compile(r"Les 30\sjours de l’article\s11 passés")
_SIGNATURES = (
    "<h3>Signatures</h3><p>Fait à ……………………, le ……………………</p>"
    "<p>Pour la collectivité (nom, fonction, signature)\u00a0: ……………………</p>"
    "<p>Pour le prestataire (nom, fonction, signature)\u00a0: ……………………</p>"
)


class PaperNotReady(Refusal):
    """It would have a hole where our own settings say nothing: nobody is given such a paper to sign."""

    code = "paper_not_ready"
    status = 503

    def __init__(self) -> None:
        super().__init__(
            gettext(
                "This paper is not ready yet: something is still to be filled in on our side. To get it, write to us: "
                "%(email)s."
            )
            % {"email": settings.SERVICE_EMAIL}
        )


def lacking() -> list[str]:
    """The settings without which, or with which as they are, the agreement and the annex are given to nobody."""
    return [*missing(), *terms.missing(), *(each.code for each in terms.problems())]


def papers_of(account: Account) -> list[str]:
    """Which there are: no bank details while nobody knows where the authority will pay to."""
    return [kind for kind in NAMES if kind != BANK or bank_known(account)]


def paper_of(account: Account, kind: str, *, on: date) -> bytes:
    """One of `papers_of`. Loads Typst. Raises PaperNotReady."""
    if names := missing() if kind == BANK else lacking():
        logger.error("a paper of the purchase file was asked for and lacks settings: %s", ", ".join(names))
        raise PaperNotReady
    return _MAKERS[kind](account, on)


def pack_of(quote: Quote, *, on: date) -> bytes:
    """The quote and all papers, as a ZIP. Raises PaperNotReady."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr(f"devis-{quote.number}.pdf", quote_pdf_of(quote))
        for kind in papers_of(quote.account):
            file.writestr(f"{NAMES[kind]}.pdf", paper_of(quote.account, kind, on=on))
    return written.getvalue()


def _agreement(account: Account, on: date) -> bytes:
    # The page of the public site, whatever the site that asks.
    privacy = settings.PUBLIC_BASE_URL + reverse("service_privacy", urlconf=settings.PUBLIC_SCHEMA_URLCONF)
    said = {"privacy_url": privacy, "service_email": settings.SERVICE_EMAIL, "of_ours": terms.printed()}
    page = render_to_string("billing/agreement.html", said)
    lead = "Accord au titre de l’article 28 du RGPD."
    siren = f", SIREN {grouped(account.siren, 3, 3, 3)}" if account.siren else ""
    parties = (
        f"<p>Entre la collectivité, {escape(account.legal_name)}{siren}, et le prestataire, "
        f"{escape(seller().name)}, SIREN {grouped(seller().siren, 3, 3, 3)}.</p>"
    )
    alone = _FIRST_OF_ALL.sub(lambda found: f"<h3>{int(found[1]) - 16}.", page)
    alone = _DAYS_TO_LEAVE.sub("Trente jours après la fermeture de la plateforme", alone)
    blocks = [*blocks_of(parties), *blocks_of(alone)[1:], *blocks_of(_SIGNATURES)]
    return _paper("Accord de traitement des données", lead, blocks, account, on)


def _security(account: Account, on: date) -> bytes:
    lead = "Ce que fait le service pour protéger la plateforme."
    page = render_to_string("billing/security.html", {"of_ours": terms.printed()})
    return _paper("Annexe de sécurité", lead, blocks_of(page), account, on)


def _bank_details(account: Account, on: date) -> bytes:
    bank = bank_known(account)
    assert bank
    iban = "\u00a0".join(bank.iban[start : start + 4] for start in range(0, len(bank.iban), 4))
    said = [("Titulaire", bank.holder or seller().name), ("IBAN", iban), ("BIC", bank.bic)]
    blocks = [Block("p", (Run(label, "strong"), Run(f"\u00a0: {value}"))) for label, value in said if value]
    lead = "Pour payer une facture par virement, avec son numéro pour motif."
    return _paper("Coordonnées bancaires", lead, blocks, account, on)


_MAKERS: dict[str, Callable[[Account, date], bytes]] = {
    AGREEMENT: _agreement,
    SECURITY: _security,
    BANK: _bank_details,
}


def _paper(title: str, lead: str, blocks: list[Block], account: Account, on: date) -> bytes:
    from billing.documents.printing import paper_pdf

    return paper_pdf(title, lead, blocks, day=on, seller=seller(), buyer=buyer(account))


def bank_known(account: Account) -> BankAccount | None:
    """Without asking Stripe: nobody waits for it in front of a page."""
    if own := own_bank_account():
        return own
    return BankAccount(account.iban, account.bic, account.bank_holder) if account.iban else None
