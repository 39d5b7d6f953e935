"""Runs uitvraag.exe under wine as an aanbieder on Windows would, beside the native program.

Usage: windows_check.py PROGRAMS_DIR UITVRAAG OMGANGSMONITOR SCRATCH_DIR

PROGRAMS_DIR holds uitvraag.exe, bcryptprimitives.dll and icacls.exe. Paths have spaces, accents and backslashes, files
have CRLF. What both programs say about the same files is the same, byte for byte; a key can be read by its owner alone;
a console in an old code page shows accents; a pakket made there is delivered to a real service.
"""

import json
import os
import pathlib
import pty
import re
import select
import shutil
import subprocess
import sys
import time
import zipfile

import polars

from check import Check
from portal_check import serve

ROOT = pathlib.Path(__file__).parents[2]
FIXTURES = ROOT / "tests" / "fixtures" / "extracten"
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
        for name in ["uitvraag.exe", "bcryptprimitives.dll"]:
            shutil.copy(programs / name, self.exe.parent / name)
        icacls = drive / "windows" / "system32" / "icacls.exe"
        icacls.unlink(missing_ok=True)
        shutil.copy(programs / "icacls.exe", icacls)
        self.environment = os.environ | {"WINEDLLOVERRIDES": "icacls.exe=n;mscoree,mshtml=", "TERM": "xterm"}
        for name in ["XDG_CONFIG_HOME", "UITVRAAG_SLEUTEL", "HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"]:
            self.environment.pop(name, None)

    def run(self, *arguments, expect=(0,)):
        """Runs uitvraag.exe; gives stdout, stderr."""
        done = subprocess.run([WINE, self.exe, *arguments], cwd=self.map, env=self.environment, capture_output=True, check=False, timeout=300)
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

    def private(self, path):
        """Whether nobody but its owner stands on a file's list, in the words of Windows (SDDL)."""
        subprocess.run([WINE, "C:\\windows\\system32\\icacls.exe", path, "/save", "lijst.acl"], cwd=self.map, env=self.environment, check=True)
        entries = re.findall(r"\(A;[^)]*;([^;)]*)\)", (self.map / "lijst.acl").read_bytes().decode("utf-16-le"))
        return bool(entries) and all(re.fullmatch(r"OW|SY|BA|S-1-5-21-.*-1\d{3}", who) for who in entries)

    def label(self, key):
        """What names a key."""
        return "".join(re.findall(r"hmac-sha256\.1\.\w+", self.run("sleutel", "toon", "--sleutel", key)[0].decode())[:1])

    def console(self, command):
        """Runs a command line in a console; gives what a person sees."""
        (self.map / "proef.cmd").write_text(f"@echo off\r\n{command}\r\n", newline="")
        pid, terminal = pty.fork()
        if pid == 0:
            os.chdir(self.map)
            os.execve(WINE, [WINE, "cmd", "/c", "proef.cmd"], self.environment)
        seen = b""
        end = time.monotonic() + 60
        while time.monotonic() < end:
            if select.select([terminal], [], [], 0.5)[0]:
                try:
                    piece = os.read(terminal, 65536)
                except OSError:
                    break
                if not piece:
                    break
                seen += piece
        os.close(terminal)
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
    check.that(json.loads(theirs) == json.loads(ours), "faulty csv: another judgement")
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
    windows.run("sleutel", "zet-terug", r"sub map\reserve kopie.txt", "--sleutel", "tweede.toml")
    check.that(windows.label("tweede.toml") == label, "the key that was put back is another")


def deliver(check, windows, monitor, scratch):
    """The pakket, to a real service."""
    dienst = scratch / "dienst"
    shutil.rmtree(dienst, ignore_errors=True)
    dienst.mkdir(parents=True)
    (dienst / "aanbieders.csv").write_text("kvk,naam,werkgebied,uitkomst\n12345678,Zorg én hulp,JZ13,verwacht\n")
    subprocess.run([monitor, "admin", "aanbieders", "import", "aanbieders.csv", *ASKED, "--tokens", "tokens"], cwd=dienst, check=True, capture_output=True)
    crlf(dienst / "tokens" / "12345678.token", windows.map / "mijn token.txt")
    process, url = serve(monitor, dienst)
    try:
        server = ["--server", url, "--token-bestand", "mijn token.txt", "--zonder-tls"]
        done = subprocess.run([WINE, windows.exe, "lever", r"sub map\pakket één", *server], cwd=windows.map, env=windows.environment, capture_output=True, check=False, timeout=120)
        said = done.stdout.decode() + done.stderr.decode()
        check.that(done.returncode in (0, 1) and ("akkoord" in said or "te_bevestigen" in said), f"not delivered: exit {done.returncode}\n{said}")
        status, _ = windows.run("status", r"sub map\pakket één", *server)
        check.that("heel" in status.decode(), "the pakket is not whole afterwards")
    finally:
        process.terminate()
        process.wait(30)


def consoles(check, windows):
    """Readable in a console with an old code page; plain UTF-8 through a pipe."""
    piped, _ = windows.run("help", "lever")
    check.that("coördinator" in piped.decode("utf-8"), "a pipe does not get UTF-8")
    for page in (850, 1252):
        seen = windows.console(f'chcp {page} >nul\r\n"C:\\Programma\'s\\uitvraag.exe" help lever')
        check.that("coördinator" in seen, f"code page {page} shows {[line for line in seen.splitlines() if 'rdinator' in line][:1]}")


def main():
    programs, native, monitor, scratch = (pathlib.Path(argument).resolve() for argument in sys.argv[1:5])
    windows = Windows(programs, str(native))
    check = Check()
    for step in (templates, judge, pack):
        step(check, windows)
    deliver(check, windows, str(monitor), scratch)
    consoles(check, windows)
    print(f"{check.passed} passed, {check.failed} failed")
    return 1 if check.failed else 0


if __name__ == "__main__":
    sys.exit(main())
