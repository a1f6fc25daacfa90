"""What an authority may be called where the directory does not say it: a name, and nothing that leads anywhere."""

import gzip
from collections.abc import Callable
from pathlib import Path

import pytest
from django.test import Client
from django.utils import timezone

from onboarding.models import SignUp
from onboarding.names import NameRefused, check_authority_name, check_leads_nowhere
from onboarding.services.sign_ups import describe_authority

DIRECTORY = Path(__file__).resolve().parents[2] / "onboarding" / "directory" / "authorities-2026.tsv.gz"
GOOD = [
    "Y", "Syndicat du Loing", "S.I.V.O.M. de la Vallée", "St. Jean de Braye", "Paris 12e Arrondissement",
    "L’Haÿ-les-Roses", "L'Haÿ-les-Roses", "CC Bugey & Rhône (CCBR)", "Faʻaʻā", "Œuilly", "Orléans, Métropole",
]  # fmt: skip
BAD = [
    "Banque postale www.evil.example", "evil.com", "Voir http evil", "https://evil.example/x", "t.co/abc",
    "Ville de Saran evil。com", "evil․com", "evil\u200b.com", "ｅｖｉｌ．ｃｏｍ", "maire@evil.example", "maire＠evil",
    "Appelez le 06 12 34 56 78", "0612345678", "Sаran", "Saran ✔", "Saran 🎁", "<b>Saran</b>", "Saran\nBcc: a",
    "Saran\u202e", "Saran\x00", "...", " ", "", "x" * 121, "mailto:a", "Saran; gagnez", "Saran = gratuit",
]  # fmt: skip


@pytest.mark.parametrize("name", GOOD)
def test_a_name_is_a_name(name: str) -> None:
    check_authority_name(name)


@pytest.mark.parametrize("name", BAD)
def test_what_leads_elsewhere_is_no_name(name: str, db: None) -> None:
    with pytest.raises(NameRefused) as refusal:
        check_authority_name(name)
    assert str(refusal.value)
    with pytest.raises(NameRefused):
        describe_authority(sign_up=None, name=name, kind="COMMUNE", siren="", at=timezone.now())
    assert not SignUp.objects.exists()


def test_every_name_of_the_directory_would_do() -> None:
    rows = [line.split("\t") for line in gzip.decompress(DIRECTORY.read_bytes()).decode().splitlines()[1:]]
    assert len(rows) > 36_000
    for row in rows:
        check_authority_name(row[2])


def test_the_page_says_what_to_mend(visit: Callable[..., Client], db: None) -> None:
    answers = {"name": "Gagnez sur evil.com", "kind": "COMMUNE", "siren": "", "website": ""}
    page = visit(None).post("/inscription/", answers)
    assert page.status_code == 422
    assert "Ni lien ni adresse" in page.content.decode()


def test_a_message_may_say_anything_but_a_link() -> None:
    check_leads_nowhere("Bonjour, je suis arrivée en mars au service culture (poste 12). Merci !")
    for words in ("Voyez evil.com", "Écrivez-moi : a@b.example", "http://x", "www.x"):
        with pytest.raises(NameRefused):
            check_leads_nowhere(words)
