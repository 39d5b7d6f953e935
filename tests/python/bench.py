"""Times `uitvraag controleer` and the figures beside their peers, in one run on one machine. Prints tables; decides nothing.

Usage: bench.py UITVRAAG FIGURES EXTRACTS_OF_ONE EXTRACTS_OF_MANY [--times N] [--copies N] [--record]

Every program runs in a process of its own, in turn, N (5) times; a table gives medians and the highest memory.
Polars and DuckDB only convert (no check at all). pandera and frictionless check types and codes, as far as they can.
frictionless takes minutes for a million rows: it gets the first 20,000, and its time is told per row.
The last recorded ratios (tests/bench-recorded.json, written with --record) stand beside those of this run.
"""

import argparse
import csv
import datetime
import itertools
import json
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

import bench_figures

RECORDED = pathlib.Path(__file__).parents[1] / "bench-recorded.json"
FEW = 20_000

POLARS = """
import sys, polars as pl
pl.scan_csv(sys.argv[1], try_parse_dates=True, infer_schema_length=10000).sink_parquet(sys.argv[2], compression='zstd', compression_level=1)
"""
# The least that Polars can do: dates stay text.
POLARS_TEXT = """
import sys, polars as pl
pl.read_csv(sys.argv[1], infer_schema_length=10000).write_parquet(sys.argv[2], compression='zstd', compression_level=1)
"""
DUCKDB = """
import sys, duckdb
duckdb.sql(f"COPY (SELECT * FROM read_csv('{sys.argv[1]}')) TO '{sys.argv[2]}' (FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1)")
"""
PANDERA = """
import json, sys, polars as pl, pandera.polars as pa
package = json.load(open(sys.argv[3]))
fields = next(r for r in package['resources'] if r['name'] == 'traject')['schema']['fields']
table = pl.read_csv(sys.argv[1], try_parse_dates=True, infer_schema_length=10000)
columns = {}
for field in fields:
    if field['name'] in table.columns:
        codes = field.get('constraints', {}).get('enum')
        required = field.get('constraints', {}).get('required', False)
        columns[field['name']] = pa.Column(checks=[pa.Check.isin(codes)] if codes else [], nullable=not required)
try:
    pa.DataFrameSchema(columns).validate(table, lazy=True)
except pa.errors.SchemaErrors:
    pass
table.write_parquet(sys.argv[2], compression='zstd', compression_level=1)
"""
FRICTIONLESS = """
import json, sys, frictionless
package = json.load(open(sys.argv[3]))
schema = next(r for r in package['resources'] if r['name'] == 'traject')['schema']
present = open(sys.argv[1]).readline().strip().split(',')
schema = {'fields': [f for f in schema['fields'] if f['name'] in present], 'missingValues': schema.get('missingValues', [''])}
for field in schema['fields']:
    field.get('constraints', {}).pop('required', None)
with frictionless.system.use_context(trusted=True):
    report = frictionless.validate(frictionless.Resource(path=sys.argv[1], schema=frictionless.Schema.from_descriptor(schema)), limit_errors=10**9)
assert report.stats["tasks"] == 1 and report.tasks[0].stats["rows"] == sum(1 for _ in open(sys.argv[1])) - 1, report.errors or report.tasks[0].errors[:1]
"""


def measure(command):
    """Seconds and peak memory (MiB) of one process."""
    begin = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - begin
    code = os.waitstatus_to_exitcode(status)
    if code not in (0, 1):
        raise SystemExit(f"{command[:3]} ended with {code}")
    return seconds, usage.ru_maxrss / 1024


class Bench:
    """Runs programs side by side, prints what they took, and remembers their ratios."""

    def __init__(self, times):
        self.times = times
        self.before = json.loads(RECORDED.read_text())
        self.ratios = {}

    def table(self, what, rows, programs, base, times=None):
        """Runs all programs in turn and prints their medians beside that of `base`."""
        times = times or self.times
        results = {name: [] for name in programs}
        for _ in range(times):
            for name, command in programs.items():
                results[name].append(measure(command))
        medians = {name: statistics.median(s for s, _ in runs) for name, runs in results.items()}
        print(f"\n{rows:,} {what}, median of {times}")
        print(f"{'':58}{'seconds':>9}{'x base':>8}{'recorded':>10}{'peak MiB':>10}")
        for name, runs in results.items():
            ratio = medians[name] / medians[base]
            recorded = "" if name == base else self.beside(f"{rows:,} {what}", name, ratio)
            print(f"{name:58}{medians[name]:9.2f}{ratio:8.2f}{recorded:>10}{max(m for _, m in runs):10.0f}", flush=True)
        return medians

    def beside(self, what, name, ratio):
        """Remembers a ratio, and gives the last one that was recorded of the same."""
        self.ratios.setdefault(what, {})[name] = round(ratio, 2)
        recorded = self.before.get(what, {}).get(name)
        return "none" if recorded is None else f"{recorded:.2f}"

    def record(self):
        """Puts the ratios of this run in the place of those of the same measurements; the others stay."""
        RECORDED.write_text(json.dumps(self.before | self.ratios, indent=2, sort_keys=True) + "\n")


def copies(source, target, times):
    """The same rows so many times, each copy with trajecten, jeugdigen and gezinnen of its own."""
    with open(source) as lines, open(target, "w") as out:
        header = lines.readline()
        assert header.startswith("traject_id,jeugdige_id,gezin_id,"), header
        out.write(header)
        for copy in range(times):
            lines.seek(len(header))
            for line in lines:
                traject, jeugdige, gezin, rest = line.split(",", 3)
                out.write(f"{copy}t{traject},{copy}{jeugdige},{copy}{gezin},{rest}")


def every_row_wrong(source, target):
    """The same rows, each with a code that is in no list."""
    with open(source, newline="") as lines, open(target, "w", newline="") as out:
        header = lines.readline()
        out.write(header)
        place = header.strip().split(",").index("kader")
        for line in lines:
            cells = line.split(",")
            cells[place] = "vrijwilig"
            out.write(",".join(cells))


def workbook(source, target, rows):
    """The first rows as a workbook, dates as dates and numbers as numbers."""
    import xlsxwriter

    book = xlsxwriter.Workbook(target, {"default_date_format": "dd-mm-yyyy"})
    sheet = book.add_worksheet("Trajecten")
    with open(source, newline="") as lines:
        for number, cells in enumerate(itertools.islice(csv.reader(lines), rows + 1)):
            for column, cell in enumerate(cells):
                if len(cell) == 10 and cell[4] == "-" and number:
                    sheet.write_datetime(number, column, datetime.datetime.fromisoformat(cell))
                elif cell.isdigit():
                    sheet.write_number(number, column, int(cell))
                else:
                    sheet.write_string(number, column, cell)
    book.close()


def checking(bench, uitvraag, source, scratch):
    """`controleer` beside what only converts, what checks a part, and itself on wrong rows."""
    package = pathlib.Path(__file__).parents[2] / "schemas/omgang/generated/2020/datapackage.json"
    out = str(scratch / "out.parquet")

    def own(file):
        return [uitvraag, "controleer", str(file), "--uitvraag", "omgang/2020", "--parquet", str(scratch / "own")]

    def peer(script, file):
        return [sys.executable, "-c", script, str(file), out, str(package)]

    rows = sum(1 for _ in open(source, "rb")) - 1
    wrong = scratch / "wrong.csv"
    every_row_wrong(source, wrong)
    clean = bench.table(
        "clean rows, checked and written as typed Parquet",
        rows,
        {
            "uitvraag controleer --parquet (all rules)": own(source),
            "polars, conversion only": peer(POLARS, source),
            "polars, conversion only, dates left as text": peer(POLARS_TEXT, source),
            "duckdb, conversion only": peer(DUCKDB, source),
            "pandera, codes and required": peer(PANDERA, source),
        },
        "polars, conversion only",
    )
    bench.table(
        "rows, every one of them wrong",
        rows,
        {"uitvraag, clean": own(source), "uitvraag, every row wrong": own(wrong)},
        "uitvraag, clean",
    )
    few = scratch / "few.csv"
    with open(source) as lines, open(few, "w") as target:
        target.writelines(itertools.islice(lines, FEW + 1))
    few_rows = min(FEW, rows)
    slow = bench.table(
        "clean rows", few_rows, {"uitvraag": own(few), "frictionless, types and codes": peer(FRICTIONLESS, few)}, "uitvraag", 1
    )
    per_row = (slow["frictionless, types and codes"] / few_rows) / (clean["uitvraag controleer --parquet (all rules)"] / rows)
    recorded = bench.beside(f"{rows:,} rows", "frictionless, per row", per_row)
    print(f"per row uitvraag is {per_row:.0f} times as fast as frictionless (recorded: {recorded})")
    book = scratch / "klein.xlsx"
    book_rows = min(2_000, rows)
    workbook(source, book, book_rows)
    bench.table(
        "rows of a workbook, cold start to verdict",
        book_rows,
        {"uitvraag controleer": [uitvraag, "controleer", str(book), "--uitvraag", "omgang/2020", "--json"]},
        "uitvraag controleer",
        max(bench.times, 9),
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("uitvraag")
    parser.add_argument("figures")
    parser.add_argument("one", type=pathlib.Path, help="extracts of one aanbieder")
    parser.add_argument("many", type=pathlib.Path, help="extracts of many")
    parser.add_argument("--times", type=int, default=5)
    parser.add_argument("--copies", type=int, default=1)
    parser.add_argument("--record", action="store_true")
    options = parser.parse_args()
    bench = Bench(options.times)
    scratch = pathlib.Path(tempfile.mkdtemp())
    [source] = options.one.glob("*/traject.csv")
    if options.copies > 1:
        copies(source, scratch / "copies.csv", options.copies)
        source = scratch / "copies.csv"
    checking(bench, options.uitvraag, source, scratch)
    same = bench_figures.compare(bench, options.uitvraag, options.figures, options.many, scratch)
    shutil.rmtree(scratch)
    if options.record:
        bench.record()
    return 0 if same else 1


if __name__ == "__main__":
    sys.exit(main())
