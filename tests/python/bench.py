"""Times `uitvraag controleer --parquet` beside what Polars and DuckDB need for the bare conversion, without any check.

Usage: bench.py UITVRAAG TRAJECT_CSV [TIMES]

Each program runs in a process of its own, in turn, TIMES (5) times; the table gives medians, and the highest memory.
"""

import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

POLARS = """
import sys, polars as pl
pl.read_csv(sys.argv[1], try_parse_dates=True, infer_schema_length=10000).write_parquet(sys.argv[2], compression='zstd', compression_level=1)
"""
DUCKDB = """
import sys, duckdb
duckdb.sql(f"COPY (SELECT * FROM read_csv('{sys.argv[1]}')) TO '{sys.argv[2]}' (FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1)")
"""


def measure(command):
    """Seconds and peak memory (MiB) of one process."""
    begin = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - begin
    code = os.waitstatus_to_exitcode(status)
    if code not in (0, 1):
        raise SystemExit(f"{command} ended with {code}")
    return seconds, usage.ru_maxrss / 1024


def main():
    uitvraag, csv = sys.argv[1], sys.argv[2]
    times = int(sys.argv[3]) if len(sys.argv) > 3 else 5
    scratch = pathlib.Path(tempfile.mkdtemp())
    own = [uitvraag, "controleer", csv, "--uitvraag", "omgang/2020", "--parquet", str(scratch / "own")]
    programs = {
        "uitvraag controleer --parquet (all rules)": own,
        "polars, bare conversion": [sys.executable, "-c", POLARS, csv, str(scratch / "polars.parquet")],
        "duckdb, bare conversion": [sys.executable, "-c", DUCKDB, csv, str(scratch / "duckdb.parquet")],
    }
    results = {name: [] for name in programs}
    for _ in range(times):
        for name, command in programs.items():
            results[name].append(measure(command))
    shutil.rmtree(scratch)
    base = statistics.median(seconds for seconds, _ in results["polars, bare conversion"])
    print(f"{csv}: {pathlib.Path(csv).stat().st_size / 1e6:.0f} MB, median of {times}")
    print(f"{'':44}{'seconds':>9}{'x polars':>10}{'peak MiB':>10}")
    for name, runs in results.items():
        seconds = statistics.median(s for s, _ in runs)
        print(f"{name:44}{seconds:9.2f}{seconds / base:10.2f}{max(m for _, m in runs):10.0f}")


if __name__ == "__main__":
    main()
