"""The mail that asks a second person to agree to an export: where it waits, and nobody's data."""

from __future__ import annotations

from flask_babel import gettext as _

from signing.core.links import absolute
from signing.letters import queries as letters
from signing.mail.outbox import Claimed
from signing.staff_accounts import profile
from signing.staff_accounts import queries as members
from signing.worker.inboxes import Inbox


def values(mail: Claimed, to: Inbox, sender_name: str) -> dict[str, object]:
    """For the templates of `Kind.EXPORT_WAITING`; who was found for it a moment ago is there."""
    letter = to.letter
    assert letter is not None  # noqa: S101  # `inboxes` put it there
    return {
        "title": letters.get_title(letter, mail.locale),
        "name": profile.of(members.get(mail.recipient_id)).shown,
        "export_link": absolute("staff.exports.show_all", slug=letter.slug),
        "why": _(
            "This mail (from: %(sender)s) is about the letter named above and goes to this "
            "address alone.",
            sender=sender_name,
        ),
    }
