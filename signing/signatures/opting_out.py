"""How mail to a person ends, by the links in the mails; and how it may begin again."""

from __future__ import annotations

from contextlib import suppress

from signing.core.ids import HOUSE
from signing.letters.models import ConsentPurpose
from signing.mail import figures, suppressions
from signing.mail.figures import Fate, What
from signing.mail.opt_outs import OptOut, Sort
from signing.mail.suppressions import Reason
from signing.signatures import actions, queries


def never_again(opt_out: OptOut) -> None:
    """No mail goes to the address any more, and the signature of that mail is withdrawn.

    Where the signature is gone already, the address is suppressed all the same.
    """
    suppressions.suppress(opt_out.house_digest, reason=Reason.NOT_ME)
    with suppress(queries.SignatureGone):
        actions.withdraw(opt_out.ref)


def write_again(opt_out: OptOut) -> None:
    """The address gets mail again; whoever has the link reads that inbox."""
    suppressions.lift(opt_out.house_digest)


def stop(opt_out: OptOut) -> None:
    """Mails of this sort end; the signature stays as it is."""
    if opt_out.sort is Sort.REMINDER:
        scope = opt_out.ref.letter_id
        suppressions.suppress(opt_out.house_digest, reason=Reason.UNSUBSCRIBED, scope=scope)
    elif actions.stop_mail(opt_out.ref, ConsentPurpose(opt_out.sort)) and opt_out.broadcast_id:
        fate = Fate(opt_out.ref.letter_id, opt_out.broadcast_id, What.UNSUBSCRIBED)
        figures.note({fate: 1})


def is_silenced(opt_out: OptOut) -> bool:
    """Whether the address gets no mail at present, about this letter or at all."""
    found = suppressions.list_suppressed([opt_out.house_digest])
    return bool(found & {(opt_out.house_digest, one) for one in (HOUSE, opt_out.ref.letter_id)})
