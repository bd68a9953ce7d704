"""Nothing commits but `transaction()`: what is said to be done is whole, and durable."""

from __future__ import annotations

import ast

from tests.laws.source import trees

ALLOWED = "signing/core/db.py"  # transaction() itself, and let_go(), which ends what only read


def test_nobody_commits_outside_of_a_transaction() -> None:
    found = {
        f"{path}:{node.lineno}"
        for path, tree in trees().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "commit"
        and path != ALLOWED
    }
    assert found == set()
