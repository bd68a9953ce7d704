"""Signing in with a password: the same answer after the same time, member or not."""

from __future__ import annotations

from collections.abc import Sequence

from signing.core.limits import Knock, limits
from signing.staff_accounts import passwords, profile, queries, second_factors
from signing.staff_accounts.models import Member, State

# Seconds. What is over is deleted each hour, so that nothing is kept for more than a day.
SHORT, LONG = 10 * 60, 23 * 60 * 60
# Attempts in each window. A passkey is tried by the network alone: nobody can lock its owner out.
OF_ADDRESS = {SHORT: 10, LONG: 100}
OF_NETWORK = {SHORT: 30, LONG: 300}


class TooOften(Exception):
    """Wait before the next attempt; `is_first` says that the limit was passed just now."""

    def __init__(self, *, is_first: bool) -> None:
        super().__init__()
        self.is_first = is_first


def count(networks: Sequence[str], address: str = "") -> None:
    """Count an attempt; raises `TooOften`, and never for longer than a day."""
    most: dict[Knock, int] = {}
    for network in networks:
        most |= {(f"staff-net:{network}:{s}", s): n for s, n in OF_NETWORK.items()}
    if address:
        known = profile.digest(address).hex()
        most |= {(f"staff-of:{known}:{s}", s): n for s, n in OF_ADDRESS.items()}
    counted = limits.hit_all(list(most))
    over = [n - limit for n, limit in zip(counted, most.values(), strict=True) if n > limit]
    if over:
        raise TooOften(is_first=max(over) == 1)


def find(address: str, password: str) -> Member | None:
    """The member whose password it is. Takes its time, so no transaction is to wait for it."""
    member = queries.find_by_address(address)
    hashed = member.password_hash if member else None
    is_right = passwords.is_right(password, hashed)
    return member if is_right and member and member.state == State.ACTIVE else None


def is_proved(member: Member, code: str) -> bool:
    """Whether the code is good, where the member has a second factor at all; it is used up."""
    return not queries.has_second_factor(member) or second_factors.use(member, code)
