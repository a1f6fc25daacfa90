"""The catalogue that portals of open data harvest (data.gouv.fr, data.europa.eu): DCAT-AP, in JSON-LD.

Whole in itself: nothing that it names has to be fetched to read it. What has no page of its own has no address either.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils import timezone

from common.feeds import id_of
from consultations.framing.enums import ConsultationState
from consultations.opendata.models import OpenFile
from consultations.opendata.registry import Elsewhere
from consultations.opendata.selectors import OpenData, ShownConsultation
from tenants.enums import AuthorityKind
from tenants.models import Municipality

LICENCE = "https://www.etalab.gouv.fr/licence-ouverte-open-licence"
MEDIA_TYPES = {"csv": "text/csv", "json": "application/json", "jsonl": "application/jsonl"}
_EU = "http://publications.europa.eu/resource/authority"
_IANA = "https://www.iana.org/assignments/media-types"
_FORMATS = {"text/csv": "CSV", "application/json": "JSON", "application/jsonl": "JSON", "text/plain": "TXT"}
# Of the list of places of INSEE; a group has its SIREN.
_PLACES = {
    AuthorityKind.COMMUNE: "commune",
    AuthorityKind.DEPARTMENT: "departement",
    AuthorityKind.REGION: "region",
}
_CONTEXT = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "vcard": "http://www.w3.org/2006/vcard/ns#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "dct:title": {"@language": "fr"},
    "dct:description": {"@language": "fr"},
    "dcat:keyword": {"@language": "fr"},
}
_KEYWORDS = ["consultation citoyenne", "participation citoyenne", "démocratie participative", "propositions"]
_KEYWORD_MIN = 3


def catalogue_of(city: Municipality, found: OpenData, *, at: datetime) -> dict[str, Any]:
    """A consultation is a dataset, each of its files a distribution."""
    url = city.url.rstrip("/")
    publisher = _publisher(city)
    return {
        "@context": _CONTEXT,
        "@id": f"{url}{reverse('open_data_catalogue')}",
        "@type": "dcat:Catalog",
        "dct:title": f"Données ouvertes des consultations citoyennes, {city.name}",
        "dct:description": "Ce que les participants ont proposé, discuté et choisi ; ce que la collectivité en a fait.",
        "dct:language": _iri(f"{_EU}/language/FRA"),
        "dct:license": _iri(LICENCE),
        "dct:publisher": publisher,
        "foaf:homepage": _iri(f"{url}{reverse('open_data')}"),
        **({"dct:modified": _moment(found.built_at)} if found.built_at else {}),
        "dcat:dataset": [
            *(_dataset(each, city, publisher, at) for each in found.consultations if each.tables or each.elsewhere),
            *([_of_city(found, city, publisher)] if found.elsewhere else []),
        ],
    }


def _publisher(city: Municipality) -> dict[str, Any]:
    found = {
        "@id": f"{city.url}#collectivite",
        "@type": "foaf:Agent",
        "foaf:name": city.name,
        "foaf:homepage": _iri(city.url),
        "dct:type": _iri("http://purl.org/adms/publishertype/LocalAuthority"),
    }
    return {**found, "dct:identifier": city.siren} if city.siren else found


def _dataset(shown: ShownConsultation, city: Municipality, publisher: dict[str, Any], at: datetime) -> dict[str, Any]:
    consultation, url = shown.consultation, city.url.rstrip("/")
    page = f"{url}{reverse('open_data_of', args=[consultation.slug])}"
    is_open = consultation.state(at) == ConsultationState.OPEN
    return {
        "@id": page,
        "@type": "dcat:Dataset",
        "dct:identifier": _name_of(consultation.pk),
        "dct:title": f"{consultation.title}, consultation citoyenne ({city.name})",
        "dct:description": _about(shown, city),
        "dcat:keyword": _keywords(city),
        "dcat:theme": _iri(f"{_EU}/data-theme/GOVE"),
        "dct:language": _iri(f"{_EU}/language/FRA"),
        "dct:accrualPeriodicity": _iri(f"{_EU}/frequency/{'DAILY' if is_open else 'IRREG'}"),
        "dct:accessRights": _iri(f"{_EU}/access-right/PUBLIC"),
        "dct:issued": _moment(consultation.opened_at or at),
        **({"dct:modified": _moment(shown.changed_at)} if shown.changed_at else {}),
        "dct:publisher": {"@id": publisher["@id"]},
        "dcat:contactPoint": _contact(shown, city),
        "dcat:landingPage": _iri(page),
        **_spatial(city),
        **_temporal(shown),
        "dcat:distribution": [*_distributions(shown, city, page)],
    }


def _of_city(found: OpenData, city: Municipality, publisher: dict[str, Any]) -> dict[str, Any]:
    """What is of no consultation alone."""
    url = city.url.rstrip("/")
    page = f"{url}{reverse('open_data')}"
    title = f"Modération des consultations citoyennes ({city.name})"
    return {
        "@id": f"{page}#collectivite",
        "@type": "dcat:Dataset",
        "dct:identifier": _name_of(None),
        "dct:title": title,
        "dct:description": f"{title} : chaque décision, sans nom et sans texte.",
        "dcat:keyword": _keywords(city),
        "dcat:theme": _iri(f"{_EU}/data-theme/GOVE"),
        "dct:accrualPeriodicity": _iri(f"{_EU}/frequency/DAILY"),
        "dct:accessRights": _iri(f"{_EU}/access-right/PUBLIC"),
        "dct:publisher": {"@id": publisher["@id"]},
        "dcat:landingPage": _iri(page),
        **_spatial(city),
        "dcat:distribution": [_of_other(each, None, url, page) for each in found.elsewhere],
    }


def _keywords(city: Municipality) -> list[str]:
    """A town called Y has no keyword of its own: data.gouv.fr takes none of less than three signs, nor its dataset."""
    return [*_KEYWORDS, city.name] if len(city.name) >= _KEYWORD_MIN else _KEYWORDS


def _about(shown: ShownConsultation, city: Municipality) -> str:
    return (
        f"{shown.consultation.question} Propositions et leurs versions, arguments, réponses, réponses officielles, "
        f"projets, votes et modération de cette consultation de {city.name}. Les auteurs ont un pseudonyme propre à la "
        "consultation ; les réactions sont des comptes ; ce qui a été masqué ou retiré n’y figure pas. Chaque colonne "
        "est décrite par un schéma Table Schema."
    )


def _contact(shown: ShownConsultation, city: Municipality) -> dict[str, Any]:
    found = {"@type": "vcard:Organization", "vcard:fn": city.name, "vcard:hasURL": _iri(city.url)}
    mail = shown.consultation.contact_email
    return {**found, "vcard:hasEmail": _iri(f"mailto:{mail}")} if mail else found


def _spatial(city: Municipality) -> dict[str, Any]:
    """By the code that the State gives it; the place has its name, too."""
    if not city.authority_code:
        return {}
    kind = _PLACES.get(AuthorityKind(city.kind), "epci")
    return {
        "dct:spatial": {
            "@type": "dct:Location",
            "dct:identifier": f"fr:{kind}:{city.authority_code}",
            "skos:notation": city.authority_code,
            "skos:prefLabel": city.name,
        }
    }


def _temporal(shown: ShownConsultation) -> dict[str, Any]:
    begins, ends = shown.consultation.opened_at, shown.consultation.closed_at()
    if begins is None:
        return {}
    period = {"@type": "dct:PeriodOfTime", "dcat:startDate": _day(begins)}
    if ends and ends > begins:
        period["dcat:endDate"] = _day(ends)
    return {"dct:temporal": period}


def _distributions(shown: ShownConsultation, city: Municipality, page: str) -> Iterator[dict[str, Any]]:
    number = shown.consultation.pk
    for each in shown.tables:
        schema = f"{page}{each.table.name}/colonnes.json"
        for file in each.files:
            title, about = f"{each.table.title} ({file.ending.upper()})", str(each.table.about)
            told = {"dct:conformsTo": _iri(schema)} if file.ending == "csv" else {}
            yield _of_file(file, number, page, title, about) | told
    if shown.whole is not None:
        about = "Ce que lit la commande d’import de la plateforme, ligne à ligne."
        yield _of_file(shown.whole, number, page, "La consultation entière (JSON Lines)", about)
    for other in shown.elsewhere:
        yield _of_other(other, number, city.url.rstrip("/"), page)


def _of_file(file: OpenFile, number: int, page: str, title: str, about: str) -> dict[str, Any]:
    media_type = MEDIA_TYPES[file.ending]
    return {
        **_distribution(_name_of(number, file.name), f"{page}{file.name}", page, title, media_type, file.changed_at),
        "dct:description": about,
        "dcat:byteSize": {"@value": str(file.size), "@type": "xsd:nonNegativeInteger"},
    }


def _of_other(other: Elsewhere, number: int | None, url: str, page: str) -> dict[str, Any]:
    name, title = _name_of(number, other.url), str(other.title)
    return _distribution(name, f"{url}{other.url}", page, title, other.media_type, other.modified)


def _name_of(consultation: int | None, part: str = "") -> str:
    """Of a dataset or a file of it, for good: portals know it by this; an address changes with the domain."""
    return id_of(f"opendata/{consultation or ''}/{part}")


def _distribution(
    name: str, url: str, page: str, title: str, media_type: str, modified: datetime | None
) -> dict[str, Any]:
    return {
        "@id": url,
        "@type": "dcat:Distribution",
        "dct:identifier": name,
        "dct:title": title,
        "dcat:accessURL": _iri(page),
        "dcat:downloadURL": _iri(url),
        "dcat:mediaType": _iri(f"{_IANA}/{media_type}"),
        "dct:format": _iri(f"{_EU}/file-type/{_FORMATS[media_type]}"),
        "dct:license": _iri(LICENCE),
        **({"dct:modified": _moment(modified)} if modified else {}),
    }


def _iri(address: str) -> dict[str, str]:
    return {"@id": address}


def _moment(moment: datetime) -> dict[str, str]:
    return {"@value": timezone.localtime(moment).isoformat(timespec="seconds"), "@type": "xsd:dateTime"}


def _day(moment: datetime) -> dict[str, str]:
    return {"@value": timezone.localtime(moment).date().isoformat(), "@type": "xsd:date"}
