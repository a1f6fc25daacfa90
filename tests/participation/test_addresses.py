"""A short or a former address of a page leads to its present one, with all that was asked for."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django_tenants.utils import schema_context

from tenants.models import Municipality
from tests.participation.factories import ArgumentFactory, ProposalFactory
from tests.test_house import ROOT, files_of

QUERY = "argumenter&position=contre&mots=%C3%A9t%C3%A9"


@pytest.mark.parametrize("query", [QUERY, ""])
@pytest.mark.parametrize("place", ["{short}", "{short}ancien-titre/", "{short}ancien-titre/arguments/{argument}/"])
def test_a_redirect_to_the_present_address_keeps_its_query(
    saran: Municipality, visit: Callable[..., Any], place: str, query: str
) -> None:
    with schema_context(saran.schema_name):
        proposal = ProposalFactory()
        argument = ArgumentFactory(proposal=proposal)
    present = (argument if "argument" in place else proposal).get_absolute_url()
    path = place.format(short=f"/propositions/{proposal.pk}/", argument=argument.pk)
    moved = visit(saran).get(path, QUERY_STRING=query)
    assert (moved.status_code, moved.headers["Location"]) == (301, f"{present}?{query}" if query else present)


def test_every_permanent_redirect_keeps_its_query() -> None:
    """By `lead_to`; from host to host, the middleware's."""
    found = [
        str(file.relative_to(ROOT))
        for file in files_of(".py")
        if re.search(r"permanent=True|PermanentRedirect\(", file.read_text()) and "tests" not in file.parts
    ]
    assert found == ["platform/common/views.py", "tenants/middleware.py"]
