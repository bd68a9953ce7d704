"""The application for one command, and who acts there."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import ParamSpec, TypeVar

from signing import create_app
from signing.audit import Actor, ActorKind

P = ParamSpec("P")
R = TypeVar("R")

OPERATOR = Actor(ActorKind.OPERATOR)


def with_app(command: Callable[P, R]) -> Callable[P, R]:
    """Run the command inside the application that the environment describes."""

    @functools.wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        with create_app().app_context():
            return command(*args, **kwargs)

    return run
