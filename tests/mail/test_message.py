"""A finished text becomes a message that any server takes and no input can bend."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any
from uuid import UUID

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from signing.mail.message import Content, build, message_id, wire_address

ROW = UUID("01933c7a-5b1e-7abc-8def-0123456789ab")
CONTENT = Content("Please confirm", "Hello.\n", "<p>Hello.</p>\n", "en", "ltr")
ARABIC = Content(
    "أكّد توقيعك على الرسالة المفتوحة من أجل طرق مفتوحة للجميع",
    "مرحبًا،\nاضغط الزر.\n",
    '<!doctype html><html lang="ar" dir="rtl"><p>مرحبًا</p></html>\n',
    "ar",
    "rtl",
)
JAPANESE = Content(
    "公開書簡への署名を確認してください" * 5, "こんにちは。\n", "<p>こんにちは。</p>\n", "ja", "ltr"
)
# What a mail program might read as a header, a second address, or an encoded word.
NASTY = (
    st.text(st.sampled_from(list('\r\n\0\t\x0b\x0c\x1c\x85\u2028 ,;:<>@"\\()=?_aé名م'))) | st.text()
)


def built(content: Content = CONTENT, **changes: Any) -> EmailMessage:
    arguments: dict[str, Any] = {
        "to": "ada@example.org",
        "sender_name": "Open roads",
        "sender_address": "letters@example.org",
        "reply_to": None,
        "message_id": message_id(ROW, "example.org"),
        "date": datetime(2026, 11, 21, 6, tzinfo=UTC),
    }
    return build(content, **arguments | changes)


def arrived(message: EmailMessage) -> EmailMessage:
    """As another program reads the bytes."""
    return message_from_bytes(message.as_bytes(), EmailMessage, policy=default)


def body(message: EmailMessage, subtype: str) -> str:
    part = message.get_body((subtype,))
    assert part
    return str(part.get_content()).replace("\r\n", "\n")


@pytest.mark.parametrize("content", [CONTENT, ARABIC, JAPANESE])
def test_what_was_written_arrives_in_every_script(content: Content) -> None:
    message = arrived(built(content))

    assert message["Subject"] == content.subject
    assert body(message, "plain") == content.text
    assert body(message, "html") == content.html
    assert message["Content-Language"] == content.locale


def test_plain_text_comes_first_and_html_is_its_alternative() -> None:
    message = arrived(built())

    assert message.get_content_type() == "multipart/alternative"
    kinds = [part.get_content_type() for part in message.iter_parts()]
    assert kinds == ["text/plain", "text/html"]
    assert {part.get_content_charset() for part in message.iter_parts()} == {"utf-8"}


def test_machines_are_told_not_to_answer() -> None:
    message = arrived(built(reply_to="team@example.org"))

    assert message["Auto-Submitted"] == "auto-generated"
    assert message["X-Auto-Response-Suppress"] == "All"
    assert message["Reply-To"] == "team@example.org"
    assert message["Date"] == "Sat, 21 Nov 2026 06:00:00 +0000"
    assert message["From"] == "Open roads <letters@example.org>"


def test_a_retry_is_the_same_message_to_the_byte() -> None:
    assert built(ARABIC).as_bytes() == built(ARABIC).as_bytes()
    other = message_id(UUID(int=ROW.int + 1), "example.org")
    assert built().get_boundary() != built(message_id=other).get_boundary()


def test_a_message_id_stays_the_same_and_does_not_show_the_row() -> None:
    first = message_id(ROW, "bücher.example")

    assert first == message_id(ROW, "bücher.example")
    assert re.fullmatch(r"<[0-9a-f]{32}@xn--bcher-kva\.example>", first)
    assert not any(ROW.hex[i : i + 6] in first for i in range(26))


def test_a_domain_goes_out_in_a_labels_unless_the_local_part_needs_utf8_anyhow() -> None:
    assert wire_address("ada@bücher.example") == "ada@xn--bcher-kva.example"
    assert wire_address("ada@faß.example") == "ada@xn--fa-hia.example"
    assert wire_address("übung@bücher.example") == "übung@bücher.example"
    assert built(to="ada@bücher.example").as_bytes().isascii()
    assert "To: übung@bücher.example\r\n".encode() in built(to="übung@bücher.example").as_bytes()


@pytest.mark.parametrize(
    "address", ["", "ada", "@example.org", "a b@example.org", "a@b@c", "a@x>, <b@y", "a@x\nBcc:b@y",
                "ada@-ä-.example", "\ud800@example.org", "a" * 400 + "@example.org"]
)  # fmt: skip
def test_what_is_no_address_is_refused_without_being_repeated(address: str) -> None:
    with pytest.raises(ValueError, match=r"^This is not an e-mail address\.$"):
        built(to=address)


def test_a_header_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="name of a header"):
        built(headers={"Bcc: ada@example.org\nX": "1"})


def test_a_long_link_stays_whole() -> None:
    link = f"<https://letters.example.org/u/{'x' * 300}>"
    message = built(headers={"List-Unsubscribe": f"{link}, <mailto:stop@example.org>"})

    assert link.encode() in message.as_bytes()


def test_a_subject_begins_at_its_own_side() -> None:
    assert arrived(built(replace(ARABIC, subject="Leavex: وقّع")))["Subject"] == "\u200fLeavex: وقّع"
    assert arrived(built(replace(CONTENT, subject="وقّع: sign")))["Subject"] == "\u200eوقّع: sign"
    assert arrived(built(replace(ARABIC, subject="1848!")))["Subject"] == "1848!"


@given(name=NASTY, subject=NASTY, value=NASTY)
@example(name="=?utf-8?q?x=0D=0ABcc:_a@b?=", subject="=?utf-8?q?x=0D=0ABcc:_a@b?=", value="")
@example(name="Smith, Wesson <a@b>, " * 9, subject="a" * 2000, value="a,b " * 99)
@example(name="a" * 2000, subject="\r\nBcc: a@b\r\n\r\nbody", value="\r\nBcc: a@b")
def test_no_input_becomes_a_header_or_a_recipient(name: str, subject: str, value: str) -> None:
    plain = arrived(built(headers={"Feedback-ID": "x"}))
    message = built(
        replace(CONTENT, subject=subject), sender_name=name, headers={"Feedback-ID": value}
    )
    read = arrived(message)

    assert read.keys() == plain.keys()
    assert body(read, "plain") == CONTENT.text
    assert without_spaces(read["Subject"]) == without_spaces(subject)
    [sender] = read["From"].addresses
    assert sender.addr_spec == "letters@example.org"
    assert without_spaces(sender.display_name) == without_spaces(name)


def without_spaces(text: str) -> str:
    """What must be kept; spaces and marks of direction may be added, controls go."""
    return re.sub(r"[\s\x00-\x1f\x7f-\x9f\u2028\u2029\u200e\u200f]+", "", text)


@given(text=st.text(), html=st.text(), subject=NASTY, name=NASTY)
def test_every_line_is_short_ascii_and_ends_as_smtp_wants_it(
    text: str, html: str, subject: str, name: str
) -> None:
    message = built(Content(subject, text, html, "en", "ltr"), sender_name=name)
    lines = message.as_bytes().split(b"\r\n")

    assert message.as_bytes().isascii()
    assert all(len(line) <= 998 and not re.search(rb"[\r\n]", line) for line in lines)
    assert all(len(word) <= 75 for word in re.findall(rb"=\?utf-8\?\S+", message.as_bytes()))
