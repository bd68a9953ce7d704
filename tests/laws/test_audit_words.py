"""Whatever is written down can be read: verbs and doers of the audit log have words."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from flask import Flask

from signing.audit import ActorKind, Verb
from signing.audit.details import Detail
from signing.core import locales
from signing.core.keystore import Forgotten
from signing.counts.models import Dimension
from signing.jobs.models import Kind as JobKind
from signing.letters.settings import KNOWN, PHRASES
from signing.moderation.models import Deed, Outcome
from signing.moderation.reasons import Reason
from signing.partners.models import Scope
from signing.signatures.models import State
from signing.signatures.wanted import NO_FILTERS, Wanted
from signing.staff_accounts.roles import Role
from signing.web.staff.audit import telling as audit_telling
from signing.web.staff.audit import verbs
from signing.web.staff.audit import words as audit_words

CODE = Path(__file__).parents[2] / "signing"
RECORDERS = {"record", "_record", "note", "_note"}
# Dictionaries that go into the log, by how they are called where they are made.
KEPT_IN = {"details", "figures", "told", "found", "done", "shown"}
NO_DETAILS = {"by", "subject", "letter_id", "details", "carried"}  # what recorders take besides


def test_each_verb_and_each_sort_of_doer_has_words_of_its_own(app: Flask) -> None:
    assert set(verbs.VERBS) == set(Verb)
    assert set(verbs.ACTORS) == set(ActorKind)
    with app.test_request_context():
        said = Counter(words for _verb, words in verbs.listed())
    assert [words for words, n in said.items() if n > 1 or not words] == []


def test_each_detail_that_is_noted_has_a_name(app: Flask) -> None:
    noted = {name for file in CODE.rglob("*.py") for name in _noted_in(file)}
    assert len(noted) > 50
    noted |= {*KNOWN, *PHRASES, *(one.value for one in Forgotten), *Dimension}
    noted |= {one for one in Wanted.__dataclass_fields__ if one not in NO_FILTERS}
    assert noted - audit_words.NAMES.keys() == set()


def _noted_in(file: Path) -> Iterator[str]:
    """Keys of dictionaries and keywords that a module hands to a recorder of the audit log."""
    source = file.read_text()
    if "import log\n" not in source and "audit" not in source:
        return
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and _name(node.func) in RECORDERS and _has_verb(node):
            named = (one.arg for one in node.keywords if one.arg)
            yield from (one for one in named if one not in NO_DETAILS)
            for value in (*node.args, *(one.value for one in node.keywords)):
                yield from _keys(value)
        elif isinstance(node, ast.Assign | ast.AnnAssign) and "log.record(" in source:
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            for target in targets:
                if _name(target) in KEPT_IN and node.value is not None:
                    yield from _keys(node.value)
                elif isinstance(target, ast.Subscript) and _name(target.value) == "details":
                    yield from _strings([target.slice])


def _has_verb(call: ast.Call) -> bool:
    return any(isinstance(one, ast.Attribute) and _name(one.value) == "Verb" for one in call.args)


def _name(node: ast.AST) -> str:
    return getattr(node, "attr", "") or getattr(node, "id", "")


def _keys(node: ast.AST) -> Iterator[str]:
    """Of a dictionary, or of several that are joined by `|`; not of those inside."""
    if isinstance(node, ast.Dict):
        yield from _strings(node.keys)
    elif isinstance(node, ast.BinOp):
        yield from (*_keys(node.left), *_keys(node.right))


def _strings(nodes: list[ast.expr] | list[ast.expr | None]) -> Iterator[str]:
    for one in nodes:
        if isinstance(one, ast.Constant) and isinstance(one.value, str):
            yield one.value


def test_each_code_that_is_noted_has_words() -> None:
    for name, codes in {
        "deed": Deed, "outcome": Outcome, "reason": Reason, "found": State, "kind": JobKind,
        "role": Role, "scopes": Scope,
    }.items():  # fmt: skip
        assert {*codes} <= {*audit_words.VALUES[name]}, name


def test_details_read_in_the_language_of_whoever_looks(app: Flask) -> None:
    told = {
        "12.345": Detail("number", 12345),
        "Frankreich, Schweden": Detail("countries", ["FR", "SE"]),
        "Français: 3": Detail("by_locale", {"fr": 3}),
        "1. März 2026": Detail("as_of", "2026-03-01"),
        "–": Detail("filters", []),
        "of an older version": Detail("added", "of an older version"),
        "-2": Detail("country:FR", -2),
    }
    with app.test_request_context(), locales.speaking("de") as language:
        for value, detail in told.items():
            assert audit_telling.tell(detail, language).value == value
        assert audit_telling.name_of("country:FR", language).endswith(": Frankreich")
        assert audit_telling.name_of("never heard of", language) == "never heard of"
