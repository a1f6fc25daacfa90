"""System checks about who sells."""

from typing import Any

from django.conf import settings
from django.core.checks import Error, Tags, register

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
