"""A stranger's website that carries our counter under a strict CSP, and eyes to look at it with.

    page = partner_page(ours, letter="leavex", locale="fr")
    with chromium() as browser, partner_site(page, policy=strictest_policy(ours)) as url:
        seen = visit(browser, url)
        expect(seen.number).to_have_text("3 230")
        assert seen.complaints == []

The partner is a real HTTP server on a port of its own, so another origin for the browser.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page, Request, sync_playwright

CHROMIUM = Path("/usr/bin/chromium")
_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

# Reports what the CSP refused, also where the console is silent.
_WATCH_POLICY = """
document.addEventListener("securitypolicyviolation", (event) =>
    console.error(`CSP: ${event.violatedDirective} refused ${event.blockedURI}`));
"""


def strictest_policy(ours: str) -> str:
    """The CSP we publish as enough for the counter: one script, one connection, nothing else."""
    return f"default-src 'none'; script-src {ours}; connect-src {ours}"


def partner_page(
    ours: str,
    *,
    letter: str,
    locale: str | None,
    link_text: str = "Sign the open letter",
    attributes: str = "",
    lang: str = "en",
    direction: str = "ltr",
    script_type: str = "module",
) -> str:
    """A page with the snippet as partners paste it; `script_type="classic"` for `<script async>`.

    Without `locale` the element has to take its language from the page. `attributes` are put on
    the element as they are: `compact interval="10"`.
    """
    kind = "async" if script_type == "classic" else 'type="module"'
    chosen = f' locale="{locale}"' if locale else ""
    baked = f"{ours}/{locale or lang}/{letter}?from=partner"
    return (
        f'<!doctype html><html lang="{lang}" dir="{direction}"><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width"><title>A partner</title>'
        '<meta name="color-scheme" content="light dark">'
        f'<script {kind} src="{ours}/embed/v1.js"></script>'
        "<main><h1>A partner</h1>"
        f'<letter-counter letter="{letter}"{chosen} {attributes}>'
        f'<a href="{baked}">{escape(link_text)}</a></letter-counter></main></html>'
    )


def framing_page(frame: str) -> str:
    """A page that shows one of our frames."""
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8"><title>A partner</title>'
        '<main><h1>A partner</h1><iframe title="Open letter" width="400" height="260"'
        f' src="{escape(frame)}"></iframe></main></html>'
    )


@contextmanager
def partner_site(page: str, *, policy: str) -> Iterator[str]:
    """Serve the page at every address of a new origin; gives the address of the page."""
    body = page.encode()

    class Partner(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Security-Policy", policy)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (the name it has there)
            """Tests have no use for an access log."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Partner)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def chromium() -> Iterator[Browser]:
    """Debian's Chromium; where there is none, the test that asks for it should skip with reason."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=_FLAGS)
        try:
            yield browser
        finally:
            browser.close()


@dataclass
class Seen:
    """A partner's page in the browser, and what was noticed while it was open."""

    page: Page
    complaints: list[str] = field(default_factory=list)
    """Errors and warnings on the console, CSP violations and exceptions included."""
    requests: list[Request] = field(default_factory=list)
    counts: list[int] = field(default_factory=list)
    """What the `letter-count` events said."""

    @property
    def element(self) -> Locator:
        return self.page.locator("letter-counter")

    def part(self, name: str) -> Locator:
        """`number`, `sentence`, `goal`, `progress` or `call`; locators pierce shadow roots."""
        return self.element.locator(f'[part="{name}"]')

    @property
    def number(self) -> Locator:
        return self.part("number")

    @property
    def announcement(self) -> Locator:
        return self.element.get_by_role("status")

    @property
    def baked_link(self) -> Locator:
        """The link that the partner's page brought along: seen until there is a number."""
        return self.page.locator("letter-counter > a")

    def asked(self, ours: str) -> list[str]:
        """The paths that were requested from us, in order."""
        return [
            urlsplit(request.url).path for request in self.requests if request.url.startswith(ours)
        ]

    def barriers(self) -> list[str]:
        """What axe finds, a line each; empty is good. Read `complaints` first: axe adds some."""
        found = Axe().run(self.page).response["violations"]
        return [f"{rule['id']}: {node['html']}" for rule in found for node in rule["nodes"]]


def visit(browser: Browser, url: str, *, scheme: str = "light", width: int = 1024) -> Seen:
    """Open the page in a context of its own (no cookie, no cache from before) and keep watch."""
    context = browser.new_context(
        color_scheme="dark" if scheme == "dark" else "light",
        viewport={"width": width, "height": 700},
    )
    page = context.new_page()
    seen = Seen(page)
    page.on(
        "console",
        lambda message: (
            seen.complaints.append(message.text) if message.type in {"error", "warning"} else None
        ),
    )
    page.on("pageerror", lambda error: seen.complaints.append(str(error)))
    # Playwright puts a mark on its handlers, which a built-in method does not take.
    page.on("request", lambda request: seen.requests.append(request))  # noqa: PLW0108
    page.expose_function("noteLetterCount", lambda count: seen.counts.append(count))  # noqa: PLW0108
    page.add_init_script(_WATCH_POLICY)
    page.add_init_script(
        'document.addEventListener("letter-count", (e) => noteLetterCount(e.detail.count));'
    )
    page.goto(url)
    return seen


def set_visible(seen: Seen, *, is_visible: bool) -> None:
    """Tell the page that its tab was hidden or shown: headless tabs always count as visible."""
    seen.page.evaluate(
        """(shown) => {
            const set = (name, value) =>
                Object.defineProperty(document, name, { value, configurable: true });
            set("visibilityState", shown ? "visible" : "hidden");
            set("hidden", !shown);
            document.dispatchEvent(new Event("visibilitychange"));
        }""",
        is_visible,
    )
