"""Commands: the worker and the proof of the audit log. Features add their own."""

import click
from flask import Flask
from flask.cli import with_appcontext
from sqlalchemy import select

from app import jobs, tenancy
from app.events import ChainHead, Event, broken_links
from app.extensions import db


@click.command("worker")
@with_appcontext
def worker() -> None:
    """Do the jobs that wait, until stopped."""
    jobs.work_forever()


@click.command("verify-events")
@with_appcontext
def verify_events() -> None:
    """Recompute the hash chain of the event log and compare its head."""
    with tenancy.unscoped("audit verification"):
        head = db.session.get(ChainHead, 1)
        wrong = broken_links(db.session.scalars(select(Event).order_by(Event.id)), head)
    if wrong:
        raise click.ClickException(f"the event log is broken at: {', '.join(map(str, wrong))}")
    length, newest = (head.length, head.hash) if head else (0, "none")
    click.echo(f"{length} events, unbroken; head {newest}")


def init_app(app: Flask) -> None:
    for command in (worker, verify_events):
        app.cli.add_command(command)
