"""What the documents say of the code is so: links, settings, commands, columns, shapes."""

from __future__ import annotations

import json
import re
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from signing import ROOT
from signing.cli import signing
from signing.core.settings import PREFIX, Settings
from signing.exports.columns import COLUMNS
from signing.letters import front_matter
from signing.mail.smtp_url import SmtpUrl
from tests.docs import documents
from tests.docs.documents import DOCUMENTS

DOCS = ROOT / "docs"
OPERATORS, CAMPAIGNS, PARTNERS = (
    DOCS / f"{name}.md" for name in ("operators", "campaigns", "partners")
)
ELEMENT = ROOT / "signing" / "web" / "static" / "embed" / "v1.js"


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_links_lead_somewhere(document: Path) -> None:
    for link in documents.links(document):
        path, _, anchor = link.partition("#")
        if "://" in path:
            continue
        target = (document.parent / path).resolve() if path else document
        assert target.is_file(), link
        assert not anchor or anchor in documents.anchors(target), link


def test_every_setting_stands_in_the_table_with_its_default() -> None:
    told = {
        documents.names(name)[0]: default
        for name, default, _meaning in documents.table(OPERATORS, "setting")
    }

    assert told == {f"{PREFIX}{name.upper()}": _default(name) for name in Settings.model_fields}


def _default(name: str) -> str:
    field = Settings.model_fields[name]
    if field.is_required():
        return "required"
    if field.default in (None, "", ()):
        return "empty"
    several = isinstance(field.default, tuple)
    return f"`{','.join(map(str, field.default)) if several else field.default}`"


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_no_setting_is_named_that_does_not_exist(document: Path) -> None:
    named = re.findall(rf"\b{PREFIX}(\w*[A-Z])", document.read_text("utf-8"))

    assert {one.removesuffix("_FILE").lower() for one in named} <= Settings.model_fields.keys()


def test_every_command_is_told_of() -> None:
    told = "\n".join(document.read_text("utf-8") for document in DOCUMENTS)

    assert [command for command in _commands(signing) if command not in told] == []


def _commands(group: click.Command | None, name: str = "signing") -> Iterator[str]:
    if not isinstance(group, click.Group):
        yield name
        return
    context = click.Context(group)
    for word in group.list_commands(context):
        command = group.get_command(context, word)
        yield from _commands(command, f"{name} {word}")


def test_the_printed_forms_of_mail_servers_are_understood() -> None:
    for form, _meaning in documents.table(OPERATORS, "form"):
        SmtpUrl.parse(documents.names(form)[0])


def test_every_key_of_the_front_matter_is_told_of() -> None:
    told = [documents.names(key)[0] for key, *_ in documents.table(CAMPAIGNS, "key")]

    assert sorted(told) == sorted(front_matter.KNOWN)


def test_every_column_of_the_export_is_told_of_in_order() -> None:
    told = [documents.names(column)[0] for column, _ in documents.table(CAMPAIGNS, "column")]

    assert told == list(COLUMNS)


def test_the_printed_json_has_the_shape_of_the_real_one(site_port: int) -> None:
    printed = [json.loads(one.content) for one in documents.fences(PARTNERS, "json")]

    for shape, path in zip(printed, ("fr.json", "fr/by-locale.json"), strict=True):
        url = f"http://127.0.0.1:{site_port}/embed/night-trains/{path}"
        with urllib.request.urlopen(url) as answer:
            real = json.load(answer)
        assert list(shape) == list(real)
        assert {key: type(value) for key, value in shape.items()} == {
            key: type(value) for key, value in real.items()
        }


def test_the_element_is_told_of_as_it_is() -> None:
    source = ELEMENT.read_text("utf-8")
    properties = re.findall(r"var\((--letter-\w+)", source)
    told = [documents.names(one)[0] for one, _ in documents.table(PARTNERS, "custom property")]
    parts = [documents.names(one)[0] for one, _ in documents.table(PARTNERS, "part")]
    attributes = [documents.names(one)[0] for one, _ in documents.table(PARTNERS, "attribute")]

    assert set(told) == set(properties)
    for part in parts:
        assert re.search(rf'make\("\w+", "{part}"\)|make\("{part}"\)', source), part
    for attribute in attributes:
        name = attribute.partition("=")[0]
        assert re.search(rf'of\("{name}"\)|\[{name}\]', source), name
