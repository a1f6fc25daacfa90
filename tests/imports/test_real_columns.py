"""The columns that other platforms really write, release by release; the rows are written for these tests."""

from typing import Any

import pytest

from consultations.imports.reading import Job, formats
from consultations.imports.rows import LEFT_LINE, LEFT_WHY, FileNotRead
from consultations.imports.services.reading import run
from consultations.moderation.models import Case
from consultations.participation.import_report import Report
from consultations.participation.models import Argument, Proposal, Reply
from tenants.models import Municipality
from tests.imports.files import ASKED, job, table

# Of administrators, in the language of the site: one line a comment, or one without any.
CONSUL = {
    "en": "ID,Proposal,Author,Summary,Created at,Comment ID,Comment Author,Comment Content,Comment Parent,Comment Created at",
    "fr": "ID,Titre,Auteur,Résumé,Créé le,Commentaire ID,Commentaire Auteur,Commentaire Contenu,Commentaire Parent,"
    "Commentaire Créé le",
}
# Proposals of a step: until 2022, and since, with many more columns between and after.
STEP = {
    "old": "contribution_type,proposal_id,proposal_reference,proposal_title,proposal_votes_totalCount,proposal_createdAt,"
    "proposal_publishedAt,proposal_publicationStatus,proposal_trashedAt,proposal_author_id,proposal_author_username,"
    "proposal_author_email,proposal_category_name,Quel budget ?,proposal_summary,proposal_description,proposal_votes_id,"
    "proposal_comments_id,proposal_comments_body,proposal_comments_parent,proposal_comments_createdAt,"
    "proposal_comments_author_username,proposal_comments_vote_id,proposal_news_id,proposal_reportings_id",
    "new": "export_contribution_type,export_proposal_id,export_proposal_published_at,export_proposal_reference,"
    "export_proposal_title,export_proposal_summary,export_proposal_description,export_proposal_author_id,"
    "export_proposal_votes_total_count,export_proposal_category_name,Quel budget ?,export_proposal_created_at,"
    "export_proposal_publication_status,export_proposal_trashed_at,export_proposal_author_username,"
    "export_proposal_author_email,export_proposal_votes_published_at,export_proposal_comments_id,"
    "export_proposal_comments_body,export_proposal_comments_parent,export_proposal_comments_created_at,"
    "export_proposal_comments_author_username,export_proposal_comments_vote_id,export_proposal_news_id,"
    "export_proposal_reportings_id",
}
OPINIONS = {
    "old": "type,contributions_id,contributions_author_id,contributions_section_title,contributions_title,"
    "contributions_bodyText,contributions_createdAt,contributions_url,contributions_published,contributions_trashed,"
    "contributions_votesCount,contributions_votesCountOk,contributions_votesCountMitige,contributions_votesCountNok,"
    "contributions_votes_id,contributions_arguments_related_id,contributions_arguments_id,contributions_arguments_type,"
    "contributions_arguments_body,contributions_arguments_createdAt,contributions_arguments_trashed,"
    "contributions_reportings_id,contributions_sources_id,contribution_versions_id",
    "new": "export_contribution_type,export_contribution_id,export_contribution_author_id,"
    "export_contribution_section_title,export_contribution_title,export_contribution_body_text,"
    "export_contributions_created_at,export_contribution_url,export_contribution_published,export_contribution_trashed,"
    "export_contribution_votes_count,export_contribution_votes_count_ok,export_contribution_votes_count_mitige,"
    "export_contribution_votes_count_nok,export_contribution_votes_id,export_contribution_arguments_related_id,"
    "export_contribution_arguments_id,export_contribution_arguments_type,export_contribution_arguments_body,"
    "export_contribution_arguments_created_at,export_contribution_arguments_trashed,"
    "export_contribution_reportings_id,export_contribution_sources_id,export_contribution_versions_id",
}


def rows_of(header: str, rows: list[dict[str, Any]]) -> bytes:
    """Values by the end of the name of their column, as both releases have it."""
    columns = header.split(",")

    def column(name: str) -> str:
        found = [each for each in columns if each.lower().replace("_", "").removeprefix("export").endswith(name)]
        assert found, name
        return min(found, key=len)

    written = [{column(name): value for name, value in row.items()} for row in rows]
    return table(columns, [dict.fromkeys(columns, "") | each for each in written], delimiter=",")


def imported(made: Job, key: str) -> Report:
    return run(made, formats()[key])


@pytest.mark.parametrize("language", CONSUL)
def test_consul_as_administrators_download_it(in_saran: Municipality, language: str) -> None:
    columns = CONSUL[language].split(",")
    bench = ["7", "Des bancs", "a@exemple.fr", "<p>Un banc.</p>", "2019-03-04 10:00:00"]
    lines = [
        ["8", "Des fontaines", "b@exemple.fr", "", "2019-03-05 10:00:00", "", "", "", "", ""],
        [*bench, "10", "c@exemple.fr", "Oui", "", "2019-03-06 10:00:00"],
        [*bench, "11", "", "Moi aussi", "10", "2019-03-06 11:00:00"],
        [*bench, "12", "", "Et moi", "11", "2019-03-06 12:00:00"],
    ]
    made = job(table(columns, [dict(zip(columns, each, strict=True)) for each in lines], delimiter=","), **ASKED)
    report = imported(made, "consul")
    assert (report.errors, dict(report.existing)) == ([], {})
    found = Proposal.objects.order_by("submitted_at")
    assert [(each.title, each.solution, each.imported_author) for each in found] == [
        ("Des bancs", "Un banc.", ""),
        ("Des fontaines", "Des fontaines", ""),
    ]
    # What answers an answer stands below the first: there is one level here.
    assert [each.text for each in Argument.objects.all()] == ["Oui"]
    assert [each.text for each in Reply.objects.order_by("pk")] == ["Moi aussi", "Et moi"]
    assert made.found.untaken == sorted({columns[2], columns[6]})
    # Sent again, as the file of lines that were left has them.
    again = [*columns, str(LEFT_LINE), str(LEFT_WHY)]
    left = [dict(zip(again, [*each, "2", "Parce que"], strict=True)) for each in lines]
    report = imported(job(table(again, left, delimiter=","), **ASKED), "consul")
    assert (report.errors, report.created.total()) == ([], 0)


@pytest.mark.parametrize("release", STEP)
def test_proposals_of_a_step_of_cap_collectif_with_their_comments(in_saran: Municipality, release: str) -> None:
    one = {
        "proposalid": "p1", "proposaltitle": "Des bancs", "proposaldescription": "Un banc.", "quel budget ?": "500",
        "proposalcreatedat": "2019-03-04 10:00:00", "proposalauthorusername": "Ana", "votestotalcount": "12",
        "proposalauthoremail": "a@exemple.fr", "publicationstatus": "PUBLISHED",
    }  # fmt: skip
    said = {"commentsid": "c1", "proposalcommentsbody": "Oui", "commentscreatedat": "2019-03-06 10:00:00"}
    lines = [
        one,
        {"proposalid": "p1", ("proposalvotesid" if release == "old" else "votespublishedat"): "2019-03-07 10:00:00"},
        {"proposalid": "p1", **said, "commentsauthorusername": "Bob"},
        {**said, "commentsid": "c2", "proposalcommentsbody": "Moi aussi", "commentsparent": "c1"},
        {**said, "commentsid": "c3", "commentsvoteid": "v1"},
        {"proposalid": "p1", "reportingsid": "r1"},
        {**one, "proposalid": "p2", "trashedat": "2019-03-07 10:00:00"},
        {"proposalid": "p2", **said, "commentsid": "c4"},
        {**one, "proposalid": "p3", "publicationstatus": "DRAFT"},
    ]
    made = job(rows_of(STEP[release], lines), **ASKED)
    assert imported(made, "cap-collectif").errors == []
    proposal = Proposal.objects.get()
    assert (proposal.title, proposal.solution, proposal.author_name) == (
        "Des bancs",
        "Un banc.\n\nQuel budget ?\n500",
        "Ana",
    )
    assert proposal.imported_tally == {"like": 12, "mixed": 0, "dislike": 0}
    assert [(each.text, each.author_name, each.stance) for each in Argument.objects.all()] == [
        ("Oui", "Bob", "IMPROVE")
    ]
    assert [each.text for each in Reply.objects.all()] == ["Moi aussi"]
    assert made.found.skipped["trashed"] == 3
    again = [*STEP[release].split(","), str(LEFT_LINE), str(LEFT_WHY)]
    corrected = job(rows_of(",".join(again), [{**one, "proposalid": "p4", LEFT_WHY.lower(): "Parce que"}]), **ASKED)
    assert imported(corrected, "cap-collectif").errors == []
    assert "Parce que" not in Proposal.objects.order_by("pk").last().solution  # type: ignore[union-attr]
    assert any("email" in each.lower() for each in made.found.untaken)
    # Nobody has to read, or to answer, what was public elsewhere.
    assert not Case.objects.exists()


@pytest.mark.parametrize("release", OPINIONS)
def test_opinions_of_a_step_of_cap_collectif_with_their_arguments(in_saran: Municipality, release: str) -> None:
    one = {
        "contributionid" if release == "new" else "contributionsid": "o1", "sectiontitle": "Les rues", "bodytext": "Un banc.",
        "contributiontitle" if release == "new" else "contributionstitle": "Des bancs",
        "contributionscreatedat": "2019-03-04 10:00:00", "votescountok": "7", "votescountmitige": "2", "votescountnok": "1",
    }  # fmt: skip
    own = next(iter(one))
    for_it, against = ("FOR", "AGAINST") if release == "old" else ("argument.show.type.for", "Contre")
    said = {"relatedid": "o1", "argumentscreatedat": "2019-03-06 10:00:00"}
    lines = [
        one,
        {"votesid": "v1"},
        {**said, "argumentsid": "a1", "argumentstype": for_it, "argumentsbody": "Oui"},
        {**said, "argumentsid": "a2", "argumentstype": against, "argumentsbody": "Non"},
        {**said, "argumentsid": "a3", "argumentstype": against, "argumentsbody": "Publicité", "argumentstrashed": "1"},
        {**said, "argumentsid": "a4", "argumentstype": for_it, "argumentsbody": "Perdu", "relatedid": "o9"},
        {"sourcesid": "s1"},
        {**one, own: "o2", "contributiontrashed" if release == "new" else "contributionstrashed": "1"},
        {"versionsid": "x1"},
    ]
    header = OPINIONS[release]
    section = next(each for each in header.split(",") if "section" in each)
    made = job(rows_of(header, lines), **ASKED, challenge=section)
    report = imported(made, "cap-collectif")
    assert [each["line"] for each in report.errors] == [7]
    proposal = Proposal.objects.get()
    assert (proposal.title, proposal.solution, proposal.challenge.label) == ("Des bancs", "Un banc.", "Les rues")
    assert proposal.imported_tally == {"like": 7, "mixed": 2, "dislike": 1}
    assert [(each.text, each.stance) for each in Argument.objects.order_by("pk")] == [
        ("Oui", "FOR"),
        ("Non", "AGAINST"),
    ]
    assert not made.found.questions["neutral"]


def test_answers_to_a_questionnaire_have_no_reference_and_no_title(in_saran: Municipality) -> None:
    granddebat = [
        "id",
        "createdAt",
        "publishedAt",
        "updatedAt",
        "authorId",
        "authorType",
        "authorZipCode",
        "QUXVlc3Q= - Où ?",
    ]
    values = ["UmVwbHk6MQ==", "2019-03-04 10:00:00", "", "", "u1", "Citoyen", "45770", "Centre"]
    made = job(table(granddebat, [dict(zip(granddebat, values, strict=True))], delimiter=","), **ASKED)
    assert imported(made, "cap-collectif").errors == []
    assert (Proposal.objects.get().title, Proposal.objects.get().solution) == ("Contribution 2", "Où ?\nCentre")
    Proposal.objects.all().delete()
    now = "export_contribution_type,export_contribution_id,export_contribution_author_id,export_contribution_published_at,"
    now += "export_contribution_author,export_contribution_author_email,export_contribution_draft,Où ?"
    lines = [
        {"contributionid": "r1", "publishedat": "2019-03-04 10:00:00", "contributionauthor": "Ana", "où ?": "Centre"},
        {"contributionid": "r2", "publishedat": "2019-03-04 10:00:00", "draft": "Oui", "où ?": "Nord"},
    ]
    made = job(rows_of(now, lines), **ASKED | {"title": "Autres rues"})
    assert imported(made, "cap-collectif").errors == []
    answer = Proposal.objects.get()
    assert (answer.title, answer.solution, answer.imported_author) == ("Contribution 2", "Où ?\nCentre", "")


def test_columns_of_neither_are_refused(in_saran: Municipality) -> None:
    for key, columns in {"consul": ["ID", "Titre", "Auteur"], "cap-collectif": ["id", "titre"]}.items():
        with pytest.raises(FileNotRead):
            imported(job(table(columns, [dict.fromkeys(columns, "x")]), **ASKED), key)
