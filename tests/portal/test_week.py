"""The desk opens on this week: lines of all apps, most urgent first, each with its one action."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.text import slugify

from accounts.enums import Role
from accounts.models import User
from common.worklist import Asked, When, awaiting, lines_of, offerings, sources
from consultations.framing.enums import PhaseKind
from consultations.framing.models import Consultation, Phase
from consultations.framing.selectors import calendar_of, every_consultation
from consultations.moderation.models import Case
from tenants.models import Municipality
from tests.accounts.factories import UserFactory, able_administrator
from tests.moderation.factories import reported
from tests.participation.factories import ArgumentFactory, ProposalFactory


def asked(city: Municipality) -> Asked:
    found = every_consultation().get()
    at = timezone.now()
    return Asked(found, calendar_of(found, at=at), city, at)


def kinds(city: Municipality) -> list[str]:
    return [line.kind for line in lines_of(asked(city))]


def one_of_each() -> None:
    """Something of all that an open consultation may ask for, but what is about the team."""
    long_ago = timezone.now() - timedelta(days=30)
    reported(ArgumentFactory())  # counts everything anew
    ProposalFactory(like_count=3, submitted_at=long_ago)
    ArgumentFactory(proposal__for_count=1, submitted_at=long_ago)
    ProposalFactory(author__is_active=False)


@pytest.fixture
def week(in_saran: Municipality, visit: Callable[..., Client]) -> Callable[[User], str]:
    Consultation.objects.update(moderated_by="FRAMERS", proposal_count=5)
    Phase.objects.filter(kind=PhaseKind.PROPOSE).update(closes_at=timezone.now() + timedelta(days=60))

    def page(user: User, query: str = "") -> str:
        return visit(in_saran, user, stays=True).get(f"/gestion/{query}").content.decode()

    return page


def text_of(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html)).replace("\u202f", " ").replace("\xa0", " ")


def test_nothing_to_do_is_a_good_page(week: Callable[..., str], in_saran: Municipality) -> None:
    page = text_of(week(UserFactory(role=Role.FACILITATOR)))
    assert "Rien ne presse" in page
    assert "peut attendre" not in page
    assert "Votre prochaine date" in page


def test_lines_stand_by_how_much_they_press_and_only_the_first_action_is_filled(
    week: Callable[..., str], in_saran: Municipality
) -> None:
    one_of_each()
    late = reported(ArgumentFactory())
    late.due_at = timezone.now() - timedelta(hours=1)
    late.save()
    assert kinds(in_saran)[0] == "moderation.texts"
    page = week(UserFactory(role=Role.FACILITATOR))
    main = page[page.index("<main") :]
    assert re.findall(r'<h2 class="when"[^>]*>([^<]*)</h2>', main) == ["Aujourd’hui", "Cette semaine", "Peut attendre"]
    assert len(re.findall(r'work-item__act">\s*<a class="btn btn-primary"', main)) == 1
    assert "Une chose presse, " in text_of(main)


def test_an_observer_reads_the_same_lines_without_a_button(week: Callable[..., str], in_saran: Municipality) -> None:
    one_of_each()
    titles = re.compile(r"<h3>([^<]*)</h3>")
    facilitator, observer = week(UserFactory(role=Role.FACILITATOR)), week(UserFactory(role=Role.OBSERVER))
    assert titles.findall(observer) == titles.findall(facilitator) != []
    assert "work-item__act" in facilitator
    assert "work-item__act" not in observer
    assert "/ligne/" not in observer


def test_sources_say_when_their_time_is_over(week: Callable[..., str], in_saran: Municipality) -> None:
    one_of_each()
    assert {"participation.without_argument", "cocreation.silent_authors"} <= set(kinds(in_saran))
    now = timezone.now()
    Phase.objects.update(opens_at=now - timedelta(days=60), closes_at=now - timedelta(minutes=1))
    assert set(kinds(in_saran)) == {"moderation.texts", "cocreation.alone", "outcomes.due"}


def test_what_ends_soon_is_to_be_announced_more_and_more(week: Callable[..., str], in_saran: Municipality) -> None:
    phase = Phase.objects.filter(kind=PhaseKind.PROPOSE)
    for left, when in ((20, None), (12, When.LATER), (5, When.WEEK), (0.5, When.TODAY)):
        phase.update(closes_at=timezone.now() + timedelta(days=left))
        found = [line.when for line in lines_of(asked(in_saran)) if line.kind == "framing.ends"]
        assert found == ([] if when is None else [when]), left


def test_what_is_promised_for_the_night_presses_in_the_evening(
    week: Callable[..., str], in_saran: Municipality
) -> None:
    case = reported(ArgumentFactory())
    for left, when in ((11, When.TODAY), (36, When.WEEK)):
        case.due_at = timezone.now() + timedelta(hours=left)
        case.save()
        assert [line.when for line in lines_of(asked(in_saran)) if line.kind == "moderation.texts"] == [when]


def test_one_administrator_alone_is_said(week: Callable[..., str], in_saran: Municipality) -> None:
    able_administrator()
    assert "accounts.one_administrator" in kinds(in_saran)
    able_administrator()
    assert "accounts.one_administrator" not in kinds(in_saran)


def test_before_opening_what_is_missing_is_a_line(week: Callable[..., str], in_saran: Municipality) -> None:
    Consultation.objects.update(opened_at=None, contact_email="")
    assert kinds(in_saran) == ["framing.conditions"]
    page = week(UserFactory(role=Role.FACILITATOR))
    assert page.count("<h1") == 1
    assert page.count('href="/gestion/consultations/territoires-resilients/ouverture/"') == 2  # the line, the title


def test_no_source_costs_more_than_it_says_whatever_there_is(week: Callable[..., str], in_saran: Municipality) -> None:
    for opened in (True, False):
        if not opened:
            Consultation.objects.update(opened_at=None)
        for _unused in range(2):
            one_of_each()
            page = asked(in_saran)
            for source in sources:
                with connection.cursor() as cursor:
                    cursor.execute("SELECT 1")  # back in the city, where the one before has asked in public
                with CaptureQueriesContext(connection) as captured:
                    list(source.find(page))
                assert len(captured) <= source.queries, source.find
            for offering in offerings:
                found = [line for line in lines_of(page) if line.concerns]
                with CaptureQueriesContext(connection) as captured:
                    offering.find(page, found)
                assert len(captured) <= offering.queries, offering.find


# ── The other consultations ──────────────────────────────────────────────────


def another(title: str, *, opened: bool = True, kind: str = PhaseKind.PROPOSE, **dates: timedelta) -> Consultation:
    now = timezone.now()
    made = Consultation.objects.create(
        slug=slugify(title), title=title, question="Que faire ?", opened_at=now if opened else None
    )
    made.phases.create(kind=kind, **{name: now + delta for name, delta in dates.items()})
    return made


def rows_of_others(page: str) -> list[tuple[str, str]]:
    part = page.partition('id="others"')[2].partition("</ul>")[0]
    return [(title, text_of(words)) for title, words in re.findall(r"<a [^>]*>([^<]*)</a><small>([^<]*)</small>", part)]


def test_each_other_consultation_says_what_it_waits_for_the_most_urgent_first(week: Callable[..., str]) -> None:
    day = timedelta(days=1)
    another("Plus tard", opened=False, opens_at=30 * day, closes_at=60 * day)
    another("Close", kind=PhaseKind.ANSWER, opens_at=-5 * day, closes_at=40 * day)
    another("Bientôt finie", opens_at=-20 * day, closes_at=3 * day)
    missed = another("Manquée", opened=False, opens_at=5 * day, closes_at=60 * day)
    Consultation.objects.filter(pk=missed.pk).update(opening_missed_at=timezone.now() - 3 * day)
    planned = another("Programmée", opened=False, opens_at=9 * day, closes_at=60 * day)
    Consultation.objects.filter(pk=planned.pk).update(opening_planned_at=timezone.now() + 5 * day)
    busy = another("Signalée", opens_at=-9 * day, closes_at=90 * day)
    Consultation.objects.filter(pk=busy.pk).update(moderated_by="FRAMERS")
    challenge = busy.challenges.create(slug="s", label="S", question="S ?", published_at=timezone.now())
    case = reported(ArgumentFactory(proposal__challenge=challenge))
    Case.objects.filter(pk=case.pk).update(due_at=timezone.now() - 5 * day)
    rows = rows_of_others(week(UserFactory(role=Role.FACILITATOR)))
    assert [title for title, _words in rows] == [
        *("Signalée", "Manquée", "Bientôt finie", "Programmée", "Plus tard", "Close")
    ]
    said = dict(rows)
    assert "1 texte attend une décision" in said["Signalée"]
    assert "ne s’est pas ouverte" in said["Manquée"]
    assert "ouvre le" in said["Programmée"]
    assert "promises au plus tard le" in said["Close"]


def test_however_many_there_are_they_cost_the_same(in_saran: Municipality, visit: Callable[..., Client]) -> None:
    client = visit(in_saran, UserFactory(role=Role.FACILITATOR), stays=True)

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get("/gestion/").status_code == 200
        return len(captured)

    another("Une", opens_at=-timedelta(days=1), closes_at=timedelta(days=9))
    before = queries()
    for number in range(8):
        another(f"Autre {number}", opened=number % 2 > 0, opens_at=-timedelta(days=1), closes_at=timedelta(days=9))
    assert queries() == before
    consultations = list(every_consultation())
    for source in awaiting:
        with CaptureQueriesContext(connection) as captured:
            list(source.find(consultations, timezone.now()))
        assert len(captured) <= source.queries, source.find
