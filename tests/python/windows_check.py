"""Runs uitvraag.exe under wine as an aanbieder on Windows would, beside the native program.

Usage: windows_check.py PROGRAMS_DIR UITVRAAG OMGANGSMONITOR SCRATCH_DIR

PROGRAMS_DIR holds uitvraag.exe, bcryptprimitives.dll, icacls.exe and houd.exe. Paths have spaces, accents and backslashes,
files have CRLF. What both programs say about the same files is the same, byte for byte; a key can be read by its owner
alone; a console in an old code page shows accents; a file that Excel has open is said to be; a pakket made there is
delivered to a real service, by hand and by itself, also after a power cut.
"""

import contextlib
import csv
import json
import os
import pathlib
import pty
import re
import select
import shutil
import sqlite3
import subprocess
import sys
import time
import zipfile

import polars

from check import Check
from portal_check import serve

ROOT = pathlib.Path(__file__).parents[2]
FIXTURES = ROOT / "tests" / "fixtures" / "extracts"
EXAMPLES = ROOT / "schemas" / "omgang" / "examples" / "2020"
GENERATED = ROOT / "schemas" / "omgang" / "generated" / "2020"
WINE = "/usr/lib/wine/wine64"
DAY = "2021-03-01"
ASKED = ["--uitvraag", "omgang/2020"]
FOLDER = "Gegevens van zorg én hulp"


class Windows:
    """A folder on C: and the program that runs in it."""

    def __init__(self, programs, native):
        self.native = native
        drive = pathlib.Path(os.environ["WINEPREFIX"]) / "drive_c"
        self.map = drive / FOLDER
        shutil.rmtree(self.map, ignore_errors=True)
        (self.map / "sub map").mkdir(parents=True)
        self.exe = drive / "Programma's" / "uitvraag.exe"
        self.exe.parent.mkdir(exist_ok=True)
        for name in ["uitvraag.exe", "bcryptprimitives.dll", "houd.exe"]:
            shutil.copy(programs / name, self.exe.parent / name)
        icacls = drive / "windows" / "system32" / "icacls.exe"
        icacls.unlink(missing_ok=True)
        shutil.copy(programs / "icacls.exe", icacls)
        # A share of a server is a folder to wine.
        share = pathlib.Path(os.environ["WINEPREFIX"]) / "dosdevices" / "unc" / "zorgserver" / "deel één"
        share.parent.mkdir(parents=True, exist_ok=True)
        share.unlink(missing_ok=True)
        share.symlink_to(self.map)
        self.environment = os.environ | {"WINEDLLOVERRIDES": "icacls.exe=n;mscoree,mshtml,winedbg.exe=", "TERM": "xterm"}
        for name in ["XDG_CONFIG_HOME", "UITVRAAG_SLEUTEL", "HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"]:
            self.environment.pop(name, None)

    def run(self, *arguments, expect=(0,), **environment):
        """Runs uitvraag.exe; gives stdout, stderr."""
        environment = self.environment | environment
        done = subprocess.run([WINE, self.exe, *arguments], cwd=self.map, env=environment, capture_output=True, check=False, timeout=300)
        if done.returncode not in expect:
            raise SystemExit(f"uitvraag.exe {arguments}: exit {done.returncode}, not one of {expect}\n{done.stderr.decode(errors='replace')}")
        return done.stdout, done.stderr.decode()

    def beside(self, *arguments, expect=(0,)):
        """Runs the native program in the same folder, with the same arguments but for the slashes."""
        arguments = [str(a).replace("\\", "/") for a in arguments]
        done = subprocess.run([self.native, *arguments], cwd=self.map, capture_output=True, check=False)
        if done.returncode not in expect:
            raise SystemExit(f"uitvraag {arguments}: exit {done.returncode}, not one of {expect}\n{done.stderr.decode()}")
        return done.stdout

    @contextlib.contextmanager
    def held(self, how, path, seconds):
        """While another program has a file."""
        other = subprocess.Popen([WINE, self.exe.parent / "houd.exe", how, path, str(seconds)], cwd=self.map, env=self.environment, stdout=subprocess.PIPE)
        if other.stdout.readline().strip() != b"ja":
            raise SystemExit(f"houd.exe cannot take {path}")
        try:
            yield
        finally:
            other.kill()
            other.wait(30)
            other.stdout.close()

    def private(self, path):
        """Whether nobody but its owner stands on a file's list, in the words of Windows (SDDL)."""
        subprocess.run([WINE, "C:\\windows\\system32\\icacls.exe", path, "/save", "lijst.acl"], cwd=self.map, env=self.environment, check=True)
        entries = re.findall(r"\(A;[^)]*;([^;)]*)\)", (self.map / "lijst.acl").read_bytes().decode("utf-16-le"))
        return bool(entries) and all(re.fullmatch(r"OW|SY|BA|S-1-5-21-.*-1\d{3}", who) for who in entries)

    def label(self, key):
        """What names a key."""
        return "".join(re.findall(r"hmac-sha256\.1\.\w+", self.run("sleutel", "toon", "--sleutel", key)[0].decode())[:1])

    def console(self, command, answers=()):
        """Runs a command line in a console, where each question gets its answer; gives what a person sees."""
        answers = list(answers)
        (self.map / "proef.cmd").write_text(f"@echo off\r\n{command}\r\n", newline="")
        pid, terminal = pty.fork()
        if pid == 0:
            os.chdir(self.map)
            os.execve(WINE, [WINE, "cmd", "/c", "proef.cmd"], self.environment)
        seen = b""
        end = time.monotonic() + 60
        # Wine keeps the terminal open after the command, so its end is what counts.
        ended = 0
        while time.monotonic() < end and not (ended and not select.select([terminal], [], [], 0.5)[0]):
            # A question has been asked when nothing follows it: what is typed before somebody listens may get lost.
            if select.select([terminal], [], [], 2 if answers else 0.1)[0]:
                try:
                    seen += os.read(terminal, 65536)
                except OSError:
                    break
            elif answers and answers[0][0] in seen.decode(errors="replace"):
                os.write(terminal, (answers.pop(0)[1] + "\r").encode())
            ended = ended or os.waitpid(pid, os.WNOHANG)[0]
        os.close(terminal)
        if not ended:
            os.kill(pid, 9)
            os.waitpid(pid, 0)
        return seen.decode(errors="replace")


def crlf(source, target):
    """A file as Windows writes it."""
    target.write_bytes(source.read_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n"))


def templates(check, windows):
    windows.run("sjabloon", *ASKED, "--uit", r"sub map\sjabloon één.xlsx")
    made = windows.map / "sub map" / "sjabloon één.xlsx"
    check.that(made.read_bytes() == (GENERATED / "sjabloon.xlsx").read_bytes(), "the sjabloon is not the one that was compiled in")
    stdout, _ = windows.run("sjabloon", *ASKED, "--uit", "-")
    check.that(stdout == made.read_bytes(), "the sjabloon changes on its way through a pipe")
    windows.run("codeboek", *ASKED, "--uit", r"sub map\codeboek.html")
    check.that("<html" in (windows.map / "sub map" / "codeboek.html").read_text(), "there is no codeboek")


def parts(workbook):
    """What is in a workbook. The zip around it says on which system it was made, so its bytes may differ."""
    with zipfile.ZipFile(workbook) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def judge(check, windows):
    """koppel and controleer, over CSV with CRLF and over a workbook, give what the native program gives."""
    for name, source in {"jeugdhulp wést.csv": "jeugdhulp_west.csv", "zorg & zuid.csv": "zorggroep_zuid.csv", "noord één.xlsx": "omgangshuis_noord.xlsx"}.items():
        target = windows.map / "sub map" / name
        crlf(FIXTURES / source, target) if name.endswith(".csv") else shutil.copy(FIXTURES / source, target)
        path = "sub map\\" + name
        ours = windows.beside("koppel", path, *ASKED, expect=(0, 1))
        theirs, _ = windows.run("koppel", path, *ASKED, expect=(0, 1))
        check.that(theirs == ours, f"{name}: another koppeling")
        windows.run("koppel", path, *ASKED, "--uit", "mijn koppeling.toml", expect=(0, 1))
        written = windows.map / "mijn koppeling.toml"
        check.that(written.read_bytes() == ours, f"{name}: the koppeling in the file is another than on the screen")
        crlf(written, written)
        rest = [path, *ASKED, "--koppeling", "mijn koppeling.toml", "--leverdatum", DAY, "--json"]
        check.that(windows.run("controleer", *rest, expect=(0, 1))[0] == windows.beside("controleer", *rest, expect=(0, 1)), f"{name}: another judgement")
    tables = []
    for source in sorted(EXAMPLES.glob("fout/*.csv")):
        crlf(source, windows.map / source.name)
        tables.append(".\\" + source.name)
    rest = [*tables, *ASKED, "--leverdatum", DAY, "--json", "--rapport"]
    theirs, _ = windows.run("controleer", *rest, r"sub map\fouten én meer.xlsx", expect=(0, 1))
    ours = windows.beside("controleer", *rest, "ours.xlsx", expect=(0, 1))
    check.that(theirs == ours and "é" in theirs.decode("utf-8"), "faulty csv: another judgement")
    check.that(len(json.loads(theirs)["bevindingen"]) > 9, "there is little to compare")
    shown, _ = windows.run("controleer", *tables, *ASKED, "--leverdatum", DAY, expect=(1,))
    check.that(shown == windows.beside("controleer", *tables, *ASKED, "--leverdatum", DAY, expect=(1,)), "faulty csv: another page of text")
    check.that(parts(windows.map / "sub map" / "fouten én meer.xlsx") == parts(windows.map / "ours.xlsx"), "another workbook")


def pack(check, windows):
    """A pakket under a key that only its owner can read."""
    for source in sorted(EXAMPLES.glob("geldig/*.csv")):
        crlf(source, windows.map / ("goed " + source.name))
    tables = [f"goed {source.name}" for source in sorted(EXAMPLES.glob("geldig/*.csv"))]
    windows.run("controleer", *tables, *ASKED, "--leverdatum", DAY, "--parquet", r"sub map\parquet")
    windows.beside("controleer", *tables, *ASKED, "--leverdatum", DAY, "--parquet", "ours")
    for table in (windows.map / "ours").glob("*.parquet"):
        check.that(polars.read_parquet(windows.map / "sub map" / "parquet" / table.name).equals(polars.read_parquet(table)), f"another {table.name}")
    key = windows.map / "sub map" / "sleutel.toml"
    arguments = ["pak", *tables, *ASKED, "--leverdatum", DAY, "--kvk", "12345678", "--sleutel", r"sub map\sleutel.toml", "--uit"]
    windows.run(*arguments, r"sub map\pakket één")
    check.that(windows.private(r"sub map\sleutel.toml"), "others can read the key")
    key.chmod(0o600)
    windows.beside(*arguments, "ours-pakket")
    for part in sorted((windows.map / "ours-pakket").glob("*.zst")):
        check.that((windows.map / "sub map" / "pakket één" / part.name).read_bytes() == part.read_bytes(), f"another {part.name}")
    label = windows.label(r"sub map\sleutel.toml")
    check.that(label and label in windows.beside("sleutel", "toon", "--sleutel", r"sub map\sleutel.toml").decode(), "another key label")
    key.chmod(0o644)
    _, said = windows.run("sleutel", "toon", "--sleutel", r"sub map\sleutel.toml", expect=(2,))
    check.that("icacls" in said, "a key that others can read is used")
    key.chmod(0o600)
    windows.run("sleutel", "bewaar", r"sub map\reserve kopie.txt", "--sleutel", r"sub map\sleutel.toml")
    check.that(windows.private(r"sub map\reserve kopie.txt"), "others can read the copy of the key")
    for earlier in windows.map.parent.glob("users/*/AppData/Roaming/uitvraag"):
        shutil.rmtree(earlier)
    where = windows.run("sleutel", "maak")[0].decode().splitlines()[0].split(maxsplit=1)[1]
    check.that(where.endswith(r"\AppData\Roaming\uitvraag\sleutel.toml") and windows.private(where), f"the key without a place of its own: {where}")
    windows.run("sleutel", "zet-terug", r"sub map\reserve kopie.txt", "--sleutel", "tweede.toml")
    check.that(windows.label("tweede.toml") == label, "the key that was put back is another")


def paths(check, windows):
    """Every way to write the same path on Windows, wildcards too, which cmd leaves to the program."""
    deep = "\\".join(["een lange náám van een map"] * 12)
    for folder in ("sub map", deep.replace("\\", "/")):
        (windows.map / folder).mkdir(parents=True, exist_ok=True)
        crlf(FIXTURES / "de_brug_2020.csv", windows.map / folder / "brug é.csv")
    ours = windows.beside("koppel", r"sub map\brug é.csv", *ASKED, expect=(0, 1))
    ways = [r"sub map/brug é.csv", r".\sub map\.\BRUG é.csv", rf"..\{FOLDER}\sub map\brug é.csv", rf"\{FOLDER}\sub map\brug é.csv"]
    ways += [rf"C:\{FOLDER}\sub map\brug é.csv", r"C:sub map\brug é.csv", rf"\\?\C:\{FOLDER}\sub map\brug é.csv", rf"\\.\C:\{FOLDER}\sub map\brug é.csv"]
    ways += [rf"C:\{FOLDER}\{deep}\brug é.csv", r"sub map\br*é.CSV", r"\\zorgserver\deel één\sub map\brug é.csv", r"//zorgserver/deel één/sub map/BR*.csv"]
    for way in ways:
        check.that(windows.run("koppel", way, *ASKED, expect=(0, 1))[0].lower() == ours.lower(), f"another koppeling by way of {way}")
    for name, words in {r"sub map\br*x.csv": "zo kan een bestand niet heten", r"X:\weg.csv": "bestaat niet", "sub map": "dat is een map"}.items():
        _, said = windows.run("koppel", name, *ASKED, expect=(2,))
        check.that(words in said, f"{name} is answered with: {said}")
    _, said = windows.run("koppel", r"sub map\brug é.csv", *ASKED, "--uit", r"\\zorgserver\deel één\onze.toml", expect=(0, 1))
    check.that(r'controleer "sub map\brug é.csv"' in said and r'--koppeling "\\zorgserver\deel één\onze.toml"' in said, f"not to be copied: {said}")


def excel(check, windows):
    """A file that another program has is waited for a moment, and then said to be open."""
    report = windows.map / "rapport.xlsx"
    rest = ["controleer", r".\traject.csv", *ASKED, "--leverdatum", DAY, "--rapport", "rapport.xlsx"]
    for seconds in (1, 60):
        report.write_bytes(b"oud")
        with windows.held("lees", "rapport.xlsx", seconds):
            _, said = windows.run(*rest, expect=(1, 2))
        ours = report.read_bytes() != b"oud"
        check.that(ours == (seconds == 1), f"a workbook open for {seconds} s: {'replaced' if ours else said}")
        check.that(ours or "ander programma" in said, f"a workbook that is open is answered with: {said}")
    check.that(not list(windows.map.glob(".tmp*")), "a half file is left behind")
    with windows.held("dicht", r".\traject.csv", 60):
        _, said = windows.run(*rest, expect=(2,))
    check.that("ander programma" in said, f"a csv that is open is answered with: {said}")


@contextlib.contextmanager
def dienst(windows, monitor, scratch, aanbieders):
    """A real service, and a token for each aanbieder in a file of its own."""
    place = scratch / "dienst"
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True)
    (place / "aanbieders.csv").write_text("kvk,naam,werkgebied,uitkomst\n" + "".join(f"{kvk},Zorg én hulp {kvk},JZ13,verwacht\n" for kvk in aanbieders))
    subprocess.run([monitor, "admin", "aanbieders", "import", "aanbieders.csv", *ASKED, "--tokens", "tokens"], cwd=place, check=True, capture_output=True)
    for kvk in aanbieders:
        crlf(place / "tokens" / f"{kvk}.token", windows.map / f"token {kvk}.txt")
    process, url = serve(monitor, place)
    try:
        yield url
    finally:
        process.terminate()
        process.wait(30)


def deliver(check, windows, url):
    """The pakket, to a real service; and a nulopgave."""
    server = ["--server", url, "--token-bestand", "token 12345678.txt", "--zonder-tls"]
    said = "".join(part if isinstance(part, str) else part.decode() for part in windows.run("lever", r"sub map\pakket één", *server, expect=(0, 1)))
    check.that("akkoord" in said or "te_bevestigen" in said, f"not delivered: {said}")
    status, _ = windows.run("status", "sub map\\pakket één\\", *server, expect=(0, 1))
    check.that("heel" in status.decode(), "the pakket is not whole afterwards")
    server = ["--server", url, "--token-bestand", r".\token 23456789.txt", "--zonder-tls"]
    windows.run("nulopgave", *ASKED, *server, "--onderteken", "J. de Vriès, directeur", "--uit", r"sub map\níets")
    status = json.loads(windows.run("status", r"sub map\níets", *server, "--json")[0].decode("utf-8"))
    check.that(status["levering"]["toestand"] == "ingediend" and "Vriès" in status["ontvangstbewijs"]["ondertekenaar"], f"nulopgave: {status}")
    check.that((windows.map / "sub map" / "níets").is_dir(), "there is no receipt of the nulopgave")


def settings(url, bestand):
    """uitvraag.toml as a beheerder on Windows saves it: a byte order mark, CRLF, paths with backslashes."""
    tables = "".join(f'{path.stem} = "SELECT * FROM {path.stem}"\n' for path in sorted(EXAMPLES.glob("geldig/*.csv")))
    text = f"""uitvraag = "omgang/2020"
kvk = "34567890"
sleutel = 'sub map\\sleutel.toml'
uitbak = '..\\{FOLDER}\\uit bak'
[logboek]
bestand = 'C:\\{FOLDER}\\log één.jsonl'
[server]
adres = "{url}"
zonder_tls = true
token_bestand = '.\\token 34567890.txt'
onderteken = "J. de Vriès, directeur"
[bron.sqlite]
bestand = {bestand}
[bron.sqlite.tabellen]
{tables}"""
    return b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode()


def by_itself(check, windows, url):
    """lever --config, out of SQLite: a power cut on the way, once more, nothing new, something new, two at once."""
    database = windows.map / "sub map" / "ecd één.sqlite"
    with contextlib.closing(sqlite3.connect(database)) as db:
        for path in sorted(EXAMPLES.glob("geldig/*.csv")):
            names, *rows = csv.reader(path.read_text().splitlines())
            db.execute(f"CREATE TABLE {path.stem} ({', '.join(names)})")
            db.executemany(f"INSERT INTO {path.stem} VALUES ({', '.join('?' * len(names))})", rows)
        db.commit()
    token = windows.map / "token 34567890.txt"
    token.write_bytes(token.read_text().encode("utf-16"))
    config = windows.map / "uitvraag één.toml"
    lever = ["lever", "--config", r".\uitvraag één.toml", "--leverdatum", DAY, "--log", "json"]
    outbox = windows.map / "uit bak"

    def events(said):
        return [json.loads(line) for line in said.splitlines()]

    def posts():
        return sorted(path.name for path in outbox.glob("*-*") if (path / "stand.json").exists())

    config.write_bytes(settings(url, f'"C:\\temp\\{database.name}"'))
    _, said = windows.run(*lever, expect=(2,))
    check.that("enkele aanhalingstekens" in said, f"a path in double quotes is answered with: {said}")
    config.write_bytes(settings(url, f"'C:\\{FOLDER}\\sub map\\{database.name}'"))
    _, said = windows.run(*lever, "--vooraf")
    looked = {event["wat"]: event for event in events(said) if event["gebeurtenis"] == "voorcontrole"}
    check.that(looked["tokenbestand"]["uitkomst"] == "let_op" and "icacls" in looked["tokenbestand"]["bericht"], f"an open token: {looked['tokenbestand']}")
    check.that(all(event["uitkomst"] == "goed" for what, event in looked.items() if what != "tokenbestand"), f"beforehand: {looked}")
    for moment in ("verpakt", "klaargezet", "verstuurd"):
        windows.run(*lever, expect=range(2, 256), UITVRAAG_BREUK=moment)
    check.that(len(posts()) == 1, f"after the power cuts: {posts()}")
    _, said = windows.run(*lever)
    seen = [event["gebeurtenis"] for event in events(said)]
    check.that("hervat" in seen and seen[-1] == "klaar" and "ontvangstbewijs" in seen and len(posts()) == 1, f"taken up again: {seen}, {posts()}")
    left = [path.name for path in outbox.iterdir() if path.name.startswith((".bron-", ".uitvraag-"))]
    check.that(not left, f"left behind in the outbox: {left}")
    log = (windows.map / "log één.jsonl").read_bytes().decode("utf-8")
    check.that(said.replace("\r", "") in log and "\r" not in log, "the file tells something else than the screen")
    _, said = windows.run(*lever)
    check.that("ongewijzigd" in said and len(posts()) == 1, f"the same again: {said}")
    with contextlib.closing(sqlite3.connect(database)) as db:
        db.execute("UPDATE traject SET minuten = minuten + 1 WHERE rowid = 1")
        db.commit()
    with windows.held("slot", r"uit bak\.slot", 60):
        _, said = windows.run(*lever, expect=(2,))
    check.that("loopt al" in said and len(posts()) == 1, f"two at once: {said}")
    windows.run(*lever)
    check.that(len(posts()) == 2, f"something new: {posts()}")
    status = windows.run("status", "--config", r".\uitvraag één.toml")[0].decode("utf-8")
    check.that(all(post in status for post in posts()), f"status --config: {status}")
    config.write_bytes("uitvraag = 'omgang/2020'\r\n[bron.bestanden]\r\npatronen = ['\\\\zorgserver\\deel één\\GOED *.csv']\r\nwelke = 'alle'\r\n".encode("utf-16"))
    judged = windows.run("controleer", "--config", r".\uitvraag één.toml", "--leverdatum", DAY, "--json")[0]
    check.that(sum(json.loads(judged)["rijen"].values()) > 9, "a pattern with other capitals finds no files")


def consoles(check, windows):
    """Readable in a console with an old code page; plain UTF-8 through a pipe."""
    piped, _ = windows.run("help", "lever")
    check.that("coördinator" in piped.decode("utf-8") and b"\\\n" not in piped, "a pipe does not get UTF-8")
    exe = '"C:\\Programma\'s\\uitvraag.exe"'
    for page in (437, 850, 1252, 65001):
        seen = windows.console(f"chcp {page} >nul\r\n{exe} help lever\r\n{exe} koppel wég.csv --uitvraag omgang/2020")
        check.that("coördinator" in seen, f"code page {page} shows {[line for line in seen.splitlines() if 'rdinator' in line][:1]}")
        check.that("bestaat niet" in seen, f"code page {page}: no word about a file that is not there")
    rows = (EXAMPLES / "geldig" / "traject.csv").read_text().replace(",1512.00", ",91512.00")
    (windows.map / "duur.csv").write_text(rows)
    tables = '"goed voorziening.csv" "goed wachtlijst.csv" duur.csv'
    ask = f"{exe} controleer {tables} --uitvraag omgang/2020 --leverdatum {DAY} --toelichtingen antwoorden.toml --beantwoord"
    seen = windows.console(f"chcp 850 >nul\r\n{ask}", [("Uw antwoord", "4"), ("zonder namen", "Één kínd met hulp thuis")])
    check.that("€ 5,00" in seen and "Bewaard" in seen, f"asked in a console: {seen}")
    check.that('woorden = "Één kínd met hulp thuis"' in (windows.map / "antwoorden.toml").read_bytes().decode(), "the answer typed is not the one kept")
    windows.console(f"chcp 850 >nul\r\n{exe} help lever >hulp.txt")
    check.that((windows.map / "hulp.txt").read_bytes() == piped, "a file from the console is not what a pipe gets")


def main():
    programs, native, monitor, scratch = (pathlib.Path(argument).resolve() for argument in sys.argv[1:5])
    windows = Windows(programs, str(native))
    check = Check()
    for step in (templates, judge, pack, paths, excel, consoles):
        step(check, windows)
    with dienst(windows, str(monitor), scratch, ["12345678", "23456789", "34567890"]) as url:
        deliver(check, windows, url)
        by_itself(check, windows, url)
    print(f"{check.passed} passed, {check.failed} failed")
    return 1 if check.failed else 0


if __name__ == "__main__":
    sys.exit(main())
