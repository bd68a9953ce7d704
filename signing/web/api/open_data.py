"""Open data: counts as CSV, a table a file, as far as whole tens go, small cells merged."""

from __future__ import annotations

import csv
import io
from datetime import timedelta

from flask import Blueprint, Response
from flask.typing import ResponseReturnValue

from signing.letters import queries as letters
from signing.web import headers
from signing.web.api.letters import table, told_until

bp = Blueprint("open_data", __name__, url_prefix="/open-data")

KEPT_SECONDS = 600


@bp.get("/<slug:slug>/<any(locale, country, day):dimension>.csv")
def as_csv(slug: str, dimension: str) -> ResponseReturnValue:
    """Two columns: what, and how many. The name of the file says up to which day."""
    letter = letters.get_by_slug(slug)
    until = told_until(letter)
    written = io.StringIO()
    sheet = csv.writer(written)
    sheet.writerow((dimension, "count"))
    sheet.writerows(table(letter.id, dimension, until).items())
    response = Response(written.getvalue(), content_type="text/csv; charset=utf-8; header=present")
    last_day = (until - timedelta(days=1)).date()
    name = f"{letter.slug}-{dimension}-{last_day}.csv"
    response.headers["Content-Disposition"] = f'inline; filename="{name}"'
    return headers.share(response, KEPT_SECONDS, browser_seconds=KEPT_SECONDS)
