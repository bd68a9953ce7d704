"""Invented people who have signed the demo letters."""

from __future__ import annotations

from signing.signatures.models import Show

SIGNERS: tuple[tuple[str, str, str, Show], ...] = (
    ("en", "Margaret Whitlow", "GB", Show.FULL),
    ("en", "O", "MM", Show.FULL),  # a whole name, for some
    ("en", "Tomasz Ellery", "IE", Show.INITIAL),
    ("de", "Jürgen Öhlschläger", "DE", Show.FULL),
    ("de", "Annika Brandstätter", "AT", Show.INITIAL),
    ("de", "Wiebke Harms", "DE", Show.NO),
    ("fr", "Hélène d’Aubrac", "FR", Show.FULL),
    ("fr", "Noël Lefèvre", "BE", Show.FULL),
    ("es", "José Ortega Ruiz", "ES", Show.FULL),
    ("es", "Núria Puig", "ES", Show.INITIAL),
    ("ar", "ليلى الحداد", "LB", Show.FULL),
    ("ar", "يوسف منصور", "EG", Show.FULL),
    ("ja", "山田 花子", "JP", Show.FULL),
    ("ja", "佐藤 健", "JP", Show.NO),
    ("en", "Zoë Lindqvist", "SE", Show.FULL),
    ("fr", "Mehmet Aydın", "FR", Show.NO),
)
