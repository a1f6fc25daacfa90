"""Who is there."""

from django.contrib import auth
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from accounts.models import User
from accounts.sessions import goes_on


class PersonMiddleware(AuthenticationMiddleware):
    """Django's authentication, with sessions that end (accounts.sessions). Lazy: most pages don't ask who is there."""

    def process_request(self, request: HttpRequest) -> None:
        super().process_request(request)
        request.user = lazy = SimpleLazyObject(lambda: found())  # type: ignore[assignment]

        def found() -> User | AnonymousUser:
            user = _present(request)
            if vars(request).get("user") is lazy:  # who asks again need not go through the promise
                request.user = user
            return user


def _present(request: HttpRequest) -> User | AnonymousUser:
    user = auth.get_user(request)
    return user if isinstance(user, User) and goes_on(request, user) else AnonymousUser()
