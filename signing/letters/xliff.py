"""Translations as XLIFF: 1.2 written, 1.2 and 2.0 read. Without document types or entities."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from xml.etree import ElementTree as ET
from xml.parsers import expat

from signing.letters.exchange import Brought, FileUnusable, Unit

NAMESPACE = "urn:oasis:names:tc:xliff:document:1.2"
DEEPEST = 100  # elements in each other; the standard's own lie about ten deep
_SPACE = "{http://www.w3.org/XML/1998/namespace}space"
_ILLEGAL = re.compile(r"[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # XML 1.0, 2.2
_OPEN = ("new", "needs-", "initial")  # how states of what is not settled begin


def write(source: str, target: str, letter: str, units: Iterable[Unit]) -> bytes:
    """`source` and `target` are the languages' tags."""
    root = ET.Element("xliff", {"version": "1.2", "xmlns": NAMESPACE})
    file = ET.SubElement(
        root,
        "file",
        {
            "original": letter,
            "source-language": source,
            "target-language": target,
            "datatype": "plaintext",
        },
    )
    body = ET.SubElement(file, "body")
    for unit in units:
        node = ET.SubElement(body, "trans-unit", {"id": unit.id, _SPACE: "preserve"})
        ET.SubElement(node, "source").text = _ILLEGAL.sub("", unit.source)
        state = "needs-translation" if unit.is_open or not unit.text else "translated"
        ET.SubElement(node, "target", {"state": state}).text = _ILLEGAL.sub("", unit.text)
        if unit.before:
            note = f"The original was: {unit.before}"
            ET.SubElement(node, "note").text = _ILLEGAL.sub("", note)
    content: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return content


def read(content: bytes) -> Brought:
    """Raises `FileUnusable`."""
    _refuse_bombs(content)
    try:
        root = ET.fromstring(content)  # noqa: S314  # there is no bomb in it
    except (ET.ParseError, ValueError, LookupError) as error:
        raise FileUnusable(f"XLIFF: {error}") from None
    if _name(root) != "xliff":
        raise FileUnusable("XLIFF: <xliff>?")
    files = [node for node in root if _name(node) == "file"]
    said = root.get("trgLang") or next((one.get("target-language") for one in files), None)
    return Brought((said or "").replace("_", "-").lower(), tuple(_units(root)))


def _refuse_bombs(content: bytes) -> None:
    """Entities are declared in a document type; a file that brings one is not looked at.

    Nor is one whose elements lie in each other without end: to walk into them takes seconds.
    """
    depth = 0

    def refuse(*_declared: object) -> None:
        raise FileUnusable("XLIFF: <!DOCTYPE>")

    def enter(name: str, _attributes: object) -> None:
        nonlocal depth
        depth += 1
        if depth > DEEPEST:
            raise FileUnusable(f"XLIFF: <{name[:20]}>")

    def leave(_name: str) -> None:
        nonlocal depth
        depth -= 1

    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = refuse
    parser.StartElementHandler = enter
    parser.EndElementHandler = leave
    try:
        parser.Parse(content, True)  # noqa: FBT003  # expat's way to say that this was all
    except (expat.ExpatError, ValueError, LookupError) as error:
        raise FileUnusable(f"XLIFF: {error}") from None


def _name(node: ET.Element) -> str:
    return str(node.tag).rpartition("}")[2]


def _units(root: ET.Element) -> Iterator[Unit]:
    """In the order of the file. A unit within a unit is none: each text is read once."""
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if _name(node) == "trans-unit":
            yield _unit(node, [node])
        elif _name(node) == "unit":
            yield _unit(node, [one for one in node if _name(one) in {"segment", "ignorable"}])
        else:
            waiting.extend(reversed(node))


def _unit(node: ET.Element, segments: list[ET.Element]) -> Unit:
    states = [_state(one) for one in segments]
    return Unit(
        id=node.get("resname") or node.get("name") or node.get("id") or "",
        source="".join(_text(one, "source") for one in segments),
        text="".join(_text(one, "target") for one in segments),
        is_open=any(state.startswith(_OPEN) for state in states if state),
    )


def _text(node: ET.Element, name: str) -> str:
    return "".join("".join(one.itertext()) for one in node if _name(one) == name)


def _state(node: ET.Element) -> str:
    target = next((one for one in node if _name(one) == "target"), None)
    return node.get("state") or (target.get("state") or "" if target is not None else "")
