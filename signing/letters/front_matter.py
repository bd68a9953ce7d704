"""What stands above a letter's text: YAML or TOML, each value turned into what it has to be."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time

import yaml

from signing.letters import colours
from signing.letters.goals import LEAST_PERCENT, MOST_PERCENT
from signing.letters.moments import zones

FENCES = {"---": "YAML", "+++": "TOML"}
# As in `models`, which a pure module does not import.
FIELDS = ("country", "postcode", "city", "organisation", "comment")
STATES = ("draft", "open", "closed")  # a letter reaches the others elsewhere
GOAL_AT_MOST = 1_000_000_000
MOST_CHARACTERS = 64_000  # above a text; a letter's own words about privacy are the longest there
MOST_DOTS = 2_000  # a name of many parts, `a.a.a.…`, is looked up from each part on
NUMBER_CHARACTERS = 40


class Unreadable(ValueError):
    """What is wrong, and in which line of the file (0: in none)."""

    def __init__(self, line: int, why: str) -> None:
        super().__init__(why)
        self.line = line
        self.why = why


@dataclass(frozen=True, slots=True)
class FrontMatter:
    values: Mapping[str, object]
    source: str
    body: str
    body_line: int  # the line of the file that the body begins in

    def line_of(self, key: str) -> int:
        """Where the key stands; 0 where it does not."""
        named = re.compile(rf"""["']?{re.escape(key)}["']?\s*[:=]""")
        lines = enumerate(self.source.split("\n"), start=2)
        return next((number for number, line in lines if named.match(line)), 0)


def split(text: str) -> FrontMatter:
    """The file's two parts; all of it is body where no front matter begins in the first line."""
    lines = text.split("\n")
    fence = lines[0].rstrip()
    if fence not in FENCES:
        return FrontMatter({}, "", text, 1)
    ends = (number for number, line in enumerate(lines[1:], 1) if line.rstrip() == fence)
    end = next(ends, None)
    if end is None:
        raise Unreadable(1, f"the front matter is never closed by {fence}")
    source = "\n".join(lines[1:end])
    if len(source) > MOST_CHARACTERS:
        raise Unreadable(1, f"the front matter has more than {MOST_CHARACTERS:,} characters")
    values = _parse_toml(source) if fence == "+++" else _parse_yaml(source)
    return FrontMatter(values, source, "\n".join(lines[end + 1 :]), end + 2)


_LEFT_AS_TEXT = (":timestamp", ":merge", ":value")


class _Loader(yaml.SafeLoader):
    """Leaves days and moments as text: `_moment` reads them, and the line is known if it cannot.

    Nor does it merge lists of names into each other (`<<`): a chain of them grows with its square.
    """

    yaml_implicit_resolvers = {  # noqa: RUF012
        first: [(tag, form) for tag, form in resolvers if not tag.endswith(_LEFT_AS_TEXT)]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }

    def flatten_mapping(self, node: yaml.MappingNode) -> None:
        """Asked for by a tag, merging is refused too."""
        if any(key.tag.endswith(":merge") for key, _value in node.value):
            raise ValueError("names cannot be merged")

    def measured(self, node: yaml.ScalarNode) -> object:
        """A number that is read at once: `1:1:1:…` counts sixties, each with all before it."""
        if len(node.value) > NUMBER_CHARACTERS:
            raise ValueError("a number beyond all measure")
        whole = node.tag.endswith(":int")
        return self.construct_yaml_int(node) if whole else self.construct_yaml_float(node)


for _kind in ("int", "float"):
    _Loader.add_constructor(f"tag:yaml.org,2002:{_kind}", _Loader.measured)


def _parse_yaml(source: str) -> Mapping[str, object]:
    try:
        values = _Loader(source).get_single_data()
    except yaml.reader.ReaderError as error:
        line = source.count("\n", 0, error.position) + 2
        raise Unreadable(line, "a control character does not belong in YAML") from None
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 2 if error.problem_mark else 1
        raise Unreadable(line, f"not valid YAML: {error.problem or error.context}") from None
    except (ValueError, RecursionError) as error:  # a number or brackets beyond all measure
        raise Unreadable(1, f"not valid YAML: {error}") from None
    if values is None:
        return {}
    if not isinstance(values, dict):
        raise Unreadable(2, "the front matter must be a list of names with values")
    return {str(key): value for key, value in values.items()}


def _parse_toml(source: str) -> Mapping[str, object]:
    if source.count(".") > MOST_DOTS:
        raise Unreadable(1, f"not valid TOML: more than {MOST_DOTS:,} dots")
    try:
        return tomllib.loads(source + "\n")
    except (ValueError, RecursionError) as error:
        place = re.search(r"at line (\d+)", str(error))
        line = int(place[1]) + 1 if place else 1
        raise Unreadable(line, f"not valid TOML: {error}") from None


def one_line(value: object) -> str:
    return " ".join(text(value).split())


def text(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError("this must be text; put it in quotation marks")  # noqa: TRY004
    if "\0" in value:
        raise ValueError("a NUL character does not belong in text")
    return "\n".join(value.splitlines()).strip()  # Unicode knows ten ways to end a line


def _number(value: object, *, least: int, most: int) -> int:
    digits = value.strip() if isinstance(value, str) else ""
    if digits.isascii() and digits.isdecimal() and len(digits) < 20:
        value = int(digits)
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise ValueError(f"this must be a whole number from {least} to {most}")
    return value


def goal(value: object) -> int:
    return _number(value, least=1, most=GOAL_AT_MOST)


def minimum_age(value: object) -> int:
    return _number(value, least=0, most=99)


def opens(value: object) -> datetime:
    """The moment in UTC, which a time without a zone is taken to be in; a day from its begin."""
    return _moment(value, time.min)


def closes(value: object) -> datetime:
    """As `opens`; a day counts to its end."""
    return _moment(value, time(23, 59, 59))


def _moment(value: object, time_of_day: time) -> datetime:
    try:
        moment = _read_moment(value, time_of_day)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise ValueError("this must be a day (2027-03-31) or a moment") from None


def _read_moment(value: object, time_of_day: time) -> datetime:
    if isinstance(value, str):
        value = value.strip()
        value = date.fromisoformat(value) if len(value) <= 10 else datetime.fromisoformat(value)
    if isinstance(value, datetime):
        return value
    if isinstance(value, date):
        return datetime.combine(value, time_of_day, UTC)
    raise ValueError


def fields(value: object) -> tuple[str, ...]:
    """In the order given, each once."""
    listed = value.split(",") if isinstance(value, str) else value
    if not isinstance(listed, list):
        raise ValueError("this must be a list, such as [country, city]")  # noqa: TRY004
    names = dict.fromkeys(text(name) for name in listed)
    names.pop("", None)
    if unknown := [name for name in names if name not in FIELDS]:
        raise ValueError(f"{_listed(unknown)} is not known; known are {_listed(FIELDS)}")
    return tuple(names)


def grows_at(value: object) -> int:
    return _number(value, least=LEAST_PERCENT, most=MOST_PERCENT)


def time_zone(value: object) -> str:
    if value not in zones():
        raise ValueError("this must be a time zone, such as Europe/Berlin")
    return str(value)


def countries(value: object) -> tuple[str, ...]:
    """ISO 3166 codes, sorted, each once; the door knows which there are."""
    listed = value.split(",") if isinstance(value, str) else value
    if not isinstance(listed, list):
        raise ValueError("this must be a list, such as [DE, FR]")  # noqa: TRY004
    codes = {text(one).upper() for one in listed} - {""}
    if wrong := sorted(one for one in codes if not re.fullmatch("[A-Z]{2}", one)):
        raise ValueError(f"{_listed(wrong)} is no code of a country")
    return tuple(sorted(codes))


def accent(value: object) -> str:
    try:
        colour = colours.read(text(value))
    except ValueError:
        raise ValueError('this must be a colour in quotation marks, such as "#0b5c4a"') from None
    if not colours.can_be_read(colour):
        near = colours.nearest(colour)
        raise ValueError(f"this colour is too pale to be read; the nearest that can be is {near}")
    return colour


def focus(value: object) -> tuple[int, int]:
    """Where to look in the picture, in per cent from its left and its top."""
    if not isinstance(value, list) or len(value) != 2:
        raise ValueError("this must be two numbers from 0 to 100, such as [50, 30]")
    across, down = (_number(one, least=0, most=100) for one in value)
    return across, down


def state(value: object) -> str:
    if value not in STATES:
        raise ValueError(f"this must be one of {_listed(STATES)}")
    return str(value)


def _listed(names: Iterable[str]) -> str:
    return ", ".join(names)


SETTINGS: Mapping[str, Callable[[object], object]] = {
    "slug": text,
    "goal": goal,
    "goal_grows_at": grows_at,
    "opens": opens,
    "closes": closes,
    "time_zone": time_zone,
    "to": one_line,
    "fields": fields,
    "required": fields,
    "countries": countries,
    "state": state,
    "controller": text,
    "contact": text,
    "minimum_age": minimum_age,
    "newsletter": text,
    "sender_name": one_line,
    "reply_address": text,
    "accent": accent,
    "picture_focus": focus,
}
OF_EACH_LANGUAGE = ("title", "description", "to", "date", "picture_alt", "newsletter")
KNOWN = {*SETTINGS, *OF_EACH_LANGUAGE}
