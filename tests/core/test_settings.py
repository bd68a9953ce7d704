"""Settings are read whole or refused whole, and no refusal tells a secret."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from pydantic import ValidationError

from signing.cli import keys
from signing.core.settings import SettingsBroken, read_settings

GOOD = keys.fresh() | {"SIGNING_MAIL_FROM": "letters@example.org"}


def mistakes(**changed: str) -> list[str]:
    with pytest.raises(SettingsBroken) as broken:
        read_settings(GOOD | {f"SIGNING_{name.upper()}": value for name, value in changed.items()})
    return broken.value.mistakes


def test_little_is_needed_and_the_rest_has_a_default(tmp_path: Path) -> None:
    settings = read_settings(GOOD | {"SIGNING_DATA_DIR": str(tmp_path), "HOME": "/"})

    assert settings.database_url == f"sqlite:///{tmp_path}/signing.db"
    assert settings.keystore_url == f"sqlite:///{tmp_path}/keys.db"
    assert settings.mail_domain == "example.org"


def test_every_mistake_is_told_at_once() -> None:
    told = mistakes(
        secret_keys="short", master_keys="%", base_url="letters", mail_from="", pending_days="0"
    )

    assert {line.partition(":")[0] for line in told} == {
        "SIGNING_SECRET_KEYS",
        "SIGNING_MASTER_KEYS",
        "SIGNING_BASE_URL",
        "SIGNING_MAIL_FROM",
        "SIGNING_PENDING_DAYS",
    }
    assert "SIGNING_MAIL_FROM: is missing" in told


def test_a_file_that_cannot_be_read_is_told_with_the_other_mistakes() -> None:
    told = mistakes(secret_keys="", secret_keys_file="/nowhere/keys", base_url="letters")

    assert told[0] == "SIGNING_SECRET_KEYS_FILE: the file cannot be read: No such file or directory"
    assert any(line.startswith("SIGNING_BASE_URL") for line in told)


def test_a_secret_can_stand_in_a_file(tmp_path: Path) -> None:
    file = tmp_path / "keys"
    file.write_text("first-" + "x" * 40 + ", second-" + "x" * 40 + "\n")
    environment = GOOD | {"SIGNING_SECRET_KEYS_FILE": str(file)}
    del environment["SIGNING_SECRET_KEYS"]

    assert [key[:6] for key in read_settings(environment).secret_keys] == ["first-", "second"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("secret_keys", "hunter2"),
        ("secret_keys", "x" * 32 + ",hunter2"),  # one of them is long enough
        ("master_keys", "hunter2"),
        ("master_keys", base64.urlsafe_b64encode(b"hunter2" * 4).decode()),
        ("master_keys", "hunter2ä"),
        ("base_url", "https://hunter2/path"),
        ("mail_from", "hunter2"),
        ("pending_days", "hunter2"),
        ("no_such_setting", "hunter2"),
    ],
)
def test_a_value_is_refused_without_being_repeated(name: str, value: str) -> None:
    told = mistakes(**{name: value})

    assert len(told) == 1
    assert told[0].startswith(f"SIGNING_{name.upper()}: ")
    assert value not in told[0]
    assert "hunter2" not in told[0]


def test_secrets_do_not_show_when_settings_are_printed() -> None:
    urls = {
        "SIGNING_DATABASE_URL": "postgresql://me:hunter2@db/signing",
        "SIGNING_KEYSTORE_URL": "postgresql://me:hunter2@keys/signing",
        "SIGNING_SMTP_URL": "smtps://me:hunter2@mail.example.org",
    }
    printed = repr(read_settings(GOOD | urls))

    assert "hunter2" not in printed
    assert GOOD["SIGNING_SECRET_KEYS"] not in printed
    assert GOOD["SIGNING_MASTER_KEYS"] not in printed


def test_settings_do_not_change() -> None:
    with pytest.raises(ValidationError):
        read_settings(GOOD).site_name = "Another"


def test_fresh_keys_are_good_keys() -> None:
    made = read_settings(keys.fresh() | {"SIGNING_MAIL_FROM": "letters@example.org"})
    assert len(made.master_keys[0]) == 32


def test_dkim_needs_selector_and_key_and_a_key_that_is_one() -> None:
    together = "SIGNING_DKIM_SELECTOR and SIGNING_DKIM_KEY come together or not at all"
    key = rsa.generate_private_key(65537, 2048).private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
    )
    assert mistakes(dkim_selector="s1") == [together]
    assert mistakes(dkim_key=key.decode()) == [together]
    (told,) = mistakes(dkim_selector="s1", dkim_key="hunter2")
    assert told.startswith("SIGNING_DKIM_KEY: needs a private RSA key in PEM")
    assert "hunter2" not in told


def test_a_bounce_address_leaves_room_for_a_tag() -> None:
    (told,) = mistakes(bounce_address="b" * 22 + "@example.org")
    assert told == "SIGNING_BOUNCE_ADDRESS: needs at most 21 characters before the @"
