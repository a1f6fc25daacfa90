"""Reading the library: from the public site, and from a city's schema (read-only there)."""

from consultations.library.models import ChallengeSet

DEFAULT_SET = "territoires-resilients"


def latest_sets() -> list[ChallengeSet]:
    """The newest version of each set, the default one first."""
    newest = ChallengeSet.objects.order_by("code", "-version", "pk").distinct("code")
    return sorted(newest, key=lambda challenge_set: (challenge_set.code != DEFAULT_SET, challenge_set.title))


def latest_set(code: str) -> ChallengeSet:
    """The newest version of a set with its challenges. Raises ChallengeSet.DoesNotExist."""
    newest = ChallengeSet.objects.filter(code=code).order_by("-version", "pk").prefetch_related("challenges")[:1]
    for challenge_set in newest:
        return challenge_set
    raise ChallengeSet.DoesNotExist(code)
