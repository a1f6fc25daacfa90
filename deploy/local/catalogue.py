"""The French catalogues, one per app, and those of other languages: extract, check, compile.

    python -m deploy.local.catalogue --extract   bring them up to date with the code (needs gettext)
    python -m deploy.local.catalogue --check     complete, unambiguous, in proper typography
    python -m deploy.local.catalogue --compile   make the .mo files that Django reads

Django reads all catalogues as one, so a message that several apps use is kept in one of them only.
"""

import argparse
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import polib

ROOT = Path(__file__).resolve().parents[2]
# The order in which a message that several apps use finds its catalogue.
APP_PATTERNS = ("platform/common/apps.py", "platform/*/apps.py", "*/apps.py", "consultations/*/apps.py")
CATALOGUE = Path("locale/fr/LC_MESSAGES/django.po")
# What is said in another language, in one catalogue for all apps: what it lacks is said as the code has it, in English,
# or, in a language that is not English, in French. So the English one has only what reads better otherwise.
OTHERS = "platform/common/locale/*/LC_MESSAGES/django.po"
EXTENSIONS = ("html", "txt", "py")
# Nothing that changes by itself: dates and tools would make every extraction a difference.
HEADER = {
    "MIME-Version": "1.0",
    "Content-Type": "text/plain; charset=UTF-8",
    "Content-Transfer-Encoding": "8bit",
    "Language": "fr",
    "Plural-Forms": "nplurals=2; plural=(n > 1);",
}

# A message's context, singular and plural.
Key = tuple[str | None, str, str]

PLACEHOLDER = re.compile(r"%\(\w+\)[sdf]|%[sdf]|\{\w*\}")
# What is no prose in a message: its placeholders, tags, entities and addresses.
NO_PROSE = re.compile(r"%\(\w+\)[sdf]|%[sdf]|\{\w*\}|<[^>]*>|&#?\w+;|https?://\S+")
# The same in a template, whose French prose stands in no catalogue: what it fills in stays, as a word.
NO_TEMPLATE_PROSE = re.compile(r"\{%.*?%\}|\{#.*?#\}|<(script|style)\b.*?</\1>|<[^>]*>", re.DOTALL)
FILLED_IN = re.compile(r"\{\{.*?\}\}")
TYPOGRAPHY = (
    (re.compile(r"[ \t\n][;:!?»]"), "an ordinary space before ; : ! ? » (U+00A0 or U+202F is meant)"),
    (re.compile(r"«[ \t\n]"), "an ordinary space after « (U+00A0 or U+202F is meant)"),
    (
        re.compile(r"\w[!?»]|\w[;:](?=\s|$)|«\w"),
        "no space before ; : ! ? » or after « (U+00A0 or U+202F is meant)",
    ),
    (re.compile(r"[^\W\d_]'"), "a straight apostrophe (’ is meant)"),
    (re.compile(r"\b[LRD]\. \d"), "an ordinary space before the number of an article (U+00A0 is meant)"),
)


def main() -> int:
    parser = argparse.ArgumentParser(prog="catalogue", description="The French catalogues.")
    action = parser.add_mutually_exclusive_group(required=True)
    action.add_argument("--extract", action="store_true")
    action.add_argument("--check", action="store_true")
    action.add_argument("--compile", action="store_true")
    asked = parser.parse_args()
    if asked.extract:
        return extract_all()
    if asked.check:
        return check_all()
    compile_all()
    return 0


def app_folders() -> list[Path]:
    return list(dict.fromkeys(path.parent for pattern in APP_PATTERNS for path in sorted(ROOT.glob(pattern))))


def catalogues() -> list[Path]:
    return [folder / CATALOGUE for folder in app_folders() if (folder / CATALOGUE).exists()]


def other_catalogues() -> list[Path]:
    return [path for path in sorted(ROOT.glob(OTHERS)) if path not in catalogues()]


# Compile


def compile_all() -> None:
    """Make each .mo that is missing or older than its .po. Safe to call from several processes."""
    for path in [*catalogues(), *other_catalogues()]:
        compiled = path.with_suffix(".mo")
        if compiled.exists() and compiled.stat().st_mtime >= path.stat().st_mtime:
            continue
        unfinished = compiled.with_name(f"{compiled.name}.{os.getpid()}")
        polib.pofile(str(path)).save_as_mofile(str(unfinished))
        unfinished.replace(compiled)


# Extract


def extract_all() -> int:
    if not _gettext_is_here():
        print("Extracting needs gettext's programs (Debian: apt install gettext).", file=sys.stderr)
        return 1
    for folder in app_folders():
        _make_messages(folder)
    files = {path: polib.pofile(str(path), wrapwidth=100) for path in catalogues()}
    _keep_once(list(files.values()))
    for path, catalogue in files.items():
        _normalise(catalogue)
        if len(catalogue):
            catalogue.save()
            print(f"{path.relative_to(ROOT)}: {len(catalogue)} messages, {_missing(catalogue)} to translate")
        else:
            path.unlink()
    return 0


def _keep_once(files: list[polib.POFile]) -> None:
    """Leave each message in the first catalogue that has it, with the translation that any of them has."""
    kept: dict[Key, polib.POEntry] = {}
    for catalogue in files:
        for entry in list(catalogue):
            first = kept.setdefault(_key(entry), entry)
            if first is entry:
                continue
            if entry.translated() and not first.translated():
                first.msgstr, first.msgstr_plural, first.flags = (
                    entry.msgstr,
                    entry.msgstr_plural,
                    entry.flags,
                )
            catalogue.remove(entry)


def _normalise(catalogue: polib.POFile) -> None:
    catalogue.header, catalogue.metadata, catalogue.metadata_is_fuzzy = "", HEADER, False
    for entry in catalogue:
        entry.previous_msgid = entry.previous_msgid_plural = entry.previous_msgctxt = None


def _gettext_is_here() -> bool:
    return all(shutil.which(program) for program in ("xgettext", "msguniq", "msgmerge", "msgattrib"))


def _missing(catalogue: polib.POFile) -> int:
    return sum(not entry.translated() for entry in catalogue)


def _make_messages(folder: Path) -> None:
    """Django's makemessages on one folder, without its guesses at what a new message might mean."""
    from django.conf import settings
    from django.core.management import call_command
    from django.core.management.commands.makemessages import Command

    class MakeMessages(Command):
        msgmerge_options = [*Command.msgmerge_options, "--no-fuzzy-matching"]

    if not settings.configured:
        os.environ.pop("DJANGO_SETTINGS_MODULE", None)
        settings.configure()
    (folder / CATALOGUE).parent.mkdir(parents=True, exist_ok=True)
    before = Path.cwd()
    os.chdir(folder)
    try:
        call_command(
            MakeMessages(),
            locale=["fr"],
            extensions=EXTENSIONS,
            add_location="file",
            no_obsolete=True,
            no_wrap=True,
            verbosity=0,
        )
    finally:
        os.chdir(before)


# Check


def check_all() -> int:
    problems = []
    known: set[Key] = set()
    for path in catalogues():
        catalogue = polib.pofile(str(path))
        known |= {_key(entry) for entry in catalogue}
        for entry in catalogue:
            problems += [f"{path.relative_to(ROOT)}: {entry.msgid!r}: {what}" for what in _problems(entry)]
    for path in other_catalogues():
        for entry in polib.pofile(str(path)):
            found = _other_problems(entry, known)
            problems += [f"{path.relative_to(ROOT)}: {entry.msgid!r}: {what}" for what in found]
    for folder in app_folders():
        for path in sorted(folder.glob("templates/**/*.*")):
            problems += [f"{path.relative_to(ROOT)}: {what}" for what in template_problems(path.read_text())]
    if _gettext_is_here():
        for entry in _messages_in_the_code():
            if _key(entry) not in known:
                places = ", ".join(sorted({place for place, _ in entry.occurrences}))
                problems.append(f"{places}: {entry.msgid!r}: in no catalogue")
    else:
        print("gettext's programs are not here: only the catalogues themselves are checked.", file=sys.stderr)
    for problem in problems:
        print(problem)
    if problems:
        print(f"{len(problems)} problems. `make messages` adds what is missing, to be translated.")
    return 1 if problems else 0


def _key(entry: polib.POEntry) -> Key:
    return entry.msgctxt, entry.msgid, entry.msgid_plural


def _messages_in_the_code() -> list[polib.POEntry]:
    """Every message of every app, extracted from a copy so that the catalogues stay as they are."""
    with tempfile.TemporaryDirectory() as name:
        copy = Path(name)
        for folder in app_folders():
            for path in folder.rglob("*"):
                if path.suffix.removeprefix(".") in EXTENSIONS and "locale" not in path.parts:
                    target = copy / path.relative_to(ROOT)
                    target.parent.mkdir(parents=True, exist_ok=True)
                    shutil.copyfile(path, target)
        _make_messages(copy)
        extracted = copy / CATALOGUE
        return list(polib.pofile(str(extracted))) if extracted.exists() else []


def _problems(entry: polib.POEntry) -> Iterator[str]:
    if entry.obsolete:
        yield "is no longer used"
        return
    if entry.fuzzy:
        yield "is fuzzy"
    if not entry.translated() and not entry.fuzzy:
        yield "is not translated"
        return
    texts = [entry.msgstr_plural[form] for form in sorted(entry.msgstr_plural)] or [entry.msgstr]
    for text in texts:
        prose = NO_PROSE.sub("", text)
        for pattern, what in TYPOGRAPHY:
            if pattern.search(prose):
                yield f"{what}: {text!r}"
    yield from _placeholder_problems(entry, texts)


def _other_problems(entry: polib.POEntry, known: set[Key]) -> Iterator[str]:
    if _key(entry) not in known:
        yield "no app says it any more"
    if not entry.translated():
        yield "is not translated"
    yield from _placeholder_problems(entry, [*entry.msgstr_plural.values()] or [entry.msgstr])


def template_problems(text: str) -> Iterator[str]:
    """Ordinary spaces where French has others; English, which has none there, is not touched."""
    prose = NO_TEMPLATE_PROSE.sub("\0", FILLED_IN.sub("x", text))
    for pattern, what in TYPOGRAPHY[:2]:
        for found in pattern.finditer(prose):
            yield f"{what}: {prose[max(found.start() - 40, 0) : found.end() + 10]!r}"


def _placeholder_problems(entry: polib.POEntry, texts: list[str]) -> Iterator[str]:
    asked = set(PLACEHOLDER.findall(entry.msgid_plural or entry.msgid))
    allowed = asked | set(PLACEHOLDER.findall(entry.msgid))
    for text in texts:
        given = set(PLACEHOLDER.findall(text))
        # The singular may say "une proposition" where the plural says "%(count)s propositions".
        is_singular = bool(entry.msgid_plural) and text is texts[0]
        if given - allowed or (asked - given and not is_singular):
            yield f"placeholders {sorted(given)} where {sorted(asked)} are meant"


if __name__ == "__main__":
    sys.exit(main())
