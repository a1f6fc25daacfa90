"""Handing one message over: in two exchanges where the server takes several commands at once, and what it answers."""

import smtplib
from types import SimpleNamespace
from typing import Any

import pytest

from consultations.animation.services.answers import Means, answer_to_opening
from consultations.animation.services.posting import CannotReopen, hand_over

OK, GO_ON = (250, b"ok"), (354, b"go on")
NO_SENDER, NO_MAILBOX = (550, b"5.7.1 not you"), (550, b"5.1.1 nobody")
LATER, CLOSING = (451, b"4.7.1 later"), (421, b"4.7.0 closing")
TEXT = b"Subject: x\r\n\r\n.une ligne\r\n..deux\r\n"


class Link(smtplib.SMTP):
    """A server that answers in turn what a test says."""

    def __init__(self, *answers: tuple[int, bytes], extensions: str = "pipelining") -> None:
        super().__init__()
        self.answers, self.extensions, self.was_sent = list(answers), extensions.split(), [b""]
        self.began_anew = self.was_closed = 0

    def send(self, given: Any) -> None:
        self.was_sent.append(given)

    def getreply(self) -> tuple[int, bytes]:
        if not self.answers:
            raise smtplib.SMTPServerDisconnected
        return self.answers.pop(0)

    def has_extn(self, name: str) -> bool:
        return name in self.extensions

    def ehlo_or_helo_if_needed(self) -> None: ...

    def rset(self) -> tuple[int, bytes]:
        self.began_anew += 1
        return OK

    def close(self) -> None:
        self.was_closed += 1


class Backend:
    """`others`: what it opens once its first connection is closed."""

    def __init__(self, link: Link | None, *others: Link) -> None:
        self.connection, self.others, self.sent = link, list(others), []  # type: ignore[var-annotated]

    def close(self) -> None:
        self.connection = None

    def open(self) -> None:
        if not self.others:
            raise ConnectionRefusedError
        self.connection = self.others.pop(0)

    def send_messages(self, messages: list[Any]) -> None:
        self.sent += messages


def given(*, written: bytes = TEXT) -> Any:
    return SimpleNamespace(from_email="Saran <nous@exemple.fr>", to=["elle@exemple.fr"], written=written)


def handed(link: Link) -> list[str]:
    done: list[str] = []

    def before() -> None:
        assert not any(b"Subject" in each for each in link.was_sent)
        done.append("before")

    hand_over(Backend(link), given(), before=before, meanwhile=lambda: done.append("meanwhile"))
    return done


def nothing() -> None: ...


def test_two_exchanges_and_lines_that_begin_with_a_dot_arrive_as_they_are() -> None:
    link = Link(OK, OK, GO_ON, OK, extensions="pipelining size")
    assert handed(link) == ["before", "meanwhile"]
    assert link.was_sent[1:] == [
        b"MAIL FROM:<nous@exemple.fr> SIZE=%d\r\nRCPT TO:<elle@exemple.fr>\r\nDATA\r\n" % len(TEXT),
        b"Subject: x\r\n\r\n..une ligne\r\n...deux\r\n.\r\n",
    ]


@pytest.mark.parametrize(
    ("answers", "raised", "code", "after"),
    [
        ((NO_SENDER, LATER, LATER), smtplib.SMTPSenderRefused, 550, (1, 0)),
        ((OK, LATER, (503, b"no")), smtplib.SMTPRecipientsRefused, 451, (1, 0)),
        ((OK, CLOSING, CLOSING), smtplib.SMTPRecipientsRefused, 421, (0, 1)),
        ((OK, OK, LATER), smtplib.SMTPDataError, 451, (1, 0)),
        ((OK, OK, GO_ON, NO_SENDER), smtplib.SMTPDataError, 550, (1, 0)),
        ((OK, OK, GO_ON, CLOSING), smtplib.SMTPDataError, 421, (0, 1)),
        ((OK, OK, GO_ON), smtplib.SMTPServerDisconnected, None, (0, 0)),
    ],
)
def test_what_it_answers_is_raised_as_smtplib_raises_it(
    answers: Any, raised: type[Exception], code: int | None, after: tuple[int, int]
) -> None:
    link = Link(*answers)
    with pytest.raises(raised) as problem:
        handed(link)
    found = problem.value
    if isinstance(found, smtplib.SMTPRecipientsRefused):
        assert found.recipients["elle@exemple.fr"][0] == code
    else:
        assert getattr(found, "smtp_code", None) == code
    assert (link.began_anew, link.was_closed) == after


def test_a_server_that_waits_for_a_text_for_nobody_is_given_an_empty_one() -> None:
    link = Link(OK, NO_MAILBOX, GO_ON, (554, b"nobody"))
    with pytest.raises(smtplib.SMTPRecipientsRefused):
        handed(link)
    assert link.was_sent[-1] == b".\r\n"


def test_others_are_given_it_as_ever() -> None:
    for link, message in ((None, given()), (Link(extensions=""), given()), (Link(), given(written=b""))):
        backend = Backend(link)
        done: list[str] = []

        def before() -> None:
            assert backend.sent == []  # noqa: B023 (called in this very turn)
            done.append("before")  # noqa: B023

        hand_over(backend, message, before=before, meanwhile=lambda: pytest.fail("not known when it has everything"))
        assert (backend.sent, done) == ([message], ["before"])


def test_a_server_that_ends_the_connection_between_two_messages_is_given_the_next_over_another() -> None:
    for ended in (Link(), Link(CLOSING)):
        other = Link(OK, OK, GO_ON, OK)
        hand_over(Backend(ended, other), given(), before=nothing, meanwhile=nothing)
        assert other.was_sent[-1].endswith(b"\r\n.\r\n")
    for others in ((), (Link(),), (Link(CLOSING),)):
        with pytest.raises(CannotReopen) as problem:
            hand_over(Backend(Link(), *others), given(), before=nothing, meanwhile=nothing)
        assert answer_to_opening(problem.value.__cause__).means in (Means.AWAY, Means.WAIT)
