"""Logs in as a person would, in a real browser: the pages for aanbieder and coördinator.

Usage: portal_check.py OMGANGSMONITOR DEMO_DIR [SCREENSHOT_DIR]

A regression lives here: with `Referrer-Policy: no-referrer` a browser sends `Origin: null` with a form, and the service
refused its own login form. No test without a browser could see that.
"""

import pathlib
import subprocess
import sys

from playwright.sync_api import sync_playwright

from check import serve
from pages_check import FLAGS


def visit(browser, url, token, path, words, shots):
    """Logs in with a token and gives what is wrong with the page one lands on."""
    page = browser.new_context(viewport={"width": 320, "height": 900}).new_page()
    page.goto(f"{url}/inloggen")
    page.fill("input[name=token]", token)
    page.click("form button")
    if shots:
        page.screenshot(path=shots / f"portaal{path.replace('/', '-')}.png", full_page=True)
    found = []
    if page.url != url + path:
        found.append(f"landed on {page.url}")
    text = page.inner_text("main")
    found += [f"`{word}` is missing" for word in words if word not in text]
    if page.evaluate("document.documentElement.scrollWidth > window.innerWidth + 1"):
        found.append("the page scrolls sideways")
    return found


def main():
    binary, demo = str(pathlib.Path(sys.argv[1]).resolve()), pathlib.Path(sys.argv[2]).resolve()
    shots = pathlib.Path(sys.argv[3]) if len(sys.argv) > 3 else None
    coordinator = subprocess.run([binary, "admin", "token", "new", "--role", "coordinator"], cwd=demo, check=True, capture_output=True, text=True).stdout.strip()
    aanbieder = sorted((demo / "tokens").glob("*.token"))[0].read_text().strip()
    process, url = serve(binary, demo)
    try:
        with sync_playwright() as play:
            browser = play.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
            found = {
                "aanbieder": visit(browser, url, aanbieder, "/mijn-leveringen", ["2020"], shots),
                "coördinator": visit(browser, url, coordinator, "/coordinator", ["2020"], shots),
            }
            browser.close()
    finally:
        process.terminate()
        process.wait(30)
    for who, problems in found.items():
        for problem in problems:
            print(f"{who}: {problem}")
    failed = sum(bool(problems) for problems in found.values())
    print(f"{len(found) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
