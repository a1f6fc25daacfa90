"""What every change of an address does to the register and to those who must know."""

from django.db import IntegrityError, transaction
from django.db.models import BooleanField, ExpressionWrapper, Q
from django_tenants.utils import schema_context

from accounts.enums import Role
from accounts.mail import send_mail_later
from accounts.models import User
from tenants.domains.names import DomainReserved, DomainTaken
from tenants.models import Domain, Municipality
from tenants.reservations import HostReserved, check_not_reserved, is_services, were_of_another_city


def mail_administrators(city: Municipality, template: str, **context: object) -> None:
    """Write to each administrator of a city, from its own outbox, in the transaction of the fact."""
    with schema_context(city.schema_name):
        people = User.objects.filter(role=Role.ADMINISTRATOR, is_active=True).order_by("pk")
        for email in people.values_list("email", flat=True):
            send_mail_later(template=template, to=email, context={"city": city, **context})


def own_hosts_of(municipality: Municipality) -> set[str]:
    """The city's hosts on the service's domain, former ones too: no other city ever gets them. In public."""
    hosts = Domain.objects.filter(tenant=municipality).values_list("domain", flat=True)
    return {host for host in hosts if is_services(host)}


def alias_proves(municipality: Municipality, domain: str) -> bool:
    """Whether a domain that is an alias of one of its hosts is thereby the city's. In public.

    Not where another city once had the domain, one that it is a name within (`*.ville.fr` may be an alias), or one of
    the hosts: the line in the DNS may have been left there for that city.
    """
    labels = domain.split(".")
    within = [".".join(labels[start:]) for start in range(len(labels) - 1)]
    names = [*within, *sorted(own_hosts_of(municipality))]
    return not were_of_another_city(names, schema_name=municipality.schema_name)


def locked(municipality: Municipality) -> Municipality:
    return Municipality.objects.select_for_update(of=("self",)).get(pk=municipality.pk)


def fresh(municipality: Municipality) -> Municipality:
    row: Municipality = Municipality.objects.get(pk=municipality.pk)
    return row


def enter_host(city: Municipality, host: str) -> None:
    """Make a host lead to a city. Raises DomainTaken (the database knows each host once) or DomainReserved."""
    if city.domains.filter(domain=host).exists():
        return
    try:
        with transaction.atomic():
            Domain(domain=host, tenant=city, is_primary=False).save()
            check_not_reserved(city, host)
    except IntegrityError as problem:
        raise DomainTaken from problem
    except HostReserved as problem:
        raise DomainReserved from problem


def lead_to_canonical(city: Municipality) -> None:
    city.domains.update(is_primary=ExpressionWrapper(Q(domain=city.host), output_field=BooleanField()))
