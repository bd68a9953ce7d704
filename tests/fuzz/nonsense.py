"""What a program sends that has read our forms and means no good: requests by hypothesis."""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode

from hypothesis import strategies as st
from werkzeug.test import create_environ

# If either comes back as it was sent, a page has let markup through, or a header another one.
MARK = "<zq"
HEADER = "X-Zq"

NASTY = (
    f'"\'>{MARK} onload=x>', f"</title>{MARK}>", f"{MARK}/>", f"]]>{MARK}>", "{{7*7}}", "${7*7}",
    f"\r\n{HEADER}: 1", f"\n{HEADER}: 1\n\n", "\x00", "%00", "../" * 8, "..%2f" * 8, "\\\\evil\\x",
    "//evil.example", "javascript:alert(1)", "'; DROP TABLE signatures; --", "' OR 1=1", "%s%n%x",
    "\u202e\u2066gnp.exe", "\u200b\u200d\ufeff", "\ufffe\uffff", "ﷺ" * 30, "a\u0300" * 200,
    "\ud800", "\udfff x", "𝕬\U000e0041", "İıſK", "ﬃ①Ⅷ", "٣٤٥", "-0", "1e999", "NaN", "Infinity",
    "9" * 5_000, "-1", "0x10", "1_000", "2147483648", "9223372036854775808", "null", "true",
    "[]", "{}",
    "a@b", "a@b.c", f"a@{'b' * 70}.org", '"a b"@example.org', "a@[127.0.0.1]", "a@xn--.org",
    "ß@ß.ß",
    "a@example.org\nBcc: b@example.org", "=?utf-8?q?=0D=0ABcc:x?=", f"{'x' * 300}@example.org",
    "x" * 9_000, " " * 9_000, "\n" * 3_000, "&" * 300, "=", ";", "[", "$ne", "__proto__",
)  # fmt: skip
FIELDS = (
    "name", "email", "country", "show_name", "city", "comment", "news", "newsletter", "follow_up",
    "partner", "wording", "from", "stamp", "website", "altcha", "ticket", "revision",
    "without_news", "t", "again", "show", "purpose", "List-Unsubscribe", "csrf_token", "_method",
)  # fmt: skip
GOOD = {
    "name": "Zoë Lindqvist", "email": "zoe@example.org", "country": "SE", "show_name": "full",
    "city": "Umeå", "comment": "Because.", "revision": "1", "show": "full",
}  # fmt: skip
HEADERS = (
    "Accept", "Accept-Charset", "Accept-Encoding", "Accept-Language", "Authorization", "Cookie",
    "Content-Encoding", "Expect", "Forwarded", "Host", "If-Match", "If-Modified-Since",
    "If-None-Match", "If-Range", "Origin", "Range", "Referer", "Sec-Fetch-Site", "TE", "Upgrade",
    "User-Agent", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Requested-With",
)  # fmt: skip
HEADER_VALUES = (
    "*", "*/*;q=-1", "gzip;q=0", "bytes=0-1,5-,-9", "bytes=9999999999-", 'W/"x", "', "xn--", "..",
    "fr-CA, zh-Hant-TW;q=0.9, *;q=0", ",;,;q=,", "tlh-x-" + "a-" * 300, "null", "same-origin",
    "none",
    "cross-site", "for=\"[::1]:x\"", "1.2.3.4, ::ffff:1.2.3.4, x", "[::1]:80", "Mon, 99 Foo 2026",
    "chunked", "identity", "a=b; c", "Basic Og==", "Bearer x", "é\xff", "a" * 5_000,
)  # fmt: skip
TYPES = (
    "application/x-www-form-urlencoded", "application/x-www-form-urlencoded; charset=utf-16",
    "multipart/form-data", "multipart/form-data; boundary=", "multipart/form-data; boundary=b",
    "application/json", "application/json; charset=nonsense", "text/xml", "text/plain", "", "a/b;c",
)  # fmt: skip
METHODS = ("GET", "POST", "HEAD", "OPTIONS", "PUT", "DELETE", "TRACE", "X")

text = st.one_of(
    st.sampled_from(NASTY),
    st.text(max_size=40),
    st.builds("{}{}".format, st.text(max_size=9), st.sampled_from(NASTY)),
)
pairs = st.lists(st.tuples(st.one_of(st.sampled_from(FIELDS), text), text), max_size=6)


@dataclass(frozen=True)
class Route:
    """A method and a path that some rule takes."""

    method: str
    path: str


@dataclass(frozen=True)
class Attempt:
    """A request as it is sent; `path` may carry percent signs that mean what they say."""

    method: str
    path: str
    query: str
    headers: dict[str, str] = field(default_factory=dict)
    content_type: str = ""
    body: bytes = b""
    peer: str = "127.0.0.1"

    def environ(self) -> dict[str, Any]:
        """What a WSGI server makes of it."""
        made = create_environ(
            "/",
            method=self.method if self.method.isalpha() else "GET",
            input_stream=io.BytesIO(self.body),
        )
        raw = self.path.encode("utf-8", "surrogatepass")
        made |= {
            "PATH_INFO": raw.decode("latin-1"),
            "QUERY_STRING": self.query,
            "CONTENT_TYPE": self.content_type,
            "CONTENT_LENGTH": str(len(self.body)),
            "REMOTE_ADDR": self.peer,
        }
        for name, value in self.headers.items():
            wire = value.encode("utf-8", "surrogatepass").decode("latin-1")
            made[f"HTTP_{name.upper().replace('-', '_')}"] = wire.replace("\r", "").replace(
                "\n", ""
            )
        return made


def _encoded(sent: list[tuple[str, str]]) -> str:
    """As a form is encoded; a lone surrogate goes out in bytes that are no UTF-8."""
    return urlencode([(_wire(name), _wire(value)) for name, value in sent])


def _wire(typed: str) -> bytes:
    return typed.encode("utf-8", "surrogatepass")


def _multipart(sent: list[tuple[str, str]]) -> bytes:
    parts = [
        f'--b\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in sent
    ]
    return "".join([*parts, "--b--\r\n"]).encode("utf-8", "surrogatepass")


@st.composite
def spoiled(draw: st.DrawFn, known: list[Route]) -> Route:
    """A route of ours, whole, by another method or with a segment spoiled; or none of ours."""
    route = draw(st.sampled_from(known))
    method = draw(st.sampled_from(METHODS)) if draw(st.integers(0, 5)) == 0 else route.method
    if draw(st.integers(0, 11)) == 0:
        return Route(method, "/" + draw(text))
    segments = route.path.split("/")
    if draw(st.integers(0, 3)) == 0:
        place = draw(st.integers(0, len(segments) - 1))
        segments[place] = draw(st.one_of(text, st.just(quote(segments[place]) + "%0a")))
    return Route(method, "/".join(segments))


@st.composite
def bodies(draw: st.DrawFn) -> tuple[str, bytes]:
    """A form that is good but for a field or two; or nothing like a form."""
    kind = draw(st.sampled_from(TYPES))
    if draw(st.integers(0, 6)) == 0:
        return kind, draw(st.binary(max_size=200))
    bad = draw(pairs)
    names = {name for name, _value in bad}
    sent = [(name, value) for name, value in GOOD.items() if name not in names] + bad
    if kind.startswith("multipart"):
        return kind, _multipart(sent)
    return kind or TYPES[0], _encoded(sent).encode()


def attempts(known: list[Route]) -> st.SearchStrategy[Attempt]:
    """Requests to these routes and to their neighbourhood."""
    values = st.one_of(st.sampled_from(HEADER_VALUES), text)
    return st.builds(
        _attempt,
        spoiled(known),
        query=st.one_of(st.just(""), pairs.map(_encoded), st.text("&=%a0;+", max_size=30)),
        headers=st.dictionaries(st.sampled_from(HEADERS), values, max_size=2),
        body=bodies(),
        peer=st.ip_addresses().map(str),
    )


def _attempt(
    route: Route, *, query: str, headers: dict[str, str], body: tuple[str, bytes], peer: str
) -> Attempt:
    sent = body if route.method in {"POST", "PUT"} else ("", b"")
    return Attempt(route.method, route.path, query, headers, *sent, peer)
