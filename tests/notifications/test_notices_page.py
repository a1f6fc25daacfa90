"""One's own news: in words, unread first, each with its one action; of what is hidden nothing is said."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_tenants.utils import schema_context

from consultations.participation.enums import Status, Verdict
from consultations.participation.models import Proposal, Reaction
from notifications.models import MailPreference, Notice
from notifications.resident.holes import COUNTED
from notifications.selectors import own_notice
from notifications.services.counting import recount_unread
from tenants.enums import LifecycleState
from tenants.models import Municipality
from tests.accounts.factories import UserFactory
from tests.notifications.factories import NoticeFactory
from tests.participation.factories import ArgumentFactory, ProposalFactory, any_challenge
from tests.tenants.test_lifecycle import put

NOW = timezone.now


def sentence(notice: Notice) -> str:
    found = own_notice(user=notice.user, pk=notice.pk)
    assert found
    return found.words.sentence


def test_the_header_says_how_much_there_is_to_read(
    visit: Callable[..., Client], saran: Municipality, person: Any
) -> None:
    user = person(administrator=True)
    client = visit(saran, user)
    assert "non lue" not in client.get("/propositions/").content.decode()
    with schema_context(saran.schema_name):
        NoticeFactory.create_batch(2, user=user)
        NoticeFactory(user=user, read_at=NOW())
        NoticeFactory()
    page = client.get("/propositions/").content.decode()
    for shown in (page, client.get("/gestion/").content.decode()):
        assert re.search(r'class="bell".*<b aria-hidden="true">2</b>.*, 2 non lues', shown, re.S)
    assert 'class="bell"' not in visit(saran).get("/propositions/").content.decode()
    with schema_context(saran.schema_name):
        Notice.objects.bulk_create(
            Notice(user=user, type="NEW_VERSION", group_key=str(number)) for number in range(COUNTED)
        )
        assert recount_unread() == 1
    assert "99+" in client.get("/propositions/").content.decode()


def test_unread_news_come_first_and_opening_one_reads_it(
    visit: Callable[..., Client], saran: Municipality, person: Any
) -> None:
    user = person()
    with schema_context(saran.schema_name):
        proposal = ProposalFactory(title="Un îlot frais", author=user)
        old = NoticeFactory(
            user=user, proposal=proposal, count=50, updated_at=NOW() - timedelta(days=3), actor=UserFactory()
        )
        NoticeFactory(user=user, type="NEW_VERSION", proposal__title="Des bancs", read_at=NOW())
    client = visit(saran, user)
    page = client.get("/nouvelles/").content.decode()
    assert "50 nouveaux arguments sur «\u00a0Un îlot frais\u00a0»." in page
    assert page.index("Un îlot frais") < page.index("Des bancs")
    assert client.get(f"/nouvelles/{old.pk}/").headers["Location"].startswith(proposal.get_absolute_url())
    with schema_context(saran.schema_name):
        assert not Notice.objects.filter(read_at=None).exists()


def test_marking_all_as_read_spares_what_came_since(
    visit: Callable[..., Client], saran: Municipality, person: Any
) -> None:
    user = person()
    with schema_context(saran.schema_name):
        _seen, grown = NoticeFactory.create_batch(2, user=user)
        NoticeFactory()
    client = visit(saran, user)
    until = re.search(r'name="until" value="([^"]+)"', client.get("/nouvelles/").content.decode())
    with schema_context(saran.schema_name):
        NoticeFactory(user=user)
        Notice.objects.filter(pk=grown.pk).update(count=2, updated_at=NOW())  # one more of what the page showed
    assert until
    client.post("/nouvelles/lues/", {"until": until[1]})
    with schema_context(saran.schema_name):
        assert Notice.objects.filter(read_at=None).count() == 3
    client.post("/nouvelles/lues/", {"until": "2026-99-99T00:00"})  # nonsense is now
    with schema_context(saran.schema_name):
        assert Notice.objects.filter(read_at=None).count() == 1


def test_another_persons_news_do_not_exist(
    visit: Callable[..., Client], saran: Municipality, brest: Municipality, person: Any
) -> None:
    with schema_context(saran.schema_name):
        notice = NoticeFactory()
    path = f"/nouvelles/{notice.pk}/"
    assert visit(saran, person(administrator=True)).get(path).status_code == 404
    assert visit(brest, person(city=brest)).get(path).status_code == 404
    assert visit(saran).get(path).headers["Location"].startswith("/connexion/")
    with schema_context(saran.schema_name):
        assert Notice.objects.get().read_at is None


def test_an_empty_page_says_what_will_be_there(visit: Callable[..., Client], saran: Municipality, person: Any) -> None:
    page = visit(saran, person()).get("/nouvelles/").content.decode()
    assert "Rien de nouveau pour l’instant" in page
    assert 'action="/nouvelles/lues/"' not in page


def test_the_page_costs_the_same_at_two_rows_and_at_twenty(
    visit: Callable[..., Client], saran: Municipality, person: Any
) -> None:
    user = person()
    client = visit(saran, user)

    def cost() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get("/nouvelles/").status_code == 200
        return len(captured)

    with schema_context(saran.schema_name):
        NoticeFactory.create_batch(2, user=user)
    client.get("/nouvelles/")
    first = cost()
    with schema_context(saran.schema_name):
        for key in ("NEW_ARGUMENT", "NEW_VERSION", "STEWARDSHIP"):
            NoticeFactory.create_batch(6, user=user, type=key)
    assert cost() == first <= 10


def test_of_a_hidden_proposal_nothing_is_said(in_saran: Municipality) -> None:
    proposal = ProposalFactory(title="Titre injurieux", status=Status.HIDDEN)
    for key in ("NEW_ARGUMENT", "NEW_VERSION", "NEW_PROPOSAL", "STEWARDSHIP"):
        notice = NoticeFactory(type=key, proposal=proposal, challenge=any_challenge())
        found = own_notice(user=notice.user, pk=notice.pk)
        assert found
        words = found.words
        assert "que la modération a masquée" in words.sentence
        assert "injurieux" not in words.sentence + words.target


def test_a_version_says_to_each_what_it_is_to_them(in_saran: Municipality) -> None:
    proposal = ProposalFactory(title="Un îlot", version=3)
    follower, fan, sure, helper = (NoticeFactory(type="NEW_VERSION", proposal=proposal) for _unused in range(4))
    Reaction.objects.create(proposal=proposal, user=fan.user, value="LIKE", version=2)
    Reaction.objects.create(proposal=proposal, user=sure.user, value="LIKE", version=3)
    ArgumentFactory(proposal=proposal, author=helper.user, verdict=Verdict.TAKEN, taken_in=3)
    plain = "«\u00a0Un îlot\u00a0» a une nouvelle version\u00a0: la version 3."
    assert sentence(follower) == sentence(sure) == plain
    assert sentence(fan) == f"{plain} Votre réaction porte sur un texte plus ancien."
    assert sentence(helper) == "«\u00a0Un îlot\u00a0» a une nouvelle version, et elle reprend l’un de vos arguments."
    Proposal.objects.filter(pk=proposal.pk).update(merged_into=ProposalFactory())
    assert sentence(fan) == plain  # nobody confirms anything there any more
    Notice.objects.filter(pk=follower.pk).update(count=2)
    assert sentence(follower).startswith("«\u00a0Un îlot\u00a0» a 2 nouvelles versions")


@pytest.mark.parametrize("state", [LifecycleState.READ_ONLY, LifecycleState.CLOSED])
def test_where_nothing_is_written_any_more_news_are_still_read_and_mail_is_chosen(
    visit: Callable[..., Client], saran: Municipality, person: Any, state: str
) -> None:
    user = person()
    client = visit(saran, user)
    with schema_context(saran.schema_name):
        first, _second = NoticeFactory.create_batch(2, user=user)
    put(saran, state)
    assert client.get(f"/nouvelles/{first.pk}/").status_code == 302
    assert client.post("/nouvelles/lues/").status_code == 302
    assert client.post("/mes-courriels/", {"frequency": "NEVER"}).status_code == 302
    with schema_context(saran.schema_name):
        assert Notice.objects.filter(read_at=None).count() == 0
        assert MailPreference.objects.get().frequency == "NEVER"
        assert Proposal.objects.count() == 2
