"""Proof from outside: programs of other hands read what `make generate` made.

frictionless must accept each datapackage.json, accept the valid example tables with it and refuse the broken ones.
jsonschema (Draft 2020-12) must accept each JSON Schema, its own examples and every valid row, and refuse rows that
break it in one way each. Prints `N passed, N failed`; exit code 1 when anything failed.

    pip install frictionless jsonschema && python tests/python/schema_proof.py
"""

import csv
import json
import pathlib
import shutil
import sys
import tempfile

import frictionless
from jsonschema import Draft202012Validator, FormatChecker

ROOT = pathlib.Path(__file__).resolve().parents[2]
OMGANG = ROOT / "schemas" / "omgang"
counts = {"passed": 0, "failed": 0}


def check(what, holds, detail=""):
    counts["passed" if holds else "failed"] += 1
    if not holds:
        print(f"FAILED {what} {detail}")


def validate_package(year, examples):
    """frictionless' report on one folder of example tables under the generated datapackage."""
    with tempfile.TemporaryDirectory() as folder:
        shutil.copy(OMGANG / "generated" / year / "datapackage.json", folder)
        for table in sorted((OMGANG / "examples" / year / examples).glob("*.csv")):
            shutil.copy(table, folder)
        return frictionless.Package(f"{folder}/datapackage.json").validate()


def errors(report):
    return [(task.name, error.type, error.note) for task in report.tasks for error in task.errors]


def prove_datapackage(year):
    report = validate_package(year, "geldig")
    found = [(e.type, e.note) for e in report.errors] + errors(report)
    check(f"{year}: frictionless accepts the datapackage and the valid tables", report.valid, found[:5])
    check(f"{year}: frictionless looked at three tables", len(report.tasks) == 3)
    rows = sum(task.stats["rows"] for task in report.tasks)
    check(f"{year}: frictionless read rows", rows > 20, rows)

    found = {(name, kind) for name, kind, _ in errors(validate_package(year, "fout"))}
    for name in ("traject", "wachtlijst", "voorziening"):
        check(f"{year}: frictionless refuses fout/{name}.csv", any(n == name for n, _ in found), found)
    for kind in ("type-error", "constraint-error", "primary-key", "foreign-key"):
        check(f"{year}: frictionless finds a {kind}", any(k == kind for _, k in found), found)


def typed(row, schema):
    """A CSV row as the JSON object the schema describes: numbers are numbers, empty is null."""
    result = {}
    for name, text in row.items():
        kinds = schema["properties"][name].get("type", [])
        if text == "":
            result[name] = None
        elif "integer" in kinds:
            result[name] = int(text)
        elif "number" in kinds:
            result[name] = float(text)
        else:
            result[name] = text
    return result


def breakages(schema):
    """Ways to break a valid row, each by one field."""
    yield "an unknown field", {"onbekend_veld": "x"}
    for name, prop in schema["properties"].items():
        kinds = prop.get("type", [])
        if name in schema["required"]:
            yield f"{name} null", {name: None}
        if "oneOf" in prop:
            yield f"{name} with an unknown code", {name: "bestaat_niet"}
        elif "integer" in kinds:
            yield f"{name} as text", {name: "3"}
            yield f"{name} with a fraction", {name: 3.5}
        elif "number" in kinds:
            yield f"{name} as text", {name: "1,50"}
        elif prop.get("format") == "date":
            yield f"{name} in Dutch order", {name: "14-04-2020"}
            yield f"{name} that does not exist", {name: "2020-02-30"}
        elif "pattern" in prop:
            yield f"{name} as a bare number", {name: "107000"}
        elif "maxLength" in prop:
            yield f"{name} too long", {name: "x" * (prop["maxLength"] + 1)}
            yield f"{name} as empty text", {name: ""}
        elif "enum" in prop:
            yield f"{name} as yes", {name: "yes"}
        if "minimum" in prop:
            yield f"{name} below zero", {name: -1}


def prove_json_schema(year, path):
    table = path.name.removesuffix(".schema.json")
    schema = json.loads(path.read_text(encoding="utf-8"))
    try:
        Draft202012Validator.check_schema(schema)
        check(f"{year}: {table} is JSON Schema 2020-12", True)
    except Exception as fault:  # the reason belongs in the output
        check(f"{year}: {table} is JSON Schema 2020-12", False, fault)
    validator = Draft202012Validator(schema, format_checker=FormatChecker())
    for example in schema["examples"]:
        check(f"{year}: {table} accepts its own example", validator.is_valid(example), list(validator.iter_errors(example))[:1])
    with open(OMGANG / "examples" / year / "geldig" / f"{table}.csv", encoding="utf-8", newline="") as file:
        rows = [typed(row, schema) for row in csv.DictReader(file)]
    check(f"{year}: {table} has example rows", len(rows) > 0)
    for number, row in enumerate(rows, start=2):
        check(f"{year}: {table} accepts row {number}", validator.is_valid(row), list(validator.iter_errors(row))[:1])
        without = {name: value for name, value in row.items() if value is not None}
        check(f"{year}: {table} accepts row {number} without its empty fields", validator.is_valid(without))
    for what, broken in breakages(schema):
        check(f"{year}: {table} refuses {what}", not validator.is_valid({**rows[0], **broken}))
    for name in schema["required"]:
        without = {key: value for key, value in rows[0].items() if key != name}
        check(f"{year}: {table} refuses a row without {name}", not validator.is_valid(without))


def main():
    years = sorted(p.name for p in (OMGANG / "generated").iterdir() if p.is_dir())
    check("there are two years", years == ["2020", "2021"], years)
    for year in years:
        prove_datapackage(year)
        schemas = sorted((OMGANG / "generated" / year).glob("*.schema.json"))
        check(f"{year}: a JSON Schema per table", len(schemas) == 3)
        for path in schemas:
            prove_json_schema(year, path)
    print(f"{counts['passed']} passed, {counts['failed']} failed")
    return 1 if counts["failed"] else 0


if __name__ == "__main__":
    sys.exit(main())
