"""A small DNS server on the loopback: it answers what a test says, and nothing else."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdatatype
import dns.rrset

Zone = dict[tuple[str, str], list[str]]


@dataclass
class NameServer:
    """`says` maps (name, type) to values, as in a zone file; a name that is not there does not exist."""

    address: str
    says: Zone = field(default_factory=dict)
    is_silent: bool = False
    asked: list[tuple[str, str]] = field(default_factory=list)

    def answer(self, wire: bytes) -> bytes | None:
        query = dns.message.from_wire(wire)
        question = query.question[0]
        name, kind = question.name.to_text(omit_final_dot=True).lower(), dns.rdatatype.to_text(question.rdtype)
        self.asked.append((name, kind))
        if self.is_silent:
            return None
        response = dns.message.make_response(query)
        response.flags |= dns.flags.RA
        values = self.says.get((name, kind), [])
        if values:
            response.answer.append(dns.rrset.from_text(question.name, 60, "IN", kind, *values))
        elif not any(known == name or known.endswith(f".{name}") for known, _kind in self.says):
            response.set_rcode(dns.rcode.NXDOMAIN)
        return response.to_wire()


@contextmanager
def name_server() -> Iterator[NameServer]:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as listening:
        listening.bind(("127.0.0.1", 0))
        server = NameServer(f"127.0.0.1:{listening.getsockname()[1]}")
        ending = threading.Event()

        def serve() -> None:
            listening.settimeout(0.05)
            while not ending.is_set():
                try:
                    wire, asker = listening.recvfrom(4096)
                except TimeoutError:
                    continue
                said = server.answer(wire)
                if said is not None:
                    listening.sendto(said, asker)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        try:
            yield server
        finally:
            ending.set()
            thread.join()
