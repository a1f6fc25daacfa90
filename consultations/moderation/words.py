"""What a decision is called, to whoever wrote what it is about."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consultations.moderation.enums import Act, Kind
from consultations.moderation.models import Decision

_HIDDEN: dict[str, Any] = {
    Kind.PROPOSAL: gettext_lazy("Your proposal is hidden"),
    Kind.ARGUMENT: gettext_lazy("Your argument is hidden"),
    Kind.REPLY: gettext_lazy("Your reply is hidden"),
    Kind.PICTURE: gettext_lazy("The picture of your proposal is hidden"),
    Kind.NAME: gettext_lazy("Your public name is hidden"),
}
_ACCOUNT: dict[str, Any] = {
    Act.WARN: gettext_lazy("You have received a warning"),
    Act.SUSPEND: gettext_lazy("Your account is suspended"),
    Act.RESTORE: gettext_lazy("Your account is no longer suspended"),
}
_REDACTED: dict[str, Any] = {
    Kind.PROPOSAL: gettext_lazy("A passage of your proposal is hidden"),
    Kind.ARGUMENT: gettext_lazy("A passage of your argument is hidden"),
    Kind.REPLY: gettext_lazy("A passage of your reply is hidden"),
    Kind.PICTURE: gettext_lazy("The description of your picture is hidden"),
    Kind.NAME: gettext_lazy("Your public name is hidden"),
}


def title_of(decision: Decision) -> str:
    if decision.kind == Kind.ACCOUNT:
        return str(_ACCOUNT[decision.act])
    if decision.act == Act.HIDE:
        return str(_HIDDEN[decision.kind])
    if decision.act == Act.REDACT:
        return str(_REDACTED[decision.kind])
    return _("What you wrote can be read by everyone")
