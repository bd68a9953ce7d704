"""Passkeys (WebAuthn, level 3): kept by `webauthn`; challenges on our side, one use, five minutes.

A passkey is who one is and what one knows at once (user verification is required), so that it
signs in alone.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from uuid import UUID

from sqlalchemy import delete, select

from signing.core import clock
from signing.core.db import count_rows, db
from signing.core.ids import new_id
from signing.core.later import later
from signing.staff_accounts import profile, queries, second_factors
from signing.staff_accounts.models import Challenge, Member, Passkey

if TYPE_CHECKING:
    import webauthn
    from webauthn.helpers import exceptions, structs
    from webauthn.helpers.structs import PublicKeyCredentialDescriptor
else:
    webauthn = later("webauthn")
    exceptions, structs = later("webauthn.helpers.exceptions"), later("webauthn.helpers.structs")

VALID = timedelta(minutes=5)
MOST = 20  # of one member
# What reading anybody's JSON may end in.
BROKEN = (ValueError, KeyError, TypeError, AttributeError, RecursionError)


class Purpose(StrEnum):
    ADD = "add"
    SIGN_IN = "sign_in"
    PROVE = "prove"


@dataclass(frozen=True, slots=True)
class Site:
    """For whom passkeys are: the name and origin that browsers check."""

    name: str
    origin: str

    @property
    def host(self) -> str:
        return urlsplit(self.origin).hostname or ""

    @property
    def takes_passkeys(self) -> bool:
        """A browser keeps none for an IP address, nor without TLS elsewhere than on localhost."""
        try:
            ip_address(self.host)
        except ValueError:
            return self.origin.startswith("https:") or self.host == "localhost"
        return False


def ask_to_add(site: Site, member: Member) -> str:
    """What `navigator.credentials.create` takes, as JSON."""
    person = profile.of(member)
    known = [_described(one) for one in queries.list_passkeys(member.id)]
    options = webauthn.generate_registration_options(
        rp_id=site.host,
        rp_name=site.name,
        user_id=member.id.bytes,
        user_name=person.email,
        user_display_name=person.shown,
        authenticator_selection=structs.AuthenticatorSelectionCriteria(
            resident_key=structs.ResidentKeyRequirement.REQUIRED,
            user_verification=structs.UserVerificationRequirement.REQUIRED,
        ),
        exclude_credentials=known,
    )
    _remember(options.challenge, Purpose.ADD, member.id)
    return webauthn.options_to_json(options)


def _described(passkey: Passkey) -> PublicKeyCredentialDescriptor:
    return structs.PublicKeyCredentialDescriptor(id=passkey.credential_id)


def add(site: Site, member_id: UUID, credential: str) -> bool:
    """Whether the browser's answer is good; then the member has this passkey."""
    verified = _verified(
        credential,
        Purpose.ADD,
        member_id,
        lambda read, challenge: webauthn.verify_registration_response(
            credential=read,
            expected_challenge=challenge,
            expected_rp_id=site.host,
            expected_origin=site.origin,
            require_user_verification=True,
        ),
    )
    if verified is None or len(queries.list_passkeys(member_id)) >= MOST:
        return False
    if _find(verified.credential_id) is not None:
        return False
    db.session.add(
        Passkey(
            id=new_id(),
            member_id=member_id,
            credential_id=verified.credential_id,
            public_key=verified.credential_public_key,
            sign_count=verified.sign_count,
            created_on=clock.now().date(),
        )
    )
    db.session.flush()
    second_factors.note_set(member_id, "passkey")
    return True


def ask_to_prove(site: Site, member_id: UUID | None = None) -> str:
    """What `navigator.credentials.get` takes, as JSON; without a member: to sign in."""
    known = queries.list_passkeys(member_id) if member_id else []
    options = webauthn.generate_authentication_options(
        rp_id=site.host,
        allow_credentials=[_described(one) for one in known],
        user_verification=structs.UserVerificationRequirement.REQUIRED,
    )
    _remember(options.challenge, Purpose.PROVE if member_id else Purpose.SIGN_IN, member_id)
    return webauthn.options_to_json(options)


def prove(site: Site, credential: str, member_id: UUID | None = None) -> UUID | None:
    """Whose passkey signed the challenge; None if nobody's, or not the member's who was asked."""
    passkey = _find(_id_in(credential), to_change=True)
    if passkey is None or (member_id is not None and passkey.member_id != member_id):
        return None
    verified = _verified(
        credential,
        Purpose.PROVE if member_id else Purpose.SIGN_IN,
        member_id,
        lambda read, challenge: webauthn.verify_authentication_response(
            credential=read,
            expected_challenge=challenge,
            expected_rp_id=site.host,
            expected_origin=site.origin,
            credential_public_key=passkey.public_key,
            credential_current_sign_count=passkey.sign_count,
            require_user_verification=True,
        ),
    )
    if verified is None:
        return None
    passkey.sign_count, passkey.used_on = verified.new_sign_count, clock.now().date()
    return passkey.member_id


def remove(member_id: UUID, passkey_id: UUID) -> None:
    member = queries.get(member_id, to_change=True)
    others = [one for one in queries.list_passkeys(member_id) if one.id != passkey_id]
    if not others and member.totp_step is None:
        second_factors.refuse_if_needed(member_id)
    mine = delete(Passkey).where(Passkey.member_id == member_id, Passkey.id == passkey_id)
    if count_rows(db.session.execute(mine)):
        second_factors.note_removed(member_id, "passkey")


def _find(credential_id: bytes, *, to_change: bool = False) -> Passkey | None:
    wanted = select(Passkey).where(Passkey.credential_id == credential_id)
    return db.session.scalar(wanted.with_for_update() if to_change else wanted)


def _remember(challenge: bytes, purpose: Purpose, member_id: UUID | None) -> None:
    db.session.execute(delete(Challenge).where(Challenge.expires_at <= clock.now()))
    db.session.add(
        Challenge(
            digest=hashlib.sha256(challenge).digest(),
            purpose=purpose,
            member_id=member_id,
            expires_at=clock.now() + VALID,
        )
    )


def _verified(
    credential: str,
    purpose: Purpose,
    member_id: UUID | None,
    verify: Callable[[dict[str, Any], bytes], Any],
) -> Any:
    """What the library says of the answer to a challenge of ours; None if it is no such answer."""
    challenge = _challenge_in(credential)
    asked = (
        delete(Challenge)
        .where(Challenge.digest == hashlib.sha256(challenge).digest())
        .where(Challenge.purpose == purpose, Challenge.expires_at > clock.now())
        .returning(Challenge.member_id)
    )
    row = db.session.execute(asked).first()
    if row is None or row.member_id != member_id:
        return None
    try:
        return verify(json.loads(credential), challenge)
    except (exceptions.WebAuthnException, *BROKEN):
        return None


def _challenge_in(credential: str) -> bytes:
    """The challenge that the browser says it answered; nothing if the answer cannot be read."""
    try:
        data = webauthn.base64url_to_bytes(json.loads(credential)["response"]["clientDataJSON"])
        return webauthn.base64url_to_bytes(json.loads(data)["challenge"])
    except BROKEN:
        return b""


def _id_in(credential: str) -> bytes:
    try:
        return webauthn.base64url_to_bytes(json.loads(credential)["rawId"])
    except BROKEN:
        return b""
