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
