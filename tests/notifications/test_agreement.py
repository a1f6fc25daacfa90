"""Messages of the authority: only to who agreed, in words and on a day that are kept, and not after one press."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from django_tenants.utils import schema_context

from accounts.models import AuditEntry
from common.outbox import messages_of, send_event
from common.personal import personal_files
from notifications.models import MailAgreement, MailPreference
from notifications.services.agreeing import WORDS, agree, agreement_of_link, withdraw_agreement, withdrawing_link
from notifications.services.choosing import choose_frequency, unsubscribe
from notifications.services.links import LinkForged, LinkOutdated, unsubscribing_link
from tenants.models import Municipality
from tests.accounts.factories import UserFactory
from tests.links import open_link, press_link

PREFERENCES, CHOICE = "/mes-courriels/", "/mes-courriels/messages/"
NEWCOMER = {"capacity": "RESIDENT", "neighbourhood": "", "age_band": ""}


def link_of(agreement: MailAgreement, about: str = "m-1") -> str:
    return withdrawing_link(user_id=agreement.pk, generation=agreement.generation, about=about)


def agreed(**kwargs: Any) -> MailAgreement:
    return agree(user=UserFactory(**kwargs), words=str(WORDS), at=timezone.now())


def test_newcomers_are_asked_by_a_box_that_is_not_ticked(saran: Municipality, person: Any, visit: Any) -> None:
    for name, sent, is_agreed in (("Mésange", {}, False), ("Pinson", {"messages": "on"}, True)):
        user = person(public_name="", last_login=timezone.now())
        visitor = visit(saran, user)
        page = visitor.get("/bienvenue/").content.decode()
        box = page[page.index('name="messages"') - 80 : page.index('name="messages"') + 120]
        assert "checked" not in box
        assert visitor.post("/bienvenue/", {**NEWCOMER, "public_name": name, **sent}).status_code == 302
        with schema_context(saran.schema_name):
            found = MailAgreement.objects.filter(user=user).first()
            assert bool(found) is is_agreed
            if found:
                assert found.words.startswith("J’accepte que la collectivité m’écrive par courriel")
                assert timezone.now() - found.agreed_at < timedelta(minutes=1)


def test_operators_are_asked_nothing(visit: Any, saran: Municipality, person: Any) -> None:
    page = visit(None, person(city=None, role="OPERATOR", public_name="")).get("/bienvenue/")
    assert b'name="messages"' not in page.content


def test_agreeing_takes_the_box_and_stopping_one_press(saran: Municipality, person: Any, visit: Any) -> None:
    user = person(public_name="Mésange")
    visitor = visit(saran, user)
    refused = visitor.post(CHOICE)
    assert refused.status_code == 422
    assert "Cochez la case si vous êtes d’accord" in refused.content.decode()
    assert visitor.post(CHOICE, {"agreed": "on"}).status_code == 302
    shown = visitor.get(PREFERENCES).content.decode()
    assert "Arrêter ces messages" in shown
    assert 'name="agreed"' not in shown
    assert visitor.post(CHOICE, {"do": "withdraw"}).status_code == 302
    with schema_context(saran.schema_name):
        assert not MailAgreement.objects.get(user=user).holds
        assert list(AuditEntry.objects.order_by("pk").values_list("action", flat=True))[-2:] == [
            "mail_agreed",
            "mail_agreement_withdrawn",
        ]
    assert 'name="agreed"' in visitor.get(PREFERENCES).content.decode()


def test_the_first_day_and_words_stand_until_they_are_withdrawn(in_saran: Municipality) -> None:
    agreement = agreed()
    later = timezone.now() + timedelta(days=3)
    assert agree(user=agreement.user, words="D’autres mots", at=later).agreed_at == agreement.agreed_at
    withdraw_agreement(user=agreement.user, at=later)
    withdraw_agreement(user=agreement.user, at=later + timedelta(days=1))
    agreement.refresh_from_db()
    assert (agreement.withdrawn_at, agreement.words) == (later, str(WORDS))
    again = agree(user=agreement.user, words="D’autres mots", at=later)
    assert (again.agreed_at, again.words, again.withdrawn_at, again.generation) == (later, "D’autres mots", None, 2)


def test_opening_the_link_of_a_message_changes_nothing_and_a_post_does(in_saran: Municipality, visit: Any) -> None:
    agreement, visitor = agreed(), visit(in_saran, stays=True)
    link = link_of(agreement)
    opened = open_link(visitor, link)
    assert "Ne plus recevoir ces messages" in opened.content.decode()
    agreement.refresh_from_db()
    assert agreement.holds
    # A mail program's own button: no cookie, no token of a form, one answer.
    posted = visit(in_saran, stays=True, enforce_csrf_checks=True).post(link, {"List-Unsubscribe": "One-Click"})
    assert posted.status_code == 200
    agreement.refresh_from_db()
    assert not agreement.holds
    (told,) = messages_of(send_event).filter(payload__event="agreement_withdrawn")
    assert told.payload["payload"] == {"user_id": agreement.pk, "about": "m-1"}
    assert press_link(visitor, link).status_code == 200
    assert messages_of(send_event).filter(payload__event="agreement_withdrawn").count() == 1


def test_an_older_link_undoes_no_later_choice(in_saran: Municipality, visit: Any) -> None:
    agreement = agreed()
    link = link_of(agreement)
    withdraw_agreement(user=agreement.user, at=timezone.now())
    agree(user=agreement.user, words="Oui", at=timezone.now())
    visitor = visit(in_saran, stays=True)
    assert press_link(visitor, link).status_code == 410
    assert MailAgreement.objects.get().holds
    with pytest.raises(LinkOutdated):
        agreement_of_link(link.rstrip("/").rpartition("/")[2])
    with pytest.raises(LinkForged):
        agreement_of_link("1-1-m.inconnu")


def test_no_more_mail_of_any_kind_is_none_of_these_either(in_saran: Municipality) -> None:
    agreement = agreed()
    choose_frequency(user=agreement.user, frequency="WEEKLY", at=timezone.now())
    token = unsubscribing_link(MailPreference.objects.get()).rstrip("/").rpartition("/")[2]
    unsubscribe(token=token, at=timezone.now())
    assert not MailAgreement.objects.get().holds


def test_ones_copy_says_when_and_in_which_words(in_saran: Municipality) -> None:
    agreement = agreed()
    (file,) = (each for each in personal_files(agreement.user) if each.name == "accord-pour-les-messages")
    (row,) = file.rows
    assert (row["accord donné le"], row["sur ce texte"], row["retiré le"]) == (agreement.agreed_at, str(WORDS), None)
