"""What services refuse: a rule of ours that stands in the way, and no fault."""

from typing import Any, TypedDict

from django.utils.functional import Promise


class Answer(TypedDict):
    """The keyword arguments with which a page shows a refusal: `render_something(request, …, **refusal.answer)`."""

    notice: str
    status: int


class Refusal(Exception):
    """When one is raised nothing has been changed.

    `code` names it for programs, and stays when sentences and classes change; `status` is the HTTP status of the
    answer; `message` says it to the person. As text it is its code: a message may hold what somebody typed.
    """

    code = ""
    status = 409
    message: Any = ""

    def __init__(self, message: Promise | str = "") -> None:
        super().__init__(self.code)
        if message:
            self.message = message

    @property
    def answer(self) -> Answer:
        return {"notice": str(self.message), "status": self.status}
