"""Runs the SQL of the pipelines unchanged in DuckDB and compares its sums with `cijfers`.

Needs duckdb and polars. Usage:

    python tests/python/figures_duckdb.py target/demo [--lake DIR] [--year 2020] [--norm-days 98]

Reads the Parquet files of the lake (<demo>/lake/omgang/<tabel>/jaar=<jaar>/, or <lake>/<tabel>/), pipelines/omgang/*.sql
and <demo>/intern/cijfers.parquet. Compares every count and every numerator and denominator that is a plain sum, for each
gemeente and Nederland, in the totals. Prints `N passed, N failed` and leaves with 1 when any differs.
"""

import argparse
import sys
import tomllib
from collections import defaultdict
from pathlib import Path

import duckdb
import polars as pl

ROOT = Path(__file__).resolve().parents[2]
PIPELINE = ROOT / "pipelines/omgang"


def statements(file: Path) -> list[str]:
    text = "\n".join(line.split("--")[0] for line in file.read_text().splitlines())
    return [part.strip() for part in text.split(";") if part.strip()]


def keys(definition: dict, table: str) -> str:
    """The key columns that the engine adds to a table; here by a hash of DuckDB's own, for nothing is rounded."""
    described = next(t for t in definition["tabel"] if t["naam"] == table)
    names = {"sleutel": described["sleutel"]}
    for field in described["veld"]:
        if field["type"] == "pseudoniem" and described["sleutel"] != [field["naam"]]:
            names[f"{field['naam']}_sleutel"] = [field["naam"]]
    return ", ".join(f"CAST(hash(aanbieder, {', '.join(of)}) >> 28 AS BIGINT) AS {name}" for name, of in names.items())


def connect(demo: Path, lake: Path | None, year: int, norm: int) -> duckdb.DuckDBPyConnection:
    con = duckdb.connect()
    definition = tomllib.loads((ROOT / f"schemas/omgang/{year}.toml").read_text())
    for table in (t["naam"] for t in definition["tabel"]):
        folder = lake / table if lake else demo / "lake/omgang" / table / f"jaar={year}"
        con.execute(f"CREATE VIEW {table} AS SELECT *, {keys(definition, table)} FROM read_parquet('{folder}/*.parquet', hive_partitioning = false)")
    day = lambda name, y, m, d: f"DATE '{y}-{m:02}-{d:02}' AS {name}"
    days = [day("begin", year, 1, 1), day("eind", year, 12, 31), day("vorig_eind", year - 1, 12, 31)]
    days += [day("eind_maart", year, 3, 31), day("eind_juni", year, 6, 30), day("eind_september", year, 9, 30)]
    con.execute(f"CREATE TABLE periode AS SELECT {year} AS jaar, {norm} AS norm_dagen, {', '.join(days)}")
    con.execute("CREATE TABLE verwacht (aanbieder VARCHAR, uitkomst VARCHAR, niveau VARCHAR, gebied VARCHAR, omvang_vorig_jaar BIGINT)")
    for statement in statements(PIPELINE / "basis.sql"):
        con.execute(statement)
    return con


def pipelines() -> list[str]:
    """Every statement that counts rows of the leveringen: those of the response count aanbieders."""
    files = sorted(file for file in PIPELINE.glob("*.sql") if file.stem not in ("basis", "respons"))
    return [statement for file in files for statement in statements(file)]


def sums(con) -> dict[str, dict[str, int]]:
    """measure -> gemeente (or NL00) -> sum. `kind` rows above 0 are added per distinct child."""
    result = defaultdict(lambda: defaultdict(int))
    for statement in pipelines():
        cursor = con.execute(statement)
        names = [column[0] for column in cursor.description]
        text = {column[0] for column in cursor.description if str(column[1]) in ("VARCHAR", "STRING")}
        counted = {column[0] for column in cursor.description if str(column[1]) == "BOOLEAN"}
        measures = [name for name in names if name not in text and name not in ("dagen", "intrede", "kind", "aantal", "sleutel")]
        seen = set()
        for row in cursor.fetchall():
            values = dict(zip(names, row))
            for area in (values["gemeente"], "NL00"):
                for name in measures:
                    if values.get("kind"):
                        if (key := (name, area, values["kind"])) in seen:
                            continue
                        seen.add(key)
                        result[name][area] += 1
                    elif name in counted:
                        result[name][area] += int(values["aantal"] or 0) if values[name] else 0
                    else:
                        result[name][area] += int(values[name] or 0)
    return result


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("demo", type=Path)
    parser.add_argument("--lake", type=Path)
    parser.add_argument("--year", type=int, default=2020)
    parser.add_argument("--norm-days", type=int, default=98)
    options = parser.parse_args()
    found = sums(connect(options.demo, options.lake, options.year, options.norm_days))
    rows = pl.read_parquet(options.demo / "intern/cijfers.parquet").filter(
        (pl.col("jaar") == options.year) & (pl.col("uitsplitsing") == "totaal") & pl.col("niveau").is_in(["nederland", "gemeente"])
    )
    table = {(r["indicator"], r["gebied"]): r for r in rows.iter_rows(named=True)}
    areas = sorted({area for _, area in table})
    passed, failed = 0, []
    for indicator in tomllib.loads((PIPELINE / "indicators.toml").read_text())["indicator"]:
        made, name = indicator["berekening"], indicator["id"]
        parts = {"aantal": ["maat"], "per": ["maat"], "aandeel": ["teller", "noemer"], "verhouding": ["teller", "noemer"]}.get(made["soort"], [])
        if indicator["groep"] == "respons":
            continue
        for column, part in zip(("teller", "noemer"), parts):
            divisor = made.get(f"{part}_deler", 1)
            for area in areas:
                want = found[made[part]].get(area, 0) / divisor
                got = table.get((name, area))
                if got is not None and got["status"] == "O":
                    continue  # nobody delivered there: not known
                if got is not None and abs((got[column] or 0) - want) < 1e-6:
                    passed += 1
                else:
                    failed.append(f"{name} {area} {column}: table {got and got[column]}, DuckDB {want}")
    for line in failed[:40]:
        print(line)
    print(f"{passed} passed, {len(failed)} failed")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
