"""Checks files in a real browser, with the page that sends nothing, and compares with the program's own judgement.

Usage: browser_check.py PAGE UITVRAAG SCRATCH_DIR [OMGANGSMONITOR]

For each practice file: the koppeling the page proposes and the judgement it gives are byte for byte those of `uitvraag`.
Then: 10,000 rows of 20 columns in under a second; nothing leaves, whatever a script on the page or in its worker tries;
what a reader needs: labels, contrast, keyboard, 320 px, forced colours; the open questions by clicking; a pakket that holds
what `uitvraag pak` puts in it; and with the service, a messy workbook all the way to its ontvangstbewijs.
"""

import csv
import http.server
import io
import json
import pathlib
import shutil
import subprocess
import sys
import tarfile
import threading
import time

import zstandard
from playwright.sync_api import sync_playwright

from check import Check
from pages_check import FLAGS

ROOT = pathlib.Path(__file__).parents[2]
FIXTURES = ROOT / "tests" / "fixtures" / "extracts"
EXAMPLES = ROOT / "schemas" / "omgang" / "examples" / "2020"
DAY = "2021-03-01"
UITVRAAG = "omgang/2020"
FAMILIES = ROOT / "tests" / "fixtures" / "workbooks" / "gezinnen.xlsx"
# In the messy workbook: what a person who knows it answers where the first choice is not it.
KNOWN = {
    "In welke kolom staat 'Voorziening'": "in elke rij hetzelfde",
    "In welke kolom staat 'Vorm'": "in elke rij hetzelfde",
    "In welke kolom staat 'Begeleiding door'": "in elke rij hetzelfde",
    "Wat is 'Begeleiding door'": "Onbekend",
    "Wat betekent 'loopt'": "niets",
}

# Every way out a script has; each would reach the server that counts.
WAYS_OUT = """async (url) => {
  const blocked = [];
  document.addEventListener("securitypolicyviolation", (e) => blocked.push(e.effectiveDirective));
  const attempt = async (name, work) => { try { await work(); } catch { blocked.push("threw:" + name); } };
  await attempt("fetch", () => fetch(url + "fetch"));
  await attempt("xhr", () => new Promise((yes, no) => { const x = new XMLHttpRequest(); x.onload = yes; x.onerror = no; x.open("POST", url + "xhr"); x.send("x"); }));
  await attempt("beacon", () => { navigator.sendBeacon(url + "beacon", "x"); });
  await attempt("websocket", () => new Promise((yes, no) => { const s = new WebSocket(url.replace("http", "ws") + "ws"); s.onopen = yes; s.onerror = no; }));
  await attempt("eventsource", () => new Promise((yes, no) => { const s = new EventSource(url + "sse"); s.onopen = yes; s.onerror = () => { s.close(); no(); }; }));
  for (const [tag, name] of [["img", "src"], ["script", "src"], ["iframe", "src"], ["link", "href"], ["video", "src"], ["embed", "src"]]) {
    const element = document.createElement(tag);
    if (tag === "link") element.rel = "stylesheet";
    element[name] = url + tag;
    document.body.append(element);
  }
  const form = document.createElement("form");
  form.action = url + "form"; form.method = "post"; form.target = "_blank";
  document.body.append(form); form.submit();
  const source = `onmessage = async ({ data }) => { let uit = "open"; try { await fetch(data + "worker"); } catch { uit = "dicht"; } try { importScripts(data + "import"); uit = "open"; } catch {} postMessage(uit); }`;
  const worker = new Worker(URL.createObjectURL(new Blob([source])));
  const inside = await new Promise((yes) => { worker.onmessage = (e) => yes(e.data); worker.postMessage(url); });
  await new Promise((yes) => setTimeout(yes, 500));
  return { blocked, inside };
}"""

# Contrast of every piece of text that shows, by the formula of WCAG.
CONTRAST = """() => {
  const rgb = (c) => c.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => [r, g, b].map((v) => (v /= 255) <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const behind = (e) => { for (; e; e = e.parentElement) { const c = rgb(getComputedStyle(e).backgroundColor); if (c[3] !== 0) return c; } return [255, 255, 255]; };
  const poor = [];
  for (const e of document.body.querySelectorAll("*")) {
    if (![...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim()) || !e.checkVisibility() || e.disabled || e.closest("script, style")) continue;
    const [a, b] = [light(rgb(getComputedStyle(e).color)), light(behind(e))];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < 4.5) poor.push(`${e.tagName} ${ratio.toFixed(2)} ${e.textContent.slice(0, 30)}`);
  }
  return poor;
}"""

UNNAMED = """() => [...document.querySelectorAll("input, select, textarea, button, summary, table")].filter((e) =>
  e.checkVisibility() && !(e.labels?.length || e.textContent.trim() && e.tagName !== "SELECT" || e.getAttribute("aria-label"))).map((e) => e.outerHTML.slice(0, 80))"""


class Counter(http.server.BaseHTTPRequestHandler):
    """Counts who gets through."""

    seen = []

    def do_GET(self):
        Counter.seen.append(self.path)
        self.send_response(200)
        self.send_header("Access-Control-Allow-Origin", "*")
        self.end_headers()

    do_POST = do_OPTIONS = do_GET

    def log_message(self, *_):
        pass


def run(program, *arguments, cwd, said=False):
    """Runs the program and gives its output, or what it said beside that; exit 1 is a judgement, 2 is a mistake."""
    done = subprocess.run([program, *map(str, arguments)], cwd=cwd, capture_output=True, check=False)
    if done.returncode > 1:
        raise SystemExit(f"{arguments}: {done.stderr.decode()}")
    return done.stderr if said else done.stdout


def open_page(context, address):
    page = context.new_page()
    page.goto(address)
    page.wait_for_selector("html[data-klaar]", timeout=60_000)
    return page


def until(page, expression, seconds=60):
    """Waits until it is true. Playwright's own way needs eval, which the page's policy refuses."""
    for _ in range(seconds * 20):
        if page.evaluate(expression):
            return
        time.sleep(0.05)
    raise SystemExit(f"waited in vain for {expression:.200}: {page.inner_text('#stand')} {page.inner_text('#fout')}")


def ask(page, files, koppeling=None):
    """Fills the form in and gives the page's judgement as bytes."""
    page.set_input_files("#bestanden", files)
    page.select_option("#uitvraag", UITVRAAG)
    page.fill("#leverdatum", DAY)
    if koppeling:
        page.set_input_files("#koppeling-bestand", koppeling)
        until(page, "document.getElementById('koppeling').value.length > 0")
    page.evaluate("document.getElementById('uitslag').hidden = true")
    page.click("#controleer")
    page.wait_for_selector("#uitslag:not([hidden])", timeout=120_000)
    with page.expect_download() as download:
        page.click("#bewaar-json")
    return pathlib.Path(download.value.path()).read_bytes()


def compare(check, context, address, program, scratch):
    """The same files through both; koppeling and judgement must be the same bytes."""
    for name in ["de_brug_2020.csv", "jeugdhulp_west.csv", "omgangshuis_noord.xlsx", "zorggroep_zuid.csv"]:
        source = FIXTURES / name
        page = open_page(context, address)
        koppeling = scratch / f"{name}.toml"
        koppeling.unlink(missing_ok=True)
        run(program, "koppel", source, "--uitvraag", UITVRAAG, "--uit", koppeling, cwd=scratch)
        page.set_input_files("#bestanden", source)
        page.select_option("#uitvraag", UITVRAAG)
        page.click("#controleer")
        until(page, "document.getElementById('koppeling').value.length > 0")
        check.that(page.input_value("#koppeling") == koppeling.read_text().rstrip("\n") or page.input_value("#koppeling") == koppeling.read_text(), f"{name}: the page proposes another koppeling")
        said = run(program, "koppel", source, "--uitvraag", UITVRAAG, cwd=scratch, said=True).decode()
        shown = page.locator("#koppeling-aannames li").all_inner_texts()
        check.that(shown == [line.removeprefix("Aangenomen: ") for line in said.splitlines() if line.startswith("Aangenomen: ")], f"{name}: the page says other assumptions: {shown}")
        expected = run(program, "controleer", source, "--uitvraag", UITVRAAG, "--koppeling", koppeling, "--leverdatum", DAY, "--json", cwd=scratch)
        check.that(ask(page, source, koppeling) == expected, f"{name}: another judgement than the program's")
        page.close()
    for name, files in samples(scratch).items():
        page = open_page(context, address)
        expected = run(program, "controleer", *files, "--uitvraag", UITVRAAG, "--leverdatum", DAY, "--json", cwd=scratch)
        found = ask(page, files)
        check.that(found == expected, f"{name}: another judgement than the program's")
        same_workbook(check, page, program, name, files, scratch)
        check.that(json.loads(found)["verdict"] in page_words(page), f"{name}: the heading says something else")
        page.close()


def same_workbook(check, page, program, name, files, scratch):
    """The workbook of the page is that of the program, byte for byte."""
    expected = scratch / "rapport.xlsx"
    run(program, "controleer", *files, "--uitvraag", UITVRAAG, "--leverdatum", DAY, "--json", "--rapport", expected, cwd=scratch)
    if not expected.exists():
        check.that(not page.is_visible("#bewaar-xlsx"), f"{name}: a workbook of nothing is offered")
        return
    with page.expect_download() as download:
        page.click("#bewaar-xlsx")
    check.that(pathlib.Path(download.value.path()).read_bytes() == expected.read_bytes(), f"{name}: another workbook than the program's")
    expected.unlink()


def page_words(page):
    kop = page.inner_text("#uitslag-kop")
    return {"Er staan fouten in": ["afgekeurd"], "Geen fouten, wel signalen": ["te_bevestigen"], "Alles is in orde": ["akkoord"]}.get(kop, [])


def samples(scratch):
    """Files that need no koppeling: clean, faulty, a workbook, JSON, refused ones."""
    made = {"faulty csv": sorted(EXAMPLES.glob("fout/*.csv")), "clean csv": sorted(EXAMPLES.glob("geldig/*.csv"))}
    for name, content in {
        "Latin-1 with semicolons.csv": (EXAMPLES / "fout" / "traject.csv").read_text().replace(",", ";").encode("latin-1", "replace"),
        "rows.json": json.dumps(list(csv.DictReader(io.StringIO((EXAMPLES / "fout" / "traject.csv").read_text())))).encode(),
        "old.xls": bytes([0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1]) + bytes(600),
        "empty.csv": b"",
    }.items():
        path = scratch / name
        path.write_bytes(content)
        made[name] = [path]
    sjabloon = ROOT / "schemas" / "omgang" / "generated" / "2020" / "sjabloon.xlsx"
    made["the sjabloon, empty"] = [sjabloon]
    return made


def large(scratch, rows=10_000, columns=20):
    """A trajecten file of so many rows and columns, clean but for a fault in each hundredth row."""
    with open(EXAMPLES / "geldig" / "traject.csv", newline="") as source:
        examples = list(csv.DictReader(source))
    required = list(examples[0])[:columns]
    path = scratch / "groot.csv"
    with open(path, "w", newline="") as target:
        writer = csv.DictWriter(target, required, extrasaction="ignore")
        writer.writeheader()
        for n in range(rows):
            row = dict(examples[n % len(examples)])
            row["traject_id"] = f"T{n:07}"
            row["jeugdige_id"] = f"J{n:07}"
            if n % 100 == 0:
                row["aanmelddatum"] = "31-02-2020"
            writer.writerow(row)
    return path


def speed(check, context, address, program, scratch):
    path = large(scratch)
    page = open_page(context, address)
    expected = run(program, "controleer", path, "--uitvraag", UITVRAAG, "--leverdatum", DAY, "--json", cwd=scratch)
    check.that(ask(page, path) == expected, "10,000 rows: another judgement than the program's")
    times = []
    for _ in range(3):
        page.evaluate("document.getElementById('uitslag').hidden = true")
        begin = page.evaluate("performance.now()")
        page.click("#controleer")
        page.wait_for_selector("#uitslag:not([hidden])")
        whole = page.evaluate("performance.now()") - begin
        inside = page.evaluate("Number(document.getElementById('uitslag').dataset.lezen) + Number(document.getElementById('uitslag').dataset.rekenen)")
        times.append((inside, whole))
    inside, whole = sorted(times)[1]
    print(f"10,000 rows x 20 columns: {inside:.0f} ms from file to judgement, {whole:.0f} ms until it shows")
    page.close()


def other_files(check, context, address):
    """What was said of one file does not stay beside another."""
    page = open_page(context, address)
    strange, plain = FIXTURES / "de_brug_2020.csv", sorted(EXAMPLES.glob("fout/*.csv"))
    page.set_input_files("#bestanden", strange)
    page.select_option("#uitvraag", UITVRAAG)
    page.click("#controleer")
    until(page, "document.getElementById('koppeling').value.includes('uitvraag =')")
    ask(page, plain)
    check.that(page.input_value("#koppeling") == "", "the koppeling of another file stays")
    page.set_input_files("#bestanden", strange)
    check.that(not page.is_visible("#uitslag"), "the judgement of another file stays")
    page.evaluate("document.getElementById('koppeling').value = 'eigen = 1'")
    page.set_input_files("#bestanden", plain)
    check.that(page.input_value("#koppeling") == "eigen = 1", "a koppeling of somebody's own is thrown away")
    page.close()


def saved(page, button):
    """Clicks, and gives what was saved."""
    with page.expect_download() as download:
        page.click(button)
    return download.value


def answer_all(check, page, keyboard=False):
    """Answers every question, by clicking or by the keyboard alone; gives how many there were."""
    for count in range(60):
        until(page, "!document.getElementById('vraag').hasAttribute('aria-busy')")
        if not page.is_visible("#gesprek"):
            return count
        check.that(page.evaluate("document.activeElement.id") == "gesprek-kop", f"the focus is not on question {count}")
        question = page.inner_text("#gesprek-kop")
        wanted = next((choice for words, choice in KNOWN.items() if words in question), None)
        choices = page.locator("#gesprek-keuzes button")
        place = next((n for n in range(choices.count()) if wanted and wanted in choices.nth(n).inner_text()), 0)
        if keyboard:
            for _ in range(place + 1):
                page.keyboard.press("Tab")
            if not choices.count():
                page.keyboard.type("De Ark")
            page.keyboard.press("Enter")
        elif choices.count():
            choices.nth(place).click()
        else:
            page.fill("#gesprek-tekst", "De Ark")
            page.click("#gesprek-typen button")
        until(page, f"document.getElementById('gesprek').hidden || document.getElementById('gesprek-kop').textContent !== {json.dumps(question)}"
              " || document.activeElement.id === 'gesprek-kop'")
    raise SystemExit("the questions never end")


def talk(check, browser, address):
    """The open questions of a messy workbook, one by one: by keyboard, at 320 px, in forced colours."""
    context = browser.new_context(viewport={"width": 320, "height": 800}, accept_downloads=True, forced_colors="active")
    page = open_page(context, address)
    page.set_input_files("#bestanden", FAMILIES)
    page.select_option("#uitvraag", UITVRAAG)
    page.fill("#leverdatum", DAY)
    page.click("#controleer")
    page.wait_for_selector("#gesprek:not([hidden])", timeout=60_000)
    first = page.inner_text("#gesprek-kop")
    check.that(not page.evaluate("document.documentElement.scrollWidth > window.innerWidth + 1"), "the question scrolls sideways at 320 px")
    check.that(not (unnamed := page.evaluate(UNNAMED)), f"no label: {unnamed[:5]}")
    page.click("#gesprek-terug")
    until(page, "!document.getElementById('gesprek-bezwaar').hidden")
    check.that("eerste vraag" in page.inner_text("#gesprek-bezwaar"), "there is something before the first question")
    page.click("#gesprek-later")
    until(page, f"document.getElementById('gesprek-kop').textContent !== {json.dumps(first)}")
    page.click("#gesprek-terug")
    until(page, f"document.getElementById('gesprek-kop').textContent === {json.dumps(first)}")
    before = page.input_value("#koppeling")
    page.click("#gesprek-keuzes button:has-text('in elke rij hetzelfde')")
    until(page, "!document.getElementById('gesprek-typen').hidden")
    page.fill("#gesprek-tekst", "De Ark")
    page.click("#gesprek-typen button")
    until(page, f"document.getElementById('koppeling').value !== {json.dumps(before)}")
    half = scratch_file(saved(page, "#gesprek-bewaren"))
    check.that(half == page.input_value("#koppeling"), "another koppeling is saved than stands there")
    page.click("#gesprek-terug")
    until(page, f"document.getElementById('koppeling').value === {json.dumps(before)}")
    questions = answer_all(check, page, keyboard=True)
    page.wait_for_selector("#uitslag:not([hidden])", timeout=60_000)
    check.that(0 < questions <= 15, f"{questions} questions")
    check.that("open vragen" not in page.inner_text("#uitslag-kop"), "something is open still")
    whole = page.input_value("#koppeling")
    page.close()
    # What was saved halfway goes on where it was.
    page = open_page(context, address)
    page.set_input_files("#bestanden", FAMILIES)
    page.select_option("#uitvraag", UITVRAAG)
    page.fill("#leverdatum", DAY)
    page.set_input_files("#koppeling-bestand", {"name": "koppeling.toml", "mimeType": "application/toml", "buffer": half.encode()})
    until(page, "document.getElementById('koppeling').value.length > 0")
    page.click("#voorstel")
    page.wait_for_selector("#gesprek:not([hidden])", timeout=60_000)
    answer_all(check, page)
    page.wait_for_selector("#uitslag:not([hidden])", timeout=60_000)
    check.that(page.input_value("#koppeling") == whole, "going on gives another koppeling")
    context.close()


def scratch_file(download):
    return pathlib.Path(download.path()).read_text()


def make_pakket(check, page, scratch):
    """A new key, chosen from where it was saved, and the pakket; gives where both are."""
    page.click("#pakket-maken")
    until(page, "!document.getElementById('fout').hidden")
    check.that("sleutel" in page.inner_text("#fout"), "a pakket without a key")
    key, archive = scratch / "sleutel.toml", scratch / "pakket.tar"
    saved(page, "#sleutel-nieuw").save_as(key)
    page.set_input_files("#sleutel", key)
    until(page, "document.getElementById('sleutel-kenmerk').textContent !== ''")
    saved(page, "#pakket-maken").save_as(archive)
    return key, archive


def pack(check, context, address, program, scratch):
    """The pakket of the page holds what `uitvraag pak` puts in it with the same key; packing apart."""
    files = sorted(EXAMPLES.glob("geldig/*.csv"))
    page = open_page(context, address)
    ask(page, files)
    key, archive = make_pakket(check, page, scratch)
    secret = key.read_text().split()[-2]
    check.that(len(secret) > 50 and secret not in page.content(), "the key stands on the page")
    page.close()
    own, out = scratch / "eigen-sleutel.toml", scratch / "pakket"
    own.unlink(missing_ok=True)
    run(program, "sleutel", "zet-terug", key, "--sleutel", own, cwd=scratch)
    check.that(own.read_text() == key.read_text(), "the program writes another key file")
    run(program, "pak", *files, "--uitvraag", UITVRAAG, "--leverdatum", DAY, "--sleutel", own, "--uit", out, cwd=scratch)
    same_pakket(check, archive, out)


def same_pakket(check, archive, folder):
    with tarfile.open(archive) as tar:
        contents = {member.name: tar.extractfile(member).read() for member in tar}
    manifests = [json.loads(text) for text in (contents.pop("pakket.json"), (folder / "pakket.json").read_bytes())]
    check.that(sorted(contents) == sorted(path.name for path in folder.glob("*.zst")), f"other files: {sorted(contents)}")
    for name, packed in contents.items():
        csvs = [zstandard.ZstdDecompressor().decompressobj().decompress(data) for data in (packed, (folder / name).read_bytes())]
        check.that(csvs[0] == csvs[1], f"{name} holds something else")
    for manifest in manifests:
        for resource in manifest["resources"]:
            del resource["bytes"], resource["hash"]
    check.that(manifests[0] == manifests[1], f"the manifest says something else: {manifests}")


def silent(check, context, address):
    """Nothing gets out, and the page itself does not try."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Counter)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    page = open_page(context, address)
    requested = []
    page.on("request", lambda request: requested.append(request.url))
    ask(page, sorted(EXAMPLES.glob("fout/*.csv")))
    page.click("#bewaar-csv")
    outside = [url for url in requested if not url.startswith("blob:")]
    check.that(not outside, f"the page asked for {outside}")
    Counter.seen.clear()
    result = page.evaluate(WAYS_OUT, f"http://127.0.0.1:{server.server_port}/")
    server.shutdown()
    check.that(not Counter.seen, f"these got out: {Counter.seen}")
    check.that("connect-src" in result["blocked"] and "threw:fetch" in result["blocked"], f"fetch was not refused by the policy: {result}")
    check.that(result["inside"] == "dicht", "the worker could fetch")
    page.close()


def readable(check, browser, address):
    """What a reader needs, at 320 px, with the keyboard alone."""
    context = browser.new_context(viewport={"width": 320, "height": 800}, accept_downloads=True)
    page = open_page(context, address)
    errors = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    ask(page, sorted(EXAMPLES.glob("fout/*.csv")))
    page.evaluate("document.querySelectorAll('details').forEach((d) => { d.open = true; })")
    check.that(not page.evaluate("document.documentElement.scrollWidth > window.innerWidth + 1"), "the page scrolls sideways at 320 px")
    check.that(not (poor := page.evaluate(CONTRAST)), f"poor contrast: {poor[:5]}")
    check.that(not (unnamed := page.evaluate(UNNAMED)), f"no label: {unnamed[:5]}")
    check.that(page.locator("h1").count() == 1 and page.locator("html[lang=nl]").count() == 1, "no single h1, or no language")
    check.that(page.locator("[role=status]").count() == 1, "there is no live region")
    ask(page, sorted(EXAMPLES.glob("fout/*.csv")))
    check.that(page.evaluate("document.activeElement.id") != "", "the focus is lost")
    page.focus("#leverdatum")
    page.keyboard.press("Enter")
    until(page, "document.activeElement.id === 'uitslag-kop'")
    check.that("Klaar in" in page.inner_text("#stand"), "the live region does not say it is done")
    check.that(not errors, f"errors in the page: {errors}")
    page.set_input_files("#bestanden", [])
    context.close()


def main():
    address = pathlib.Path(sys.argv[1]).resolve().as_uri()
    program = str(pathlib.Path(sys.argv[2]).resolve())
    scratch = pathlib.Path(sys.argv[3]).resolve()
    scratch.mkdir(parents=True, exist_ok=True)
    check = Check()
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        context = browser.new_context(accept_downloads=True)
        compare(check, context, address, program, scratch)
        speed(check, context, address, program, scratch)
        other_files(check, context, address)
        silent(check, context, address)
        readable(check, browser, address)
        talk(check, browser, address)
        pack(check, context, address, program, scratch)
        if len(sys.argv) > 4:
            served(check, context, sys.argv[4], scratch)
        browser.close()
    print(f"{check.passed} passed, {check.failed} failed")
    return 1 if check.failed else 0


def served(check, context, binary, scratch):
    """The service hands the same page out, and its header says so too. With it a workbook comes to its ontvangstbewijs."""
    from portal_check import serve

    # What an earlier run delivered would have to be replaced, and that asks a confirmation.
    empty = scratch / "dienst"
    shutil.rmtree(empty, ignore_errors=True)
    empty.mkdir()
    binary = str(pathlib.Path(binary).resolve())
    (empty / "aanbieders.csv").write_text("kvk,naam,werkgebied,uitkomst\n12345678,De Ark,NL00,verwacht\n")
    run(binary, "admin", "aanbieders", "import", "aanbieders.csv", "--uitvraag", UITVRAAG, cwd=empty)
    token = run(binary, "admin", "token", "new", "--role", "aanbieder", "--kvk", "12345678", cwd=empty).decode().strip()
    process, url = serve(binary, empty)
    try:
        answer = context.request.get(f"{url}/controleren")
        policy = answer.headers.get("content-security-policy", "")
        check.that("connect-src 'none'" in policy and "frame-ancestors 'none'" in policy, f"the header is {policy}")
        page = open_page(context, f"{url}/controleren")
        check.that(json.loads(ask(page, sorted(EXAMPLES.glob("fout/*.csv"))))["verdict"] == "afgekeurd", "served: no judgement")
        page.close()
        silent(check, context, f"{url}/controleren")
        journey(check, context, url, token, scratch)
    finally:
        process.terminate()
        process.wait(30)


def journey(check, context, url, token, scratch):
    """From a messy workbook to the ontvangstbewijs, without a program: 61 children in 38 families."""
    page = open_page(context, f"{url}/controleren")
    page.set_input_files("#bestanden", FAMILIES)
    page.select_option("#uitvraag", UITVRAAG)
    page.click("#controleer")
    page.wait_for_selector("#gesprek:not([hidden])", timeout=60_000)
    answer_all(check, page)
    page.wait_for_selector("#pakket:not([hidden])", timeout=60_000)
    check.that("61 rijen" in page.inner_text("#gelezen"), f"not every child was read: {page.inner_text('#gelezen')}")
    _, archive = make_pakket(check, page, scratch)
    page.click("#pakket-verder a")
    page.fill("input[name=token]", token)
    page.click("main form button")
    page.set_input_files("#bestanden", FAMILIES)
    page.click("text=Lever dit pakket")
    check.that("zip-bestand" in page.inner_text("[role=alert]"), "a workbook is not refused by name")
    page.set_input_files("#bestanden", archive)
    page.click("text=Lever dit pakket")
    for select in page.locator("select[name^=antwoord]").all():
        select.select_option("klopt")
    if page.is_visible("text=Antwoorden bewaren"):
        with page.expect_navigation():
            page.click("text=Antwoorden bewaren")
    check.that("61" in page.inner_text("main"), "the portal counts other children")
    page.fill("#naam", "Anna de Vries")
    page.fill("#functie", "directeur")
    page.click("text=Ondertekenen en indienen")
    proof = scratch / "ontvangstbewijs"
    saved(page, "text=Download het ontvangstbewijs").save_as(proof)
    check.that(proof.read_text().count(".") >= 2, f"this is no ontvangstbewijs: {proof.read_text()[:80]}")
    page.close()


if __name__ == "__main__":
    sys.exit(main())
