"""The agreement on data and the security annex: whole, or given to nobody; read before any quote."""

import logging
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.test import Client

from billing import terms
from billing.checks import papers_are_whole
from billing.models import Account
from billing.services.pack import PaperNotReady, lacking
from tenants.models import Municipality
from tests.billing.purchases import a_quote, buyer
from tests.billing.test_ops import ops
from tests.billing.test_own_documents import text_of
from tests.billing.test_purchase import PAGE, read
from tests.support.pages import says

__all__ = ["ops"]
NAMES = [*terms.values()]


@pytest.mark.parametrize("name", NAMES)
def test_what_is_missing_is_named_and_no_paper_is_given_with_a_hole(
    desk: Client, ops: Client, settings: Any, caplog: pytest.LogCaptureFixture, name: str
) -> None:
    settings.SENTRY_DSN = "https://key@errors.example/1"
    if name.startswith("PAPERS_"):
        settings.PAPERS = settings.PAPERS | {name.removeprefix("PAPERS_"): ""}
    else:
        setattr(settings, name, "")
    [said] = papers_are_whole(None)
    assert (said.id, name in str(said.msg)) == ("billing.E003", True)
    with caplog.at_level(logging.ERROR, logger="billing.services.pack"):
        answer = desk.get(f"{PAGE}dossier/accord.pdf")
    assert (answer.status_code, says(answer, PaperNotReady)) == (503, True)
    assert name in caplog.text
    assert name in read(ops.get("/ops/facturation/"))


def test_who_reports_errors_to_nobody_names_nobody_for_it(settings: Any) -> None:
    settings.PAPERS = settings.PAPERS | {"ERRORS_COMPANY": "", "ERRORS_COUNTRY": ""}
    assert (settings.SENTRY_DSN, papers_are_whole(None), lacking()) == ("", [], [])
    assert "errors_company" not in terms.printed()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("HOST_COUNTRY", "États-Unis"),
        ("MAIL_COUNTRY", "france"),
        ("BACKUP_DAYS", "trente"),
        ("REQUEST_DAYS", "0"),
        ("AUDIT_DAYS", "-3"),
        ("AUDITS_A_YEAR", "1,5"),
        ("DPO_EMAIL", "dpo chez nous"),
    ],
)
def test_what_is_wrong_is_named_and_gives_no_paper(desk: Client, settings: Any, name: str, value: str) -> None:
    settings.PAPERS = settings.PAPERS | {name: value}
    [said] = papers_are_whole(None)
    assert (said.id, f"PAPERS_{name}" in str(said.msg)) == ("billing.E004", True)
    assert desk.get(f"{PAGE}dossier/securite.pdf").status_code == 503


def test_the_whole_file_has_no_hole_either(desk: Client, saran: Municipality, settings: Any) -> None:
    a_quote(buyer(saran))
    assert desk.get(f"{PAGE}dossier.zip").status_code == 200
    settings.PAPERS = settings.PAPERS | {"DPO_NAME": ""}
    assert desk.get(f"{PAGE}dossier.zip").status_code == 503
    settings.SELLER = settings.SELLER | {"NAME": "", "IBAN": "FR7630006000011234567890189"}
    assert desk.get(f"{PAGE}dossier/banque.pdf").status_code == 503


def test_a_legal_service_reads_them_before_any_quote(desk: Client, saran: Municipality, settings: Any) -> None:
    page = desk.get(PAGE).content.decode()
    assert f'href="{PAGE}dossier/accord.pdf"' in page
    assert f'href="{PAGE}dossier/banque.pdf"' not in page
    agreement = text_of(desk.get(f"{PAGE}dossier/accord.pdf").content)
    assert (
        "Entre la collectivité, Commune de Saran, SIREN 214 503 021, et le prestataire, Exemple Logiciels" in agreement
    )
    for said in (
        "Exemple Courriel SAS",
        "Camille Exemple",
        "dpo@exemple.example",
        "5 jours ouvrés",
        "30 jours au plus",
    ):
        assert said in agreement.replace("\u00a0", " ")
    annex = text_of(desk.get(f"{PAGE}dossier/securite.pdf").content)
    assert "Hébergement des tests, 127.0.0.1" in annex
    assert "surligné" not in agreement + annex
    settings.SELLER = settings.SELLER | {"IBAN": "FR7630006000011234567890189"}
    assert f'href="{PAGE}dossier/banque.pdf"' in desk.get(PAGE).content.decode()
    assert "FR76 3000 6000" in text_of(desk.get(f"{PAGE}dossier/banque.pdf").content)
    # Reading makes nobody a customer.
    assert not Account.objects.exists()


def test_the_deployment_is_refused_while_one_lacks(db: None, settings: Any) -> None:
    settings.PAPERS = settings.PAPERS | {"DPO_NAME": ""}
    with pytest.raises(CommandError, match="PAPERS_DPO_NAME"):
        call_command("check", "--deploy", "--tag", "security")
