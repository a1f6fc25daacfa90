"""What may come of a call. As text an error names codes and numbers: never a key, never what somebody typed."""


class CallFailed(Exception):
    """A call that brought nothing. `code` is Stripe's word for why, `request` the number that its support asks for."""

    def __init__(self, code: str, *, param: str = "", status: int = 0, request: str = "") -> None:
        self.code, self.param, self.status, self.request = code, param, status, request
        about = {"parameter": param, "status": status, "request": request}
        super().__init__(", ".join([code, *(f"{name} {value}" for name, value in about.items() if value)]))


class Refused(CallFailed):
    """Stripe will not do it, and has not: the same call would be refused again."""


class Missing(Refused):
    """Stripe has no such object, or has it no more."""


class Busy(CallFailed):
    """Nothing was done: another call holds the object or the key, or there were too many. Again, a little later."""


class Reused(CallFailed):
    """Under this key something else was asked for before, and may have been done: read what is there."""


class Unsure(CallFailed):
    """It may have been done: nobody answered, or Stripe failed. Again, with the same key.

    `key_is_spent`: Stripe remembers the failure under this key and will always answer it. Read what is there before
    another key is taken.
    """

    def __init__(self, code: str, *, key_is_spent: bool = False, status: int = 0, request: str = "") -> None:
        super().__init__(code, status=status, request=request)
        self.key_is_spent = key_is_spent
