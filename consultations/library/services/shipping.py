"""The sets that come with the software (sets/*.toml): reading them, and publishing those that are new.

The library belongs to the operators: a release brings versions, it never rewrites one.

- A text that the library has already published, under whatever number, is left alone.
- A file whose number is higher than all of the library's becomes the newest version.
- A file with another text under a number that is taken stays out: either the operators have published their own
  version since, or the release forgot to raise the number (a test refuses that: sets/released.json). The operators
  see it on the set's page and may start a draft from it.
"""

import logging
import tomllib
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from accounts.audit import record
from consultations.library.models import ChallengeSet, ChallengeTemplate

logger = logging.getLogger(__name__)

SHIPPED = Path(__file__).parent.parent / "sets"
WORDS = ("title", "question", "summary")

Content = dict[str, Any]


def shipped_contents() -> dict[str, Content]:
    """What each file of sets/ says, by the set's code."""
    read = [tomllib.loads(file.read_text(encoding="utf-8")) for file in sorted(SHIPPED.glob("*.toml"))]
    return {content["code"]: content for content in read}


def load_shipped_sets() -> list[ChallengeSet]:
    """Publish every file of sets/ that the library does not know. Returns the new versions; a second run has none."""
    loaded = [load_set(content, at=timezone.now()) for content in shipped_contents().values()]
    return [challenge_set for challenge_set in loaded if challenge_set]


def load_set(content: Content, *, at: datetime) -> ChallengeSet | None:
    """Publish a file's version. Known already, or its number is taken by another text: nothing happens, None."""
    code, number = content["code"], content["version"]
    with transaction.atomic():
        lock_set(code)
        published = ChallengeSet.objects.published().filter(code=code).newest_first()
        known = list(published.prefetch_related("challenges"))
        if any(same_text(version, content) for version in known):
            return None
        if known and known[0].version >= number:
            logger.warning(
                "set %s: version %s of the release is not loaded, %s is there", code, number, known[0].version
            )
            return None
        # Whoever is writing a next version goes on, under the number after this one.
        ChallengeSet.objects.drafts().filter(code=code, version__lte=number).update(version=number + 1)
        challenge_set = ChallengeSet.objects.create(
            code=code, version=number, published_at=at, **{name: content[name] for name in WORDS}
        )
        write_challenges(challenge_set, content["challenges"])
        record("library.set_published", actor=None, subject=challenge_set, code=code, version=number)
    return challenge_set


def content_of(challenge_set: ChallengeSet) -> Content:
    """A version as its file would say it."""
    return {
        "code": challenge_set.code,
        "version": challenge_set.version,
        **{name: getattr(challenge_set, name) for name in WORDS},
        "challenges": [{"code": template.code, **template.content} for template in challenge_set.challenges.all()],
    }


def shipped_beside(code: str) -> Content | None:
    """The text of this set that came with the software, where no version of the library says it."""
    content = shipped_contents().get(code)
    published = ChallengeSet.objects.published().filter(code=code).prefetch_related("challenges")
    if content is None or any(same_text(version, content) for version in published):
        return None
    return content


def same_text(challenge_set: ChallengeSet, content: Content) -> bool:
    """Whether a version says exactly what a file says, whatever their numbers."""
    return {**content_of(challenge_set), "version": content["version"]} == content


def write_challenges(challenge_set: ChallengeSet, challenges: list[Content]) -> None:
    """Give a version that was just made its challenges, in the order given."""
    ChallengeTemplate.objects.bulk_create(
        ChallengeTemplate(challenge_set=challenge_set, position=position, **challenge)
        for position, challenge in enumerate(challenges, start=1)
    )


def lock_set(code: str) -> None:
    """Lock a set until the end of the transaction: nobody else makes, publishes or discards a version of it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"library {code}"])
