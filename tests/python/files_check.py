"""Reads published files by their address, as an analyst does: Polars, pandas, DuckDB, plain HTTP, and many at once.

Usage: files_check.py OMGANGSMONITOR DEMO_DIR

A regression lives here: every download held its whole file in memory, so that 100 slow readers of the CSV took the
service from 297 MiB to 4.2 GB.
"""

import hashlib
import io
import pathlib
import socket
import sys
import time
import urllib.parse

import duckdb
import pandas
import polars
import requests

from check import serve

SLOW_READERS = 100
MOST_MORE = 100 << 20
PER_CLIENT = 32


def memory(pid):
    """Bytes of memory that a process has now."""
    status = pathlib.Path(f"/proc/{pid}/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0]) * 1024


def by_polars(base, rows):
    url = f"{base}/cijfers.parquet"
    whole = polars.read_parquet(url)
    assert whole.height == rows, f"read_parquet: {whole.height} rows, not {rows}"
    part = polars.scan_parquet(url).filter(polars.col("gebied") == "NL00").select("indicator", "waarde").collect()
    assert part.height == whole.filter(polars.col("gebied") == "NL00").height > 0
    csv = polars.read_csv(f"{base}/cijfers.csv", infer_schema_length=None)
    assert csv.height == rows
    return f"polars: {rows} rows, {part.height} of NL00 without reading the rest"


def by_pandas(base, rows):
    assert len(pandas.read_parquet(f"{base}/cijfers.parquet")) == rows
    plain = pandas.read_csv(f"{base}/cijfers.csv", low_memory=False)
    dutch = pandas.read_csv(f"{base}/cijfers-excel.csv", sep=";", decimal=",", encoding="utf-8-sig", low_memory=False)
    pandas.testing.assert_frame_equal(plain, dutch)
    return f"pandas: {rows} rows, and cijfers-excel.csv says the same as cijfers.csv"


def by_duckdb(base, rows):
    try:
        duckdb.sql("LOAD httpfs")
        source, how = f"'{base}/cijfers.parquet'", "by address"
    except duckdb.Error:
        # The extension is fetched from a server of DuckDB's own, which can't be reached everywhere.
        fetched = polars.read_parquet(io.BytesIO(requests.get(f"{base}/cijfers.parquet", timeout=60).content)).to_arrow()
        source, how = "fetched", "fetched first: httpfs is NOT here"
    count = duckdb.sql(f"SELECT count(*) FROM {source}").fetchall()[0][0]
    assert count == rows
    return f"duckdb: {rows} rows, {how}"


def by_http(base, newest):
    """Parts, forms and conditions, with a client that unpacks by itself."""
    url = f"{base}/cijfers.csv"
    plain = requests.get(url, headers={"Accept-Encoding": "identity"}, timeout=60)
    for _ in range(120):
        packed = requests.get(url, headers={"Accept-Encoding": "gzip"}, timeout=60)
        if packed.headers.get("Content-Encoding") == "gzip":
            break
        # Who asks first gets the file as it is; the copy is on its way.
        time.sleep(1)
    assert packed.content == plain.content and packed.headers["ETag"] != plain.headers["ETag"]
    part = requests.get(url, headers={"Range": "bytes=1000-1999"}, timeout=60)
    assert part.status_code == 206 and part.content == plain.content[1000:2000]
    known = requests.get(url, headers={"If-None-Match": packed.headers["ETag"], "Accept-Encoding": "gzip"}, timeout=60)
    assert known.status_code == 304 and not known.content
    sums = requests.get(f"{base}/SHA256SUMS", timeout=60).text.splitlines()
    assert f"{hashlib.sha256(plain.content).hexdigest()}  cijfers.csv" in sums
    name = f"{newest['uitvraag']}-{newest['jaar']}-v{newest['versie']}-cijfers.csv"
    assert name in plain.headers["Content-Disposition"], plain.headers["Content-Disposition"]
    return f"http: {len(plain.content)} bytes, parts and conditions"


def reader(url, client):
    """A connection that asked for a file, and reads it as slowly as can be."""
    at = urllib.parse.urlsplit(url)
    connection = socket.socket()
    # A small window: what the kernel takes in is not the service's to hold.
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    connection.connect((at.hostname, at.port))
    request = f"GET {at.path} HTTP/1.1\r\nHost: {at.netloc}\r\nX-Forwarded-For: {client}\r\n\r\n"
    connection.sendall(request.encode())
    return connection


def by_many(pid, url, what):
    """A hundred slow readers, each from an address of its own."""
    before = memory(pid)
    readers = [reader(url, f"10.0.0.{number}") for number in range(SLOW_READERS)]
    statuses = [connection.recv(12).decode()[9:] for connection in readers]
    assert statuses == ["200"] * SLOW_READERS, statuses
    most = before
    for _ in range(10):
        for connection in readers:
            assert connection.recv(64), "the service ended a download"
        most = max(most, memory(pid))
        time.sleep(0.5)
    for connection in readers:
        connection.close()
    more = most - before
    assert more <= MOST_MORE, f"{SLOW_READERS} slow readers of {what} cost {more >> 20} MiB"
    return f"{SLOW_READERS} slow readers of {what}: from {before >> 20} to {most >> 20} MiB"


def by_one(url):
    """One address has as many downloads as it may, and then waits."""
    readers = [reader(url, "10.9.9.9") for _ in range(PER_CLIENT + 8)]
    statuses = [connection.recv(12).decode()[9:] for connection in readers]
    for connection in readers:
        connection.close()
    assert statuses.count("200") == PER_CLIENT and statuses.count("429") == 8, statuses
    time.sleep(1)
    again = reader(url, "10.9.9.9")
    assert again.recv(12).decode()[9:] == "200"
    again.close()
    return f"one address: {PER_CLIENT} downloads at once, the next is told to wait"


def main():
    binary, demo = str(pathlib.Path(sys.argv[1]).resolve()), pathlib.Path(sys.argv[2]).resolve()
    process, url = serve(binary, demo)
    try:
        newest = next(p for p in requests.get(f"{url}/v1/publicaties", timeout=60).json() if p["nieuwste"])
        of = f"{newest['uitvraag']}/{newest['jaar']}"
        base = f"{url}/v1/publicaties/{of}/nieuwste"
        question = {"uitvraag": newest["uitvraag"], "jaar": newest["jaar"], "limit": 1}
        rows = requests.get(f"{url}/v1/cijfers", params=question, timeout=60).json()["aantal"]
        fixed = f"{url}{newest['adres']}"
        for check in (
            lambda: by_polars(base, rows),
            lambda: by_pandas(base, rows),
            lambda: by_duckdb(base, rows),
            lambda: by_http(base, newest),
            lambda: by_many(process.pid, f"{fixed}cijfers.csv", "cijfers.csv"),
            lambda: by_many(process.pid, f"{fixed}cijfers-excel.csv", "cijfers-excel.csv"),
            lambda: by_one(f"{fixed}cijfers.csv"),
        ):
            print(check(), flush=True)
    finally:
        process.terminate()
        process.wait(30)
    return 0


if __name__ == "__main__":
    sys.exit(main())
