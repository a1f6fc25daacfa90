"""What a mail server's answer means: for one person, for the campaign, or for the address."""

import smtplib
from dataclasses import dataclass
from enum import Enum, auto


class Means(Enum):
    SENT = auto()
    LATER = auto()  # this one; tried again by itself
    REFUSED = auto()  # this one, for good
    BAD_ADDRESS = auto()  # for good, and whatever is sent there: the mailbox does not exist
    WAIT = auto()  # everybody: the server asks to slow down
    AWAY = auto()  # everybody: it does not answer, or takes nothing from us
    BROKEN = auto()  # the connection ended with the message in flight: perhaps it has left


@dataclass(frozen=True)
class Answer:
    means: Means
    code: int | None = None


SENT = Answer(Means.SENT)
# Too many connections, too many messages, not now.
_SLOW_DOWN = frozenset({421, 454})
# RFC 3463: that mailbox, that domain. Without such a code, or with 5.7.1, it may be about us: no address is given up.
NO_MAILBOX = frozenset({"5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1"})


def answer_to(problem: Exception) -> Answer:
    """Of what was raised while one message was sent over an open connection."""
    if isinstance(problem, smtplib.SMTPRecipientsRefused):
        code, text = next(iter(problem.recipients.values()), (550, b""))
        return _of_code(code, text, of_address=True)
    if isinstance(problem, smtplib.SMTPSenderRefused):
        wait = problem.smtp_code < 500
        return Answer(Means.WAIT if wait else Means.AWAY, problem.smtp_code)
    if isinstance(problem, smtplib.SMTPServerDisconnected):
        return Answer(Means.BROKEN)
    if isinstance(problem, smtplib.SMTPResponseException):
        return _of_code(problem.smtp_code, problem.smtp_error, of_address=False)
    if isinstance(problem, ValueError):  # UnicodeError too: an address that no mail server takes
        return Answer(Means.REFUSED)
    return Answer(Means.BROKEN)


def answer_to_opening(problem: BaseException | None) -> Answer:
    """Of what was raised while the connection was made: nothing was in flight."""
    code = problem.smtp_code if isinstance(problem, smtplib.SMTPResponseException) else None
    return Answer(Means.WAIT if code is not None and code < 500 else Means.AWAY, code)


def _of_code(code: int, text: object, *, of_address: bool) -> Answer:
    words = text.decode(errors="replace") if isinstance(text, bytes) else str(text)
    enhanced = words.split(" ", 1)[0]
    if code < 500:
        return Answer(Means.WAIT if code in _SLOW_DOWN or enhanced.startswith("4.7.") else Means.LATER, code)
    return Answer(Means.BAD_ADDRESS if of_address and enhanced in NO_MAILBOX else Means.REFUSED, code)
