"""What a screen reader is told of a page: Chromium's accessibility tree, in reading order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from playwright.sync_api import Page

Node = dict[str, Any]
ACTED_ON = {
    "button", "checkbox", "combobox", "ColorWell", "Date", "DateTime", "DisclosureTriangle",
    "image", "InputTime", "link", "listbox", "menuitem", "progressbar", "radio", "region",
    "searchbox", "slider", "spinbutton", "switch", "tab", "textbox",
}  # fmt: skip
LANDMARKS = {"banner", "contentinfo", "main", "navigation", "region", "complementary"}
ONCE = {"banner", "contentinfo", "main"}


def misheard(page: Page) -> list[str]:
    """What somebody who listens could not follow; empty if nothing."""
    nodes = list(_read(page))
    return [*_headings(nodes), *_landmarks(nodes), *_names(nodes), *_interruptions(nodes)]


def _read(page: Page) -> Iterator[Node]:
    """Every node that is spoken of, in the order of the page."""
    devtools = page.context.new_cdp_session(page)
    try:
        sent = devtools.send("Accessibility.getFullAXTree")["nodes"]
    finally:
        devtools.detach()
    known = {node["nodeId"]: node for node in sent}
    waiting = [sent[0]["nodeId"]]
    while waiting:
        node = known.get(waiting.pop())
        if node is None:
            continue
        waiting += reversed(node.get("childIds", []))
        if not node["ignored"]:
            yield node


def _headings(nodes: list[Node]) -> Iterator[str]:
    """One of the first level, none that skips one; a summary of mistakes may stand before."""
    levels = [int(_said(node, "level")) for node in nodes if _role(node) == "heading"]
    if levels.count(1) != 1:
        yield f"{levels.count(1)} headings of the first level"
    for before, level in pairwise([1, *levels]):
        if level > before + 1:
            yield f"a heading of level {level} after one of level {before}"


def _landmarks(nodes: list[Node]) -> Iterator[str]:
    """One main part; several of a kind have names that tell them apart."""
    found = Counter((_role(node), _name(node)) for node in nodes if _role(node) in LANDMARKS)
    if not any(role == "main" for role, _ in found):
        yield "no main part"
    for (role, name), times in found.items():
        if times > 1:
            yield f"{times} landmarks {role} {name!r}"
    for role in ONCE:
        if sum(one == role for one, _ in found) > 1:
            yield f"several landmarks {role}"


def _names(nodes: list[Node]) -> Iterator[str]:
    for node in nodes:
        if _role(node) in ACTED_ON and not _name(node):
            yield f"a {_role(node)} without a name"


def _interruptions(nodes: list[Node]) -> Iterator[str]:
    """Only a mistake may cut in on what is being read."""
    for node in nodes:
        is_its_own = _said(node, "root") in ("", str(node.get("backendDOMNodeId")))
        if _said(node, "live") == "assertive" and is_its_own and _role(node) != "alert":
            yield f"a {_role(node)} cuts in: {_name(node)!r}"


def _role(node: Node) -> str:
    return str(node.get("role", {}).get("value", ""))


def _name(node: Node) -> str:
    return str(node.get("name", {}).get("value", "")).strip()


def _said(node: Node, name: str) -> str:
    found = (one["value"].get("value", "") for one in node.get("properties", []))
    names = (one["name"] for one in node.get("properties", []))
    return str(dict(zip(names, found, strict=True)).get(name, ""))
