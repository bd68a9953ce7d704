"""Who acts, and the verbs that are written down."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class ActorKind(StrEnum):
    OPERATOR = "operator"  # somebody at the command line
    WORKER = "worker"  # the clock: retention
    MEMBER = "member"  # a person of the staff area
    PARTNER = "partner"  # a partner of a letter, by the link to their page
    PROGRAM = "program"  # by a token, whose id it is
    VISITOR = "visitor"  # somebody who is not signed in


@dataclass(frozen=True, slots=True)
class Actor:
    """Who did it; the argument `by=` of every staff or operator verb. `id` is never an address."""

    kind: ActorKind
    id: str = ""


WORKER = Actor(ActorKind.WORKER)


class Verb(StrEnum):
    LETTER_IMPORTED = "letter.imported"
    LETTER_ADDED = "letter.added"
    TEXT_ADDED = "text.added"
    TEXT_SAVED = "text.saved"
    TEXT_REVIEWED = "text.reviewed"
    TEXT_PUBLISHED = "text.published"
    TEXT_KEPT = "text.kept"  # still valid after a change of the original
    TEXT_UNPUBLISHED = "text.unpublished"
    TEXT_DISCARDED = "text.discarded"
    TEXTS_UPLOADED = "texts.uploaded"
    LETTER_OPENED = "letter.opened"
    LETTER_CLOSED = "letter.closed"
    LETTER_DELIVERED = "letter.delivered"
    LETTER_DELIVERY_TAKEN_BACK = "letter.delivery_taken_back"
    LETTER_ARCHIVED = "letter.archived"
    LETTER_TAKEN_OUT = "letter.taken_out"  # of the archive
    LETTER_SET = "letter.set"  # something beside its texts
    LETTER_PHRASED = "letter.phrased"  # the small texts of a language
    LETTER_RENAMED = "letter.renamed"
    LETTER_PICTURE_SET = "letter.picture_set"
    WORDINGS_APPROVED = "letter.wordings_approved"
    LETTER_ERASED = "letter.erased"
    SIGNATURES_EXPORTED = "signatures.exported"
    EXPORT_PREVIEWED = "export.previewed"
    EXPORT_ASKED = "export.asked"
    EXPORT_APPROVED = "export.approved"
    EXPORT_REFUSED = "export.refused"
    EXPORT_DROPPED = "export.dropped"  # let go before its time
    EXPORT_CUT_OFF = "export.cut_off"  # it never came to its end
    EXPORT_GONE_LISTED = "export.gone_listed"
    EXPORT_DELIVERED = "export.delivery_made"  # asked for, that is: a worker makes it
    EXPORT_DELIVERY_FETCHED = "export.delivery_fetched"
    DOMAIN_RULED = "domain.ruled"
    COLLECTION_BEGUN = "collection.begun"
    COLLECTION_COUNTED = "collection.counted"
    COLLECTION_UNDONE = "collection.undone"
    COLLECTED_ENTERED = "collected.entered"
    COLLECTED_KNOWN = "collected.known"  # typed in, and counted already
    COLLECTED_OPENED = "collected.opened"  # a page of names
    COLLECTED_SEARCHED = "collected.searched"
    COLLECTED_REMOVED = "collected.removed"
    COLLECTED_DUPLICATE = "collected.duplicate"  # the same address confirmed by mail since
    COLLECTED_EXPORTED = "collected.exported"
    SHEET_PRINTED = "sheet.printed"
    SIGNATURE_OPENED = "signature.opened"
    SIGNATURES_SEARCHED = "signatures.searched"
    SIGNATURE_CORRECTED = "signature.corrected"
    SIGNATURE_MAILED = "signature.mailed"
    SIGNATURE_KEPT = "signature.kept"  # looked at: all is well
    SIGNATURE_SET_ASIDE = "signature.set_aside"
    SIGNATURE_RESTORED = "signature.restored"
    SIGNATURE_WITHDRAWN = "signature.withdrawn"
    NAME_HIDDEN = "name.hidden"
    NAME_SHOWN = "name.shown"  # again
    OBJECTION_ANSWERED = "objection.answered"
    REPORT_CLOSED = "report.closed"
    BULK_STARTED = "bulk.started"
    BULK_FINISHED = "bulk.finished"
    NEWS_WRITTEN = "news.written"
    NEWS_PUBLISHED = "news.published"
    NEWS_WITHDRAWN = "news.withdrawn"
    NEWS_REMOVED = "news.removed"
    BROADCAST_STARTED = "broadcast.started"
    BROADCAST_PAUSED = "broadcast.paused"
    BROADCAST_RESUMED = "broadcast.resumed"
    BROADCAST_STOPPED = "broadcast.stopped"
    BROADCAST_DONE = "broadcast.done"
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
    INVITATION_WITHDRAWN = "member.invitation_withdrawn"
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
    PARTNER_INVITED = "partner.invited"
    PARTNER_ACCEPTED = "partner.accepted"  # the arrangement, by the partner itself
    PARTNER_DECLINED = "partner.declined"
    PARTNER_CHANGED = "partner.changed"
    PARTNER_SUSPENDED = "partner.suspended"
    PARTNER_RESUMED = "partner.resumed"
    PARTNER_LINK_RENEWED = "partner.link_renewed"  # every older link is void
    CODE_MADE = "partner.code_made"  # for a source of the campaign's own
    NEWSLETTERS_LIMITED = "letter.newsletters_limited"  # of partners: how many may ask for one
    NEWSLETTER_SET = "partner.newsletter_set"  # the partner's own, with its wordings
    PARTNER_LIST_EXPORTED = "partner.list_exported"  # who agreed to hear from them
    TOKEN_MADE = "token.made"  # noqa: S105  # a verb
    TOKEN_REVOKED = "token.revoked"  # noqa: S105  # a verb
    WEBHOOK_ADDED = "webhook.added"
    WEBHOOK_SWITCHED = "webhook.switched"  # on or off; off by the worker too
    WEBHOOK_SECRET_RENEWED = "webhook.secret_renewed"  # noqa: S105  # a verb
    WEBHOOK_REPLAYED = "webhook.replayed"
    WEBHOOK_REMOVED = "webhook.removed"
    JOB_PAUSED = "job.paused"
    JOB_RESUMED = "job.resumed"
