"""The future platform at the side of the sign-up, as far as it is known."""

from typing import Any

from django.utils.translation import gettext as _

from consultations.library.models import ChallengeSet
from consultations.library.selectors import DEFAULT_SET, latest_set
from onboarding.models import ProvisioningRun, SignUp
from onboarding.web.forms import suggested_slug


def preview_of(
    sign_up: SignUp | None,
    *,
    name: str = "",
    slug: str = "",
    colour: str = "",
    challenge_set: ChallengeSet | None = None,
) -> dict[str, Any]:
    """The future home page, as far as it is known (template onboarding/web/_preview.html)."""
    name = name or (sign_up.authority_name if sign_up else "")
    shown_set = challenge_set or known_set((sign_up.challenge_set if sign_up else "") or DEFAULT_SET)
    kept = [each["code"] for each in sign_up.challenges] if sign_up else []
    templates = list(shown_set.challenges.all()) if shown_set else []
    chosen = sorted((each for each in templates if each.code in kept), key=lambda each: kept.index(each.code))
    return {
        "name": name,
        "slug": slug or (sign_up.slug if sign_up else "") or suggested_slug(name),
        "colour": colour or (sign_up.colour if sign_up else ""),
        "question": shown_set.question.replace("{name}", name or _("Your authority")) if shown_set else "",
        "question_pattern": shown_set.question if shown_set else "",
        "challenges": chosen or templates,
        "has_logo": bool(sign_up and sign_up.logo),
        "key": sign_up.pk if sign_up else None,
    }


def preview_of_run(run: ProvisioningRun) -> dict[str, Any]:
    """The same for a run, which an operator may have asked for without a sign-up."""
    if run.sign_up is not None:
        return preview_of(run.sign_up)
    shown = preview_of(None, name=run.authority_name, slug=run.slug, challenge_set=known_set(run.challenge_set))
    return {**shown, "colour": run.colour}


def known_set(code: str) -> ChallengeSet | None:
    try:
        return latest_set(code) if code and len(code) <= 60 and "\x00" not in code else None
    except ChallengeSet.DoesNotExist:
        return None


def title_of(code: str) -> str:
    known = known_set(code or DEFAULT_SET)
    return known.title if known else ""
