"""The address of the mail server is read; a mistake in it is said without the password."""

from __future__ import annotations

import traceback

import pytest

from signing.mail.smtp_url import Security, SmtpUrl


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("smtp://mail.example.org", ("mail.example.org", 25, Security.NONE, "", "")),
        ("smtp+starttls://[::1]/", ("::1", 587, Security.STARTTLS, "", "")),
        ("smtps://a%40b:c%2F%3Ad@m.example", ("m.example", 465, Security.TLS, "a@b", "c/:d")),
        ("smtp://a:b@127.0.0.1:2525", ("127.0.0.1", 2525, Security.NONE, "a", "b")),
    ],
)
def test_an_address_of_a_server_is_read(url: str, expected: tuple[object, ...]) -> None:
    read = SmtpUrl.parse(url)

    assert (read.host, read.port, read.security, read.user, read.password) == expected


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("http://mail.example.org", "must begin with one of smtp://, smtp"),
        ("smtps://", "names no host"),
        ("smtps://u:hunter2@m.example:0", "from 1 to 65535"),
        ("smtps://u:hunter2@m.example:99999", "from 1 to 65535"),
        ("smtps://u:hunter2/3@m.example", "from 1 to 65535|write / "),
        ("smtps://m.example/hunter2", "write / "),
        ("smtps://u:hunter2%ff@m.example", "percent-encoded"),
        ("smtps://u:hunter2%0a@m.example", "only have ASCII"),
        ("smtps://u@m.example", "together or not at all"),
        ("smtp://u:hunter2@mail.example.org", "would travel readable"),
        ("smtps://u:hunter2@[m.example", "needs the form"),
        ("smtps://u:hunter2@m\u2100.example", "needs the form"),
    ],
)
def test_a_mistake_in_it_is_said_in_a_sentence_without_the_password(
    url: str, sentence: str
) -> None:
    with pytest.raises(ValueError, match=sentence) as caught:
        SmtpUrl.parse(url)

    assert "hunter2" not in "".join(traceback.format_exception(caught.value))


def test_a_server_shown_in_a_log_keeps_its_password() -> None:
    assert "hunter2" not in repr(SmtpUrl.parse("smtps://u:hunter2@m.example"))
