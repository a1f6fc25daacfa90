"""Files of votes: what is read of them, what is refused and on which line, and what is written."""

import io
from dataclasses import replace

import pytest
from django.utils.translation import gettext, override

from consultations.voting.counting import pabulib
from consultations.voting.counting.election import Project, Rule, gather
from consultations.voting.counting.pabulib import FaultyFile, read, read_csv, text_of, write, write_csv
from consultations.voting.counting.rules import count
from tests.voting.elections import election

FILE = """META
key;value
description;Budget participatif de Saran
num_projects;3
num_votes;4
budget;1000
vote_type;approval
rule;equalshares/add1
PROJECTS
project_id;cost;votes;name;district;selected
10;400;2;Un square;Bourg;1
9;600.50;3;"Un four; à pain";;0
11;1000;1;Une halle;Bourg;0
VOTES
voter_id;vote
v1;9,10
v2;10,9
v3;9
v4;11
"""


def of(text: str, *, encoding: str = "utf-8") -> pabulib.Election:
    return read(text_of(io.BytesIO(text.encode(encoding))))


def test_a_file_is_read() -> None:
    found = of(FILE)
    assert (found.budget, found.rule, found.voters) == (100_000, Rule.EQUAL_SHARES, 4)
    assert list(found.projects) == ["9", "10", "11"]
    assert found.projects["9"] == Project("9", cost=60_050, name="Un four; à pain", selected=False)
    assert found.projects["10"].district == "Bourg"
    assert found.ballots == {("9",): 1, ("9", "10"): 2, ("11",): 1}
    assert found.votes == {"9": 3, "10": 2, "11": 1}
    assert found.meta["description"] == "Budget participatif de Saran"


@pytest.mark.parametrize(
    "text",
    [
        "\ufeff" + FILE,
        FILE.replace("\n", "\r\n"),
        FILE.replace("\n", "\r"),
        FILE.replace("\n", "\n\n"),
        FILE.replace("META", "meta").replace("VOTES", "Votes;"),
        FILE.replace("budget;1000", "Budget;1000.00"),
        FILE.replace("600.50", "600,5"),
        FILE.replace("600.50", "600.5000"),
        FILE.replace("v1;9,10", "v1; 9 , 10 ;"),
        FILE.rstrip("\n"),
    ],
)
def test_what_spreadsheets_do_to_a_file_changes_nothing(text: str) -> None:
    assert of(text).ballots == of(FILE).ballots
    assert (of(text).budget, of(text).projects) == (of(FILE).budget, of(FILE).projects)
    assert read(io.StringIO("\ufeff" + FILE)) == of(FILE)


@pytest.mark.parametrize(
    ("was", "becomes", "line", "reason"),
    [
        (FILE, "", 1, "La section META est attendue ici."),
        ("META\n", "", 1, "La section META est attendue ici."),
        ("PROJECTS\n", "", 9, "Champs sur cette ligne : 6 ; il en faut 2."),
        ("VOTES\n", "", 14, "Champs sur cette ligne : 2 ; il en faut 6."),
        (FILE[FILE.index("VOTES") :], "", 13, "La section VOTES est attendue ici."),
        (FILE[FILE.index("PROJECTS") : FILE.index("VOTES")], "", 9, "La section PROJECTS est attendue ici."),
        ("budget;1000\n", "", 7, "La section META ne donne pas « budget »."),
        ("budget;1000", "budget;0", 6, "Un montant supérieur à zéro est attendu."),
        ("budget;1000", "budget;beaucoup", 6, "« beaucoup » n’est pas un montant."),
        ("budget;1000", "budget;1 000", 6, "« 1 000 » n’est pas un montant."),
        ("budget;1000", "budget;" + "9" * 40, 6, f"Le montant « {'9' * 40} » est trop grand."),
        ("budget;1000", "budget;1000\nbudget;2000", 7, "La section META donne « budget » deux fois."),
        ("approval", "cumulative", 7, "Les bulletins de type « cumulative » ne se comptent pas ici"),
        (";cost;", ";price;", 10, "La colonne « cost » manque."),
        (";votes;", ";cost;", 10, "La colonne « cost » figure deux fois."),
        ("10;400;", "10;-400;", 11, "Un montant supérieur à zéro est attendu."),
        ("10;400;", "10;0;", 11, "Un montant supérieur à zéro est attendu."),
        ("10;400;", "10;400.505;", 11, "Le montant « 400.505 » a plus de deux décimales."),
        ("10;400;", "10;nan;", 11, "« nan » n’est pas un montant."),
        ("10;400;", "10;;", 11, "«  » n’est pas un montant."),
        ("10;400;", ";400;", 11, "Un projet n’a pas de numéro."),
        ("10;400;", "9,10;400;", 11, "Le numéro d’un projet ne contient pas de virgule"),
        ("11;1000;", "9;1000;", 13, "Le projet « 9 » figure deux fois."),
        ('four; à pain"', "four", 12, "Un guillemet est ouvert et n’est pas refermé sur cette ligne."),
        ("Une halle;", "Une halle;;", 13, "Champs sur cette ligne : 7 ; il en faut 6."),
        ("v3;9", "v3", 18, "Champs sur cette ligne : 1 ; il en faut 2."),
        ("v3;9", "v3;12", 18, "Le bulletin cite un projet inconnu : « 12 »."),
        ("v3;9", "v3;9,,10", 18, "Le bulletin cite un projet inconnu : «  »."),
        ("v3;9", "v3;9,9", 18, "Le bulletin cite deux fois le projet « 9 »."),
        ("v3;9", "v1;9", 18, "Le bulletin « v1 » figure deux fois."),
        ("v3;9", "v3;\x009", 18, "Cette ligne contient un signe qui n’est pas du texte."),
        ("v3;9", f"v3;{'9,' * 60_000}", 18, "Cette ligne est trop longue."),
        ("v4;11\n", "", 5, "La section META annonce 4 pour « num_votes », et le fichier en contient 3."),
        ("num_projects;3", "num_projects;4", 4, "La section META annonce 4 pour « num_projects »"),
    ],
)
def test_a_faulty_file_says_its_line_and_why(was: str, becomes: str, line: int, reason: str) -> None:
    assert was in FILE
    with pytest.raises(FaultyFile) as refused:
        of(FILE.replace(was, becomes))
    assert refused.value.line == line
    with override("fr"):
        told = refused.value.sentence(gettext).replace("\u00a0", " ")
    assert told.startswith(reason)


def test_what_is_not_utf8_is_found_on_its_line() -> None:
    with pytest.raises(FaultyFile, match=r"line 12: .*UTF-8"):
        of(FILE, encoding="latin-1")


def test_what_a_faulty_file_says_is_cut() -> None:
    with pytest.raises(FaultyFile) as refused:
        of(FILE.replace("v3;9", f"v3;{'x' * 5000}"))
    assert len(str(refused.value)) < 200


def test_a_blank_ballot_counts_as_a_voter() -> None:
    assert of(FILE.replace("v4;11", "v4;")).ballots == {(): 1, ("9",): 1, ("9", "10"): 2}


def test_a_file_is_read_line_by_line() -> None:
    """A ballot that nobody has read yet does not exist yet."""

    class Endless(io.StringIO):
        lines = 0

        def readline(self, size: int | None = -1, /) -> str:
            self.lines += 1
            return super().readline(size) or f"x{self.lines};{'9,10' if self.lines < 50_000 else 'unknown'}\n"

    with pytest.raises(FaultyFile) as refused:
        read(Endless(FILE))
    assert refused.value.line == 50_000


def written(*ballots: str, rule: Rule = Rule.GREEDY) -> str:
    file = io.StringIO()
    made = replace(election(100, {"a": 60, "b": 50}, *ballots), rule=rule)
    write(made, file)
    return file.getvalue()


def test_what_is_written_is_read_and_counts_the_same() -> None:
    projects = [
        Project("1", cost=10_050, name='Un "four";\nà pain', district="Bourg", category="Vie locale"),
        Project("2", cost=20_000, name="=1+1", district=""),
    ]
    made = gather(
        projects,
        [["1"], ["1", "2"], []],
        budget=30_001,
        rule=Rule.EQUAL_SHARES,
        meta={"unit": "Saran", "currency": "EUR"},
    )
    file = io.StringIO()
    taken = count(made, Rule.EQUAL_SHARES).selected
    write(made, file, taken=taken)
    found = read(io.StringIO(file.getvalue()))
    assert (found.ballots, found.budget, found.rule) == (made.ballots, made.budget, made.rule)
    assert found.projects["1"].name == 'Un "four"; à pain'
    assert [project.selected for project in found.projects.values()] == [True, False]
    assert (found.meta["unit"], found.meta["num_votes"]) == ("Saran", "3")
    assert count(found, Rule.EQUAL_SHARES).steps == count(made, Rule.EQUAL_SHARES).steps


def test_the_order_that_is_written_says_nothing_of_the_voters() -> None:
    assert written("b", "a,b", "", "a", "a,b") == written("b,a", "a", "b", "b,a", "")
    assert written("b", "a,b", "", "a").endswith("VOTES\nvoter_id;vote\n1;\n2;a\n3;a,b\n4;b\n")


def test_pabutools_reads_what_is_written() -> None:
    from pabutools.election.pabulib import parse_pabulib_from_string

    instance, profile = parse_pabulib_from_string(written("b", "a,b", "", "a"))
    assert {project.name: int(project.cost) for project in instance} == {"a": 60, "b": 50}
    assert int(instance.budget_limit) == 100
    assert sorted(sorted(project.name for project in ballot) for ballot in profile) == [[], ["a"], ["a", "b"], ["b"]]


def test_k_votes_are_a_table_that_is_read_again() -> None:
    projects = [Project("1", name="Un four; à pain"), Project("2", name="Un square"), Project("12")]
    made = gather(projects, [["2"], ["1", "2"], ["2"], []], rule=Rule.K)
    file = io.StringIO(newline="")
    write_csv(made, file)
    assert file.getvalue() == '"1 Un four; à pain";2 Un square;12\r\n0;0;0\r\n1;1;0\r\n0;1;0\r\n0;1;0\r\n'
    found = read_csv(text_of(io.BytesIO(b"\xef\xbb\xbf" + file.getvalue().encode())), seats=1)
    assert (found.ballots, found.rule, found.seats) == (made.ballots, Rule.K, 1)
    assert count(found, Rule.K).selected == ("2",)


def test_a_table_says_how_many_it_chooses() -> None:
    made = gather([Project("1"), Project("2")], [["2"]], rule=Rule.K, seats=1)
    file = io.StringIO(newline="")
    write_csv(made, file)
    assert file.getvalue() == "seats;1\r\n1;2\r\n0;1\r\n"
    assert read_csv(io.StringIO(file.getvalue())).seats == 1
    with pytest.raises(FaultyFile) as refused:  # the line is that of the file
        read_csv(io.StringIO("seats;1\n1;2\n1;x\n"))
    assert refused.value.line == 3


def test_a_table_of_no_project_is_a_vote_on_nothing() -> None:
    file = io.StringIO(newline="")
    write_csv(gather([], [[], []], rule=Rule.K), file)
    found = count(read_csv(io.StringIO(file.getvalue(), newline="")), Rule.K)
    assert (found.selected, found.not_taken) == ((), ())


@pytest.mark.parametrize(
    ("text", "line"),
    [("1 Un;2 Deux\n1;x\n", 2), ("1 Un;1 Deux\n", 1), ("1 Un;2 Deux\n1\n", 2), (";\n", 1), ("1;2\n1;0;1", 2)],
)
def test_a_faulty_table_says_its_line(text: str, line: int) -> None:
    with pytest.raises(FaultyFile) as refused:
        read_csv(io.StringIO(text))
    assert refused.value.line == line
