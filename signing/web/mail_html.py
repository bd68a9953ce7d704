"""The HTML of a mail as a page of ours: to be looked at, under a policy without inline styles."""

from __future__ import annotations

import re
import secrets

from flask import Response, make_response

_STYLE = re.compile(r'(<[a-z][^<>]*?) style="([^"]*)"')
_HEAD = "</head>"


def page(html: str, *, ancestors: str = "'none'") -> Response:
    """Mails carry their style within; here it stands in one sheet, which the policy allows.

    Links open beside it: within a frame our pages show themselves nowhere.
    """
    apart, sheet = _apart(html)
    nonce = secrets.token_urlsafe(16)
    head = f'<base target="_blank"><style nonce="{nonce}">{sheet}</style>{_HEAD}'
    response = make_response(apart.replace(_HEAD, head, 1))
    policy = f"default-src 'none'; style-src 'nonce-{nonce}'; base-uri 'none'; form-action 'none'"
    response.headers["Content-Security-Policy"] = f"{policy}; frame-ancestors {ancestors}"
    return response


def _apart(html: str) -> tuple[str, str]:
    """The page with a class in the place of each style, and the sheet of these classes."""
    rules: dict[str, str] = {}

    def named(found: re.Match[str]) -> str:
        name = rules.setdefault(found[2], f"s{len(rules)}")
        return f'{found[1]} class="{name}"'

    apart = _STYLE.sub(named, html)
    sheet = "".join(f".{name}{{{rule}}}" for rule, name in rules.items())
    return apart, sheet.replace("&#39;", "'").replace("<", "")
