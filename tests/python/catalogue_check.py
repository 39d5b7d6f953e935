"""Holds the catalogues against the SHACL shapes of DCAT-AP-NL 3.0, as their publisher gives them.

Usage: catalogue_check.py OMGANGSMONITOR DEMO_DIR SHAPES_DIR

SHAPES_DIR holds the shapes of Geonovum as Turtle (repository Geonovum/DCAT-AP-NL30, shapes/300). What they call a warning
is printed; a violation fails.
"""

import pathlib
import sys

import pyshacl
import rdflib
import requests
from check import serve

DCAT = rdflib.Namespace("http://www.w3.org/ns/dcat#")
VIOLATION = rdflib.URIRef("http://www.w3.org/ns/shacl#Violation")
SEVERITY = rdflib.URIRef("http://www.w3.org/ns/shacl#resultSeverity")


def shapes(folder):
    graph = rdflib.Graph()
    files = sorted(pathlib.Path(folder).glob("*.ttl"))
    assert files, f"no shapes in {folder}"
    for file in files:
        graph.parse(file, format="turtle")
    return graph


def held(address, rules):
    answer = requests.get(address, timeout=60)
    assert answer.headers["content-type"] == "text/turtle; charset=utf-8", answer.headers
    graph = rdflib.Graph().parse(data=answer.text, format="turtle", publicID=answer.url)
    _, results, text = pyshacl.validate(graph, shacl_graph=rules, advanced=True)
    severities = list(results.objects(None, SEVERITY))
    assert VIOLATION not in severities, f"{address}\n{text}"
    for file in graph.objects(None, DCAT.downloadURL):
        assert requests.head(file, timeout=60).status_code == 200, file
    datasets = set(graph.subjects(rdflib.RDF.type, DCAT.Dataset))
    print(f"{address}: {len(graph)} statements, {len(datasets)} datasets, no violation, {len(severities)} warnings")
    return datasets


def main(omgangsmonitor, demo, folder):
    rules = shapes(folder)
    process, url = serve(str(pathlib.Path(omgangsmonitor).resolve()), pathlib.Path(demo))
    try:
        newest = [one for one in requests.get(f"{url}/v1/publicaties", timeout=60).json() if one["nieuwste"]]
        assert newest
        for one in newest:
            assert len(held(f"{url}{one['adres']}catalogus.ttl", rules)) == 1
        assert len(held(f"{url}/v1/catalogus", rules)) == len(newest)
    finally:
        process.terminate()
        process.wait()


if __name__ == "__main__":
    main(*sys.argv[1:])
