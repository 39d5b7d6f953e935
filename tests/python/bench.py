"""Times `uitvraag controleer` beside its peers, in one run on one machine. Prints tables; decides nothing.

Usage: bench.py UITVRAAG TRAJECT_CSV [TIMES] [COPIES]

Every program runs in a process of its own, in turn, TIMES (5) times; a table gives medians and the highest memory.
Polars and DuckDB only convert (no check at all). pandera and frictionless check types and codes, as far as they can.
frictionless takes minutes for a million rows: it gets the first 20,000, and its time is told per row.
"""

import csv
import datetime
import itertools
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

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


def table(title, programs, times, base):
    """Runs all programs in turn and prints their medians beside that of `base`."""
    results = {name: [] for name in programs}
    for _ in range(times):
        for name, command in programs.items():
            results[name].append(measure(command))
    medians = {name: statistics.median(s for s, _ in runs) for name, runs in results.items()}
    print(f"\n{title}, median of {times}")
    print(f"{'':58}{'seconds':>9}{'x base':>8}{'peak MiB':>10}")
    for name, runs in results.items():
        print(f"{name:58}{medians[name]:9.2f}{medians[name] / medians[base]:8.2f}{max(m for _, m in runs):10.0f}", flush=True)
    return medians


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


def main():
    uitvraag, source = sys.argv[1], sys.argv[2]
    times = int(sys.argv[3]) if len(sys.argv) > 3 else 5
    scratch = pathlib.Path(tempfile.mkdtemp())
    package = pathlib.Path(__file__).parents[2] / "schemas/omgang/generated/2020/datapackage.json"
    out = str(scratch / "out.parquet")

    def own(file):
        return [uitvraag, "controleer", str(file), "--uitvraag", "omgang/2020", "--parquet", str(scratch / "own")]

    def peer(script, file):
        return [sys.executable, "-c", script, str(file), out, str(package)]

    if len(sys.argv) > 4 and int(sys.argv[4]) > 1:
        copies(source, scratch / "copies.csv", int(sys.argv[4]))
        source = str(scratch / "copies.csv")
    rows = sum(1 for _ in open(source, "rb")) - 1
    size = pathlib.Path(source).stat().st_size / 1e6
    wrong = scratch / "wrong.csv"
    every_row_wrong(source, wrong)
    clean = table(
        f"{rows:,} clean rows, {size:.0f} MB, checked and written as typed Parquet",
        {
            "uitvraag controleer --parquet (all rules)": own(source),
            "polars, conversion only": peer(POLARS, source),
            "polars, conversion only, dates left as text": peer(POLARS_TEXT, source),
            "duckdb, conversion only": peer(DUCKDB, source),
            "pandera, codes and required": peer(PANDERA, source),
        },
        times,
        "polars, conversion only",
    )
    table(
        f"{rows:,} rows, every one of them wrong",
        {"uitvraag, clean": own(source), "uitvraag, every row wrong": own(wrong)},
        times,
        "uitvraag, clean",
    )
    few = scratch / "few.csv"
    with open(source) as lines, open(few, "w") as target:
        target.writelines(itertools.islice(lines, FEW + 1))
    slow = table(f"{FEW:,} clean rows", {"uitvraag": own(few), "frictionless, types and codes": peer(FRICTIONLESS, few)}, 1, "uitvraag")
    per_row = (slow["frictionless, types and codes"] / FEW) / (clean["uitvraag controleer --parquet (all rules)"] / rows)
    print(f"per row uitvraag is {per_row:.0f} times as fast as frictionless")
    book = scratch / "klein.xlsx"
    workbook(source, book, 2_000)
    table(
        "2,000 rows of a workbook, cold start to verdict",
        {"uitvraag controleer": [uitvraag, "controleer", str(book), "--uitvraag", "omgang/2020", "--json"]},
        max(times, 9),
        "uitvraag controleer",
    )
    shutil.rmtree(scratch)


if __name__ == "__main__":
    main()
