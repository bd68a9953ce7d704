"""What was done to one letter: the audit log's part about it."""

from __future__ import annotations

from flask import Blueprint
from flask.typing import ResponseReturnValue

from signing.staff_accounts.roles import Act
from signing.web.staff import desk, gate
from signing.web.staff.audit import log as audit_log

bp = Blueprint("history", __name__, url_prefix="/letters/<slug>/history")


@bp.get("")
@gate.asks(Act.READ_AUDIT)
def show() -> ResponseReturnValue:
    letter = desk.letter()
    values = audit_log.prepared(audit_log.wanted(Act.READ_AUDIT, letter))
    return desk.page("staff/audit/history.html", letter=letter, letter_names={}, **values)
