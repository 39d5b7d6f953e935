"""A client system as a source: `uitvraag` against a real PostgreSQL, over TLS with SCRAM, and through ODBC drivers.

Usage: postgres_check.py UITVRAAG OMGANGSMONITOR DIR [UITVRAAG_WITH_ODBC]

Makes a cluster of its own on a free port of this machine and stops it again, whatever happens. The judgement and the
Parquet are compared with those of the same rows out of SQLite; then everything that can go wrong does, one by one:
each has its exit code and a sentence in Dutch, and none shows the password or a value.
"""

import csv
import glob
import json
import os
import pathlib
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time

from check import Check, serve

ROOT = pathlib.Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "schemas/omgang/examples/2020/geldig"
PASSWORD = "Zeer geheim; é}=+'"
BEGIN = time.time()
SECRET = "ZEERGEHEIM"
COPIES = 250
TYPES = {
    "aanmelddatum": "date", "intakedatum": "date", "startdatum": "date", "einddatum": "date",
    "leeftijd_bij_aanmelding": "smallint", "contacten": "integer", "gesprekken": "integer", "minuten": "bigint",
    "weekendcontacten": "integer", "kosten": "numeric(12,3)", "productcode": "varchar", "plaatsen": "integer", "weekend": "boolean",
}
QUERIES = {
    "traject": "SELECT * FROM ecd_traject WHERE productcode IS NULL OR productcode NOT LIKE 'fout%' ORDER BY traject_id",
    "voorziening": "SELECT * FROM ecd_voorziening ORDER BY voorziening_id",
}
# The same with the rows that have something wrong.
ALL_ROWS = QUERIES | {"traject": "SELECT * FROM ecd_traject ORDER BY traject_id"}


def rows() -> dict:
    """Practice rows per table: the example, many times over, with letters from outside ASCII and amounts of three decimals."""
    trajecten = []
    with open(EXAMPLES / "traject.csv", newline="", encoding="utf-8") as file:
        example = list(csv.DictReader(file))
    for copy in range(COPIES):
        for row in example:
            changes = {name: f"{SECRET}-{copy:03}-é“{row[name][:6]}" for name in ("traject_id", "jeugdige_id", "gezin_id") if row[name]}
            trajecten.append(row | changes)
    # A thousand point to who reads it wrongly.
    trajecten[0]["kosten"] = "812.500"
    trajecten.append(trajecten[1] | {"traject_id": f"{SECRET}-zz", "productcode": "fout" + 300 * "é", "startdatum": "2019-01-01", "kosten": "1.250"})
    with open(EXAMPLES / "voorziening.csv", newline="", encoding="utf-8") as file:
        voorzieningen = list(csv.DictReader(file))
    return {"traject": trajecten, "voorziening": voorzieningen}


class Cluster:
    """A PostgreSQL of our own: it dies with this process."""

    def __init__(self, log: pathlib.Path):
        self.bin = pathlib.Path(sorted(glob.glob("/usr/lib/postgresql/*/bin"), key=lambda p: int(p.split("/")[4]))[-1])
        # Not in the scratch folder: the account of the server must get there, and the path of a socket is short.
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="uitvraag-pg-"))
        self.log = log
        self.process = None
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]

    def run(self, *command: str) -> list:
        """The command under an account that PostgreSQL accepts, ended when we end."""
        account = ["--reuid=postgres", "--regid=postgres", "--clear-groups"] if os.geteuid() == 0 else []
        return ["setpriv", *account, "--pdeathsig=KILL", *command]

    def certificates(self) -> None:
        """An authority, a certificate for `localhost`, and another authority that signed nothing here."""
        make = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"]
        for name in ("ca", "andere"):
            subprocess.run([*make, "-subj", f"/CN={name}", "-keyout", f"{name}.key", "-out", f"{name}.pem"], cwd=self.folder, check=True, capture_output=True)
        server = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-addext", "basicConstraints=critical,CA:FALSE"]
        subprocess.run([*make, *server, "-CA", "ca.pem", "-CAkey", "ca.key", "-keyout", "server.key", "-out", "server.pem"], cwd=self.folder, check=True, capture_output=True)

    def start(self) -> None:
        data, hba, secret = self.folder / "data", self.folder / "hba.conf", self.folder / "pw"
        self.certificates()
        hba.write_text("local all postgres trust\nhostssl all all 127.0.0.1/32 scram-sha-256\n")
        secret.write_text(PASSWORD)
        secret.chmod(0o600)
        if os.geteuid() == 0:
            for path in (self.folder, *self.folder.iterdir()):
                shutil.chown(path, "postgres", "postgres")
        init = ["--no-sync", "--encoding=UTF8", "--locale=C.UTF-8", "--username=postgres", "--auth=scram-sha-256", f"--pwfile={secret}"]
        subprocess.run(self.run(str(self.bin / "initdb"), *init, "-D", str(data)), check=True, capture_output=True, cwd="/")
        settings = {
            "listen_addresses": "127.0.0.1", "port": self.port, "unix_socket_directories": self.folder, "hba_file": hba, "fsync": "off",
            "ssl": "on", "ssl_cert_file": self.folder / "server.pem", "ssl_key_file": self.folder / "server.key",
        }
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen(self.run(str(self.bin / "postgres"), "-D", str(data), *options), stderr=log, stdout=log, cwd="/")
        self.wait()

    def wait(self) -> None:
        """Until it takes queries."""
        for _ in range(300):
            if self.process.poll() is None and subprocess.run(self.tool("pg_isready"), capture_output=True, check=False).returncode == 0:
                return
            time.sleep(0.1)
        raise SystemExit(f"PostgreSQL does not run; see {self.log}")

    def tool(self, name: str) -> list:
        return [str(self.bin / name), "-h", str(self.folder), "-p", str(self.port), "-U", "postgres"]

    def psql(self, sql: str, database: str = "postgres") -> str:
        command = [*self.tool("psql"), "-d", database, "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1"]
        return subprocess.run(command, input=sql, check=True, stdout=subprocess.PIPE, text=True).stdout.strip()

    def stop(self) -> None:
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGQUIT)
            self.process.wait(30)
        shutil.rmtree(self.folder, ignore_errors=True)


def fill_postgres(cluster: Cluster, tables: dict) -> None:
    """The rows with their types, and an account that may read them."""
    quoted = PASSWORD.replace("'", "''")
    cluster.psql(f"CREATE ROLE lezer LOGIN PASSWORD '{quoted}'; CREATE DATABASE ecd ENCODING 'UTF8' TEMPLATE template0;")
    for name, table in tables.items():
        columns = ", ".join(f"{column} {TYPES.get(column, 'text')}" for column in table[0])
        # `ja` and `nee` are no booleans to PostgreSQL.
        words = [[{"ja": "t", "nee": "f"}[v] if TYPES.get(c) == "boolean" else v or "\\N" for c, v in row.items()] for row in table]
        lines = "".join("\t".join(row) + "\n" for row in words)
        cluster.psql(f"CREATE TABLE ecd_{name} ({columns});\nCOPY ecd_{name} FROM STDIN;\n{lines}\\.\n", "ecd")
    # INSERT too: that the account may write is no reason to let it.
    cluster.psql(
        "GRANT SELECT, INSERT, DELETE ON ecd_traject, ecd_voorziening TO lezer;"
        "CREATE TABLE geheim (a text);"
        "CREATE FUNCTION wis() RETURNS int LANGUAGE sql AS 'DELETE FROM ecd_traject; SELECT 1';",
        "ecd",
    )


def fill_sqlite(path: pathlib.Path, tables: dict) -> None:
    path.unlink(missing_ok=True)
    database = sqlite3.connect(path)
    kinds = {"boolean": "BOOLEAN", "numeric(12,3)": "REAL", "date": "TEXT", "text": "TEXT", "varchar": "TEXT"}
    for name, table in tables.items():
        columns = ", ".join(f"{column} {kinds.get(TYPES.get(column, 'text'), 'INTEGER')}" for column in table[0])
        database.execute(f"CREATE TABLE ecd_{name} ({columns})")
        values = [[{"ja": 1, "nee": 0}[v] if TYPES.get(c) == "boolean" else v or None for c, v in row.items()] for row in table]
        database.executemany(f"INSERT INTO ecd_{name} VALUES ({', '.join('?' * len(table[0]))})", values)
    database.commit()
    database.close()


class Bench:
    """A folder with settings, and what `uitvraag` says of them."""

    def __init__(self, folder: pathlib.Path, program: str, cluster: Cluster, check: Check):
        self.folder, self.program, self.cluster, self.check = folder, program, cluster, check
        self.server = ""
        for name in ("ca.pem", "andere.pem"):
            shutil.copyfile(cluster.folder / name, folder / name)
        self.private("goed.txt", PASSWORD + "\n")
        self.private("fout.txt", "een ander wachtwoord\n")

    def private(self, name: str, text: str) -> None:
        (self.folder / name).write_text(text, encoding="utf-8")
        (self.folder / name).chmod(0o600)

    def settings(self, kind: str, queries: dict, **source) -> None:
        lines = ['uitvraag = "omgang/2020"', 'kvk = "12345678"', 'koppeling = "koppeling.toml"', 'sleutel = "sleutel.toml"', self.server]
        lines += [f"[bron.{kind}]", *(f"{name} = {json.dumps(value, ensure_ascii=False)}" for name, value in source.items())]
        lines += [f"[bron.{kind}.tabellen]", *(f"{name} = {json.dumps(query, ensure_ascii=False)}" for name, query in queries.items())]
        (self.folder / "uitvraag.toml").write_text("\n".join(lines) + "\n", encoding="utf-8")

    def postgres(self, queries: dict = QUERIES, **changes) -> None:
        source = {"host": "localhost", "poort": self.cluster.port, "database": "ecd", "gebruiker": "lezer", "tls": "verplicht"}
        source |= {"ca_bestand": "ca.pem", "wachtwoord_bestand": "goed.txt", "tijdslimiet_s": 60} | changes
        self.settings("postgresql", queries, **{name: value for name, value in source.items() if value is not None})

    def run(self, *command: str, environment: dict | None = None) -> subprocess.CompletedProcess:
        done = subprocess.run(
            [self.program, *command, "--config", "uitvraag.toml"], cwd=self.folder, capture_output=True, text=True, check=False, timeout=300,
            env={"PATH": "/usr/bin:/bin", "HOME": str(self.folder)} | (environment or {}),
        )
        told = done.stdout + done.stderr
        self.check.that(PASSWORD not in told and "een ander wachtwoord" not in told, f"{command}: the password is never told")
        self.check.that("panicked" not in told, f"{command}: no panic: {done.stderr}")
        return done

    def judge(self, parquet: str | None = None) -> dict:
        shutil.rmtree(self.folder / (parquet or "geen"), ignore_errors=True)
        done = self.run("controleer", "--json", "--leverdatum", "2021-03-01", *(["--parquet", parquet] if parquet else []))
        self.check.that(done.returncode < 2, f"it is judged: {done.stderr}")
        return json.loads(done.stdout) if done.returncode < 2 else {}

    def keep(self, what: str, told: str) -> None:
        """What was said, for a person who wants to read it."""
        with open(self.folder / "gezegd.txt", "a", encoding="utf-8") as file:
            file.write(f"# {what}\n{told}\n")

    def refuses(self, what: str, *words: str, code: int = 2) -> None:
        """One clear sentence, a reason, a way out; and nothing of the data."""
        for command in (("controleer",), ("lever",)) if self.server else (("controleer",),):
            done = self.run(*command, environment={"LC_ALL": "C"})
            told = done.stderr
            self.keep(f"{what}: {' '.join(command)}", told)
            self.check.that(done.returncode == code, f"{what}: {command} ends with {done.returncode}, not {code}: {told}")
            self.check.that(all(word in told for word in words), f"{what}: {words} is not in {told}")
            self.check.that(SECRET not in told, f"{what}: a value is told: {told}")


def same_rows(bench: Bench, check: Check) -> None:
    """Every value arrives as it does out of SQLite: the same findings, the same Parquet."""
    bench.settings("sqlite", ALL_ROWS, bestand="ecd.sqlite")
    done = bench.run("koppel")
    check.that(done.returncode == 0, f"koppel: {done.stderr}")
    expected = bench.judge("uit-sqlite")
    found = {finding["code"] for finding in expected["bevindingen"]}
    check.that(expected["rijen"]["traject"] == 12 * COPIES + 1, f"every row is read: {expected['rijen']}")
    check.that({"START_VOOR_AANMELDING", "KOSTEN_PER_MINUUT"} <= found, f"there is something to find: {found}")
    bench.postgres(ALL_ROWS)
    compare(bench, check, expected, "PostgreSQL")
    bench.postgres(wachtwoord_bestand=None, wachtwoord_variabele="ECD_WACHTWOORD")
    done = bench.run("controleer", "--leverdatum", "2021-03-01", environment={"ECD_WACHTWOORD": PASSWORD})
    check.that(done.returncode == 0, f"with the password out of a variable: {done.stderr}")


def compare(bench: Bench, check: Check, expected: dict, source: str) -> None:
    told = bench.judge("uit")
    check.that(told == expected, f"{source}: the judgement is that of SQLite")
    for file in sorted((bench.folder / "uit-sqlite").iterdir()):
        other = bench.folder / "uit" / file.name
        check.that(other.exists() and other.read_bytes() == file.read_bytes(), f"{source}: {file.name} is that of SQLite, byte for byte")


def delivers(bench: Bench, check: Check) -> None:
    """From the database to a receipt's first half: akkoord or te_bevestigen, and nothing is sent twice."""
    bench.postgres()
    done = bench.run("lever", "--vooraf", "--log", "tekst")
    check.that(done.returncode == 0 and "laat ons binnen" in done.stderr, f"everything is ready: {done.stderr}")
    first, second = bench.run("lever", "--leverdatum", "2021-03-01"), bench.run("lever", "--leverdatum", "2021-03-01")
    events = [[json.loads(line)["gebeurtenis"] for line in done.stderr.splitlines()] for done in (first, second)]
    check.that(first.returncode < 2 and "oordeel" in events[0] and "verstuurd" in events[0], f"it is delivered: {first.stderr}")
    check.that("ongewijzigd" in events[1] and "verstuurd" not in events[1], f"the same rows are not sent again: {second.stderr}")
    check.that(SECRET not in first.stderr + second.stderr, "no value is in the log")


def goes_wrong(bench: Bench, check: Check) -> None:
    """One thing at a time."""
    bench.postgres(wachtwoord_bestand="fout.txt")
    bench.refuses("wrong password", "laat ons niet binnen", "28P01", "Controleer gebruiker en wachtwoord")
    bench.postgres(wachtwoord_bestand=None)
    bench.refuses("no password", "de database vraagt een wachtwoord")
    bench.postgres(gebruiker="niemand")
    bench.refuses("unknown user", "28P01")
    bench.postgres(database="bestaat_niet")
    bench.refuses("unknown database", "3D000", "Controleer achter database de naam")
    for what, change in {"another authority": {"ca_bestand": "andere.pem"}, "no authority": {"ca_bestand": None}, "another name": {"host": "127.0.0.1"}}.items():
        bench.postgres(**change)
        bench.refuses(what, "het certificaat van de databaseserver is niet te vertrouwen")
    bench.postgres(tls="uit", ca_bestand=None)
    bench.refuses("without TLS", "28000", "laat ons niet binnen")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        bench.postgres(poort=free.getsockname()[1])
        bench.refuses("nobody listens", "de server neemt geen verbinding aan")
    for what, query, *words in (
        ("an unknown table", "SELECT * FROM trajecten", "42P01", "Controleer de naam van de tabel"),
        ("an unknown column", "SELECT startdag FROM ecd_traject", "42703", "Controleer de naam van de kolom"),
        ("no right to read", "SELECT * FROM geheim", "42501", "leesrechten"),
        ("no SQL", "SELEC 1", "42601", "Schrijf één SELECT"),
        ("two commands", "SELECT 1; SELECT 2", "42601", "Schrijf één SELECT"),
        ("a value that does not convert", "SELECT traject_id::int FROM ecd_traject", "22P02", "Probeer de query eerst"),
        ("nothing found", "SELECT * FROM ecd_traject WHERE false", "geeft geen enkele rij", "nulopgave"),
        ("a command that gives nothing", "DELETE FROM ecd_traject", "is geen SELECT"),
        ("a command that writes", "DELETE FROM ecd_traject RETURNING traject_id", "de query wil iets veranderen"),
        ("a query that writes", "WITH weg AS (DELETE FROM ecd_traject RETURNING *) SELECT * FROM weg", "de query wil iets veranderen"),
        ("a function that writes", "SELECT wis()", "de query wil iets veranderen"),
        ("bytes", "SELECT 'x'::bytea AS foto", "bytes in plaats van tekst", "foto"),
    ):
        bench.postgres({"traject": query})
        bench.refuses(what, *words)
    bench.postgres({"traject": "SELECT pg_sleep(30)::text AS traject_id"}, tijdslimiet_s=1)
    bench.refuses("a query that takes too long", "de query duurt te lang", "tijdslimiet_s")
    count = bench.cluster.psql("SELECT count(*) FROM ecd_traject", "ecd")
    check.that(count == str(12 * COPIES + 1), f"nothing was written: {count} rows")


SLOW = {"traject": "SELECT t.*, pg_sleep(CASE WHEN row_number() OVER () % 100 = 0 THEN 0.2 ELSE 0 END)::text AS wacht FROM ecd_traject t"}


def cut(cluster: Cluster, by_the_server: bool) -> None:
    """Ends the connection that reads, half-way: the server says so, or its process is gone."""
    reading = "FROM pg_stat_activity WHERE usename = 'lezer' AND state = 'active' AND query LIKE '%pg_sleep%'"
    pid = ""
    while not pid:
        time.sleep(0.1)
        pid = cluster.psql(f"SELECT pid {reading}")
    time.sleep(0.5)
    if by_the_server:
        cluster.psql(f"SELECT pg_terminate_backend(pid) {reading}")
    else:
        os.kill(int(pid), signal.SIGKILL)


def goes_away(bench: Bench, check: Check, settings, *words: str) -> None:
    """The connection ends while rows are on their way; the next run reads all of them."""
    for by_the_server in (True, False):
        settings(SLOW)
        thread = threading.Thread(target=cut, args=(bench.cluster, by_the_server), daemon=True)
        thread.start()
        done = bench.run("controleer")
        thread.join(30)
        bench.keep(f"cut off, {by_the_server=}", done.stderr)
        check.that(done.returncode == 2 and any(word in done.stderr for word in words), f"cut off, {by_the_server=}: {done.returncode} {done.stderr}")
        check.that(SECRET not in done.stdout + done.stderr, "cut off: no value is told")
        # After a process that was killed the server begins anew.
        bench.cluster.wait()
    # Another run, killed before, may have left its own.
    left = [path for path in pathlib.Path(tempfile.gettempdir()).glob(".bron-*") if path.stat().st_mtime >= BEGIN]
    check.that(not left, f"no rows are left behind: {left}")
    settings(ALL_ROWS)
    check.that(bench.judge().get("rijen", {}).get("traject") == 12 * COPIES + 1, "afterwards all is read")


def drivers(bench: Bench, check: Check, program: str) -> None:
    """The same rows through Debian's ODBC drivers, and what goes wrong there."""
    bench.settings("sqlite", ALL_ROWS, bestand="ecd.sqlite")
    expected = bench.judge("uit-sqlite")
    through_sqlite = {"verbinding": f"Driver=SQLite3;Database={bench.folder}/ecd.sqlite"}
    bench.settings("odbc", ALL_ROWS, **through_sqlite)
    bench.refuses("no ODBC built in", "zonder ODBC gebouwd", "[bron.bestanden]")
    ordinary, bench.program = bench.program, program
    string = f"Driver=PostgreSQL Unicode;Server=localhost;Port={bench.cluster.port};Database=ecd;UID=lezer;SSLmode=verify-full;BoolsAsChar=0"
    through_postgres = {"verbinding": string, "wachtwoord_bestand": "goed.txt", "begin": "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY"}
    authority = {"PGSSLROOTCERT": str(bench.folder / "ca.pem")}
    bench_run = bench.run
    bench.run = lambda *command, environment=None: bench_run(*command, environment=authority | (environment or {}))
    for source, settings in {"SQLite by ODBC": through_sqlite, "PostgreSQL by ODBC": through_postgres}.items():
        bench.settings("odbc", ALL_ROWS, **settings)
        compare(bench, check, expected, source)
    for what, change, *words in (
        ("wrong password", {"wachtwoord_bestand": "fout.txt"}, "laat ons niet binnen"),
        ("unknown driver", {"verbinding": "Driver=Bestaat Niet;UID=x"}, "de ODBC-driver is er niet"),
        ("unknown database", {"verbinding": string.replace("Database=ecd", "Database=bestaat_niet")}, "laat ons niet binnen"),
        ("nobody listens", {"verbinding": string.replace(f"Port={bench.cluster.port}", "Port=1")}, "laat ons niet binnen"),
        ("a first command that fails", {"begin": "SET onbekend = 1"}, "de opdracht achter begin lukt niet"),
    ):
        bench.settings("odbc", QUERIES, **(through_postgres | change))
        bench.refuses(what, *words)
    for source, settings in {"sqlite": through_sqlite, "postgres": through_postgres}.items():
        for what, query, *words in (
            ("an unknown table", "SELECT * FROM trajecten", "trajecten"),
            ("two commands", "SELECT 1; DELETE FROM ecd_traject", "is geen SELECT"),
            ("a command that writes", "DELETE FROM ecd_traject RETURNING traject_id", "is geen SELECT"),
            ("nothing found", "SELECT * FROM ecd_traject WHERE 1 = 0", "geeft geen enkele rij"),
            ("a long text", f"SELECT '{'a' * 5000}' AS lang", "een waarde van meer dan", "lang"),
        ):
            bench.settings("odbc", {"traject": query}, **settings)
            bench.refuses(f"{source}: {what}", *words)
    bench.settings("odbc", {"traject": "SELECT wis() AS traject_id"}, **through_postgres)
    bench.refuses("a function that writes", "de query wil iets veranderen")
    bench.settings("odbc", {"traject": "SELECT wis() AS traject_id"}, **{name: value for name, value in through_postgres.items() if name != "begin"})
    bench.run("controleer")
    count = bench.cluster.psql("SELECT count(*) FROM ecd_traject", "ecd")
    check.that(count == str(12 * COPIES + 1), f"also without `begin` nothing was written: {count} rows")
    bench.settings("odbc", SLOW, **(through_postgres | {"tijdslimiet_s": 1}))
    bench.refuses("a query that takes too long", "de database doet er te lang over")
    goes_away(bench, check, lambda queries: bench.settings("odbc", queries, **through_postgres), "de database")
    bench.program, bench.run = ordinary, bench_run


def main() -> None:
    program, monitor, folder = str(pathlib.Path(sys.argv[1]).resolve()), str(pathlib.Path(sys.argv[2]).resolve()), pathlib.Path(sys.argv[3]).resolve()
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "dienst").mkdir(parents=True)
    # A stop from outside takes the same way out as an error.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    check, tables = Check(), rows()
    cluster = Cluster(folder / "postgres.log")
    service = None
    try:
        cluster.start()
        fill_postgres(cluster, tables)
        fill_sqlite(folder / "ecd.sqlite", tables)
        bench = Bench(folder, program, cluster, check)
        same_rows(bench, check)

        (folder / "dienst/aanbieders.csv").write_text("kvk,naam,werkgebied,uitkomst\n12345678,De Brug,GM0344,verwacht\n", encoding="utf-8")
        admit = [monitor, "admin", "aanbieders", "import", "--uitvraag", "omgang/2020", "--tokens", ".", "aanbieders.csv"]
        subprocess.run(admit, cwd=folder / "dienst", check=True, stdout=subprocess.DEVNULL)
        bench.private("token.txt", (folder / "dienst/12345678.token").read_text(encoding="utf-8"))
        subprocess.run([program, "sleutel", "maak", "--sleutel", "sleutel.toml"], cwd=folder, check=True, capture_output=True)
        service, address = serve(monitor, folder / "dienst")
        bench.server = f'[server]\nadres = "{address}"\ntoken_bestand = "token.txt"'
        delivers(bench, check)
        goes_wrong(bench, check)
        goes_away(bench, check, bench.postgres, "de database stopte of start nog", "de database brak de verbinding af")
        if len(sys.argv) > 4:
            drivers(bench, check, str(pathlib.Path(sys.argv[4]).resolve()))
    finally:
        if service:
            service.terminate()
            service.wait(30)
        cluster.stop()
    print(f"{check.passed} checks passed, {check.failed} failed")
    sys.exit(check.failed > 0)


if __name__ == "__main__":
    main()
