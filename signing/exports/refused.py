"""Why an export is not made, agreed to or fetched."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from signing.core.refusals import Refusal


class NothingToExport(Refusal):
    status = 422
    message = _l("No confirmed signature fits this choice.")


class NobodyElse(Refusal):
    status = 422
    message = _l("More than 1,000 rows need a key, or a second person who may export.")


class DecidedAlready(Refusal):
    status = 409
    message = _l("This export has already been decided, or its time is over: ask for it again.")


class OwnExport(Refusal):
    status = 403
    message = _l("Whoever asks for an export cannot agree to it as well.")


class GrownSince(Refusal):
    status = 409
    message = _l("There are more signatures by now than were asked for. Ask for the export again.")


class NotToFetch(Refusal):
    status = 410
    message = _l("There is no file to fetch any more. Ask for the export again.")


class NotYours(Refusal):
    status = 403
    message = _l("Only whoever asked for an export can fetch it.")


class ErasedSince(Refusal):
    status = 410
    message = _l("The data of this letter was erased: the receiver has to delete every row.")
