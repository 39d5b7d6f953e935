"""Adds up the tables by which `publish` proves that small numbers stay open, by another hand.

Written from the rules, not from the code that finds or checks the tables. Needs polars. Usage:

    python tests/python/certificates_check.py <demo> --year 2020

Reads <demo>/intern/<momentopname>.telling.parquet (the exact counts) and .certificaten.parquet (the tables, each by what it has
more than the one before, the first than the exact counts), the last publication of the year, gemeenten.csv and indicators.toml. Of every table:

- no count is below 0, and each published teller and noemer of a count or share is less than 5 away from its own;
- in every gebied the gemeenten add up to it, but for who counts once per gebied;
- the codes of a breakdown add up to all that have one; of a breakdown of which every record has a code, to the total;
- what indicators.toml says of measures (`verband`: sums that are equal, parts of a whole) holds in every cell.

Not here, but in the check of the program itself: who counts once per gebied, n, all codes beside the total, and that a part that is
published as another number than its whole is less.

And of the proof as a whole: a number is open when two tables, the true one among them, are two apart there; how many of the small
counts of the publication are is printed. Prints `N passed, M failed`; leaves with 1 on failure.
"""

import argparse
import json
import sys
import tomllib
from pathlib import Path

import polars as pl

from check import Check
from figures_check import areas

ROOT = Path(__file__).resolve().parents[2]
CELL = ["maat", "gebied", "uitsplitsing", "categorie"]
TOTAL, FILLED = "totaal", "gevuld"


class Names:
    """Measures that always are the same number go by one name: the first of them."""

    def __init__(self, pipeline: dict):
        self.first = {}
        for link in pipeline["verband"]:
            if "som" in link and len(link["som"]) == len(link["gelijk"]) == 1:
                a, b = sorted(self.of(m) for m in (*link["som"], *link["gelijk"]))
                self.first = {m: a if f == b else f for m, f in self.first.items()} | {a: a, b: a}

    def of(self, measure: str) -> str:
        return self.first.get(measure, measure)


def published_counts(rows: pl.DataFrame, pipeline: dict, names: Names) -> pl.DataFrame:
    """What is published of the counts of measures: cell and `toont`."""
    found = []
    for indicator in pipeline["indicator"]:
        how = indicator["berekening"]
        columns = {"aantal": {"maat": "teller"}, "per": {"maat": "teller"}, "aandeel": {"teller": "teller", "noemer": "noemer"}}
        for measure, column in columns.get(how["soort"], {}).items():
            if not indicator["velden"] or indicator["aard"] not in ("aantal", "per", "aandeel"):
                continue
            shown = rows.filter((pl.col("indicator") == indicator["id"]) & pl.col(column).is_not_null())
            name = pl.lit(names.of(how[measure])).alias("maat")
            found.append(shown.select(name, *CELL[1:], pl.col(column).cast(pl.Int64).alias("toont")))
    return pl.concat(found).unique()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("demo", type=Path)
    parser.add_argument("--year", type=int, required=True)
    args = parser.parse_args()
    pipeline = tomllib.loads((ROOT / "pipelines/omgang/indicators.toml").read_text())
    names, rules = Names(pipeline), Check()
    folder = max((args.demo / f"publicaties/omgang/{args.year}").iterdir(), key=lambda f: int(f.name) if f.name.isdigit() else 0)
    moment = json.loads((folder / "herkomst.json").read_text())["momentopname"]
    text = [pl.col(c).cast(pl.String) for c in CELL]
    kept = args.demo / "intern"
    counts = pl.read_parquet(kept / f"{moment}.telling.parquet").with_columns(text)
    tables = pl.read_parquet(kept / f"{moment}.certificaten.parquet").with_columns(text)
    canonical = pl.col("maat").map_elements(names.of, return_dtype=pl.String)
    counts = counts.with_columns(canonical).unique()
    rules.that(counts.select(CELL).is_duplicated().sum() == 0, "measures that are the same number have other counts")
    shown = published_counts(pl.read_parquet(folder / "cijfers.parquet"), pipeline, names)
    within, _ = areas(args.year)
    distinct = {names.of(m) for m in pipeline["per_persoon"]}
    complete = set(pipeline["volledig"])
    breakdowns = set(counts["uitsplitsing"]) - {TOTAL}
    # Numbers that are sums of measures have names of their own: they follow from the rest.
    tables = tables.filter(~pl.col("maat").str.contains(" + ", literal=True))
    # All that have a code are no cell of the counts.
    of_codes = counts.filter(pl.col("uitsplitsing") != TOTAL).group_by("maat", "gebied", "uitsplitsing").agg(pl.col("aantal").sum())
    counts = pl.concat([counts, of_codes.with_columns(pl.lit(FILLED).alias("categorie")).select(counts.columns)])

    def none(frame: pl.DataFrame, what: str):
        rules.that(frame.is_empty(), f"{what}: {frame.height} times, such as {frame.head(1).to_dicts()}")

    # What a cell is in a table: the exact count, and all that was added on the way there.
    values = tables.sort("tabel").join(counts, on=CELL, how="left", maintain_order="left").with_columns(
        pl.col("aantal").fill_null(0), ernaast=pl.col("meer").cum_sum().over(CELL)
    )
    values = values.with_columns(waarde=pl.col("aantal") + pl.col("ernaast"))
    none(values.filter(pl.col("meer") == 0), "a difference of nothing")
    none(values.filter(pl.col("waarde") < 0), "a count below 0")
    none(values.group_by("tabel", *CELL).len().filter(pl.col("len") > 1), "a cell stands twice in a table")
    near = values.join(shown, on=CELL)
    rules.that(near.height > 1_000, f"only {near.height} published counts are different in a table")
    none(near.filter((pl.col("waarde") - pl.col("toont")).abs() >= 5), "a count that would not have been published so")

    # Gebieden: what gemeenten add up to, and what stands there.
    moved = values.select("tabel", *CELL, "meer", "ernaast")
    gemeenten = moved.filter(pl.col("gebied").str.starts_with("GM"))
    around = within.filter(pl.col("niveau") != "gemeente").select("gemeente", pl.col("gebied").alias("geheel"))
    added = gemeenten.join(around, left_on="gebied", right_on="gemeente").group_by("tabel", "maat", pl.col("geheel").alias("gebied"), "uitsplitsing", "categorie").agg(pl.col("meer").sum().alias("op"))
    level = moved.filter(~pl.col("gebied").str.starts_with("GM"))
    both = level.join(added, on=["tabel", *CELL], how="full", coalesce=True).with_columns(pl.col("meer", "op").fill_null(0))
    none(both.filter(~pl.col("maat").is_in(distinct) & (pl.col("meer") != pl.col("op"))), "gemeenten that do not add up to their gebied")

    # Codes of a breakdown, and all that have one; of a complete breakdown that is the total.
    codes = moved.filter((pl.col("uitsplitsing") != TOTAL) & (pl.col("categorie") != FILLED))
    key = ["tabel", "maat", "gebied", "uitsplitsing"]
    of_codes = codes.group_by(key).agg(pl.col("meer").sum().alias("op"))
    filled = moved.filter(pl.col("categorie") == FILLED).select(*key, "meer")
    both = of_codes.filter(~pl.col("uitsplitsing").is_in(complete)).join(filled, on=key, how="full", coalesce=True)
    both = both.with_columns(pl.col("meer", "op").fill_null(0)).filter(~pl.col("maat").is_in(distinct))
    # A field that must be filled has no cell of its own for all that have it.
    totals = moved.filter(pl.col("uitsplitsing") == TOTAL).select("tabel", "maat", "gebied", pl.col("meer").alias("totaal"))
    both = both.join(totals, on=["tabel", "maat", "gebied"], how="left").with_columns(pl.col("totaal").fill_null(0))
    none(both.filter((pl.col("op") != pl.col("meer")) & (pl.col("op") != pl.col("totaal"))), "codes that do not add up")
    of_complete = of_codes.filter(pl.col("uitsplitsing").is_in(complete) & ~pl.col("maat").is_in(distinct))
    of_complete = of_complete.join(totals, on=["tabel", "maat", "gebied"], how="left").with_columns(pl.col("totaal").fill_null(0))
    none(of_complete.filter(pl.col("op") != pl.col("totaal")), "classes that do not add up to their total")
    rules.that(len(breakdowns) > 3, "no breakdowns")

    # What is declared of measures, in every cell that a table moves in one of them.
    wide = {measure: part.select("tabel", *CELL[1:], "meer") for (measure,), part in moved.group_by("maat")}
    cells = counts.select(CELL[0], "uitsplitsing").unique()
    has = lambda m: set(cells.filter(pl.col("maat") == m)["uitsplitsing"])
    for link in pipeline["verband"]:
        if "som" not in link:
            continue
        left, right = ([names.of(m) for m in link[k]] for k in ("som", "gelijk"))
        if left == right:
            continue
        told = set.intersection(*(has(m) & set(moved.filter(pl.col("maat") == m)["uitsplitsing"]) | {TOTAL} for m in (*left, *right)))
        terms = [wide[m].with_columns(pl.col("meer") * sign) for part, sign in ((left, 1), (right, -1)) for m in part if m in wide]
        if terms:
            total = pl.concat(terms).filter(pl.col("uitsplitsing").is_in(told)).group_by("tabel", *CELL[1:]).agg(pl.col("meer").sum())
            none(total.filter(pl.col("meer") != 0), f"{link['som']} is not {link['gelijk']}")
    for link in pipeline["verband"]:
        if "deel" not in link:
            continue
        part, whole = names.of(link["deel"]), names.of(link["geheel"])
        none(above(moved, counts, part, whole), f"{part} is more than {whole}")

    # Two tables that are two apart, anywhere on the way.
    ends = moved.group_by(CELL).agg(pl.col("ernaast").min().clip(upper_bound=0).alias("min"), pl.col("ernaast").max().clip(lower_bound=0).alias("max"))
    small = counts.filter(pl.col("aantal").is_between(1, 4) & (pl.col("categorie") != FILLED)).join(shown, on=CELL)
    open_ = small.join(ends, on=CELL).filter(pl.col("max") - pl.col("min") >= 2)
    print(f"{tables['tabel'].n_unique()} tables; of {small.height} published counts of 1 to 4 {open_.height} are open by two of them")
    rules.that(open_.height == small.height, "a published small count has no two tables that are two apart")
    print(f"{rules.passed} passed, {rules.failed} failed")
    sys.exit(rules.failed > 0)


def above(moved: pl.DataFrame, counts: pl.DataFrame, part: str, whole: str) -> pl.DataFrame:
    """Cells of a table in which a part is more than its whole: looked at wherever one of the two moves."""
    of = lambda m: moved.filter(pl.col("maat") == m).select("tabel", *CELL[1:], "ernaast").sort("tabel")
    true = lambda m: counts.filter(pl.col("maat") == m).select(*CELL[1:], "aantal")
    # A breakdown by which no table moves a measure is told of nowhere: its cells are as free as their total leaves them.
    told = lambda m: set(moved.filter(pl.col("maat") == m)["uitsplitsing"]) | {TOTAL}
    both = pl.concat([of(part), of(whole)]).filter(pl.col("uitsplitsing").is_in(told(part) & told(whole)))
    both = both.select("tabel", *CELL[1:]).unique().sort("tabel")
    for m, name in ((part, "deel"), (whole, "geheel")):
        # What it was moved by last, in this table or before it.
        both = both.join_asof(of(m).rename({"ernaast": f"{name}_ernaast"}), on="tabel", by=CELL[1:], check_sortedness=False)
        both = both.join(true(m).rename({"aantal": name}), on=CELL[1:], how="left", maintain_order="left")
    both = both.with_columns(pl.col("deel", "geheel", "deel_ernaast", "geheel_ernaast").fill_null(0))
    return both.filter(pl.col("deel") + pl.col("deel_ernaast") > pl.col("geheel") + pl.col("geheel_ernaast"))


main()
