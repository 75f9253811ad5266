"""`flask verify-events`: the proof that the whole log is as it was written, at once."""

import click
from flask.cli import with_appcontext
from sqlalchemy import select

from app import tenancy
from app.audit.verifying import Stretch
from app.events import GENESIS, ChainHead, Event
from app.extensions import db


@click.command("verify-events")
@with_appcontext
def verify_events() -> None:
    """Recompute the hash chain of the event log and compare its head."""
    with tenancy.unscoped("audit verification"):
        head = db.session.get(ChainHead, 1) or ChainHead(hash=GENESIS, length=0)
        read = Stretch.of(db.session.scalars(select(Event).order_by(Event.id)).all(), 0, GENESIS)
    if read.wrong:
        wrong = ", ".join(map(str, read.wrong))
        raise click.ClickException(f"the event log is broken at event {wrong}. Hold it against a backup.")
    if (read.checked, read.newest) != (head.length, head.hash):
        raise click.ClickException(
            f"the event log holds {read.checked} events and its head names {head.length}, or another last one. "
            "Hold it against a backup, and the head against the one in the newest issued deck."
        )
    click.echo(f"{head.length} events, unbroken; head {head.hash if head.length else 'none'}")
