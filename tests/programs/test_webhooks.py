"""Webhooks as Standard Webhooks wants them: signed, tried again, given up, sent once more."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import event, insert, select

from signing.core import clock
from signing.core.db import db, transaction
from signing.core.ids import new_id
from signing.letters import queries as letters
from signing.letters.models import Letter
from signing.partners import actions as partners
from signing.partners import calls as calls_owed
from signing.partners import feed, hooks, origins, queries
from signing.partners.models import Call, CallState, HookState, Partner, Webhook
from signing.programs import consenting
from signing.signatures import actions
from signing.worker import hook_wire, retaining
from signing.worker.hook_wire import NotReached, Wire
from signing.worker.hooks import Caller
from tests import make
from tests.conftest import Inbox
from tests.programs.asking import agreeing, asking
from tests.programs.endpoint import Endpoint, endpoint


@pytest.fixture
def partner(app: Flask) -> Partner:
    return asking(make.letter())


@pytest.fixture
def there(tmp_path: Path) -> Iterator[Endpoint]:
    with endpoint(tmp_path) as made:
        yield made


@pytest.fixture
def caller(there: Endpoint) -> Iterator[Caller]:
    made = Caller(there.wire)
    yield made
    made.close()


@pytest.fixture
def hook(partner: Partner, there: Endpoint, monkeypatch: pytest.MonkeyPatch) -> Webhook:
    """Ports and names of this machine are refused from forms, so it is set beside them."""
    with transaction():
        made, _secret = hooks.add(partner, "https://hooks.partner.example/", by=make.OPERATOR)
        made.url = there.url
    return made


def letter() -> Letter:
    return letters.get_by_slug("open-roads")


def run(caller: Caller) -> None:
    """Rounds until nothing is left to do by now."""
    while caller.work():
        caller.finish()
    db.session.commit()


def calls() -> list[Call]:
    db.session.expire_all()
    return [*db.session.scalars(select(Call).order_by(Call.id))]


def test_the_signature_is_that_of_the_specification() -> None:
    signed = hooks.sign(
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "msg_p5jXN8AQM9LWM0D4loKWxJek",
        1614265330,
        '{"test": 2432232314}',
    )
    assert signed == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_who_agreed_is_told_signed_and_once(
    partner: Partner, hook: Webhook, there: Endpoint, caller: Caller
) -> None:
    make.signature(letter(), email="not@example.org", partner_id=partner.id)
    ref = agreeing(letter(), partner)
    run(caller)
    ((headers, body),) = there.received
    told = json.loads(body)
    assert told["type"] == "signature.confirmed"
    assert told["data"]["email"] == "zoe@example.org"
    assert told["data"]["signature"] == str(ref.signature_id)
    at = int(headers["webhook-timestamp"])
    (secret,) = hooks.list_secrets(hook)
    assert headers["webhook-signature"] == hooks.sign(
        secret, headers["webhook-id"], at, body.decode()
    )
    assert [one.state for one in calls()] == [CallState.DONE]
    with transaction():
        actions.withdraw(ref)
    run(caller)
    told = json.loads(there.received[1][1])
    assert told["type"] == "signature.withdrawn"
    assert "email" not in told["data"]


def test_who_took_it_back_before_the_call_is_not_told_of(
    partner: Partner, hook: Webhook, there: Endpoint, caller: Caller
) -> None:
    ref = agreeing(letter(), partner)
    with transaction():
        actions.withdraw(ref)
    run(caller)
    assert [json.loads(body)["type"] for _h, body in there.received] == ["signature.withdrawn"]
    assert {one.state for one in calls()} == {CallState.EMPTY, CallState.DONE}


def test_of_an_erased_letter_the_erasure_is_told(
    partner: Partner, hook: Webhook, there: Endpoint, caller: Caller
) -> None:
    agreeing(letter(), partner)
    run(caller)
    retaining.erase(letter(), by=make.OPERATOR)
    run(caller)
    told = json.loads(there.received[1][1])
    assert told["type"] == "signature.erased"
    assert "email" not in told["data"]


def test_after_a_secret_is_renewed_both_are_good_for_a_while(
    partner: Partner, hook: Webhook, there: Endpoint, caller: Caller
) -> None:
    (before,) = hooks.list_secrets(hook)
    with transaction():
        fresh = hooks.renew_secret(hooks.get(hook.letter_id, hook.id), by=make.OPERATOR)
    agreeing(letter(), partner)
    run(caller)
    headers = there.received[0][0]
    assert len(headers["webhook-signature"].split(" ")) == 2
    now = hooks.get(hook.letter_id, hook.id)
    assert hooks.list_secrets(now) == [fresh, before]
    with time_machine.travel(clock.now() + hooks.OVERLAP * 1.1):
        assert hooks.list_secrets(now) == [fresh]


def test_what_fails_is_tried_for_days_then_given_up_and_sent_again_by_staff(
    partner: Partner, hook: Webhook, there: Endpoint, caller: Caller
) -> None:
    there.status = 500
    agreeing(letter(), partner)
    at = clock.now()
    for pause in (timedelta(), *calls_owed.PAUSES):
        at += pause + timedelta(seconds=1)
        with time_machine.travel(at, tick=False):
            run(caller)
    assert len(there.received) == len(calls_owed.PAUSES) + 1
    (dead,) = calls()
    assert (dead.state, dead.error) == (CallState.DEAD, "500")
    there.status = 200
    with transaction():
        assert hooks.replay(hooks.get(hook.letter_id, hook.id), by=make.OPERATOR) == 1
    with time_machine.travel(at + timedelta(minutes=2)):
        run(caller)
    assert len({headers["webhook-id"] for headers, _b in there.received}) == 1
    assert [one.state for one in calls()] == [CallState.DONE]


def test_many_calls_go_over_few_connections_and_one_that_ends_between_is_made_anew(
    partner: Partner, hook: Webhook, there: Endpoint, caller: Caller
) -> None:
    there.keeps, there.ends_after = True, 3
    for number in range(12):
        agreeing(letter(), partner, email=f"{number}@example.org")
    run(caller)
    assert {one.state for one in calls()} == {CallState.DONE}
    assert len({headers["webhook-id"] for headers, _b in there.received}) == 12
    assert there.connections <= 6


def test_who_fails_is_asked_one_by_one_and_what_was_not_tried_is_no_attempt(
    partner: Partner, hook: Webhook, there: Endpoint, caller: Caller
) -> None:
    there.status = 503
    for number in range(6):
        agreeing(letter(), partner, email=f"{number}@example.org")
    run(caller)
    assert len(there.received) <= 3  # two lines at first, and then it rests
    assert sum(one.attempts for one in calls()) == len(there.received)
    there.status = 204
    with time_machine.travel(clock.now() + timedelta(minutes=2)):
        run(caller)
    assert {one.state for one in calls()} == {CallState.DONE}


def test_an_endpoint_that_fails_holds_up_no_other(
    partner: Partner, hook: Webhook, there: Endpoint, caller: Caller
) -> None:
    with transaction():
        dead, _secret = hooks.add(partner, "https://hooks.partner.example/", by=make.OPERATOR)
        dead.url = "https://localhost:1/"
    for number in range(8):
        agreeing(letter(), partner, email=f"{number}@example.org")
    run(caller)
    mine = [one.state for one in calls() if one.webhook_id == hook.id]
    assert mine == [CallState.DONE] * 8
    assert len(there.received) == 8


def test_a_webhook_that_is_removed_while_it_is_called_is_forgotten(
    partner: Partner, hook: Webhook, there: Endpoint, caller: Caller
) -> None:
    there.status, there.slow_seconds = 500, 0.2
    agreeing(letter(), partner)
    caller.work()
    with transaction():
        hooks.remove(hooks.get(hook.letter_id, hook.id), by=make.OPERATOR)
    caller.finish()
    assert calls() == []


def test_the_partners_contact_alone_is_told_when_it_fails_for_long_and_when_it_is_off(
    partner: Partner,
    hook: Webhook,
    there: Endpoint,
    caller: Caller,
    inbox: Inbox,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(inbox.worker, "_caller", caller)
    there.status = 503
    agreeing(letter(), partner)
    before, at, told = len(inbox.mails), clock.now(), []
    for minutes in (10, 41, 60, 3000, 7300, 7400):
        with time_machine.travel(at + timedelta(minutes=minutes), tick=False):
            for _ in range(3):
                caller.work()
                caller.finish()
            told.append([f"{one['To']}" for one in inbox.mails[before:]])
    assert [len(one) for one in told] == [0, 1, 1, 1, 2, 2]
    assert all("noor@partner.example" in one for one in told[-1])
    failing, off = (Inbox.text(one) for one in inbox.mails[before:])
    assert "has taken none of our calls" in failing
    assert "we have stopped calling it" in off
    assert hooks.get(hook.letter_id, hook.id).state == HookState.OFF
    assert all("localhost" in one and "key=1" not in one for one in (failing, off))


def test_an_endpoint_that_wants_no_more_is_called_no_more_and_nothing_is_lost(
    partner: Partner, hook: Webhook, there: Endpoint, caller: Caller
) -> None:
    there.status = 410
    agreeing(letter(), partner)
    run(caller)
    assert hooks.get(hook.letter_id, hook.id).state == HookState.OFF
    agreeing(letter(), partner, email="b@example.org")
    run(caller)
    assert len(there.received) == 1
    there.status = 204
    with transaction():
        hooks.switch(hooks.get(hook.letter_id, hook.id), HookState.ON, by=make.OPERATOR)
    with time_machine.travel(clock.now() + timedelta(minutes=1)):
        run(caller)
    assert [one.state for one in calls()] == [CallState.DONE] * 2


@pytest.mark.parametrize("settings", ["postgresql"], indirect=True)
def test_what_waits_for_a_webhook_that_is_off_is_never_looked_at(
    partner: Partner, hook: Webhook
) -> None:
    agreeing(letter(), partner)
    with transaction():
        feed.number()
        (owed,) = calls()
        kept = {column.name: getattr(owed, column.name) for column in Call.__table__.columns}
        db.session.execute(insert(Call), [kept | {"id": new_id()} for _ in range(500)])
    assert calls_owed.find_owed(()) == (letter().id, hook.id)
    with transaction():
        hooks.switch(hook, HookState.OFF, by=make.OPERATOR)
    asked: list[tuple[str, Any]] = []
    event.listen(
        db.engine,
        "before_cursor_execute",
        lambda _c, _cursor, statement, values, *_rest: asked.append((statement, values)),
    )
    assert calls_owed.find_owed(()) is None
    statement, values = asked[-1]
    with db.engine.connect() as connection:
        plan = connection.exec_driver_sql(f"EXPLAIN ANALYZE {statement}", values).scalars().all()
    looks = [line for line in plan if "on webhook_calls" in line]
    assert looks
    assert all("never executed" in line for line in looks), plan


def test_a_suspended_partner_is_told_of_nobody_but_of_who_goes(
    partner: Partner, hook: Webhook, there: Endpoint, caller: Caller
) -> None:
    known, new = agreeing(letter(), partner), "new@example.org"
    run(caller)
    agreeing(letter(), partner, email=new)
    with transaction():
        partners.suspend(queries.get(partner.letter_id, partner.id), by=make.OPERATOR)
    with transaction():
        actions.withdraw(known)
    run(caller)
    told = ["signature.confirmed", "signature.withdrawn"]
    assert [json.loads(body)["type"] for _h, body in there.received] == told
    assert not [*consenting.stream(partner.letter_id, partner.id)]
    with transaction():
        partners.resume(queries.get(partner.letter_id, partner.id), by=make.OPERATOR)
    run(caller)
    assert json.loads(there.received[-1][1])["data"]["email"] == new


def test_an_endpoint_that_shakes_hands_a_byte_at_a_time_is_cut_off() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:

        def drip() -> None:
            peer, _address = server.accept()
            with peer, suppress(OSError):
                for byte in b"\x16\x03\x03\x40\x00" + b"\x02" * 60:
                    peer.send(bytes([byte]))
                    time.sleep(0.1)

        thread = threading.Thread(target=drip)
        thread.start()
        began = time.monotonic()
        with pytest.raises(NotReached):
            Wire(may_call=lambda _address: True, total_seconds=0.5).post(
                f"https://localhost:{server.getsockname()[1]}/", b"{}", {}
            )
        assert time.monotonic() - began < 2
        thread.join()


def test_a_slow_endpoint_holds_up_nobody(
    partner: Partner, hook: Webhook, there: Endpoint, caller: Caller
) -> None:
    there.slow_seconds = 3
    agreeing(letter(), partner)
    began = time.monotonic()
    caller.work()
    assert time.monotonic() - began < 0.9
    caller.finish()
    db.session.commit()
    assert time.monotonic() - began < 2.5
    assert calls()[0].error in {"time-out", "not reached"}


def test_redirects_are_not_followed(
    partner: Partner, hook: Webhook, there: Endpoint, caller: Caller
) -> None:
    there.status, there.location = 307, there.url
    agreeing(letter(), partner)
    run(caller)
    assert len(there.received) == 1
    assert calls()[0].error == "307"


@pytest.mark.parametrize(
    "url",
    [
        "http://partner.example/", "https://127.0.0.1/", "https://[::1]/", "https://localhost/",
        "https://partner.example:8443/", "https://a:b@partner.example/", "https://2130706433/",
        "https://0x7f.1/", "https://partner.example/#x", "https://partner.example/ x", "",
        "https://partner.example\n/", "https://" + "a" * 600 + ".example/", "https://[/",
    ],
)  # fmt: skip
def test_addresses_that_nobody_should_call(url: str) -> None:
    assert not origins.is_hook(url)


PRIVATE = [
    "127.0.0.1", "10.1.2.3", "192.168.1.1", "172.16.0.1", "169.254.169.254", "100.64.0.1",
    "0.0.0.1", "224.0.0.1", "::1", "fe80::1%eth0", "fc00::1", "::ffff:127.0.0.1", "ff02::1",
    "64:ff9b::a00:1", "2002:a00:1::1", "64:ff9b:1::7f00:1", "::127.0.0.1", "::ffff:0:127.0.0.1",
    "fec0::1", "5f00::1",
]  # fmt: skip


def test_a_name_that_leads_into_our_own_network_is_not_called(there: Endpoint) -> None:
    assert not any(map(hook_wire.is_public, PRIVATE))
    assert all(map(hook_wire.is_public, ("9.9.9.9", "2620:fe::9", "64:ff9b::909:909")))
    with pytest.raises(NotReached, match="not public"):
        Wire().post(there.url, b"{}", {})
    assert there.received == []


def test_a_certificate_that_nobody_vouches_for_is_refused(there: Endpoint) -> None:
    with pytest.raises(NotReached, match="certificate"):
        Wire(may_call=lambda _address: True).post(there.url, b"{}", {})
    assert there.received == []
