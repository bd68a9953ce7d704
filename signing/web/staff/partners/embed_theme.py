"""Colour and font of the sign form's button on a partner's page, as its own page would set them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from signing.letters import colours

ACCENT = "#0b5c4a"
ON_ACCENT = ("#ffffff", "#000000")  # one of them can be read on any colour
FONTS = {
    "page": "inherit",
    "serif": "Georgia, serif",
    "sans": "system-ui, sans-serif",
}
FONT_NAMES: Mapping[str, LazyString] = {
    "page": _l("As on the partner's page"),
    "serif": _l("With serifs"),
    "sans": _l("Without serifs"),
}


@dataclass(frozen=True, slots=True)
class Theme:
    """What was chosen; anything that is no colour or font of ours is passed over."""

    accent: str = ACCENT
    font: str = "page"
    is_wrong: bool = False  # what was typed as a colour is none

    @classmethod
    def read(cls, asked: Mapping[str, str]) -> Self:
        font = asked.get("font", "page")
        known = font if font in FONTS else "page"
        try:
            return cls(colours.read(asked.get("accent", ACCENT)), known)
        except ValueError:
            return cls(font=known, is_wrong=True)

    @property
    def css(self) -> str:
        on = max(ON_ACCENT, key=lambda one: colours.contrast(one, self.accent))
        return (
            "letter-form {\n"
            f"  --letter-accent: {self.accent};\n"
            f"  --letter-on-accent: {on};\n"
            f"  --letter-font: {FONTS[self.font]};\n"
            "}"
        )
