"""Answers that come after the same time, whatever the database knew of an address."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

# Several times what the differences amount to. Under load answers take longer than this, and what
# others do is louder than anything an address could tell.
LEAST_SECONDS = 0.012


@contextmanager
def unhurried() -> Iterator[None]:
    """What happens inside is not over sooner than after `LEAST_SECONDS`."""
    began = time.perf_counter()
    yield
    time.sleep(max(0.0, LEAST_SECONDS - (time.perf_counter() - began)))
