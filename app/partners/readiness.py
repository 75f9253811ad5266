"""What a partner needs of people and places before it can send anything."""

from collections.abc import Iterator, Sequence

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app import clock
from app.access import Permission, Role, may
from app.accounts.models import Grant, User
from app.extensions import db
from app.partners.models import Partner
from app.partners.survey import Point, Survey, surveyor, way_to


@surveyor
def people_and_places(partners: Sequence[Partner], survey: Survey) -> None:
    for partner_id, user in _people_of(partners):
        survey.people[partner_id].append(user)
    if may(Permission.PARTNER_EDIT):
        for partner in partners:
            survey.points[partner.id] += [*_people(partner, survey.people[partner.id]), *_places(partner)]


def _people_of(partners: Sequence[Partner]) -> Iterator[tuple[int, User]]:
    """The partners' own people who may log in or were invited."""
    grants = db.session.scalars(
        select(Grant)
        .join(Grant.user)
        .where(Grant.partner_id.in_([partner.id for partner in partners]), User.disabled_at.is_(None))
        .where(User.role.in_([Role.ANALYST, Role.LEAD]))
        .options(joinedload(Grant.user))
        .order_by(User.name)
    )
    return ((grant.partner_id, grant.user) for grant in grants)


def _people(partner: Partner, people: list[User]) -> list[Point]:
    invite = way_to("accounts.new_user", partner=partner.key)
    leads = [user for user in people if user.role is Role.LEAD]
    ready = any(user.password_hash for user in leads)
    if not people:
        return [Point("People", False, "Nobody of this partner can log in yet.", invite, "Invite somebody")]
    if not leads:
        advice = "There is no certifier: no partner lead can certify and send what an analyst prepared."
        return [Point("Certifier", False, advice, invite, "Invite a partner lead")]
    if not ready:
        advice = f"{leads[0].name} was invited as partner lead and has not accepted yet."
        advice += " “Forgotten your password?” sends them a new link."
        return [Point("Certifier", False, advice, way_to("accounts.user", key=leads[0].key), "See the invitation")]
    return [Point("Certifier", True, f"{leads[0].name} certifies what is sent.")]


def _places(partner: Partner) -> list[Point]:
    today = clock.today(partner.zone)
    points = []
    for name, rows, endpoint in (
        ("Site", partner.sites, "partners.new_site"),
        ("Queue", partner.queues, "partners.new_queue"),
    ):
        open_rows = [row for row in rows if row.is_open(today)]
        noun = name.lower()
        advice = f"{len(open_rows)} {noun}{'s' if len(open_rows) > 1 else ''}." if open_rows else f"No {noun} is open."
        points.append(Point(name, bool(open_rows), advice, way_to(endpoint, key=partner.key), f"Add a {noun}"))
    return points
