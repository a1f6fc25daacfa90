"""A city put back lets nobody in again whom it has put out since the file was written (tenants.put_out)."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.utils import timezone
from django_tenants.utils import schema_context

from accounts.enums import Role
from accounts.models import AddressChange, TeamInvitation, User
from accounts.services import remove_from_team
from common.db import connection
from common.tables import declared
from consultations.moderation.models import KeptSuspension
from rest.models import KeptAnswer, Token
from tenants.models import Municipality
from tenants.put_out import lower_role
from tests.accounts.factories import UserFactory, able_administrator
from tests.tenants.test_restoring import _dumped, _restored, city

__all__ = ["city"]
SECRET = {"secret": "A" * 32}


@pytest.mark.parametrize(
    ("then", "now", "kept"),
    [
        (Role.MODERATOR, Role.PARTICIPANT, Role.PARTICIPANT),
        (Role.ADMINISTRATOR, Role.OBSERVER, Role.OBSERVER),
        (Role.OBSERVER, Role.ADMINISTRATOR, Role.OBSERVER),
        (Role.PARTICIPANT, Role.ADMINISTRATOR, Role.PARTICIPANT),
        (Role.DECISION_MAKER, Role.MODERATOR, Role.MODERATOR),  # neither may all that the other may
        (Role.MODERATOR, Role.DECISION_MAKER, Role.DECISION_MAKER),
    ],
)
def test_a_role_is_the_lower_of_then_and_now(then: Role, now: Role, kept: Role) -> None:
    assert lower_role(then, now) == kept


def _totp(user: User, **data: Any) -> Authenticator:
    return Authenticator.objects.create(user=user, type="totp", data=data or SECRET)


def _invited(email: str) -> TeamInvitation:
    kept: dict[str, Any] = {"role": Role.MODERATOR, "sent_at": timezone.now()}
    return TeamInvitation.objects.create(
        email=email, mailbox=email, token_hash=email, expires_at=timezone.now() + timedelta(days=7), **kept
    )


def test_who_was_put_out_since_stays_out(city: Municipality) -> None:
    """As the attacker did it: a role taken away with the factor, and the rest that the city changed since."""
    now = timezone.now()
    with schema_context(city.schema_name):
        chief = able_administrator(email="chef@example.org")
        former = UserFactory(email="ancien@example.org", role=Role.MODERATOR, public_name="Mairie de Saran")
        gone = UserFactory(email="parti@example.org", role=Role.FACILITATOR)
        silenced, robbed = UserFactory(email="muet@example.org"), UserFactory(email="vole@example.org")
        riser = UserFactory(email="monte@example.org", role=Role.OBSERVER)
        _totp(former)
        _totp(robbed, secret="THIEF")
        _totp(gone)
        AddressChange.objects.create(user=robbed, new_email="voleur@example.org", code_hash="k", expires_at=now)
        invitations = [_invited("retiree@example.org"), _invited("attend@example.org")]
    file = _dumped(city)
    with schema_context(city.schema_name):
        remove_from_team(member_id=former.pk, actor=chief, city=city)
        Authenticator.objects.filter(user__in=[former, robbed]).delete()
        _totp(robbed, secret="OWN")
        AddressChange.objects.all().delete()
        undo = AddressChange.objects.create(
            user=robbed, new_email="parti@example.org", expires_at=now, confirmed_at=now, undo_hash="own"
        )
        Authenticator.objects.filter(user=gone).delete()
        User.objects.filter(pk=gone.pk)._raw_delete("default")  # a mistake, and not an erasure
        # The address of somebody who is missing is theirs by now; two have exchanged theirs.
        User.objects.filter(pk=robbed.pk).update(email="parti@example.org", mailbox="parti@example.org")
        User.objects.filter(pk=silenced.pk).update(suspended_until=now + timedelta(days=9), email="x@example.org")
        User.objects.filter(pk=riser.pk).update(email="muet@example.org", role=Role.ADMINISTRATOR)
        User.objects.filter(pk=silenced.pk).update(email="monte@example.org")
        KeptSuspension.objects.create(mailbox_hash="h", until=now + timedelta(days=5))
        invitations[0].delete()
    done = _restored(file)
    assert not done.without_administrator
    put_out = done.put_out
    assert set(put_out.lowered) == {former.pk, gone.pk}
    assert (put_out.suspensions, put_out.factors, put_out.addresses, put_out.invitations) == (1, 2, 3, 1)
    with schema_context(city.schema_name):
        people = {user.pk: user for user in User.objects.all()}
        assert people[former.pk].role == Role.PARTICIPANT
        assert people[former.pk].public_name.startswith("Ancien")  # no longer as the authority
        assert people[gone.pk].role == Role.PARTICIPANT
        assert people[gone.pk].email.endswith(".invalid")
        assert people[riser.pk].role == Role.OBSERVER
        assert people[chief.pk].role == Role.ADMINISTRATOR
        assert people[silenced.pk].suspended_until == now + timedelta(days=9)
        assert [people[each.pk].email for each in (robbed, silenced, riser)] == [
            "parti@example.org",
            "monte@example.org",
            "muet@example.org",
        ]
        factors = {row.user_id: row.data["secret"] for row in Authenticator.objects.all()}
        assert factors == {chief.pk: "A" * 32, robbed.pk: "OWN", gone.pk: "A" * 32}
        assert list(AddressChange.objects.values_list("pk", flat=True)) == [undo.pk]
        assert list(TeamInvitation.objects.values_list("email", flat=True)) == ["attend@example.org"]
        assert KeptSuspension.objects.filter(mailbox_hash="h").exists()


def test_a_key_that_was_taken_away_since_opens_nothing_again(city: Municipality) -> None:
    now = timezone.now()
    kept: dict[str, Any] = {"expires_at": now + timedelta(days=30), "scopes": "read"}
    with schema_context(city.schema_name):
        owner, gone = UserFactory(email="tient@example.org"), UserFactory(email="parti@example.org")
        taken_away = Token.objects.create(user=owner, token_hash="a", **kept)
        Token.objects.create(user=gone, token_hash="b", **kept)
        KeptAnswer.objects.create(token=taken_away, key="k", status=201, created_at=now)
    file = _dumped(city)
    with schema_context(city.schema_name):
        Token.objects.filter(pk=taken_away.pk).update(revoked_at=now)
        late = Token.objects.create(user=owner, token_hash="c", **kept)
        Token.objects.create(user=UserFactory(email="nouveau@example.org"), token_hash="d", **kept)
        Token.objects.filter(user=gone).delete()
        User.objects.filter(pk=gone.pk)._raw_delete("default")  # a mistake, and not an erasure
    _restored(file)
    with schema_context(city.schema_name):
        keys = {key.token_hash: key.revoked_at for key in Token.objects.filter(user=owner)}
        assert keys == {"a": now, "c": None}
        assert late.pk in Token.objects.values_list("pk", flat=True)
        assert not Token.objects.filter(token_hash__in="bd").exists()  # of somebody who is not there on both days
        assert not KeptAnswer.objects.exists()


def test_a_file_of_before_there_was_such_a_table(city: Municipality, monkeypatch: pytest.MonkeyPatch) -> None:
    """What it does not have, there is nothing to take over into."""
    monkeypatch.setitem(declared, "later", replace(declared["rest_token"], table="later"))
    file = _dumped(city)
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TABLE {city.schema_name}.later (user_id bigint)")
    _restored(file)
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass(%s)", [f"{city.schema_name}.later"])
        assert cursor.fetchone() == (None,)
