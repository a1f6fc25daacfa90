"""A synthesis is composed of people's sentences, and published: what is hidden or erased leaves it at once."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.enums import Role
from accounts.models import User
from common.meanwhile import ChangedMeanwhile
from common.personal import forget_person
from consultations.analysis.enums import Place
from consultations.analysis.models import Synthesis, SynthesisVersion, Topic, TopicPlace
from consultations.analysis.selectors.synthesis_coverage import coverage_of
from consultations.analysis.selectors.synthesis_editor import editor_of
from consultations.analysis.selectors.synthesis_filling import visible
from consultations.analysis.selectors.synthesis_material import material_of
from consultations.analysis.selectors.synthesis_ranking import Candidate, claim_of, ranked, seen_enough, wilson
from consultations.analysis.selectors.synthesis_report import report_of
from consultations.analysis.selectors.synthesis_shown import published_of, shown_version, shown_versions, versions_of
from consultations.analysis.services.synthesis import (
    Chosen,
    Sent,
    begin_synthesis,
    publish_synthesis,
    save_synthesis,
    withdraw_synthesis,
)
from consultations.analysis.services.synthesis_refusals import NothingToCompose, NothingToSay, QuotedTooOften
from consultations.framing.models import Challenge
from consultations.participation.counts import recount
from consultations.participation.enums import Stance, Status
from consultations.participation.models import Argument, Proposal
from consultations.participation.services.visibility import hide
from tenants.models import Municipality
from tests.accounts.factories import UserFactory
from tests.participation.factories import ArgumentFactory, VersionedProposalFactory, any_challenge

NOW = timezone.now()
# Title, likes, mixed, dislikes, number of its theme.
TEXTS = [
    ("Des bancs à l’ombre", 112, 9, 6, 0),
    ("Un îlot frais à dix minutes", 129, 34, 21, 0),
    ("Couper les platanes malades", 29, 11, 33, 0),
    ("Une carte des lieux frais", 2, 1, 0, 0),
    ("Un bosquet par école", 84, 8, 9, 0),
    ("Des vélos en libre-service", 60, 10, 12, 1),
    ("Fermer la rue le samedi", 138, 31, 96, 1),
]


@pytest.fixture
def challenge(in_saran: object) -> Challenge:
    return any_challenge()


@pytest.fixture
def staff(challenge: Challenge) -> User:
    return UserFactory(role=Role.FACILITATOR, public_name="Camille Renaud")


@pytest.fixture
def proposals(challenge: Challenge) -> list[Proposal]:
    topics = [
        Topic.objects.create(challenge=challenge, labels=[label], created_at=NOW) for label in ("ombre", "rue et vélo")
    ]
    made = []
    for title, likes, mixed, dislikes, topic in TEXTS:
        counts = {"like_count": likes, "mixed_count": mixed, "dislike_count": dislikes}
        proposal = VersionedProposalFactory(challenge=challenge, title=title, **counts)
        TopicPlace.objects.create(proposal=proposal, topic=topics[topic], nearness=0.5)
        for stance in (Stance.FOR, Stance.AGAINST):
            ArgumentFactory(proposal=proposal, stance=stance, text=f"Voici une raison {stance} à propos de {title}.")
        made.append(proposal)
    return made


@pytest.fixture
def synthesis(challenge: Challenge, proposals: list[Proposal], staff: User) -> Synthesis:
    return begin_synthesis(challenge=challenge, actor=staff, at=NOW)


def save(synthesis: Synthesis, staff: User, **sent: Any) -> Synthesis:
    synthesis.refresh_from_db()
    texts = {part["topic"]: part["text"] for part in synthesis.parts}
    kept = {"title": synthesis.title, "intro": synthesis.intro, "texts": texts}
    return save_synthesis(
        challenge=synthesis.challenge, sent=Sent(**{**kept, **sent}), revision=synthesis.revision, actor=staff, at=NOW
    )


def publish(synthesis: Synthesis, staff: User, *, after: int = 0) -> SynthesisVersion:
    synthesis.refresh_from_db()
    publish_synthesis(
        challenge=synthesis.challenge, revision=synthesis.revision, after=after, actor=staff, at=timezone.now()
    )
    found = published_of(synthesis.challenge)
    assert found is not None
    return found


def titles(synthesis: Synthesis) -> list[list[str]]:
    synthesis.refresh_from_db()
    names = dict(Proposal.objects.order_by().values_list("pk", "title"))
    return [[names[slot["proposal"]] for slot in part["slots"]] for part in synthesis.parts]


def page_of(challenge: Challenge) -> str:
    return f"/consultations/{challenge.consultation.slug}/syntheses/{challenge.slug}/"


# ── What the machine proposes ─────────────────────────────────────────────────


def test_the_places_of_a_theme_are_filled(synthesis: Synthesis) -> None:
    assert titles(synthesis) == [
        ["Des bancs à l’ombre", "Un bosquet par école", "Couper les platanes malades", "Une carte des lieux frais"],
        ["Des vélos en libre-service", "Fermer la rue le samedi"],
    ]
    assert [slot["place"] for slot in synthesis.parts[0]["slots"]] == [
        Place.SUPPORTED,
        Place.SUPPORTED,
        Place.DISPUTED,
        Place.LITTLE_SEEN,
    ]
    first = synthesis.parts[0]["slots"][0]
    stances = [Argument.objects.get(pk=first[side]).stance for side in ("pro", "con")]
    assert stances == [Stance.FOR, Stance.AGAINST]


def test_without_themes_all_is_one_part(challenge: Challenge, proposals: list[Proposal], staff: User) -> None:
    Topic.objects.all().delete()
    made = begin_synthesis(challenge=challenge, actor=staff, at=NOW)
    assert [part["topic"] for part in made.parts] == [0]
    assert len(made.parts[0]["slots"]) == 4


def test_what_the_team_left_out_of_themes_is_left_out(
    challenge: Challenge, proposals: list[Proposal], staff: User
) -> None:
    TopicPlace.objects.filter(pk=proposals[0].pk).update(is_excluded=True, topic=None)
    made = begin_synthesis(challenge=challenge, actor=staff, at=NOW)
    assert "Des bancs à l’ombre" not in titles(made)[0]


def test_one_proposal_makes_a_synthesis_and_none_makes_none(challenge: Challenge, staff: User) -> None:
    with pytest.raises(NothingToCompose):
        begin_synthesis(challenge=challenge, actor=staff, at=NOW)
    VersionedProposalFactory(challenge=challenge, title="La seule")
    made = begin_synthesis(challenge=challenge, actor=staff, at=NOW)
    assert titles(made) == [["La seule"]]
    assert len(publish(made, staff).parts) == 1


def test_one_author_of_many_is_quoted_twice_at_most(
    challenge: Challenge, proposals: list[Proposal], staff: User
) -> None:
    Proposal.objects.filter(challenge=challenge).update(author=proposals[0].author)
    Argument.objects.update(author=UserFactory())
    made = begin_synthesis(challenge=challenge, actor=staff, at=NOW)
    coverage = coverage_of(material_of(challenge), made.parts)
    assert (coverage.most, coverage.too_often) == (2, [])


def test_identical_texts_and_people_who_like_everything_change_nothing_in_the_order() -> None:
    same = [Candidate(pk, 50, 0, 0, 0.5) for pk in (3, 1, 2)]
    assert [each.pk for each in ranked(Place.SUPPORTED, same, seen=5)] == [1, 2, 3]
    assert ranked(Place.DISPUTED, same, seen=5) == []


def test_few_answers_count_for_less() -> None:
    assert wilson(3, 3) < wilson(90, 100) < 0.9
    assert seen_enough([]) == seen_enough([1, 2, 3]) == 5
    assert seen_enough([100] * 9) == 20


@pytest.mark.parametrize(
    ("text", "quoted"),
    [
        (
            "Mais non. Les bancs cassés restent cassés depuis deux ans. Oui.",
            "Les bancs cassés restent cassés depuis deux ans. Oui.",
        ),
        (
            "Qui paie l’assurance de tout cela, au juste ? Court.",
            "Qui paie l’assurance de tout cela, au juste ? Court.",
        ),
        ("Le toit du gymnase donne 400 m³ par an. Et encore.", "Le toit du gymnase donne 400 m³ par an. Et encore."),
    ],
)
def test_a_quote_begins_with_a_claim(text: str, quoted: str) -> None:
    assert claim_of(text) == quoted


# ── Composing ─────────────────────────────────────────────────────────────────


def test_places_are_moved_hidden_and_taken_again(synthesis: Synthesis, staff: User) -> None:
    key = synthesis.parts[0]["slots"][0]["key"]
    save(synthesis, staff, do="up", on=key)
    assert titles(synthesis)[0][0] == "Des bancs à l’ombre"
    save(synthesis, staff, do="down", on=key)
    assert titles(synthesis)[0][:2] == ["Un bosquet par école", "Des bancs à l’ombre"]
    save(synthesis, staff, do="next", on=key)
    assert titles(synthesis)[0][1] == "Un îlot frais à dix minutes"
    save(synthesis, staff, do="hide", on=key)
    synthesis.refresh_from_db()
    assert key not in [slot["key"] for slot in visible(synthesis.parts)]
    save(synthesis, staff, do="show", on=key)
    save(synthesis, staff, do="part-down", on=synthesis.parts[0]["topic"])
    assert len(titles(synthesis)[0]) == 2
    # What is no button, and no place, does nothing.
    before = Synthesis.objects.get().revision
    save(synthesis, staff, do="melt", on=999)
    assert Synthesis.objects.get().revision == before


def test_choosing_another_proposal_brings_its_arguments(synthesis: Synthesis, staff: User) -> None:
    slot = synthesis.parts[0]["slots"][0]
    other = Proposal.objects.get(title="Un îlot frais à dix minutes")
    elsewhere = Proposal.objects.get(title="Fermer la rue le samedi")
    kept = save(synthesis, staff, chosen={slot["key"]: Chosen(other.pk, slot["pro"], slot["con"])})
    changed = kept.parts[0]["slots"][0]
    assert changed["proposal"] == other.pk
    assert Argument.objects.get(pk=changed["pro"]).proposal_id == other.pk
    # Of another theme, of another challenge, hidden, or an argument of another proposal: as if nothing was chosen.
    for pk in (elsewhere.pk, 999_999):
        kept = save(synthesis, staff, chosen={slot["key"]: Chosen(pk, slot["pro"], None)})
        assert kept.parts[0]["slots"][0]["proposal"] == other.pk
    assert kept.parts[0]["slots"][0]["con"] is None
    assert kept.parts[0]["slots"][0]["pro"] == changed["pro"]


def test_each_place_has_five_possibilities_with_their_reasons(synthesis: Synthesis, challenge: Challenge) -> None:
    first = editor_of(material_of(challenge), synthesis).parts[0].places[0]
    assert [each.words for each in first.choices] == ["Des bancs à l’ombre", "Un îlot frais à dix minutes"]
    assert "112 sur 127" in first.choices[0].reason
    assert [each.is_chosen for each in first.choices] == [True, False]


def test_the_meter_says_who_is_heard_and_what_would_raise_it(
    synthesis: Synthesis, challenge: Challenge, staff: User
) -> None:
    best = Proposal.objects.get(title="Un îlot frais à dix minutes")
    ArgumentFactory.create_batch(20, proposal=best)
    street = synthesis.parts[1]
    for slot in street["slots"]:
        save(synthesis, staff, do="hide", on=slot["key"])
    synthesis.refresh_from_db()
    meter = editor_of(material_of(challenge), synthesis).meter
    assert (meter.coverage.themes, meter.coverage.all_themes) == (1, 2)
    assert [name for _topic, name in meter.missing] == ["Rue et vélo"]
    assert meter.better is not None
    assert (meter.better[0].number, meter.better[1]) == (1, best.title)
    save(synthesis, staff, do="add", on=street["topic"])
    synthesis.refresh_from_db()
    assert coverage_of(material_of(challenge), synthesis.parts).themes == 2


def test_two_at_once_lose_nothing(synthesis: Synthesis, staff: User) -> None:
    stale = Synthesis.objects.get()
    save(synthesis, staff, intro="Le texte de l’autre.")
    with pytest.raises(ChangedMeanwhile) as refused:
        save_synthesis(
            challenge=stale.challenge, sent=Sent(intro="Le mien."), revision=stale.revision, actor=staff, at=NOW
        )
    assert refused.value.now.intro == "Le texte de l’autre."
    assert Synthesis.objects.get().intro == "Le texte de l’autre."


# ── Publishing ────────────────────────────────────────────────────────────────


def test_what_is_published_is_what_was_read_once(synthesis: Synthesis, staff: User) -> None:
    hidden = synthesis.parts[0]["slots"][2]["key"]
    save(synthesis, staff, do="hide", on=hidden)
    version = publish(synthesis, staff)
    shown = shown_version(version)
    assert "Couper les platanes malades" not in [each.title for each in shown.sentences]
    # A second press is the same publication; somebody who has read an earlier state is asked to read again.
    publish(synthesis, staff)
    assert SynthesisVersion.objects.count() == 1
    with pytest.raises(ChangedMeanwhile):
        publish_synthesis(challenge=synthesis.challenge, revision=0, after=0, actor=staff, at=NOW)
    save(synthesis, staff, title="L’ombre d’abord")
    assert publish(synthesis, staff, after=1).number == 2
    assert SynthesisVersion.objects.get(number=1).title == ""


def test_published_again_unchanged_it_is_the_same_version(synthesis: Synthesis, staff: User) -> None:
    publish(synthesis, staff)
    assert publish(synthesis, staff, after=1).number == 1
    withdraw_synthesis(challenge=synthesis.challenge, actor=staff, at=NOW)
    assert publish(synthesis, staff, after=1).number == 2, "taken back, it is published anew"


@pytest.mark.parametrize("hand", ["hide", "redact", "erase"])
def test_words_that_name_a_theme_leave_with_the_texts_that_say_them(
    saran: Municipality,
    challenge: Challenge,
    staff: User,
    visit: Any,
    hand: str,
    django_capture_on_commit_callbacks: Any,
) -> None:
    """The page, the report, earlier versions, and what is published anew; whatever linking text stands below."""
    topic = Topic.objects.create(challenge=challenge, labels=["Dupont voleur", "les bancs"], created_at=NOW)
    slanders = [
        VersionedProposalFactory(
            challenge=challenge, title="Les bancs", problem=f"C’est Dupont\nvoleur, dit-on {number}."
        )
        for number in range(3)
    ]
    for proposal in slanders:
        TopicPlace.objects.create(proposal=proposal, topic=topic, nearness=0.5)
    begun = begin_synthesis(challenge=challenge, actor=staff, at=NOW)
    save(begun, staff, texts={topic.pk: "Ce que dit la ville."})
    publish(begun, staff)
    reader, where = visit(saran, stays=True), page_of(challenge)
    assert "Dupont voleur" in reader.get(where).content.decode()
    recount()
    with django_capture_on_commit_callbacks(execute=True):
        for proposal in slanders:
            if hand == "hide":
                hide(proposal, actor=staff)
            elif hand == "erase":
                assert proposal.author is not None
                forget_person(proposal.author, with_texts=True, at=NOW)
            else:
                proposal.problem = "C’est [passage masqué]."
                proposal.save()
    topic.refresh_from_db()
    assert "Dupont voleur" not in topic.labels
    for page in ("", "versions/1/"):
        assert "Dupont" not in reader.get(where + page).content.decode()
    assert "Dupont" not in str(report_of(challenge, SynthesisVersion.objects.get()))
    assert reader.get(where).content.decode().count("Ce que dit la ville.") == 1


def test_what_is_refused(synthesis: Synthesis, staff: User, proposals: list[Proposal]) -> None:
    Proposal.objects.filter(challenge=synthesis.challenge).update(author=proposals[0].author)
    with pytest.raises(QuotedTooOften):
        publish(synthesis, staff)
    for slot in visible(synthesis.parts):
        save(synthesis, staff, do="hide", on=slot["key"])
    with pytest.raises(NothingToSay):
        publish(synthesis, staff)


def test_counts_stay_those_of_the_day(synthesis: Synthesis, staff: User) -> None:
    version = publish(synthesis, staff)
    Proposal.objects.filter(title="Des bancs à l’ombre").update(like_count=500, title="Autre titre", version=2)
    first = shown_version(version).sentences[0]
    assert (first.likes, first.title) == (112, "Des bancs à l’ombre")


@pytest.mark.parametrize("status", [Status.HIDDEN, Status.REMOVED, Status.HELD, Status.WITHDRAWN])
def test_what_is_hidden_leaves_the_page_and_the_report_at_once(
    saran: Municipality, synthesis: Synthesis, staff: User, visit: Any, status: Status
) -> None:
    reader, where = visit(saran, stays=True), page_of(synthesis.challenge)
    for change in range(2):
        save(synthesis, staff, intro=f"Version {change + 1}")
        publish(synthesis, staff, after=change)
    before = reader.get(where).content.decode()
    assert "Des bancs à l’ombre" in before
    assert "version 2<" in before
    report = reader.get(f"{where}rapport.pdf").content
    Proposal.objects.filter(title="Des bancs à l’ombre").update(status=status)
    after = reader.get(where).content.decode()
    assert "Des bancs à l’ombre" not in after
    assert "raison FOR à propos de Des bancs" not in after
    assert "version 2, une phrase retirée" in after
    assert "Des bancs à l’ombre" not in reader.get(f"{where}versions/1/").content.decode()
    assert "version 1, une phrase retirée" in reader.get(f"{where}versions/").content.decode().lower()
    assert reader.get(f"{where}rapport.pdf").content != report


def _hidden(proposal: Proposal, staff: User) -> None:
    hide(proposal, actor=staff)


def _erased_with_texts(proposal: Proposal, staff: User) -> None:
    assert proposal.author is not None
    forget_person(proposal.author, with_texts=True, at=NOW)


def _moved_out_of_sight(proposal: Proposal, staff: User) -> None:
    """As a collective proposal that is undone: no `save` is called."""
    Proposal.objects.filter(pk=proposal.pk).update(status=Status.WITHDRAWN)


@pytest.mark.parametrize("gone", [_hidden, _erased_with_texts, _moved_out_of_sight])
def test_whatever_takes_a_text_away_takes_it_out_of_every_version_and_file(
    saran: Municipality, synthesis: Synthesis, staff: User, visit: Any, gone: Any
) -> None:
    recount()
    version, where = publish(synthesis, staff), page_of(synthesis.challenge)
    quoted = Proposal.objects.get(pk=synthesis.parts[0]["slots"][0]["proposal"])
    reader = visit(saran, stays=True)
    reader.get(where)
    gone(quoted, staff)
    for page in ("", "versions/1/"):
        said = reader.get(where + page).content.decode()
        assert quoted.title not in said
        assert "une phrase retirée" in said
    assert quoted.title not in str(report_of(synthesis.challenge, version))


@pytest.mark.parametrize("hand", ["erased, texts stay", "suspended"])
def test_whose_texts_stay_is_quoted_and_named_no_more_than_on_the_site(
    saran: Municipality, synthesis: Synthesis, staff: User, visit: Any, hand: str
) -> None:
    publish(synthesis, staff)
    quoted = Argument.objects.get(pk=synthesis.parts[0]["slots"][0]["pro"])
    author = quoted.author
    assert author is not None
    name, is_suspended = author.public_name, hand == "suspended"
    if is_suspended:
        User.objects.filter(pk=author.pk).update(suspended_until=NOW + timedelta(days=9))
    else:
        forget_person(author, with_texts=False, at=NOW)
    said = visit(saran).get(page_of(synthesis.challenge)).content.decode()
    assert quoted.text in said
    assert (name in said) == is_suspended


def test_an_argument_that_is_hidden_leaves_with_a_trace(
    saran: Municipality, synthesis: Synthesis, staff: User, visit: Any
) -> None:
    reader, where = visit(saran, stays=True), page_of(synthesis.challenge)
    publish(synthesis, staff)
    quoted = Argument.objects.get(pk=synthesis.parts[0]["slots"][0]["pro"])
    assert quoted.text in reader.get(where).content.decode()
    quoted.status = Status.HIDDEN
    quoted.save()
    after = reader.get(where).content.decode()
    assert quoted.text not in after
    assert "version 1, un argument retiré" in after


def test_taken_back_nobody_reads_it(saran: Municipality, synthesis: Synthesis, staff: User, visit: Any) -> None:
    reader, where = visit(saran, stays=True), page_of(synthesis.challenge)
    assert reader.get(where).status_code == 404
    publish(synthesis, staff)
    pages = ("", "versions/", "versions/1/", "rapport.pdf")
    assert [reader.get(where + page).status_code for page in pages] == [200] * 4
    withdraw_synthesis(challenge=synthesis.challenge, actor=staff, at=NOW)
    withdraw_synthesis(challenge=synthesis.challenge, actor=staff, at=NOW)
    assert [reader.get(where + page).status_code for page in pages] == [404] * 4
    assert publish(synthesis, staff, after=1).number == 2


def test_reading_costs_the_same_for_more(saran: Municipality, synthesis: Synthesis, staff: User) -> None:
    version = publish(synthesis, staff)
    costs = []
    for copies in (1, 3):
        version.parts = version.parts[:1] * copies
        with CaptureQueriesContext(connection) as captured:
            shown_version(version)
        costs.append(len(captured))
    assert costs == [3, 3]


def test_all_versions_cost_as_many_queries_as_two(saran: Municipality, synthesis: Synthesis, staff: User) -> None:
    costs = []
    for after in range(6):
        save(synthesis, staff, intro=f"Version {after + 1}")
        publish(synthesis, staff, after=after)
        versions = versions_of(synthesis.challenge)
        with CaptureQueriesContext(connection) as captured:
            assert [each.number for each in shown_versions(versions)] == [*range(after + 1, 0, -1)]
        costs.append(len(captured))
    assert costs == [3] * 6
