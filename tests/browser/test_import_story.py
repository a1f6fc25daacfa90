"""Files of Decidim: sent, looked at, imported by a real worker, undone, imported again."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django_tenants.utils import schema_context
from playwright.sync_api import Page, expect

from accounts.enums import Role
from consultations.imports.services.importing import QUEUE
from tenants.models import Municipality
from tests.accounts.factories import UserFactory
from tests.browser.conftest import DESKTOP, Live
from tests.browser.people import come_in, go
from tests.browser.test_moderation_story import clean
from tests.imports.files import COMMENTS, NEW, comment, new_proposal, table
from tests.processes import eventually, worker

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("javascript", [True, False], ids=["with-javascript", "without-javascript"])
def test_a_decidim_file_imported_undone_and_imported_again(
    live: Live, open_page: Callable[..., Page], visit: Callable[..., Any], tmp_path: Path, javascript: bool
) -> None:
    saran, site = Municipality.objects.get(slug="saran"), live.city("saran")
    with schema_context(saran.schema_name):
        facilitator = UserFactory(role=Role.FACILITATOR)
    proposals, comments = tmp_path / "propositions.csv", tmp_path / "commentaires.csv"
    proposals.write_bytes(table(NEW, [new_proposal(1), new_proposal(2, published_at="hier")]))
    comments.write_bytes(table(COMMENTS, [comment(10), comment(11, depth=1, parent=10)]))
    desk = open_page(DESKTOP, javascript=javascript)
    come_in(desk, site, visit(saran, facilitator))

    def shows(words: str) -> Callable[[], bool]:
        def look() -> bool:
            desk.goto(desk.url)
            return desk.get_by_text(words).first.is_visible()

        return look

    def imported() -> None:
        desk.goto(f"{site}/gestion/importer/")
        clean(desk)
        desk.get_by_label("Decidim").check()
        desk.get_by_label("Fichier", exact=True).set_input_files(proposals)
        desk.get_by_label("Second fichier").set_input_files(comments)
        go(desk, "Lire ces fichiers")
        assert eventually(shows("Ce que les fichiers ne disent pas"))
        expect(desk.get_by_text("1 ligne laissée de côté")).to_be_visible()
        clean(desk)
        desk.get_by_label("Titre de la consultation").fill(f"Nos rues {javascript}")
        desk.get_by_label("Les reprendre comme arguments").check()
        go(desk, "Relire avec ces réponses")
        assert eventually(shows("Changer ce que vous avez précisé"))
        clean(desk)
        go(desk, "Importer cette consultation")
        assert eventually(shows("Annuler cet import"))
        clean(desk)

    with worker(queue=QUEUE):
        imported()
        page = desk.url
        go(desk, f"Nos rues {javascript}")
        expect(desk.get_by_role("heading", level=1)).to_contain_text(f"Nos rues {javascript}")
        desk.goto(page)
        go(desk, "Annuler cet import")
        expect(desk.get_by_text("L’import est annulé")).to_be_visible()
        imported()
        go(desk, "Annuler cet import")
