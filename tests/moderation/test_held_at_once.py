"""Two at once: a moderator who publishes, and an author who corrects, takes back, or sends again."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.core.exceptions import ObjectDoesNotExist
from django.db import connection
from django.utils import timezone
from django_tenants.utils import schema_context

from common.refusals import Refusal
from consultations.framing.enums import ModeratedBy, Moderation
from consultations.framing.models import Consultation
from consultations.moderation.models import Case
from consultations.participation.counts import recount
from consultations.participation.enums import Status
from consultations.participation.models import Argument
from consultations.participation.services.arguments import argue, edit_argument
from consultations.participation.services.holding import take_back
from tenants.models import Municipality
from tests.accounts.factories import UserFactory
from tests.moderation.factories import decided, moderator
from tests.moderation.test_holding import OTHER, TEXT, argued, digest_of
from tests.participation.factories import ProposalFactory

ROUNDS = 8


def _both(first: Callable[[], object], second: Callable[[], object]) -> list[str]:
    """Both at the same moment; what each came to. A deadlock would be neither."""
    saran, ready = Municipality.objects.get(slug="saran"), Barrier(2)

    def run(do: Callable[[], object]) -> str:
        try:
            with schema_context(saran.schema_name):
                ready.wait(10)
                do()
            return "done"
        except (Refusal, ObjectDoesNotExist) as refusal:
            return type(refusal).__name__
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        return [found.result() for found in (pool.submit(run, first), pool.submit(run, second))]


@pytest.mark.parametrize("does", ["corrects", "takes back"])
def test_of_two_at_once_no_unread_word_is_published_and_nothing_is_lost(real_db: str, does: str) -> None:
    saran = Municipality.objects.get(slug="saran")
    for _round in range(ROUNDS):
        with schema_context(saran.schema_name):
            Consultation.objects.update(moderated_by=ModeratedBy.MODERATORS, moderation=Moderation.BEFORE)
            argument, judge = argued(), moderator()
            case = Case.objects.get(subject_id=argument.pk)
            read, seen = digest_of(case), Argument.objects.get(pk=argument.pk)
            author = argument.author
            assert author is not None

        def mend(argument: Argument = seen, author: object = author) -> None:
            now = timezone.now()
            if does == "takes back":
                take_back(thing=argument, author=author)  # type: ignore[arg-type]
            else:
                edit_argument(argument=argument, author=author, stance="FOR", text=OTHER, at=now)  # type: ignore[arg-type]

        said = _both(mend, lambda case=case, read=read, judge=judge: decided(case, "KEEP", read=read, moderator=judge))
        with schema_context(saran.schema_name):
            left = Argument.objects.filter(pk=argument.pk).first()
            if does == "takes back":
                assert said in (["done", "SubjectGone"], ["NoLongerWaits", "done"])
            elif said == ["done", "WordsChanged"]:
                assert left is not None
                assert (left.text, left.status) == (OTHER, Status.HELD)
            else:  # published first, and corrected: it waits again
                assert said == ["done", "done"]
                assert left is not None
                assert (left.text, left.status) == (OTHER, Status.HELD)
                assert Case.objects.get(pk=case.pk).is_held
            assert recount() == 0


def test_sent_twice_at_once_it_waits_once(real_db: str) -> None:
    saran = Municipality.objects.get(slug="saran")
    with schema_context(saran.schema_name):
        Consultation.objects.update(moderation=Moderation.BEFORE)
        proposal, author = ProposalFactory(), UserFactory()
        recount()

    def send() -> None:
        argue(proposal=proposal, author=author, stance="FOR", text=TEXT, at=timezone.now())  # type: ignore[arg-type]

    assert _both(send, send) == ["done", "done"]
    with schema_context(saran.schema_name):
        assert Argument.objects.get().is_held
        assert Case.objects.count() == 1
        assert recount() == 0
