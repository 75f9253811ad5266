"""A report is overdue by one rule, whether a row is asked or the database."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from app.extensions import write
from app.reports.due.owing import OWED
from app.reports.models import Report
from tests.rig.people import THE_DAY

pytestmark = pytest.mark.portable


@pytest.mark.parametrize("state", ["due", "drafted", "returned", "sent", "approved"])
@pytest.mark.parametrize("seconds", [-1, 0, 1])
def test_the_row_and_the_statement_agree_to_the_second(report, inside, state, seconds):
    key = report()
    with inside() as session, write():
        session.execute(update(Report).where(Report.key == key).values(state=state))
    with inside() as session:
        one = session.scalars(select(Report).where(Report.key == key)).one()
        now = one.due_at + timedelta(seconds=seconds)
        found = session.scalars(select(Report).where(Report.key == key, Report.is_overdue(now))).first()
        assert one.is_overdue(now) == (found is not None) == (state in OWED and seconds > 0)


def test_the_reviewer_sees_one_line_a_partner_with_all_that_is_late(report, as_, inside):
    key = report()
    late = as_("mia").get("/reviews").text.partition("<h2>Overdue")[2]
    with inside() as session:
        owed = session.scalars(select(Report).where(Report.is_overdue(THE_DAY))).all()
    assert late.startswith(f" ({len(owed)})")
    assert "<div>Service: Sep 2026 and Oct 2026</div>" in late
    assert late.count('<th scope="row">') == 1
    assert "state=overdue" in late
    others = [each.key for each in owed if each.key != key]
    with inside() as session, write():
        session.execute(update(Report).where(Report.key.in_(others)).values(state="approved"))
    late = as_("mia").get("/reviews").text.partition("<h2>Overdue")[2]
    assert late.startswith(" (1)")
    assert f'href="/reports/{key}"' in late
