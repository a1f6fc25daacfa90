"""System checks about who sells, and what is promised of data."""

from typing import Any

from django.conf import settings
from django.core.checks import Error, Tags, register

from billing import terms
from billing.seller import missing, seller_problems


@register(Tags.security, deploy=True)
def seller_is_known(app_configs: Any, **kwargs: Any) -> list[Error]:
    """What is sold is invoiced in the name of somebody, with numbers that are right."""
    hint = "The settings SELLER_… are in deploy/README.md."
    found = [
        Error(f"Of who sells, something is wrong: {each.sentence}", hint=hint, id="billing.E002")
        for each in seller_problems()
    ]
    if settings.STRIPE_SECRET_KEY and (names := missing()):
        said = f"Stripe has a key, and no invoice can leave without {', '.join(names)}."
        found.append(Error(said, hint=hint, id="billing.E001"))
    return found


@register(Tags.security, deploy=True)
def papers_are_whole(app_configs: Any, **kwargs: Any) -> list[Error]:
    """The agreement on data and the security annex are given to nobody with a hole in them."""
    hint = "The settings PAPERS_… and LEGAL_HOST_… are in deploy/README.md."
    found = [Error(each.sentence, hint=hint, id="billing.E004") for each in terms.problems()]
    for name in terms.missing():
        said = f"Without {name} no city gets the agreement on data and the security annex."
        found.append(Error(said, hint=hint, id="billing.E003"))
    return found
