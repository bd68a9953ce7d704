"""What holds for uploaded pictures wherever one is decoded."""

from __future__ import annotations

import struct
import zlib

# What Pillow's readers raise for bytes that only begin like a picture.
DAMAGED = (
    OSError, SyntaxError, ValueError, TypeError, IndexError, KeyError, EOFError, MemoryError,
    struct.error, zlib.error,
)  # fmt: skip
