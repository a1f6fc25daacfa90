"""Another address: confirmed at the new one, told to the former one, which can take the account back for eight days."""

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.db import connections
from django.test import Client
from django.utils import timezone
from django_tenants.utils import schema_context

from accounts import address_change
from accounts.address_change import (
    AddressTaken,
    FormerAddressTaken,
    NothingAsked,
    SameAddress,
    TooManyGuesses,
    UndoRefused,
    WrongCode,
    ask_address_change,
    confirm_address_change,
    undo_address_change,
)
from accounts.enums import Role
from accounts.erasure import AddressChangedLately
from accounts.mail import send_security_notice
from accounts.models import UNDO_ADDRESS_FOR, AddressChange, AuditEntry, SignInLink, User
from accounts.services import find_or_create_user, issue_sign_in_link
from common import retention
from common.models import OutboxMessage
from tenants.enums import LifecycleState as State
from tenants.models import Municipality
from tests.accounts.factories import UserFactory
from tests.accounts.leaving import comes
from tests.conftest import shows
from tests.support.pages import message_levels, says
from tests.tenants.test_lifecycle import put

PAGE, CODE_PAGE = "/compte/adresse/", "/compte/adresse/code/"
OLD, NEW = "sauge@example.org", "romarin@example.org"


@pytest.fixture
def sauge(in_saran: Municipality) -> User:
    return UserFactory(email=OLD, public_name="Sauge")


def mail_to(address: str) -> dict[str, Any]:
    return OutboxMessage.objects.filter(payload__to=address).latest("created_at").payload


def code_sent_to(address: str) -> str:
    found = re.search(r"^(\d{6})$", mail_to(address)["body"], re.M)
    assert found
    return found[1]


def another(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06d}"


def undo_link() -> str:
    found = re.search(r"/compte/adresse/reprendre/([\w-]+)/", mail_to(OLD)["body"])
    assert found
    return found[1]


def ask(user: User, city: Municipality, email: str = NEW) -> str:
    ask_address_change(user=user, email=email, city=city, at=timezone.now())
    return code_sent_to(email)


def change(user: User, city: Municipality, email: str = NEW) -> User:
    code = ask(user, city, email)
    return confirm_address_change(user=user, code=code, city=city, at=timezone.now())


def test_the_code_of_the_new_address_changes_it(
    sauge: User, in_saran: Municipality, visit: Callable[..., Client]
) -> None:
    client, elsewhere = comes(visit, in_saran, sauge), comes(visit, in_saran, sauge)
    token = issue_sign_in_link(user=sauge)
    assert client.post(PAGE, {"email": f" {NEW.upper()} "}).headers["Location"] == CODE_PAGE
    sauge.refresh_from_db()
    assert sauge.email == OLD  # nothing has changed before
    assert NEW in client.get(CODE_PAGE).content.decode()
    code = code_sent_to(NEW)
    answer = client.post(CODE_PAGE, {"code": f"{code[:3]} {code[3:]}"}, follow=True)
    assert message_levels(answer) == ["success"]
    assert NEW in answer.content.decode()
    sauge.refresh_from_db()
    assert sauge.email == NEW
    # This device goes on; the others, and links that were sent before, are over.
    assert client.get("/compte/").status_code == 200
    assert elsewhere.get("/compte/").status_code == 302
    assert not SignInLink.objects.filter(user=sauge).exists()
    assert client.get(f"/connexion/lien/{token}/", follow=True).status_code in (200, 410)
    # A second press.
    assert client.post(CODE_PAGE, {"code": code}).headers["Location"] == "/compte/"
    assert [entry.action for entry in AuditEntry.objects.filter(actor=sauge).order_by("pk")] == [
        "address_change_asked",
        "address_changed",
    ]


def test_the_former_address_is_told_and_the_new_one_learns_no_name(sauge: User, in_saran: Municipality) -> None:
    change(sauge, in_saran)
    told, asked = mail_to(OLD), mail_to(NEW)
    assert "huit" in told["body"] or "avant le" in told["body"]
    assert "donnees-personnelles" in told["body"]
    assert NEW not in told["body"]
    assert "Sauge" not in asked["body"] + asked["subject"]
    assert OLD not in asked["body"]


def test_whether_an_address_has_an_account_is_said_only_to_its_owner(
    sauge: User, in_saran: Municipality, visit: Callable[..., Client]
) -> None:
    other = UserFactory(email=NEW)
    client = comes(visit, in_saran, sauge)
    pages = []
    for address in (NEW, "personne@example.org"):
        answer = client.post(PAGE, {"email": address}, follow=True)
        html = answer.content.decode().replace(address, "…")
        pages.append(re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", html))
    assert pages[0] == pages[1]
    code = ask(sauge, in_saran)
    answer = client.post(CODE_PAGE, {"code": another(code)})
    assert not says(answer, AddressTaken)
    answer = client.post(CODE_PAGE, {"code": code})
    assert answer.status_code == 422
    assert says(answer, AddressTaken)
    sauge.refresh_from_db()
    assert sauge.email == OLD
    # They delete the other account; the code is still good.
    other.email = "ailleurs@example.org"
    other.save()
    assert client.post(CODE_PAGE, {"code": code}).headers["Location"] == "/compte/"


def test_an_account_that_nobody_came_into_gives_its_address_up(sauge: User, in_saran: Municipality) -> None:
    empty = find_or_create_user(email=NEW)
    assert change(sauge, in_saran).email == NEW
    assert not User.objects.filter(pk=empty.pk).exists()


def test_five_wrong_codes_end_it(sauge: User, in_saran: Municipality, visit: Callable[..., Client]) -> None:
    code, wrong = ask(sauge, in_saran), another(code_sent_to(NEW))
    for _time in range(4):
        with pytest.raises(WrongCode) as refused:
            confirm_address_change(user=sauge, code=wrong, city=in_saran, at=timezone.now())
        assert refused.value.code == "wrong_address_code"
    answer = comes(visit, in_saran, sauge).post(CODE_PAGE, {"code": wrong}, follow=True)
    assert says(answer, TooManyGuesses)
    with pytest.raises(NothingAsked):
        confirm_address_change(user=sauge, code=code, city=in_saran, at=timezone.now())


def test_guesses_at_once_are_all_counted(real_db: str) -> None:
    saran = Municipality.objects.get(slug="saran")
    with schema_context(saran.schema_name):
        user = UserFactory(email=OLD)
        wrong = another(ask(user, saran))

    def guess(_number: int) -> type[Exception]:
        try:
            with schema_context(saran.schema_name):
                confirm_address_change(user=user, code=wrong, city=saran, at=timezone.now())
        except address_change.AddressRefused as refusal:
            return type(refusal)
        finally:
            connections.close_all()
        raise AssertionError

    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(guess, range(12)))
    assert answers.count(WrongCode) == 4
    assert answers.count(TooManyGuesses) == 1
    assert answers.count(NothingAsked) == 7


def test_the_code_of_one_is_none_for_another(sauge: User, in_saran: Municipality) -> None:
    code = ask(sauge, in_saran)
    with pytest.raises(NothingAsked):
        confirm_address_change(user=UserFactory(), code=code, city=in_saran, at=timezone.now())
    with pytest.raises(NothingAsked):
        confirm_address_change(user=sauge, code=code, city=in_saran, at=timezone.now() + timedelta(hours=1))


def test_asking_again_replaces_and_giving_up_ends_it(
    sauge: User, in_saran: Municipality, visit: Callable[..., Client]
) -> None:
    first = ask(sauge, in_saran)
    second = ask(sauge, in_saran, "thym@example.org")
    assert AddressChange.objects.count() == 1
    if first != second:
        with pytest.raises(WrongCode):
            confirm_address_change(user=sauge, code=first, city=in_saran, at=timezone.now())
    client = comes(visit, in_saran, sauge)
    for _press in range(2):
        assert client.post("/compte/adresse/annuler/").headers["Location"] == "/compte/"
    assert not AddressChange.objects.exists()
    assert client.get(CODE_PAGE).headers["Location"] == "/compte/"


def test_ones_own_address_is_no_other(sauge: User, in_saran: Municipality, visit: Callable[..., Client]) -> None:
    answer = comes(visit, in_saran, sauge).post(PAGE, {"email": OLD.upper()})
    assert answer.status_code == 422
    assert str(SameAddress.message) in answer.content.decode()
    assert not OutboxMessage.objects.exists()


def test_two_who_want_one_address_get_one(real_db: str) -> None:
    saran = Municipality.objects.get(slug="saran")
    with schema_context(saran.schema_name):
        people = [UserFactory(), UserFactory()]
        codes = [ask(user, saran) for user in people]

    def confirm(number: int) -> bool:
        try:
            with schema_context(saran.schema_name):
                confirm_address_change(user=people[number], code=codes[number], city=saran, at=timezone.now())
            return True
        except AddressTaken:
            return False
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(confirm, range(2))) == [False, True]


# ── Taking it back ───────────────────────────────────────────────────────────


def test_the_former_address_takes_the_account_back(
    sauge: User, in_saran: Municipality, visit: Callable[..., Client]
) -> None:
    change(sauge, in_saran)
    thief = comes(visit, in_saran, User.objects.get(pk=sauge.pk))
    owner = visit(in_saran, stays=True)
    clean = owner.get(f"/compte/adresse/reprendre/{undo_link()}/").headers["Location"]
    assert undo_link() not in clean
    assert OLD in owner.get(clean).content.decode()
    sauge.refresh_from_db()
    assert sauge.email == NEW  # opening it does nothing
    assert owner.post(clean).headers["Location"] == "/connexion/"
    sauge.refresh_from_db()
    assert sauge.email == OLD
    assert thief.get("/compte/").status_code == 302
    assert "rétabli" in mail_to(NEW)["body"]
    assert owner.post(clean).status_code == 410  # a second press
    assert owner.get(clean).status_code == 410


def test_who_changed_it_again_has_no_way_back(sauge: User, in_saran: Municipality) -> None:
    change(sauge, in_saran)
    token = undo_link()
    sauge.refresh_from_db()
    change(sauge, in_saran, "loin@example.org")
    theirs = re.search(r"reprendre/([\w-]+)/", mail_to(NEW)["body"])
    assert theirs
    sauge.refresh_from_db()
    ask(sauge, in_saran, "plus-loin@example.org")
    assert undo_address_change(token=token, city=in_saran, at=timezone.now()).email == OLD
    with pytest.raises(UndoRefused):
        undo_address_change(token=theirs[1], city=in_saran, at=timezone.now())
    assert not AddressChange.objects.exists()


def test_what_whoever_had_it_set_up_meanwhile_keeps_nobody_out(sauge: User, in_saran: Municipality) -> None:
    own = Authenticator.objects.create(user=sauge, type="totp", data={})
    change(sauge, in_saran)
    Authenticator.objects.create(user=sauge, type="webauthn", data={})
    undo_address_change(token=undo_link(), city=in_saran, at=timezone.now())
    assert list(Authenticator.objects.all()) == [own]


def test_a_link_that_is_unknown_too_old_or_of_an_account_that_left_undoes_nothing(
    sauge: User, in_saran: Municipality
) -> None:
    change(sauge, in_saran)
    token, at = undo_link(), timezone.now()
    for known, when in ((f"{token}x", at), (token, at + UNDO_ADDRESS_FOR)):
        with pytest.raises(UndoRefused):
            undo_address_change(token=known, city=in_saran, at=when)
    User.objects.filter(pk=sauge.pk).update(is_active=False)
    with pytest.raises(UndoRefused):
        undo_address_change(token=token, city=in_saran, at=at)


def test_the_former_address_may_have_an_account_by_then(
    sauge: User, in_saran: Municipality, visit: Callable[..., Client]
) -> None:
    change(sauge, in_saran)
    token = undo_link()
    somebody = UserFactory(email=OLD)
    client = visit(in_saran, stays=True)
    clean = client.get(f"/compte/adresse/reprendre/{token}/").headers["Location"]
    answer = client.post(clean)
    assert answer.status_code == 409
    assert says(answer, FormerAddressTaken)
    with pytest.raises(FormerAddressTaken):
        undo_address_change(token=token, city=in_saran, at=timezone.now())
    # Its owner only tried to sign in: that account is nobody's.
    User.objects.filter(pk=somebody.pk).update(public_name="", last_login=None)
    assert undo_address_change(token=token, city=in_saran, at=timezone.now()).email == OLD


# ── Everywhere ───────────────────────────────────────────────────────────────


@pytest.mark.parametrize("state", [State.READ_ONLY, State.SUSPENDED, State.CLOSED])
@pytest.mark.parametrize("role", [Role.PARTICIPANT, Role.ADMINISTRATOR])
def test_an_address_is_put_right_in_every_state(
    saran: Municipality, visit: Callable[..., Client], state: State, role: Role
) -> None:
    with schema_context(saran.schema_name):
        user = UserFactory(email=OLD, role=role)
        put(saran, state)
        client = comes(visit, saran, user)
        assert client.post(PAGE, {"email": NEW}).headers["Location"] == CODE_PAGE
        assert client.post(CODE_PAGE, {"code": code_sent_to(NEW)}).headers["Location"] == "/compte/"
        user.refresh_from_db()
        assert user.email == NEW
        owner = visit(saran, stays=True)
        clean = owner.get(f"/compte/adresse/reprendre/{undo_link()}/").headers["Location"]
        assert owner.post(clean).status_code == 302
        user.refresh_from_db()
        assert user.email == OLD


def test_what_is_over_is_forgotten(sauge: User, in_saran: Municipality) -> None:
    ask(sauge, in_saran)
    at = timezone.now()
    retention.forget_what_is_over(at=at, writes=False)
    assert AddressChange.objects.count() == 1
    retention.forget_what_is_over(at=at + timedelta(hours=1), writes=False)
    assert not AddressChange.objects.exists()
    change(sauge, in_saran)
    retention.forget_what_is_over(at=timezone.now() + timedelta(days=7), writes=False)
    assert AddressChange.objects.count() == 1
    retention.forget_what_is_over(at=timezone.now() + timedelta(days=8), writes=False)
    assert not AddressChange.objects.exists()


def test_while_it_can_be_undone_nothing_is_taken_along_and_nothing_deleted(
    sauge: User, in_saran: Municipality, visit: Callable[..., Client]
) -> None:
    """Whoever took an account over by its address would leave its owner nothing to take back."""
    change(sauge, in_saran)
    sauge.refresh_from_db()
    client = visit(in_saran, sauge, stays=True)
    shows(client, sauge)
    for path in ("/compte/donnees/", "/compte/supprimer/confirmer/?texts=REMOVE"):
        answer = client.post(path, {"texts": "REMOVE"})
        assert answer.status_code == AddressChangedLately.status, path
        assert "jusqu’au" in answer.content.decode()
    assert User.objects.get(pk=sauge.pk).is_active
    AddressChange.objects.update(confirmed_at=timezone.now() - timedelta(days=9))
    assert client.post("/compte/donnees/").status_code == 200


def test_what_changes_meanwhile_is_told_to_the_former_address_too(sauge: User, in_saran: Municipality) -> None:
    change(sauge, in_saran)
    sauge.refresh_from_db()
    OutboxMessage.objects.all().delete()
    send_security_notice(user=sauge, what="Une clé a été ajoutée.", city=in_saran)
    assert set(OutboxMessage.objects.values_list("payload__to", flat=True)) == {OLD, NEW}
    assert "reprenez votre compte" in mail_to(OLD)["body"]
    assert "reprenez votre compte" not in mail_to(NEW)["body"]
