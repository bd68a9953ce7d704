"""A letter's texts: begun, written, translated, exchanged as files."""
