"""What everybody reads of the city's answers: on a proposal's page, on the page of all of them, on the home."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.enums import Role
from common.mine import Mine
from common.personal import forget_person
from common.templatetags.ui import full_day
from consultations.cocreation.services.merging import undo_merge
from consultations.framing.enums import PhaseKind
from consultations.framing.models import Consultation, Phase
from consultations.outcomes.enums import Decision
from consultations.outcomes.models import Answer, AnswerVersion
from consultations.outcomes.selectors.council import answers_rows
from consultations.participation.enums import Status
from consultations.participation.mine import say_why
from consultations.participation.models import Proposal, Reaction
from consultations.participation.resident.progress import what_helps
from consultations.participation.selectors.lists import latest_changes, needing_arguments
from consultations.participation.selectors.page import proposal_page
from tenants.models import Municipality
from tests.accounts.factories import UserFactory
from tests.outcomes.factories import AnswerFactory, AnswerVersionFactory, promise, published_answer
from tests.outcomes.project_factories import accepted, project_from
from tests.participation.factories import ArgumentFactory, ProposalFactory, merge

NOW = timezone.now


@pytest.fixture
def read(visit: Callable[..., Client], in_saran: Municipality) -> Callable[[str], str]:
    """The words of a page, as a visitor reads them."""

    def page(path: str) -> str:
        response = visit(in_saran, stays=True).get(path, follow=True)
        assert response.status_code == 200, path
        return words_of(response.content.decode())

    return page


def words_of(page: str) -> str:
    main = re.sub(r"<(style|script)[^>]*>.*?</\1>", "", page[page.index("<main") : page.index("</main>")], flags=re.S)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", main)).strip()


def promised(*, opened: int = 30, left: int) -> Phase:
    """The city answers since `opened` days; `left` days are left of what it promised, or fewer than none."""
    consultation = Consultation.objects.get(is_current=True)
    begins, ends = NOW() - timedelta(days=opened), NOW() + timedelta(days=left)
    consultation.phases.exclude(kind="ANSWER").update(opens_at=None, closes_at=begins)
    phase, _made = consultation.phases.update_or_create(kind="ANSWER", defaults={"opens_at": begins, "closes_at": ends})
    return phase


def page_of(proposal: Proposal) -> str:
    return proposal.get_absolute_url()


# ── On the page of a proposal ─────────────────────────────────────────────────


def test_a_proposal_says_under_its_title_that_it_is_answered_and_beside_its_text_what(
    read: Callable[[str], str],
) -> None:
    answer = published_answer(reasons="Deux fontaines.\n\nAvant l’été.", own_words="Vous aviez raison.")
    AnswerVersion.objects.update(opinions_of=["Espaces verts", "Écoles"])
    ArgumentFactory(proposal=answer.proposal, text="Un argument qui reste en vue.")
    said = read(page_of(answer.proposal))
    today = full_day(NOW()).replace("\xa0", " ")
    assert f"Saran a répondu le {today} :" in said
    assert "Ce que Saran répond Retenue avec adaptation Vous aviez raison. Deux fontaines. Avant l’été." in said
    assert "Hélène Vasseur Adjointe à la transition" in said
    assert "Espaces verts et Écoles" in said
    assert "Un argument qui reste en vue." in said
    assert "Pas encore de réponse" not in said


def test_an_answer_that_is_not_ours_to_give_says_whose_and_one_under_study_says_until_when(
    read: Callable[[str], str],
) -> None:
    elsewhere = published_answer(decision=Decision.ELSEWHERE, competent="la Région")
    studied = published_answer(decision=Decision.STUDIED, expected_on="2027-06-30")
    assert "Qui en décide : la Région" in read(page_of(elsewhere.proposal))
    assert "attendue au plus tard le 30 juin 2027." in read(page_of(studied.proposal))


def test_what_is_being_written_is_read_by_nobody(read: Callable[[str], str]) -> None:
    promised(left=10)
    answer = AnswerFactory(to_sign=True, reasons="Encore un secret.", own_words="Un autre.")
    said = read(page_of(answer.proposal))
    assert "secret" not in said
    assert "Un autre." not in said
    assert "Pas encore de réponse" in said


def test_an_answer_that_was_changed_shows_each_one_before(read: Callable[[str], str]) -> None:
    answer = published_answer(reasons="D’abord ceci.", signed_at=NOW() - timedelta(days=40))
    second = AnswerVersionFactory(answer=answer, number=2, reasons="Puis cela.", change="Le budget a changé.")
    Answer.objects.update(current=second)
    said = read(page_of(answer.proposal))
    first, then = (full_day(each).replace("\xa0", " ") for each in (NOW() - timedelta(days=40), NOW()))
    assert f"Saran a répondu le {first}, et a changé sa réponse le {then} :" in said
    assert f"Réponse du {first}, modifiée le {then}." in said
    assert f"réponse du {first}, modifiée le {then}" in read("/reponses/")
    assert "Modifiée une fois Le budget" in said  # its day is said already
    Answer.objects.update(answered_at=second.signed_at)
    assert f"Réponse du {then}, modifiée le même jour." in read(page_of(answer.proposal))
    assert said.index("Puis cela.") < said.index("Le budget a changé.") < said.index("D’abord ceci.")
    AnswerVersion.objects.filter(number=1).update(is_hidden=True)
    said = read(page_of(answer.proposal))
    assert "D’abord ceci." not in said
    assert "La modération a masqué cette réponse." in said


@pytest.mark.parametrize(
    ("left", "said"),
    [
        (10, "Saran a promis de répondre au plus tard le"),
        (-4, "En retard de quatre jours."),
        (-1, "En retard de 1 jour."),
    ],
)
def test_a_proposal_without_an_answer_says_what_was_promised_and_how_late_it_is(
    read: Callable[[str], str], left: int, said: str
) -> None:
    promised(left=left)
    assert said in read(page_of(ProposalFactory()))


def test_why_it_is_late_and_its_new_date_stand_on_its_page(read: Callable[[str], str]) -> None:
    promised(left=-4)
    told = {"late_why": "Nous attendons la métropole.", "late_until": "2027-02-15"}
    said = read(page_of(AnswerFactory(**told).proposal))
    assert "Nouvelle date : au plus tard le 15 février 2027. Nous attendons la métropole." in said
    assert "Annoncée avant" not in said
    said = read(page_of(AnswerFactory(late_earlier=["2026-12-01", "2027-01-15"], **told).proposal))
    assert "Annoncée avant : 1er décembre 2026, 15 janvier 2027." in said


def test_a_delay_told_before_the_turn_of_the_city_is_read_at_once(read: Callable[[str], str]) -> None:
    answer = AnswerFactory(
        late_why="Nous attendons la métropole.", late_until="2027-02-15", proposal__title="Une fontaine"
    )
    ProposalFactory(title="Un banc")
    new_date = "Nouvelle date : au plus tard le 15 février 2027. Nous attendons la métropole."
    assert new_date in read(page_of(answer.proposal))
    said = read("/reponses/")
    listed = said[said.index("Ce qui viendra plus tard que promis") :]
    assert "Une fontaine Nous attendons la métropole. au plus tard le 15 février 2027" in listed
    assert "Un banc" not in listed


def test_before_the_turn_of_the_city_a_proposal_says_nothing_of_an_answer(read: Callable[[str], str]) -> None:
    assert "Pas encore de réponse" not in read(page_of(ProposalFactory()))


def test_the_sources_of_a_collective_proposal_have_its_answer(read: Callable[[str], str]) -> None:
    merge_request = merge(2)
    source = Proposal.objects.filter(merged_into=merge_request.proposal).first()
    assert source is not None
    own = published_answer(proposal=source, reasons="Donnée avant d’être réunie.")
    assert own.reasons in read(page_of(source))
    published_answer(proposal=merge_request.proposal, reasons="À toutes ensemble.")
    said = read(page_of(source))
    assert "À toutes ensemble." in said
    assert "À la proposition collective dont celle-ci fait partie" in said
    assert own.reasons not in said
    Proposal.objects.filter(pk=merge_request.proposal.pk).update(status=Status.HIDDEN)
    assert "À toutes ensemble." not in read(page_of(source))


def test_an_undone_collective_proposal_keeps_its_answer_and_its_sources_wait_again(read: Callable[[str], str]) -> None:
    merge_request = merge(2)
    collective = merge_request.proposal
    undo_merge(merge_request=merge_request, actor=merge_request.started_by, reason="Trop loin.", at=NOW())
    # As it stands where it was undone before answers kept collective proposals together (registry.settles).
    published_answer(proposal=collective, reasons="À toutes ensemble.")
    promised(left=10)
    said = read(page_of(Proposal.objects.get(pk=collective.pk)))
    assert "À toutes ensemble." in said
    assert "qui a été défaite depuis" in said
    for source in merge_request.sources.select_related("proposal"):
        said = read(page_of(source.proposal))
        assert "Pas encore de réponse" in said
        assert "À toutes ensemble." not in said


def test_a_removed_proposal_keeps_its_answer_and_a_hidden_one_shows_none(read: Callable[[str], str]) -> None:
    answer = published_answer(reasons="Nous le faisons.")
    Proposal.objects.update(status=Status.REMOVED)
    assert "Nous le faisons." in read(page_of(answer.proposal))
    Proposal.objects.update(status=Status.HIDDEN)
    assert "Nous le faisons." not in read(f"/propositions/{answer.proposal_id}/")


def test_what_the_city_has_answered_stays_when_its_author_leaves_with_their_texts(
    read: Callable[[str], str], visit: Callable[..., Client], in_saran: Municipality
) -> None:
    proposal = accepted(proposal__title="L’idée de Mésange", proposal__stage="PROJECT", reasons="Nous le faisons.")
    published_answer(proposal__author=proposal.author, proposal__title="Une autre")
    Answer.objects.filter(proposal=proposal).update(state="WRITING", reasons="Une correction.")
    ProposalFactory(author=proposal.author)  # nothing of others hangs on it
    project = project_from(proposal, title="Les Aydes au frais")
    desk = f"/gestion/consultations/{project.consultation.slug}/reponses/"
    forget_person(proposal.author, with_texts=True, at=NOW())
    name = f"Proposition n° {proposal.pk}, retirée à la demande de qui l’avait écrite"
    said = read(page_of(proposal))
    assert "Nous le faisons." in said
    assert "Les Aydes au frais" in said
    said = read("/reponses/")
    assert "2 réponses sur 2" in said
    assert name in said
    assert name in read(project.get_absolute_url())
    assert Answer.objects.filter(state="PUBLISHED", reasons="Nous le faisons.").count() == 1
    assert next(row[2] for row in answers_rows(project.consultation)) == name
    client = visit(in_saran, UserFactory(role=Role.FACILITATOR), stays=True)
    assert name in words_of(client.get(desk).content.decode())
    page = words_of(client.get(f"{desk}{proposal.pk}/").content.decode())
    assert "Votre réponse reste" in page
    assert "Nous le faisons." in page
    for path in (page_of(proposal), "/reponses/", project.get_absolute_url()):
        assert "Mésange" not in read(path)


def test_each_person_finds_what_was_answered_to_what_they_wrote_argued_on_or_support(
    visit: Callable[..., Client], in_saran: Municipality
) -> None:
    user = UserFactory()
    for title, kind in (("À moi", "wrote"), ("Argumentée", "argued"), ("Soutenue", "liked"), ("À d’autres", "")):
        proposal = published_answer(proposal__title=title).proposal
        if kind == "wrote":
            Proposal.objects.filter(pk=proposal.pk).update(author=user)
        if kind == "argued":
            ArgumentFactory(proposal=proposal, author=user)
        Reaction.objects.create(proposal=proposal, user=user, value="LIKE" if kind == "liked" else "DISLIKE")
    page = visit(in_saran, user, stays=True).get("/ma-participation/").content.decode()
    said = page[page.index('id="answered-title"') :]
    said = words_of(f"<main>{said[: said.index('</section>')]}</main>")
    assert said.index("À moi") < said.index("Soutenue") < said.index("Argumentée")
    assert "Vous y avez donné un argument." in said
    assert "Vous la soutenez." in said
    assert "À d’autres" not in said


def test_nobody_is_called_to_argue_on_what_is_answered(in_saran: Municipality) -> None:
    user, consultation = UserFactory(), Consultation.objects.get(is_current=True)
    proposal = ProposalFactory(like_count=3, version=2, reworked_at=NOW())
    Reaction.objects.create(proposal=proposal, user=user, value="LIKE", version=2)
    ArgumentFactory(proposal=ProposalFactory(challenge=proposal.challenge), author=user)

    def calls() -> tuple[int, int, str]:
        page = proposal_page(pk=proposal.pk, at=NOW())
        assert page is not None
        found = what_helps(page)
        assert found is not None
        needing = [each for each in needing_arguments(consultation) if each == proposal]
        return len(list(say_why(Mine(user, NOW())))), len(needing), found.text

    assert calls()[:2] == (1, 1)
    published_answer(proposal=proposal)
    assert calls() == (0, 0, "Elle a reçu sa réponse. Vous pouvez encore dire ici ce que vous en pensez.")
    assert latest_changes(consultation) == []  # no argument has changed it
    Proposal.objects.filter(pk=proposal.pk).update(for_count=1)
    assert latest_changes(consultation) == [proposal]


# ── All of them ───────────────────────────────────────────────────────────────


def test_the_lateness_stands_in_the_headline_and_each_late_one_by_name(
    read: Callable[[str], str], in_saran: Municipality
) -> None:
    promised(left=-4)
    published_answer()
    for number in range(7):
        ProposalFactory(title=f"En attente, numéro {number}")
    AnswerFactory(
        to_sign=True,
        late_until="2027-02-15",
        late_why="La métropole doit répondre.",
        proposal__title="La première de toutes",
        signer__public_name="Karim Besson",
    )
    said = read("/reponses/")
    assert "1 réponse sur 9. Huit sont en retard." in said
    assert "Saran avait promis de répondre à chaque proposition" in said
    missing = said[said.index("Les huit qui manquent") : said.index("9 propositions, une par une")]
    assert "La première de toutes La métropole doit répondre." in missing
    assert "15 février 2027 Karim Besson, adjointe à la transition" in missing
    assert missing.count("En attente") == 4  # five in all: the others are one press away
    assert read("/reponses/?reponse=attendues").count("En attente, numéro") == 7 + 4


def test_each_state_of_the_answers_has_its_page(read: Callable[[str], str]) -> None:
    assert "Aucune réponse à donner pour le moment" in read("/reponses/")
    answer = published_answer()
    Answer.objects.update(current=None)
    assert "Saran répondra à chaque proposition" in read("/reponses/")
    promised(left=10)
    assert "0 réponse sur 1. Saran a promis" in read("/reponses/")
    assert re.search(r"Il reste \d+ jours", read("/reponses/"))
    Answer.objects.update(current=answer.current)
    said = read("/reponses/")
    assert "1 réponse sur 1 : elle est donnée." in said
    assert "qui manque" not in said
    Phase.objects.filter(kind="ANSWER").update(opens_at=None, closes_at=None)
    assert "Saran n’a pas donné de date pour ses réponses." in read("/reponses/")


def test_what_is_merged_hidden_or_withdrawn_is_not_counted_and_a_hidden_answer_is_owed_again(
    read: Callable[[str], str],
) -> None:
    merge(2)
    promised(left=10)
    answer = published_answer()
    for status in (Status.HIDDEN, Status.WITHDRAWN, Status.HELD, Status.REMOVED):
        ProposalFactory(status=status)
    assert "1 réponse sur 2." in read("/reponses/")
    AnswerVersion.objects.filter(answer=answer).update(is_hidden=True)
    said = read("/reponses/")
    assert "0 réponse sur 2." in said
    assert answer.reasons[:20] not in said
    assert answer.reasons[:20] not in read(page_of(answer.proposal))


def test_answers_are_chosen_by_what_was_decided(read: Callable[[str], str]) -> None:
    for decision in Decision:
        published_answer(decision=decision, proposal__title=f"Idée {decision.value}")
    assert read("/reponses/?reponse=non-retenues").count("Idée") == 1
    assert "Idée DECLINED" in read("/reponses/?reponse=non-retenues")
    assert read("/reponses/?reponse=n-importe-quoi").count("Idée") == 5


def test_every_proposal_is_one_sign_and_the_curve_counts_first_answers(
    visit: Callable[..., Client], in_saran: Municipality
) -> None:
    promised(opened=10, left=10)
    for days in (8, 8, 3):
        answer = published_answer(signed_at=NOW() - timedelta(days=days))
    Answer.objects.filter(pk=answer.pk).update(current=AnswerVersionFactory(answer=answer, number=2))
    ProposalFactory()
    response = visit(in_saran, stays=True).get("/reponses/")
    page = response.content.decode()
    assert page.count('<use href="#s-adapted"') == 3
    assert page.count('<use href="#s-"') == 1
    assert response.context["curve"].path == "M0 4H3V2H8V1H11"
    assert response.context["curve"].promised == response.context["curve"].days == 21
    said = words_of(page)
    assert said.index("aujourd’hui : 3 propositions") < said.index("la date promise")


def test_once_all_are_given_the_curve_ends_with_the_last(visit: Callable[..., Client], in_saran: Municipality) -> None:
    promised(opened=40, left=-30)
    published_answer(signed_at=NOW() - timedelta(days=28))
    response = visit(in_saran, stays=True).get("/reponses/")
    assert response.context["curve"].end == response.context["curve"].days == 13
    said = words_of(response.content.decode())
    assert said.index("la date promise") < said.index("la dernière réponse : toutes sont données")


def test_where_all_came_on_the_first_day_there_is_no_curve(
    visit: Callable[..., Client], in_saran: Municipality
) -> None:
    promised(opened=10, left=10)
    published_answer(signed_at=NOW() - timedelta(days=10))
    page = visit(in_saran, stays=True).get("/reponses/")
    assert page.context["curve"] is None
    assert 'class="clock"' not in page.content.decode()


def test_the_days_of_the_curve_are_told_in_their_order(visit: Callable[..., Client], in_saran: Municipality) -> None:
    promise(NOW() - timedelta(days=20))
    Phase.objects.filter(kind=PhaseKind.ANSWER).update(opens_at=None)
    published_answer(signed_at=NOW() - timedelta(days=8))
    published_answer(signed_at=NOW() - timedelta(days=5))
    response = visit(in_saran, stays=True).get("/reponses/")
    assert response.context["curve"].captions == ["promised", "begins", "ends"]
    assert response.context["curve"].promised == 0
    said = words_of(response.content.decode())
    assert said.index("la date promise") < said.index("début des réponses") < said.index("la dernière réponse")


def test_the_page_costs_the_same_at_two_rows_and_at_sixty(visit: Callable[..., Client], in_saran: Municipality) -> None:
    promised(left=-4)

    def queries(path: str) -> int:
        client = visit(in_saran, stays=True)
        client.get("/mode-d-emploi/")
        with CaptureQueriesContext(connection) as captured:
            assert client.get(path).status_code == 200
        return len(captured)

    def fill(count: int) -> None:
        proposals = Proposal.objects.bulk_create(ProposalFactory.build_batch(2 * count, author=None))
        answers = Answer.objects.bulk_create(AnswerFactory.build(proposal=each) for each in proposals[:count])
        versions = AnswerVersion.objects.bulk_create(AnswerVersionFactory.build(answer=each) for each in answers)
        for answer, version in zip(answers, versions, strict=True):
            answer.current = version
        Answer.objects.bulk_update(answers, ["current"])

    fill(1)
    paths = ["/reponses/", "/reponses/?reponse=attendues"]
    first = [queries(path) for path in paths]
    fill(30)
    assert [queries(path) for path in paths] == first
    assert max(first) <= 14


# ── On the home ───────────────────────────────────────────────────────────────


def test_the_home_shows_the_clock_once_it_is_the_turn_of_the_city(
    visit: Callable[..., Client], read: Callable[[str], str]
) -> None:
    published = published_answer()
    Answer.objects.update(current=None)
    assert "Voir où en sont les réponses" not in read("/")
    promised(left=-4)
    assert "0 réponse sur 1. 1 est en retard." in read("/")
    Answer.objects.update(current=published.current)
    assert "1 réponse sur 1 : elle est donnée." in read("/")
    assert "Lire les réponses" in read("/")


def test_an_archived_consultation_says_what_was_never_answered(read: Callable[[str], str]) -> None:
    promised(left=-4)
    ProposalFactory()
    Consultation.objects.update(is_current=False, archived_at=NOW())
    slug = Consultation.objects.get().slug
    assert "La consultation est archivée. 1 proposition n’a pas eu de réponse." in read(f"/consultations/{slug}/")
    assert "1 proposition n’a pas eu de réponse." in read(f"/consultations/{slug}/reponses/")


def test_the_menu_leads_to_the_answers_once_there_are_any(visit: Callable[..., Client], in_saran: Municipality) -> None:
    client = visit(in_saran, stays=True)
    assert 'href="/reponses/"' not in client.get("/propositions/").content.decode()
    published_answer()
    assert '<a href="/reponses/">Réponses</a>' in client.get("/propositions/").content.decode()


def test_one_that_has_not_opened_has_no_page_of_answers(visit: Callable[..., Any], in_saran: Municipality) -> None:
    Consultation.objects.update(opened_at=None)
    assert visit(in_saran, stays=True).get("/reponses/").status_code == 404


# ── On cards, and on one's own page ───────────────────────────────────────────


def test_the_cards_of_a_list_say_what_was_decided_in_one_query(
    visit: Callable[..., Client], in_saran: Municipality, read: Callable[[str], str]
) -> None:
    merge_request = merge(2)
    published_answer(proposal=merge_request.proposal, decision=Decision.ADOPTED)
    ProposalFactory()
    client = visit(in_saran, stays=True)
    client.get("/mode-d-emploi/")
    with CaptureQueriesContext(connection) as captured:
        client.get("/propositions/?tri=recentes")
    assert sum('"outcomes_answer"."proposal_id" IN' in each["sql"] for each in captured) == 1
    assert read("/propositions/").count("Réponse : retenue") == 3


def test_a_card_says_which_text_was_answered_where_it_has_another_since(read: Callable[[str], str]) -> None:
    renamed, reworked = (published_answer(proposal__title=title).proposal for title in ("Un banc", "Une rampe"))
    Proposal.objects.filter(pk=renamed.pk).update(title="Deux bancs", version=2)
    Proposal.objects.filter(pk=reworked.pk).update(version=2)
    said = read("/propositions/")
    assert "Réponse à « Un banc » : retenue avec adaptation" in said
    assert "Réponse à la version 1 : retenue avec adaptation" in said


def test_several_decisions_alike_are_told_in_the_plural(read: Callable[[str], str]) -> None:
    for decision in (Decision.ADOPTED, Decision.ADOPTED, Decision.DECLINED, Decision.DECLINED, Decision.STUDIED):
        published_answer(decision=decision)
    said = read("/reponses/")
    for words in ("2 retenues", "2 non retenues", "1 à l’étude", "Retenues, 2", "Non retenues, 2"):
        assert words in said


def test_my_participation_shows_what_was_answered_to_me(
    visit: Callable[..., Client], in_saran: Municipality, person: Any
) -> None:
    author = person()
    client = visit(in_saran, author, stays=True)
    assert "Ce que la collectivité a répondu" not in client.get("/ma-participation/").content.decode()
    published_answer(proposal__author=author, proposal__title="Une fontaine par place", decision=Decision.DECLINED)
    source = ProposalFactory(author=author, title="Une rampe à l’entrée")
    merge_request = merge(2, sources=[source, ProposalFactory()])
    published_answer(proposal=merge_request.proposal, decision=Decision.ADOPTED)
    published_answer(proposal__title="Celle de quelqu’un d’autre")
    said = words_of(client.get("/ma-participation/").content.decode())
    said = said[said.index("Ce que la collectivité a répondu") :][:400]
    assert "Une fontaine par place Non retenue" in said
    assert "Une rampe à l’entrée Retenue" in said
    assert "quelqu’un d’autre" not in said
    Proposal.objects.filter(author=author, merged_into=None).update(title="Deux fontaines par place", version=2)
    said = words_of(client.get("/ma-participation/").content.decode())
    assert "Une fontaine par place Non retenue" in said[said.index("Ce que la collectivité a répondu") :][:400]


def test_the_way_of_what_is_refused_ends_there_and_nothing_more_is_to_come(
    visit: Callable[..., Client], in_saran: Municipality
) -> None:
    for decision, ends in ((Decision.DECLINED, True), (Decision.ELSEWHERE, True), (Decision.STUDIED, False)):
        answer = published_answer(decision=decision)
        page = visit(in_saran, stays=True).get(page_of(answer.proposal)).content.decode()
        way = page.partition('<ol class="journey"')[2].partition("</ol>")[0]
        assert (str(decision.label) in way) is ends
        assert ("Projet" in way) is not ends
