"""Who acts, and the verbs that are written down."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class ActorKind(StrEnum):
    OPERATOR = "operator"  # somebody at the command line
    WORKER = "worker"  # the clock: retention
    MEMBER = "member"  # a person of the staff area
    VISITOR = "visitor"  # somebody who is not signed in


@dataclass(frozen=True, slots=True)
class Actor:
    """Who did it; the argument `by=` of every staff or operator verb. `id` is never an address."""

    kind: ActorKind
    id: str = ""


class Verb(StrEnum):
    LETTER_IMPORTED = "letter.imported"
    LETTER_OPENED = "letter.opened"
    LETTER_CLOSED = "letter.closed"
    LETTER_ERASED = "letter.erased"
    SIGNATURES_EXPORTED = "signatures.exported"
    DOMAIN_RULED = "domain.ruled"
    LETTER_WORK_SET = "letter.work_set"
    COUNTS_REPAIRED = "counts.repaired"
    PENDING_DELETED = "signatures.pending_deleted"
    SIGNATURES_RETIRED = "signatures.retired"
    SIGNATURE_PROVED = "signature.proved"
    REMINDERS_SWITCHED = "letter.reminders_switched"
    KEYS_ROTATED = "keys.rotated"
    RESTORE_CHECKED = "restore.checked"
    MEMBER_INVITED = "member.invited"
    MEMBER_ACCEPTED = "member.accepted"
    MEMBER_ENDED = "member.ended"
    ROLE_GIVEN = "member.role_given"
    ROLE_TAKEN = "member.role_taken"
    PASSWORD_SET = "member.password_set"  # noqa: S105  # a verb
    SECOND_FACTOR_SET = "member.second_factor_set"
    SECOND_FACTOR_REMOVED = "member.second_factor_removed"
    RECOVERY_CODE_USED = "member.recovery_code_used"
    SIGNED_IN = "member.signed_in"
    SIGN_IN_FAILED_OFTEN = "member.sign_in_failed_often"
    SESSIONS_ENDED = "member.sessions_ended"
    AUDIT_EXPORTED = "audit.exported"
