"""Messages leave over one connection, and of each it is known whether the server took it."""

from __future__ import annotations

import re
import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from email.message import EmailMessage
from typing import Any

import pytest

from signing.mail.message import Content, build
from signing.mail.smtp import Connection, Refused, Stage, Unknown, Unreachable
from signing.mail.smtp_url import Security, SmtpUrl
from tests.mail.smtp_server import Refusing, SmtpServer

ADA = "ada.secret@example.org"
SENDER = "letters@example.org"
LOGIN = ("campaign@example.org", "p@ss:w/ rd#%")


def mail(text: str = "Hello.\n", to: str = ADA, locale: str = "en") -> EmailMessage:
    return build(
        Content("Please confirm", text, f"<p>{text}</p>\n", locale, "ltr"),
        to=to,
        sender_name="Open roads",
        sender_address=SENDER,
        reply_to=None,
        message_id="<1@example.org>",
        date=datetime(2026, 11, 21, 6, tzinfo=UTC),
    )


Outcome = tuple[Stage, int | None, bool]


@contextmanager
def failing(
    kind: type[Refused | Unreachable | Unknown],
) -> Iterator[Callable[[], Outcome]]:
    """What is done inside fails so, and what is said about it names nobody."""
    outcome: list[Outcome] = []
    with pytest.raises(kind) as caught:
        yield lambda: outcome[0]
    failure = caught.value
    assert not re.search("@|secret|example", f"{failure} {failure!r}")
    assert failure.__suppress_context__ or not failure.__context__  # a traceback says no more
    outcome.append((failure.stage, failure.code, failure.permanent))


@pytest.fixture
def server() -> Iterator[SmtpServer]:
    with SmtpServer() as server:
        yield server


@pytest.fixture
def connection(server: SmtpServer) -> Iterator[Connection]:
    with connected(server) as connection:
        yield connection


def connected(server: SmtpServer, url: SmtpUrl | None = None, **options: Any) -> Connection:
    url = url or SmtpUrl.parse(server.url)
    options = {"ehlo": "localhost", "context": server.client_context, "timeout": 10.0} | options
    return Connection(url, **options)


def send(connection: Connection, to: str = ADA) -> None:
    connection.send(mail(to=to), envelope_from=SENDER, to=to)


def test_many_mails_go_over_one_connection(server: SmtpServer, connection: Connection) -> None:
    for n in range(5):
        send(connection, f"{n}@example.org")

    received = server.wait_for(5)
    assert [r.to for r in received] == [(f"{n}@example.org",) for n in range(5)]
    assert {r.envelope_from for r in received} == {SENDER}
    assert {r.connection for r in received} == {1}


def test_lines_that_begin_with_a_dot_arrive(server: SmtpServer, connection: Connection) -> None:
    message = mail(".\n..\n.hidden\nend\n")

    connection.send(message, envelope_from=SENDER, to=ADA)

    assert server.received[0].raw == message.as_bytes()


def test_a_connection_is_opened_anew_after_so_many_mails(server: SmtpServer) -> None:
    with connected(server, most=2) as connection:
        for _ in range(5):
            send(connection)

    assert [r.connection for r in server.received] == [1, 1, 2, 2, 3]


def test_a_connection_that_rested_too_long_is_opened_anew(server: SmtpServer) -> None:
    with connected(server, idle=0.0) as connection:
        send(connection)
        send(connection)

    assert [r.connection for r in server.received] == [1, 2]


@pytest.mark.parametrize("politely", [True, False])
def test_a_server_that_hung_up_meanwhile_is_called_once_more(
    server: SmtpServer, connection: Connection, *, politely: bool
) -> None:
    send(connection)
    server.close_idle(politely=politely)
    send(connection)

    assert [r.connection for r in server.received] == [1, 2]


@pytest.mark.parametrize("security", [Security.STARTTLS, Security.TLS])
def test_a_mail_goes_through_tls_with_a_login(security: Security) -> None:
    with SmtpServer(security, login=LOGIN) as server, connected(server) as connection:
        send(connection)

        assert server.wait_for(1)[0].to == (ADA,)


@pytest.mark.parametrize("security", [Security.STARTTLS, Security.TLS])
def test_a_certificate_that_nobody_vouches_for_is_refused(security: Security) -> None:
    with SmtpServer(security) as server:
        context = ssl.create_default_context()
        with connected(server, context=context) as connection, failing(Unreachable) as failed:
            send(connection)

    assert failed() == (Stage.TLS, None, False)
    assert server.received == []


def test_starttls_is_required_where_it_is_asked_for(server: SmtpServer) -> None:
    url = replace(SmtpUrl.parse(server.url), security=Security.STARTTLS)
    with connected(server, url) as connection, failing(Unreachable) as failed:
        send(connection)

    assert failed() == (Stage.TLS, None, False)
    assert server.received == []


@pytest.mark.parametrize("security", list(Security))
def test_a_wrong_password_is_for_the_operator_to_mend(security: Security) -> None:
    with SmtpServer(security, login=LOGIN) as server:
        url = replace(SmtpUrl.parse(server.url), password="guess")
        with connected(server, url) as connection, failing(Unreachable) as failed:
            connection.check()

    assert failed() == (Stage.LOGIN, 535, False)


def test_a_login_that_is_missing_does_not_kill_the_mail() -> None:
    with SmtpServer(login=LOGIN) as server:
        url = replace(SmtpUrl.parse(server.url), user="", password="")
        with connected(server, url) as connection, failing(Refused) as failed:
            send(connection)

    assert failed() == (Stage.MAIL, 530, False)


@pytest.mark.parametrize(
    ("stage", "code", "permanent"),
    [
        ("mail", 451, False),
        ("mail", 550, False),  # it is us who are refused: the mail can wait until that is mended
        ("rcpt", 450, False),
        ("rcpt", 550, True),
        ("data", 451, False),
        ("data", 554, True),
    ],
)
def test_a_refusal_says_where_and_whether_for_good_and_the_connection_goes_on(
    server: SmtpServer, connection: Connection, stage: Refusing, code: int, *, permanent: bool
) -> None:
    server.refuse(stage, code)
    with failing(Refused) as failed:
        send(connection)
    send(connection, "next@example.org")

    assert failed() == (Stage(stage), code, permanent)
    assert [(r.to, r.connection) for r in server.received] == [(("next@example.org",), 1)]


@pytest.mark.parametrize("stage", ["mail", "rcpt", "data"])
def test_a_server_that_goes_away_takes_no_mail_and_is_called_again_for_the_next(
    server: SmtpServer, connection: Connection, stage: Refusing
) -> None:
    server.refuse(stage, 421)
    with failing(Unreachable) as failed:
        send(connection)
    send(connection)

    assert failed() == (Stage(stage), 421, False)
    assert [r.connection for r in server.received] == [2]


def test_a_connection_lost_before_the_dot_took_nothing(
    server: SmtpServer, connection: Connection
) -> None:
    server.drop("before_dot")
    with failing(Unreachable) as failed:
        send(connection)

    assert failed() == (Stage.DATA, None, False)
    assert server.received == []


def test_a_connection_lost_after_the_dot_leaves_it_open_and_a_retry_is_the_same_mail(
    server: SmtpServer, connection: Connection
) -> None:
    server.drop("after_dot")
    with failing(Unknown) as failed:
        send(connection)
    send(connection)

    assert failed() == (Stage.DATA, None, False)
    first, second = server.wait_for(2)
    assert first.raw == second.raw


def test_nobody_there_is_a_failure_that_passes() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    url = SmtpUrl.parse(f"smtp://127.0.0.1:{port}")
    with Connection(url) as connection, failing(Unreachable) as failed:
        send(connection)

    assert failed() == (Stage.CONNECT, None, False)


def test_a_server_that_says_nothing_is_not_waited_for_for_ever() -> None:
    with socket.create_server(("127.0.0.1", 0)) as mute:
        url = SmtpUrl.parse(f"smtp://127.0.0.1:{mute.getsockname()[1]}")
        with Connection(url, timeout=0.2) as connection, failing(Unreachable) as failed:
            send(connection)

    assert failed() == (Stage.CONNECT, None, False)


def test_an_address_beyond_ascii_needs_a_server_that_takes_it(server: SmtpServer) -> None:
    with connected(server) as connection:
        send(connection, "übung@bücher.example")
        send(connection, "ada@bücher.example")
    assert [r.to for r in server.received] == [
        ("übung@bücher.example",),
        ("ada@xn--bcher-kva.example",),
    ]

    with SmtpServer(takes_utf8=False) as old, connected(old) as connection:
        with failing(Refused) as failed:
            send(connection, "übung@bücher.example")
        send(connection, "ada@bücher.example")
        assert failed() == (Stage.MAIL, 553, True)
        assert [r.to for r in old.received] == [("ada@xn--bcher-kva.example",)]


def test_what_is_no_address_never_reaches_the_server(
    server: SmtpServer, connection: Connection
) -> None:
    with pytest.raises(ValueError, match=r"^This is not an e-mail address\.$"):
        connection.send(mail(), envelope_from=SENDER, to="ada@example.org>\r\nRCPT TO:<eve@x.org")

    assert server.connections == 0
