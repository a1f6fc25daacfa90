"""The files of sets/: complete, well set, and never two texts under one number."""

import hashlib
import json
import re
from collections import Counter
from typing import Any

import pytest

from common.text import typeset
from consultations.library.enums import Theme
from consultations.library.models import ChallengeTemplate
from consultations.library.rules import asks, problems_of
from consultations.library.services.shipping import SHIPPED, WORDS, Content, shipped_contents

SETS = shipped_contents()
CHALLENGES = [(code, challenge) for code, content in SETS.items() for challenge in content["challenges"]]
NAMES = [f"{code}/{challenge['code']}" for code, challenge in CHALLENGES]
LONGEST_SENTENCE = 26


def texts(value: Any) -> list[str]:
    """Every word that a reader sees, whatever it is nested in."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return [text for name, each in value.items() if name not in {"code", "theme"} for text in texts(each)]
    return [text for each in value for text in texts(each)] if isinstance(value, list) else []


def test_the_promised_sets_are_there() -> None:
    assert set(SETS) >= {"territoires-resilients", "budget-participatif", "mobilites", "bien-vieillir", "jeunesse"}
    assert {f"{code}.toml" for code in SETS} == {file.name for file in SHIPPED.glob("*.toml")}


@pytest.mark.parametrize("code", SETS)
def test_a_set_may_be_published_as_it_is(code: str) -> None:
    assert problems_of(SETS[code]) == []


@pytest.mark.parametrize("code", SETS)
def test_a_set_has_all_its_fields_and_no_other(code: str) -> None:
    content = SETS[code]
    assert set(content) == {"code", "version", "challenges", *WORDS}
    assert content["version"] >= 1
    assert "{name}" in content["question"]
    assert 5 <= len(content["challenges"]) <= 6
    # It becomes the introduction and the title of cities' consultations, whatever they keep of it.
    assert not re.search(r"\b(un|deux|trois|quatre|cinq|six|\d+) défis?\b", content["summary"], re.I)
    assert "Territoires résilients" not in content["title"]
    assert all(set(each) == {"code", *ChallengeTemplate.CONTENT} for each in content["challenges"])


@pytest.mark.parametrize("code", SETS)
def test_a_set_names_no_challenge_twice_and_shows_several_themes(code: str) -> None:
    challenges = SETS[code]["challenges"]
    for field in ("code", "label", "question"):
        assert [name for name, count in Counter(each[field] for each in challenges).items() if count > 1] == []
    assert len({each["theme"] for each in challenges}) >= 4
    assert {each["theme"] for each in challenges} <= set(Theme.values)


def test_no_two_sets_ask_the_same_question() -> None:
    asked = Counter(challenge["question"] for _code, challenge in CHALLENGES)
    assert [question for question, count in asked.items() if count > 1] == []


@pytest.mark.parametrize(("code", "challenge"), CHALLENGES, ids=NAMES)
def test_a_challenge_is_whole(code: str, challenge: dict[str, Any]) -> None:
    assert len(challenge["guiding_questions"]) == 3
    assert len(challenge["examples"]) == 2
    assert all(set(example) == {"text", "why"} for example in challenge["examples"])
    assert len(challenge["why"].split("\n\n")) == 2
    assert asks(challenge["question"])
    assert all(asks(question) for question in challenge["guiding_questions"])
    assert all("\u00a0: " in limit for limit in challenge["off_table"]), "each limit says its reason"


@pytest.mark.parametrize("code", SETS)
def test_a_set_is_well_set(code: str) -> None:
    wrong = []
    for text in texts(SETS[code]):
        if typeset(text) != text:
            wrong.append(f"typography: {text}")
        for pattern, what in (
            (r"'", "a straight apostrophe"),
            (r'"', "straight quotation marks"),
            (r" {2}", "two spaces"),
            (r"[^\s\u00a0\u202f{][;!?»]|[^\s\u00a0\u202f]:(?=\s)| [;:!?»]", "no no-break space before ; : ! ? »"),
            (r"« |«[^\u00a0\u202f]", "no no-break space after «"),
            (r"^\s|\s$", "a space at an end"),
            (r"\bhabitants\b(?! et)(?<!habitantes et les habitants)", "only men"),
        ):
            if re.search(pattern, text):
                wrong.append(f"{what}: {text}")
    assert wrong == []


@pytest.mark.parametrize("code", SETS)
def test_sentences_are_short(code: str) -> None:
    sentences = [each for text in texts(SETS[code]) for each in re.split(r"(?<=[.?!…])\s+", text)]
    assert [each for each in sentences if len(re.findall(r"[\w’-]+", each)) > LONGEST_SENTENCE] == []


def digest_of(content: Content) -> str:
    """Tells one text of a set from another, whatever their numbers."""
    said = {name: value for name, value in content.items() if name != "version"}
    return hashlib.sha256(json.dumps(said, sort_keys=True, ensure_ascii=False).encode()).hexdigest()[:16]


@pytest.mark.parametrize("code", SETS)
def test_a_text_that_changed_took_a_new_number(code: str) -> None:
    """A version is what cities have copied: another text is another version, recorded in sets/released.json."""
    content = SETS[code]
    released = json.loads((SHIPPED / "released.json").read_text())
    mine = f"{code} {content['version']}"
    assert mine in released, f"add to sets/released.json: {json.dumps(mine)}: {json.dumps(digest_of(content))}"
    assert released[mine] == digest_of(content), f"{code}.toml has changed: raise its version, then record it"
    assert max(int(each.split()[1]) for each in released if each.split()[0] == code) == content["version"]
