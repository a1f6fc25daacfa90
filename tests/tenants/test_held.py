"""While a city is held for its move (tenants.cells.moving), whoever writes waits, then a page says so with their words."""

from collections.abc import Callable
from typing import Any

import psycopg
import pytest
from django.test import Client
from django_tenants.utils import schema_context
from psycopg import sql

from accounts.session_store import SessionStore
from common.db import connection
from tenants.dumps import columns_of
from tenants.models import Municipality
from tests.accounts.factories import UserFactory
from tests.participation.factories import SOLUTION, ProposalFactory


@pytest.mark.parametrize("debug", [False, True])
def test_whatever_is_posted_while_the_city_is_held_gets_a_page_that_keeps_the_words(
    real_db: str, visit: Callable[..., Client], settings: Any, debug: bool
) -> None:
    settings.DEBUG = debug  # Django's own page for mistakes is not for this
    saran = Municipality.objects.get(slug="saran")
    with schema_context(saran.schema_name):
        proposal = ProposalFactory()
        client, visitor = visit(saran, UserFactory()), visit(saran)
        address = proposal.get_absolute_url()
        kept = SessionStore()
        kept["asked"] = "a"
        kept.save()
    tables = [sql.Identifier(saran.schema_name, name) for name in columns_of(saran.schema_name)]
    target = connection.settings_dict
    with (
        psycopg.connect(host=target["HOST"], port=target["PORT"], user=target["USER"], dbname=target["NAME"]) as other,
        connection.cursor() as cursor,
    ):
        other.execute(sql.SQL("LOCK TABLE {} IN SHARE MODE").format(sql.SQL(", ").join(tables)))
        cursor.execute("SET lock_timeout = '50ms'")
        try:
            for who, path, sent in (
                (visitor, "/connexion/", {"email": "quelqu.un@example.org"}),
                (visitor, "/defis/ecologie/proposer/", {"solution": SOLUTION}),
                (client, "/defis/ecologie/proposer/", {"solution": SOLUTION}),
                (client, f"{address}reagir/", {"reaction": "LIKE"}),
                (client, f"/signaler/proposition/{proposal.pk}/", {"raison": "OTHER", "words": SOLUTION}),
                (client, "/deconnexion/", {}),
            ):
                who.raise_request_exception = False
                answer = who.post(path, sent)
                assert (answer.status_code, answer.headers.get("Retry-After")) == (503, "30"), path
                assert answer.headers["Cache-Control"] == "no-store"
                assert (SOLUTION in answer.content.decode()) == (SOLUTION in sent.values())
            with schema_context(saran.schema_name), pytest.raises(Exception, match="lock timeout"):
                SessionStore(kept.session_key).save()
        finally:
            cursor.execute("RESET lock_timeout")
