"""How large a list of signatures from elsewhere may be, and what is said about it. Pure."""

from __future__ import annotations

FILE_BYTES = 50 * 1024 * 1024
AROUND_BYTES = 64 * 1024  # the rest of the form that the file comes in
# In characters:
SOURCE = 120
LINK = 500
WORDING = 4000
COLUMNS = 1000
