"""An e-mail address as somebody typed it: the same rule and the same words in every form."""

from __future__ import annotations

from typing import Any

from email_validator import EmailNotValidError
from flask_babel import LazyString
from flask_babel import lazy_gettext as _l
from wtforms import ValidationError

from signing.core import address_parts
from signing.signatures import mistyped


def find_fault(typed: str) -> LazyString | None:
    """What is wrong with it as it is written; nothing is looked up."""
    try:
        address_parts.of_email(typed.strip())
    except EmailNotValidError:
        if domain := mistyped.leads_nowhere(typed):
            return _l("There is no mail at %(domain)s. Please check the spelling.", domain=domain)
        return _l("Enter a complete e-mail address, such as name@example.org.")
    return None


def complete(_form: Any, field: Any) -> None:
    """For WTForms: the field is stripped afterwards, and holds a complete address."""
    field.data = (field.data or "").strip()
    if fault := find_fault(field.data):
        raise ValidationError(fault)
