"""Carrying out the rows of an import that were checked, all of them together."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from app.accounts import service as accounts
from app.extensions import db
from app.partners import service
from app.partners.import_file import ROLES, Row, country_of, day_of, in_order
from app.partners.models import Partner


def carry_out(rows: Sequence[Row]) -> None:
    """Write every row, inside write(); the rows were checked. Raises NameTaken, AddressTaken, PartnerEnded."""
    partners = {text.casefold(): row for row in known_partners() for text in (row.code, row.name)}
    for row in in_order(rows):
        kind, code = row["What"].casefold(), row["Code"] or None
        if kind == "partner":
            added = service.add_partner(row["Partner"], row["Time zone"], code)
            partners |= {added.name.casefold(): added, added.code.casefold(): added}
            continue
        partner = partners[row["Partner"].casefold()]
        if kind == "site":
            service.add_site(partner, row["Name"], code, country_of(row["Country"]))
        elif kind == "queue":
            service.add_queue(partner, row["Name"], code, **_about_queue(row))
        else:
            accounts.add_user(row["E-mail"], row["Name"], ROLES[row["Role"].casefold()], [partner.id])


def _about_queue(row: Row) -> dict:
    return {
        "business": row["Line of business"],
        "channel": row["Channel"].casefold(),
        "language": row["Language"],
        "live_on": day_of(row["Live from"]),
    }


def known_partners() -> Sequence[Partner]:
    query = select(Partner).options(selectinload(Partner.sites), selectinload(Partner.queues))
    return db.session.scalars(query).all()
