"""The demo's mail server keeps what it gets, and shows it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from signing.mail import sink
from signing.mail.message import Content, build
from signing.mail.sink import Sink
from signing.mail.smtp import Connection, SmtpUrl

RTL = Content("أكّد توقيعك", "مرحبًا،\n.\nاضغط\n", '<p dir="rtl">مرحبًا</p>\n', "ar", "rtl")
AT = datetime(2026, 11, 21, 6, tzinfo=UTC)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "data" / "outbox"


@pytest.fixture
def server(folder: Path) -> Iterator[Sink]:
    server = Sink(folder, most=3)
    server.start()
    yield server
    server.stop()


def send(server: Sink, *recipients: str) -> None:
    with Connection(
        SmtpUrl.parse(f"smtp://127.0.0.1:{server.port}"), ehlo="localhost"
    ) as connection:
        for to in recipients:
            message = build(
                RTL,
                to=to,
                sender_name="Open roads",
                sender_address="letters@example.org",
                reply_to=None,
                message_id="<1@example.org>",
                date=AT,
            )
            connection.send(message, envelope_from="letters@example.org", to=to)


def test_a_mail_can_be_read_as_it_was_written(server: Sink, folder: Path) -> None:
    send(server, "ada@example.org")

    [mail] = sink.read(folder)
    assert (mail.to, mail.subject, mail.date) == ("ada@example.org", RTL.subject, AT)
    assert (mail.text, mail.html) == (RTL.text, RTL.html)
    assert "Message-ID: <1@example.org>" in mail.headers.splitlines()


def test_the_newest_come_first_and_the_oldest_go(server: Sink, folder: Path) -> None:
    send(server, *(f"{n}@example.org" for n in range(5)))

    assert [mail.to for mail in sink.read(folder)] == [f"{n}@example.org" for n in (4, 3, 2)]
    assert len(list(folder.iterdir())) == 3
    assert sink.read(folder)[0].name.startswith("00000005-")


def test_an_address_beyond_ascii_is_kept(server: Sink, folder: Path) -> None:
    send(server, "übung@bücher.example")

    assert sink.read(folder)[0].to == "übung@bücher.example"


def test_nobody_else_may_look_into_the_folder(server: Sink, folder: Path) -> None:
    assert folder.stat().st_mode & 0o777 == 0o700


def test_a_mail_that_is_not_finished_is_not_shown(folder: Path) -> None:
    assert sink.read(folder) == []
    folder.mkdir(parents=True)
    (folder / ".00000001-20261121T060000Z.eml").write_bytes(b"X-Envelope")
    assert sink.read(folder) == []


def test_a_mail_by_another_program_is_shown_as_well_as_can_be(folder: Path) -> None:
    folder.mkdir(parents=True)
    (folder / "00000001-20261121T060000Z.eml").write_bytes(b"Date: never\r\n\r\nhello\r\n")

    [mail] = sink.read(folder)
    assert (mail.to, mail.subject, mail.date, mail.html) == ("", "", None, "")
    assert mail.text.strip() == "hello"


def test_it_stops_while_a_client_is_still_connected(folder: Path) -> None:
    server = Sink(folder)
    server.start()
    connection = Connection(SmtpUrl.parse(f"smtp://127.0.0.1:{server.port}"), ehlo="localhost")
    connection.check()

    server.stop()
    connection.close()
