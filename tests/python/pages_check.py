"""Opens the published pages in a real browser (Debian's chromium) and proves what a reader needs of them.

Usage: pages_check.py DEMO_DIR [SCREENSHOT_DIR]

For a few pages, at 320 and 1280 px: no error, no request to anywhere else, no sideways scrolling of the page, one h1,
a language, alternative texts for every drawing, and text that is there with JavaScript switched off. Printed, what is
folded on the screen is there too: what every figure means, and the tables behind the drawings.
"""

import pathlib
import re
import sys

import pypdfium2
from playwright.sync_api import sync_playwright

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync"]
PAGES = ["index.html", "uitleg/index.html", "0-meting/index.html", "0-meting/jeugdregios/index.html", "spiegel/JZ13/index.html", "spiegel/GM0363/index.html", "spiegel/GM0088/index.html"]


def problems(page, failed):
    """What is wrong with the page that is open, as a list of sentences."""
    found = [f"request failed or left the site: {url}" for url in failed]
    if page.evaluate("document.documentElement.scrollWidth > window.innerWidth + 1"):
        found.append("the page scrolls sideways")
    if page.locator("h1").count() != 1:
        found.append("there is not exactly one h1")
    if page.locator("html").get_attribute("lang") != "nl":
        found.append("the language is not nl")
    for svg in page.locator("svg[role=img]").all():
        if svg.locator("title").count() == 0:
            found.append("a drawing has no title")
    if page.locator("svg:not([role=img]):not([aria-hidden=true]):not(svg svg)").count():
        found.append("a drawing has no role")
    if len(page.locator("main").inner_text()) < 200:
        found.append("there is hardly any text")
    if page.locator("script").count():
        found.append("there is a script")
    return found


def squeezed(text):
    """Without what a line break or a soft hyphen makes of it."""
    return re.sub(r"[\s\u00ad\ufffe-]+", "", text)


def missing_on_paper(page):
    """What stands folded on the page that is open and is not in its print."""
    document = pypdfium2.PdfDocument(page.pdf(prefer_css_page_size=True))
    printed = squeezed("".join(sheet.get_textpage().get_text_bounded() for sheet in document))
    folded = page.locator("details caption, .betekenis p").all_text_contents()
    # A paragraph may run on over the edge of a page, but not in its first lines.
    lost = [text for text in folded if squeezed(text)[:60] not in printed]
    return [f"not in print: {text}" for text in lost[:5]]


def main():
    demo = pathlib.Path(sys.argv[1]).resolve()
    shots = pathlib.Path(sys.argv[2]) if len(sys.argv) > 2 else None
    root = demo / "publicaties" / "omgang" / "2020" / "1"
    passed = failed_count = 0
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        for width in (320, 1280):
            context = browser.new_context(viewport={"width": width, "height": 900}, java_script_enabled=True)
            page = context.new_page()
            failed = []
            page.on("requestfailed", lambda request: failed.append(request.url))
            page.on("request", lambda request: failed.append(request.url) if not request.url.startswith("file://") else None)
            # Which figures have a page is for the attack and the proof to say.
            of_a_figure = sorted(set((root / "0-meting/jeugdregios").glob("*.html")) - {root / "0-meting/jeugdregios/index.html"})
            for name in [*PAGES, str(of_a_figure[0].relative_to(root))]:
                failed.clear()
                page.goto((root / name).as_uri())
                found = problems(page, failed)
                if width == 1280:
                    found += missing_on_paper(page)
                for problem in found:
                    print(f"{name} at {width} px: {problem}")
                failed_count += bool(found)
                passed += not found
                if shots:
                    shots.mkdir(parents=True, exist_ok=True)
                    page.screenshot(path=shots / f"{name.replace('/', '_')}-{width}.png", full_page=True)
            context.close()
        browser.close()
    print(f"{passed} passed, {failed_count} failed")
    return 1 if failed_count else 0


if __name__ == "__main__":
    sys.exit(main())
