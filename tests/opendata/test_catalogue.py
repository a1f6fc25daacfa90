"""The catalogue, read as a portal reads it: by an RDF library, without fetching anything."""

import json
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone
from rdflib import RDF, BNode, Graph, Literal, Namespace, URIRef
from rdflib.util import guess_format

from consultations.opendata.catalogue import LICENCE, catalogue_of
from consultations.opendata.models import OpenFile
from consultations.opendata.selectors import open_data
from consultations.opendata.services.building import build_open_data
from tenants.models import Municipality
from tests.opendata.factories import something_of_everything, the_consultation

DCAT, DCT = Namespace("http://www.w3.org/ns/dcat#"), Namespace("http://purl.org/dc/terms/")
VCARD = Namespace("http://www.w3.org/2006/vcard/ns#")
FOAF = Namespace("http://xmlns.com/foaf/0.1/")
# What DCAT-AP 3 asks for, and what data.gouv.fr reads besides.
OF_CATALOG = {DCT.title, DCT.description, DCT.publisher, DCAT.dataset, DCT.license, DCT.modified}
OF_DATASET = {DCT.title, DCT.description, DCT.identifier, DCT.publisher, DCAT.distribution, DCAT.contactPoint} | {
    DCT.accrualPeriodicity,
    DCT.spatial,
    DCT.temporal,
    DCT.issued,
    DCT.modified,
    DCAT.keyword,
    DCAT.landingPage,
}
OF_DISTRIBUTION = {DCT.title, DCAT.accessURL, DCAT.downloadURL, DCT.license, DCT["format"], DCAT.mediaType}


@pytest.fixture
def graph(in_saran: Municipality, visit: Callable[..., Client]) -> Graph:
    something_of_everything()
    build_open_data(at=timezone.now())
    found = visit(in_saran, stays=True).get("/opendata/catalogue.jsonld")
    assert found["Content-Type"].startswith("application/ld+json")
    assert found["Access-Control-Allow-Origin"] == "*"
    assert isinstance(json.loads(found.content)["@context"], dict)  # nothing to be fetched
    return Graph().parse(data=found.content.decode(), format="json-ld")


def test_it_says_all_that_a_portal_needs(graph: Graph, in_saran: Municipality) -> None:
    page = f"{in_saran.url}opendata/{the_consultation().slug}/"
    [catalogue] = graph.subjects(RDF.type, DCAT.Catalog)
    assert set(graph.predicates(catalogue)) >= OF_CATALOG
    assert URIRef(page) in set(graph.objects(catalogue, DCAT.dataset))
    assert set(graph.predicates(URIRef(page))) >= OF_DATASET
    for each in graph.subjects(RDF.type, DCAT.Distribution):
        assert set(graph.predicates(each)) >= OF_DISTRIBUTION
        assert graph.value(each, DCT.license) == URIRef(LICENCE)
        assert str(graph.value(each, DCAT.downloadURL)).startswith(in_saran.url)


def test_the_city_publishes_it_where_it_lies(graph: Graph, in_saran: Municipality) -> None:
    [publisher] = set(graph.objects(None, DCT.publisher))
    assert graph.value(publisher, FOAF.name) == Literal("Saran")
    assert graph.value(publisher, DCT.identifier) == Literal(in_saran.siren)
    places = {str(graph.value(each, DCT.identifier)) for each in graph.objects(None, DCT.spatial)}
    assert places == {"fr:commune:45302"}


EU = "http://publications.europa.eu/resource/authority"
IANA = "https://www.iana.org/assignments/media-types/"
# Of the licence « lov2 » of data.gouv.fr, which it finds by this address.
LOV2 = "https://www.etalab.gouv.fr/licence-ouverte-open-licence"


def test_data_gouv_reads_what_it_takes(graph: Graph, in_saran: Municipality) -> None:
    """By its harvester's own ways (udata, harvest/backends/dcat.py and core/dataset/rdf.py)."""
    assert guess_format("/opendata/catalogue.jsonld", {"jsonld": "json-ld"}) == "json-ld"
    datasets = list(graph.subjects(RDF.type, DCAT.Dataset))
    assert len({graph.value(each, DCT.identifier) for each in datasets}) == len(datasets) > 1
    for each in datasets:
        for words in (DCT.title, DCT.description):
            assert [said.language for said in graph.objects(each, words) if isinstance(said, Literal)] == ["fr"]
        assert isinstance(graph.value(each, DCAT.landingPage), URIRef)
        assert graph.value(each, DCT.accrualPeriodicity) in (
            URIRef(f"{EU}/frequency/{key}") for key in ("DAILY", "IRREG")
        )
        assert not any(isinstance(place, Literal) for place in graph.objects(each, DCT.spatial))  # it reads a frame
        assert all(3 <= len(word) <= 96 for word in graph.objects(each, DCAT.keyword))
    for each in graph.subjects(RDF.type, DCAT.Distribution):
        assert isinstance(graph.value(each, DCAT.downloadURL), URIRef)
        assert str(graph.value(each, DCT.license)) == LOV2
        assert str(graph.value(each, DCAT.mediaType)).startswith(IANA)
        assert str(graph.value(each, DCT["format"])).startswith(f"{EU}/file-type/")
        size = graph.value(each, DCAT.byteSize)
        assert size is None or (isinstance(size, Literal) and isinstance(size.toPython(), int))
    periods = set(graph.objects(None, DCT.temporal))
    assert periods
    for each in periods:
        assert isinstance(each, BNode)  # it fetches what has an address
        begins = graph.value(each, DCAT.startDate)
        assert isinstance(begins, Literal)
        assert isinstance(begins.toPython(), date)
    for said in graph.objects(None, DCT.modified):  # what is to come it leaves out
        assert isinstance(said, Literal)
        assert said.toPython() <= timezone.now()
    mails = {str(each) for each in graph.objects(None, VCARD.hasEmail)}
    assert mails == {f"mailto:{the_consultation().contact_email}"}  # no contact without one


def test_a_name_of_two_signs_is_no_keyword(in_saran: Municipality, graph: Graph) -> None:
    names = {}
    for name in ("Eu", "Sablé"):
        in_saran.name = name
        names[name] = catalogue_of(in_saran, open_data(), at=timezone.now())["dcat:dataset"][0]["dcat:keyword"]
    assert "Eu" not in names["Eu"]
    assert "Sablé" in names["Sablé"]


def test_what_portals_know_it_by_stays_when_the_city_takes_its_own_domain(graph: Graph, in_saran: Municipality) -> None:
    def names() -> list[str]:
        datasets = catalogue_of(in_saran, open_data(), at=timezone.now())["dcat:dataset"]
        parts = [part for each in datasets for part in (each, *each["dcat:distribution"])]
        return [part["dct:identifier"] for part in parts]

    before = names()
    in_saran.own_domain = "consultations.saran.fr"
    assert in_saran.url.startswith(f"{settings.PUBLIC_SCHEME}://consultations.saran.fr")
    assert names() == before
    assert len(set(before)) == len(before) > 3
    assert all(each.startswith("urn:uuid:") for each in before)


def test_a_schema_is_that_of_the_csv(graph: Graph) -> None:
    for each in graph.subjects(RDF.type, DCAT.Distribution):
        assert (graph.value(each, DCT.conformsTo) is not None) <= str(each).endswith(".csv")


def test_each_address_leads_to_its_file(graph: Graph, in_saran: Municipality, visit: Callable[..., Client]) -> None:
    consultation, client = the_consultation(), visit(in_saran, stays=True)
    sizes: dict[str, Any] = {}
    for each in graph.subjects(RDF.type, DCAT.Distribution):
        path = "/" + str(graph.value(each, DCAT.downloadURL)).removeprefix(in_saran.url)
        answer = client.get(path)
        assert answer.status_code == 200
        assert str(graph.value(each, DCAT.mediaType)).endswith(answer["Content-Type"].partition(";")[0])
        if answer.streaming:
            sizes[path.rpartition("/")[2]] = len(b"".join(answer.streaming_content))
            size: Any = graph.value(each, DCAT.byteSize)
            assert int(size) == sizes[path.rpartition("/")[2]]
        if schema := graph.value(each, DCT.conformsTo):
            assert client.get("/" + str(schema).removeprefix(in_saran.url)).status_code == 200
    written = set(OpenFile.objects.filter(consultation=consultation, rows__gt=0).values_list("name", flat=True))
    assert set(sizes) == written
