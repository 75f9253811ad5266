"""A program brings figures as rows or as a file: the page's checks, in the page's words, at the place that was sent."""

import io
import json
from datetime import timedelta

import pytest
from sqlalchemy import select

from app import clock, jobs
from app.accounts.models import User
from app.events import Event
from app.mail import Mail
from app.reports.uploads import intake
from tests.rig.people import THE_DAY

ROW = {"Month": "2026-10", "Site": "cedar-one", "offered": 1000, "answered": 950}
ROW |= {"answered_in_threshold": 800, "abandoned": 50}
ROWS = [{**ROW, "Queue": "cedar-voice"}, {**ROW, "Queue": "cedar-chat"}]
DECLARED = {"service": {"grain": "month", "certification": "declaration"}, "staffing": {"grain": "month"}}


def figures(*rows: dict) -> dict:
    return {"json": {"rows": list(rows) or ROWS}}


@pytest.mark.portable
def test_three_requests_bring_the_first_draft_in(report, program, look):
    key, export = report(), program()
    owed = export.get("/reports?month=2026-10&kind=service").json["reports"]
    assert [each["key"] for each in owed] == [key]
    asks = export.get(owed[0]["links"]["self"].removeprefix("/api/v1")).json["asks"]
    assert asks["headings"][:4] == ["Month", "Site", "Queue", "Offered (contacts)"]
    assert {(row["period"], row["site"], row["queue"]) for row in asks["rows"]} == {
        ("2026-10", "cedar-one", "cedar-voice"),
        ("2026-10", "cedar-one", "cedar-chat"),
    }
    brought = export.post(f"/reports/{key}/draft", **figures())
    assert (brought.status_code, brought.json["problems"], brought.json["rows"]) == (201, [], 2)
    assert brought.headers["Location"] == f"/api/v1/reports/{key}/draft"
    assert look(key)["draft"]["rows"][0]["measures"]["offered"] == "1000"


def test_a_program_is_told_the_later_lock_that_was_granted(report, program, as_):
    key, export = report(), program("reports:read")
    form = {"until": "2026-12-04", "covers": "report", "why": "The flood of 20 November"}
    assert as_("mia").post(f"/reports/{key}/deferrals", data=form).status_code == 303
    assert export.get(f"/reports/{key}").json["lock_at"] == "2026-12-04T22:00:00+00:00"


def test_a_page_beyond_the_last_is_empty(report, program):
    report()
    assert program("reports:read").get(f"/reports?page={10**20}").json == {"reports": [], "next_page": None}


def test_a_file_and_rows_come_to_the_same_figures(report, program, look, filled):
    key, export = report(), program()
    export.post(f"/reports/{key}/draft", **figures())
    rows = [{**row, "row": None} for row in look(key)["draft"]["rows"]]
    file = {"file": (io.BytesIO(filled(key)), "october.xlsx")}
    assert export.post(f"/reports/{key}/draft", data=file).status_code == 201
    assert [{**row, "row": None} for row in look(key)["draft"]["rows"]] == rows


def test_what_is_wrong_is_said_with_the_words_of_the_page_and_a_pointer(report, program, as_):
    key, export = report(), program()
    wrong = export.post(f"/reports/{key}/draft", **figures({**ROWS[0], "offered": "abc"}, ROWS[1])).json
    (fault,) = wrong["problems"]
    assert (fault["grade"], fault["place"], fault["pointer"]) == ("error", "Row 1, offered", "/0/offered")
    assert fault["detail"] in as_("ana").get(f"/reports/{key}/draft").text.replace("&#34;", '"')
    assert wrong["refusal"].startswith("Something is still wrong")
    assert export.get(f"/reports/{key}/draft/preview").status_code == 409


def test_in_a_workbook_the_place_is_the_cell(report, program, filled):
    key, export = report(), program()
    file = {"file": (io.BytesIO(filled(key, change=lambda sheet: sheet.__setitem__("D7", -4))), "october.xlsx")}
    (fault,) = export.post(f"/reports/{key}/draft", data=file).json["problems"]
    assert (fault["row"], fault["column"], fault["heading"]) == (7, "D", "Offered (contacts)")


def test_a_missing_key_is_named(report, program):
    key, export = report(), program()
    rows = [{name: value for name, value in row.items() if name != "offered"} for row in ROWS]
    (fault,) = export.post(f"/reports/{key}/draft", **figures(*rows)).json["problems"]
    assert (fault["place"], "Offered (contacts)" in fault["detail"]) == ("The keys of the rows", True)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b'{"rows": [', "This is not JSON: line 1, column"),
        (b'{"rows": []}', "There are no rows"),
        (b'{"rows": [{"Site": "a", "Site": "b"}]}', "has the key “Site” twice"),
        (b'{"rows": [{"Site": ["a"]}]}', "holds a list or an object"),
        (b'{"rows": [{"": 1}]}', "a key that is empty"),
        (b'{"rows": [1]}', "Row 1 is no object"),
        (b'{"rows": [], "note": 1}', "more than “rows”"),
        (b"[" * 100_000, "nested too deeply"),
        (b"\xff\xfe", "not JSON in UTF-8"),
        (b'[{"Site": "a", "Queue": "b"}]', "This is not the template of this report"),
    ],
)
def test_what_are_no_rows_is_refused_as_a_whole(report, program, look, body, words):
    key, export = report(), program()
    answer = export.post(f"/reports/{key}/draft", data=body, content_type="application/json")
    assert (answer.status_code, answer.json["type"]) == (422, "urn:accord:file-refused")
    assert words in answer.json["detail"]
    assert look(key)["draft"] is None


@pytest.mark.parametrize(
    ("written", "kept"),
    [("1250", "1250"), ("1.25e3", "1250"), ("-0", "0"), ("950.0", "950"), ('"1,000"', "1000")],
)
@pytest.mark.portable
def test_a_number_keeps_its_digits(report, program, look, written, kept):
    key, export = report(), program()
    rows = [{**row, "offered": "HERE", "answered": 0, "answered_in_threshold": 0, "abandoned": 0} for row in ROWS]
    body = json.dumps(rows).replace('"HERE"', written)
    export.post(f"/reports/{key}/draft", data=body, content_type="application/json")
    assert [row["measures"]["offered"] for row in look(key)["draft"]["rows"]] == [kept, kept]


@pytest.mark.parametrize("written", ["1e999999999", "1e-999999999", "NaN", "Infinity", "9" * 60])
def test_a_number_larger_than_any_count_is_an_error_of_its_cell(report, program, written):
    key, export = report(), program()
    body = json.dumps([{**ROWS[0], "offered": "HERE"}]).replace('"HERE"', written)
    answer = export.post(f"/reports/{key}/draft", data=body, content_type="application/json")
    assert "/0/offered" in [fault["pointer"] for fault in answer.json["problems"]]


def test_what_takes_longer_is_kept_and_has_a_place_to_ask(report, program, app, monkeypatch):
    monkeypatch.setattr(intake, "QUICK_BYTES", 0)
    key, export = report(), program()
    kept = export.post(f"/reports/{key}/draft", **figures())
    assert (kept.status_code, kept.json["state"], kept.headers["Retry-After"]) == (202, "waiting", "2")
    place = kept.headers["Location"].removeprefix("/api/v1")
    with app.app_context():
        jobs.run_pending()
    assert export.get(place).json["state"] == "ready"
    assert export.get(f"/reports/{key}/draft").json["rows"] == 2


def test_what_a_program_prepared_a_person_certifies(report, program, as_, look, inside):
    key, export = report(), program()
    draft = export.post(f"/reports/{key}/draft", **figures()).json
    assert (draft["prepared_by"], draft["refusal"]) == (
        "Export (API)",
        "Your lead certifies this report, which sends it.",
    )
    answer = export.post(f"/reports/{key}/submission", json={"content": draft["content"], "declared": True})
    assert (answer.status_code, answer.json["detail"]) == (403, draft["refusal"])
    sent = as_("leo").post(
        f"/reports/{key}/submission", data={"seen": draft["content"], "form_key": "1", "declared": "y"}
    )
    assert sent.status_code == 303
    (version,) = export.get(f"/reports/{key}").json["versions"]
    assert (version["prepared_by"], version["certified_by"], version["decision"]) == ("Export (API)", "Leo", None)
    with inside() as session:
        saved = session.scalars(select(Event).where(Event.kind == "draft.saved")).one()
        assert session.scalars(select(User.name).where(User.id == saved.actor_id)).one() == "Export (API)"


@pytest.mark.portable
def test_where_a_declaration_is_enough_a_program_sends_once(report, program, look):
    key, export = report(reports=DECLARED), program()
    draft = export.post(f"/reports/{key}/draft", **figures()).json
    assert draft["refusal"] is None
    said = {"content": draft["content"], "declared": True}
    assert export.post(f"/reports/{key}/submission", json={**said, "declared": "yes"}).status_code == 422
    assert export.post(f"/reports/{key}/submission", json={**said, "content": "0"}).status_code == 409
    sent = export.post(f"/reports/{key}/submission", json=said)
    assert (sent.status_code, sent.json["certified_by"], sent.json["version"]) == (201, "Export (API)", 1)
    again = export.post(f"/reports/{key}/submission", json=said)
    assert (again.status_code, again.json["key"]) == (201, sent.json["key"])
    assert len(look(key)["versions"]) == 1
    late = export.post(f"/reports/{key}/draft", **figures())
    assert (late.status_code, late.json["type"]) == (409, "urn:accord:not-open")
    assert late.json["title"] == "A decision comes first"


def test_a_report_that_is_locked_is_called_so_and_nobody_was_faster(report, program):
    key, export = report(), program()
    with clock.at(THE_DAY + timedelta(days=20)):
        locked = export.post(f"/reports/{key}/draft", **figures())
    assert (locked.status_code, locked.json["title"]) == (409, "This report is locked")
    assert "was locked on" in locked.json["detail"]


def test_what_a_program_sent_is_decided_and_the_leads_are_told(report, program, as_, look, inside):
    key, export = report(reports=DECLARED), program()
    content = export.post(f"/reports/{key}/draft", **figures()).json["content"]
    export.post(f"/reports/{key}/submission", json={"content": content, "declared": True})
    (version,) = look(key)["versions"]
    returned = {"seen": content, "reason": "Look at the first row again."}
    assert as_("mia").post(f"/submissions/{version['key']}/return", data=returned).status_code == 303
    decision = export.get(f"/reports/{key}").json["versions"][0]["decision"]
    assert (decision["decision"], decision["reason"]) == ("returned", "Look at the first row again.")
    with inside() as session:
        told = session.scalars(select(Mail.recipient).where(Mail.recipient.not_like("%@accord.example"))).all()
    assert told == ["leo@cedar.example"]


def test_a_preview_tells_misses_and_no_amount_without_the_scope(report, program):
    key, export = report(), program()
    export.post(f"/reports/{key}/draft", **figures())
    seen = export.get(f"/reports/{key}/draft/preview").json
    (level,) = seen["service_levels"]
    assert (seen["misses"], level["key"], level["is_miss"]) == (1, "service-level", True)
    assert (level["expected"], "credit" in level) == (">= 85", False)
    rich = program("reports:write", "money:read", name="With money")
    [told] = rich.get(f"/reports/{key}/draft/preview").json["service_levels"]
    assert (told["credit"], told["credit_status"]) == (None, "none_due")


def test_a_client_report_is_not_for_a_program_of_the_partner(report, program):
    key, export = report("service", party="client"), program()
    assert key not in [each["key"] for each in export.get("/reports?state=all").json["reports"]]
    answer = export.post(f"/reports/{key}/draft", **figures())
    assert (answer.status_code, answer.json["type"]) == (403, "urn:accord:not-yours")


@pytest.mark.parametrize("part", ["draft/causes", "submission"])
def test_what_is_nested_deeper_than_anybody_reads_is_no_json(report, program, part):
    key, export = report(), program()
    answer = export.post(f"/reports/{key}/{part}", data=b"[" * 100_000, content_type="application/json")
    assert (answer.status_code, answer.json["title"]) == (400, "The request cannot be read")
