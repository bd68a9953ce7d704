"""The DKIM signature is one that others verify, and what is signed cannot be changed unseen."""

from __future__ import annotations

from email.message import EmailMessage

import dkim
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from signing.core.dns import resolver
from signing.mail.dkim_signing import Signer
from tests.dns_server import DnsServer
from tests.mail.test_smtp import mail

Key = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey


def pem(key: Key, form: PrivateFormat = PrivateFormat.PKCS8) -> str:
    return key.private_bytes(Encoding.PEM, form, NoEncryption()).decode()


@pytest.fixture(scope="module")
def key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 2048)


@pytest.fixture(scope="module")
def signer(key: rsa.RSAPrivateKey) -> Signer:
    return Signer("example.org", "s1", pem(key))


def is_good(message: bytes, signer: Signer) -> bool:
    """What dkimpy says, which has nothing to do with how we sign."""
    asked = []

    def answer(name: bytes, timeout: int = 5) -> bytes:
        asked.append(name)
        return f"v=DKIM1; k=rsa; p={signer.public_key}".encode()

    good = bool(dkim.verify(message, dnsfunc=answer))
    assert asked == [b"s1._domainkey.example.org."]
    return good


def with_everything() -> EmailMessage:
    message = mail("Grüße  mit   Leerraum \n\n.\n\n\n", locale="de")
    message["Reply-To"] = "hello@example.org"
    message["List-Unsubscribe"] = "<https://letters.example.org/u/" + "x" * 120 + ">"
    message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return message


def test_others_verify_it(signer: Signer) -> None:
    for message in (mail(), mail(""), with_everything()):
        signer.sign(message)
        assert is_good(message.as_bytes(), signer)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"Please confirm", b"Please pay"),
        (b"Open roads", b"Shut roads"),
        (b"hello@example.org", b"evil@example.net"),
        (b"One-Click", b"Two-Click"),
        (b"https://letters", b"https://lotters"),
        (b"Gr=C3=BC", b"Gr=C3=BD"),
        (b"2026", b"2027"),
        (b"multipart/alternative", b"multipart/mixed"),
        (b"To: ada", b"To: eve"),
        (b"From:", b"From: Eve <eve@example.net>\r\nFrom:"),
        (b"Subject:", b"Subject: Another\r\nSubject:"),
    ],
)
def test_what_is_signed_cannot_be_changed_unseen(signer: Signer, old: bytes, new: bytes) -> None:
    message = with_everything()
    signer.sign(message)
    wire = message.as_bytes()

    assert old in wire
    assert not is_good(wire.replace(old, new, 1), signer)


def test_servers_on_the_way_may_fold_anew_and_add_lines(signer: Signer) -> None:
    message = with_everything()
    signer.sign(message)
    wire = message.as_bytes().replace(b"Subject: Please confirm", b"Subject:\r\n\tPlease   confirm")

    assert is_good(b"Received: from here by there\r\n" + wire + b"\r\n\r\n", signer)


def test_a_mail_that_is_tried_again_is_the_same_to_the_last_byte(signer: Signer) -> None:
    first, again = mail(), mail()
    signer.sign(first)
    signer.sign(again)

    assert first.as_bytes() == again.as_bytes()


def test_keys_of_both_usual_shapes_are_read_and_others_refused(key: rsa.RSAPrivateKey) -> None:
    old_shape = Signer("example.org", "s1", pem(key, PrivateFormat.TraditionalOpenSSL))
    assert old_shape.public_key == Signer("example.org", "s1", pem(key)).public_key
    for bad in ("", "nonsense", pem(ec.generate_private_key(ec.SECP256R1()))):
        with pytest.raises(ValueError, match=r"\w"):
            Signer("example.org", "s1", bad)


def test_what_stands_in_the_dns_is_found_by_the_verifiers_own_lookup(signer: Signer) -> None:
    """The record as doctor prints it, in pieces of 255 characters as zone files have it."""
    record = f"v=DKIM1; k=rsa; p={signer.public_key}"
    pieces = " ".join(f'"{record[i : i + 200]}"' for i in range(0, len(record), 200))
    with DnsServer({("s1._domainkey.example.org", "TXT"): [pieces]}) as server:
        message = mail()
        signer.sign(message)
        asking = resolver([server.address], 2.0)
        assert asking is not None

        def answer(name: bytes, timeout: int = 5) -> bytes:
            (found,) = asking.resolve(name.decode(), "TXT")
            return b"".join(found.strings)

        assert dkim.verify(message.as_bytes(), dnsfunc=answer)
