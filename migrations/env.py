"""Runs the migrations on SQLite and PostgreSQL alike, each run in one transaction."""

from alembic import context
from flask import current_app

from app import tenancy
from app.extensions import UtcDateTime

database = current_app.extensions["migrate"].db


def render_item(kind, item, autogen_context):
    """Migrations stand alone: our own types are written as the plain type below them."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime()"
    return False


def run() -> None:
    engine = database.engine
    with tenancy.unscoped("migration"), engine.connect() as connection:
        sqlite = connection.dialect.name == "sqlite"
        if sqlite:
            # A table rebuild with foreign keys on would delete the cascading children.
            connection.connection.driver_connection.execute("PRAGMA foreign_keys=OFF")
        context.configure(
            connection=connection,
            target_metadata=database.metadata,
            render_as_batch=sqlite,
            render_item=render_item,
            compare_server_default=False,
        )
        with context.begin_transaction():
            context.run_migrations()
            if sqlite and (orphans := connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()):
                raise RuntimeError(f"the migration left rows without their parent: {orphans[:5]}")
        if sqlite:
            connection.commit()
            connection.connection.driver_connection.execute("PRAGMA foreign_keys=ON")


run()
