"""The calendar feed, read back by a plain reading of RFC 5545 that shares nothing with what writes it."""

import re
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select

from app import clock
from app.accounts.models import Token, User, hash_secret
from app.extensions import write
from app.reports.models import Report
from app.reports.views import calendars
from tests.rig.people import THE_DAY

LINE = re.compile(r"(?P<name>[A-Z-]+)(?P<parameters>(?:;[A-Z-]+=[^;:]+)*):(?P<value>.*)", re.DOTALL)
ESCAPED = {"\\n": "\n", "\\N": "\n", "\\,": ",", "\\;": ";", "\\\\": "\\"}


def events(body: bytes) -> dict[str, dict]:
    """The feed's entries by UID; every line is held to the standard's form on the way."""
    assert body.endswith(b"\r\n")
    raw = body.split(b"\r\n")[:-1]
    assert all(len(line) <= 75 and b"\n" not in line for line in raw)
    lines = re.sub(r"\r\n[ \t]", "", body.decode()).removesuffix("\r\n").split("\r\n")
    found, entry = {}, None
    for line in lines:
        match = LINE.fullmatch(line)
        assert match, line
        name, value = match["name"], re.sub(r"\\.", lambda mark: ESCAPED[mark[0]], match["value"])
        if (name, value) == ("BEGIN", "VEVENT"):
            entry = {}
        elif (name, value) == ("END", "VEVENT"):
            assert entry["UID"] not in found
            assert {"DTSTAMP", "DTSTART", "SEQUENCE", "SUMMARY"} <= set(entry)
            found[entry["UID"]], entry = entry, None
        elif entry is not None:
            entry[name] = _instant(value) if "DATE" in match["parameters"] or name.startswith("DT") else value
    assert (lines[0], lines[-1]) == ("BEGIN:VCALENDAR", "END:VCALENDAR")
    assert "VERSION:2.0" in lines
    return found


def _instant(text: str) -> date | datetime:
    if len(text) == 8:
        return date(int(text[:4]), int(text[4:6]), int(text[6:]))
    return datetime.strptime(text, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)


@pytest.fixture
def subscribe(as_, app):
    """`subscribe("ana")`: the path of the feed's address, as the own page shows it this once."""

    def make(who: str) -> str:
        text = as_(who).post("/profile/calendar").text
        (address,) = re.findall(rf"{re.escape(app.config['BASE_URL'])}(/calendars/[\w-]+\.ics)", text)
        assert address not in as_(who).get("/profile").text
        return address

    return make


def test_what_is_due_and_when_it_locks(report, subscribe, client):
    key = report()
    answer = client.get(subscribe("ana"))
    assert answer.content_type == "text/calendar; charset=utf-8"
    found = events(answer.data)
    due, lock = found[f"due-{key}@accord"], found[f"lock-{key}@accord"]
    assert due["SUMMARY"] == "Due: Service report, October 2026, Cedar, Voice"
    assert (due["DTSTART"], due["DTEND"]) == (date(2026, 11, 9), date(2026, 11, 10))
    assert lock["DTSTART"] == datetime(2026, 11, 30, 22, 0, tzinfo=UTC)
    assert due["URL"].endswith(f"/reports/{key}")
    assert not any("client figures" in each["SUMMARY"] for each in found.values())


def test_an_entry_keeps_its_name_when_its_date_moves(report, subscribe, client, as_):
    key, address = report(), subscribe("leo")
    name = f"lock-{key}@accord"
    before = events(client.get(address).data)[name]
    form = {"until": "2026-12-04", "covers": "report", "why": "A flood"}
    with clock.at(THE_DAY.replace(day=24)):
        as_("mia").post(f"/reports/{key}/deferrals", data=form)
        after = events(client.get(address).data)[name]
    assert (before["SEQUENCE"], after["SEQUENCE"]) == ("0", "1")
    assert after["DTSTART"] == datetime(2026, 12, 4, 22, 0, tzinfo=UTC)
    assert after["DTSTAMP"] > before["DTSTAMP"]
    assert events(client.get(address).data)[f"due-{key}@accord"]["DTSTART"] == date(2026, 11, 9)


def test_what_waits_for_a_manager_is_there_and_what_is_sent_is_not(
    report, filled, upload, as_, look, subscribe, client
):
    key = report()
    upload("ana", key, filled(key))
    form = {"seen": look(key)["seen"], "form_key": "k", "declared": "y"}
    assert as_("leo").post(f"/reports/{key}/submission", data=form).status_code == 303
    version = look(key)["versions"][0]["key"]
    mine = events(client.get(subscribe("mia")).data)
    assert mine[f"review-{version}@accord"]["SUMMARY"].startswith("To review: Service report, October 2026")
    assert mine[f"review-{version}@accord"]["DTSTART"] == date(2026, 11, 30)
    assert any("client figures" in each["SUMMARY"] for each in mine.values())
    theirs = events(client.get(subscribe("ana")).data)
    assert not {name for name in theirs if key in name or name.startswith("review")}


def test_what_was_returned_is_due_and_has_no_lock(report, subscribe, client, inside):
    key = report()
    with inside() as session, write():
        session.scalars(select(Report).where(Report.key == key)).one().state = "returned"
    found = events(client.get(subscribe("ana")).data)
    assert f"lock-{key}@accord" not in found
    assert found[f"due-{key}@accord"]["DESCRIPTION"].endswith(
        "it was returned, and can be sent again after its lock too."
    )


def test_it_shows_what_its_owner_sees_whoever_asks(report, contract, subscribe, as_):
    report()
    contract("birch")
    birch = events(as_("ana").get(subscribe("bob")).data)
    assert birch
    assert all("Birch" in each["SUMMARY"] for each in birch.values())
    both = events(as_("ana").get(subscribe("mia")).data)
    assert {"Birch", "Cedar"} == {each["SUMMARY"].split(", ")[-2] for each in both.values()}


def test_only_the_digest_is_kept_and_a_new_address_ends_the_old(report, subscribe, client, inside, as_):
    report()
    first = subscribe("ana")
    token = first.removeprefix("/calendars/").removesuffix(".ics")
    with inside() as session:
        rows = session.scalars(select(Token).where(Token.purpose == "calendar")).all()
        assert [row.token_hash for row in rows] == [hash_secret(token)]
    second = subscribe("ana")
    assert client.get(first).status_code == 404
    assert client.get(second).status_code == 200
    assert as_("ana").post("/profile/calendar/ending").status_code == 303
    assert client.get(second).status_code == 404


def test_an_address_ends_with_its_person(report, subscribe, client, inside, as_, people):
    report()
    address = subscribe("ana")
    with inside() as session:
        key = session.scalars(select(User.key).where(User.email == people.ana.email)).one()
    assert as_("ada").post(f"/users/{key}/deactivation").status_code == 303
    assert client.get(address).status_code == 404
    assert as_("ada").post(f"/users/{key}/reactivation").status_code == 303
    assert client.get(address).status_code == 404, "somebody who comes back makes a new one"


def test_an_address_ends_where_a_role_reads_no_reports(report, subscribe, client, inside, people):
    report()
    address = subscribe("dora")
    with inside() as session, write():
        session.scalars(select(User).where(User.email == people.dora.email)).one().role = "governance_viewer"
    assert client.get(address).status_code == 404


def test_a_program_that_asks_all_the_time_is_slowed(report, subscribe, client):
    report()
    address = subscribe("ana")
    answers = [client.get(address).status_code for _ in range(calendars.LIMITS.pair + 1)]
    assert answers == [200] * calendars.LIMITS.pair + [429]


def test_a_thousand_characters_of_a_name_are_folded(report, inside, subscribe, client):
    key = report()
    with inside() as session, write():
        session.scalars(select(Report).where(Report.key == key)).one().contract.name = "Ñandú; voz, \\ " * 30
    due = events(client.get(subscribe("ana")).data)[f"due-{key}@accord"]
    assert due["SUMMARY"].endswith("Ñandú; voz, \\ " * 2)
