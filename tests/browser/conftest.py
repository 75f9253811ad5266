"""What several journeys do."""

import pytest
from sqlalchemy import delete

from app.accounts.models import LoginSession
from app.extensions import write


@pytest.fixture
def forget_sessions(inside):
    """The server forgets who is logged in, as after twelve hours."""

    def forget() -> None:
        with inside(), write() as session:
            session.execute(delete(LoginSession))

    return forget


@pytest.fixture
def acting_as(log_in, people):
    """`acting_as(page, "leo")`: the page belongs to somebody else from now on."""

    def become(page, name: str):
        page.context.clear_cookies()
        return log_in(page, getattr(people, name))

    return become
