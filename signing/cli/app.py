"""The application for one command, and who acts there."""

from __future__ import annotations

import functools
import gc
from collections.abc import Callable
from typing import ParamSpec, TypeVar

from signing import create_app
from signing.audit import Actor, ActorKind

P = ParamSpec("P")
R = TypeVar("R")

OPERATOR = Actor(ActorKind.OPERATOR)


def with_app(command: Callable[P, R]) -> Callable[P, R]:
    """Run the command inside the application that the environment describes, without its pages."""
    return _within(command, has_doors=False)


def with_addresses(command: Callable[P, R]) -> Callable[P, R]:
    """The same for a command that names addresses of pages: a second slower to start."""
    return _within(command, has_doors=True)


def _within(command: Callable[P, R], *, has_doors: bool) -> Callable[P, R]:
    @functools.wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        app = create_app(has_doors=has_doors)
        gc.freeze()  # what is loaded stays; to look through it at each round costs a sixth
        with app.app_context():
            return command(*args, **kwargs)

    return run
