"""Walks the pages of the service as who does not see them well, or has no mouse, must be able to.

Usage: access_check.py OMGANGSMONITOR DEMO_DIR [SCREENSHOT_DIR]

Every page at 320 and 1280 px, and at 320 px in forced colours: axe-core finds nothing against WCAG 2.2 A and AA, and the
page does not scroll sideways. With the keyboard alone: the first stop is the way past the menu, every stop is seen to have
the focus and is not hidden, and after the last one the walk has met every link and field.
"""

import pathlib
import sys

import requests
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import sync_playwright

from check import Check, serve
from pages_check import FLAGS

RULES = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}}
FIELDS = "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex='0']"
# A stop of the walk: what it is, whether it is on the screen and large enough to be hit, and whether it shows the focus.
STOP = """() => {
  const at = document.activeElement;
  if (!at || at === document.body) return null;
  const all = [...document.querySelectorAll(%r)];
  const box = at.getBoundingClientRect(), style = getComputedStyle(at);
  return {
    place: all.indexOf(at), name: (at.innerText || at.ariaLabel || at.name || at.outerHTML).trim().slice(0, 60), href: at.getAttribute('href'),
    seen: box.width > 1 && box.height > 1 && box.bottom > 0 && box.top < innerHeight,
    shown: style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0 || style.boxShadow !== 'none',
  };
}""" % FIELDS


def addresses(url):
    """The pages, of the newest version and of an older one."""
    published = requests.get(f"{url}/v1/publicaties", timeout=60).json()
    newest = next(one for one in published if one["nieuwste"])
    older = [one for one in published if not one["nieuwste"]]
    jaar, versie = newest["jaar"], newest["versie"]
    pages = [
        "/", "/zoek", "/zoek?q=berg", "/zoek?q=xyzzy", "/groep", f"/groep?jaar={jaar}&niveau=jeugdregio&gebied=JZ13&gebied=JZ20",
        f"/spiegel/{jaar}/gemeente/utrecht", f"/spiegel/{jaar}/gemeente/nergens", f"/spiegel/{jaar}/jeugdregio/eemland", "/bestaat-niet", "/inloggen",
        newest["adres"], f"{newest['adres']}uitleg/", f"{newest['adres']}spiegel/GM0344/beelden/g-gebruik_per_10000_inwoners.html",
    ]
    if versie > 1:
        pages += [f"/wijzigingen/omgang/{jaar}/{versie}", f"/wijzigingen/omgang/{jaar}/{versie}?niveau=gemeente"]
    return pages + [f"{one['adres']}spiegel/GM0307/" for one in older[:1]]


def seen(check, page, where):
    for violation in Axe().run(page, options=RULES).response["violations"]:
        places = [node["html"][:160] for node in violation["nodes"][:3]]
        check.that(False, f"{where}: {violation['id']}: {violation['help']}: {places}")
    check.that(not page.evaluate("document.documentElement.scrollWidth > window.innerWidth + 1"), f"{where}: scrolls sideways")


def walked(check, page, where):
    """With the Tab key from the begin of the page to its end."""
    count = page.locator(FIELDS).count()
    met = set()
    for number in range(count + 5):
        page.keyboard.press("Tab")
        stop = page.evaluate(STOP)
        if stop is None:
            break
        if number == 0 and page.locator("main").count() and page.locator("header nav").count():
            check.that((stop["href"] or "").startswith("#"), f"{where}: the first stop is {stop['name']}, not the way past the menu")
        check.that(stop["seen"], f"{where}: the focus is on {stop['name']}, which is not seen")
        check.that(stop["shown"], f"{where}: nothing shows that {stop['name']} has the focus")
        if stop["place"] in met:
            break
        met.add(stop["place"])
    hidden = page.evaluate("(fields) => [...document.querySelectorAll(fields)].map((at, place) => at.checkVisibility() && !at.closest('details:not([open]) > :not(summary)') && !at.disabled ? -1 : place)", FIELDS)
    groups = page.evaluate("(fields) => [...document.querySelectorAll(fields)].map((at, place) => at.type === 'radio' ? place : -1)", FIELDS)
    missed = set(range(count)) - met - set(hidden) - set(groups)
    names = [page.locator(FIELDS).nth(place).evaluate("at => at.outerHTML.slice(0, 90)") for place in sorted(missed)[:3]]
    check.that(not missed, f"{where}: {len(missed)} of {count} are not reached: {names}")


def main():
    binary, demo = str(pathlib.Path(sys.argv[1]).resolve()), pathlib.Path(sys.argv[2]).resolve()
    shots = pathlib.Path(sys.argv[3]) if len(sys.argv) > 3 else None
    check = Check()
    process, url = serve(binary, demo)
    try:
        with sync_playwright() as play:
            browser = play.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
            for width, colours in [(320, "none"), (1280, "none"), (320, "active")]:
                page = browser.new_context(viewport={"width": width, "height": 800}, forced_colors=colours, reduced_motion="reduce").new_page()
                for place in addresses(url):
                    where = f"{place} at {width} px" + (", forced colours" if colours == "active" else "")
                    answer = page.goto(url + place)
                    wrong = place.endswith(("nergens", "bestaat-niet"))
                    check.that(answer.status == (404 if wrong else 200), f"{where}: {answer.status}")
                    if shots:
                        shots.mkdir(parents=True, exist_ok=True)
                        page.screenshot(path=shots / f"{place.strip('/').replace('/', '_').replace('?', '_')}-{width}-{colours}.png", full_page=True)
                    seen(check, page, where)
                    if colours == "none":
                        walked(check, page, where)
            browser.close()
    finally:
        process.terminate()
        process.wait(30)
    print(f"{check.passed} passed, {check.failed} failed")
    return 1 if check.failed else 0


if __name__ == "__main__":
    sys.exit(main())
