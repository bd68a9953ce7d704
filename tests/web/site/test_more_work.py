"""A form that comes strangely or in a rush: work or a wait, and then it is taken; never a no."""

from __future__ import annotations

import base64
import json
from datetime import timedelta
from typing import Any

import altcha
import pytest
from altcha import Challenge
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from signing.core.db import db, transaction
from signing.core.limits import limits
from signing.letters.models import Letter, ProofOfWork
from tests import make
from tests.conftest import Inbox

SIGN = "/en/open-roads/sign"
ONE_NETWORK = {"REMOTE_ADDR": "198.51.100.1"}
TYPED = {"name": "Zoë Lindqvist", "email": "zoe@example.org", "country": "SE", "show_name": "full"}


def send(client: FlaskClient, form: dict[str, str], **more: dict[str, str]) -> TestResponse:
    return client.post(SIGN, data=form, **more)


def was_taken(answer: TestResponse) -> bool:
    return answer.status_code == 303 and "/en/open-roads/sent" in answer.location


def carried(answer: TestResponse) -> dict[str, str]:
    """What the page "One moment" would send."""
    form = BeautifulSoup(answer.text, "html.parser").select_one("form[data-challenge]")
    assert form is not None
    return {str(field["name"]): str(field["value"]) for field in form.select("input")}


def challenge(answer: TestResponse) -> dict[str, Any]:
    form = BeautifulSoup(answer.text, "html.parser").select_one("form[data-challenge]")
    assert form is not None
    made: dict[str, Any] = json.loads(str(form["data-challenge"]))
    return made


def fresh(client: FlaskClient, slug: str = "open-roads") -> dict[str, Any]:
    """What the letter's page asks for while its form is filled in."""
    made: dict[str, Any] = client.get(f"/en/{slug}/work.json").get_json()
    return made


def solved(made: dict[str, Any]) -> str:
    """What the browser's script makes of a challenge."""
    solution = altcha.solve_challenge(Challenge.from_dict(made))
    assert solution is not None
    payload = {"challenge": made, "solution": solution.to_dict()}
    return base64.b64encode(json.dumps(payload).encode()).decode()


def test_a_form_of_ours_is_taken_at_once(client: FlaskClient) -> None:
    make.letter()
    assert was_taken(send(client, make.sign_form()))


@pytest.mark.parametrize("stamp", [{}, {"stamp": ""}, {"stamp": "forged"}, {"stamp": "1.2.3"}])
def test_a_form_without_our_stamp_proves_work_and_keeps_what_was_typed(
    client: FlaskClient, stamp: dict[str, str]
) -> None:
    make.letter()

    asked = send(client, TYPED | stamp)

    assert asked.status_code == 429
    assert int(asked.headers["Retry-After"]) > 0
    assert TYPED.items() <= carried(asked).items()
    assert was_taken(send(client, carried(asked) | {"altcha": solved(challenge(asked))}))


def test_a_stamp_is_of_its_letter_its_wordings_and_its_week(
    client: FlaskClient, inbox: Inbox
) -> None:
    make.letter()
    make.letter("night-trains")
    foreign = make.stamp("night-trains")
    other_wording = make.stamp("open-roads", wording="0" * 32)
    fresh = make.sign_form()

    assert send(client, TYPED | foreign).status_code == 429
    assert send(client, TYPED | other_wording).status_code == 429
    with inbox.later(timedelta(days=6)):
        assert was_taken(send(client, fresh))
    with inbox.later(timedelta(days=8)):
        assert send(client, fresh).status_code == 429


def test_the_page_carries_the_stamp_and_stays_the_same_for_an_hour(client: FlaskClient) -> None:
    make.letter()
    page, again = client.get("/en/open-roads"), client.get("/en/open-roads")
    form = BeautifulSoup(page.text, "html.parser").select("form.form input[type=hidden]")
    hidden = {str(field["name"]): str(field["value"]) for field in form}

    assert hidden.keys() == {"wording", "stamp"}
    assert was_taken(send(client, TYPED | hidden))
    assert page.headers["ETag"] == again.headers["ETag"]


def test_whoever_waits_needs_no_script(client: FlaskClient, inbox: Inbox) -> None:
    make.letter()
    asked = send(client, TYPED)

    too_early = send(client, carried(asked))
    assert too_early.status_code == 429
    assert carried(too_early) == carried(asked)
    with inbox.later(timedelta(seconds=int(asked.headers["Retry-After"]) + 1)):
        assert was_taken(send(client, carried(asked)))
        assert "/confirm/" in Inbox.text(inbox.mails[-1])


def test_a_wait_is_good_for_one_form(client: FlaskClient, inbox: Inbox) -> None:
    make.letter()
    ticket = carried(send(client, TYPED))

    with inbox.later(timedelta(minutes=2)):
        assert was_taken(send(client, ticket))
        again = send(client, ticket | {"email": "other@example.org"})
        assert again.status_code == 429
        assert carried(again)["ticket"] != ticket["ticket"]
    with inbox.later(timedelta(minutes=65)):
        assert send(client, ticket).status_code == 429


def test_a_solution_is_good_for_one_form(client: FlaskClient) -> None:
    make.letter()
    asked = send(client, TYPED)
    paid = carried(asked) | {"altcha": solved(challenge(asked))}

    assert was_taken(send(client, paid))
    assert send(client, paid | {"email": "other@example.org"}).status_code == 429


def test_foreign_old_weak_and_invented_solutions_are_not_taken(
    client: FlaskClient, inbox: Inbox
) -> None:
    make.letter()
    make.letter("night-trains")
    other = fresh(client, "night-trains")
    ours = fresh(client)
    easier = ours | {"parameters": ours["parameters"] | {"keyPrefix": "00"}}
    unsigned = altcha.create_challenge("PBKDF2/SHA-256", 1, counter=1).to_dict()

    for made in (other, easier, unsigned):
        assert send(client, TYPED | {"altcha": solved(made)}).status_code == 429
    for garbage in ("x", "e30=", base64.b64encode(b"[]").decode(), "é", "0" * 5000):
        assert send(client, TYPED | {"altcha": garbage}).status_code == 429
    good = solved(ours)
    with inbox.later(timedelta(minutes=61)):
        assert send(client, TYPED | {"altcha": good}).status_code == 429


def test_harder_work_is_not_paid_with_light_work(client: FlaskClient) -> None:
    make.letter()
    light = solved(fresh(client))
    for number in range(201):
        send(client, make.sign_form(email=f"p{number}@posteo.de"), environ_base=ONE_NETWORK)

    form = make.sign_form(email="last@posteo.de")
    asked = send(client, form | {"altcha": light}, environ_base=ONE_NETWORK)

    assert asked.status_code == 429
    paid = carried(asked) | {"altcha": solved(challenge(asked))}
    assert was_taken(send(client, paid, environ_base=ONE_NETWORK))


def test_a_filled_trap_means_work_and_a_flag_and_never_a_no(
    client: FlaskClient, inbox: Inbox
) -> None:
    make.letter()

    asked = send(client, make.sign_form(website="https://spam.example"))
    assert asked.status_code == 429
    assert was_taken(send(client, carried(asked) | {"altcha": solved(challenge(asked))}))

    assert "/confirm/" in Inbox.text(inbox.mails[0])
    assert make.reasons("open-roads") == ["honeypot"]


def test_a_wrong_field_costs_no_second_proof(client: FlaskClient) -> None:
    make.letter()
    asked = send(client, TYPED | {"name": " "})
    assert asked.status_code == 422  # first what is wrong, then the work

    asked = send(client, TYPED)
    proof = solved(challenge(asked))
    wrong = send(client, TYPED | {"altcha": proof, "email": "zoe"})
    assert wrong.status_code == 422
    kept = BeautifulSoup(wrong.text, "html.parser").select_one("input[name=altcha]")
    assert kept is not None
    assert was_taken(send(client, TYPED | {"altcha": str(kept["value"])}))


def test_three_hundred_people_of_one_network_all_get_through(
    client: FlaskClient, app: Flask
) -> None:
    make.letter()
    waited: list[int] = []
    for number in range(300):
        form = make.sign_form(email=f"student{number}@university.example.org")
        answer = send(client, form, environ_base=ONE_NETWORK)
        if answer.status_code == 429:
            waited.append(int(answer.headers["Retry-After"]))
            if number % 20 == 0:  # solving all of them would test nothing more
                paid = carried(answer) | {"altcha": solved(challenge(answer))}
                assert was_taken(send(client, paid, environ_base=ONE_NETWORK))
        else:
            assert was_taken(answer)
    assert len(waited) == 280
    assert max(waited) <= 60 + 10 * 60  # without a script too, within minutes


def test_a_letter_under_pressure_loads_the_script_and_others_do_not(client: FlaskClient) -> None:
    letter = make.letter()
    calm = client.get("/en/open-roads")
    assert "<script" not in calm.text
    assert "script-src" not in calm.headers["Content-Security-Policy"]

    with transaction():
        db.session.get_one(Letter, letter.id).work = ProofOfWork.ON

    pressed = client.get("/en/open-roads")
    assert 'data-work="/en/open-roads/work.json"' in pressed.text
    assert "script-src 'self'; connect-src 'self'" in pressed.headers["Content-Security-Policy"]
    assert "unsafe" not in pressed.headers["Content-Security-Policy"]


def test_signing_tells_the_same_about_every_address_when_it_asks_for_work(
    client: FlaskClient,
) -> None:
    letter = make.letter()
    make.signature(letter, email="confirmed@example.org")
    make.signature(letter, email="pending@example.org", is_confirmed=False)

    answers = [
        send(client, TYPED | {"email": f"{who}@example.org"})
        for who in ("confirmed", "pending", "new")
    ]

    assert {one.status_code for one in answers} == {429}
    assert all(18 <= int(one.headers["Retry-After"]) <= 20 for one in answers)  # the clock goes on
    assert len({len(one.text) - len(carried(one)["email"]) for one in answers}) == 1


def test_challenges_are_no_source_of_endless_work_for_us(client: FlaskClient) -> None:
    make.letter()
    codes = [
        client.get("/en/open-roads/work.json", environ_base=ONE_NETWORK).status_code
        for _ in range(601)
    ]
    assert set(codes[:600]) == {200}
    assert codes[600] == 429


def test_a_flood_does_not_send_those_home_who_have_no_script(client: FlaskClient) -> None:
    letter = make.letter()
    limits.hit_all([(f"waiting:{letter.id.hex}", 60)])
    storage = limits.storage
    storage.incr(f"waiting:{letter.id.hex}", 60, 20_000)

    asked = send(client, TYPED)

    assert 600 < int(asked.headers["Retry-After"]) <= 20 + 600
