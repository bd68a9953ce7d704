"""Mail domains that somebody probably mistyped: one slip away from a large provider.

It only ever asks. Domains that exist beside the large ones are not doubted: `gmx.de` is not
`gmx.net`, and `mail.com` is not `gmail.com`; nobody mistypes the first letter unseen.
"""

from __future__ import annotations

from email_validator import SPECIAL_USE_DOMAIN_NAMES, EmailNotValidError

from signing.signatures.address import LARGE, domain_of

SHORTEST = 5  # among shorter names every other one is taken too: web.de, wdr.de
COM = frozenset(
    {
        "cim", "clm", "cm", "cmo", "cok", "com.com", "comm", "con", "coom", "cpm", "ocm", "om",
        "vom", "xom",
    }
)  # fmt: skip
ONLY_COM = "gmail"  # it has no other ending, so every other one is a slip


def meant(address: str) -> str:
    """The domain that was probably meant instead; "" where nothing speaks for that."""
    domain = _domain(address)
    if not domain or domain in LARGE:
        return ""
    name, _dot, ending = domain.partition(".")
    near = [one for one in sorted(LARGE) if _is_near(name, ending, one)]
    exact = [one for one in near if one.partition(".")[0] == name]
    return (exact or near or [""])[0]


def _domain(address: str) -> str:
    try:
        return domain_of(address)
    except EmailNotValidError:
        return ""


def _is_near(name: str, ending: str, provider: str) -> bool:
    known, _dot, end = provider.partition(".")
    if len(known) < SHORTEST or name[0] != known[0] or not _is_one_slip(name, known):
        return False
    return ending == end or (end == "com" and (ending in COM or known == ONLY_COM == name))


def _is_one_slip(typed: str, known: str) -> bool:
    """Whether one letter is wrong, missing or too many, or two neighbours changed places."""
    while typed and known and typed[0] == known[0]:
        typed, known = typed[1:], known[1:]
    while typed and known and typed[-1] == known[-1]:
        typed, known = typed[:-1], known[:-1]
    return max(len(typed), len(known)) < 2 or (len(typed) == 2 and typed == known[::-1])


def leads_nowhere(address: str) -> str:
    """The domain of a complete address where no mail can ever be (RFC 6761), such as `.invalid`.

    "" for every other address, and for what is none.
    """
    local, _at, domain = address.strip().lower().rpartition("@")
    is_named = any(domain.endswith(f".{name}") for name in SPECIAL_USE_DOMAIN_NAMES)
    return domain if is_named and _domain(f"{local}@example.org") and _is_domain(domain) else ""


def _is_domain(domain: str) -> bool:
    """Whether it is written as one; whatever stands in front of an ending shows that."""
    return bool(_domain(f"x@{domain.rpartition('.')[0]}.example.org"))
