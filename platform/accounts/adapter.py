"""allauth, in our house: mail through the outbox, our addresses."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context as allauth_context
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.http import HttpRequest
from django.urls import get_script_prefix, reverse

from accounts import begun
from accounts.begun import carried_actions
from accounts.kept import change_key
from accounts.mail import send_mail_later


class AccountAdapter(DefaultAccountAdapter):
    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        context = {**context, "city": getattr(self.request, "tenant", None)}
        send_mail_later(template=template_prefix, to=email, context=context)

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        return reverse("signed_in")

    def get_logout_redirect_url(self, request: HttpRequest) -> str:
        return get_script_prefix()

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Ours asks for a fresh proof at each address that needs one: accounts.permissions.fresh_proof_required."""
        return False

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """Our pages say by themselves what happened."""

    def login(self, request: HttpRequest, user: Any) -> None:
        """Django empties the session of somebody else who is signed in here; where this person was going is theirs.

        That of this person it leaves as it is: it gets a new key here, because coming in anew is a proof.
        """
        target, key = request.session.get("after_sign_in", ""), request.session.session_key
        super().login(request, user)
        if request.session.session_key == key:
            change_key(request, leads_to=target)
        if target:
            request.session["after_sign_in"] = target


class FactorAdapter(DefaultMFAAdapter):
    """What an authenticator app and a passkey are told of us: the place's own name and host, from the register."""

    def _get_site_name(self) -> str:
        city = getattr(allauth_context.request, "tenant", None)
        return city.name if city else settings.SERVICE_NAME

    def get_totp_issuer(self) -> str:
        return self._get_site_name()

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        city = getattr(allauth_context.request, "tenant", None)
        return {"id": city.host if city else settings.PUBLIC_HOST, "name": self._get_site_name()}


def carried_by(request: HttpRequest) -> dict[str, Any]:
    """What a visitor had begun and where they were going: copied into the link, for another device."""
    carried: dict[str, Any] = {begun.SESSION_KEY: carried_actions(request)}
    if "after_sign_in" in request.session:
        carried["after_sign_in"] = request.session["after_sign_in"]
    return carried
