"""A quote as a file: the row in the words of the document."""

from django_tenants.utils import schema_context

from billing.documents import data
from billing.documents.amounts import printed
from billing.enums import Timing
from billing.models import Account, Quote, QuotePdf
from billing.seller import seller
from billing.services.papers import buyer, exemption
from billing.services.quotes import OF_THE_BUYER, THRESHOLD_CENTS
from common.text import in_figures

# Documents of French law: in French, whoever reads them.
_TIMINGS = {
    Timing.ADVANCE: "Une facture par an, au début de chaque période.",
    Timing.ARREARS: "Une facture par an, à la fin de chaque période, une fois le service fait.",
}
_INCLUDED = (
    "La plateforme à l’adresse de la collectivité, avec ses défis déjà écrits, pour un nombre illimité d’habitants et "
    "de consultations.",
    "L’hébergement, la maintenance et les mises à jour.",
    "L’aide par courriel et l’export des données à tout moment.",
)
_ORDER = (
    "Paiement à 30 jours par mandat administratif, sur facture déposée sur Chorus Pro (code de la commande publique, "
    "articles L. 2192-1 et R. 2192-10).",
    "En cas de retard de paiement\u00a0: intérêts moratoires et indemnité forfaitaire de 40 € (articles L. 2192-13, "
    "R. 2192-31 et D. 2192-35).",
    "Conditions d’utilisation et accord de traitement des données personnelles (RGPD, article 28)\u00a0: ceux que le "
    "service publie, et que le dossier d’achat contient pour le second.",
)


def quote_pdf_of(quote: Quote) -> bytes:
    """Made when it is first read, and kept: the same file each time. Loads Typst that once."""
    with schema_context("public"):
        kept = QuotePdf.objects.filter(quote=quote.pk).first()
        if kept is None:
            from billing.documents.printing import quote_pdf

            made = quote_pdf(quote_document(quote))
            # Of two who read it at once, the first one's.
            kept, _is_new = QuotePdf.objects.get_or_create(quote_id=quote.pk, defaults={"content": made})
        return bytes(kept.content)


def quote_document(quote: Quote) -> data.Quote:
    account = quote.account
    # Never saved: who it was made for, as they were then.
    theirs = Account(**{name: getattr(account, name) for name in OF_THE_BUYER} | quote.buyer)
    return data.Quote(
        number=quote.number,
        issued_on=quote.issued_on,
        valid_until=quote.valid_until,
        seller=seller(),
        buyer=buyer(theirs),
        lines=(_line(quote),),
        included=_INCLUDED,
        mentions=(_duration(quote), _TIMINGS[Timing(quote.timing)], *_ORDER),
        years=quote.years,
        total_over_years=quote.over_years_cents,
        threshold=_threshold(quote.over_years_cents),
        exemption=exemption(account, territory=quote.territory, rate=quote.vat_basis_points),
    )


def _duration(quote: Quote) -> str:
    lasts = "un an" if quote.years == 1 else f"{quote.years} ans, chacun avec sa facture et son numéro d’engagement"
    return (
        f"Durée\u00a0: {lasts}. L’abonnement commence avec le bon de commande, ou à la suite de celui qui court. Il se "
        "renouvelle par un nouveau bon de commande, jamais tacitement."
    )


def _line(quote: Quote) -> data.Line:
    return data.Line(
        reference="",
        name=f"Abonnement d’un an à Territoires résilients, {quote.account.municipality.host}, "
        f"{in_figures(quote.population)} habitants",
        quantity=1,
        unit_price=quote.yearly_cents,
        rate=quote.vat_basis_points,
    )


def _threshold(cents: int) -> str:
    most = printed(THRESHOLD_CENTS).replace(",00", "")
    if cents < THRESHOLD_CENTS:
        return (
            f"Sous {most} HT, renouvellements compris, la mise en concurrence n’est pas obligatoire (code de la "
            "commande publique, article R. 2122-8)."
        )
    return (
        f"À partir de {most} HT, renouvellements compris, une procédure de mise en concurrence est à prévoir (code de "
        "la commande publique, articles L. 2123-1 et R. 2122-8)."
    )
