"""The city's journal: what its team and the service did, in words; nothing of how residents react and come in."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_tenants.utils import schema_context

from accounts.audit import record
from accounts.enums import Role
from accounts.invitations import invite_to_team
from accounts.journal import EVERYBODY, PAGE, journal
from accounts.models import AuditEntry, User
from accounts.services import appoint, change_team_role, remove_from_team
from common.trail import labels, private_actions
from consultations.framing.enums import ModeratedBy
from consultations.framing.models import Consultation
from consultations.moderation.enums import Act
from consultations.portal.models import WorkItem
from tenants.models import Municipality
from tests.accounts.factories import UserFactory, able_administrator
from tests.moderation.factories import decided, reported
from tests.participation.factories import ArgumentFactory, ProposalFactory

ADDRESS = "/gestion/journal/"


def told(**kwargs: Any) -> list[tuple[str, str]]:
    return [(line.who, line.what) for line in journal(**kwargs).lines]


def test_what_the_team_and_the_service_did_is_there_and_what_residents_do_is_not(in_saran: Municipality) -> None:
    boss, resident = UserFactory(role=Role.ADMINISTRATOR), UserFactory()
    proposal, before, all_before = ProposalFactory(), len(told()), len(told(person=EVERYBODY))
    record("challenge_validated", actor=boss)
    record("municipality_state_changed", actor=None)
    record("proposal_submitted", actor=resident, subject=proposal)
    for action in sorted(private_actions):
        record(action, actor=resident)
        record(action, actor=None)
    record("second_factor_changed", actor=boss)
    assert [who for who, _what in told()][: len(told()) - before] == [
        boss.public_name,
        settings.SERVICE_NAME,
        boss.public_name,
    ]
    everybody = told(person=EVERYBODY)
    assert (resident.public_name, labels["proposal_submitted"]) in everybody
    assert len(everybody) - all_before == 4
    assert told(person=str(boss.pk)) == [each for each in told() if each[0] == boss.public_name]
    assert told(person=str(resident.pk)) == told(), "a resident is nobody to look for"


def test_whoever_has_left_the_team_did_what_they_did(in_saran: Municipality) -> None:
    boss = UserFactory(role=Role.ADMINISTRATOR)
    once = appoint(email="ancien@example.org", role=Role.FACILITATOR, actor=boss)
    record("challenge_edited", actor=once)
    User.objects.filter(pk=once.pk).update(role=Role.PARTICIPANT, public_name="Ancien")
    assert ("Ancien", labels["challenge_edited"]) in told()


def test_it_says_who_and_what_in_words_that_outlast_what_they_are_about(
    in_saran: Municipality,
) -> None:
    consultation = Consultation.objects.get(is_current=True)
    boss, member = UserFactory(role=Role.ADMINISTRATOR), UserFactory(role=Role.MODERATOR, public_name="Ali Sow")
    item = WorkItem.objects.create(
        consultation=consultation, key="x", title="Lire deux textes", handled_at=timezone.now()
    )
    invited = invite_to_team(email="a@x.example", role=Role.FACILITATOR, actor=boss, city=in_saran, at=timezone.now())
    change_team_role(member_id=member.pk, role=Role.OBSERVER, actor=boss, city=in_saran)
    record("line_assigned", actor=boss, subject=item, to=member.pk)
    record("line_put_off", actor=boss, subject=item, until="2026-12-01")
    record("consultation_given_up", actor=boss, subject=Consultation(pk=987654), title="Nos écoles")
    record("legal_identity_updated", actor=boss, fields=["director"])
    record("appearance_changed", actor=boss, colour="#000091", logo="", fields=["colour"])
    record("preview_made", actor=boss, subject=consultation, replaces=True)
    Consultation.objects.update(moderated_by=ModeratedBy.FRAMERS)
    decision = decided(reported(ArgumentFactory()), Act.HIDE, moderator=boss)
    shown = journal(person=EVERYBODY).lines
    told = {line.what: (line.about, line.more) for line in reversed(shown)}
    assert told["Invitation dans l’équipe"] == (invited.email, "Rôle\u00a0: Animation")
    assert told["Rôle dans l’équipe changé"] == ("Ali Sow", "Rôle\u00a0: Observation, au lieu de\u00a0: Modération")
    assert told["Ligne de la semaine confiée"] == ("Lire deux textes", "À\u00a0: Ali Sow")
    assert told["Ligne de la semaine remise à plus tard"] == ("Lire deux textes", "Jusqu’au 1er\u00a0décembre 2026")
    assert told["Consultation en préparation abandonnée"] == ("Nos écoles", "")
    assert told["Renseignements des pages légales modifiés"] == ("", "Modifié\u00a0: Direction de la publication")
    assert told["Couleur ou logo changé"] == ("", "Modifié\u00a0: Couleur")
    assert told["Lien d’aperçu fait"] == (consultation.title, "Le lien précédent ne vaut plus rien.")
    about = {(line.about, line.url) for line in shown}
    assert (decision.number, f"/gestion/moderation/{decision.case_id}/") in about


def test_somebody_taken_out_of_the_team_has_their_address_in_it_and_the_role_that_they_had(
    in_saran: Municipality,
) -> None:
    boss = UserFactory(role=Role.ADMINISTRATOR)
    gone = UserFactory(role=Role.FACILITATOR, email="parti@example.org", public_name="")
    remove_from_team(member_id=gone.pk, actor=boss, city=in_saran)
    line = journal(action="team_removed").lines[0]
    assert (line.about, line.more) == ("parti@example.org", "Rôle jusque-là\u00a0: Animation")


def test_no_action_has_a_colon_of_its_own() -> None:
    assert [str(each) for each in labels.values() if ":" in str(each)] == []


def test_by_action_and_by_day_in_the_city_s_own_time(in_saran: Municipality) -> None:
    boss = UserFactory(role=Role.ADMINISTRATOR)
    paris = ZoneInfo("Europe/Paris")
    for hour in (datetime(2026, 11, 3, 23, 59, tzinfo=paris), datetime(2026, 11, 4, 0, 0, tzinfo=paris)):
        AuditEntry.objects.create(action="challenge_edited", actor=boss, at=hour)
    record("challenge_moved", actor=boss)
    edited = {"action": "challenge_edited"}
    assert len(told(**edited)) == 2
    assert len(told(**edited, until=date(2026, 11, 3))) == 1
    assert len(told(**edited, since=date(2026, 11, 4), until=date(2026, 11, 4))) == 1


def test_page_after_page_nothing_is_lost_while_more_comes_in(in_saran: Municipality) -> None:
    boss = UserFactory(role=Role.ADMINISTRATOR)
    for _number in range(PAGE + 3):
        record("challenge_edited", actor=boss)
    first = journal(person=str(boss.pk))
    record("challenge_moved", actor=boss)
    second = journal(person=str(boss.pk), before=first.older)
    assert (len(first.lines), len(second.lines), second.older) == (PAGE, 3, 0)


def test_it_takes_the_same_queries_whatever_there_is(in_saran: Municipality) -> None:
    counts = []
    for number in (60, 120):
        for _each in range(number):
            record("challenge_edited", actor=UserFactory(role=Role.FACILITATOR))
        with CaptureQueriesContext(connection) as queries:
            journal()
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 5


def test_a_page_for_administrators_that_says_what_is_wrong_in_an_address(
    visit: Callable[..., Client], in_saran: Municipality
) -> None:
    boss, proposal = able_administrator(), ProposalFactory()
    record("stewardship_taken", actor=boss, subject=proposal)
    client = visit(in_saran, boss, stays=True)
    shown = client.get(ADDRESS).content.decode()
    assert f"/propositions/{proposal.pk}/" in shown
    assert "Proposition n" in shown
    what = shown.split('name="quoi"', 1)[1].split("</select>", 1)[0]
    assert 'value="stewardship_taken"' in what
    assert 'value="challenge_removed"' not in what, "what never happened here is not offered"
    for query in ("du=0001-01-01", "au=hier", "qui=9999999", "quoi=%00"):
        assert client.get(f"{ADDRESS}?{query}").status_code == 422, query
    for query in ("avant=99999999999999999999", "avant=x", "avant=-1"):
        assert client.get(f"{ADDRESS}?{query}").status_code == 200, query
    assert client.post(ADDRESS).status_code == 405
    for role in (Role.FACILITATOR, Role.MODERATOR, Role.OBSERVER, Role.PARTICIPANT):
        assert visit(in_saran, UserFactory(role=role), stays=True).get(ADDRESS).status_code in (302, 404)


def test_nothing_of_another_city_is_in_it(saran: Municipality, brest: Municipality) -> None:
    with schema_context(brest.schema_name):
        record("challenge_moved", actor=UserFactory(role=Role.ADMINISTRATOR, public_name="Brestoise"))
    with schema_context(saran.schema_name):
        assert "Brestoise" not in str(told())
