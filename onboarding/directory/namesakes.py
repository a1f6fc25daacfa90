"""Which authorities an address names: `paris` is Paris, `saint-denis` and `st-denis` any of the Saint-Denis."""

from onboarding.directory.words import comparable
from onboarding.models import Authority
from tenants.slugs import knows_namesakes


@knows_namesakes
def namesakes(slugs: list[str]) -> dict[str, set[tuple[str, str]]]:
    """The authorities, (kind, code), that each address names. One query."""
    names = {slug: comparable(slug) for slug in slugs}
    found: dict[str, set[tuple[str, str]]] = {}
    rows = (
        Authority.objects.filter(search_name__in=names.values()).order_by().values_list("search_name", "kind", "code")
    )
    for name, kind, code in rows:
        found.setdefault(name, set()).add((kind, code))
    return {slug: found[name] for slug, name in names.items() if name in found}
