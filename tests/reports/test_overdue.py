"""A report is overdue by one rule, whether a row is asked or the database."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from app.extensions import write
from app.reports.models import OWED, Report

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
