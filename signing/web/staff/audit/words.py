"""What stands in the audit log's details, in words. A law keeps the names complete."""

from __future__ import annotations

from typing import Any

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from signing.letters.models import ProofOfWork
from signing.mail.domains import Rule
from signing.moderation import reasons
from signing.moderation.models import Outcome
from signing.partners.models import HookState, Scope
from signing.web.staff import words, work
from signing.web.staff.collected import words as collected_words
from signing.web.staff.exports import words as exports_words
from signing.web.staff.news import pages as news
from signing.web.staff.signatures import words as signatures_words

NAMES: dict[str, LazyString] = {
    # Letters
    "slug": _l("Address of the letter"),
    "locale": _l("Language"),
    "locales": _l("Languages"),
    "languages": _l("Languages"),
    "version": _l("Version"),
    "correction": _l("Correction"),
    "added": _l("Added"),
    "changed": _l("Changed"),
    "why": _l("Why"),
    "at": _l("When"),
    "approved": _l("Wordings"),
    "digest": _l("Checksum"),
    "removed": _l("Removed"),
    "x": _l("Focus from the left, in percent"),
    "y": _l("Focus from the top, in percent"),
    "on": _l("Switched on"),
    # What is set for them
    "to": _l("Addressee"),
    "controller": _l("Who is responsible"),
    "contact": _l("Contact"),
    "minimum_age": _l("Minimum age"),
    "newsletter": _l("Newsletter"),
    "goal": _l("Goal"),
    "goal_grows_at": _l("The goal grows at so many percent"),
    "opens_at": _l("Opens"),
    "closes_at": _l("Closes"),
    "time_zone": _l("Time zone"),
    "fields": _l("Fields"),
    "required": _l("Required fields"),
    "countries": _l("Countries"),
    "sender_name": _l("Sender's name"),
    "reply_address": _l("Address for replies"),
    "takes_reminders": _l("Reminders"),
    "work": _l("Proof of work"),
    "accent": _l("Colour"),
    "thanks": _l("After confirming"),
    "delivery_note": _l("About the delivery"),
    "picture_alt": _l("What the picture shows"),
    # Signatures, and what they are looked for by
    "address": _l("E-mail address"),
    "address_digest": _l("E-mail address"),
    "name": _l("Name"),
    "city": _l("Town"),
    "postcode": _l("Postcode"),
    "organisation": _l("Organisation"),
    "comment": _l("Comment"),
    "country": _l("Country"),
    "partner_id": _l("Partner"),
    "entry": _l("Where they signed"),
    "first_day": _l("From day"),
    "last_day": _l("To day"),
    "state": _l("State"),
    "reason": _l("Reason"),
    "is_flagged": _l("Marked to look at"),
    "deed": _l("Deed"),
    "stands": _l("The decision stands"),
    "outcome": _l("Outcome"),
    "reported": _l("Times reported"),
    "ticked": _l("Ticked one by one"),
    "undoes": _l("Undoes"),
    "found": _l("Found"),
    "deleted": _l("Deleted"),
    "retired": _l("Turned into a number"),
    "brought": _l("Brought by partners"),
    "shown_name": _l("Public names"),
    # Exports and collected signatures
    "export": _l("Export"),
    "format": _l("File"),
    "columns": _l("Columns"),
    "filters": _l("Filters"),
    "number": _l("Number"),
    "n": _l("Number"),
    "done": _l("Done"),
    "is_encrypted": _l("Encrypted"),
    "has_names": _l("With names"),
    "kind": _l("Kind"),
    "basis": _l("Basis for keeping addresses"),
    "as_of": _l("As of"),
    "row": _l("Row"),
    "duplicates": _l("Known already"),
    "left_out": _l("Left out"),
    "was": _l("Before"),
    "wording": _l("Wording"),
    # News
    "broadcast": _l("Mailing"),
    "audience": _l("Who gets it"),
    "people": _l("People"),
    "by_locale": _l("By language"),
    "pace": _l("Mails an hour"),
    "due_at": _l("Not before"),
    "second_within_a_day": _l("A second mail on one day"),
    "mails": _l("Mails"),
    "stopped": _l("Not sent any more"),
    # Partners and programs
    "partner": _l("Partner"),
    "code": _l("Code"),
    "origins": _l("Websites"),
    "logo": _l("Logo"),
    "most": _l("At most"),
    "host": _l("Host"),
    "calls": _l("Calls"),
    "scopes": _l("What it opens"),
    # Members and the house
    "role": _l("Role"),
    "what": _l("What"),
    "rule": _l("Rule"),
    "wrapped": _l("Keys wrapped anew"),
    "destroyed": _l("Keys destroyed"),
    "noted": _l("Notes in the key store"),
    "erased": _l("Letters erased again"),
    "paused": _l("Mailings paused"),
    "let_go": _l("Exports let go"),
    "signed_out": _l("Sessions ended"),
    # Done once more after a restore: see `core.keystore.Forgotten`
    "withdrawn": _l("Signatures withdrawn again"),
    "hidden": _l("Names hidden again, for signers"),
    "hidden:staff": _l("Names hidden again, by staff"),
    "set_aside": _l("Signatures set aside again"),
    "suppressed": _l("Addresses never to be mailed"),
    "unsubscribed:news": _l("Consents taken back: news"),
    "unsubscribed:newsletter": _l("Consents taken back: newsletter"),
    "unsubscribed:follow_up": _l("Consents taken back: follow-up letter"),
    "unsubscribed:partner": _l("Consents taken back: partners' newsletters"),
    "removed:collected": _l("Collected signatures removed again"),
    "undone:collection": _l("Collections taken out again"),
    "withdrawn:news": _l("News posts taken off again"),
    "revoked:token": _l("Tokens revoked again"),
    "removed:webhook": _l("Webhooks removed again"),
    "suspended:partner": _l("Partners suspended again"),
    "declined:partner": _l("Partners declined again"),
    "ended:member": _l("Accounts ended again"),
}

# What a detail says, by its name; several sorts of events may have one of the same name.
VALUES: dict[str, dict[Any, LazyString]] = {
    "work": {
        ProofOfWork.AUTO: _l("only in a rush"),
        ProofOfWork.ON: _l("always"),
        ProofOfWork.OFF: _l("never"),
    },
    "entry": {**signatures_words.ENTRIES},
    "reason": {**reasons.WORDS, **signatures_words.ASKED},
    "deed": {**signatures_words.DEEDS},
    "outcome": {
        Outcome.KEPT: _l("The name may stay"),
        Outcome.HIDDEN: _l("Name hidden"),
        Outcome.SET_ASIDE: _l("Signature set aside"),
        Outcome.NOBODY: _l("No such name is shown"),
    },
    "found": {
        **signatures_words.STATES, "none": _l("nobody"), "erased": _l("all is erased"),
    },
    "format": {**exports_words.FORMATS},
    "columns": {**exports_words.COLUMNS},
    "kind": {**collected_words.KINDS, **work.NAMES},
    "basis": {**collected_words.BASES},
    "was": {**collected_words.STATES},
    "audience": {**news.AUDIENCE_NAMES},
    "pace": {"0": _l("as many as the mail server takes")},
    "state": {HookState.ON: _l("on"), HookState.OFF: _l("off")},
    "scopes": {
        Scope.SIGNATURES: _l("Read signatures"),
        Scope.SIGN: _l("Have people sign"),
        Scope.NAMES: _l("Read the public names"),
        Scope.PARTNERS: _l("Read what partners and sources brought"),
        Scope.IMPORTS: _l("Bring in lists of signatures from elsewhere"),
        Scope.HOOKS: _l("See how webhooks fare"),
        Scope.SET_HOOKS: _l("Set webhooks"),
    },
    "role": {**words.ROLES, "as before": _l("as before")},
    "what": {
        "app": _l("App with codes"),
        "passkey": _l("Passkey"),
        "recovery codes": _l("Recovery codes"),
        "recovery code": _l("Recovery code"),
    },
    "rule": {Rule.ALLOW: _l("allowed"), Rule.BLOCK: _l("blocked"), "none": _l("no rule")},
}  # fmt: skip
# What may name a person is noted as having changed, and no more.
CHANGED = {"changed": _l("changed")}
# Under these stand names that have words above; languages; countries; moments; days.
OF_NAMES = frozenset({"fields", "filters", "required", "changed"})
OF_LANGUAGES = frozenset({"locale", "locales", "languages", "by_locale", "added", "changed"})
OF_COUNTRIES = frozenset({"country", "countries"})
OF_MOMENTS = frozenset({"at", "due_at", "opens_at", "closes_at"})
OF_DAYS = frozenset({"as_of"})
