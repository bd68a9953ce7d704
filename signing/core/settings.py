"""Every setting, typed, read once from the environment; all mistakes are reported at once."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from email_validator import EmailNotValidError
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    model_validator,
)

from signing.core import address_parts

PREFIX = "SIGNING_"
MASTER_KEY_BYTES = 32
SECRET_KEY_CHARACTERS = 32
DKIM_BITS = 1024  # RFC 8301, 3.2: with fewer no receiver believes it
# RFC 5321, 4.5.3.1.1: 64 before the @, and of these 43 are a plus and the mail's tag.
BOUNCE_NAME_CHARACTERS = 21


class SettingsBroken(Exception):
    """The environment cannot be used; `mistakes` names each setting and what is wrong with it."""

    def __init__(self, mistakes: list[str]) -> None:
        super().__init__("\n".join(mistakes))
        self.mistakes = mistakes


def _comma_separated(value: object) -> object:
    return [part.strip() for part in value.split(",")] if isinstance(value, str) else value


def _long_enough(keys: tuple[str, ...]) -> tuple[str, ...]:
    if any(len(key) < SECRET_KEY_CHARACTERS for key in keys):
        raise ValueError(f"each key needs at least {SECRET_KEY_CHARACTERS} characters")
    return keys


def _master_key(value: object) -> object:
    if not isinstance(value, str):
        return value
    try:
        key = base64.b64decode(value.encode(), altchars=b"-_", validate=True)
    except (binascii.Error, UnicodeEncodeError):
        raise ValueError("a key is not URL-safe base64") from None
    if len(key) != MASTER_KEY_BYTES:
        raise ValueError(f"a key needs exactly {MASTER_KEY_BYTES} bytes in URL-safe base64")
    return key


def _origin(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.path.strip("/"):
        raise ValueError("needs the form https://letters.example.org, without a path")
    return f"{parts.scheme}://{parts.netloc}"


def _address(value: str) -> str:
    try:
        return address_parts.of_email(value, may_be_local=True).normalized
    except EmailNotValidError:
        raise ValueError("is not an e-mail address") from None


def _bounce_address(value: str) -> str:
    address = _address(value)
    if len(address.rpartition("@")[0].encode()) > BOUNCE_NAME_CHARACTERS:
        raise ValueError(f"needs at most {BOUNCE_NAME_CHARACTERS} characters before the @")
    return address


def _dkim_key(value: str) -> str:
    try:
        key = load_pem_private_key(value.encode(), password=None)
    except (ValueError, TypeError):  # no PEM, or a passphrase is needed
        key = None
    if not isinstance(key, RSAPrivateKey) or key.key_size < DKIM_BITS:
        raise ValueError(f"needs a private RSA key in PEM, of {DKIM_BITS} bits or more")
    return value


def _network(value: object) -> object:
    try:
        return ip_network(str(value), strict=False)
    except ValueError:
        raise ValueError("needs networks such as 127.0.0.1 or 10.0.0.0/8") from None


def _nameserver(value: str) -> str:
    if value in {"system", "off"}:
        return value
    host, _, port = value.rpartition(":") if value.count(":") == 1 else (value, "", "53")
    try:
        ip_address(host)
        if not 0 < int(port) < 65536:
            raise ValueError  # noqa: TRY301
    except ValueError:
        raise ValueError("needs `system`, `off`, or addresses such as 127.0.0.1:53") from None
    return value


SecretKeys = Annotated[
    tuple[str, ...],
    BeforeValidator(_comma_separated),
    AfterValidator(_long_enough),
    Field(min_length=1, repr=False),
]
MasterKeys = Annotated[
    tuple[Annotated[bytes, BeforeValidator(_master_key)], ...],
    BeforeValidator(_comma_separated),
    Field(min_length=1, repr=False),
]
Address = Annotated[str, AfterValidator(_address)]
BounceAddress = Annotated[str, AfterValidator(_bounce_address)]
DkimKey = Annotated[str, AfterValidator(_dkim_key)]
Origin = Annotated[str, AfterValidator(_origin)]
Days = Annotated[int, Field(ge=1, le=3660)]
Networks = Annotated[
    tuple[Annotated[IPv4Network | IPv6Network, BeforeValidator(_network)], ...],
    BeforeValidator(_comma_separated),
]
Nameservers = Annotated[
    tuple[Annotated[str, AfterValidator(_nameserver)], ...], BeforeValidator(_comma_separated)
]


class Settings(BaseModel):
    """What an operator decides. In the environment each name carries the prefix `SIGNING_`."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    data_dir: Path = Path("data")
    database_url: str = Field(default="", repr=False)
    keystore_url: str = Field(default="", repr=False)
    secret_keys: SecretKeys
    master_keys: MasterKeys
    base_url: Origin = "http://127.0.0.1:8000"

    smtp_url: str = Field(default="smtp://127.0.0.1:25", repr=False)
    mail_from: Address

    site_name: str = "Open letters"
    operator: str = Field(default="", description="who runs this site: name")
    operator_address: str = Field(default="", description="postal address of the operator")
    operator_contact: Address | Literal[""] = ""

    redis_url: str = Field(default="", repr=False)
    trusted_proxies: Networks = ()
    nameservers: Nameservers = ("system",)

    bounce_address: BounceAddress = ""
    bounce_box: str = Field(default="", repr=False)
    dkim_selector: str = ""
    dkim_key: DkimKey = Field(default="", repr=False)

    calm_a_minute: int = Field(default=600, ge=1)
    token_a_minute: int = Field(default=600, ge=1)
    token_a_day: int = Field(default=20_000, ge=1)
    mails_a_day: int = Field(default=12, ge=1)
    waiting_forms: int = Field(default=200, ge=1, le=5000)

    pending_days: Days = 14
    manage_days: Days = 400
    confirm_days_after_closing: Days = 7
    names_days: Days = 730
    sealed_days_after_closing: Days = 365
    sealed_days_after_delivery: Days = 90
    settled_mail_days: Days = 30
    bounced_days: Days = 90
    reminder_days: Days = 4

    demo_outbox: Path | None = None  # set by `signing demo` alone: where its mail server keeps mail

    @model_validator(mode="before")
    @classmethod
    def _databases_beside_the_data(cls, values: dict[str, Any]) -> dict[str, Any]:
        folder = Path(values.get("data_dir") or "data").absolute()
        values["database_url"] = values.get("database_url") or f"sqlite:///{folder}/signing.db"
        values["keystore_url"] = values.get("keystore_url") or f"sqlite:///{folder}/keys.db"
        for name in ("database_url", "keystore_url"):
            scheme, separator, rest = str(values[name]).partition("://")
            if scheme in {"postgres", "postgresql"}:
                values[name] = f"postgresql+psycopg{separator}{rest}"
        return values

    @model_validator(mode="after")
    def _keys_apart_from_the_data(self) -> Settings:
        if self.keystore_url == self.database_url:
            raise ValueError("SIGNING_KEYSTORE_URL must name another database than the data's own")
        return self

    @model_validator(mode="after")
    def _dkim_whole_or_not_at_all(self) -> Settings:
        if bool(self.dkim_selector) != bool(self.dkim_key):
            raise ValueError(
                "SIGNING_DKIM_SELECTOR and SIGNING_DKIM_KEY come together or not at all"
            )
        return self

    @property
    def mail_domain(self) -> str:
        return self.mail_from.rpartition("@")[2]


def read_settings(environ: Mapping[str, str]) -> Settings:
    """Read `SIGNING_*`; `SIGNING_X_FILE` names a file that holds `SIGNING_X`.

    Raises `SettingsBroken` with every mistake at once; no value is ever repeated in it.
    """
    values: dict[str, str] = {}
    mistakes: list[str] = []
    for variable, value in environ.items():
        if not variable.startswith(PREFIX) or not value:
            continue
        name = variable.removeprefix(PREFIX).lower()
        if name not in Settings.model_fields and name.endswith("_file"):
            name = name.removesuffix("_file")
            try:
                value = Path(value).read_text(encoding="utf-8").strip()  # noqa: PLW2901
            except OSError as error:
                mistakes.append(f"{variable}: the file cannot be read: {error.strerror}")
                continue
        values[name] = value
    try:
        settings = Settings.model_validate(values)
    except ValidationError as error:
        mistakes += [_mistake(item["loc"], item["type"], item["msg"]) for item in error.errors()]
    if mistakes:
        raise SettingsBroken(mistakes)
    return settings


def _mistake(location: tuple[int | str, ...], kind: str, message: str) -> str:
    if not location:
        return message.removeprefix("Value error, ")
    variable = f"{PREFIX}{str(location[0]).upper()}"
    if kind == "missing":
        return f"{variable}: is missing"
    if kind == "extra_forbidden":
        return f"{variable}: there is no such setting"
    return f"{variable}: {message.removeprefix('Value error, ')}"
