"""Words in plain Latin letters, as an address or a code can hold them. Pure."""

from __future__ import annotations

import re
import unicodedata

PLAIN = str.maketrans({"ß": "ss", "ø": "o", "æ": "ae", "œ": "oe", "ł": "l", "đ": "d", "ı": "i"})
GERMAN = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})  # what Germans write for them
MOST_CHARACTERS = 1000  # of what is looked at: no address has room for as many


def words(text: str, locale: str) -> list[str]:
    """Of small letters a–z and digits, without marks, as the language writes them; scripts other
    than Latin leave none.
    """
    text = text[:MOST_CHARACTERS]
    own = GERMAN if locale == "de" else {}
    named = unicodedata.normalize("NFC", text).lower().translate(PLAIN | own)
    bare = unicodedata.normalize("NFKD", named)
    letters = "".join(one for one in bare if not unicodedata.combining(one))
    return re.findall(r"[a-z0-9]+", re.sub(r"['’]", "", letters))
