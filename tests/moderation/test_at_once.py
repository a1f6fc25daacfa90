"""Ten moderators at once: each text is decided once, and nobody's decision is lost without a word."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from django.db import connection
from django.utils import timezone
from django_tenants.utils import schema_context

from accounts.models import User
from common.refusals import Refusal
from consultations.framing.enums import ModeratedBy
from consultations.framing.models import Consultation
from consultations.moderation.enums import Act, State
from consultations.moderation.models import Case, Decision
from consultations.moderation.rules import CLAIM_FOR
from consultations.moderation.services.claiming import claim
from consultations.moderation.services.deciding import decide
from consultations.participation.counts import recount
from tenants.models import Municipality
from tests.moderation.factories import moderator, reported
from tests.participation.factories import ArgumentFactory

MODERATORS, TEXTS = 10, 6


def test_ten_moderators_at_once_decide_each_text_once(real_db: str) -> None:
    saran = Municipality.objects.get(slug="saran")
    with schema_context(saran.schema_name):
        Consultation.objects.update(moderated_by=ModeratedBy.MODERATORS)
        cases = [reported(ArgumentFactory()) for _number in range(TEXTS)]
        judges = [moderator() for _number in range(MODERATORS)]

    def work(place: int) -> list[str]:
        """Every case, each beginning with another one."""
        try:
            with schema_context(saran.schema_name):
                return [_try(judges[place], cases[(place + step) % TEXTS]) for step in range(TEXTS)]
        finally:
            connection.close()

    with ThreadPoolExecutor(MODERATORS) as pool:
        said = [outcome for outcomes in pool.map(work, range(MODERATORS)) for outcome in outcomes]
    with schema_context(saran.schema_name):
        assert said.count("decided") == TEXTS
        assert said.count("decided_meanwhile") == (MODERATORS - 1) * TEXTS
        assert sorted(Decision.objects.values_list("case", flat=True)) == sorted(case.pk for case in cases)
        assert not Case.objects.filter(state=State.OPEN).exists()
        assert recount() == 0


def _try(judge: User, case: Case) -> str:
    try:
        decide(case=case, act=Act.HIDE, ground="PERSONAL", facts="", moderator=judge, at=timezone.now(), seen=0)
    except Refusal as refusal:
        return refusal.code
    return "decided"


def test_a_text_that_somebody_left_open_is_anothers_after_ten_minutes(in_saran: Municipality) -> None:
    case, now = reported(ArgumentFactory()), timezone.now()
    first, second = moderator(), moderator()
    assert [claim(case=case, moderator=who, at=now) for who in (first, second, first)] == [True, False, True]
    assert not claim(case=case, moderator=second, at=now + CLAIM_FOR)
    assert claim(case=case, moderator=second, at=now + CLAIM_FOR + timedelta(seconds=1))


def test_of_ten_who_open_a_text_at_once_one_is_on_it(real_db: str) -> None:
    saran = Municipality.objects.get(slug="saran")
    with schema_context(saran.schema_name):
        case, judges = reported(ArgumentFactory()), [moderator() for _number in range(MODERATORS)]

    def open_it(judge: User) -> bool:
        try:
            with schema_context(saran.schema_name):
                return claim(case=case, moderator=judge, at=timezone.now())
        finally:
            connection.close()

    with ThreadPoolExecutor(MODERATORS) as pool:
        assert sum(pool.map(open_it, judges)) == 1
