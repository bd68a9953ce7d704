"""A "no" with a status, and a reason that visitors can read in their own language."""

from __future__ import annotations

from typing import ClassVar

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l


class Refusal(Exception):
    """What was asked cannot be done; `message` says why, `status` is the HTTP status it means.

    Raised where the reason is known, shown by the one handler of each door.
    """

    status: ClassVar[int] = 400
    message: ClassVar[LazyString | str] = _l("This cannot be done.")

    def __str__(self) -> str:
        return str(self.message)


class NotFound(Refusal):
    status = 404
    message = _l("There is nothing at this address.")
