"""Checks a publication against the rules by which it is protected, with the exact figures beside it.

Written from the rules, not from the code that applies them. Needs polars; openpyxl where a workbook is published. Usage:

    python tests/python/protected_check.py target/demo [--year 2020]   (every published year where none is given)

Reads <demo>/intern/cijfers.parquet (exact), <demo>/publicaties/omgang/<year>/<last> (every file) and indicators.toml.
What it holds against the rules:

- counts of people (teller, noemer, n) are multiples of 5, less than 5 from the exact one, without bias; equal sets have
  equal numbers, through every indicator, link, and regio that is one gemeente;
- shares, rates, ratios and their 95 % limits follow from the published counts alone; the 99.8 % limits are exact
  binomial or Poisson over what the rounding leaves open, and `oordeel` follows from them;
- quantiles, curves, means, money, minutes and places keep their floors and steps, and are the exact figure but for these;
- what is hidden is hidden for a rule and shows nothing, not even whether a published 0 is exactly 0; status and reden;
- levels: only totals at gemeente, nothing at `niet_bij`, no value of one child.

The search through the published files: cijfers.csv, and cijfers.csv, cijfers.json and workbooks of every page, hold the
rows of cijfers.parquet and nothing else; in other JSON only numbers at known places, `weggelaten` in fives. In pages and
SVG: every `teller`, `noemer` (where it counts people) and n of a card or table, every value of an indicator that is a
count, and in all text (titles and descriptions of drawings too) every whole number before a word for people, as in
"675 trajecten". A number in a page with no such word near it and outside these tables is not searched for. A file of a
kind nobody reads here fails. Prints what protection costs per niveau, then `N passed, M failed`; leaves with 1 on failure.
"""

import argparse
import json
import math
import sys
import tomllib
from collections import Counter, defaultdict
from pathlib import Path

import polars as pl

from check import Check
from limits import TAIL998, around, outer_count, outer_share, poisson_limits, clustered_rank
from published_files import CELL, FREE, KEY, NUMBERS, Files, counts_people

ROOT = Path(__file__).resolve().parents[2]
SHARES = ("aandeel", "verdeling")
SHARE_FLOOR, CURVE_FLOOR = 20, 40
QUANTILE_FLOOR = {0.5: (25, 35), 0.25: (50, 65), 0.75: (50, 65), 0.8: (60, 85), 0.9: (120, 165), 0.92: (150, 205)}
LEFT_OUT = "voor alle gebieden weggelaten om kinderen te beschermen"
REASONS = {
    "Q": {"niet getoond om kinderen te beschermen", LEFT_OUT},
    "O": {"geen aanbieder leverde"},
    "L": {"deze tabel is niet geleverd", "van te weinig trajecten bekend"},
    "M": {"niet te berekenen"},
}


# ------------------------------------------------------------------------------------------------------------- tables


class Publication:
    """The published rows, and the exact ones, by key."""

    def __init__(self, demo: Path, year: int):
        versions = [int(folder.name) for folder in (demo / f"publicaties/omgang/{year}").iterdir() if folder.name.isdigit()]
        self.folder = demo / f"publicaties/omgang/{year}/{max(versions)}"
        definition = tomllib.loads((ROOT / "pipelines/omgang/indicators.toml").read_text())
        self.links = definition["verband"]
        self.only_totals = definition["alleen_totaal"]
        self.indicators = {one["id"]: one for one in definition["indicator"]}
        self.frame = pl.read_parquet(self.folder / "cijfers.parquet")
        exact = pl.read_parquet(demo / "intern/cijfers.parquet").filter(pl.col("jaar") == year)
        by_key = lambda frame: {tuple(row[k] for k in KEY): row for row in frame.iter_rows(named=True)}
        self.rows, self.exact = by_key(self.frame), by_key(exact)
        provenance = json.loads((self.folder / "herkomst.json").read_text())
        self.norm_days = provenance["instellingen"]["norm_dagen"]
        self.effects = provenance["ontwerpeffecten"]
        self.weeks = (366 if year % 4 == 0 and (year % 100 != 0 or year % 400 == 0) else 365) / 7
        regio = pl.read_csv(ROOT / "schemas/gebieden/gemeenten.csv").filter(pl.col("jaar") == year)
        alone = regio.group_by("jeugdregio_code").agg(pl.col("gemeentecode")).filter(pl.col("gemeentecode").list.len() == 1)
        self.same_gebied = {("jeugdregio", r): ("gemeente", g[0]) for r, g in alone.iter_rows()}

    def effect(self, indicator: str) -> float:
        """How much less its records tell because they hang together."""
        return self.effects.get(indicator, 1.0)

    def kind(self, indicator: str) -> str:
        """Its `aard`; one that is said to be public but counts people by its own words is none of the free kinds."""
        one = self.indicators[indicator]
        return "aandeel" if one["aard"] == "openbaar" and counts_people(one["teller"]) else one["aard"]

    def people(self, indicator: str) -> tuple[str, ...]:
        """The columns in which it counts people."""
        kind = self.kind(indicator)
        if kind in FREE:
            return ()
        return ("teller", "n") if kind == "per" else ("teller", "noemer", "n")

    def measures(self, row: dict) -> list[tuple[str, str, tuple]]:
        """(measure, column, cell) for the measures of the SQL that stand in the row."""
        b, cell = self.indicators[row["indicator"]]["berekening"], tuple(row[k] for k in CELL)
        whole = (*cell[:2], "totaal", "totaal")
        kind = self.kind(row["indicator"])
        match b["soort"]:
            case "aantal" | "per":
                return [(b["maat"], "teller", cell), (b["maat"], "n", cell)]
            case "aandeel":
                return [(b["teller"], "teller", cell), (b["noemer"], "noemer", cell), (b["noemer"], "n", cell)]
            case "aandeel_code":
                return [(b["maat"], "teller", cell), (b["maat"] + "/" + b["veld"], "noemer", whole)]
            case "case_mix":
                return [(b["teller"], "teller", cell), (b["noemer"], "n", cell)]
            case "kwantiel":
                return [(b["maat"], "n", cell)]
            case "verhouding" if kind == "verhouding":
                return [(b["teller"], "teller", cell), (b["noemer"], "noemer", cell)]
            case "verhouding" if kind in ("gemiddelde", "geld", "minuten"):
                return [(b["aantal"], "n", cell)]
            case "wachtrij":
                teller = b["wachtend"] if b["uitkomst"] == "wegwerktijd" else b["instroom"]
                noemer = {"inhaalcapaciteit": b["wachtend"], "norm_wachtrij": None}.get(b["uitkomst"], "+".join(b["uitstroom"]))
                return [(teller, "teller", cell)] + ([(noemer, "noemer", cell)] if noemer else [])
        return []


# Limits have seven figures, outward.
FIGURES = 2e-6


def close(a, b, relative=1e-9) -> bool:
    return a is not None and b is not None and math.isclose(a, b, rel_tol=relative, abs_tol=1e-9)


def stepped(value: float, step: float) -> bool:
    return abs(value / step - round(value / step)) < 1e-6


class Rules:
    """The check of every rule; says at most five rows of what goes against one."""

    def __init__(self, publication: Publication, check: Check):
        self.publication, self.check = publication, check
        self.seen, self.wrong = Counter(), defaultdict(list)

    def that(self, fine, rule: str, what):
        self.seen[rule] += 1
        if not fine:
            self.wrong[rule].append(what)

    def tell(self):
        for rule, seen in self.seen.items():
            wrong = self.wrong[rule]
            self.check.that(not wrong, f"{rule}: {len(wrong)} of {seen}, as {'; '.join(map(str, wrong[:5]))}")

    def each(self):
        """What can be seen of one row."""
        p = self.publication
        for key, row in p.rows.items():
            exact = p.exact.get(key)
            self.level(key, row)
            self.status(key, row, exact)
            if key[0] == "gebruik_trajecten" and key[3] == "totaal":
                self.response(key, row)
            self.counts(key, row, exact)
            if row["waarde"] is None:
                continue
            kind = p.kind(key[0])
            if kind == "aantal":
                self.count(key, row)
            elif kind == "per":
                self.rate(key, row)
            elif kind in SHARES:
                self.share(key, row)
            elif kind == "verhouding":
                self.ratio(key, row)
            elif exact is not None and kind == "kwantiel":
                self.quantile(key, row, exact)
            elif exact is not None and kind == "curve":
                self.curve(key, row, exact)
            elif exact is not None and kind in ("gemiddelde", "geld", "minuten", "plaatsen"):
                self.amount(kind, key, row, exact)
            elif exact is not None and kind == "openbaar":
                same = all(row[c] == exact[c] for c in ("waarde", "teller", "noemer", "n"))
                self.that(same, "what is public is exact", key)
            if kind not in FREE:
                self.verdict(key, row)
                self.bounds(kind, key, row)
                self.sources(kind, key, row)

    def response(self, key, row):
        """One response per gebied: each aanbieder that works there once, in the figure and beside all others."""
        told = self.publication.rows.get(("respons_aanbieders", *key[1:3], "totaal", "totaal"))
        if row["respons"] is not None and told is not None and told["waarde"] is not None:
            self.that(abs(row["respons"] - told["waarde"]) <= 5e-5 + 1e-9, "one response per gebied", (key[1:3], row["respons"], told["teller"], told["noemer"]))

    def level(self, key, row):
        p, one = self.publication, self.publication.indicators[key[0]]
        kind = p.kind(key[0])
        if key[1] in p.only_totals and kind not in FREE:
            self.that(key[3:] == ("totaal", "totaal"), "only totals where cells are small", key)
        absent = key[1] in one.get("niet_bij", []) or (key[1] == "gemeente" and key[0] in ("stroom_begin", "stroom_eind"))
        self.that(not absent, "nothing where the indicator is not published", key)
        self.that(kind != "uiterste" or row["waarde"] is None, "no value of one child", key)
        numbers = [c for c in NUMBERS + ["dekking_records", "dekking_aanbieders"] if row[c] is not None]
        self.that(row["status"] != "Q" or not numbers, "a hidden row shows no number", (key, numbers))
        if row["dekking_records"] is not None and kind not in FREE:
            self.that(stepped(row["dekking_records"], 0.01), "dekking in whole percents", (key, row["dekking_records"]))

    def status(self, key, row, exact):
        status, reason = row["status"], row["reden"]
        self.that((row["waarde"] is None) == (reason is not None), "a reden where there is no waarde, and only there", key)
        self.that(reason in REASONS.get(status, {None}), "the reden of the status", (key, status, reason))
        self.that(status in ("A", "P", *REASONS), "a known status", (key, status))
        self.that((row["vertrouwelijk"] == "C") == (status == "Q"), "C for what is hidden, and only for that", key)
        empty = [c for c in NUMBERS if row[c] is not None]
        # A count stays beside a rate that can't be computed for want of its public noemer, and so does what is public.
        sizes = {"teller", "noemer", "n"}
        stays = {"per": {"teller", "n"}, "openbaar": sizes, "verhouding": sizes}
        allowed = stays.get(self.publication.indicators[key[0]]["aard"], set()) if status == "M" else set()
        self.that(row["waarde"] is not None or set(empty) <= allowed, "a row without waarde has no other number", (key, empty))
        if exact is not None:
            self.that((status == "O") == (exact["status"] == "O"), "O where nobody delivered, and only there", key)
            missing = exact["reden"] == "deze tabel is niet geleverd"
            self.that((reason == "deze tabel is niet geleverd") == missing, "L where the table is absent, and only there", key)
        if status == "O":
            self.that(row["respons"] == 0, "O only where the response is 0", (key, row["respons"]))
        known = row["dekking_records"]
        if reason == "van te weinig trajecten bekend":
            # Dekking is published in whole percents.
            of_response = not self.publication.indicators[key[0]]["velden"]
            fine = of_response or key[1] != "nederland" and (known is None or known <= 0.5)
            self.that(fine, "L for a dekking below half, in a gebied", (key, known))
        elif row["waarde"] is not None and key[1] != "nederland" and known is not None:
            self.that(known >= 0.5, "no figure below a dekking of half", (key, known))

    def counts(self, key, row, exact):
        for column in self.publication.people(key[0]):
            if row[column] is None:
                continue
            self.that(row[column] % 5 == 0 and row[column] >= 0, "counts of people in fives", (key, column, row[column]))
            if exact is not None and exact[column] is not None:
                away = abs(row[column] - exact[column])
                said = (key, column, exact[column], row[column])
                self.that(away < 5, "less than 5 from the exact count", said)
                self.that(exact[column] % 5 != 0 or away == 0, "a multiple of 5 stays itself", said)

    def count(self, key, row):
        low, high = outer_count(row["teller"], self.publication.effect(key[0]))
        self.that(row["waarde"] == row["teller"], "a count is its teller", key)
        self.that(close(row["onder"], low, FIGURES) and close(row["boven"], high, FIGURES), "95 % limits of a count", (key, row["onder"], low, row["boven"], high))

    def rate(self, key, row):
        factor = self.publication.indicators[key[0]]["berekening"]["per"] / row["noemer"]
        low, high = outer_count(row["teller"], self.publication.effect(key[0]))
        self.that(close(row["waarde"], row["teller"] * factor), "a rate from its published teller", key)
        fine = close(row["onder"], low * factor, FIGURES) and close(row["boven"], high * factor, FIGURES)
        self.that(fine, "95 % limits of a rate", (key, row["onder"], low * factor, row["boven"], high * factor))
        span = around(row["teller"])
        effect = self.publication.effect(key[0])
        low = poisson_limits(span[0] / effect, TAIL998)[0] * effect * factor
        high = poisson_limits(span[-1] / effect, TAIL998)[1] * effect * factor
        fine = close(row["onder_998"], low, FIGURES) and close(row["boven_998"], high, FIGURES)
        self.that(fine, "99.8 % limits of a rate", (key, row["onder_998"], low, row["boven_998"], high))

    def share(self, key, row):
        x, n = row["teller"], row["noemer"]
        self.that(n is not None and n >= SHARE_FLOOR, "a share from a published noemer of 20", (key, n))
        if not n:
            return
        value = min(1.0, x / n) * 100
        fine = abs(row["waarde"] * 100 - value) <= 0.5 + 1e-9 and stepped(row["waarde"], 0.01)
        self.that(fine, "a share in whole percents, from its published counts", (key, row["waarde"], x, n))
        if self.publication.indicators[key[0]]["interval"] != "wilson":
            return
        low, high, low998, high998 = outer_share(x, n, self.publication.effect(key[0]))
        said = (key, x, n, row["onder"], low, row["boven"], high)
        self.that(close(row["onder"], low) and close(row["boven"], high), "95 % limits of a share", said)
        said = (key, x, n, row["onder_998"], low998, row["boven_998"], high998)
        self.that(close(row["onder_998"], low998) and close(row["boven_998"], high998), "99.8 % limits of a share", said)

    def ratio(self, key, row):
        p, b = self.publication, self.publication.indicators[key[0]]["berekening"]
        x, n = row["teller"], row["noemer"]
        target = x / p.weeks * p.norm_days / 7 / 4
        match b.get("uitkomst"):
            case "norm_wachtrij":
                value = target
            case "inhaalcapaciteit":
                value = x / p.weeks + (n - target) / 26
                self.that(n > 2 * target, "capacity to catch up only above twice the target", key)
            case "wegwerktijd":
                value = x / (n / p.weeks)
            case _:
                value = x / n
        self.that(close(row["waarde"], value), "a ratio from its published counts", (key, row["waarde"], value))
        if b["soort"] == "case_mix":
            low, high = outer_count(x, p.effect(key[0]))
            fine = close(row["onder"], low / (n + 2.5), FIGURES) and close(row["boven"], high / (n - 2.5), FIGURES)
            self.that(fine, "95 % limits of what was expected", (key, row["onder"], row["boven"], low, high, n))
        # Of the sizes of two lists either may be small; of a quotient it is what is divided by.
        floor = n if b.get("uitkomst") not in ("norm_wachtrij", "inhaalcapaciteit") else x
        self.that(floor >= SHARE_FLOOR, "a ratio from a published noemer of 20", (key, x, n))

    def bounds(self, kind, key, row):
        """What the missing could do, for counts and rates only, in fives."""
        low, high = row["minstens"], row["hoogstens"]
        if low is None and high is None:
            return
        said = (key, low, row["waarde"], high)
        self.that(kind in ("aantal", "per"), "bounds of counts and rates only", said)
        one = row["waarde"] / row["teller"] if row["teller"] and kind == "per" else 1.0
        if kind == "aantal" or row["teller"]:
            fine = all(v is None or stepped(v, 5 * one) for v in (low, high))
            fine = fine and (low is None or low <= row["waarde"]) and (high is None or high >= row["waarde"])
            self.that(fine, "bounds in fives, around the figure", said)

    def sources(self, kind, key, row):
        """From how many aanbieders: of the total alone, and as a number only from 100."""
        of, total = row["dekking_aanbieders"], self.publication.rows.get((*key[:3], "totaal", "totaal"))
        if key[3] != "totaal" and total is not None and total["status"] != "Q":
            self.that(of in (None, total["dekking_aanbieders"]), "from how many aanbieders, of the total alone", (key, of))
        # Where the noemer is the records that the figure is made of.
        if kind == "verdeling" and self.publication.indicators[key[0]]["velden"][0].startswith("traject."):
            n = row["noemer"]
            fine = of is None if n < 10 else of in (None, "1", "2 of meer") if n < 100 else of is None or of.isdigit()
            self.that(fine, "from how many aanbieders, by its floors", (key, n, of))

    def quantile(self, key, row, exact):
        p, n = self.publication.indicators[key[0]]["berekening"]["p"], row["n"]
        shown, judged = QUANTILE_FLOOR[p]
        step = 7 if n < 100 else 1
        self.that(n >= shown, "a quantile from its floor", (key, n))
        fine = stepped(row["waarde"], step) and abs(row["waarde"] - exact["waarde"]) <= step / 2
        self.that(fine, "the exact quantile in its step", (key, row["waarde"], exact["waarde"]))
        for end, tail, floor in [("", 0.025, shown), ("_998", TAIL998, judged)]:
            low, high = row["onder" + end], row["boven" + end]
            ranks = clustered_rank(exact["n"], p, tail, self.publication.effect(key[0]))
            for value, truth, position, outward in [
                (low, exact["onder" + end], ranks[0], math.floor),
                (high, exact["boven" + end], exact["n"] + 1 - ranks[1], math.ceil),
            ]:
                said = (key, "95 %" if not end else "99.8 %", value, truth, position, n)
                wanted = n >= floor and position > 5
                self.that((value is not None) == wanted, "a limit of a quantile from its floor, clear of the five outermost", said)
                if value is not None:
                    self.that(truth is not None and value == outward(truth / step) * step, "a limit of a quantile, outward in its step", said)

    def curve(self, key, row, exact):
        self.that(row["n"] >= CURVE_FLOOR, "a curve from 40", (key, row["n"]))
        fine_step, coarse = (0.01, 0.05) if self.publication.indicators[key[0]]["eenheid"] == "aandeel" else (1, 7)
        steps = []
        outwards = {"waarde": round, "onder": math.floor, "boven": math.ceil, "onder_998": math.floor, "boven_998": math.ceil}
        for column, outward in outwards.items():
            value, truth = row[column], exact[column]
            if value is None:
                continue
            # Half a step either way is a rounding; a limit on the step itself stays.
            nudge = {round: 0, math.floor: 1e-9, math.ceil: -1e-9}[outward]
            fine = truth is not None and {step for step in (fine_step, coarse) if abs(outward(truth / step + nudge) * step - value) < 1e-6}
            self.that(fine, "read from the exact curve, in its steps", (key, column, value, truth))
            steps.append(fine or set())
        self.that(row["n"] >= 200 or all(coarse in step for step in steps), "a curve of less than 200 in coarse steps", (key, row["n"], row["waarde"]))

    def amount(self, kind, key, row, exact):
        if self.publication.indicators[key[0]]["eenheid"] == "dagen":
            step = 7 if row["n"] < 100 else 1
            fine = stepped(row["waarde"], step) and abs(row["waarde"] - exact["waarde"]) <= step / 2 * (1 + 1e-9)
            self.that(fine and row["n"] >= SHARE_FLOOR and row["teller"] is None, "a mean of days in its step, from 20", (key, row["waarde"], exact["waarde"], row["n"]))
            return
        places = {"gemiddelde": None}.get(kind, 3)
        digits = 1 if places is None else places - 1 - math.floor(math.log10(abs(exact["waarde"]))) if exact["waarde"] else 1
        unit = 10.0**-digits
        fine = abs(row["waarde"] - exact["waarde"]) <= unit / 2 * (1 + 1e-6) and stepped(row["waarde"], unit)
        said = (key, row["waarde"], exact["waarde"], row["n"])
        self.that(fine, "a mean in one decimal of the exact one" if kind == "gemiddelde" else "three significant figures of the exact amount", said)
        self.that(row["teller"] is None, "no sum beside a mean or an amount", key)
        if kind == "gemiddelde":
            self.that(row["n"] >= SHARE_FLOOR, "a mean from 20", said)
            return
        self.that(row["noemer"] is None, "no noemer beside an amount", key)
        self.that(kind == "plaatsen" or row["n"] >= SHARE_FLOOR, "an amount from 20", said)
        if key[3] == "totaal" and exact["dekking_aanbieders"] is not None:
            self.that(int(exact["dekking_aanbieders"]) >= 3, "an amount from 3 aanbieders", (key, exact["dekking_aanbieders"]))

    def verdict(self, key, row):
        oordeel, low, high = row["oordeel"], row["onder_998"], row["boven_998"]
        if oordeel is None:
            return
        country = self.publication.rows.get((key[0], "nederland", "NL00", *key[3:]))
        value = country and country["waarde"]
        said = (key, oordeel, low, high, value)
        # Higher stands on the lower limit and lower on the upper one: the other may not be reached. Else both are needed.
        needed = {"hoger": [low], "lager": [high]}.get(oordeel, [low, high])
        self.that(value is not None and None not in needed, "a verdict has an interval and a country", said)
        if None in (value, low, high):
            return
        outside = "hoger" if low > value else "lager" if high < value else None
        if oordeel in ("hoger", "lager"):
            self.that(outside == oordeel, "hoger and lager leave the country's value out of 99.8 %", said)
        else:
            self.that(outside is None or self.publication.kind(key[0]) == "per", "what leaves the country's value out is told", said)


# -------------------------------------------------------------------------------------------------- more than one row


def same_sets(publication: Publication, rules: Rules):
    """Equal sets, equal numbers: through indicators, links of one measure with one other, and regio's of one gemeente."""
    root = {}

    def top(measure):
        while root.get(measure, measure) != measure:
            measure = root[measure]
        return measure

    for link in publication.links:
        if "som" in link and len(link["som"]) == len(link["gelijk"]) == 1:
            root[top(link["som"][0])] = top(link["gelijk"][0])
    cells = defaultdict(list)
    for key, row in publication.rows.items():
        exact = publication.exact.get(key)
        for measure, column, cell in publication.measures(row):
            if row[column] is not None and column in publication.people(key[0]):
                gebied = publication.same_gebied.get(cell[:2], cell[:2])
                cells[top(measure), *gebied, *cell[2:]].append((row[column], exact and exact[column], key[0], column))
    for cell, told in cells.items():
        truth = {exact for _, exact, _, _ in told if exact is not None}
        rules.that(len(truth) <= 1, "the exact numbers of one set are equal", (cell, told))
        rules.that(len({value for value, *_ in told}) == 1, "equal sets, equal numbers", (cell, told))
    for key, row in publication.rows.items():
        exact = publication.exact.get(key)
        if publication.kind(key[0]) in SHARES and row["waarde"] is not None and exact and exact["teller"] == exact["noemer"]:
            rules.that(row["teller"] == row["noemer"], "a part that is the whole has its number", (key, row["teller"], row["noemer"]))
    return {cell: told[0][0] for cell, told in cells.items()}, top


def floor_of(publication: Publication, indicator: str) -> int:
    """The published number of people from which it is shown."""
    kind = publication.kind(indicator)
    if kind == "kwantiel":
        return QUANTILE_FLOOR[publication.indicators[indicator]["berekening"]["p"]][0]
    return {"aantal": 0, "per": 0, "curve": CURVE_FLOOR}.get(kind, SHARE_FLOOR)


def hidden_by_rule(publication: Publication, rules: Rules, published: dict, top):
    """Q where a floor asks for it and only there."""
    left_out, reasons = defaultdict(set), defaultdict(set)
    for key, row in publication.rows.items():
        left_out[key[0], key[1], key[3]].add(row["status"])
        reasons[key[0], key[1], key[3]].add(row["reden"])
    for group, told in reasons.items():
        fine = LEFT_OUT not in told or told <= {LEFT_OUT, *REASONS["O"], "deze tabel is niet geleverd"}
        rules.that(fine, "left out for all gebieden alike", (group, told))
    for key, row in publication.rows.items():
        kind, exact = publication.kind(key[0]), publication.exact.get(key)
        # Two lists, each with its own size, are held by `ratio`.
        if kind in (*FREE, "uiterste", "verhouding") or exact is None or row["status"] in ("O", "L"):
            continue
        column, floor = "noemer" if kind in SHARES else "n", floor_of(publication, key[0])
        number = published_number(publication, published, top, exact, column)
        low, high = (number, number) if number is not None else (exact[column] - 4, exact[column] + 4)
        said = (key, row["status"], column, exact[column], number)
        if row["status"] in ("A", "P"):
            rules.that(high >= floor, "nothing shown below its floor", said)
        elif row["status"] == "M" and kind not in ("aantal", "per"):
            # What is divided by a published 0 can't be computed; all else below the floor has the one sign for hidden.
            zero = kind not in ("kwantiel", "curve") and low <= 0
            rules.that(zero or high >= floor, "one sign for what is hidden, whatever the reason inside", said)
        elif row["status"] == "Q" and kind in ("aantal", "per", "gemiddelde", "kwantiel", *SHARES):
            # A breakdown from which a number follows is left out for all gebieden of the niveau.
            fine = low < floor or row["reden"] == LEFT_OUT or left_out[key[0], key[1], key[3]] == {"Q"}
            rules.that(fine, "hidden only by a rule", said)


def published_number(publication, published, top, row, column):
    """What is published of the set that the column counts, in this row or another."""
    for measure, where, cell in publication.measures(row):
        gebied = publication.same_gebied.get(cell[:2], cell[:2])
        if where == column and (top(measure), *gebied, *cell[2:]) in published:
            return published[top(measure), *gebied, *cell[2:]]
    return None


def known_part(publication: Publication, rules: Rules, published: dict, top):
    """Dekking is the part of the records in which the field is filled: of these two counts, each known to within 4."""
    whole_of = {link["som"][0]: link["gelijk"][0] for link in publication.links if len(link.get("som", ())) == 2}
    known = defaultdict(list)
    for one in publication.indicators.values():
        if one["aard"] == "verdeling" and "weggelaten" not in one:
            maat = one["berekening"]["maat"]
            known[top(maat)].append(f"{maat}/{one['berekening']['veld']}")
    for key, row in publication.rows.items():
        one = publication.indicators[key[0]]
        if one["aard"] != "verdeling" or "weggelaten" not in one or row["waarde"] is None or row["dekking_records"] is None:
            continue
        maat = one["berekening"]["maat"]
        full = top(whole_of.get(maat, maat))
        places = [(name, *key[1:3], "totaal", "totaal") for name in [full, *known[full]]]
        whole = next((published[place] for place in places if published.get(place)), None)
        if whole:
            x = row["noemer"]
            low, high = max(0, x - 4) / (whole + 4), (x + 4) / max(1, whole - 4)
            fine = low - 0.005 <= row["dekking_records"] <= high + 0.005
            rules.that(fine, "dekking is the part in which the field is filled", (key, row["dekking_records"], x, whole))


def zero_is_not_told(publication: Publication, rules: Rules, published: dict, top):
    """Where 0 is published no other row tells an exact 0 from 1 to 4, by its status or by its absence."""
    cells = {key[1:] for key in publication.rows if publication.kind(key[0]) == "aantal"}
    for indicator, one in publication.indicators.items():
        kind = publication.kind(indicator)
        if kind in (*FREE, "aantal", "per", "verdeling", "verhouding"):
            continue
        column, states = "noemer" if kind in SHARES else "n", defaultdict(lambda: defaultdict(Counter))
        for cell in cells:
            if cell[2] not in ("totaal", *one["uitsplitsingen"]):
                continue
            key = (indicator, *cell)
            row, exact = publication.rows.get(key), publication.exact.get(key)
            state = row["status"] if row else "no row"
            truth = exact[column] if exact else 0
            if truth is None or truth > 4 or state in ("O", "L"):
                continue
            number = published_number(publication, published, top, dict(zip(KEY, key)), column)
            if number is None or number == 0:
                states[cell[0], cell[2] == "totaal", number is None][truth == 0][state] += 1
        for (niveau, total, unknown), of in states.items():
            zero, some = of[True], of[False]
            if not zero or not some:
                continue
            # Where no count is published of the set, 1 to 4 may also have been drawn upward.
            fine = set(zero) <= set(some) if unknown else set(zero) == set(some)
            what = (indicator, niveau, "totaal" if total else "uitsplitsingen", "exact 0:", dict(zero), "exact 1 to 4:", dict(some))
            rules.that(fine, "no sign tells an exact 0 from 1 to 4", what)


def bias(publication: Publication, rules: Rules):
    """Rounding neither adds nor takes away, and a table of what protection costs."""
    print(f"{'niveau':<14}{'rijen':>7}{'getoond':>9}{'Q':>7}{'L':>6}{'O':>5}{'M':>6}{'weg':>8}{'fout':>9}{'±4 se':>8}{'abs. fout':>11}")
    for niveau in ["nederland", "provincie", "grootteklasse", "jeugdregio", "gemeente"]:
        rows = {key: row for key, row in publication.rows.items() if key[1] == niveau}
        status = Counter(row["status"] for row in rows.values())
        away = sum(1 for key in publication.exact if key[1] == niveau and key not in publication.rows)
        # Only what no floor chooses; what may be the same set of records counts as one draw.
        errors, draws = [], Counter()
        for key, row in rows.items():
            if publication.kind(key[0]) == "aantal" and row["teller"] is not None and key in publication.exact:
                exact = publication.exact[key]["teller"]
                errors.append(row["teller"] - exact)
                draws[key[2], key[0], exact] += 1
        mean = sum(errors) / max(1, len(errors))
        variance = sum(times**2 * (exact % 5) * (5 - exact % 5) for (_, _, exact), times in draws.items())
        allowed = 4 * math.sqrt(variance) / max(1, len(errors))
        absolute = sum(map(abs, errors)) / max(1, len(errors))
        shown = status["A"] + status["P"]
        counts = f"{len(rows):>7}{shown:>9}{status['Q']:>7}{status['L']:>6}{status['O']:>5}{status['M']:>6}{away:>8}"
        print(f"{niveau:<14}{counts}{mean:>9.3f}{allowed:>8.3f}{absolute:>11.2f}")
        rules.that(len(errors) > 0 and abs(mean) <= allowed, "rounding without bias", (niveau, mean, allowed))
    for one in ["gebruik_trajecten", "wachten_op_31_december", "wachten_gestart_mediaan", "uitkomst_volgens_plan"]:
        totals = [row for key, row in publication.rows.items() if key[0] == one and key[1] == "gemeente" and key[3] == "totaal"]
        print(f"gemeenten whose total can be read: {one} {sum(row['waarde'] is not None for row in totals)} of {len(totals)}")
    everywhere = defaultdict(set)
    for key, row in publication.rows.items():
        everywhere[key[0], key[1], key[3]].add(row["status"])
    out = [" ".join(group) for group, states in everywhere.items() if states == {"Q"}]
    print(f"hidden for all gebieden of a niveau: {len(out)} breakdowns of indicators")


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("demo", type=Path)
    arguments.add_argument("--year", type=int, action="append", help="every published year where it is not given")
    wanted = arguments.parse_args()
    check = Check()
    for year in wanted.year or sorted(int(folder.name) for folder in (wanted.demo / "publicaties/omgang").iterdir()):
        publication = Publication(wanted.demo, year)
        print(f"-- {publication.folder.relative_to(wanted.demo)}")
        rules = Rules(publication, check)
        rules.each()
        published = same_sets(publication, rules)
        hidden_by_rule(publication, rules, *published)
        known_part(publication, rules, *published)
        zero_is_not_told(publication, rules, *published)
        bias(publication, rules)
        Files(publication, rules).all()
        rules.tell()
    print(f"{check.passed} passed, {check.failed} failed")
    sys.exit(check.failed > 0)


if __name__ == "__main__":
    main()
