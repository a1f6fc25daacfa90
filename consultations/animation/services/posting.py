"""Handing one message over to a mail server, in as few exchanges as it takes.

Where it takes several commands at once (RFC 2920), who it is from, who it is for and that it comes are one exchange,
and its text another: two instead of four, each as long as the way to the server. Whatever it answers is raised as
smtplib raises it.
"""

import smtplib
from collections.abc import Callable
from contextlib import suppress
from email.utils import parseaddr
from functools import lru_cache
from typing import Any

_TAKEN = (250, 251)
_ENDED = (smtplib.SMTPServerDisconnected, smtplib.SMTPSenderRefused)


class CannotReopen(Exception):
    """The server had ended the connection before it was given this message, and takes no new one: its cause."""


def hand_over(backend: Any, message: Any, *, before: Callable[[], None], meanwhile: Callable[[], None]) -> None:
    """`backend`: open. Returns once the server has taken it; raises what `answers` reads, and CannotReopen.

    `before` is called before anything of its text leaves, while the server reads whom it is from and for; twice where
    the connection had ended. `meanwhile`: once the server has everything, before its answer is read; not at all where
    it takes one command at a time.
    """
    if not (getattr(message, "written", b"") and _takes_several(backend)):
        before()
        backend.send_messages([message])
        return
    try:
        _announce(backend.connection, message, before)
    except _ENDED as problem:
        # Many servers take so many messages over one connection and then end it: nothing of this one was in flight.
        if isinstance(problem, smtplib.SMTPSenderRefused) and problem.smtp_code != 421:
            raise
        _reopen(backend)
        try:
            _announce(backend.connection, message, before)
        except _ENDED as again:
            raise CannotReopen from again
    link = backend.connection
    link.send(message.written.replace(b"\r\n.", b"\r\n..").removesuffix(b"\r\n") + b"\r\n.\r\n")
    meanwhile()
    answer = link.getreply()
    if answer[0] != 250:
        _begin_anew(link, answer[0])
        raise smtplib.SMTPDataError(*answer)


def _announce(link: smtplib.SMTP, message: Any, before: Callable[[], None]) -> None:
    """Who it is from, who it is for, and that it comes."""
    (email,), sender = message.to, _address(message.from_email)
    size = f" SIZE={len(message.written)}" if link.has_extn("size") else ""
    link.send(f"MAIL FROM:<{sender}>{size}\r\nRCPT TO:<{email}>\r\nDATA\r\n".encode("ascii"))
    before()
    of_sender = link.getreply()
    if of_sender[0] == 421:
        link.close()
        raise smtplib.SMTPSenderRefused(*of_sender, sender)
    of_recipient, of_data = link.getreply(), link.getreply()
    if of_sender[0] not in _TAKEN or of_recipient[0] not in _TAKEN:
        if of_data[0] == 354:  # it waits for a text all the same: an empty one, for nobody
            link.send(b".\r\n")
            link.getreply()
        _begin_anew(link, of_sender[0], of_recipient[0])
        if of_sender[0] not in _TAKEN:
            raise smtplib.SMTPSenderRefused(*of_sender, sender)
        raise smtplib.SMTPRecipientsRefused({email: of_recipient})
    if of_data[0] != 354:
        _begin_anew(link, of_data[0])
        raise smtplib.SMTPDataError(*of_data)


def _reopen(backend: Any) -> None:
    try:
        backend.close()
        backend.open()
        _takes_several(backend)
    except OSError as problem:  # smtplib's own are such, too
        raise CannotReopen from problem


def _takes_several(backend: Any) -> bool:
    link = getattr(backend, "connection", None)
    if not isinstance(link, smtplib.SMTP):
        return False
    with suppress(smtplib.SMTPServerDisconnected):  # found out, and mended, by what comes next
        link.ehlo_or_helo_if_needed()
    return link.has_extn("pipelining")


@lru_cache(maxsize=100)
def _address(sender: str) -> str:
    return parseaddr(sender)[1]


def _begin_anew(link: smtplib.SMTP, *codes: int) -> None:
    """421: it closes by itself."""
    if 421 in codes:
        link.close()
    else:
        with suppress(smtplib.SMTPServerDisconnected):
            link.rset()
