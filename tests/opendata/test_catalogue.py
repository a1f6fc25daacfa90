"""The catalogue, read as a portal reads it: by an RDF library, without fetching anything."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from rdflib import RDF, Graph, Literal, Namespace, URIRef

from consultations.opendata.catalogue import LICENCE
from consultations.opendata.models import OpenFile
from consultations.opendata.services.building import build_open_data
from tenants.models import Municipality
from tests.opendata.factories import something_of_everything, the_consultation

DCAT, DCT = Namespace("http://www.w3.org/ns/dcat#"), Namespace("http://purl.org/dc/terms/")
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
