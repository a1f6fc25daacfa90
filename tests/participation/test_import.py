"""Importing a consultation held elsewhere: whole, once, saying what it refuses."""

import codecs
import json
import re
from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from itertools import product
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.cache import caches
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_tenants.utils import schema_context

from accounts.enums import Role
from accounts.names import key_of
from consultations.framing.enums import ConsultationState
from consultations.framing.models import Challenge, Consultation
from consultations.participation.counts import recount
from consultations.participation.importing import BadLine, import_consultation
from consultations.participation.models import Argument, Proposal, Reaction, Source
from tenants.enums import LifecycleState
from tenants.models import Municipality
from tests.accounts.factories import UserFactory

REAL = Path(__file__).resolve().parents[3] / "shared" / "data" / "republique-numerique.jsonl"

AT = "2024-03-01T10:00:00+01:00"
LINES: list[dict[str, Any]] = [
    {"type": "consultation", "title": "Nos rues", "opens_at": AT, "closes_at": "2024-04-01T10:00:00+02:00"},
    {"type": "challenge", "ref": "c1", "title": "Comment marcher sans peur ?"},
    {
        "type": "proposal", "ref": "p1", "challenge": "c1", "title": "Des bancs", "body": "Un banc tous les cent mètres.",
        "rationale": "On se fatigue.", "author": "promeneuse", "submitted_at": AT, "hidden": False,
        "tally": {"for": 240, "mixed": 12, "against": 8},
    },
    {"type": "argument", "ref": "a1", "proposal": "p1", "stance": "for", "body": "Oui, ma voisine le demande.", "author": "x", "submitted_at": AT, "votes": 3, "hidden": False},
    {"type": "argument", "ref": "a2", "proposal": "p1", "stance": "against", "body": "Les bancs attirent le bruit.", "author": "y", "submitted_at": AT, "votes": 0, "hidden": True},
    {"type": "source", "ref": "s1", "proposal": "p1", "title": "Étude", "url": "https://example.org/e", "author": "x", "submitted_at": AT},
]  # fmt: skip


# Another challenge with a proposal, so that something is left to read whatever is wrong with those above.
BESIDE = [
    json.dumps({"type": "challenge", "ref": "c0", "title": "Et pour rouler ?"}).encode(),
    json.dumps({**LINES[2], "ref": "p0", "challenge": "c0"}).encode(),
]


def lines(*changes: tuple[int, dict[str, Any]]) -> list[bytes]:
    entries = [dict(entry) for entry in LINES]
    for index, change in changes:
        entries[index].update(change)
    return [json.dumps(entry).encode() for entry in entries]


def test_everything_is_imported_and_counted(in_saran: Municipality) -> None:
    report = import_consultation(lines())
    assert dict(report.created) == {"consultation": 1, "challenge": 1, "proposal": 1, "argument": 2, "source": 1}
    proposal = Proposal.objects.get()
    assert (proposal.author_name, proposal.problem) == ("promeneuse", "On se fatigue.")
    assert (proposal.for_count, proposal.against_count) == (1, 0)  # a hidden one is not counted
    assert Challenge.objects.get(import_ref="c1").argument_count == 1
    assert recount() == 0


def test_an_imported_challenge_says_its_question_once_and_has_no_picture(
    saran: Municipality, visit: Callable[..., Client]
) -> None:
    """Nobody gave it a short name or a theme."""
    with schema_context(saran.schema_name):
        import_consultation(lines())
        proposal = Proposal.objects.select_related("challenge__consultation").get()
    pages = (proposal, proposal.challenge, proposal.challenge.consultation)
    for path in [each.get_absolute_url() for each in pages]:
        main = visit(saran).get(path).content.decode().split("<main")[1].split("</main>")[0]
        assert (len(re.findall(r">\s*Comment marcher sans peur", main)), main.count('class="picture"')) == (1, 0), path


def test_tallies_are_kept_apart_from_reactions(in_saran: Municipality) -> None:
    import_consultation(lines())
    proposal = Proposal.objects.get()
    assert proposal.imported_tally == {"like": 240, "mixed": 12, "dislike": 8}
    assert proposal.reaction_count == 0
    assert not Reaction.objects.exists()


def test_a_second_run_changes_nothing(in_saran: Municipality) -> None:
    import_consultation(lines())
    before = list(Proposal.objects.values()) + list(Argument.objects.values())
    report = import_consultation(lines((2, {"title": "Un autre titre"})))
    assert report.created.total() == 0
    assert report.existing.total() == 6
    assert list(Proposal.objects.values()) + list(Argument.objects.values()) == before


# What is wrong with a line, by the one of LINES that it would be.
BAD = [
    (1, {"title": ""}, "« title » est vide."),
    (1, {"title": "\u200b"}, "« title » est vide."),
    (1, {"ref": None}, "« ref » n’est pas une référence"),
    (1, {"ref": "c\x001"}, "« ref » n’est pas une référence"),
    (1, {"ref": " c1"}, "« ref » n’est pas une référence"),
    (1, {"ref": 1}, "« ref » n’est pas une référence"),
    (1, {"type": "poem"}, "Son type est inconnu\xa0: «\xa0poem\xa0»."),
    (1, {"type": ["poem"]}, "Son type est inconnu\xa0: «\xa0list\xa0»."),
    (2, {"challenge": "c9"}, "Aucune ligne avant elle n’a ce défi\xa0: «\xa0c9\xa0»."),
    (2, {"body": 12}, "« body » n’est pas un texte."),
    (2, {"rationale": None}, "« rationale » n’est pas un texte."),
    (2, {"title": "x" * 301}, "« title » compte 301 signes, 300 au plus."),
    (2, {"author": "x" * 81}, "« author » compte 81 signes, 80 au plus."),
    (2, {"body": "\ud800"}, "« body » contient des signes illisibles"),
    (2, {"body": "l\x80\x99eau"}, "« body » contient des signes illisibles"),
    (2, {"body": "lâ\x80\x99eau"}, "« body » contient des signes illisibles"),
    (2, {"title": "Caf\ufffd"}, "« title » contient des signes illisibles"),
    (2, {"title": "DÃ©jÃ\xa0 vu"}, "« title » contient des signes illisibles"),
    (2, {"title": "Lâ€™eau"}, "« title » contient des signes illisibles"),
    (2, {"title": "50 â‚¬ Ã‰cole"}, "« title » contient des signes illisibles"),
    (2, {"title": "Un&#xD800;banc"}, "« title » contient des signes illisibles"),
    (2, {"submitted_at": "hier"}, "« submitted_at »"),
    (2, {"submitted_at": "2024-13-45T00:00:00Z"}, "« submitted_at »"),
    (2, {"submitted_at": "2024-03-10"}, "« submitted_at » n’est pas un jour avec son heure"),
    (2, {"submitted_at": "2024-W10-1T10:00"}, "« submitted_at » n’est pas un jour avec son heure"),
    (2, {"submitted_at": "2024-W10"}, "« submitted_at » n’est pas un jour avec son heure"),
    (2, {"submitted_at": "2024-070T10:00"}, "« submitted_at » n’est pas un jour avec son heure"),
    (2, {"submitted_at": "20240310T100000Z"}, "« submitted_at » n’est pas un jour avec son heure"),
    (2, {"submitted_at": "2024-03-10T10"}, "« submitted_at » n’est pas un jour avec son heure"),
    (2, {"submitted_at": "٢٠٢٤-03-01T10:00:00Z"}, "« submitted_at » n’est pas un jour avec son heure"),
    (2, {"submitted_at": "0001-01-01T00:00:00Z"}, "« submitted_at »"),
    (2, {"submitted_at": "9999-12-31T23:59:59-12:00"}, "« submitted_at »"),
    (2, {"submitted_at": "2099-12-31T10:00:00Z"}, "« submitted_at » est encore à venir"),
    (2, {"submitted_at": "2024-03-31T02:30:00"}, "« submitted_at »"),  # clocks are put forward
    (2, {"submitted_at": "2024-10-27T02:30:00"}, "« submitted_at »"),  # and back
    (2, {"Hidden": True}, "Un de ses champs est inconnu\xa0: «\xa0Hidden\xa0»."),
    (2, {"hiden": True}, "Un de ses champs est inconnu\xa0: «\xa0hiden\xa0»."),
    (2, {"\ud800": True}, "Un de ses champs est inconnu\xa0: «\xa0\ufffd\xa0»."),
    (2, {"hidden": "true"}, "« hidden » ne vaut ni true ni false."),
    (2, {"hidden": 1}, "« hidden » ne vaut ni true ni false."),
    (2, {"hidden": None}, "« hidden » ne vaut ni true ni false."),
    (2, {"tally": {"for": -1, "mixed": 0, "against": 0}}, "« tally »"),
    (2, {"tally": {"for": True, "mixed": 0, "against": 0}}, "« tally »"),
    (2, {"tally": {"for": 2**31, "mixed": 0, "against": 0}}, "« tally »"),
    (2, {"tally": {"pour": 3, "mixte": 0, "contre": 1}}, "« tally »"),
    (2, {"tally": {"like": 3, "mixed": 0, "dislike": 1}}, "« tally »"),
    (2, {"tally": {"for": 3}}, "« tally »"),
    (3, {"proposal": "p9"}, "Aucune ligne avant elle n’a cette proposition\xa0: «\xa0p9\xa0»."),
    (3, {"proposal": ["p1"]}, "« proposal » n’est pas une référence"),
    (3, {"stance": "maybe"}, "« stance » doit être l’un de ces mots\xa0: for, against, improve."),
    (3, {"stance": []}, "« stance » doit être l’un de ces mots\xa0: for, against, improve."),
    (3, {"votes": "3"}, "« votes » n’est pas un nombre"),
    (3, {"votes": True}, "« votes » n’est pas un nombre"),
    (3, {"votes": float("nan")}, "Elle n’est pas en JSON."),
    (5, {"title": "x" * 301}, "« title » compte 301 signes, 300 au plus."),
]


def test_bad_lines_are_told_with_their_numbers_and_stop_nothing(in_saran: Municipality) -> None:
    sent, expected = lines()[:1], {}
    for index, good in enumerate(lines()[1:], start=1):
        for place, change, reason in BAD:
            if place == index:
                sent.append(lines((index, change))[index])
                expected[len(sent)] = reason
        sent.append(good)
    report = import_consultation(sent)
    told = {error["line"]: error["reason"] for error in report.errors}
    assert told.keys() == expected.keys()
    for number, reason in expected.items():
        assert told[number].replace("\xa0", " ").startswith(reason.replace("\xa0", " ")), (number, told[number])
    assert dict(report.created) == {"consultation": 1, "challenge": 1, "proposal": 1, "argument": 2, "source": 1}


def test_a_second_line_of_the_same_ref_is_told_the_first(in_saran: Municipality) -> None:
    (error,) = import_consultation(lines((4, {"ref": "a1"}))).errors
    assert error == {"line": 5, "reason": "La ligne 4 a la même référence\xa0: «\xa0a1\xa0»."}


@pytest.mark.dates
@pytest.mark.parametrize("written", ["2024-03-31T02:30:00", "2024-10-27T02:30:00"])
def test_a_moment_without_a_zone_is_one_of_the_city(in_saran: Municipality, written: str) -> None:
    """In the nights when Paris puts its clocks forward and back; overseas they are never touched."""
    report = import_consultation(lines((2, {"submitted_at": written})))
    if in_saran.time_zone == "Europe/Paris":
        assert report.errors[0]["line"] == 3
    else:
        moment = Proposal.objects.get().submitted_at
        assert moment.astimezone(ZoneInfo(in_saran.time_zone)).isoformat()[:19] == written


@pytest.mark.parametrize(
    ("index", "name"), [(1, "title"), (2, "body"), (2, "submitted_at"), (3, "stance"), (5, "url"), (5, "ref")]
)
def test_what_a_line_lacks_is_told(in_saran: Municipality, index: int, name: str) -> None:
    entry = {each: value for each, value in LINES[index].items() if each != name}
    sent = [*lines()[:index], json.dumps(entry).encode(), *lines()[index + 1 :]]
    report = import_consultation(sent)
    assert report.errors[0] == {"line": index + 1, "reason": f"Il lui manque un champ\xa0: «\xa0{name}\xa0»."}


ELSEWHERE: list[object] = [
    "javascript:alert(1)",
    "http://[::1",
    "http://[v1.x]/",
    "https://",
    "http:///etc/passwd",
    "https://example.org:99999/",
    "https://exa mple.org/",
    "https://example.org/\n",
    "https://service-public.fr@evil.example/",
    "https://evil.example\\@service-public.fr/",
    "https://sаran.example/",  # its second letter is Cyrillic
    "https://xn--sran-43d.example/",  # the same, as a browser sends it
    "https://xn--.example/",
    "https://saran。example/",
    "https://ｓaran.example/",
    "https://saran.example/\u202egnp.exe",
    "https://saran.example/" + "x" * 1000,
    "http://localhost/etude",
    "http://localhost.localdomain.local/",
    "http://127.0.0.1/",
    "http://127.1/",
    "http://2130706433/",
    "http://0x7f000001/",
    "http://192.168.1.254/etude",
    "http://10.0.0.1:8000/",
    "http://169.254.169.254/latest",
    "https://93.184.216.34/",
    "http://[::1]/",
    "http://[2001:db8::1]/",
    "http://intranet/",
    "http://ged.mairie.intranet/",
    "http://mairie.LOCAL./",
    ["https://saran.example/"],
]


def test_an_address_that_leads_elsewhere_than_it_says_is_refused(in_saran: Municipality) -> None:
    sources = [
        json.dumps({**LINES[5], "ref": f"s{number}", "url": url}).encode() for number, url in enumerate(ELSEWHERE)
    ]
    report = import_consultation([*lines()[:5], *sources])
    assert [error["line"] for error in report.errors] == list(range(6, 6 + len(ELSEWHERE)))
    for url, error in zip(ELSEWHERE, report.errors, strict=True):
        assert "« url » n’est pas l’adresse d’une page publique" in error["reason"].replace("\xa0", " "), url


@pytest.mark.parametrize(
    "url",
    [
        "https://example.org/a?b=c#d",
        "https://localhost.example/",
        "https://www.économie.example/",
        "https://xn--conomie-9xa.example/",
        "https://medium.example/@quelqu’un",
        "HTTPS://Example.ORG:8443/",
    ],
)
def test_an_honest_address_is_kept_as_it_is(in_saran: Municipality, url: str) -> None:
    assert not import_consultation(lines((5, {"url": url}))).errors
    assert Source.objects.get().url == url


BROKEN = [
    b"{", b"[]", b'"x"', b"\x00", b"{}", b"null", b"[" * 100_000, b'{"a":' * 100_000, b'{"type": NaN}', b"9" * 5000,
    "{\"type\": \"challenge\", \"ref\": \"c2\", \"title\": \"Où s’asseoir à l’été ?\"}".encode("cp1252"),
    codecs.BOM_UTF8 + b'{"type": "challenge", "ref": "c2", "title": "Deux"}',
    b'{"type": "challenge", "ref": "c2", "title": "Deux", "title": "Trois"}',
    '{"type": "challenge", "ref": "c2", "title": "Deux"}'.encode("utf-16"),
    lines()[0],
]  # fmt: skip


@pytest.mark.parametrize("line", BROKEN)
def test_broken_lines_are_told_and_stop_only_themselves(in_saran: Municipality, line: bytes) -> None:
    report = import_consultation([*lines()[:3], line, *lines()[3:]])
    assert [error["line"] for error in report.errors] == [4]
    assert Argument.objects.count() == 2
    assert list(Challenge.objects.exclude(import_ref=None).values_list("import_ref", flat=True)) == ["c1"]


def test_a_mark_of_utf_8_at_the_beginning_of_the_file_is_none_of_its_words(in_saran: Municipality) -> None:
    first, *others = lines()
    assert not import_consultation([codecs.BOM_UTF8 + first, *others]).errors


def test_a_bad_line_does_not_take_the_ref_of_a_good_one(in_saran: Municipality) -> None:
    sent = lines()
    sent.insert(3, json.dumps({**LINES[3], "stance": "maybe"}).encode())
    report = import_consultation(sent)
    assert [error["line"] for error in report.errors] == [4]
    assert Argument.objects.filter(import_ref="a1").exists()


def test_refs_of_an_earlier_consultation_are_told_and_nothing_of_it_changes(in_saran: Municipality) -> None:
    import_consultation(lines())
    before = list(Proposal.objects.values())
    challenge, proposal = ({"ref": "c9"}, {"ref": "p9", "challenge": "c9"})
    report = import_consultation(
        lines(
            (0, {"title": "Nos places"}),
            (1, challenge),
            (2, proposal),
            (3, {"proposal": "p9"}),
            (4, {"proposal": "p1"}),
        )
    )
    assert [error["line"] for error in report.errors] == [4, 5, 6]
    assert "Une autre consultation importée a cette référence" in report.errors[0]["reason"]
    assert dict(+report.created) == {"consultation": 1, "challenge": 1, "proposal": 1}
    assert list(Proposal.objects.exclude(import_ref="p9").values()) == before


def test_another_consultation_of_the_same_title_is_not_taken_for_the_first(in_saran: Municipality) -> None:
    import_consultation(lines())
    later = {"opens_at": "2025-03-01T10:00:00+01:00", "closes_at": "2025-04-01T10:00:00+02:00"}
    with pytest.raises(BadLine, match="Une autre consultation a été importée sous ce titre"):
        import_consultation(lines((0, later)))
    first = lines((0, {**later, "ref": "rues-2025"}))[0]
    assert import_consultation([first, *BESIDE]).created["consultation"] == 1


@pytest.mark.parametrize("change", [{"ref": 12}, {"ref": ["x"]}, {"closes_at": "2024-03-01T10:00:59+01:00"}])
def test_what_is_wrong_with_the_consultation_is_told(in_saran: Municipality, change: dict[str, Any]) -> None:
    with pytest.raises(BadLine, match="Ligne 1"):
        import_consultation(lines((0, change)))


def test_where_it_was_held_is_no_promise_of_the_city(in_saran: Municipality) -> None:
    said = {"introduction": "Un.\n\nDeux.", "source": "rues.example", "question": " "}
    import_consultation(lines((0, said)))
    consultation = Consultation.objects.get(title="Nos rues")
    assert consultation.introduction == "Un.\n\nDeux.\n\nSource\xa0: rues.example"
    assert (consultation.commitment, consultation.question) == ("", "Nos rues")


@pytest.mark.parametrize("offset", ["+16:00", "-23:59", "+15:59"])
def test_no_offset_stops_the_whole_file(in_saran: Municipality, offset: str) -> None:
    report = import_consultation(lines((2, {"submitted_at": f"2024-03-02T10:00:00{offset}"})))
    assert not report.errors
    assert Proposal.objects.get().submitted_at.date().isoformat() in ("2024-03-01", "2024-03-02", "2024-03-03")


@pytest.mark.parametrize(
    "name",
    [
        "marie@example.org",
        "www.example.org",
        "marie＠example.org",
        "ma\u200brie@x.fr",
        "06 12 34 56 78",
        "Marie 0612345678",
        "Аlice",
        "Mairie de Saran",
        "Le maire",
        "M4irie",
        "Ville de Saran",
        "Service urbanisme",
        "helene VASSEUR",
    ],
)
def test_a_name_that_looks_like_an_address_or_another_name_is_not_shown(in_saran: Municipality, name: str) -> None:
    UserFactory(role=Role.DECISION_MAKER, public_name="Hélène Vasseur", name_key=key_of("Hélène Vasseur"))
    report = import_consultation(lines((2, {"author": name})))
    assert Proposal.objects.get().imported_author == ""
    assert [note["line"] for note in report.notes] == [3]
    assert not report.errors


@pytest.mark.parametrize("name", ["participant-0001", "Anonyme", "Ancienne participante 12", "Marie Lemaire"])
def test_a_name_of_nobody_is_kept(in_saran: Municipality, name: str) -> None:
    assert not import_consultation(lines((2, {"author": name}))).notes
    assert Proposal.objects.get().imported_author == name


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("<p>Un banc.</p><p>Deux&nbsp;bancs&#8239;!</p>", "Un banc.\n\nDeux\xa0bancs\u202f!"),
        ("<div>Un<br />\nDeux</div>", "Un\nDeux"),
        ("<p>Il faut :</p>\n<ul>\n<li>un banc</li>\n<li><strong>l'ombre</strong></li></ul>", "Il faut :\n\n- un banc\n- l'ombre"),
        ('Voir <a href="https://example.org/e" title="l\'eau">l’étude</a>.', "Voir l’étude (https://example.org/e)."),
        ('<a href="https://example.org/e">https://example.org/e</a>', "https://example.org/e"),
        ('<p style="font-size: 0.9em; opacity: 0.5; display: inline" title="hidden" class="hidden-xs">Un</p>', "Un"),
        ("R&amp;D : 3 < 4", "R&D : 3 < 4"),
        ("<b>Un\nDeux</b>", "Un\nDeux"),
    ],
)  # fmt: skip
def test_html_becomes_text_and_it_is_said(in_saran: Municipality, written: str, kept: str) -> None:
    report = import_consultation(lines((2, {"body": written})))
    assert Proposal.objects.get().solution == kept
    assert [note["line"] for note in report.notes] == [3]
    assert not report.errors


NO_TEXT = [
    "Un <script>alert(1)</script>", 'Voir <img src="x.png">', "<table><tr><td>1</td></tr></table>",
    "10 m<sup>2</sup>", "<del>Oui</del> Non", "<!-- rien --> Un banc", "<p title='l'eau'>Un banc",
    '<a href="https://example.org">Un banc', "<!DOCTYPE html>Un banc",
    '<p style="display:none">Un banc', "<p STYLE='color: red; Display : None'>Un banc", "<p style=display:none>Un banc",
    '<p style="display&#58;none">Un banc', '<p style="display:/**/none">Un banc', '<p class="a"style="opacity: 0.0">Un',
    '<span style="font-size:0">Un</span> banc', '<span style="visibility: hidden">Un</span> banc', "<div hidden>Un banc",
    '<div class="x"hidden>Un banc', '<div hidden="until-found">Un banc', "<p/hidden>Un banc", "<template>Un</template>",
    "<noscript>Un banc</noscript>", "<details><summary>Un</summary>banc</details>", "<style>p {}</style>Un banc",
    "<dialog>Un banc</dialog>", "<textarea>Un banc</textarea>", "<p/style='display:none'>Un banc",
]  # fmt: skip


def test_html_that_cannot_become_text_is_refused(in_saran: Municipality) -> None:
    bad = [json.dumps({**LINES[2], "ref": f"p{number}", "body": body}).encode() for number, body in enumerate(NO_TEXT)]
    report = import_consultation([*lines()[:2], *bad, *BESIDE])
    assert [error["line"] for error in report.errors] == list(range(3, 3 + len(NO_TEXT)))
    for body, error in zip(NO_TEXT, report.errors, strict=True):
        assert "HTML" in error["reason"], body
    assert Proposal.objects.count() == 1


@pytest.mark.parametrize("written", ["3 < 4 et 5 > 2", "<votre nom>", "Voir <http://example.org/x>", "A & B; C", "<3"])
def test_what_only_looks_like_html_is_kept_as_it_is(in_saran: Municipality, written: str) -> None:
    report = import_consultation(lines((2, {"body": written})))
    assert Proposal.objects.get().solution == written
    assert not report.notes


def test_with_strict_one_bad_line_undoes_everything(in_saran: Municipality) -> None:
    with pytest.raises(BadLine, match="Ligne 4\xa0: «\xa0stance\xa0» doit"):
        import_consultation(lines((3, {"stance": "maybe"})), strict=True)
    assert not Consultation.objects.filter(title="Nos rues").exists()


@pytest.mark.parametrize(
    "first", [[b"pas du JSON"], lines()[1:], [json.dumps({**LINES[0], "closes_at": AT}).encode()], [b"\xff\xfe{"]]
)
def test_a_file_that_does_not_begin_with_its_consultation_is_refused(
    in_saran: Municipality, first: list[bytes]
) -> None:
    with pytest.raises(BadLine, match="Ligne 1"):
        import_consultation(first)


def test_an_empty_file_imports_nothing(in_saran: Municipality) -> None:
    assert import_consultation([]).lines == 0


def test_the_command_reports_in_json(real_db: str, tmp_path: Path) -> None:
    file = tmp_path / "rues.jsonl"
    file.write_bytes(b"\n".join([*lines((2, {"author": "marie@example.org"})), b"\xe9"]))
    out = StringIO()
    call_command("import_consultation", str(file), "--city", "saran", "--json", stdout=out, stderr=StringIO())
    result = json.loads(out.getvalue())
    assert result["created"]["argument"] == 2
    assert [error["line"] for error in result["errors"]] == [7]
    assert [note["line"] for note in result["notes"]] == [3]


def test_bad_lines_that_leave_no_proposal_leave_no_consultation(saran: Municipality, tmp_path: Path) -> None:
    file, out, told = tmp_path / "rues.jsonl", StringIO(), StringIO()
    file.write_bytes(b"\n".join(lines((2, {"submitted_at": "2024-03-10"}))))
    with pytest.raises(CommandError, match="Rien n’a été importé"):
        call_command("import_consultation", str(file), "--city", "saran", stdout=out, stderr=told)
    assert "Ligne 3" in told.getvalue()
    assert "0 created" in out.getvalue()
    with schema_context(saran.schema_name):
        assert not Consultation.objects.filter(title="Nos rues").exists()
        assert not Challenge.objects.filter(import_ref="c1").exists()


def test_bad_lines_of_a_second_run_undo_nothing(in_saran: Municipality) -> None:
    import_consultation(lines())
    assert not import_consultation(lines((2, {"submitted_at": "2024-03-10"}))).undone
    assert Proposal.objects.filter(import_ref="p1").exists()


def test_who_speaks_for_the_authority_is_asked_once_for_all_names(in_saran: Municipality) -> None:
    def asked(count: int) -> int:
        names = [{**LINES[3], "ref": f"{count} {number}", "author": f"Ana {number}"} for number in range(count)]
        with CaptureQueriesContext(connection) as captured:
            import_consultation([*lines(), *(json.dumps(each).encode() for each in names)])
        return len(captured)

    asked(1)
    assert asked(2) == asked(20)


def test_a_city_that_only_reads_is_told_and_nothing_is_imported(saran: Municipality, tmp_path: Path) -> None:
    Municipality.objects.filter(pk=saran.pk).update(state=LifecycleState.READ_ONLY)
    file = tmp_path / "rues.jsonl"
    file.write_bytes(b"\n".join(lines()))
    with pytest.raises(CommandError, match="en lecture seule"):
        call_command("import_consultation", str(file), "--city", "saran")


@pytest.mark.parametrize("arguments", [["nulle-part.jsonl", "--city", "saran"], ["x", "--city", "atlantis"]])
def test_the_command_refuses_clearly(db: None, arguments: list[str]) -> None:
    with pytest.raises(CommandError):
        call_command("import_consultation", *arguments)


@pytest.fixture
def real_consultation(saran: Municipality) -> Municipality:
    if not REAL.exists():
        pytest.skip("the real consultation of 2015 is not beside this project")
    with schema_context(saran.schema_name), REAL.open("rb") as file:
        report = import_consultation(file)
    assert not report.errors
    assert not report.notes
    return saran


def test_the_real_consultation_is_imported_whole_and_shown_in_few_queries(
    real_consultation: Municipality, person: Any
) -> None:
    with schema_context(real_consultation.schema_name):
        assert (Proposal.objects.count(), Argument.objects.count(), Source.objects.count()) == (696, 3994, 326)
        consultation = Consultation.objects.get(is_current=False)
        assert consultation.challenges.count() == 18
        longest = Proposal.objects.order_by("-for_count", "pk")[0]
    visitor, someone = (Client(HTTP_HOST=real_consultation.host) for _unused in range(2))
    with schema_context(real_consultation.schema_name):
        someone.force_login(person())
    visitor.get("/mode-d-emploi/")  # this process reads the city itself once
    for is_open, client in product((False, True), (visitor, someone)):
        if is_open:
            with schema_context(real_consultation.schema_name):
                hold_now(consultation)
        caches["pages"].clear()
        paths = (
            consultation.get_absolute_url(),
            consultation.proposals_url() + "?q=logiciel+libre&page=2",
            longest.get_absolute_url(),
            longest.get_absolute_url() + "arguments/pour/",
        )
        for path in paths:
            with CaptureQueriesContext(connection) as captured:
                response = client.get(path)
            assert response.status_code == 200
            assert len(response.content) < 400_000
            asked = [query["sql"] for query in captured if not query["sql"].startswith("SELECT set_config")]
            assert len(asked) <= 13, "\n".join(asked)
            # While proposals may be brought together, the page of one looks for others that are close.
            assert any("near.share" in sql for sql in asked) == (is_open and path == longest.get_absolute_url())


def hold_now(consultation: Consultation) -> None:
    """As the present one of its city, open."""
    consultation.phases.update(closes_at=timezone.now() + timedelta(days=1))
    Consultation.objects.filter(is_current=True).update(is_current=False)
    consultation.is_current = True
    consultation.save()


def test_one_that_goes_on_elsewhere_is_only_read_here(in_saran: Municipality) -> None:
    import_consultation(lines((0, {"closes_at": (timezone.now() + timedelta(days=9)).isoformat()})))
    found = Consultation.objects.get(import_ref__isnull=False)
    assert found.state(timezone.now()) == ConsultationState.ARCHIVED
    assert not found.is_current


def test_one_that_is_over_stands_among_the_past_ones(in_saran: Municipality) -> None:
    import_consultation(lines())
    assert Consultation.objects.get(import_ref__isnull=False).state(timezone.now()) == ConsultationState.CLOSED
