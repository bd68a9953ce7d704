"""Signing: petitions and open letters. `application` has the recipe that puts the house together.

What is asked for here by name is loaded only then: `signing --help` needs none of it.
"""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from signing.application import create_app as create_app

ROOT = Path(__file__).parent.parent


def __getattr__(name: str) -> Any:
    """PEP 562."""
    if name == "create_app":
        return import_module("signing.application").create_app
    raise AttributeError(f"there is no {name} in {__name__}")
