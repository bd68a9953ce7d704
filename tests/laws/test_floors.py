"""What import-linter (`lint-imports`, contracts in pyproject.toml) cannot say about the floors."""

from __future__ import annotations

import tomllib

from tests.laws.source import MIGRATIONS, ROOT, imported, trees

WORKERS_AND_DOORS = ("signing/cli/", "signing/web/", "signing/worker/", "signing/core/db.py")


def test_migrations_import_nothing_of_the_house() -> None:
    """They must run as they were written, whatever the house looks like by then."""
    found = [
        f"{path}: {name}"
        for path, tree in trees(MIGRATIONS).items()
        for name in imported(tree)
        if name.split(".")[0] in {"signing", "tests"}
    ]
    assert found == []


def test_only_doors_and_the_worker_draw_transactions() -> None:
    found = [
        path
        for path, tree in trees().items()
        if "signing.core.db.transaction" in imported(tree)
        and not path.startswith(WORKERS_AND_DOORS)
    ]
    assert found == []


def test_the_picture_of_the_floors_is_the_contract() -> None:
    """`docs/developers.md` draws what import-linter checks: the same floors with the same rooms."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    [layers] = [
        one["layers"] for one in contracts["contracts"] if one.get("containers") == ["signing"]
    ]
    _before, _fence, text = (ROOT / "docs/developers.md").read_text().partition("```text\n")
    picture = text.partition("```")[0].splitlines()

    drawn = [set(line.split("  ")[0].split(" · ")) for line in picture]
    assert drawn == [set(layer.split(" | ")) for layer in layers]
