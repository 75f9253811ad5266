"""The migrations make exactly the tables that the models describe, on every database."""

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from app.extensions import Base

pytestmark = pytest.mark.portable


def test_the_migrations_make_what_the_models_describe(inside):
    with inside() as session:
        context = MigrationContext.configure(session.connection(), opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []
