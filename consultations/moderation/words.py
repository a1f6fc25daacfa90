"""What a decision is called: to whoever wrote what it is about, and in the register."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from common.templatetags.ui import NO_BREAK
from consultations.moderation.enums import Act, AppealState, Kind
from consultations.moderation.models import Decision
from consultations.moderation.selectors.register import FEW
from consultations.moderation.subjects import Subject

_HIDDEN: dict[str, Any] = {
    Kind.PROPOSAL: gettext_lazy("Your proposal is hidden"),
    Kind.ARGUMENT: gettext_lazy("Your argument is hidden"),
    Kind.REPLY: gettext_lazy("Your reply is hidden"),
    Kind.ANSWER: gettext_lazy("Your answer to an argument is hidden"),
    Kind.OFFICIAL: gettext_lazy("The answer that you signed is hidden"),
    Kind.VERSION: gettext_lazy("Your new version is not published"),
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
    Kind.ANSWER: gettext_lazy("A passage of your answer to an argument is hidden"),
    Kind.OFFICIAL: gettext_lazy("A passage of the answer that you signed is hidden"),
    Kind.VERSION: gettext_lazy("A passage of your new version is hidden"),
    Kind.PICTURE: gettext_lazy("The description of your picture is hidden"),
    Kind.NAME: gettext_lazy("Your public name is hidden"),
}


def title_of(decision: Decision) -> str:
    if decision.kind == Kind.ACCOUNT:
        return (
            _("The warning that you received is withdrawn")
            if decision.withdraws_warning
            else str(_ACCOUNT[decision.act])
        )
    if decision.act == Act.HIDE:
        return str(_HIDDEN[decision.kind])
    if decision.act == Act.REDACT:
        return str(_REDACTED[decision.kind])
    if decision.is_under_hidden:
        return _("What you wrote comes back with what it stands under")
    return _("What you wrote can be read by everyone")


_HIDDEN_STAYS: dict[str, Any] = {
    Kind.PROPOSAL: gettext_lazy("What others said of it is kept, and comes back if it does."),
    Kind.ARGUMENT: gettext_lazy("The replies to it are kept, and come back if it does."),
    Kind.REPLY: gettext_lazy("The argument that it replied to is still online."),
    Kind.ANSWER: gettext_lazy("The argument, and whether you took it up, are still online."),
    Kind.OFFICIAL: gettext_lazy("The proposal waits for its answer again: write another, and sign it."),
    Kind.VERSION: gettext_lazy("Your proposal is still online as it was, and counts as before."),
    Kind.PICTURE: gettext_lazy("Your proposal is still online, without its picture. It counts as before."),
    Kind.NAME: gettext_lazy("What you wrote is still online, as that of “A participant”."),
}


def what_stays(decision: Decision, subject: Subject | None) -> str:
    """To its author, before what is hidden; or why what was shown again is still not read."""
    if decision.act == Act.REDACT:
        if decision.is_under_hidden:
            return _("The rest of your text comes back with what it stands under, which is hidden.")
        return _("The rest of your text is still online, and counts as before.")
    if decision.act in (Act.KEEP, Act.RESTORE) and decision.is_under_hidden:
        return _(
            "Nobody hides it by itself any more. What it stands under is still hidden: it comes back with it, "
            "and only then."
        )
    answered = {Kind.PROPOSAL: "argument_count", Kind.ARGUMENT: "reply_count"}.get(Kind(decision.kind))
    if decision.act == Act.HIDE and (answered is None or (subject and getattr(subject.row, answered))):
        return str(_HIDDEN_STAYS.get(decision.kind, ""))
    return ""


def in_short(length: timedelta) -> str:
    """20 min, 5 h, 3 jours."""
    if length < timedelta(hours=1):
        return _("%(minutes)s min") % {"minutes": max(1, int(length.total_seconds() // 60))}
    if length < timedelta(hours=48):
        return _("%(hours)s h") % {"hours": int(length.total_seconds() // 3600)}
    return (ngettext("%(days)s day", "%(days)s days", length.days) % {"days": length.days}).replace(" ", NO_BREAK)


# ── In the register ───────────────────────────────────────────────────────────

_TITLES: dict[tuple[str, str], Any] = {
    (Kind.PROPOSAL, Act.KEEP): pgettext_lazy("register", "Proposal kept"),
    (Kind.PROPOSAL, Act.REDACT): pgettext_lazy("register", "Passage of a proposal hidden"),
    (Kind.PROPOSAL, Act.HIDE): pgettext_lazy("register", "Proposal hidden"),
    (Kind.PROPOSAL, Act.RESTORE): pgettext_lazy("register", "Proposal shown again"),
    (Kind.ARGUMENT, Act.KEEP): pgettext_lazy("register", "Argument kept"),
    (Kind.ARGUMENT, Act.REDACT): pgettext_lazy("register", "Passage of an argument hidden"),
    (Kind.ARGUMENT, Act.HIDE): pgettext_lazy("register", "Argument hidden"),
    (Kind.ARGUMENT, Act.RESTORE): pgettext_lazy("register", "Argument shown again"),
    (Kind.REPLY, Act.KEEP): pgettext_lazy("register", "Reply kept"),
    (Kind.REPLY, Act.REDACT): pgettext_lazy("register", "Passage of a reply hidden"),
    (Kind.REPLY, Act.HIDE): pgettext_lazy("register", "Reply hidden"),
    (Kind.REPLY, Act.RESTORE): pgettext_lazy("register", "Reply shown again"),
    (Kind.ANSWER, Act.KEEP): pgettext_lazy("register", "Answer of authors kept"),
    (Kind.ANSWER, Act.REDACT): pgettext_lazy("register", "Passage of an answer of authors hidden"),
    (Kind.ANSWER, Act.HIDE): pgettext_lazy("register", "Answer of authors hidden"),
    (Kind.ANSWER, Act.RESTORE): pgettext_lazy("register", "Answer of authors shown again"),
    (Kind.OFFICIAL, Act.KEEP): pgettext_lazy("register", "Answer of the authority kept"),
    (Kind.OFFICIAL, Act.REDACT): pgettext_lazy("register", "Passage of an answer of the authority hidden"),
    (Kind.OFFICIAL, Act.HIDE): pgettext_lazy("register", "Answer of the authority hidden"),
    (Kind.OFFICIAL, Act.RESTORE): pgettext_lazy("register", "Answer of the authority shown again"),
    (Kind.VERSION, Act.KEEP): pgettext_lazy("register", "New version published"),
    (Kind.VERSION, Act.REDACT): pgettext_lazy("register", "Passage of a new version hidden"),
    (Kind.VERSION, Act.HIDE): pgettext_lazy("register", "New version not published"),
    (Kind.VERSION, Act.RESTORE): pgettext_lazy("register", "New version published after all"),
    (Kind.PICTURE, Act.KEEP): pgettext_lazy("register", "Picture kept"),
    (Kind.PICTURE, Act.REDACT): pgettext_lazy("register", "Description of a picture hidden"),
    (Kind.PICTURE, Act.HIDE): pgettext_lazy("register", "Picture hidden"),
    (Kind.PICTURE, Act.RESTORE): pgettext_lazy("register", "Picture shown again"),
    (Kind.NAME, Act.KEEP): pgettext_lazy("register", "Public name kept"),
    (Kind.NAME, Act.HIDE): pgettext_lazy("register", "Public name hidden"),
    (Kind.NAME, Act.RESTORE): pgettext_lazy("register", "Public name shown again"),
    (Kind.ACCOUNT, Act.WARN): pgettext_lazy("register", "Account warned"),
    (Kind.ACCOUNT, Act.SUSPEND): pgettext_lazy("register", "Account suspended"),
    (Kind.ACCOUNT, Act.RESTORE): pgettext_lazy("register", "Account no longer suspended"),
}


@dataclass(frozen=True)
class Line:
    """A decision in the register."""

    decision: Decision
    title: str
    found_by: str
    waited: str
    outcome: str
    state: str  # how its sign looks


def title_in_register(decision: Decision) -> str:
    """What was done, in a few words. Of one that was read with what it answers."""
    if decision.withdraws_warning:
        return str(pgettext_lazy("register", "Warning withdrawn"))
    title = _TITLES.get((decision.kind, decision.act)) or f"{decision.get_kind_display()}, {decision.get_act_display()}"
    return str(title)


def line_of(decision: Decision) -> Line:
    """Of one that was read with its appeal and what it answers."""
    appeal = getattr(decision, "appeal", None)
    if appeal is not None:
        outcome, state = _OUTCOMES[appeal.state]
    elif decision.answers is not None:
        outcome, state = _ANSWERS[decision.answers.state]
    else:
        outcome, state = "", ""
    waited = in_short(decision.decided_at - decision.opened_at)
    return Line(decision, title_in_register(decision), found_by(decision), waited, str(outcome), state)


_OUTCOMES: dict[str, tuple[Any, str]] = {
    AppealState.WAITING: (gettext_lazy("Contested, somebody else reads it again"), "half"),
    AppealState.UPHELD: (gettext_lazy("Contested, decision upheld"), "on"),
    AppealState.CHANGED: (gettext_lazy("Contested, decision changed"), "good"),
}
_ANSWERS: dict[str, tuple[Any, str]] = {
    AppealState.WAITING: ("", ""),
    AppealState.UPHELD: (gettext_lazy("Decision upheld"), "on"),
    AppealState.CHANGED: (gettext_lazy("Decision changed"), "good"),
}


def found_by(decision: Decision) -> str:
    """What made somebody look; few reports are not counted: whose they are could be guessed."""
    if decision.answers_id:
        return _("Somebody contested")
    found = []
    if decision.report_count >= FEW:
        reports = ngettext("%(count)s report", "%(count)s reports", decision.report_count)
        found.append(reports % {"count": decision.report_count})
    elif decision.report_count:
        found.append(_("Fewer than five reports"))
    if found and decision.was_flagged:
        return _("%(reports)s and the filter, then a person") % {"reports": found[0]}
    if decision.was_flagged:
        return _("The filter, then a person")
    return found[0] if found else _("A person of the team")
