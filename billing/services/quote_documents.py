"""A quote as a file: the row in the words of the document."""

from billing.documents import data
from billing.documents.amounts import printed
from billing.enums import Timing
from billing.models import Quote
from billing.seller import seller
from billing.services.papers import buyer, exemption
from billing.services.quotes import THRESHOLD_CENTS
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
    "La durée de l’abonnement est d’un an. Il commence avec le bon de commande.",
    "Paiement à 30 jours par mandat administratif, sur facture déposée sur Chorus Pro (code de la commande publique, "
    "articles L. 2192-1 et R. 2192-10).",
    "En cas de retard de paiement\u00a0: intérêts moratoires et indemnité forfaitaire de 40 € (articles L. 2192-13, "
    "R. 2192-31 et D. 2192-35).",
    "Conditions d’utilisation et accord de traitement des données personnelles (RGPD, article 28)\u00a0: ceux que la "
    "collectivité a acceptés à son inscription.",
)


def quote_pdf_of(quote: Quote) -> bytes:
    """Made of the row alone: the same file each time. Loads Typst."""
    from billing.documents.printing import quote_pdf

    return quote_pdf(quote_document(quote))


def quote_document(quote: Quote) -> data.Quote:
    account = quote.account
    return data.Quote(
        number=quote.number,
        issued_on=quote.issued_on,
        valid_until=quote.valid_until,
        seller=seller(),
        buyer=buyer(account),
        lines=(_line(quote),),
        included=_INCLUDED,
        mentions=(_TIMINGS[Timing(quote.timing)], *_ORDER),
        years=quote.years,
        total_over_years=quote.over_years_cents,
        threshold=_threshold(quote.over_years_cents),
        exemption=exemption(account, territory=quote.territory, rate=quote.vat_basis_points),
    )


def _line(quote: Quote) -> data.Line:
    return data.Line(
        reference="",
        name=f"Abonnement d’un an à la plateforme, {in_figures(quote.population)} habitants",
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
