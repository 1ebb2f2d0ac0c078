"""Check the built documentation in headless Chromium: `python tools/check_site.py docs/_build/html SCREENSHOTS`.

It serves the folder on loopback, opens each page, and fails for violations of accessibility rules, for pages that are
wider than a phone, for console errors, and for requests to other hosts. It clicks a copy button and uses the search. It
writes screenshots of some pages into the second folder.
"""

import os
import shutil
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Literal

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Request, sync_playwright

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
PHONE, DESKTOP = (390, 844), (1280, 900)
CHECKED_VIEWS = ((DESKTOP, "light"), (PHONE, "dark"))  # each width and each scheme once
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")

# These pages represent the others: they are checked and saved at both widths. Of the other pages,
# only the width on a phone, the scripts and the requests are checked.
SELECTED = (
    "index.html",
    "tutorial/first-program.html",
    "how-to/change-an-object.html",
    "explanation/architecture.html",
    "benchmarks.html",
)
# These pages are only saved. The rules need too long for the reference.
SAVED = ("installation.html", "api/api.html")
SKIPPED = ("search.html", "genindex.html", "py-modindex.html", "_static/", "_modules/")
RULES = {
    "resultTypes": ["violations"],
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]},
    # Sphinx writes the parameters of a long signature as a list of definitions without terms.
    "rules": {"definition-list": {"enabled": False}},
}

# The names of the elements that make the page wider than its window.
TOO_WIDE = """() => {
    if (document.documentElement.scrollWidth <= window.innerWidth) return [];
    const scrolls = e => e && e !== document.body &&
        (['auto', 'scroll', 'hidden'].includes(getComputedStyle(e).overflowX) || scrolls(e.parentElement));
    const wide = [...document.querySelectorAll('article *')].filter(
        e => e.getBoundingClientRect().right > window.innerWidth + 1 && !scrolls(e));
    return ['page', ...wide.slice(-3).map(e => `<${e.tagName.toLowerCase()}> ${e.textContent.trim().slice(0, 60)}`)];
}"""


class QuietHandler(SimpleHTTPRequestHandler):
    """Serves files without a log."""

    def log_message(self, format: str, *args: object) -> None:
        """Do nothing."""


@contextmanager
def serve(folder: Path) -> Iterator[str]:
    """Serve a folder on loopback, and return the address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(QuietHandler, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def browser(executable: str) -> Iterator[BrowserContext]:
    """Start Chromium with a new profile."""
    with tempfile.TemporaryDirectory() as profile, sync_playwright() as playwright:
        context = playwright.chromium.launch_persistent_context(
            profile, executable_path=executable, headless=True, args=list(FLAGS), reduced_motion="reduce"
        )
        try:
            yield context
        finally:
            context.close()


class SiteCheck:
    """Checks pages, and collects the problems."""

    def __init__(self, context: BrowserContext, address: str, screenshots: Path) -> None:
        """Observe the requests and the console of a new tab."""
        self.address = address
        self.screenshots = screenshots
        self.problems: list[str] = []
        self.axe = Axe()
        self.name = ""
        self.page: Page = context.new_page()
        context.grant_permissions(["clipboard-read", "clipboard-write"], origin=address.rstrip("/"))
        context.on("request", self._see_request)
        context.on("console", self._see_message)
        self.page.on("pageerror", lambda error: self.report(f"error in a script: {error}"))

    def report(self, problem: str) -> None:
        """Add a problem of the current page, once."""
        line = f"{self.name}: {problem}"
        if line not in self.problems:
            self.problems.append(line)

    def _see_request(self, request: Request) -> None:
        if not request.url.startswith((self.address, "data:", "blob:")):
            self.report(f"request to another host: {request.url}")

    def _see_message(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.report(f"console: {message.text}")

    def check(self, name: str) -> None:
        """Check a page."""
        self.name = name
        self._show(PHONE, "light")
        self.page.goto(self.address + name, wait_until="load")
        self._check_width()
        if name not in (*SELECTED, *SAVED):
            return
        for size in (DESKTOP, PHONE):
            for scheme in SCHEMES:
                self._show(size, scheme)
                self._save(f"{name[:-5].replace('/', '-')}-{size[0]}-{scheme}.png")
                if name in SELECTED and (size, scheme) in CHECKED_VIEWS:
                    self._check_rules(f"{size[0]} px, {scheme}")

    def _show(self, size: tuple[int, int], scheme: Literal["light", "dark"]) -> None:
        self.page.set_viewport_size({"width": size[0], "height": size[1]})
        self.page.emulate_media(color_scheme=scheme)

    def _check_width(self) -> None:
        for element in self.page.evaluate(TOO_WIDE):
            self.report(f"wider than the window: {element}")

    def _check_rules(self, view: str) -> None:
        for violation in self.axe.run(self.page, options=RULES).response["violations"]:
            nodes = violation["nodes"]
            self.report(f"{view}: {violation['id']}: {violation['help']}, {len(nodes)} times: {nodes[0]['html'][:150]}")

    def _save(self, name: str) -> None:
        self.page.screenshot(path=self.screenshots / name)

    def check_copy_button(self) -> None:
        """Click a copy button, and read the clipboard."""
        self.name = "index.html"
        self._show(DESKTOP, "light")
        self.page.goto(self.address + self.name)
        code = self.page.locator("div.highlight").first
        code.hover()
        code.locator("button.copybtn").click()
        copied = self.page.evaluate("navigator.clipboard.readText()")
        if copied.strip() != code.locator("pre").inner_text().strip():
            self.report(f"the copy button copies {copied!r}")

    def check_search(self) -> None:
        """Search for a word, and wait for results."""
        self.name = "search.html"
        self._show(DESKTOP, "light")
        self.page.goto(self.address + "index.html")
        self.page.get_by_placeholder("Search").first.fill("informer")
        self.page.keyboard.press("Enter")
        try:
            self.page.locator("ul.search li a").first.wait_for(timeout=20_000)
        except Exception as error:  # noqa: BLE001 - each failure is a problem of the page
            self.report(f"the search for 'informer' has no result: {error}")


def main(folder: Path, screenshots: Path) -> int:
    """Check each page; return 1 if there are problems."""
    executable = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if executable is None:
        sys.stderr.write(
            "Chromium is not installed. On Debian: apt-get install --no-install-recommends chromium. Or set CHROMIUM "
            "to the path of the program.\n"
        )
        return 1
    pages = [str(path.relative_to(folder)) for path in sorted(folder.rglob("*.html"))]
    pages = [name for name in pages if not name.startswith(SKIPPED)]
    if not pages:
        sys.stderr.write(f"{folder} does not contain HTML files; build the documentation first\n")
        return 1
    screenshots.mkdir(parents=True, exist_ok=True)
    with serve(folder) as address, browser(executable) as context:
        site = SiteCheck(context, address, screenshots)
        site.check_copy_button()
        for name in pages:
            site.check(name)
        site.check_search()  # last, because the theme then marks the word on other pages
    sys.stderr.writelines(f"{problem}\n" for problem in site.problems)
    sys.stdout.write(f"{len(pages)} pages, {len(site.problems)} problems, screenshots in {screenshots}\n")
    return 1 if site.problems else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2])))
