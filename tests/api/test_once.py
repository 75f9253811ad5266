"""A post that names an idempotency key is answered once, however often it is sent."""

import io
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from app import clock, jobs
from app.api import once
from app.api.models import ApiAnswer
from app.api.views import drafts
from app.extensions import write
from app.reports.uploads.models import Upload
from tests.api.test_intake import DECLARED, ROWS, figures
from tests.rig.people import THE_DAY

pytestmark = pytest.mark.portable


@pytest.fixture
def count(inside):
    def read(model) -> int:
        with inside() as session:
            return session.scalar(select(func.count()).select_from(model))

    return read


def test_the_same_request_gets_the_first_answer(report, program, count):
    key, export = report(), program()
    first, second = (export.post(f"/reports/{key}/draft", key="october", **figures()) for _ in range(2))
    assert (second.status_code, second.json) == (201, first.json)
    assert second.headers["Location"] == first.headers["Location"]
    assert ("Idempotency-Replayed" in first.headers, second.headers["Idempotency-Replayed"]) == (False, "true")
    assert count(Upload) == 1


def test_a_file_in_a_form_is_the_same_whatever_its_boundary(report, program, filled, count):
    key, export, content = report(), program(), filled(report())
    for boundary in ("one", "two"):
        body = f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="a.xlsx"\r\n\r\n'.encode()
        body += content + f"\r\n--{boundary}--\r\n".encode()
        about = {"data": body, "content_type": f"multipart/form-data; boundary={boundary}"}
        assert export.post(f"/reports/{key}/draft", key="october", **about).status_code == 201
    assert count(Upload) == 1
    other = export.post(f"/reports/{key}/draft", key="october", data={"file": (io.BytesIO(b"x,y"), "a.xlsx")})
    assert other.status_code == 422


def test_another_request_with_the_key_is_refused(report, program):
    key, export = report(), program()
    export.post(f"/reports/{key}/draft", key="october", **figures())
    other = export.post(f"/reports/{key}/draft", key="october", **figures(ROWS[0]))
    assert (other.status_code, other.json["type"]) == (422, "urn:accord:key-reused")
    elsewhere = export.post(f"/reports/{key}/submission", key="october", **figures())
    assert elsewhere.json["type"] == "urn:accord:key-reused"


def test_refusals_are_answers_too(report, program):
    key, export = report(), program()
    letter = {"data": b"[]", "content_type": "application/json"}
    first, second = (export.post(f"/reports/{key}/draft", key="letter", **letter) for _ in range(2))
    assert (first.status_code, second.status_code, second.json) == (422, 422, first.json)
    assert second.headers["Idempotency-Replayed"] == "true"
    assert second.content_type == "application/problem+json"


def test_a_key_is_one_tokens_own(report, program, count):
    key = report()
    for name in ("one", "two"):
        answer = program(name=name).post(f"/reports/{key}/draft", key="october", **figures())
        assert "Idempotency-Replayed" not in answer.headers
    assert count(Upload) == 2


def test_while_the_first_is_under_way_the_second_waits(report, program, inside, app):
    key, export = report(), program()
    export.post(f"/reports/{key}/draft", key="october", **figures())
    with inside() as session, write():
        kept = session.scalars(select(ApiAnswer)).one()
        kept.status, kept.asked_at = None, THE_DAY
    with clock.at(THE_DAY + once.ABANDONED):
        early = export.post(f"/reports/{key}/draft", key="october", **figures())
    assert (early.status_code, early.json["type"]) == (409, "urn:accord:still-answering")
    with clock.at(THE_DAY + once.ABANDONED + timedelta(seconds=1)):
        assert export.post(f"/reports/{key}/draft", key="october", **figures()).status_code == 201


def test_what_broke_may_be_tried_again(report, program, monkeypatch, app):
    key, export = report(), program()
    app.config["PROPAGATE_EXCEPTIONS"] = False
    try:
        with monkeypatch.context() as patch:
            patch.setattr(drafts, "receive", lambda *_: 1 / 0)
            broken = export.post(f"/reports/{key}/draft", key="october", **figures())
    finally:
        app.config["PROPAGATE_EXCEPTIONS"] = None
    assert (broken.status_code, broken.content_type) == (500, "application/problem+json")
    assert export.post(f"/reports/{key}/draft", key="october", **figures()).status_code == 201


def test_a_sending_whose_answer_was_lost_is_not_a_second_one(report, program, inside, look):
    key, export = report(reports=DECLARED), program()
    said = {"content": export.post(f"/reports/{key}/draft", **figures()).json["content"], "declared": True}
    first = export.post(f"/reports/{key}/submission", key="send", json=said)
    with inside() as session, write():
        session.delete(session.scalars(select(ApiAnswer)).one())
    again = export.post(f"/reports/{key}/submission", key="send", json=said)
    assert (again.status_code, again.json["key"]) == (201, first.json["key"])
    assert len(look(key)["versions"]) == 1


def test_a_key_that_is_used_again_after_its_answer_was_forgotten_sends_something_else(report, program, as_, inside):
    october, export = report(reports=DECLARED), program()
    sent = []
    for key, month in ((october, "2026-10"), (october, "2026-10"), (report(month="2026-09"), "2026-09")):
        draft = export.post(f"/reports/{key}/draft", **figures(*({**row, "Month": month} for row in ROWS)))
        said = {"content": draft.json["content"], "declared": True}
        answer = export.post(f"/reports/{key}/submission", key="monthly", json=said).json
        sent.append((answer["report"], answer["version"]))
        returned = {"seen": answer["content"], "reason": "Look at the first row again."}
        as_("mia").post(f"/submissions/{answer['key']}/return", data=returned)
        with inside() as session, write():
            session.delete(session.scalars(select(ApiAnswer)).one())
    assert sent == [(october, 1), (october, 2), (report(month="2026-09"), 1)]


@pytest.mark.parametrize("key", ["", "é", "x" * 201])
def test_a_key_is_a_short_line(program, key):
    export = program()
    export.headers = {**export.headers, "Idempotency-Key": key}
    assert export.post("/reports/x/draft", **figures()).json["type"] == "urn:accord:unusable-key"


def test_answers_are_forgotten_after_a_week(report, program, count, app):
    key, export = report(), program()
    with clock.at(THE_DAY):
        export.post(f"/reports/{key}/draft", key="october", **figures())
    for days, left in ((7, 1), (8, 0)):
        with app.app_context(), clock.at(THE_DAY + timedelta(days=days)), write():
            jobs.enqueue("api.forget", 0)
        with app.app_context(), clock.at(THE_DAY + timedelta(days=days)):
            jobs.run_pending()
        assert count(ApiAnswer) == left
