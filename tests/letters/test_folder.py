"""A letter as a folder: what is read, what is refused, what comes back after writing."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signing.letters import folder_reader, folder_writer, front_matter
from signing.letters.folder import Folder, FolderBroken, Note, Text
from signing.letters.models import Field, State
from tests import make

LEAVEX = Path(__file__).parents[3] / "shared" / "letters" / "leavex"
DEMO = Path(__file__).parents[2] / "demo" / "letters"
KNOWN = ["en", "de", "fr", "es", "ar", "ja", "pt-pt"]
WORDS = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=30
) | st.sampled_from(
    ["no", "1984", "---", "a: b", "# c", "“d” – ’e’", "2027-01-01", "- f", "@", "g\nh"]
)
LINES = WORDS.map(lambda words: " ".join(words.split()))
TITLES = LINES.filter(bool)
BODIES = st.lists(
    st.sampled_from(["Open roads.", "\n\n", "\n", "---", "+++", "# A", "> ", "  b", "*c* ", "☂"]),
    max_size=12,
).map(lambda parts: "\n\n".join(["Dear all,", "".join(parts)]).rstrip(" \t\n"))  # fmt: skip
NOTICES = st.sampled_from(["Ask us.", "---\nAsk us.\n---", "+++", "# Us\n\n| a |\n|---|\n| b |"])
SETTINGS: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {},
    optional={
        "slug": st.sampled_from(["open-roads", "1984"]),
        "goal": st.integers(1, 1_000_000_000),
        "closes": st.datetimes(timezones=st.just(UTC)),
        "fields": st.sampled_from([("country",), ("city", "comment")]),
        "state": st.sampled_from(["draft", "open", "closed"]),
        "controller": WORDS.map(lambda words: "\n".join(words.splitlines()).strip()).filter(bool),
        "contact": st.just("us@example.org"),
        "minimum_age": st.integers(0, 99),
        "newsletter": TITLES,
        "goal_grows_at": st.integers(50, 100),
        "opens": st.datetimes(timezones=st.just(UTC)),
        "time_zone": st.sampled_from(["UTC", "Asia/Tokyo"]),
        "required": st.sampled_from([("country",), ("city", "comment")]),
        "countries": st.sampled_from([("DE",), ("DE", "FR")]),
        "sender_name": TITLES,
        "reply_address": st.just("answers@example.org"),
        "accent": st.just("#0b5c4a"),
        "picture_focus": st.just((0, 100)),
    },
)

Files = Callable[..., Path]


@pytest.fixture
def files(tmp_path: Path) -> Files:
    """Writes `index.md` and others, and returns their folder."""

    def write(index: str | bytes = "---\ntitle: T\n---\nB", **others: str | bytes) -> Path:
        for name, content in {"index": index, **others}.items():
            data = content if isinstance(content, bytes) else content.encode()
            (tmp_path / f"{name.replace('__', '.')}.md").write_bytes(data)
        return tmp_path

    return write


def read(path: Path, **rules: Any) -> Folder:
    return folder_reader.read(path, known_locales=KNOWN, **rules)


def front(*lines: str) -> str:
    return "\n".join(["---", "title: T", *lines, "---", "B"])


@pytest.mark.parametrize(
    ("name", "locale"),
    [
        ("index.md", ""),
        ("_index.md", ""),
        ("index.pt_PT.md", "pt-pt"),
        ("_index.pt-pt.md", "pt-pt"),
        ("README.md", None),
        ("index.de.md.bak", None),
    ],
)
def test_a_file_name_tells_its_locale(name: str, locale: str | None) -> None:
    assert folder_reader.locale_of(name) == locale


def test_a_folder_is_read_language_by_language(files: Files) -> None:
    path = files(
        '---\ntitle: "Open roads"\ndescription: For all\nto: Council\ngoal: 50\n---\n\nDear all\n',
        index__pt_PT='+++\ntitle = "Ruas abertas"\nto = "À câmara"\n+++\nCaros todos',
        index__de="---\ntitle: Offene Wege\n---\nLiebe alle",
    )

    letter = read(path)

    assert letter.default == Text("en", "Open roads", "For all", "Dear all", "Council")
    assert letter.translations == (
        Text("de", "Offene Wege", "", "Liebe alle", ""),
        Text("pt-pt", "Ruas abertas", "", "Caros todos", "À câmara"),
    )
    assert letter.settings == {"to": "Council", "goal": 50}
    assert letter.notes == ()


def test_the_default_language_can_be_another(files: Files) -> None:
    letter = read(files(index__en="---\ntitle: E\n---\nE"), default_locale="pt_PT")

    assert letter.default.locale == "pt-pt"
    assert [text.locale for text in letter.translations] == ["en"]


def test_bom_and_windows_line_ends_are_taken(files: Files) -> None:
    letter = read(files(b"\xef\xbb\xbf---\r\ntitle: T\r\n---\r\nOne\r\n\r\nTwo\r\n"))

    assert letter.default.body == "One\n\nTwo"


def test_settings_come_typed(files: Files) -> None:
    days = ["opens: 2027-03-31", "closes: 2027-03-31"]  # the same: it is open all that day
    lines = ["fields: [city, country]", *days, "minimum_age: 18", "state: open"]

    assert read(files(front(*lines))).settings == {
        "fields": ("city", "country"),
        "opens": datetime(2027, 3, 31, tzinfo=UTC),
        "closes": datetime(2027, 3, 31, 23, 59, 59, tzinfo=UTC),
        "minimum_age": 18,
        "state": "open",
    }


@pytest.mark.parametrize(
    "moment", ["2027-03-31T12:00:00+02:00", "2027-03-31 10:00:00", "'2027-03-31T10:00Z'"]
)
def test_a_moment_comes_in_utc(files: Files, moment: str) -> None:
    settings = read(files(front(f"opens: {moment}", f"closes: {moment}"))).settings

    assert settings == dict.fromkeys(("opens", "closes"), datetime(2027, 3, 31, 10, tzinfo=UTC))


def test_the_command_line_stands_for_front_matter(files: Files) -> None:
    given_ = {
        "goal": "70",
        "fields": "country,city",
        "to": "You",
        "closes": "2027-03-31",
        "title": "New",
    }

    letter = read(files(front("goal: 50", "to: Them")), settings=given_)

    assert (letter.default.title, letter.default.to) == ("New", "You")
    assert (letter.settings["goal"], letter.settings["fields"]) == (70, ("country", "city"))


@pytest.mark.parametrize("setting", [("colour", "red"), ("goal", "many"), ("closes", "soon")])
def test_a_wrong_word_on_the_command_line_is_refused(
    files: Files, setting: tuple[str, str]
) -> None:
    with pytest.raises(FolderBroken, match=f"--set {setting[0]}: "):
        read(files(), settings=dict([setting]))


@pytest.mark.parametrize(
    ("content", "line", "why"),
    [
        (b"---\ndescription: D\n---\nB", 1, "no title"),
        (b"B without front matter", 1, "no title"),
        (b"---\ntitle: T\n\nB", 1, "never closed"),
        (b"---\ntitle: T\nto: [\n---\nB", 3, "not valid YAML"),
        (b"---\ntitle: T\nto: \x01\n---\nB", 3, "control character"),
        (b"---\ntitle: T\ncloses: 2027-02-30\n---\nB", 3, "a day"),
        (b"---\n" + b"[" * 5000 + b"\n---\nB", 1, "not valid YAML"),
        (b"---\n- title\n---\nB", 2, "names with values"),
        (b"+++\ntitle = \"T\"\nto = \n+++\nB", 3, "not valid TOML"),
        (b"---\ntitle: T\n---\nB\nfa\xe7ade", 5, "not UTF-8"),
        (b"---\ntitle: T\n---\nB\nC\n\0", 6, "NUL"),
        (b'---\ntitle: "T\\0"\n---\nB', 2, "NUL"),
        (b"---\ntitle: T\n---\n \n\t\n", 4, "no text"),
        (b"---\ntitle: T\n---\n{{< x >}}\n", 4, "no text"),
        (b"---\ntitle: 1984\n---\nB", 2, "quotation marks"),
        (front("goal: 0").encode(), 3, "whole number"),
        (front("goal: true").encode(), 3, "whole number"),
        (front("goal: 1.5").encode(), 3, "whole number"),
        (front("minimum_age: 100").encode(), 3, "from 0 to 99"),
        (front("closes: soon").encode(), 3, "a day"),
        (front("fields: [city, postcard, organization]").encode(), 3, "postcard, organization"),
        (front("fields: 7").encode(), 3, "a list"),
        (front("slug: s", "state: delivered").encode(), 4, "draft, open, closed"),
        (front() .encode() + b"a" * 200_000, 0, "200,000 characters"),
        (b"a" * 1_000_001, 0, "1,000,000 bytes"),
    ],
)  # fmt: skip
def test_a_broken_file_names_itself_and_the_line(
    files: Files, content: bytes, line: int, why: str
) -> None:
    with pytest.raises(FolderBroken, match=why) as refused:
        read(files(content))

    assert (refused.value.file, refused.value.line) == ("index.md", line)
    assert str(refused.value).startswith(f"index.md, line {line}: " if line else "index.md: ")


@pytest.mark.parametrize("name", ["index__xx", "index__en", "_index"])
def test_a_language_unknown_or_twice_is_refused(files: Files, name: str) -> None:
    with pytest.raises(FolderBroken, match="language"):
        read(files(**{name: "---\ntitle: T\n---\nB"}))


def test_without_the_default_language_there_is_no_letter(files: Files) -> None:
    path = files()
    (path / "index.md").rename(path / "index.de.md")

    with pytest.raises(FolderBroken, match=r"no index\.md for the default fr"):
        read(path, default_locale="fr")


def test_what_is_no_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FolderBroken, match="not a folder"):
        read(tmp_path / "nowhere")


def test_a_link_out_of_the_folder_is_refused(files: Files, tmp_path_factory: Any) -> None:
    path = files()
    secret = tmp_path_factory.mktemp("elsewhere") / "secret.md"
    secret.write_text("---\ntitle: S\n---\nS")
    (path / "index.de.md").symlink_to(secret)

    with pytest.raises(FolderBroken, match=r"index\.de\.md: this link leads out"):
        read(path)


def test_other_files_and_keys_are_ignored_and_named(files: Files) -> None:
    path = files(front("weight: 3"), README="R", index__de="---\ntitle: D\nslug: d\n---\nB")

    assert read(path).notes == (
        Note("README.md", 0, "not a letter's file; ignored"),
        Note("index.md", 3, "weight is not known; ignored"),
        Note("index.de.md", 3, "slug belongs in the default language's file; ignored"),
    )


def test_the_campaigns_own_part_of_the_privacy_notice_lies_beside_the_letter(files: Files) -> None:
    path = files(
        index__de="---\ntitle: D\n---\nB",
        privacy="---\ntitle: P\n---\n\n{{< a >}}Ask [us](/us).{{< /a >}}\n",
        privacy__de="Fragt uns.\n",
        privacy__fr="Demandez.\n",
    )

    letter = read(path)

    assert letter.default.privacy == "Ask us."
    assert [text.privacy for text in letter.translations] == ["Fragt uns."]
    assert letter.notes == (
        Note("privacy.fr.md", 0, "the letter is not in this language; ignored"),
        Note("privacy.md", 2, "title belongs in the letter's file; ignored"),
        Note("privacy.md", 5, "link to /us removed, its words kept"),
        Note("privacy.md", 5, "shortcode a removed, its words kept"),
    )


@pytest.mark.parametrize(
    ("name", "content", "line", "why"),
    [
        ("privacy", b"\n \n", 1, "no text"),
        ("privacy", b"a\n\xff", 2, "not UTF-8"),
        ("privacy", b"---\nAsk us.", 1, "never closed"),
        ("privacy__xx", b"Ask us.", 0, "no language xx"),
        ("privacy__en", b"Ask us.", 0, "same language"),
    ],
)
def test_a_broken_privacy_file_names_itself_and_the_line(
    files: Files, name: str, content: bytes, line: int, why: str
) -> None:
    path = files(privacy="Ask us.")
    (path / f"{name.replace('__', '.')}.md").write_bytes(content)

    with pytest.raises(FolderBroken, match=why) as refused:
        read(path)

    assert refused.value.file.startswith("privacy")
    assert refused.value.line == line


def test_what_is_taken_from_the_text_is_named_with_the_files_own_lines(files: Files) -> None:
    path = files("---\ntitle: T\n---\n\n{{< a>}}\n[b](/c)\n{{< /a >}}\n\n<p style='d'>e</p>\n")

    letter = read(path)

    assert letter.default.body == "b\n\n\n<p style='d'>e</p>"
    assert letter.notes == (
        Note("index.md", 5, "shortcode a removed, its words kept"),
        Note("index.md", 6, "link to /c removed, its words kept"),
        Note("index.md", 9, "HTML attribute style of <p> removed"),
    )


def test_a_picture_that_cannot_be_taken_names_itself(files: Files) -> None:
    path = files()
    (path / "picture.png").write_bytes(b"no picture")
    with pytest.raises(FolderBroken, match=r"picture\.png: This is no JPEG"):
        read(path)
    (path / "picture.jpg").write_bytes(make.picture())
    with pytest.raises(FolderBroken, match="is a picture, too"):
        read(path)
    (path / "picture.png").unlink()
    brought = read(path).picture
    assert brought is not None
    assert brought.made.picture.width == 1500


@given(TITLES, LINES, BODIES, LINES, st.just("") | NOTICES, SETTINGS)
def test_what_is_written_is_read_again(
    title: str, summary: str, body: str, to: str, privacy: str, settings: dict[str, Any]
) -> None:
    default = Text("en", title, summary, body, to, privacy)
    phrases = {
        locale: {"thanks": privacy, "delivery_note": privacy, "picture_alt": title, **more}
        for locale, more in (("en", {}), ("de", {"newsletter": title}))
        if privacy
    }
    others = (Text("de", title, "", body, "", privacy), Text("pt-pt", title, summary, body, to))
    settings = {**settings, "to": to} if to else settings

    with tempfile.TemporaryDirectory() as path:
        folder_writer.write(Path(path), default, others, settings, phrases)
        assert read(Path(path)) == Folder(default, others, settings, (), phrases)


def test_a_folder_names_the_same_fields_and_states_as_the_tables() -> None:
    assert tuple(Field) == front_matter.FIELDS
    assert set(front_matter.STATES) < set(State)


@pytest.mark.skipif(not LEAVEX.is_dir(), reason="the real letter is not at hand")
def test_a_real_letter_of_seventeen_languages_is_read() -> None:
    known = {folder_reader.locale_of(file.name) or "en" for file in LEAVEX.iterdir()}

    letter = folder_reader.read(LEAVEX, known_locales=known)

    assert len(letter.translations) + 1 == 17
    told = {(note.file, note.what) for note in letter.notes}
    assert told >= {
        ("_index.md", "shortcode alert removed, its words kept"),
        ("_index.md", "link to network/#petitions removed, its words kept"),
        ("_index.de.md", "link to /politicians removed, its words kept"),
        ("_index.fr.md", "HTML attribute style of <p> removed"),
        ("_index.ja.md", "shortcode but removed, its words kept"),
    }
    assert not any("{{" in text.body for text in (letter.default, *letter.translations))


@pytest.mark.parametrize("slug", ["night-trains", "quiet-square"])
def test_the_demo_letters_are_complete_in_every_language(slug: str) -> None:
    letter = read(DEMO / slug)

    assert letter.settings.keys() >= {
        "slug",
        "goal",
        "to",
        "fields",
        "state",
        "controller",
        "contact",
    }
    assert [text.locale for text in letter.translations] == ["ar", "de", "es", "fr", "ja"]
    assert all(text.to and text.summary for text in (letter.default, *letter.translations))
    assert letter.notes == ()
