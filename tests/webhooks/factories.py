from datetime import timedelta

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from webhooks.models import Delivery, Endpoint
from webhooks.registry import kinds
from webhooks.signing import new_secret


class EndpointFactory(DjangoModelFactory[Endpoint]):
    class Meta:
        model = Endpoint

    name = factory.Sequence(lambda n: f"Site de la ville {n}")
    url = factory.Sequence(lambda n: f"https://www.exemple-{n}.fr/crochets")
    kinds = factory.LazyFunction(lambda: [each.key for each in kinds()])
    secret = factory.LazyFunction(new_secret)


class DeliveryFactory(DjangoModelFactory[Delivery]):
    class Meta:
        model = Delivery

    endpoint = factory.SubFactory(EndpointFactory)
    kind = "proposal.published"
    body = '{"type":"proposal.published"}'
    # Before what tests take for now, which is when they were read, however long ago that is.
    created_at = timezone.now() - timedelta(minutes=5)
    due_at = factory.SelfAttribute("created_at")
