"""What the campaign's own programs may: read without persons, bring in lists, look at webhooks."""

from __future__ import annotations

import io
import re
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from signing.audit import Verb
from signing.audit import queries as audit
from signing.collected import actions as collecting
from signing.collected import queries as collected
from signing.collected import sizes
from signing.collected.actions import About
from signing.collected.models import CollectedSignature, Kind
from signing.core import clock
from signing.core.db import db, transaction
from signing.core.settings import Settings
from signing.counts import cells
from signing.letters.models import ConsentPurpose, Letter
from signing.partners import hooks, tokens
from signing.partners.models import OF_LETTER, OF_PARTNER, Call, CallState, Partner, Scope
from signing.signatures import actions
from signing.signatures.models import Consent, Show
from signing.worker import retaining
from tests import make, staff
from tests.collected import elsewhere
from tests.programs.asking import agreeing, asking

AT = "/api/v1/letters/open-roads"
A_DAY = timedelta(days=1)
SHOWN: dict[str, Any] = {
    "show": Show.FULL,
    "consents": (ConsentPurpose.SIGN, ConsentPurpose.SHOW_NAME),
}
HOOK = "https://green.example/hooks/s3cret"


@pytest.fixture
def letter(app: Flask) -> Letter:
    """A letter of last week."""
    with time_machine.travel(clock.now() - 7 * A_DAY):
        return make.letter()


def token(letter: Letter, *scopes: Scope) -> str:
    with transaction():
        return tokens.make_for_letter(
            letter.id, "Figures", scopes or OF_LETTER, A_DAY, by=make.OPERATOR
        )


def of_partner(partner: Partner, *scopes: Scope) -> str:
    with transaction():
        return tokens.make(partner, "CRM", scopes or OF_PARTNER, A_DAY, by=make.OPERATOR)


class Program:
    """Asks with its token."""

    def __init__(self, client: FlaskClient, plain: str) -> None:
        self._client, self._plain = client, plain

    def ask(self, path: str, method: str = "GET", **sent: Any) -> TestResponse:
        """An address below the letter's, or a whole one."""
        head = {"Authorization": f"Bearer {self._plain}"} | sent.pop("headers", {})
        address = path if path.startswith("http") else AT + path
        answer = self._client.open(address, method=method, headers=head, **sent)
        staff.look_anew()
        return answer

    def json(self, path: str) -> Any:
        answer = self.ask(path)
        assert answer.status_code == 200, answer.text
        return answer.get_json()


@pytest.fixture
def program(client: FlaskClient, letter: Letter) -> Program:
    return Program(client, token(letter))


def test_each_token_opens_its_scopes_of_its_letter_and_of_its_kind(
    letter: Letter, client: FlaskClient
) -> None:
    partner = make.partner(letter)
    other = make.letter(slug="night-trains")
    paths = {
        "/names": Scope.NAMES,
        "/signatures": Scope.SIGNATURES,
        "/partners": Scope.PARTNERS,
        "/imports": Scope.IMPORTS,
    }
    shown = {scope: token(letter, scope) for scope in OF_LETTER}
    wrong = [of_partner(partner), token(other)]
    for path, scope in paths.items():
        for one, plain in shown.items():
            status = Program(client, plain).ask(path).status_code
            assert status == (200 if one is scope else 403), (path, one)
        for plain in wrong:
            assert Program(client, plain).ask(path).status_code == 403, path
        assert client.get(AT + path).status_code == 401
    mine = Program(client, shown[Scope.SIGNATURES])
    assert mine.ask(f"/partners/{partner.code}/signatures").status_code == 403  # who is behind
    assert mine.ask("/form").status_code == 403
    with pytest.raises(ValueError, match="imports"), transaction():
        tokens.make(partner, "CRM", {Scope.IMPORTS}, A_DAY, by=make.OPERATOR)
    with pytest.raises(ValueError, match="write"), transaction():
        tokens.make_for_letter(letter.id, "CRM", {Scope.SIGN}, A_DAY, by=make.OPERATOR)


def test_names_are_those_of_the_page_and_nothing_shifts_while_one_turns_over(
    letter: Letter, program: Program
) -> None:
    refs = {
        n: make.signature(letter, email=f"{n}@example.org", name=f"Ada {n}", **SHOWN)
        for n in ("Alm", "Berg", "Cruz", "Dahl")
    }
    make.signature(letter, email="hidden@example.org", name="Ida Hidden")
    make.signature(letter, email="waits@example.org", name="Ida Waits", is_confirmed=False, **SHOWN)
    answer = program.ask("/names?limit=2")
    first = answer.get_json()
    assert first["names"] == ["Ada Dahl", "Ada Cruz"]
    assert first["next"] in answer.headers["Link"]
    make.signature(letter, email="new@example.org", name="Ada New", **SHOWN)
    with transaction():
        actions.withdraw(refs["Cruz"])  # where the next page begins
    assert program.json(first["next"]) == {"names": ["Ada Berg", "Ada Alm"], "next": None}
    assert program.json("/names?limit=1")["names"] == ["Ada New"]


def test_names_of_one_moment_come_once_each(letter: Letter, program: Program) -> None:
    with time_machine.travel(clock.now(), tick=False):
        for n in "abcdef":
            make.signature(letter, email=f"{n}@example.org", name=f"Ada {n}", **SHOWN)
    seen, address = [], "/names?limit=4"
    while address:
        read = program.json(address)
        seen += read["names"]
        address = read["next"]
    assert sorted(seen) == [f"Ada {n}" for n in "abcdef"]


def test_what_stands_in_a_cursor_is_sealed_and_good_for_its_list_alone(
    letter: Letter, client: FlaskClient, program: Program
) -> None:
    for n in "ab":
        make.signature(letter, email=f"{n}@example.org", name=f"Ada {n}", **SHOWN)
    answer = program.ask("/names?limit=1")
    cursor = answer.get_json()["next"].partition("cursor=")[2]
    same = {"If-None-Match": answer.headers["ETag"]}
    assert program.ask("/names?limit=1", headers=same).status_code == 304
    assert program.ask(f"/signatures?cursor={cursor}").status_code == 400
    other = Program(client, token(make.letter(slug="night-trains")))
    elsewhere_ = f"http://localhost/api/v1/letters/night-trains/names?cursor={cursor}"
    assert other.ask(elsewhere_).status_code == 400
    for nonsense in ("x", "A" * 60, cursor[:-2], "é" * 60):
        assert program.ask("/names", query_string={"cursor": nonsense}).status_code == 400


@pytest.fixture
def one_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    """Days are told with one person in them."""
    monkeypatch.setattr(cells, "SMALLEST", 1)


def test_signatures_come_without_persons(
    letter: Letter, program: Program, one_is_enough: None
) -> None:
    partner = asking(letter, "green-web")
    yesterday = clock.now() - A_DAY
    with time_machine.travel(yesterday):
        agreeing(letter, partner, email="zoe@example.org", name="Zoë Lindqvist")
        make.signature(letter, email="waits@example.org", name="Ida Waits", is_confirmed=False)
    first = program.ask("/signatures?limit=1")
    second = program.ask(first.get_json()["next"])
    assert not re.search("zoe|zoë|lindqvist|example.org", (first.text + second.text).lower())
    assert second.get_json()["next"] is None
    both = first.get_json()["signatures"] + second.get_json()["signatures"]
    one, other = sorted(both, key=lambda each: str(each["state"]))
    assert (one["state"], one["locale"], one["country"]) == ("confirmed", "en", "SE")
    assert (one["entry"], one["partner"]) == ("form", "green-web")
    assert one["confirmed_by"] == yesterday.date().isoformat()
    given = {(each["purpose"], each["partner"]) for each in one["consents"]}
    assert given == {("sign", None), ("partner", "green-web")}
    assert re.fullmatch("[0-9a-f]{20}", one["id"])  # no UUIDv7: that would tell the moment
    assert (other["state"], other["confirmed_by"]) == ("pending", None)
    assert program.json("/signatures")["signatures"] == both


def test_the_order_of_signatures_is_not_that_of_names(letter: Letter, program: Program) -> None:
    """Else whoever reads both lists knows whose name belongs to which country."""
    countries = [f"{a}{b}" for a in "ABC" for b in "DEFGH"]
    with time_machine.travel(clock.now() - A_DAY):
        for country in countries:
            make.signature(letter, email=f"{country}@example.org", country=country, **SHOWN)
    told = [one["country"] for one in program.json("/signatures")["signatures"]]
    assert sorted(told) == countries
    assert told not in (countries, countries[::-1])


def test_signatures_of_quiet_days_are_told_when_they_are_ten(
    letter: Letter, program: Program
) -> None:
    """Else the one new row is that of the one new name."""
    seen = []
    for day in range(6):
        with time_machine.travel(clock.now() + (day - 6) * A_DAY):
            told = program.json("/signatures")["signatures"]
            seen.append((len(told), len({one["confirmed_by"] for one in told})))
            for number in range(3):
                make.signature(letter, email=f"{day}{number}@example.org", **SHOWN)
    assert seen == [(0, 0), (0, 0), (0, 0), (0, 0), (12, 1), (12, 1)]


def test_signatures_are_told_as_of_midnight_so_that_no_name_can_be_watched_appearing(
    letter: Letter, program: Program, one_is_enough: None
) -> None:
    with time_machine.travel(clock.now() - 2 * A_DAY):
        waits = make.signature(letter, is_confirmed=False, **SHOWN)
        shows = make.signature(letter, email="shows@example.org", **SHOWN)
    with time_machine.travel(clock.now() - A_DAY):
        before = program.json("/signatures")
        make.confirm(waits)
        make.signature(letter, email="today@example.org", **SHOWN)
        with transaction():
            newest = select(Consent).where(Consent.signature_id == shows.signature_id)
            for consent in db.session.scalars(newest):
                consent.withdrawn_at = clock.now()
        assert program.json("/signatures") == before
    after = program.json("/signatures")["signatures"]
    assert [one["state"] for one in after] == ["confirmed"] * 3
    assert [all(given["is_withdrawn"] for given in one["consents"]) for one in after].count(
        True
    ) == 1


def test_partners_come_with_whole_days_of_ten_people_and_more(
    letter: Letter, program: Program
) -> None:
    with time_machine.travel(clock.now() - 3 * A_DAY):
        partner = make.partner(letter, "green-web")
        make.source(letter, "may-mail")
        for n in range(11):
            make.signature(letter, email=f"{n}@example.org", partner_id=partner.id)
    make.signature(letter, email="today@example.org", partner_id=partner.id)
    first = program.json("/partners?limit=1")
    (one,) = first["partners"]
    assert (one["code"], one["kind"], one["state"]) == ("green-web", "partner", "active")
    assert (one["first"]["count"], one["later"]["count"]) == (11, 0)
    (period,) = one["first"]["periods"]
    assert (period["count"], period["by_locale"]) == (11, {"en": 11})
    (source,) = program.json(first["next"])["partners"]
    assert (source["code"], source["kind"], source["first"]["count"]) == ("may-mail", "own", 0)


LIST = "name,email,city\nAda Quist,ada@example.org,Ulm\nBen Okri,ben@example.org,Ulm\n"
FACTS = {"source": "openPetition", "kind": "openpetition", "as_of": "2026-03-01"}
BASED = {"basis": "consent", "wording": "The campaign may keep my address."}


def send(program: Program, content: str | bytes = LIST, **facts: str) -> TestResponse:
    data = content.encode() if isinstance(content, str) else content
    sent = {**FACTS, **facts, "file": (io.BytesIO(data), "list.csv")}
    return program.ask("/imports", "POST", data=sent)


def test_a_list_is_read_by_a_worker_and_counts_when_the_program_says_so(
    letter: Letter, program: Program, settings: Settings
) -> None:
    answer = send(program, **BASED)
    made = answer.get_json()
    assert (answer.status_code, made["state"], made["work"]) == (202, "reading", "waiting")
    here = f"/imports/{made['id']}"
    assert program.ask(f"{here}/count", "POST").status_code == 409  # not read yet
    again = send(program, **BASED)
    assert (again.status_code, again.content_type) == (409, "application/problem+json")
    elsewhere.work(settings)
    read = program.json(here)
    assert (read["state"], read["work"], read["number"]) == ("read", "done", 2)
    assert collected.list_shown(letter.id) == []
    assert program.ask(f"{here}/count", "POST").get_json()["state"] == "counted"
    assert program.ask(f"{here}/count", "POST").status_code == 409
    (shown,) = collected.list_shown(letter.id)
    assert (shown.source, shown.number) == ("openPetition", 2)
    second = send(program, **BASED).get_json()
    elsewhere.work(settings)
    assert program.json(f"/imports/{second['id']}")["duplicates"] == 2
    assert [one["id"] for one in program.json("/imports")["imports"]] == [second["id"], made["id"]]
    (event,) = [
        one for one in audit.list_of_letter(letter.id) if one.verb == Verb.COLLECTION_COUNTED
    ]
    assert event.actor_kind == "program"


def test_rows_that_cannot_be_used_are_named_and_nobody_counts(
    letter: Letter, program: Program, settings: Settings
) -> None:
    made = send(program, LIST + ",empty@example.org,\nEve,not an address,\n", **BASED).get_json()
    elsewhere.work(settings)
    here = f"/imports/{made['id']}"
    assert program.json(here)["problems"] == [
        {"row": 4, "problem": "no_name"},
        {"row": 5, "problem": "address_odd"},
    ]
    assert program.ask(f"{here}/count", "POST").status_code == 409
    assert program.ask(f"{here}/count?without_faulty=maybe", "POST").status_code == 400
    assert program.ask(here, "DELETE").get_json()["state"] == "undone"
    assert program.ask(here, "DELETE").status_code == 409
    elsewhere.work(settings)
    assert db.session.scalars(select(CollectedSignature.id)).all() == []
    made = send(program, LIST + ",,Ulm\n").get_json()
    elsewhere.work(settings)
    counted = program.ask(f"/imports/{made['id']}/count?without_faulty=true", "POST")
    assert (counted.get_json()["number"], counted.get_json()["faulty"]) == (2, 1)


WRONG: list[tuple[dict[str, str], str]] = [
    ({"source": ""}, "source"),
    ({"source": " \t "}, "source"),
    ({"source": "x" * 121}, "source"),
    ({"kind": "figure"}, "kind"),
    ({"link": "javascript:alert(1)"}, "link"),
    ({"as_of": "tomorrow"}, "as_of"),
    ({"as_of": "20260301"}, "as_of"),
    ({"as_of": "2999-01-01"}, "as_of"),
    ({"began_on": "2026-02-02", "ended_on": "2026-02-01"}, "ended_on"),
    ({"basis": "consent"}, "wording"),
    ({"basis": "because"}, "basis"),
    ({"columns": "name,shoe size"}, "columns"),
    ({"columns": "city"}, "columns"),
    ({"state": "counted"}, "state"),
]


def test_a_list_may_be_of_today_where_the_letter_lives(letter: Letter, program: Program) -> None:
    """There it is tomorrow already, from ten o'clock in the morning (UTC) on."""
    zone = "Pacific/Kiritimati"
    with transaction():
        db.session.execute(update(Letter).values(time_zone=zone))
    db.session.expire_all()
    today = clock.now().astimezone(ZoneInfo(zone)).date()
    late = send(program, as_of=(today + timedelta(days=2)).isoformat())
    assert [one["field"] for one in late.get_json()["errors"]] == ["as_of"]
    assert send(program, as_of=today.isoformat()).get_json()["as_of"] == today.isoformat()


def test_what_is_wrong_with_a_list_is_named_and_nothing_is_kept(
    letter: Letter, program: Program
) -> None:
    for wrong, field in WRONG:
        answer = send(program, **wrong)
        assert answer.status_code == 422, wrong
        assert [one["field"] for one in answer.get_json()["errors"]] == [field], wrong
    for content in ("", b"\x89PNG\r\n\x1a\n\x00\x00\xff", "a,b\n1,2\n"):
        assert send(program, content).status_code == 422, content
    assert program.ask("/imports", "POST", data=FACTS).status_code == 400  # no form with a file
    assert program.ask("/imports", "POST", json=FACTS).status_code == 400
    empty = program.ask(
        "/imports", "POST", data=FACTS, headers={"Content-Type": "multipart/form-data; boundary=x"}
    )
    assert empty.status_code in {400, 422}
    twice = {**FACTS, "source": ["a", "b"], "file": (io.BytesIO(b"name\nAda\n"), "list.csv")}
    assert program.ask("/imports", "POST", data=twice).status_code == 400
    assert collected.list_all(letter.id) == []


def test_a_list_that_is_too_large_is_refused_and_nobody_without_a_token_sends_one(
    client: FlaskClient, program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sizes, "FILE_BYTES", 100_000)
    assert send(program, "name\n" + "Ada Quist\n" * 20_000).status_code == 413
    assert send(program, "name\n" + "Ada Quist\n" * 9_000).status_code == 202
    assert send(Program(client, "sgn_none")).status_code == 401


def test_programs_touch_nothing_that_members_brought_in(
    letter: Letter, program: Program, client: FlaskClient
) -> None:
    about = About(Kind.OTHER, "openPetition", date(2026, 3, 1))
    with transaction():
        made = collecting.begin_upload(letter, about, by=make.OPERATOR).id
    assert program.json("/imports") == {"imports": []}
    for path, method in (("", "GET"), ("", "DELETE"), ("/count", "POST")):
        assert program.ask(f"/imports/{made}{path}", method).status_code == 404
    mine = send(program).get_json()["id"]
    other = Program(client, token(make.letter(slug="night-trains")))
    there = f"http://localhost/api/v1/letters/night-trains/imports/{mine}"
    assert other.ask(there).status_code == 404
    assert other.ask(f"/imports/{mine}").status_code == 403


def test_an_erased_letter_takes_no_list(
    letter: Letter, program: Program, settings: Settings
) -> None:
    make.signature(letter, name="Ada Quist", **SHOWN)
    retaining.erase(letter, by=make.OPERATOR)
    assert send(program).status_code == 410
    assert program.json("/names")["names"] == []
    assert program.json("/signatures")["signatures"] == []


def test_a_partners_program_sets_its_own_webhook(
    letter: Letter, client: FlaskClient, program: Program
) -> None:
    partner, other = asking(letter, "green-web"), make.partner(letter, "red-web")
    mine = Program(client, of_partner(partner))
    answer = mine.ask("/webhooks", "POST", json={"address": HOOK})
    made = answer.get_json()
    assert answer.status_code == 201
    assert made["secret"].startswith("whsec_")
    (seen,) = mine.json("/webhooks")["webhooks"]
    assert (seen["address"], seen["partner"], "secret" in seen) == (HOOK, "green-web", False)
    (told,) = program.json("/webhooks")["webhooks"]  # the campaign's
    assert (told["address"], told["partner"]) == ("green.example", "green-web")
    agreeing(letter, partner)
    assert mine.json("/webhooks")["webhooks"][0]["waiting"] == 1
    assert program.json("/webhooks")["webhooks"][0]["waiting"] == 0  # in tens: it was one person
    with transaction():
        db.session.execute(update(Call).values(state=CallState.DEAD.value))
    here = f"/webhooks/{made['id']}"
    theirs = Program(client, of_partner(other))
    assert theirs.json("/webhooks") == {"webhooks": [], "next": None}
    for path, method in ((here, "DELETE"), (f"{here}/replay", "POST")):
        assert theirs.ask(path, method).status_code == 404
        assert program.ask(path, method).status_code == 403  # the campaign's looks on
    assert mine.ask(f"{here}/replay", "POST").get_json() == {"calls": 1}
    assert mine.ask(f"{here}/replay", "POST").get_json() == {"calls": 0}
    assert mine.ask(here, "DELETE").get_json()["webhooks"] == []
    assert mine.ask(here, "DELETE").status_code == 404
    with transaction():
        by = {one.actor_kind for one in audit.list_of_letter(letter.id) if "webhook" in one.verb}
    assert by == {"program"}


def test_webhooks_come_by_the_page_to_the_campaign_and_to_a_partner(
    letter: Letter, client: FlaskClient, program: Program
) -> None:
    mine = Program(client, of_partner(make.partner(letter, "green-web")))
    theirs = Program(client, of_partner(make.partner(letter, "red-web")))
    made = [
        one.ask("/webhooks", "POST", json={"address": f"{HOOK}/{n}"}).get_json()["id"]
        for n, one in enumerate((mine, theirs, mine))
    ]
    for who, expected in ((program, made), (mine, [made[0], made[2]])):
        seen, path = [], "/webhooks?limit=1"
        while path:
            page = who.json(path)
            seen += [one["id"] for one in page["webhooks"]]
            path = str(page["next"] or "").partition(f"/{letter.slug}")[2]
        assert seen == expected
    assert program.ask("/webhooks?cursor=" + "A" * 60).status_code == 400


def test_a_webhook_leads_to_no_inner_place_and_there_are_three_at_most(
    letter: Letter, client: FlaskClient
) -> None:
    partner = make.partner(letter)
    mine = Program(client, of_partner(partner))
    for address in ("http://green.example/", "https://127.0.0.1/", "https://localhost/", "x"):
        answer = mine.ask("/webhooks", "POST", json={"address": address})
        assert answer.status_code == 422, address
        assert answer.get_json()["errors"][0]["field"] == "address"
    statuses = [
        mine.ask("/webhooks", "POST", json={"address": f"{HOOK}/{n}"}).status_code for n in range(4)
    ]
    assert statuses == [201, 201, 201, 409]
    reader = Program(client, of_partner(partner, Scope.HOOKS))
    assert reader.ask("/webhooks", "POST", json={"address": HOOK}).status_code == 403
    with transaction():
        db.session.execute(update(Partner).values(state="suspended"))
    assert mine.ask("/webhooks", "POST", json={"address": HOOK}).status_code == 403
    (one, *_rest) = hooks.list_all(letter.id, partner.id)
    assert mine.ask(f"/webhooks/{one.id}", "DELETE").status_code == 200  # less is always allowed


def test_a_token_of_the_campaign_ends_by_itself_and_when_it_is_taken_back(
    letter: Letter, client: FlaskClient
) -> None:
    mine = Program(client, token(letter))
    partner = make.partner(letter)
    (kept,) = tokens.list_all(letter.id, None)
    assert tokens.list_all(letter.id, partner.id) == []
    assert mine.ask("/names").status_code == 200
    assert tokens.list_all(letter.id, None)[0].last_used == clock.now().date()
    with time_machine.travel(clock.now() + A_DAY * 1.1):
        assert mine.ask("/names").status_code == 401
    with transaction():
        tokens.revoke_for_letter(letter.id, kept.id, by=make.OPERATOR)
        tokens.revoke_for_letter(letter.id, kept.id, by=make.OPERATOR)
    assert mine.ask("/names").status_code == 401
    made, taken = Verb.TOKEN_MADE, Verb.TOKEN_REVOKED
    verbs = [one.verb for one in audit.list_of_letter(letter.id)]
    assert (verbs.count(made), verbs.count(taken)) == (1, 1)
