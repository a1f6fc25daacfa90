"""A link of a mail is opened: its token leaves the address at once, and nothing is consumed before a press."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone
from django_tenants.utils import schema_context

from accounts.links import leads_to
from accounts.models import User
from accounts.services import LinkRefused, issue_sign_in_link, usable_link
from tenants.models import Municipality
from tests.links import open_link, press_link


@pytest.fixture
def link(saran: Municipality, person: Any) -> Callable[[], str]:
    """A new sign-in link at each call, each for somebody else."""

    def make() -> str:
        someone = person()
        with schema_context(saran.schema_name):
            return f"/connexion/lien/{issue_sign_in_link(user=someone)}/"

    return make


@pytest.mark.parametrize("method", ["get", "head"])
def test_the_token_is_in_no_address_and_no_page_after_the_first(
    visit: Callable[..., Client], saran: Municipality, link: Callable[[], str], method: str
) -> None:
    client, path = visit(saran), link()
    token = path.split("/")[3]
    answer = getattr(client, method)(path)
    assert answer.status_code == 302
    assert token not in answer.headers["Location"]
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["Cache-Control"] == "no-store"
    page = client.get(answer.headers["Location"])
    assert token not in page.content.decode()
    assert "no-store" in page.headers["Cache-Control"]


def test_the_cookie_goes_to_the_one_page_and_no_script_reads_it(
    visit: Callable[..., Client], saran: Municipality, link: Callable[[], str]
) -> None:
    answer = visit(saran).get(link())
    [cookie] = answer.cookies.values()
    assert cookie["path"] == answer.headers["Location"]
    assert (cookie["httponly"], cookie["samesite"], cookie["max-age"]) == (True, "Lax", 1800)


def test_opening_writes_no_session(visit: Callable[..., Client], saran: Municipality, link: Callable[[], str]) -> None:
    client = visit(saran)
    open_link(client, link())
    assert settings.SESSION_COOKIE_NAME not in client.cookies


def test_two_links_opened_side_by_side_are_not_taken_for_each_other(
    visit: Callable[..., Client], saran: Municipality, link: Callable[[], str]
) -> None:
    client = visit(saran)
    first, second = (client.get(link()).headers["Location"] for _each in "ab")
    shown = [
        re.search(r"<strong>([^<]+@[^<]+)</strong>", client.get(path).content.decode()) for path in (first, second)
    ]
    assert shown[0]
    assert shown[1]
    assert shown[0][1] != shown[1][1]
    client.post(first)
    assert client.get("/compte/", follow=True).context["person"].email == shown[0][1]


def test_opened_twice_pressed_once_then_the_back_button_says_that_it_is_used(
    visit: Callable[..., Client], saran: Municipality, link: Callable[[], str]
) -> None:
    client, path = visit(saran), link()
    assert open_link(client, path).status_code == open_link(client, path).status_code == 200
    assert press_link(client, path).status_code == 302
    used = open_link(client, path)
    assert (used.status_code, str(LinkRefused.message) in used.content.decode()) == (LinkRefused.status, True)
    assert LinkRefused.code == "sign_in_link_refused"


def test_without_cookies_a_page_says_what_to_do(
    visit: Callable[..., Client], saran: Municipality, link: Callable[[], str]
) -> None:
    path = link()
    clean = visit(saran).get(path).headers["Location"]
    stranger = visit(saran)
    for answer in (stranger.get(clean), stranger.post(clean)):
        assert answer.status_code == 410
        assert "Ouvrez de nouveau le lien" in answer.content.decode()
    assert press_link(visit(saran), path).status_code == 302  # it is still good


def test_a_cookie_of_another_token_opens_nothing(
    visit: Callable[..., Client], saran: Municipality, link: Callable[[], str]
) -> None:
    client, mine = visit(saran), link()
    clean = client.get(link()).headers["Location"]
    client.cookies[f"link-{clean.split('/')[3]}"] = mine.split("/")[3]
    assert client.post(clean).status_code == 410


def test_a_link_is_good_until_its_end_and_while_its_account_is(in_saran: Municipality, person: Any) -> None:
    user, now = person(), timezone.now()
    token = issue_sign_in_link(user=user)
    ends = usable_link(token=token, at=now).expires_at
    with pytest.raises(LinkRefused):
        usable_link(token=token, at=ends)
    User.objects.filter(pk=user.pk).update(is_active=False)
    with pytest.raises(LinkRefused):
        usable_link(token=token, at=now)


@pytest.mark.parametrize("token", ["é" * 30, "a b", "x" * 5000, 'a";Path=/;b="', "%0d%0aSet-Cookie:x=y", "€"])
def test_what_is_no_token_is_put_in_no_cookie(visit: Callable[..., Client], saran: Municipality, token: str) -> None:
    answer = visit(saran).get(f"/connexion/lien/{token}/")
    assert answer.status_code in (302, 404)
    assert not answer.cookies


@pytest.mark.parametrize("urlconf", [settings.ROOT_URLCONF, settings.PUBLIC_SCHEMA_URLCONF])
def test_every_address_with_a_token_leads_to_a_clean_one(urlconf: str) -> None:
    """But the one-click unsubscribing, which mail programs post to; opened, it leads on as well
    (test_mail.py, test_agreement.py, contacts/test_writing_to.py). And an operator's ticket, in no mail: opening it uses it up, within a minute.
    """

    def walk(resolver: URLResolver) -> Any:
        for entry in resolver.url_patterns:
            yield from walk(entry) if isinstance(entry, URLResolver) else [entry]

    found: list[URLPattern] = [each for each in walk(get_resolver(urlconf)) if "token" in each.pattern.converters]
    assert found
    opens = leads_to("x").__qualname__
    assert {each.name for each in found if each.callback.__wrapped__.__qualname__ not in opens} <= {
        "unsubscribe",
        "withdraw_agreement",
        "contact_stop",
        "delegate_entry",
    }
