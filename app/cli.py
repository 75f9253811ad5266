"""`flask worker`: the one command that belongs to no feature."""

import click
from flask.cli import with_appcontext

from app import jobs


@click.command("worker")
@with_appcontext
def worker() -> None:
    """Do the jobs that wait, until stopped."""
    jobs.work_forever()
