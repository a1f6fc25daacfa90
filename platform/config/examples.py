"""Of nobody, and they say so: for a developer’s machine, the tests and the check of a deployment."""

PAPERS = {
    "PAPERS_HOST_COUNTRY": "France",
    "PAPERS_HOST_CERTIFICATIONS": "aucune (exemple)",
    "PAPERS_BACKUPS": "chaque nuit, chiffrées, une restauration essayée chaque trimestre (exemple)",
    "PAPERS_BACKUP_DAYS": "30",
    "PAPERS_MAIL_COMPANY": "Exemple Courriel SAS (exemple), 2 rue du Port, 44000 Nantes",
    "PAPERS_MAIL_COUNTRY": "France",
    "PAPERS_ERRORS_COMPANY": "Exemple Pannes GmbH (exemple), Hafenstraße 3, 20359 Hamburg",
    "PAPERS_ERRORS_COUNTRY": "Allemagne",
    "PAPERS_DPO_NAME": "Camille Exemple (exemple)",
    "PAPERS_DPO_EMAIL": "dpo@exemple.example",
    "PAPERS_REQUEST_DAYS": "5",
    "PAPERS_AUDIT_DAYS": "15",
    "PAPERS_AUDITS_A_YEAR": "1",
}
SITE = {
    "SITE_DIRECTOR": "Camille Exemple, présidente (exemple)",
    "SITE_LOG_DAYS": "14",
    "SITE_PRICE_REVISION": "l’indice Syntec du mois de novembre (exemple)",
    "SITE_AVAILABILITY": "99,5\u00a0%",
    "SITE_CREDIT": "5\u00a0% du prix du mois par heure d’arrêt (exemple)",
    "SITE_HELP_HOURS": "9\u00a0h à 18\u00a0h",
    "SITE_ANSWER": "un jour ouvré",
    "SITE_INCIDENT": "quatre heures ouvrées",
    "SITE_LIABILITY": "deux fois le prix annuel (exemple)",
    "SITE_INSURER": "Exemple Assurances (exemple), contrat n°\u00a000000",
}
# The numbers are well made.
SELLER = {
    "SELLER_NAME": "Exemple Logiciels SAS",
    "SELLER_LEGAL_FORM": "SAS au capital de 10 000 €, RCS Nantes 732 829 320",
    "SELLER_SIRET": "73282932000074",
    "SELLER_VAT_NUMBER": "FR44732829320",
    "SELLER_ADDRESS": "1 rue du Port",
    "SELLER_POSTCODE": "44000",
    "SELLER_TOWN": "Nantes",
    "SELLER_CONTACT": "Facturation",
    "SELLER_EMAIL": "facturation@exemple.example",
    "SELLER_PHONE": "02 00 00 00 00",
}
