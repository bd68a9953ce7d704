"""Modules that are loaded when something of them is first asked for.

For what few processes need and what costs every one of them: PDF, passkeys, pictures, migrations.
Beside it stands the plain import under `if TYPE_CHECKING:`, for mypy and the floors of the house.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any


class Later:
    """Stands for a module; Python's own locks see to it that it is loaded once, by any thread."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, attribute: str) -> Any:
        return getattr(import_module(self._name), attribute)


def later(name: str) -> Any:
    """The module of this whole name, loaded at its first use; a wrong name fails only then."""
    return Later(name)
