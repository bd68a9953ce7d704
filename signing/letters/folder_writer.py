"""A letter written as the folder that `folder_reader` reads."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

import yaml

from signing.letters.folder import NO_PHRASES, NO_SETTINGS, SMALL_FILES, Text
from signing.letters.front_matter import FENCES


def write(
    path: Path,
    default: Text,
    translations: Collection[Text],
    settings: Mapping[str, object],
    phrases: Mapping[str, Mapping[str, str]] = NO_PHRASES,
    picture: bytes = b"",
) -> None:
    """Files that `folder_reader.read` reads back as these very values; `picture` is a WebP."""
    path.mkdir(parents=True, exist_ok=True)
    for text, own_settings, end in (
        (default, settings, "md"),
        *((text, NO_SETTINGS, f"{text.locale}.md") for text in translations),
    ):
        said = {**phrases.get(text.locale, {}), "privacy": text.privacy}
        in_front = {key: value for key, value in said.items() if key not in SMALL_FILES}
        _keep(path / f"_index.{end}", _page(text, {**in_front, **own_settings}))
        for name, file in SMALL_FILES.items():
            if small := said.get(name, ""):
                # A first line that looks like front matter would be taken for it.
                blank = "\n" if small.partition("\n")[0].rstrip() in FENCES else ""
                _keep(path / f"{file}.{end}", f"{blank}{small}\n")
    if picture:
        (path / "picture.webp").write_bytes(picture)


def _keep(file: Path, content: str) -> None:
    file.write_text(content, encoding="utf-8", newline="\n")


def _page(text: Text, settings: Mapping[str, object]) -> str:
    front = dict(_page_front(text, settings))
    source = yaml.safe_dump(front, allow_unicode=True, sort_keys=False, width=1_000_000)
    return f"---\n{source}---\n\n{text.body}\n"


def _page_front(text: Text, settings: Mapping[str, object]) -> Iterator[tuple[str, object]]:
    yield "title", text.title
    if text.summary:
        yield "description", text.summary
    if text.to:
        yield "to", text.to
    for key, value in settings.items():
        yield key, list(value) if isinstance(value, tuple) else value
