"""An operator's program has a platform made: for an authority of the directory, which counts as verified."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from common.refusals import Refusal
from consultations.library.models import ChallengeSet
from consultations.library.selectors import latest_set
from onboarding.enums import RunState
from onboarding.models import Authority, ProvisioningRun
from onboarding.services.runs import ask_for_platform
from tenants.domains.renaming import SlugRefused
from tenants.models import DEFAULT_COLOUR, Municipality, WantedCity, validate_colour
from tenants.services import AuthorityAlreadyServed, SlugTaken
from tenants.slugs import slug_problem, taken_among


class UnknownAuthority(Refusal):
    code = "authority_unknown"
    status = 422
    message = _("The directory has no authority of this kind with this code.")


class ColourRefused(Refusal):
    code = "colour_refused"
    status = 422


class UnknownSet(Refusal):
    code = "challenge_set_unknown"
    status = 422
    message = _("No challenge set has this code.")


def order_platform(
    *,
    authority_kind: str,
    authority_code: str,
    slug: str,
    admin_email: str,
    challenge_set: str,
    operator: User,
    colour: str = DEFAULT_COLOUR,
) -> ProvisioningRun:
    """The run, which workers take to its end. Of two that come at the same moment, that of the second ends refused.

    Raises UnknownAuthority, SlugRefused, ColourRefused, UnknownSet, SlugTaken, AuthorityAlreadyServed.
    """
    authority = Authority.objects.filter(kind=authority_kind, code=authority_code).first()
    if authority is None:
        raise UnknownAuthority
    if problem := slug_problem(slug):
        raise SlugRefused(problem)
    try:
        validate_colour(colour)
        latest_set(challenge_set)
    except ValidationError as refused:
        raise ColourRefused(" ".join(refused.messages)) from refused
    except ChallengeSet.DoesNotExist as refused:
        raise UnknownSet from refused
    wanted = WantedCity(
        authority_name=authority.name,
        kind=authority.kind,
        authority_code=authority.code,
        slug=slug,
        siren=authority.siren,
        department_code=authority.department_code,
        population=authority.population,
        colour=colour,
    )
    with transaction.atomic():
        _refuse_what_is_taken(wanted)
        return ask_for_platform(
            wanted, challenge_set=challenge_set, admin_email=admin_email, verified=True, operator=operator
        )


def _refuse_what_is_taken(wanted: WantedCity) -> None:
    """Said at once; what is taken between this and the first step of the run ends it (reserve_municipality)."""
    of_theirs = {"kind": wanted.kind, "authority_code": wanted.authority_code}
    under_way = ProvisioningRun.objects.filter(state=RunState.RUNNING)
    if Municipality.objects.filter(**of_theirs).exists() or under_way.filter(**of_theirs).exists():
        raise AuthorityAlreadyServed
    if taken_among([wanted.slug], **of_theirs) or under_way.filter(slug=wanted.slug).exists():
        raise SlugTaken
