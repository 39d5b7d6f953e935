"""The figures of all indicators and levels beside DuckDB on the SQL of the same pipelines: the part of bench.py about them.

Both read the same Parquet files. DuckDB stops at the cells that the SQL gives; ours goes on to every level, breakdown
and interval. Run as a program (bench_figures.py LAKE) it is DuckDB's side.
"""

import pathlib
import subprocess
import sys

import duckdb
import figures_duckdb

YEAR, NORM_DAYS = 2020, 98


def lake(uitvraag, extracts, folder):
    """Checks every aanbieder's own tables and puts them in the folder as the lake has them; gives the number of trajecten."""
    con = duckdb.connect()
    rows = 0
    for source in sorted(path.parent for path in extracts.glob("*/traject.csv")):
        typed = folder / "typed"
        files = sorted(map(str, source.glob("*.csv")))
        judged = subprocess.run(
            [uitvraag, "controleer", *files, "--uitvraag", f"omgang/{YEAR}", "--parquet", str(typed)], capture_output=True, text=True
        )
        if judged.returncode != 0:
            raise SystemExit(f"{source} is not clean\n{judged.stdout}{judged.stderr}")
        for table in typed.glob("*.parquet"):
            (folder / table.stem).mkdir(exist_ok=True)
            target = folder / table.stem / f"{source.name}.parquet"
            select = f"SELECT '{source.name}' AS aanbieder, '{source.name}' AS levering, * FROM read_parquet('{table}')"
            con.execute(f"COPY ({select}) TO '{target}' (FORMAT parquet, COMPRESSION zstd)")
            if table.stem == "traject":
                rows += con.execute(f"SELECT COUNT(*) FROM read_parquet('{target}')").fetchone()[0]
    return rows


def compare(bench, uitvraag, figures, extracts, scratch):
    """Times both sides, and says whether they counted the same."""
    folder = scratch / "lake"
    folder.mkdir()
    rows = lake(uitvraag, extracts, folder)
    out = scratch / "intern/cijfers.parquet"
    out.parent.mkdir()
    ours, theirs = "omgangsmonitor, all figures", "duckdb, the SQL alone"
    bench.table(
        "trajecten into all indicators and levels",
        rows,
        {ours: [figures, str(folder), str(out)], theirs: [sys.executable, __file__, str(folder)]},
        theirs,
    )
    check = [sys.executable, figures_duckdb.__file__, str(scratch), "--lake", str(folder), "--year", str(YEAR)]
    print("the same sums in both:", flush=True)
    return subprocess.run(check).returncode == 0


def main():
    con = figures_duckdb.connect(None, pathlib.Path(sys.argv[1]), YEAR, NORM_DAYS)
    for statement in figures_duckdb.pipelines():
        con.execute(f"CREATE OR REPLACE TEMP TABLE cells AS {statement}")


if __name__ == "__main__":
    main()
