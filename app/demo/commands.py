"""`flask demo`: the story into an empty database, and who may log in."""

from collections.abc import Sequence

import click
from flask import current_app
from flask.cli import AppGroup
from sqlalchemy import event, func, select

from app import mail, tenancy
from app.accounts.models import User
from app.decks.models import Deck
from app.demo.cast import INTERNAL, PASSWORD, TODAY
from app.demo.outcome import QUARTER
from app.demo.telling import steps, tell
from app.extensions import db
from app.partners.models import Partner

demo = AppGroup("demo", help="The demo story: five partners, eight sites, twelve months.")


@demo.command("seed")
@click.option("--if-empty", is_flag=True, help="Do nothing when the database holds a partner already.")
def seed(if_empty: bool) -> None:
    """Tell the demo story into an empty database, through the product's own services."""
    partners, told = _state()
    if told and if_empty:
        return
    if partners and if_empty and not _is_ours():
        return
    if partners or told:
        raise click.ClickException(
            "The database is not empty, or the story broke off in the middle. "
            "Remove instance/accord.db (or empty the database of DATABASE_URL) and start again."
        )
    event.listen(db.engine, "checkout", _do_not_wait_for_the_disk)
    click.echo("Telling the demo story: five partners, twelve months, two issued decks.")
    with click.progressbar(length=steps(), label="  Months told", show_pos=True) as bar:
        tell(lambda _step: bar.update(1))


@demo.command("logins")
def logins() -> None:
    """Print who may log in to the demo, or how the first administrator of an empty house comes in."""
    with tenancy.unscoped("demo"):
        users = db.session.scalars(select(User).order_by(User.id)).all()
    if not users:
        click.echo("  Nobody can log in yet. This command prints the first administrator's link:\n")
        click.echo(
            f"    ACCORD_URL={current_app.config['BASE_URL']} .venv/bin/flask users create-admin you@example.com"
        )
    elif not _is_ours():
        return
    else:
        _print(users)
    if current_app.config["MAIL_TRANSPORT"] == "file":
        click.echo(f"\n  Mails, such as invitations, are files in {mail.outbox()}")
    click.echo("")


def _print(users: Sequence[User]) -> None:
    click.echo(f"  Everybody's password: {PASSWORD}\n")
    for user in users:
        click.echo(f"    {user.email:<32} {user.name:<20} {user.role.label}")


@demo.command("day")
def day() -> None:
    """Print the instant at which the demo stands still; nothing when the database holds no demo story."""
    if _is_ours():
        click.echo(TODAY.isoformat())


def _do_not_wait_for_the_disk(connection, _record, _proxy) -> None:
    """Thousands of small commits: should the machine stop in the middle, the story is simply told again."""
    hurry = "PRAGMA synchronous=OFF" if db.engine.dialect.name == "sqlite" else "SET synchronous_commit=off"
    cursor = connection.cursor()
    cursor.execute(hurry)
    cursor.close()


def _state() -> tuple[int, bool]:
    """How many partners there are, and whether the story was told to its end."""
    with tenancy.unscoped("demo"):
        partners = db.session.scalar(select(func.count()).select_from(Partner)) or 0
        issued = (
            db.session.scalar(
                select(func.count()).select_from(Deck).where(Deck.issued_at.is_not(None), Deck.quarter == QUARTER)
            )
            or 0
        )
    return partners, bool(partners and issued and _is_ours())


def _is_ours() -> bool:
    addresses = [f"{first}@accord.example" for first in INTERNAL]
    with tenancy.unscoped("demo"):
        found = db.session.scalar(select(func.count()).select_from(User).where(User.email.in_(addresses)))
    return found == len(INTERNAL)
