"""Files that a translator brings and that would keep a server busy for hours: refused, or quick."""

from __future__ import annotations

import io
import zipfile
from time import process_time

import pytest

from signing.letters import archive, exchange, po, xliff
from signing.letters.exchange import FileUnusable, NotUtf8
from signing.letters.folder import Folder, FolderBroken

HEAD = b'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=%s\\n"\n"Language: fr\\n"\n\n'
SECONDS = 20  # each took minutes or more, and takes well below one


def zipped(text: str) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("_index.md", text)
    return stream.getvalue()


def unpack(text: str) -> Folder:
    return archive.unpack(zipped(text), known_locales={"en"}, default_locale="en")


def test_po_is_read_as_utf_8_whatever_codec_its_header_names() -> None:
    """Punycode, decoded, takes four times as long for twice as much."""
    heavy = b"# " + b"a" * 200_000 + b"-" + b"a" * 200_000 + b'\nmsgid "a"\nmsgstr "b"\n'
    begin = process_time()
    for charset in (b"punycode", b"iso-8859-1", b"idna", b"hex", b"CHARSET", b""):
        with pytest.raises(NotUtf8):
            po.read(HEAD % charset + heavy)
    with pytest.raises(NotUtf8):
        po.read(HEAD % b"UTF-8" + 'msgid "a"\nmsgstr "é"\n'.encode("latin-1"))
    for charset in (b"UTF-8", b"utf8", b"us-ascii"):
        (unit,) = po.read(HEAD % charset + heavy).units
        assert (unit.source, unit.text) == ("a", "b")
    marked = b"\xef\xbb\xbf" + HEAD % b"utf-8" + 'msgid "a"\nmsgstr "é"\n'.encode()
    assert po.read(marked).units[0].text == "é"
    assert process_time() - begin < SECONDS


def test_po_whose_messages_or_headers_come_again_and_again_is_quick() -> None:
    same = b"".join(
        b'#: a%d:1\n#. x%d\n# y%d\n#, fuzzy\nmsgid "a"\nmsgstr "b"\n' % (n, n, n)
        for n in range(40_000)
    )
    begin = process_time()
    (unit,) = po.read(HEAD % b"utf-8" + same).units
    assert (unit.text, unit.is_open) == ("b", True)
    with pytest.raises(FileUnusable):
        po.read(b'msgid ""\nmsgstr "Language: fr\\n"\n' * 100_000)
    assert process_time() - begin < SECONDS


def test_more_units_than_any_letter_has_are_refused() -> None:
    unit = '<trans-unit id="p"><source>a</source><target>b</target></trans-unit>'
    with pytest.raises(FileUnusable, match="20001"):
        xliff.read(f"<xliff>{unit * (exchange.MOST_UNITS + 1)}</xliff>".encode())
    assert len(xliff.read(f"<xliff>{unit * 3}</xliff>".encode()).units) == 3


def test_xliff_does_not_lie_in_itself_without_end() -> None:
    def nested(depth: int) -> bytes:
        deep = "<g>" * depth + "x" + "</g>" * depth
        unit = f'<trans-unit id="p1"><source>{deep}</source></trans-unit>'
        return f"<xliff>{unit}</xliff>".encode()

    assert xliff.read(nested(50)).units[0].source == "x"
    begin = process_time()
    for depth in (xliff.DEEPEST, 700_000):
        with pytest.raises(FileUnusable, match="<g>"):
            xliff.read(nested(depth))
    assert process_time() - begin < 2  # it is left at once; to walk into it took seven seconds


HEAVY = {
    "sixties": "---\ntitle: x\nx: " + "1:" * 30_000 + "1\n---\nhi\n",
    "sixties by a tag": "---\ntitle: x\nx: !!int '" + "1:" * 30_000 + "1'\n---\nhi\n",
    "long numbers": "---\ntitle: x\nx: " + "9" * 60_000 + "\n---\nhi\n",
    "merged by a tag": "---\ntitle: x\na: &a {b: 1}\nc: {!!merge <<: *a}\n---\nhi\n",
    "much above the text": "---\ntitle: x\n" + "a: [b, c]\n" * 20_000 + "---\nhi\n",
    "names of many parts": '+++\ntitle="x"\n' + "a." * 30_000 + "a=1\n+++\nhi\n",
    "pictures without end": "---\ntitle: x\n---\n" + "![" * 400_000,
}


def test_a_folder_that_would_take_minutes_is_refused_at_once() -> None:
    begin = process_time()
    for name, text in HEAVY.items():
        try:
            unpack(text)
        except FolderBroken:
            continue
        pytest.fail(name)
    assert process_time() - begin < SECONDS


def test_spaces_and_shortcodes_without_end_are_quick() -> None:
    chain = "".join(f"a{n}: &a{n} {{<<: *a{n - 1}, k{n}: 1}}\n" for n in range(1, 1_000))
    begin = process_time()
    for text in (
        "---\ntitle: x\n---\nword" + "\t" * 150_000 + "word",
        "---\ntitle: x\n---\nword" + "{{< a >}}" * 10_000 + "{{< /b >}}" * 9_000,
        "---\ntitle: x\n---\nword " + "{{<" * 15_000 + "a" + ">}}" * 15_000,
        "---\ntitle: x\na0: &a0 {x: 1}\n" + chain + "---\nword",
    ):
        read = unpack(text)
        assert read.default.body.startswith("word")
        assert "{{<" not in read.default.body
    assert process_time() - begin < SECONDS
