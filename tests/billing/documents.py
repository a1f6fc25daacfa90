"""An invoice, a credit note, a quote and a receipt that are right, to be made wrong one thing at a time."""

from dataclasses import replace
from datetime import date
from typing import Any

from billing.documents.data import (
    Address,
    BankAccount,
    Document,
    Kind,
    Line,
    Party,
    Period,
    Quote,
    Receipt,
    Reference,
    public_address,
)

SELLER = Party(
    name="Exemple Logiciels SAS",
    siren="732829320",
    siret="73282932000074",
    address=Address("1 rue du Port", "44000", "Nantes"),
    electronic_address="732829320",
    vat_number="FR44732829320",
    legal_form="SAS au capital de 10 000 €, RCS Nantes 732 829 320",
    contact="Facturation",
    email="facturation@exemple.example",
    phone="02 40 00 00 00",
)
BUYER = Party(
    name="Commune de Saint-Exemple",
    siren="214499998",
    siret="21449999800018",
    address=Address("Place de la Mairie", "44100", "Saint-Exemple", line2="Hôtel de ville"),
    electronic_address=public_address("21449999800018"),
)
YEAR = Period(date(2026, 12, 1), date(2027, 11, 30))
SUBSCRIPTION = Line(
    reference="ABO-4",
    name="Abonnement annuel, de 10 001 à 20 000 habitants",
    description="Plateforme de consultation citoyenne, hébergement et assistance compris",
    quantity=1,
    unit_price=340_000,
    rate=2000,
    period=YEAR,
)
START = Line(
    reference="MES", name="Mise en service et formation, par demi-journée", quantity=2, unit_price=35_050, rate=2000
)
BANK = BankAccount("FR7630006000011234567890189", "AGRIFRPP")


def an_invoice(**changes: Any) -> Document:
    document = Document(
        kind=Kind.INVOICE,
        number="F-2026-00042",
        issued_on=date(2026, 11, 28),
        seller=SELLER,
        buyer=BUYER,
        lines=(SUBSCRIPTION, START),
        due_on=date(2026, 12, 28),
        service_code="FINANCES",
        engagement_number="2026-BC-001873",
        contract="D-2026-0117",
        delivered_on=date(2026, 12, 1),
        period=YEAR,
        bank=BANK,
    )
    return replace(document, **changes)


def a_credit_note(**changes: Any) -> Document:
    document = an_invoice(
        kind=Kind.CREDIT_NOTE,
        number="A-2026-00003",
        issued_on=date(2026, 12, 5),
        lines=(replace(START, name="Annulation : mise en service et formation"),),
        due_on=None,
        terms="Avoir à déduire du règlement de la facture F-2026-00042.",
        period=None,
        bank=None,
        corrects=Reference("F-2026-00042", date(2026, 11, 28)),
    )
    return replace(document, **changes)


def a_quote(**changes: Any) -> Quote:
    quote = Quote(
        number="D-2026-0143",
        issued_on=date(2026, 9, 1),
        valid_until=date(2026, 11, 30),
        seller=SELLER,
        buyer=BUYER,
        lines=(SUBSCRIPTION,),
        included=(
            "La plateforme à l’adresse de la commune, pour un nombre illimité d’habitants et de consultations.",
            "L’hébergement en France, les sauvegardes chaque nuit, les mises à jour.",
            "L’assistance par courriel, avec une réponse sous un jour ouvré.",
        ),
        mentions=("Paiement à 30 jours, sur facture déposée sur Chorus Pro, par mandat administratif.",),
        years=4,
        total_over_years=1_360_000,
        threshold="Sous 60 000 € HT, la mise en concurrence n’est pas obligatoire (article R. 2122-8 du code de la "
        "commande publique).",
    )
    return replace(quote, **changes)


def a_receipt(**changes: Any) -> Receipt:
    receipt = Receipt(
        number="R-2027-0009",
        received_on=date(2027, 1, 1),
        amount=492_120,
        means="virement",
        reference="MANDAT 2026-4711",
        invoice=Reference("F-2026-00042", date(2026, 11, 28)),
        invoice_total=492_120,
        left=0,
        seller=SELLER,
        buyer=BUYER,
    )
    return replace(receipt, **changes)
