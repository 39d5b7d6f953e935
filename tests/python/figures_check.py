"""Computes every figure of `cijfers` again, from the canonical CSVs and by the definitions alone, and compares.

Written from the definitions, not from the SQL of the pipelines: another language, another engine, another shape.
Needs polars. Usage:

    python tests/python/figures_check.py target/demo [--year 2020] [--norm-days 98]

Reads <demo>/pakketten[-<year>]/<aanbieder>/{traject,wachtlijst,voorziening}.csv.zst and <demo>/intern/cijfers.parquet (before
protection). Where <demo>/momentopname.json exists, only the aanbieders it names count. Prints `N passed, N failed`
and leaves with 1 when any row differs.
"""

import argparse
import json
import math
import sys
from bisect import bisect_left
from collections import defaultdict
from datetime import date
from pathlib import Path

import polars as pl

ROOT = Path(__file__).resolve().parents[2]
BREAKDOWNS = ["kader", "vorm", "verwijzer", "bekostiging", "leeftijdsklasse"]
AGES = [(3, "0-3"), (7, "4-7"), (11, "8-11"), (17, "12-17"), (22, "18-22")]
KEY = ["niveau", "gebied", "uitsplitsing", "categorie"]
SIZES = ["<50.000", "50.000-100.000", ">100.000"]


def codes(name: str, year: int) -> list[str]:
    """The codes of a list that are valid in the year."""
    table = pl.read_csv(ROOT / f"schemas/omgang/codes/{name}.csv", infer_schema=False)
    valid = []
    for row in table.iter_rows(named=True):
        if (row.get("vanaf") and int(row["vanaf"]) > year) or (row.get("tot") and int(row["tot"]) < year):
            continue
        valid.append(row["code"])
    return valid


def areas(year: int) -> tuple[pl.DataFrame, dict]:
    """gemeente -> every gebied it is part of, and inhabitants and one-parent households per gebied."""
    table = pl.read_csv(ROOT / "schemas/gebieden/gemeenten.csv").filter(pl.col("jaar") == year)
    rows, people = [], defaultdict(lambda: [0, 0])
    for g in table.iter_rows(named=True):
        n = g["inwoners"]
        size = None if n is None else SIZES[0] if n < 50_000 else SIZES[1] if n <= 100_000 else SIZES[2]
        own = [("nederland", "NL00"), ("provincie", g["provincie_code"]), ("jeugdregio", g["jeugdregio_code"]), ("gemeente", g["gemeentecode"])]
        if size:
            own.append(("grootteklasse", size))
        for level, area in own:
            rows.append((g["gemeentecode"], level, area))
            for i, value in enumerate((n, g["eenouderhuishoudens"])):
                total = people[(level, area)]
                total[i] = None if value is None or total[i] is None else total[i] + value
    return pl.DataFrame(rows, schema=["gemeente", "niveau", "gebied"], orient="row"), dict(people)


def pakketten_of(demo: Path, year: int) -> Path:
    """Where the demo keeps the pakketten of a year: the first has no year in its name."""
    of_year = demo / f"pakketten-{year}"
    return of_year if of_year.exists() else demo / "pakketten"


def read(pakketten: Path, table: str, wanted: set[str] | None) -> pl.DataFrame:
    """One table of all pakketten, all columns as text, with the aanbieder beside it."""
    frames = []
    for folder in sorted(pakketten.iterdir()):
        file = folder / f"{table}.csv.zst"
        if not file.exists():
            file = folder / f"{table}.csv"
        if not file.exists() or (wanted is not None and folder.name not in wanted):
            continue
        frame = pl.read_csv(file, infer_schema=False)
        frames.append(frame.with_columns(pl.lit(folder.name).alias("aanbieder")))
    return pl.concat(frames, how="diagonal") if frames else pl.DataFrame()


UNKNOWN = "onbekend"


class Expected:
    """What the figures should be: (indicator, niveau, gebied, uitsplitsing, categorie) -> (waarde, teller, noemer)."""

    def __init__(self):
        self.rows = {}

    def put(self, indicator, key, value, numerator=None, denominator=None):
        # What is no answer to a field has no row.
        if key[3] != UNKNOWN:
            self.rows[(indicator, *key)] = (value, numerator, denominator)


def trajecten(demo: Path, year: int, wanted) -> pl.DataFrame:
    """The trajecten as they stood on 31 December."""
    end, start, before = date(year, 12, 31), date(year, 1, 1), date(year - 1, 12, 31)
    t = read(pakketten_of(demo, year), "traject", wanted)
    for name in ["aanmelddatum", "intakedatum", "startdatum", "einddatum"]:
        t = t.with_columns(pl.col(name).str.to_date("%Y-%m-%d"))
    for name in ["contacten", "gesprekken", "minuten", "weekendcontacten", "leeftijd_bij_aanmelding"]:
        t = t.with_columns(pl.col(name).cast(pl.Int64))
    t = t.with_columns((pl.col("kosten").cast(pl.Float64) * 100).round().cast(pl.Int64).alias("cent"))
    # After the year counts as empty for the year, with what belongs to it.
    late_end = pl.col("einddatum") > end
    t = t.with_columns(
        pl.when(late_end).then(None).otherwise(pl.col("reden_einde")).alias("reden_einde"),
        pl.when(late_end).then(None).otherwise(pl.col("vervolg")).alias("vervolg"),
        pl.when(late_end).then(None).otherwise(pl.col("einddatum")).alias("einddatum"),
        pl.when(pl.col("startdatum") > end).then(None).otherwise(pl.col("startdatum")).alias("startdatum"),
    )
    age = pl.lit(None, dtype=pl.Utf8)
    for limit, label in reversed(AGES):
        age = pl.when(pl.col("leeftijd_bij_aanmelding") <= limit).then(pl.lit(label)).otherwise(age)
    s, e, a = pl.col("startdatum"), pl.col("einddatum"), pl.col("aanmelddatum")
    days = lambda expr: expr.dt.total_days()
    return t.with_columns(age.alias("leeftijdsklasse")).with_columns(
        help=s.is_not_null() & (e.is_null() | (e >= start)),
        begin=s.is_not_null() & (s <= before) & (e.is_null() | (e > before)),
        in_=s.is_not_null() & (s >= start),
        out=s.is_not_null() & e.is_not_null() & (e >= start),
        stock=s.is_not_null() & e.is_null(),
        ended=e.is_not_null() & (e >= start),
        withdrawn=s.is_null() & (pl.col("reden_einde") == "ingetrokken_voor_start").fill_null(False) & (e >= start).fill_null(False),
        waiting=s.is_null() & e.is_null() & (a <= end),
        referred=(a >= start) & (a <= end),
        waited_before=(a <= before) & (s.is_null() | (s > before)) & (e.is_null() | (e > before)),
        talked=pl.col("intakedatum").is_between(start, end).fill_null(False),
        talk_after=days(pl.col("intakedatum") - a),
        length=days(e - s),
        wait=days(s - a),
        waited=days(pl.lit(end) - a),
        entry=days(pl.lit(before) - s),
        run=days(pl.when(e.is_null()).then(pl.lit(end)).otherwise(e) - s),
        wait_entry=days(pl.lit(before) - a),
        withdrawn_after=days(e - a),
        **{
            f"op_{label}": (a <= day) & (s.is_null() | (s > day)) & (e.is_null() | (e > day))
            for label, day in [
                ("31_maart", date(year, 3, 31)),
                ("30_juni", date(year, 6, 30)),
                ("30_september", date(year, 9, 30)),
                ("31_december", end),
            ]
        },
    )


def spread(frame: pl.DataFrame, levels: pl.DataFrame, breakdowns: list[str]) -> pl.DataFrame:
    """Each row once for every gebied and category it counts in."""
    wide = frame.join(levels, on="gemeente", how="inner")
    parts = [wide.with_columns(uitsplitsing=pl.lit("totaal"), categorie=pl.lit("totaal"))]
    for name in breakdowns:
        parts.append(wide.filter(pl.col(name).is_not_null()).with_columns(uitsplitsing=pl.lit(name), categorie=pl.col(name)))
    return pl.concat(parts)


class Exits:
    """Aalen-Johansen by hand. `records`: (entry, exit, way out), at risk on entry < t <= exit; the way is None while in."""

    def __init__(self, records, fewest=10):
        entries, exits = sorted(r[0] for r in records), sorted(r[1] for r in records)
        at_risk = lambda t: bisect_left(entries, t) - bisect_left(exits, t)
        gone = defaultdict(lambda: defaultdict(int))
        for _, exit, way in records:
            if way is not None:
                gone[exit][way] += 1
        # The last day from 0 on which enough were at risk on every day.
        self.last = -1
        while self.last < exits[-1] and at_risk(self.last + 1) >= fewest:
            self.last += 1
        self.days, still, out = [], 1.0, defaultdict(float)
        for t in sorted(gone):
            n = at_risk(t)
            for way, count in gone[t].items():
                out[way] += still * count / n
            still *= 1 - sum(gone[t].values()) / n
            self.days.append((t, dict(out)))

    def half(self, way):
        """The first day on which at least half went out this way, where enough were at risk."""
        return next((float(t) for t, out in self.days if t <= self.last and out.get(way, 0.0) >= 0.5 - 1.5e-8), None)

    def share(self, way, day):
        """The share that had gone out this way on a day."""
        return None if day > self.last else max((out.get(way, 0.0) for t, out in self.days if t <= day), default=0.0)


def ratio(x, n):
    return None if not n else x / n


def passed_on(t: pl.DataFrame) -> pl.DataFrame:
    """Ended trajecten whose child started in another vorm from that day up to 31 days later, at the same aanbieder."""
    starts = defaultdict(list)
    for row in t.filter(pl.col("startdatum").is_not_null()).iter_rows(named=True):
        starts[(row["aanbieder"], row["jeugdige_id"])].append((row["startdatum"], row["vorm"]))
    door = [
        bool(row["out"])
        and any(0 <= (day - row["einddatum"]).days <= 31 and vorm != row["vorm"] for day, vorm in starts[(row["aanbieder"], row["jeugdige_id"])])
        for row in t.iter_rows(named=True)
    ]
    return t.with_columns(pl.Series("door", door))


def counts_and_shares(long: pl.DataFrame, people: dict, norm: int, year: int, out: Expected):
    """Everything that is a sum, or one sum over another, per cell."""
    has = lambda name: pl.col(name).is_not_null()
    # Who never started had no help: no contacts, minutes or costs to speak of, and nothing that could end as planned.
    helped = pl.col("startdatum").is_not_null()
    after_help = pl.col("ended") & (pl.col("reden_einde") != "ingetrokken_voor_start")
    total = lambda cond: cond.cast(pl.Int64).sum()
    both_money = helped & has("cent") & has("minuten")
    both_contact = helped & has("contacten") & has("minuten")
    cells = long.group_by(KEY).agg(
        help=total(pl.col("help")),
        children=pl.struct("aanbieder", "jeugdige_id").filter(pl.col("help")).n_unique(),
        begin=total(pl.col("begin")), in_=total(pl.col("in_")), out=total(pl.col("out")), stock=total(pl.col("stock")), door=total(pl.col("door")),
        short=total(pl.col("out") & (pl.col("length") <= 182)),
        middle=total(pl.col("out") & pl.col("length").is_between(183, 365)),
        longer=total(pl.col("out") & (pl.col("length") > 365)),
        days_helped=pl.col("length").filter(pl.col("out")).sum(),
        withdrawn=total(pl.col("withdrawn")),
        within=total(pl.col("in_") & (pl.col("wait") <= norm)),
        referred=total(pl.col("referred")),
        ended=total(after_help),
        plan=total(after_help & (pl.col("reden_einde") == "volgens_plan")),
        next_known=total(after_help & answered("vervolg")),
        alone=total(after_help & (pl.col("vervolg") == "onbegeleide_omgang")),
        waited_before=total(pl.col("waited_before")),
        now_within=total(pl.col("waiting") & (pl.col("waited") <= norm)),
        now_long=total(pl.col("waiting") & (pl.col("waited") > 52 * 7)),
        talked=total(pl.col("talked")), talked_soon=total(pl.col("talked") & (pl.col("talk_after") <= 28)),
        talks=pl.col("gesprekken").filter(helped).sum(), talks_n=total(helped & has("gesprekken")),
        contacts=pl.col("contacten").filter(helped).sum(), contacts_n=total(helped & has("contacten")),
        minutes=pl.col("minuten").filter(both_contact).sum(), minutes_c=pl.col("contacten").filter(both_contact).sum(),
        weekend=total(helped & (pl.col("weekendcontacten") > 0)), weekend_n=total(helped & has("weekendcontacten")),
        cent=pl.col("cent").filter(helped).sum(), cent_n=total(helped & has("cent")),
        hour_cent=pl.col("cent").filter(both_money).sum(), hour_min=pl.col("minuten").filter(both_money).sum(),
        **{name: total(pl.col(name)) for name in long.columns if name.startswith("op_")},
    )
    weeks = (366 if year % 4 == 0 and (year % 100 != 0 or year % 400 == 0) else 365) / 7
    target_weeks = norm / 7
    for c in cells.iter_rows(named=True):
        key = tuple(c[k] for k in KEY)
        if key[2] == "wachtklasse":
            continue
        put = lambda indicator, value, x=None, n=None: out.put(indicator, key, value, x, n)
        count = lambda indicator, x: put(indicator, x, x)
        share = lambda indicator, x, n: put(indicator, ratio(x, n), x, n)
        inhabitants, single = people[key[:2]]
        count("gebruik_trajecten", c["help"])
        count("gebruik_jeugdigen", c["children"])
        put("gebruik_per_10000_inwoners", inhabitants and c["children"] / inhabitants * 10_000, c["children"], inhabitants)
        put("gebruik_per_1000_eenouderhuishoudens", c["children"] / single * 1000 if single else None, c["children"], single)
        for indicator, name in [("begin", "begin"), ("in", "in_"), ("uit", "out"), ("eind", "stock"), ("door", "door")]:
            count(f"stroom_{indicator}", c[name])
        share("stroom_ratio", c["out"], c["in_"])
        for indicator, name in [("tot_6_maanden", "short"), ("6_tot_12_maanden", "middle"), ("langer", "longer")]:
            share(f"duur_{indicator}", c[name], c["out"])
        share("duur_gemiddelde", c["days_helped"], c["out"])
        for name in c:
            if name.startswith("op_"):
                count(f"wachten_{name}", c[name])
        count("wachten_begin", c["waited_before"])
        count("wachten_aangemeld", c["referred"])
        count("wachten_gestart", c["in_"])
        left = c["in_"] + c["withdrawn"]
        now = c["op_31_december"]
        put("wachten_per_10000_inwoners", inhabitants and now / inhabitants * 10_000, now, inhabitants)
        share("wachten_nu_binnen_norm", c["now_within"], now)
        share("wachten_nu_langer_dan_52_weken", c["now_long"], now)
        share("wachten_intake_binnen_4_weken", c["talked_soon"], c["talked"])
        share("wachten_binnen_norm", c["within"], c["in_"])
        share("wachten_ingetrokken", c["withdrawn"], left)
        share("wachten_belasting", c["referred"], left)
        put("wachten_wegwerktijd", ratio(now, left / weeks), now, left)
        target = c["referred"] / weeks * target_weeks / 4
        put("wachten_norm_wachtrij", target, c["referred"])
        put("wachten_inhaalcapaciteit", c["referred"] / weeks + (now - target) / 26 if now > 2 * target else None, c["referred"], now)
        share("uitkomst_volgens_plan", c["plan"], c["ended"])
        share("uitkomst_onbegeleide_omgang", c["alone"], c["next_known"])
        share("intensiteit_contacten", c["contacts"], c["contacts_n"])
        share("intensiteit_gesprekken", c["talks"], c["talks_n"])
        share("intensiteit_minuten_per_contact", c["minutes"], c["minutes_c"])
        share("intensiteit_weekend", c["weekend"], c["weekend_n"])
        share("bekostiging_kosten_per_traject", c["cent"] / 100, c["cent_n"])
        share("bekostiging_kosten_per_uur", c["hour_cent"] / 100, c["hour_min"] / 60)


def outcome_by_wait(t, levels, norm, out: Expected):
    known = t.filter(pl.col("ended") & pl.col("wait").is_not_null()).with_columns(
        wachtklasse=pl.when(pl.col("wait") <= norm).then(pl.lit("binnen_norm")).otherwise(pl.lit("boven_norm"))
    )
    long = spread(known, levels, ["wachtklasse"]).filter(pl.col("uitsplitsing") == "wachtklasse")
    for key, group in long.group_by(KEY):
        n = group.height
        plan = group.filter(pl.col("reden_einde") == "volgens_plan").height
        following = group.filter(answered("vervolg"))
        alone = following.filter(pl.col("vervolg") == "onbegeleide_omgang").height
        out.put("uitkomst_volgens_plan", key, ratio(plan, n), plan, n)
        out.put("uitkomst_onbegeleide_omgang", key, ratio(alone, following.height), alone, following.height)


def case_mix(long: pl.DataFrame, out: Expected):
    """Ended as planned beside what the same strata in the country would have given, per gebied."""
    ended = long.filter(pl.col("ended") & (pl.col("reden_einde") != "ingetrokken_voor_start") & (pl.col("uitsplitsing") == "totaal"))
    strata = ["kader", "leeftijdsklasse", "verwijzer"]
    ended = ended.with_columns(plan=(pl.col("reden_einde") == "volgens_plan").cast(pl.Float64))
    country = ended.filter(pl.col("niveau") == "nederland").group_by(strata).agg(rate=pl.col("plan").mean())
    cells = ended.join(country, on=strata, how="left").group_by(KEY).agg(plan=pl.col("plan").sum(), expected=pl.col("rate").sum())
    for c in cells.iter_rows(named=True):
        key = tuple(c[k] for k in KEY)
        out.put("uitkomst_volgens_plan_verwacht", key, ratio(c["plan"], c["expected"]), c["plan"], c["expected"])


def days(long: pl.DataFrame, norm: int, out: Expected):
    """Quantiles, curves and the class of the longest wait, per cell."""
    for (cond, column, names) in [
        ("out", "length", {"duur_mediaan": 0.5, "duur_p25": 0.25, "duur_p75": 0.75, "duur_p90": 0.9}),
        ("in_", "wait", {"wachten_gestart_mediaan": 0.5, "wachten_gestart_p80": 0.8, "wachten_gestart_p92": 0.92}),
        ("waiting", "waited", {"wachten_nu_mediaan": 0.5, "wachten_nu_p92": 0.92}),
    ]:
        cells = long.filter(pl.col(cond)).group_by(KEY).agg(
            *[pl.col(column).quantile(p, interpolation="linear").alias(name) for name, p in names.items()], longest=pl.col(column).max()
        )
        for c in cells.iter_rows(named=True):
            key = tuple(c[k] for k in KEY)
            for name in names:
                out.put(name, key, c[name])
            if cond == "waiting":
                weeks = next((w for w in (13, 26, 52) if c["longest"] <= 7 * w), 53)
                out.put("wachten_langste", key, float(weeks))
    running = long.filter(pl.col("help")).select(*KEY, "entry", pl.col("run").alias("exit"), pl.when("out").then(pl.lit("ended")).alias("way"))
    for key, group in running.group_by(KEY):
        out.put("duur_km_mediaan", key, Exits(list(group.select("entry", "exit", "way").iter_rows())).half("ended"))
    for key, group in waiting_records(long).group_by(KEY):
        exits = Exits(list(group.select("entry", "exit", "way").iter_rows()))
        out.put("wachten_km_mediaan", key, exits.half("started"))
        out.put("wachten_km_binnen_norm", key, exits.share("started", norm))
        out.put("wachten_km_ingetrokken", key, exits.share("withdrawn", 365))


def waiting_records(long: pl.DataFrame) -> pl.DataFrame:
    """Who was on the list in the year: until the start, the withdrawal, or 31 December."""
    listed = long.filter(pl.col("in_") | pl.col("withdrawn") | pl.col("waiting"))
    exit = pl.when(pl.col("in_")).then(pl.col("wait")).when(pl.col("withdrawn")).then(pl.col("withdrawn_after")).otherwise(pl.col("waited"))
    way = pl.when(pl.col("in_")).then(pl.lit("started")).when(pl.col("withdrawn")).then(pl.lit("withdrawn"))
    return listed.select(*KEY, pl.col("wait_entry").alias("entry"), exit.alias("exit"), way.alias("way"))


def answered(field: str) -> pl.Expr:
    return pl.col(field).is_not_null() & (pl.col(field) != UNKNOWN)


def code_shares(frame, levels, indicator, field, valid, out: Expected, weight=None):
    """Per gebied the share of each code among the rows with an answer: empty and onbekend are none."""
    filled = frame.filter(answered(field)).join(levels, on="gemeente", how="inner")
    amount = pl.len() if weight is None else pl.col(weight).sum()
    cells = {(c["niveau"], c["gebied"], c[field]): c["n"] for c in filled.group_by("niveau", "gebied", field).agg(n=amount).iter_rows(named=True)}
    totals = defaultdict(int)
    for (level, area, _), n in cells.items():
        totals[(level, area)] += n
    for level, area in levels.select("niveau", "gebied").unique().iter_rows():
        for code in set(valid) - {UNKNOWN}:
            x, n = cells.get((level, area, code), 0), totals[(level, area)]
            out.put(indicator, (level, area, field, code), ratio(x, n), x, n)


def places(t, v, levels, out: Expected):
    """Places by where they are, and how full they are."""
    v = v.with_columns(pl.col("plaatsen").cast(pl.Int64), pl.col("vestiging").alias("gemeente"))
    stock = t.filter(pl.col("stock")).join(
        v.filter(pl.col("plaatsen").is_not_null()).select("aanbieder", "voorziening_id", pl.col("vestiging").alias("waar"), pl.col("vorm").alias("vorm_v")),
        on=["aanbieder", "voorziening_id"], how="inner",
    ).select(pl.col("waar").alias("gemeente"), pl.col("vorm_v").alias("vorm"))
    full = {tuple(c[k] for k in KEY): c["n"] for c in spread(stock, levels, ["vorm"]).group_by(KEY).agg(n=pl.len()).iter_rows(named=True)}
    room = {tuple(c[k] for k in KEY): c["n"] for c in spread(v.select("gemeente", "vorm", "plaatsen"), levels, ["vorm"]).group_by(KEY).agg(n=pl.col("plaatsen").sum()).iter_rows(named=True)}
    for key in set(full) | set(room):
        x, n = full.get(key, 0), room.get(key, 0)
        out.put("organisatie_plaatsen", key, n, n)
        out.put("organisatie_bezetting", key, ratio(x, n), x, n)
    return v


def shares_of(frame: pl.DataFrame, levels, indicator: str, part: pl.Expr, whole: pl.Expr, out: Expected):
    """In the totals: the rows that are `part` among those that are `whole`."""
    cells = frame.filter(whole.fill_null(False)).join(levels, on="gemeente", how="inner").group_by("niveau", "gebied").agg(
        x=part.fill_null(False).cast(pl.Int64).sum(), n=pl.len()
    )
    for c in cells.iter_rows(named=True):
        out.put(indicator, (c["niveau"], c["gebied"], "totaal", "totaal"), ratio(c["x"], c["n"]), c["x"], c["n"])


def gezinnen_payers_and_product(t: pl.DataFrame, levels, out: Expected):
    """Children per gezin, who pays, and the norms of product 45J66."""
    families = t.filter(pl.col("help") & pl.col("gezin_id").is_not_null()).group_by("aanbieder", "gemeente", "gezin_id").agg(
        children=pl.col("jeugdige_id").n_unique()
    )
    for c in families.join(levels, on="gemeente", how="inner").group_by("niveau", "gebied").agg(x=pl.col("children").sum(), n=pl.len()).iter_rows(named=True):
        out.put("gebruik_kinderen_per_gezin", (c["niveau"], c["gebied"], "totaal", "totaal"), c["x"] / c["n"], c["x"], c["n"])
    keepers = t.filter(pl.col("financier").is_not_null())["aanbieder"].unique()
    kept = pl.col("aanbieder").is_in(keepers.to_list())
    shares_of(t, levels, "bekostiging_financier_elders", pl.col("financier") != pl.col("gemeente"), kept, out)
    product = t.filter(pl.col("help") & (pl.col("productcode") == "45J66"))
    contacts, minutes, weekends = pl.col("contacten"), pl.col("minuten"), pl.col("weekendcontacten")
    shares_of(product, levels, "norm_45j66_duur", pl.col("length") <= 365, pl.col("out"), out)
    shares_of(product, levels, "norm_45j66_contact", minutes <= 2 * 60 * contacts, (contacts > 0) & minutes.is_not_null(), out)
    shares_of(product, levels, "norm_45j66_weekend", weekends <= 12, weekends.is_not_null(), out)


def close(a, b) -> bool:
    if a is None or b is None:
        return a is None and b is None
    return math.isclose(float(a), float(b), rel_tol=1e-9, abs_tol=1e-9)


COUNTS = ("gebruik_trajecten", "gebruik_jeugdigen", "stroom_begin", "stroom_in", "stroom_uit", "stroom_eind", "stroom_door", "organisatie_plaatsen", "wachten_begin", "wachten_aangemeld", "wachten_gestart")


def is_count(indicator: str) -> bool:
    return indicator in COUNTS or indicator.startswith("wachten_op_")


def silent(cijfers: pl.DataFrame, out: Expected) -> set[tuple[str, str]]:
    """The gebieden of which nobody spoke: nothing was reported, and no expected aanbieder delivered or none was expected."""
    reported = {key[1:3] for key, (value, *_) in out.rows.items() if value}
    areas = cijfers.select("niveau", "gebied", "respons").unique().iter_rows()
    return {(level, area) for level, area, share in areas if not share and (level, area) not in reported}


def compare(cijfers: pl.DataFrame, out: Expected, people: dict) -> tuple[int, list[str]]:
    """Every row against what it should be; a cell nothing counts in is 0 for a count and empty otherwise. Of a gebied
    that is silent nothing is known."""
    unknown = silent(cijfers, out)
    out.rows = {key: want for key, want in out.rows.items() if key[1:3] not in unknown}
    passed, failed, seen = 0, [], set()
    ours = {k[0] for k in out.rows}
    columns = ["indicator", *KEY, "waarde", "teller", "noemer"]
    for indicator, *rest in cijfers.select(columns).iter_rows():
        key, got = (indicator, *rest[:4]), rest[4:]
        if indicator not in ours:
            continue
        seen.add(key)
        want = (None, None, None) if key[1:3] in unknown else out.rows.get(key)
        if want is None:
            want = (0, 0, None) if is_count(indicator) else nothing(indicator, key, people)
        if indicator == "wachten_norm_wachtrij" and want[0] is None and key[1:3] not in unknown:
            want = (0.0, 0, None)
        checked = [close(got[0], want[0])]
        # Quantiles have no numerator; where there is one it must be ours.
        checked += [close(g or 0, w or 0) for g, w in zip(got[1:], want[1:]) if g is not None or w is not None]
        if all(checked):
            passed += 1
        else:
            failed.append(f"{key}: table {got}, expected {want}")
    for key, want in out.rows.items():
        if key not in seen and want[0] is not None:
            failed.append(f"{key}: missing, expected {want}")
    return passed, failed


def nothing(indicator, key, people):
    """Of a rate nothing counted is 0, where there is something to divide by."""
    inhabitants, single = people[key[1:3]]
    rates = {"gebruik_per_10000_inwoners": inhabitants, "wachten_per_10000_inwoners": inhabitants, "gebruik_per_1000_eenouderhuishoudens": single}
    if indicator in rates:
        return (0.0 if rates[indicator] else None, 0, rates[indicator])
    return (None, None, None)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("demo", type=Path)
    parser.add_argument("--year", type=int, default=2020)
    parser.add_argument("--norm-days", type=int, default=98)
    options = parser.parse_args()
    levels, people = areas(options.year)
    chosen = options.demo / "momentopname.json"
    wanted = set(json.loads(chosen.read_text())["aanbieders"]) if chosen.exists() else None
    t = passed_on(trajecten(options.demo, options.year, wanted))
    out = Expected()
    long = spread(t, levels, BREAKDOWNS)
    counts_and_shares(long, people, options.norm_days, options.year, out)
    outcome_by_wait(t, levels, options.norm_days, out)
    case_mix(long, out)
    days(long, options.norm_days, out)
    gezinnen_payers_and_product(t, levels, out)
    valid = lambda name: codes(name, options.year)
    for indicator, field in [
        ("toegang_verwijzer", "verwijzer"), ("toegang_kader", "kader"), ("toegang_omgang_met", "omgang_met"), ("organisatie_vorm", "vorm"),
        ("organisatie_begeleiding", "begeleiding"), ("organisatie_rapportage_aan", "rapportage_aan"), ("bekostiging_vorm", "bekostiging"),
        ("toegang_aanleiding", "aanleiding"), ("toegang_wettelijk_kader", "wettelijk_kader"), ("toegang_verblijf", "verblijf"),
    ]:
        code_shares(t, levels, indicator, field, valid(field), out)
    code_shares(t.filter(pl.col("ended")), levels, "uitkomst_reden_einde", "reden_einde", valid("reden_einde"), out)
    code_shares(t.filter(pl.col("help")), levels, "intensiteit_verdeling", "intensiteit", valid("intensiteit"), out)
    pakketten = pakketten_of(options.demo, options.year)
    w = read(pakketten, "wachtlijst", wanted)
    if w.height:
        code_shares(w.with_columns(pl.col("wachtenden").cast(pl.Int64)), levels, "wachten_oorzaak", "oorzaak", valid("oorzaak"), out, "wachtenden")
    v = read(pakketten, "voorziening", wanted)
    if v.height:
        v = places(t, v, levels, out)
        code_shares(v, levels, "organisatie_initiatief", "initiatief", valid("initiatief"), out)
        code_shares(v.rename({"kader": "kader_aanbod"}), levels, "organisatie_kader", "kader_aanbod", valid("kader_aanbod"), out)
        shares_of(v, levels, "organisatie_weekend", pl.col("weekend") == "ja", pl.col("weekend").is_not_null(), out)
    cijfers = pl.read_parquet(options.demo / "intern/cijfers.parquet").filter(pl.col("jaar") == options.year)
    passed, failed = compare(cijfers, out, people)
    for line in failed[:40]:
        print(line)
    unchecked = sorted(set(cijfers["indicator"].unique()) - {k[0] for k in out.rows})
    print(f"not recomputed here: {', '.join(unchecked) or 'none'}")
    print(f"{passed} passed, {len(failed)} failed")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
