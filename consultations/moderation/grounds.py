"""The grounds of decisions: articles of law and clauses of the charter (framing/resident/charter.html, same numbers).

A decision keeps the words of its ground as they were: changing one here changes no decision.
"""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from consultations.moderation.enums import Act

_TAKES_AWAY = frozenset({Act.HIDE, Act.REDACT, Act.WARN, Act.SUSPEND})
_LEAVES = frozenset({Act.KEEP, Act.RESTORE})


@dataclass(frozen=True)
class Ground:
    """`facts`: what the author will read about their text, unless the moderator writes something better."""

    code: str
    words: Any
    reference: Any
    acts: frozenset[Act]
    facts: Any
    is_law: bool = False
    is_ready: bool = False  # one press away


GROUNDS = {
    ground.code: ground
    for ground in (
        Ground(
            "PERSONAL",
            _("Personal information"),
            _("charter, 4.1"),
            _TAKES_AWAY,
            _("The text gives personal information about somebody: a name, an address, a number."),
            is_ready=True,
        ),
        Ground(
            "ATTACK",
            _("Attack on a person or a group"),
            _("charter, 4.2"),
            _TAKES_AWAY,
            _("The text attacks a person or a group instead of speaking of an idea."),
            is_ready=True,
        ),
        Ground(
            "ADVERTISING",
            _("Advertising or electoral propaganda"),
            _("charter, 4.3"),
            _TAKES_AWAY,
            _("The text advertises something, or campaigns for an election."),
            is_ready=True,
        ),
        Ground(
            "OFF_TOPIC",
            _("Without connection with the challenge, or published several times"),
            _("charter, 4.4"),
            frozenset({Act.HIDE, Act.WARN, Act.SUSPEND}),
            _("The text has no connection with the challenge, or was published several times."),
            is_ready=True,
        ),
        Ground(
            "ACCOUNTS",
            _("Several accounts to weigh more"),
            _("charter, 4.5"),
            frozenset({Act.HIDE, Act.WARN, Act.SUSPEND}),
            _("The same person takes part with several accounts."),
        ),
        Ground(
            "IMPERSONATION",
            _("Name of somebody else"),
            _("charter, 2"),
            frozenset({Act.HIDE, Act.WARN, Act.SUSPEND}),
            _("The name could be taken for that of somebody else."),
        ),
        Ground(
            "ABUSE",
            _("Insult"),
            _("law of 29 July 1881, article 33"),
            _TAKES_AWAY,
            _("The text insults somebody."),
            is_law=True,
        ),
        Ground(
            "DEFAMATION",
            _("Defamation"),
            _("law of 29 July 1881, articles 29 and 32"),
            _TAKES_AWAY,
            _("The text says of somebody a fact that harms their honour."),
            is_law=True,
        ),
        Ground(
            "HATE",
            _("Incitement to hatred, discrimination or violence"),
            _("law of 29 July 1881, article 24"),
            _TAKES_AWAY,
            _("The text incites to hatred, discrimination or violence against people."),
            is_law=True,
        ),
        Ground(
            "PRIVACY",
            _("Invasion of privacy"),
            _("civil code, article 9"),
            _TAKES_AWAY,
            _("The text tells of somebody’s private life without their consent."),
            is_law=True,
        ),
        Ground(
            "THREAT",
            _("Threat or harassment"),
            _("penal code, articles 222-17 and 222-33-2-2"),
            _TAKES_AWAY,
            _("The text threatens or harasses somebody."),
            is_law=True,
        ),
        Ground(
            "TERRORISM",
            _("Praise of terrorism"),
            _("penal code, article 421-2-5"),
            _TAKES_AWAY,
            _("The text praises terrorism or incites to it."),
            is_law=True,
        ),
        Ground(
            "CHILDREN",
            _("Offence against children"),
            _("penal code, article 227-23"),
            _TAKES_AWAY,
            _("The text or the picture harms children."),
            is_law=True,
        ),
        Ground(
            "COPYRIGHT",
            _("Infringement of copyright"),
            _("intellectual property code, article L. 335-2"),
            _TAKES_AWAY,
            _("The text or the picture copies a work without the right to."),
            is_law=True,
        ),
        Ground(
            "CRITICISM",
            _("Criticism of an idea, allowed"),
            _("charter, 2"),
            _LEAVES,
            _("The text criticises an idea or a decision: that is what a consultation is for."),
            is_ready=True,
        ),
        Ground(
            "PUBLIC_ALREADY",
            _("Information that is public already"),
            _("charter, 4.1"),
            _LEAVES,
            _("The information was public already, in the capacity in which the person is named."),
            is_ready=True,
        ),
        Ground(
            "NOTHING_AGAINST",
            _("Nothing against the charter or the law"),
            _("charter, 3 and 4"),
            _LEAVES,
            _("The text has nothing that the charter or the law forbids."),
            is_ready=True,
        ),
    )
}


_OF_ACCOUNT: dict[str, Any] = {
    "PERSONAL": _("This account has published personal information about somebody."),
    "ATTACK": _("This account has published attacks on a person or a group."),
    "ADVERTISING": _("This account has published advertising or electoral propaganda."),
    "OFF_TOPIC": _(
        "This account has published texts without connection with the challenge, or the same ones several times."
    ),
}


def facts_of(ground: Ground, *, of_account: bool) -> str:
    """What the person reads where the moderator has written nothing."""
    return str(_OF_ACCOUNT.get(ground.code, ground.facts) if of_account else ground.facts)


def grounds_for(act: Act) -> list[Ground]:
    """Those that one may rest on, the ready ones first."""
    return sorted((each for each in GROUNDS.values() if act in each.acts), key=lambda each: not each.is_ready)
