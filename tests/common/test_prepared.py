"""Queries whose SQL is made once a process."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.db.models.sql.compiler import SQLCompiler
from django.test.utils import CaptureQueriesContext
from django_tenants.utils import schema_context

from common.prepared import Prepared
from consultations.framing.models import Challenge
from consultations.participation.models import Proposal
from consultations.participation.selectors.page import _proposal
from tenants.models import Municipality
from tests.participation.factories import ProposalFactory


def test_it_says_what_its_query_says_and_makes_its_sql_once(
    in_saran: Municipality, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = ProposalFactory(title="Un banc"), ProposalFactory(title="Un arbre")
    prepared = Prepared(_proposal)
    assert prepared(first.pk)[0].title == "Un banc"
    made: list[type] = []
    before = SQLCompiler.as_sql

    def spying(self: SQLCompiler, *args: object, **kwargs: object) -> object:
        made.append(self.query.model)
        return before(self, *args, **kwargs)

    monkeypatch.setattr(SQLCompiler, "as_sql", spying)
    with CaptureQueriesContext(connection) as asked:
        (found,) = prepared(second.pk)
    assert Proposal not in made
    (expected,) = _proposal(second.pk)
    kept = ("_state", "_prefetched_objects_cache")
    assert {name: value for name, value in vars(found).items() if name not in kept} == {
        name: value for name, value in vars(expected).items() if name not in kept
    }
    assert found.challenge.consultation == expected.challenge.consultation
    with CaptureQueriesContext(connection) as read_already:
        assert list(found.challenge.consultation.phases.all())
    assert len(asked) == 2
    assert not len(read_already)
    assert prepared(0) == []


def test_each_thread_asks_its_own_connection_and_city(real_db: str) -> None:
    prepared = Prepared(lambda pk: Challenge.objects.filter(position__gte=0, consultation__is_current=True, pk__gte=pk))
    cities = list(Municipality.objects.all())

    def ask(city: Municipality) -> set[int]:
        try:
            with schema_context(city.schema_name):
                return {each.pk for each in prepared(1)}
        finally:
            connection.close()

    for city in cities[:1]:
        with schema_context(city.schema_name):
            Challenge.objects.order_by("pk")[0].delete()
    with ThreadPoolExecutor(2) as pool:
        found = list(pool.map(ask, cities))
    for city, pks in zip(cities, found, strict=True):
        with schema_context(city.schema_name):
            assert pks == set(Challenge.objects.values_list("pk", flat=True))
    assert found[0] != found[1]
