"""What may be written is asked by the services, whoever calls: a form, a begun action, a command."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction

from common.refusals import Refusal
from consultations.cocreation.services.coauthors import invite_coauthor
from consultations.cocreation.services.merging import (
    answer_merge,
    give_up_merge,
    reword_merge,
    start_merge,
    undo_merge,
)
from consultations.cocreation.services.rework import publish_version
from consultations.cocreation.services.verdicts import answer_argument
from consultations.participation.rules import PARTS
from consultations.participation.selectors.drafts import Writer
from consultations.participation.services.arguments import argue, edit_argument
from consultations.participation.services.drafts import save_details, save_draft
from consultations.participation.services.proposals import edit_proposal, submit_proposal
from consultations.participation.services.reactions import react
from consultations.participation.services.replies import edit_reply, reply
from tenants.models import Municipality
from tests.accounts.factories import UserFactory
from tests.participation.factories import DraftFactory
from tests.participation.test_phases import NOW, TEXT, World, a_merge_request, new_texts

BLANK, LONG = " \u200b\n\t ", "é" * 50_001
CODES = {BLANK: "text_too_short", "Court": "text_too_short", LONG: "text_too_long"}
UNSEEN: dict[str, Any] = {"seen_revision": 0}


def _argue(w: World, **given: Any) -> Any:
    return argue(**{"proposal": w.proposal, "author": w.user, "stance": "FOR", "text": TEXT, "at": NOW(), **given})


def _edit(w: World, **given: Any) -> Any:
    return edit_argument(**{"argument": w.mine, "author": w.user, "stance": "FOR", "text": TEXT, "at": NOW(), **given})


def _answer(w: World, **given: Any) -> Any:
    said = {"verdict": "NOT_TAKEN", "reason": "Parce que non.", "by": w.user, "at": NOW(), **UNSEEN, **given}
    return answer_argument(argument=w.to_answer, **said)


def _publish(w: World, *, note: str = "Davantage d’ombre.", **given: str) -> Any:
    mine = w.argued_own
    texts = {**new_texts(mine), **given}
    return publish_version(proposal=mine, by=w.user, texts=texts, note=note, base_version=mine.version, at=NOW())


def _mend(w: World, **given: str) -> Any:
    return edit_proposal(proposal=w.own, author=w.user, at=NOW(), **{**new_texts(w.own), **given})


def _merge(w: World, *, message: str = "Écrivons ensemble.", **given: str) -> Any:
    texts = {**new_texts(w.own), **given}
    return start_merge(proposals=[w.own, w.proposal], starter=w.user, message=message, at=NOW(), **texts)


def _reword(w: World, **given: str) -> Any:
    return reword_merge(
        merge_request=a_merge_request(w), actor=w.user, revision=1, at=NOW(), **{**new_texts(w.argued_own), **given}
    )


def _decline(w: World, reason: str) -> Any:
    source = a_merge_request(w).sources.all()[0]
    return answer_merge(source=source, actor=w.user, agrees=False, reason=reason, revision=1, at=NOW())


def _submit(w: World, **given: str) -> Any:
    return submit_proposal(draft=DraftFactory(author=w.user, **given), author=w.user, at=NOW())


# What takes words, by what it is called with.
WRITES: dict[str, Callable[[World, str], Any]] = {
    "argue": lambda w, text: _argue(w, text=text),
    "edit_argument": lambda w, text: _edit(w, text=text),
    "reply": lambda w, text: reply(argument=w.theirs, author=w.user, text=text, at=NOW()),
    "edit_reply": lambda w, text: edit_reply(reply=w.my_reply, author=w.user, text=text, at=NOW()),
    "answer_argument": lambda w, text: _answer(w, reason=text),
    "note of a version": lambda w, text: _publish(w, note=text),
    "message of a merge": lambda w, text: _merge(w, message=text),
    "answer_merge": _decline,
    "undo_merge": lambda w, text: undo_merge(merge_request=a_merge_request(w), actor=w.user, reason=text, at=NOW()),
    **{f"{part} of a version": lambda w, text, part=part: _publish(w, **{part: text}) for part in PARTS},
    **{f"{part} mended": lambda w, text, part=part: _mend(w, **{part: text}) for part in PARTS},
    **{f"{part} of a merge": lambda w, text, part=part: _merge(w, **{part: text}) for part in PARTS},
    **{f"{part} reworded": lambda w, text, part=part: _reword(w, **{part: text}) for part in PARTS},
}


@pytest.mark.parametrize("service", WRITES)
def test_a_text_that_says_nothing_or_too_much_is_refused(in_saran: Municipality, service: str) -> None:
    world = World()
    for text, code in CODES.items():
        with pytest.raises(Refusal, match=f"^{code}$"), transaction.atomic():
            WRITES[service](world, text)


REFUSED: dict[str, tuple[str, Callable[[World], Any]]] = {
    "an unknown stance": ("unknown_choice", lambda w: _argue(w, stance="MAYBE")),
    "an unknown kind": ("unknown_choice", lambda w: _argue(w, kind="RUMOUR")),
    "an unknown part": ("unknown_choice", lambda w: _edit(w, part="TITLE")),
    "a script as source": ("no_web_address", lambda w: _argue(w, source_url="javascript:alert(1)")),
    "a file as source": ("no_web_address", lambda w: _edit(w, source_url="file:///etc/passwd")),
    "an endless source": ("no_web_address", lambda w: _argue(w, source_url="https://a.fr/" + "a" * 500)),
    "an endless title of it": ("text_too_long", lambda w: _argue(w, source_title="a" * 201)),
    "an unknown reaction": (
        "unknown_choice",
        lambda w: react(proposal=w.proposal, user=w.user, value="LOVE", at=NOW()),
    ),
    "an unknown verdict": ("unknown_choice", lambda w: _answer(w, verdict="PERHAPS")),
    "a long reason for what is taken": ("text_too_long", lambda w: _answer(w, verdict="TAKEN", reason=LONG)),
    "an argument of somebody else": ("not_yours", lambda w: _edit(w, argument=w.theirs)),
    "a reply of somebody else": (
        "not_yours",
        lambda w: edit_reply(reply=w.my_reply, author=w.theirs.author, text=TEXT, at=NOW()),
    ),
    "an incomplete draft": ("incomplete", lambda w: _submit(w, benefit="")),
    "a short reason to give up": (
        "text_too_short",
        lambda w: give_up_merge(merge_request=a_merge_request(w), actor=w.user, reason="Non", at=NOW()),
    ),
    "a picture that is barely described": (
        "text_too_short",
        lambda w: save_details(
            draft=DraftFactory(author=w.user), writer=Writer(w.user), at=NOW(), neighbourhood="", picture_alt="Un"
        ),
    ),
    "no address": (
        "no_mail_address",
        lambda w: invite_coauthor(proposal=w.own, by=w.user, city=None, at=NOW(), email="pas une adresse"),
    ),
    "nobody to invite": (
        "not_in_discussion",
        lambda w: invite_coauthor(proposal=w.own, by=w.user, city=None, at=NOW()),
    ),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_no_form_would_send_is_refused(in_saran: Municipality, what: str) -> None:
    code, call = REFUSED[what]
    with pytest.raises(Refusal, match=f"^{code}$"):
        call(World())


def test_words_are_kept_clean_whoever_calls(in_saran: Municipality) -> None:
    """And a source without a title is called by its site."""
    argument = _argue(World(), text=f"  {TEXT}\u202e\r\n\r\n\r\n", source_url=" https://www.insee.fr/a ")
    assert (argument.text, argument.source_url, argument.source_title) == (TEXT, "https://www.insee.fr/a", "insee.fr")
    author = UserFactory()
    draft = save_draft(
        draft=DraftFactory(author=author), writer=Writer(author), title="  Un \n titre\x00 ", solution="é" * 30_000
    )
    assert (draft.title, len(draft.solution)) == ("Un titre", 20_000)
