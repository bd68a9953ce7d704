"""No pattern of ours can be kept busy: each meets text that was made to be slow, and is quick."""

from __future__ import annotations

import importlib
import itertools
import pkgutil
import re
import string
import time
from collections.abc import Iterator
from typing import Any

import pytest

import signing
from tests.laws.source import HOUSE

LENGTH = 10_000
SECONDS = 2.0  # most take a thousandth; a pattern that backtracks takes hours

Compiled = re.Pattern[str] | re.Pattern[bytes]


def _patterns() -> dict[str, Compiled]:
    """Every compiled pattern in a module or a class of the house."""
    found: dict[str, Compiled] = {}
    for module in pkgutil.walk_packages(signing.__path__, "signing."):
        if module.name.endswith("__main__"):
            continue
        loaded = importlib.import_module(module.name)
        places = [loaded, *(one for one in vars(loaded).values() if isinstance(one, type))]
        for place, (name, value) in itertools.chain.from_iterable(
            ((place, item) for item in vars(place).items()) for place in places
        ):
            if isinstance(value, re.Pattern):
                found[f"{module.name}:{name}"] = value
            elif name == "regex" and isinstance(value, str):  # a converter in the URL map
                found[f"{module.name}:{getattr(place, '__name__', '')}.regex"] = re.compile(value)
    return found


PATTERNS = _patterns()


def _hostile(pattern: str) -> Iterator[str]:
    """Long runs of what the pattern itself names, alone and in turns, with an end it refuses."""
    named = sorted({*pattern} & {*string.printable} | {*"a0 .-@/<\"'=[\n"})
    for first in named:
        yield first * LENGTH
        yield first * LENGTH + "\x00"
        yield "a" + first * LENGTH + "!"
    for first, second in itertools.permutations([*"a0 .-/<=\"'[:;\n"], 2):
        yield (first + second) * (LENGTH // 2)
    for word in (
        "gzip;",
        "gzip ;q=0",
        "<img ",
        '<a "',
        "<a '",
        "alt=",
        "://",
        "www.",
        "a.a",
        "{{<",
    ):
        yield word * (LENGTH // len(word))


def test_there_are_patterns_to_look_at() -> None:
    assert len(PATTERNS) >= 15


def _ways(name: str) -> set[str]:
    """How the house uses the pattern: a `search` may try each place, a `fullmatch` only one."""
    module, _, variable = name.partition(":")
    is_private = variable.startswith("_")
    files = [HOUSE.parent / f"{module.replace('.', '/')}.py"] if is_private else HOUSE.rglob("*.py")
    source = "".join(path.read_text() for path in files if path.exists())
    used = set(re.findall(rf"\b{variable}\.(\w+)\(", source))
    return {"fullmatch" if way in {"fullmatch", "match"} else "findall" for way in used} or {
        "fullmatch"  # a converter of the URL map
    }


@pytest.mark.parametrize("name", sorted(PATTERNS))
def test_no_text_keeps_a_pattern_busy(name: str) -> None:
    pattern: Any = PATTERNS[name]
    ways = _ways(name)
    is_bytes = isinstance(pattern.pattern, bytes)
    for text in _hostile(pattern.pattern.decode() if is_bytes else pattern.pattern):
        subject = text.encode() if is_bytes else text
        for way in ways:
            began = time.process_time()
            getattr(pattern, way)(subject)
            took = time.process_time() - began
            assert took < SECONDS, f"{name}.{way} takes {took:.1f} s for {text[:20]!r}…"
