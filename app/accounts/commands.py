"""`flask users`: the first administrator of a new house."""

import click

from app import tenancy
from app.access import Role
from app.accounts import links, service
from app.accounts.views import bp
from app.extensions import write
from app.web import Refusal

bp.cli.help = "People: the first administrator of a new house."


@bp.cli.command("create-admin")
@click.argument("email")
@click.option("--name", help="What colleagues call them; the invitation asks for it anyway.")
def create_admin(email: str, name: str | None) -> None:
    """Add an administrator and print the link that sets the password; no mail is sent.

    Once more for somebody who has not come in yet: the link before it ends, and another is printed.
    """
    if email.count("@") != 1 or not all(email.split("@")):
        raise click.BadParameter(f"{email!r} is not an e-mail address; write one such as ada@example.com.")
    try:
        with tenancy.unscoped("set-up"), write():
            user = service.awaited_administrator(email) or service.add_user(
                email, name or email.split("@")[0], Role.ADMINISTRATOR, invited=False
            )
            link = links.make_link(user, "invitation")
    except Refusal as refusal:
        raise click.ClickException(refusal.message) from refusal
    click.echo(f"{email} becomes administrator with this link, once and within seven days:\n{link}")
