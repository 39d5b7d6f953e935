"""SQL as analysts ask it: over HTTP and the PostgreSQL protocol, with the tools they have open already.

Usage: sql_check.py OMGANGSMONITOR DIR

DIR is a data directory with publications (the demo's). psql, psycopg, SQLAlchemy, ADBC and Polars must give what the
published Parquet holds; R does too where it is installed. Every question of docs/questions.md is asked. What may not be
asked, and what would take too much, must end in words, and the service stays ready.
"""

import csv
import io
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

import adbc_driver_postgresql.dbapi
import polars as pl
import psycopg
import pyarrow.ipc
import sqlalchemy

from check import Check, serve

ROOT = pathlib.Path(__file__).resolve().parents[2]
FORBIDDEN = [
    "CREATE TABLE t (a int)", "INSERT INTO cijfers VALUES (1)", "UPDATE cijfers SET waarde = 1", "DELETE FROM cijfers",
    "DROP TABLE cijfers", "COPY cijfers TO '/tmp/x.csv'", "COPY cijfers FROM '/etc/passwd'", "COPY (SELECT 1) TO PROGRAM 'id'",
    "COPY cijfers FROM STDIN", "SELECT * FROM '/etc/passwd'", "SELECT * FROM \"/etc/passwd\"", "SELECT pg_read_file('/etc/passwd')",
    "SELECT pg_ls_dir('/')", "SELECT lo_import('/etc/passwd')", "CREATE EXTERNAL TABLE t STORED AS CSV LOCATION '/etc/passwd'",
    "SELECT * INTO t FROM cijfers", "WITH w AS (DELETE FROM cijfers RETURNING *) SELECT * FROM w", "SELECT * FROM cijfers FOR UPDATE",
    "DO $$ BEGIN END $$", "CALL x()", "VACUUM", "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'", "LISTEN x",
]
ENDLESS = "WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n FROM t) SELECT count(*) FROM t WHERE n > 1"
SECONDS = 8


class Server:
    """The service with an analist's token and password, on ports the system picks."""

    def __init__(self, binary, folder, scratch):
        self.binary, self.folder = binary, folder
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost",
                        "-keyout", scratch / "key.pem", "-out", scratch / "cert.pem"], check=True, capture_output=True)
        self.token = self.does("admin", "token", "new", "--role", "analist", "--label", "sql_check").strip()
        rows = list(csv.DictReader(io.StringIO(self.does("admin", "token", "list"))))
        self.number = max(int(next(iter(row.values()))) for row in rows)
        self.user, self.password = self.does("admin", "token", "sql-password", str(self.number)).split()
        address = scratch / "pg.txt"
        os.environ |= {
            "OMGANG__SQL__LISTEN": "127.0.0.1:0", "OMGANG__SQL__ADDRESS_FILE": str(address), "OMGANG__SQL__SECONDS": str(SECONDS),
            "OMGANG__SQL__CERTIFICATE_FILE": str(scratch / "cert.pem"), "OMGANG__SQL__KEY_FILE": str(scratch / "key.pem"),
        }
        self.process, self.http = serve(binary, folder)
        self.port = address.read_text().strip().rsplit(":", 1)[1]
        self.uri = f"postgresql://{self.user}:{self.password}@127.0.0.1:{self.port}/omgangsmonitor?sslmode=require"

    def does(self, *command):
        return subprocess.run([self.binary, *command], cwd=self.folder, check=True, capture_output=True, text=True).stdout

    def post(self, sql, accept="application/json", token=None):
        """The status and the body of an answer over HTTP."""
        headers = {"Authorization": f"Bearer {token or self.token}", "Content-Type": "application/json", "Accept": accept}
        request = urllib.request.Request(self.http + "/v1/sql", json.dumps({"sql": sql}).encode(), headers)
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return answer.status, answer.read()
        except urllib.error.HTTPError as error:
            return error.code, error.read()

    def is_ready(self):
        with urllib.request.urlopen(self.http + "/readyz", timeout=10) as answer:
            return answer.status == 200


def over_http(check, server, truth):
    sql = "SELECT gebied, waarde FROM cijfers WHERE nieuwste AND jaar = 2020 AND indicator = 'gebruik_jeugdigen' AND uitsplitsing = 'totaal'"
    status, body = server.post(sql)
    check.that(status == 200 and len(json.loads(body)) == truth.height, f"JSON: {status} {body[:200]}")
    status, body = server.post(sql, "text/csv")
    check.that(status == 200 and pl.read_csv(body).height == truth.height, f"CSV: {status}")
    status, body = server.post(sql, "application/vnd.apache.arrow.stream")
    check.that(pyarrow.ipc.open_stream(body).read_all().num_rows == truth.height, f"Arrow: {status}")
    status, body = server.post(sql, "application/vnd.apache.parquet")
    check.that(pl.read_parquet(body).sort("gebied").equals(truth), f"Parquet: {status}")
    status, body = server.post(sql, token="omg_bestaatniet")
    check.that(status == 401, f"a wrong token: {status}")
    for sql in FORBIDDEN:
        status, body = server.post(sql)
        check.that(status in (403, 422) and b"root:" not in body, f"{sql}: {status} {body[:200]}")
    for sql in ["SELECT " + "1+" * 3000 + "1", ENDLESS]:
        begin = time.time()
        status, body = server.post(sql)
        problem = json.loads(body)
        check.that((status, problem["code"]) == (422, "SQL_LIMIT"), f"{sql[:30]}: {status} {body[:200]}")
        check.that(time.time() - begin < SECONDS + 15, f"{sql[:30]}: {time.time() - begin:.0f} s")
        check.that(server.is_ready(), "the service is ready")


def over_psql(check, server, truth):
    def psql(*commands, password=server.password, mode="require", run=subprocess.run, **limits):
        words = [word for command in commands for word in ("-c", command)]
        if run is subprocess.run:
            limits.setdefault("timeout", 120)
        return run(
            ["psql", "-X", "-At", "-v", "ON_ERROR_STOP=1", *words, f"postgresql://{server.user}@127.0.0.1:{server.port}/omgangsmonitor?sslmode={mode}"],
            env=os.environ | {"PGPASSWORD": password}, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **limits)
    count = "SELECT count(*) FROM cijfers WHERE nieuwste AND jaar = 2020 AND indicator = 'gebruik_jeugdigen' AND uitsplitsing = 'totaal'"
    out = psql("SET search_path TO public", "BEGIN", count, "COMMIT", "SHOW server_version")
    check.that(str(truth.height) in out.stdout.split() and out.returncode == 0, f"psql: {out.stdout} {out.stderr}")
    out = psql("COPY (SELECT gebied FROM gebieden WHERE jaar = 2020 AND niveau = 'gemeente' ORDER BY 1 LIMIT 2) TO STDOUT WITH (FORMAT csv, HEADER)")
    check.that(out.stdout.splitlines()[:1] == ["gebied"] and len(out.stdout.splitlines()) == 3, f"COPY: {out.stdout} {out.stderr}")
    out = psql("SELECT 1; SELECT 2")
    check.that(out.stdout.split() == ["1", "2"], f"two statements: {out.stdout} {out.stderr}")
    for what, refused in [("a wrong password", psql("SELECT 1", password="x" * 32)), ("without TLS", psql("SELECT 1", mode="disable"))]:
        check.that(refused.returncode != 0 and "1" not in refused.stdout, f"{what}: {refused.stdout}")
    for listing in [r"\dt", r"\d", r"\dt c*"]:
        out = psql(listing)
        names = {line.split("|")[1] for line in out.stdout.splitlines()}
        check.that({"cijfers", "curven", "codes"} <= names and out.returncode == 0, f"{listing}: {out.stdout} {out.stderr}")
    out = psql(r"\d cijfers")
    check.that("DESCRIBE cijfers" in out.stderr, f"columns of one: {out.stderr}")
    begin, asking = time.time(), psql(ENDLESS, run=subprocess.Popen)
    time.sleep(2)
    asking.send_signal(signal.SIGINT)
    _, said = asking.communicate(timeout=60)
    check.that("cancelled" in said and time.time() - begin < SECONDS - 2, f"cancelled after {time.time() - begin:.1f} s: {said}")
    out = psql("SELECT x FROM cijfers")
    check.that(out.stderr.count("No field named") == 1 and "rror:" not in out.stderr.replace("ERROR:", ""), f"an error: {out.stderr}")
    for sql in [*FORBIDDEN, "SELECT " + "1+" * 3000 + "1", ENDLESS]:
        out = psql(sql)
        check.that(out.returncode != 0 and "root:" not in out.stdout and "ERROR" in out.stderr, f"{sql[:60]}: {out.stdout[:99]} {out.stderr[:200]}")
    check.that(server.is_ready(), "the service is ready")


def over_psycopg(check, server, truth):
    with psycopg.connect(server.uri) as connection:
        for _ in range(8):  # From the sixth on it prepares.
            rows = connection.execute(
                "SELECT gebied, waarde FROM cijfers WHERE nieuwste AND jaar = %s AND indicator = %s AND uitsplitsing = 'totaal'", (2020, "gebruik_jeugdigen")).fetchall()
            check.that(dict(rows) == dict(truth.iter_rows()), f"psycopg: {len(rows)} rows")
        rows = connection.execute("SELECT 1::int, 2::bigint, 0.5::double precision, true, 'é', DATE '2020-02-29', NULL").fetchall()
        check.that(str(rows) == "[(1, 2, 0.5, True, 'é', datetime.date(2020, 2, 29), None)]", f"types: {rows}")
        with connection.cursor(binary=True) as cursor:
            binary = cursor.execute("SELECT 1::int, 2::bigint, 0.5::double precision, true, 'é', DATE '2020-02-29', NULL").fetchall()
            check.that(binary == rows, f"types in binary: {binary}")
        with connection.cursor() as cursor, cursor.copy("COPY (SELECT niveau, gebied FROM gebieden WHERE jaar = 2020) TO STDOUT") as copy:
            check.that(sum(1 for _ in copy.rows()) > 400, "copying out")
        for sql in ["SELECT nergens FROM cijfers", *FORBIDDEN]:
            try:
                connection.execute(sql).fetchall()
                check.that(False, f"psycopg: {sql} was answered")
            except psycopg.Error as error:
                check.that(error.sqlstate is not None, f"psycopg: {sql}: {error}")
            connection.rollback()


def over_the_rest(check, server, truth):
    engine = sqlalchemy.create_engine(server.uri.replace("postgresql://", "postgresql+psycopg://"))
    with engine.connect() as connection:
        sql = "SELECT gebied, waarde FROM cijfers WHERE nieuwste AND jaar = :jaar AND indicator = 'gebruik_jeugdigen' AND uitsplitsing = 'totaal'"
        rows = connection.execute(sqlalchemy.text(sql), {"jaar": 2020}).fetchall()
        check.that(len(rows) == truth.height, f"SQLAlchemy: {len(rows)} rows")
    engine.dispose()
    sql = "SELECT gebied, waarde FROM cijfers WHERE nieuwste AND jaar = 2020 AND indicator = 'gebruik_jeugdigen' AND uitsplitsing = 'totaal'"
    with adbc_driver_postgresql.dbapi.connect(server.uri) as connection, connection.cursor() as cursor:
        cursor.execute(sql)
        table = cursor.fetch_arrow_table()
        check.that(table.num_rows == truth.height and str(table.schema.field("waarde").type) == "double", f"ADBC: {table.schema}")
    frame = pl.read_database_uri(sql, server.uri, engine="adbc")
    check.that(frame.sort("gebied").equals(truth), f"Polars: {frame.shape}")
    loads = ["Rscript", "-e", "library(DBI); library(RPostgres)"]
    if shutil.which("Rscript") is None or subprocess.run(loads, capture_output=True).returncode:
        print("missing: Rscript with DBI and RPostgres; R is NOT tried here")
        return
    script = f"""library(DBI); con <- dbConnect(RPostgres::Postgres(), host='127.0.0.1', port={server.port}, user='{server.user}',
        password='{server.password}', dbname='omgangsmonitor', sslmode='require'); cat(nrow(dbGetQuery(con, "{sql}")))"""
    out = subprocess.run(["Rscript", "-e", script], capture_output=True, text=True)
    check.that(out.stdout.strip() == str(truth.height), f"R: {out.stdout} {out.stderr}")


def questions(check, server):
    """Every question of the docs gives the columns that stand under it, and at least a row."""
    text = (ROOT / "docs/questions.md").read_text(encoding="utf-8")
    pairs = re.findall(r"```sql\n(.*?)```\n+```\n(.*?)```", text, re.DOTALL)
    check.that(len(pairs) == text.count("```sql") >= 10, f"{len(pairs)} questions with an answer")
    for sql, answer in pairs:
        header = [name.strip() for name in answer.splitlines()[0].split("|")]
        status, body = server.post(sql, "text/csv")
        rows = list(csv.reader(io.StringIO(body.decode())))
        check.that(status == 200 and rows[0] == header and len(rows) > 1, f"{sql}: {status} {body[:200]} against {header}")


def revoked(check, server):
    """Who is revoked is out at once, also of a session that is open."""
    with psycopg.connect(server.uri, autocommit=True) as connection:
        connection.execute("SELECT 1")
        server.does("admin", "token", "revoke", str(server.number))
        try:
            connection.execute("SELECT 1")
            check.that(False, "a revoked token still asks")
        except psycopg.Error as error:
            check.that("revoked" in str(error), f"revoked: {error}")
    try:
        psycopg.connect(server.uri).close()
        check.that(False, "a revoked token still logs in")
    except psycopg.Error:
        check.that(server.post("SELECT 1")[0] == 401, "a revoked token over HTTP")


def main():
    binary, folder = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2]).resolve()
    missing = [program for program in ("psql", "openssl") if shutil.which(program) is None]
    if missing:
        raise SystemExit(f"missing: {' '.join(missing)}")
    newest = max((folder / "publicaties/omgang/2020").iterdir(), key=lambda path: int(path.name))
    truth = pl.read_parquet(newest / "cijfers.parquet").filter(
        (pl.col("indicator") == "gebruik_jeugdigen") & (pl.col("uitsplitsing") == "totaal")).select("gebied", "waarde").sort("gebied")
    check = Check()
    with tempfile.TemporaryDirectory() as scratch:
        server = Server(binary, folder, pathlib.Path(scratch))
        try:
            for part in (over_http, over_psql, over_psycopg, over_the_rest):
                part(check, server, truth)
            questions(check, server)
            revoked(check, server)
        finally:
            server.process.terminate()
            server.process.wait(30)
    print(f"SQL: {check.passed} checks passed, {check.failed} failed")
    sys.exit(check.failed > 0)


if __name__ == "__main__":
    main()
