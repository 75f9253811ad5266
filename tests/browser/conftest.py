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
