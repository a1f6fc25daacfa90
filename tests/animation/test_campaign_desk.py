"""Campaigns on the pages of the desk: from the group to the press, and what became of it."""

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

from accounts.enums import Role
from accounts.models import AuditEntry
from common.outbox import messages_of
from consultations.animation.enums import CampaignState, RecipientState
from consultations.animation.models import Campaign, Recipient
from consultations.animation.receivers import _withdrawn
from consultations.animation.services.refusals import NobodyThere, TooFew
from consultations.animation.services.sending import send_for_a_while
from consultations.moderation.elections import Vote
from consultations.participation.enums import ReactionValue
from consultations.participation.models import Reaction
from notifications.models import MailAgreement
from notifications.services.agreeing import withdraw_agreement
from tenants.enums import AuthorityKind
from tenants.models import Municipality
from tests.accounts.factories import UserFactory
from tests.animation.factories import CampaignFactory, agreeing, decided
from tests.participation.factories import ProposalFactory

PAGE = "/gestion/campagnes/"
TYPED = {
    "group": "everybody:",
    "subject": "Rencontre publique samedi",
    "body": "{bonjour}\n\nVenez samedi à dix heures, salle des fêtes.\n\n{lien}",
    "revision": "0",
}


@pytest.fixture
def desk(visit: Callable[..., Client], in_saran: Municipality) -> Client:
    return visit(in_saran, UserFactory(role=Role.FACILITATOR), stays=True)


def hidden(page: str, name: str) -> str:
    return page.split(f'name="{name}" value="')[1].split('"')[0]


def send(desk: Client, pk: int, **given: Any) -> Any:
    """The press on the page as it is now."""
    page = desk.get(f"{PAGE}{pk}/").content.decode()
    shown = {name: hidden(page, name) for name in ("seen", "revision")}
    return desk.post(f"{PAGE}{pk}/envoyer/", {"when": "now", **shown, **given})


def test_from_the_group_to_the_results(desk: Client, mailoutbox: list[Any]) -> None:
    reader = agreeing(public_name="Mésange")
    agreeing(public_name="Pinson")
    UserFactory(public_name="Corbeau", last_login=timezone.now())
    made = desk.post(f"{PAGE}nouvelle/", TYPED)
    campaign = Campaign.objects.get()
    assert made.headers["Location"] == f"{PAGE}{campaign.pk}/"
    assert "2 personnes" in desk.get(f"{PAGE}{campaign.pk}/").content.decode()
    names = desk.get(f"{PAGE}{campaign.pk}/liste/").content.decode()
    assert "Mésange" in names
    assert "Corbeau" not in names
    assert "Bonjour Mésange," in desk.get(f"{PAGE}{campaign.pk}/apercu/").content.decode()
    assert "Bonjour Pinson," in desk.get(f"{PAGE}{campaign.pk}/apercu/?page=2").content.decode()
    assert send(desk, campaign.pk).status_code == 302
    assert send_again(desk, campaign.pk).status_code == 409
    send_for_a_while()
    assert len(mailoutbox) == 2
    row = Recipient.objects.get(user=reader)
    for _twice in range(2):
        _withdrawn(None, None, user_id=reader.pk, about=row.pk.hex)
    page = desk.get(f"{PAGE}{campaign.pk}/").content.decode()
    assert "Envoyée" in page
    assert "hx-get" not in page
    assert page.count("<dd>1</dd>") == 1, "one stopped such messages by its link"
    assert "Messages envoyés" in page
    assert list(
        AuditEntry.objects.filter(action__startswith="campaign").order_by("pk").values_list("action", flat=True)
    ) == [
        "campaign_created",
        "campaign_decided",
    ]


def send_again(desk: Client, pk: int) -> Any:
    """The same page, open in another window."""
    return desk.post(f"{PAGE}{pk}/envoyer/", {"when": "now", "seen": "0", "revision": "0"})


def test_what_is_wrong_stands_beside_its_field_and_nothing_typed_is_lost(desk: Client) -> None:
    refused = desk.post(f"{PAGE}nouvelle/", {**TYPED, "body": "{bonjour}\n\nVenez {prenom}, samedi à dix heures."})
    assert refused.status_code == 422
    page = refused.content.decode()
    assert "n’est remplacé par rien" in page
    assert "Venez {prenom}, samedi" in page
    assert desk.post(f"{PAGE}nouvelle/", {**TYPED, "group": "followers:999"}).status_code == 422
    assert not Campaign.objects.exists()


def test_a_list_that_changed_meanwhile_is_shown_anew_and_the_moment_that_was_typed_stays(desk: Client) -> None:
    agreeing()
    campaign = CampaignFactory()
    moment = timezone.localtime(timezone.now() + timedelta(days=2)).strftime("%Y-%m-%dT%H:%M")
    page = desk.get(f"{PAGE}{campaign.pk}/").content.decode()
    agreeing()
    given = {"when": "later", "planned_at": moment, "seen": hidden(page, "seen"), "revision": hidden(page, "revision")}
    refused = desk.post(f"{PAGE}{campaign.pk}/envoyer/", given)
    assert refused.status_code == 409
    shown = refused.content.decode()
    assert "La liste ou le message a changé" in shown
    assert "2 personnes" in shown
    assert moment in shown
    again = desk.post(f"{PAGE}{campaign.pk}/envoyer/", {**given, "seen": hidden(shown, "seen")})
    assert again.status_code == 302
    campaign.refresh_from_db()
    assert campaign.state == CampaignState.PLANNED
    assert "Programmée" in desk.get(f"{PAGE}{campaign.pk}/").content.decode()
    assert desk.post(f"{PAGE}{campaign.pk}/reprendre/").status_code == 302
    campaign.refresh_from_db()
    assert campaign.is_draft


def test_a_moment_that_is_missing_or_over_is_said_beside_it(desk: Client) -> None:
    agreeing()
    campaign = CampaignFactory()
    for planned_at, said in (("", "Écrivez le jour et l’heure."), ("2020-01-01T10:00", "Ce moment est passé.")):
        refused = send(desk, campaign.pk, when="later", planned_at=planned_at)
        assert refused.status_code == 422
        assert said in refused.content.decode()
    assert not Recipient.objects.exists()


def test_saved_by_somebody_else_meanwhile_both_are_read(desk: Client) -> None:
    campaign = CampaignFactory()
    challenge = ProposalFactory().challenge
    first = {**TYPED, "subject": "Un autre objet", "group": f"followers:{challenge.pk}"}
    assert desk.post(f"{PAGE}{campaign.pk}/modifier/", first).status_code == 302
    refused = desk.post(f"{PAGE}{campaign.pk}/modifier/", {**TYPED, "subject": "Le mien"})
    assert refused.status_code == 409
    page = refused.content.decode()
    assert "Un autre objet" in page
    assert "Personnes qui suivent un défi" in page
    assert 'value="Le mien"' in page


def test_a_trial_goes_to_oneself_alone_and_stops_nothing(desk: Client) -> None:
    from accounts.tasks import send_mail

    agreeing()
    campaign = CampaignFactory()
    assert desk.post(f"{PAGE}{campaign.pk}/essai/").status_code == 302
    (trial,) = messages_of(send_mail)
    assert trial.payload["subject"] == "[Essai] Rencontre publique samedi"
    assert trial.payload["to"] == AuditEntry.objects.get(action="campaign_tried").actor.email  # type: ignore[union-attr]
    assert "/desabonnement/" not in trial.payload["body"]
    assert MailAgreement.objects.get().holds


def test_copied_stopped_deleted(desk: Client) -> None:
    agreeing()
    campaign = decided(CampaignFactory(subject="Une fois"))
    Campaign.objects.update(state=CampaignState.SENDING)
    assert desk.post(f"{PAGE}{campaign.pk}/arreter/").status_code == 302
    assert desk.post(f"{PAGE}{campaign.pk}/arreter/").status_code == 409
    desk.post(f"{PAGE}{campaign.pk}/copier/")
    copy = Campaign.objects.exclude(pk=campaign.pk).get()
    assert (copy.subject, copy.is_draft) == ("Une fois", True)
    assert desk.post(f"{PAGE}{campaign.pk}/supprimer/").status_code == 409
    assert desk.post(f"{PAGE}{copy.pk}/supprimer/").status_code == 302
    assert Campaign.objects.get() == campaign


def test_in_the_months_before_a_vote_the_page_says_what_the_law_asks(
    desk: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    pages = (PAGE, f"{PAGE}nouvelle/", f"{PAGE}{CampaignFactory().pk}/")
    monkeypatch.setattr("consultations.outcomes.panels.votes_near", lambda **given: iter([_Vote()]))
    assert all(SAID in desk.get(page).content.decode() for page in pages)
    monkeypatch.setattr("consultations.outcomes.panels.votes_near", lambda **given: iter([]))
    assert not any(SAID in desk.get(page).content.decode() for page in pages)


def test_one_that_may_be_planned_into_these_months_is_warned_of_them(
    desk: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    agreeing()
    begins = (timezone.localdate() + timedelta(days=40)).replace(day=1)
    votes = begins.replace(year=begins.year + (begins.month > 6), month=(begins.month + 5) % 12 + 1)
    vote = Vote("l’élection", votes, frozenset(AuthorityKind.values))  # type: ignore[arg-type]
    assert vote.begins == begins
    monkeypatch.setattr("consultations.moderation.elections.VOTES", (vote,))
    address = f"{PAGE}{CampaignFactory().pk}/"
    assert "Communication à surveiller à partir du" in desk.get(address).content.decode()
    assert SAID not in desk.get(PAGE).content.decode(), "nothing is planned there"
    soon = timezone.localtime(timezone.now() + timedelta(days=60)).strftime("%Y-%m-%dT%H:%M")
    assert send(desk, Campaign.objects.get().pk, when="later", planned_at=soon).status_code == 302
    assert "à partir du" in desk.get(address).content.decode(), "it can still be taken back"


SAID = "52-8"


class _Vote:
    name, is_disputed = "l’élection", False
    begins = timezone.localdate()


def test_another_citys_campaign_is_no_page(desk: Client, brest: Municipality) -> None:
    with schema_context(brest.schema_name):
        theirs = CampaignFactory(pk=987654)
    for path in ("", "modifier/", "liste/", "apercu/"):
        assert desk.get(f"{PAGE}{theirs.pk}/{path}").status_code == 404


def test_a_long_list_costs_no_more_queries(desk: Client) -> None:
    challenge = ProposalFactory().challenge_id
    agreeing()
    CampaignFactory(segment="followers", value=str(challenge))
    decided(CampaignFactory())
    desk.get(PAGE)
    with CaptureQueriesContext(connection) as few:
        assert "Personnes qui suivent un défi" in desk.get(PAGE).content.decode()
    for _unused in range(8):
        CampaignFactory(segment="followers", value=str(challenge))
        decided(CampaignFactory())
    with CaptureQueriesContext(connection) as many:
        desk.get(PAGE)
    assert len(many) <= len(few) + 1, "not one for each"


def test_who_reacted_or_follows_is_named_nowhere_and_fewer_than_five_get_nothing(desk: Client) -> None:
    proposal = ProposalFactory()
    campaign = CampaignFactory(segment="reacted", value=str(proposal.challenge_id))
    address = f"{PAGE}{campaign.pk}/"
    for number in range(5):
        page = desk.get(address).content.decode()
        assert "moins de cinq personnes" in page
        assert "/envoyer/" not in page
        with pytest.raises(TooFew if number else NobodyThere):
            decided(campaign)
        person = agreeing(public_name=f"Colibri {number}")
        Reaction.objects.create(proposal=proposal, user=person, value=ReactionValue.LIKE, version=1)
    assert "au moins 5 personnes" in desk.get(address).content.decode()
    for _decided in range(2):
        assert desk.get(f"{address}liste/").status_code == 404
        page = desk.get(address).content.decode()
        assert "/liste/" not in page
        assert "Colibri" not in page + desk.get(f"{address}apercu/?page=2").content.decode()
        if campaign.is_draft:
            campaign = decided(campaign)


def test_what_has_left_offers_no_form_to_change_it(desk: Client) -> None:
    agreeing()
    campaign = decided(CampaignFactory())
    answer = desk.get(f"{PAGE}{campaign.pk}/modifier/")
    assert (answer.status_code, answer.headers["Location"]) == (302, f"{PAGE}{campaign.pk}/")


def test_beside_the_list_of_everybody_nothing_tells_who_left_a_group_that_is_not_named(desk: Client) -> None:
    proposal = ProposalFactory()
    campaign = CampaignFactory(segment="reacted", value=str(proposal.challenge_id))
    people = [agreeing() for _number in range(17)]
    for person in people:
        Reaction.objects.create(proposal=proposal, user=person, value=ReactionValue.LIKE, version=1)

    def shown() -> str:
        page = desk.get(f"{PAGE}{campaign.pk}/").content.decode()
        return re.sub(r'name="(?:csrfmiddlewaretoken|form)" value="[^"]*"|nonce="[^"]*"', "", page)

    before = shown()
    assert "au moins 10 personnes" in before
    withdraw_agreement(user=people[3], at=timezone.now())
    assert shown() == before
    sent = decided(campaign)
    assert AuditEntry.objects.get(action="campaign_decided").details["people"] == 10
    Recipient.objects.update(state=RecipientState.SENT)
    Recipient.objects.filter(user=people[4]).update(unsubscribed_at=timezone.now(), state=RecipientState.UNSUBSCRIBED)
    Campaign.objects.filter(pk=sent.pk).update(state=CampaignState.SENT, finished_at=timezone.now())
    standing = desk.get(f"{PAGE}{campaign.pk}/").content.decode()
    assert standing.count("au moins 10") == 2
    assert "moins de cinq personnes" in standing
    assert "a plus son accord" not in standing
    assert "au moins 10" in desk.get(PAGE).content.decode()


def test_all_that_is_wrong_is_said_at_once_beside_its_field(desk: Client) -> None:
    wrong = {**TYPED, "group": "", "subject": "{prenom} {bonjour}, venez", "body": "{nom} {nom} {"}
    page = desk.post(f"{PAGE}nouvelle/", wrong).content.decode()
    summary = page.split('role="alert"')[1].split("</ul>")[0]
    assert summary.count('href="#id_group"') == 1
    assert summary.count('href="#id_subject"') == 2, "a place that is none, and one that stands in the text alone"
    assert summary.count('href="#id_body"') == 3, "too short, a place that is none said once, a brace alone"
    assert "{prenom} {bonjour}, venez" in page
    assert not Campaign.objects.exists()
