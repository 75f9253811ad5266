"""The database itself keeps a row, and a form, from counting twice; forms of two partners never meet."""

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from app.extensions import write
from app.reports.models import Line, Report, Submission

pytestmark = pytest.mark.portable


@pytest.fixture
def sent(report, filled, upload, look, as_):
    """`sent("cedar")`: the key of a report of that partner, sent on its behalf with the form `one form`."""

    def send(code: str) -> str:
        key = report(code=code)
        upload("mia", key, filled(key))
        data = {"seen": look(key)["seen"], "form_key": "one form", "declared": "y"}
        assert as_("mia").post(f"/reports/{key}/submission", data=data).status_code == 303
        return key

    return send


def test_a_queue_has_one_row_of_a_month(sent, inside):
    key = sent("cedar")
    with inside() as session:
        of_the_report = Submission.report_id == select(Report.id).where(Report.key == key).scalar_subquery()
        line = session.scalars(select(Line).join(Submission, of_the_report & (Submission.id == Line.submission_id)))
        first = line.first()
        assert first.day is None
        same = {name: getattr(first, name) for name in ("partner_id", "submission_id", "site_id", "queue_id")}
        with pytest.raises(IntegrityError), write():
            session.add(Line(**same, measures={}))


def test_two_partners_may_send_with_the_same_form_key(sent):
    assert sent("cedar") != sent("birch")


def test_a_form_that_lost_its_key_sends_nothing_and_can_be_sent_again(report, filled, upload, look, as_):
    key = report()
    upload("mia", key, filled(key))
    answer = as_("mia").post(f"/reports/{key}/submission", data={"seen": look(key)["seen"], "declared": "y"})
    assert answer.status_code == 422
    assert "nothing was sent" in answer.text
    assert 'name="form_key" type="hidden" value=""' not in answer.text
    assert look(key)["versions"] == []
