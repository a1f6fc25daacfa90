"""Pages while eight visitors without an account send the heaviest pictures, against the same server left alone."""

import http.client
import http.cookiejar
import re
import secrets
import sys
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from io import BytesIO, StringIO

from django.conf import settings
from django.core.management import call_command
from PIL import Image

from tenants.models import Municipality
from tests.bench.load import listens
from tests.processes import eventually, free_port, process

SENDERS, SECONDS = 8, 15
PATH = "/propositions/"
# A few kB each: the first is refused by its size, the second is as much as is taken.
SIZES = {"25 million pixels": (4_990, 4_990), "12.5 million pixels": (3_500, 3_570)}


def run() -> None:
    call_command("collectstatic", interactive=False, verbosity=0)
    call_command("prepare", stderr=StringIO())
    call_command("load_demo", stdout=StringIO(), stderr=StringIO())
    host = Municipality.objects.get(slug=settings.DEMO_SLUG).host
    port = free_port()
    command = (sys.executable, "-m", "gunicorn", "-c", "python:config.web", "-b", f"127.0.0.1:{port}")
    with process(*command, "--log-level", "critical", DJANGO_SETTINGS_MODULE="config.settings.base"):
        assert eventually(lambda: listens(port)), "the server did not start"
        print(f"  {'left alone':<20} {_asked(port, host)}")
        for name, size in SIZES.items():
            kept = BytesIO()
            Image.new("RGBA", size, (9, 9, 9, 99)).save(kept, "WEBP", lossless=True)
            over, answered = threading.Event(), []
            senders = [
                threading.Thread(target=_send, args=(port, host, kept.getvalue(), over, answered))
                for _each in range(SENDERS)
            ]
            for sender in senders:
                sender.start()
            assert eventually(lambda found=answered: len(found) > 0)
            print(f"  {name:<20} {_asked(port, host)}; {len(kept.getvalue()) / 1000:.0f} kB each", end="", flush=True)
            over.set()
            for sender in senders:
                sender.join()
            print(f", {len(answered)} answered, the slowest after {max(answered):.1f} s")


def _asked(port: int, host: str) -> str:
    """One visitor, ten times a second."""
    took = []
    until = time.monotonic() + SECONDS
    while time.monotonic() < until:
        begun = time.monotonic()
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        connection.request("GET", PATH, headers={"Host": host})
        assert connection.getresponse().status == 200
        connection.close()
        took.append(time.monotonic() - begun)
        time.sleep(0.1)
    return f"a page in {1000 * sorted(took)[len(took) // 2]:.0f} ms, the slowest in {1000 * max(took):.0f} ms"


def _send(port: int, host: str, picture: bytes, over: threading.Event, answered: list[float]) -> None:
    jar = http.cookiejar.CookieJar(http.cookiejar.DefaultCookiePolicy(allowed_domains=None))
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), urllib.request.HTTPCookieProcessor(jar))
    root = f"http://127.0.0.1:{port}"

    def ask(path: str, data: bytes | None = None, kind: str = "application/x-www-form-urlencoded") -> tuple[str, str]:
        request = urllib.request.Request(root + path, data, {"Host": host, "Content-Type": kind})
        with opener.open(request, timeout=120) as response:
            return urllib.parse.urlsplit(response.url).path, response.read().decode()

    def token(page: str) -> str:
        found = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
        assert found
        return found[1]

    _path, challenges = ask("/")
    challenge = re.findall(r'href="(/defis/[a-z0-9-]+/)"', challenges)[0]
    path, page = ask(f"{challenge}proposer/")
    texts = {"solution": "solution", "problem": "probleme", "benefit": "benefice", "title": "titre"}
    for _step in range(6):
        name = next((name for name in texts if f'name="{name}"' in page and f'id="id_{name}"' in page), None)
        if name is None:
            break
        text = "Ouvrir les cours des écoles le soir et y planter des arbres. " * (1 if name == "title" else 4)
        form = {"csrfmiddlewaretoken": token(page), name: text[:70] if name == "title" else text}
        path, page = ask(path, urllib.parse.urlencode(form).encode())
    boundary = secrets.token_hex(8)
    for _time in range(12):  # fewer than PICTURES allows a network
        if over.is_set():
            return
        parts = {"csrfmiddlewaretoken": token(page), "details": "1", "picture_alt": "Une cour d’école"}
        body = "".join(
            f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
            for name, value in parts.items()
        ).encode()
        body += f'--{boundary}\r\nContent-Disposition: form-data; name="picture"; filename="a.webp"\r\n\r\n'.encode()
        body += picture + f"\r\n--{boundary}--\r\n".encode()
        begun = time.monotonic()
        try:
            ask(path, body, f"multipart/form-data; boundary={boundary}")
        except urllib.error.HTTPError as refusal:
            if refusal.code != 422:  # in a sentence
                raise
        answered.append(time.monotonic() - begun)
