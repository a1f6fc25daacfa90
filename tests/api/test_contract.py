"""What the API says of itself is what it does: changed on purpose, by `make contract`, and seen in the review."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from rest.schema import SITES, kept_contract, written
from tests.api.conftest import Program


@pytest.mark.parametrize("site", SITES)
def test_the_description_is_that_of_the_code(db: None, site: str) -> None:
    assert json.loads(kept_contract(site)) == json.loads(written(site)), "run `make contract`, and read what changes"


@pytest.mark.parametrize("site", SITES)
def test_it_holds_no_words_for_programmers_of_ours(site: str) -> None:
    shapes = json.loads(kept_contract(site))["components"]["schemas"]
    assert not [name for name, each in shapes.items() if "description" in each]


def test_it_is_served_as_it_is(program: Callable[..., Program], saran: Any) -> None:
    answer = program(saran).get("openapi.json")
    assert answer.json() == json.loads(kept_contract("city"))
    assert program(None).get("openapi.json").json() == json.loads(kept_contract("service"))
