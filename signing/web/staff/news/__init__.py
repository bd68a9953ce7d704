"""News of a letter: written, looked at, mailed."""
