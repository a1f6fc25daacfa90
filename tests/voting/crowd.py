"""People who vote over HTTP, as from a phone; and what each was told."""

import http.client
import re
from dataclasses import dataclass
from urllib.parse import urlencode

_TOKEN = "c" * 32  # of forms: the cookie and the header say the same
_RECEIPT = re.compile(r'class="receipt__code">([^<]+)<')


@dataclass(frozen=True)
class Phone:
    """`cookie`: of a session. `vote`: the path of its page."""

    port: int
    host: str
    cookie: str
    vote: str

    def asked(self, path: str, form: dict[str, str] | None = None) -> tuple[int, str, str]:
        """The status, where it leads, and the page. Raises OSError or HTTPException where nobody answers any more."""
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            head = {"Host": self.host, "Cookie": f"{self.cookie}; csrftoken={_TOKEN}", "X-CSRFToken": _TOKEN}
            if form is None:
                line.request("GET", path, headers=head)
            else:
                head["Content-Type"] = "application/x-www-form-urlencoded"
                line.request("POST", path, urlencode(form), head)
            answer = line.getresponse()
            return answer.status, answer.getheader("Location", ""), answer.read().decode()
        finally:
            line.close()

    def chooses(self, *numbers: int) -> bool:
        answers = [self.asked(f"{self.vote}choisir/", {"ajouter": str(number)})[0] for number in numbers]
        return answers == [302] * len(numbers)

    def confirms(self, *numbers: int) -> bool:
        """Whether it is recorded: the page that says so is the answer."""
        status, to, _page = self.asked(f"{self.vote}relire/", {"vu": ",".join(map(str, numbers))})
        return status == 302 and to.endswith("/recu/")

    def receipt(self) -> str:
        status, _to, page = self.asked(f"{self.vote}recu/")
        found = _RECEIPT.search(page)
        assert status == 200, status
        assert found, page[:500]
        return re.sub(r"\s|&nbsp;", "", found[1])
