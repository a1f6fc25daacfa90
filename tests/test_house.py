"""Rules of the house that no other tool checks."""

import ast
import os
import re
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.core.checks import run_checks
from django.core.exceptions import ImproperlyConfigured
from django.template import Context, Template
from django.template.loader import get_template
from django.test import Client
from django.utils.formats import date_format

from config.keys import refuse_weak_key
from deploy.local.catalogue import template_problems
from tenants.checks import session_survives_between_statements
from tenants.models import Municipality
from tests.processes import environment

ROOT = Path(__file__).resolve().parents[1]
STRONG = "K7pQx-2mVw9_Lr4TzB8nHs6JdFy3GcXa5UeRk1WbNq0PtMiDoZvAhS_lYjEgCfI"
SECRETS = {
    "SECRET_KEY": STRONG,
    "PUBLIC_BASE_URL": "https://territoires.example",
    "DATABASE_URL": "postgresql://a@b/c",
    "REDIS_URL": "redis://b",
}


def test_platform_is_no_package() -> None:
    """It would shadow Python's own platform module."""
    assert not (ROOT / "platform" / "__init__.py").exists()
    import platform

    assert platform.python_version()


@pytest.mark.parametrize("missing", SECRETS)
def test_production_refuses_to_start_without(missing: str) -> None:
    environment = {name: value for name, value in SECRETS.items() if name != missing}
    done = subprocess.run(
        [sys.executable, "-c", "import config.settings.base"],
        env={"PATH": os.environ["PATH"], "PYTHONPATH": f"{ROOT}:{ROOT / 'platform'}", **environment},
        capture_output=True,
        text=True,
    )
    assert done.returncode != 0
    assert missing in done.stderr


@pytest.mark.parametrize(
    ("key", "why"),
    [
        (STRONG[:49], "49 signs"),
        ("x" * 60, "few signs"),
        ("abc123" * 12, "few signs"),
        ("django-insecure-" + STRONG, "words"),
        ("only-for-development" + STRONG, "words"),
        ("Change-Me-" + STRONG, "words"),
    ],
)
def test_a_weak_key_is_refused_with_the_way_to_make_one(key: str, why: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=f"{why}.*token_urlsafe"):
        refuse_weak_key(key)
    refuse_weak_key(STRONG)


def test_production_refuses_to_start_with_a_weak_key() -> None:
    done = subprocess.run(
        [sys.executable, "-c", "import config.settings.base"],
        env={
            "PATH": os.environ["PATH"],
            "PYTHONPATH": f"{ROOT}:{ROOT / 'platform'}",
            **SECRETS,
            "SECRET_KEY": "x" * 60,
        },
        capture_output=True,
        text=True,
    )
    assert done.returncode != 0
    assert "SECRET_KEY is weak" in done.stderr


def test_production_starts_with_all_of_them_and_is_safe() -> None:
    script = "from config.settings import base as s; print(s.DEBUG, s.SESSION_COOKIE_SECURE, s.SECURE_HSTS_SECONDS > 0)"
    done = subprocess.run(
        [sys.executable, "-c", script],
        env={"PATH": os.environ["PATH"], "PYTHONPATH": f"{ROOT}:{ROOT / 'platform'}", **SECRETS},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split() == ["False", "True", "True"]


def test_system_checks_find_nothing(db: None) -> None:
    assert [found for found in run_checks() if not found.is_silenced()] == []


def test_a_direct_connection_keeps_its_session(real_db: str) -> None:
    assert session_survives_between_statements(databases=["default"]) == []


def test_pages_ask_nothing_of_third_parties_and_have_no_inline_code(
    visit: Callable[..., Client], saran: Municipality
) -> None:
    for client, path in (
        (visit(saran), "/"),
        (visit(saran), "/propositions/"),
        (visit(None), "/"),
        (visit(None), "/inscription/"),
    ):
        response = client.get(path)
        policy = response.headers["Content-Security-Policy"]
        assert "default-src 'self'" in policy
        assert "unsafe" not in policy
        page = response.content.decode()
        assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son[a-z]+=\"", page)
        assert not re.search(
            r"""(?:src|href)=["'](?:https?:)?//(?!territoires\.localhost)[^"']*\.(?:js|css|woff2?|png|svg)""", page
        )


def test_every_template_loads_the_tags_that_it_uses() -> None:
    for kind in ("html", "txt"):
        for file in ROOT.glob(f"[!.]*/**/templates/**/*.{kind}"):
            get_template(str(file).rpartition("/templates/")[2])


def test_templates_are_read_at_a_glance() -> None:
    """Of 150 lines at most, and each line narrower than 240 signs; texts of mails too (`{% one_line %}`)."""
    found = {
        path: path.read_text().splitlines()
        for kind in ("html", "txt")
        for path in ROOT.glob(f"**/templates/**/*.{kind}")
        if ".venv" not in path.parts
    }
    assert len(found) > 200
    assert [path.name for path, lines in found.items() if len(lines) > 150] == []
    assert [
        (path.name, number) for path, lines in found.items() for number, line in enumerate(lines, 1) if len(line) >= 240
    ] == []


def test_hours_are_written_in_one_way() -> None:
    """By `|time`, in the words of common.formats: 8 h 45."""
    assert date_format(datetime(2026, 3, 5, 8, 5, tzinfo=UTC), "TIME_FORMAT") == "8\u00a0h\u00a005"
    assert (
        date_format(datetime(2026, 3, 5, 18, 45, tzinfo=UTC), "SHORT_DATETIME_FORMAT")
        == "05/03/2026, 18\u00a0h\u00a045"
    )
    whole = Template("{{ hour|time }} {{ hour|date:'SHORT_DATETIME_FORMAT' }}").render(
        Context({"hour": datetime(2026, 3, 5, 17, 0, tzinfo=UTC)})
    )
    assert whole == "18 h 05/03/2026, 18 h"
    patterns = re.compile(r"""\|(?:date|time):["'](?=[^"']*[GHPfgh])(?![A-Z_]+["'])""")
    texts = [file for kind in ("html", "txt") for file in ROOT.glob(f"[!.]*/**/templates/**/*.{kind}")]
    assert [str(file) for file in texts if patterns.search(file.read_text())] == []


def files_of(*endings: str) -> list[Path]:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True)
    if listed.returncode:
        pytest.skip("not a git checkout")
    return [path for name in listed.stdout.split() if (path := ROOT / name).suffix in endings and path.exists()]


def test_no_file_and_no_function_is_long() -> None:
    """Tests may be half as long again; a test that tells a story, as long as the story."""
    long = []
    for file in files_of(".py"):
        inside, text = file.relative_to(ROOT), file.read_text()
        if "migrations" in inside.parts:
            continue
        is_test, lines = inside.parts[0] == "tests", text.count("\n")
        if lines > (600 if is_test else 400):
            long.append(f"{inside}: {lines} lines")
        for node in [] if is_test else ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef) and (length := node.end_lineno - node.lineno + 1) > 50:
                long.append(f"{inside}: {node.name} has {length} lines")
    assert long == []


def test_nothing_of_a_machine_or_a_registry_is_written_down() -> None:
    texts = files_of(".py", ".txt", ".md", ".toml", ".yaml", ".in")
    texts.remove(Path(__file__).resolve())  # it names what it looks for
    found = [
        str(file) for file in texts if re.search(r"--index-url|--extra-index|https?://[^\s]*pypi", file.read_text())
    ]
    assert found == []


def test_french_prose_in_a_template_is_set_as_the_catalogue_is() -> None:
    wrong = "<p>La raison : {{ reason }}</p>", "{{ day }} : {{ reason }}", "<b>Qui</b> ?", "« {{ title }} »"
    right = (
        "<p>La raison\u00a0: {{ reason }}</p>",
        "{{ day }}\u00a0: x",
        "{% blocktranslate %}It is: {{ x }}?{% endblocktranslate %}",
    )
    assert [bool(list(template_problems(each))) for each in wrong] == [True] * 4
    assert [list(template_problems(each)) for each in right] == [[]] * 3


def test_no_space_after_hidden_words_at_the_end_of_a_button() -> None:
    """In a flex container it becomes an item of its own, with a gap before it: the words are no longer in the middle."""
    end = re.compile(r'<span class="visually-hidden">(?:(?!</span>).)*</span>\s+</(?:a|button)>', re.S)
    assert [str(file.relative_to(ROOT)) for file in files_of(".html") if end.search(file.read_text())] == []


def test_every_receiver_is_connected_when_the_project_starts() -> None:
    """One module that no `ready` imports, and what it does when others act is never done."""
    written = {
        str(file.with_suffix("").relative_to(ROOT)).removeprefix("platform/").replace("/", ".")
        for file in ROOT.glob("*/**/receivers.py")
        if ".venv" not in file.parts
    }
    assert len(written) > 5
    code = "import sys, django; django.setup(); print(*(name for name in sys.argv[1:] if name not in sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", code, *sorted(written)],
        env=environment(),
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    assert done.stdout.strip() == ""


def test_nothing_is_left_of_a_merge() -> None:
    mark = re.compile(r"^(?:<{7} |>{7} |={7}$)", re.M)
    texts = files_of(".py", ".html", ".txt", ".po", ".css", ".js", ".md", ".toml", ".typ", ".yaml")
    assert [str(file.relative_to(ROOT)) for file in texts if mark.search(file.read_text())] == []
