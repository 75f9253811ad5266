"""What a partner's contracts still need before they can be reported under, judged and priced."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app import clock
from app.access import Permission, Role, may
from app.accounts.models import User
from app.contracts.models import Charge, Contract
from app.contracts.terms import terms_of
from app.domain.periods import Month
from app.domain.terms import Terms, terms_in_force
from app.extensions import db
from app.formatting import day, month
from app.partners import readiness as surveyed_first  # noqa: F401
from app.partners.models import Partner
from app.partners.survey import Entry, Point, Survey, surveyor, way_to


@dataclass(frozen=True)
class Standing:
    """A contract with the terms that hold today, if any."""

    contract: Contract
    terms: Terms | None
    today: date

    @property
    def partner_id(self) -> int:
        return self.contract.partner_id

    @property
    def last_month(self) -> Month:
        return Month.of(self.today).previous()

    @property
    def url(self) -> str | None:
        return way_to("contracts.show", key=self.contract.key)

    @property
    def amend_url(self) -> str | None:
        return way_to("contracts.amend", key=self.contract.key)


@surveyor
def contracts(partners: Sequence[Partner], survey: Survey) -> None:
    """Lists contracts for everybody who may read them, and what they lack for those who may mend it."""
    if not may(Permission.CONTRACT_READ):
        return
    standings = [_standing(contract) for contract in _contracts_of(partners)]
    for standing in standings:
        survey.contracts[standing.partner_id].append(_entry(standing))
    if may(Permission.PARTNER_EDIT):
        _add_points(partners, standings, survey)


def _contracts_of(partners: Sequence[Partner]) -> Sequence[Contract]:
    query = (
        select(Contract)
        .where(Contract.partner_id.in_([partner.id for partner in partners]))
        .options(joinedload(Contract.terms), joinedload(Contract.partner))
        .order_by(Contract.starts_on, Contract.reference)
    )
    return db.session.scalars(query).unique().all()


def _standing(contract: Contract) -> Standing:
    today = clock.today(contract.zone)
    history = [terms_of(version) for version in contract.terms if version.state == "in_force"]
    return Standing(contract, terms_in_force(history, max(Month.of(today), Month.of(contract.starts_on))), today)


def _entry(standing: Standing) -> Entry:
    contract = standing.contract
    state = "active" if standing.terms else "draft"
    if contract.starts_on > standing.today:
        state = "planned"
    if _has_ended(standing):
        state = "ended"
    return Entry(contract.name, standing.url, f"{contract.reference}, since {day(contract.starts_on)}", state)


def _add_points(partners: Sequence[Partner], standings: Sequence[Standing], survey: Survey) -> None:
    running = survey.standings = [standing for standing in standings if not _has_ended(standing)]
    enterers = _who_enters_for_the_client() if any(map(_asks_the_client, running)) else []
    charged = _charged(running)
    by_partner = defaultdict(list)
    for standing in running:
        by_partner[standing.partner_id].append(standing)
    for partner in partners:
        points, own = survey.points[partner.id], by_partner[partner.id]
        if not own:
            url = way_to("contracts.new", key=partner.key)
            points.append(Point("Contract", False, "There is no running contract.", url, "Add a contract"))
        for standing in own:
            points += _points(standing, charged)
            points += _second_person(standing, survey.people[partner.id])
            points += _client_point(standing, enterers)
        points += _uncovered(partner, own)


def _points(standing: Standing, charged: set[tuple[int, str]]) -> Iterator[Point]:
    name, terms = standing.contract.reference, standing.terms
    if terms is None:
        advice = f"{name} has no terms in force, so nothing falls due and nothing is judged."
        yield Point("Terms", False, advice, standing.url, "Put terms in force")
        return
    yield Point("Terms", True, f"{name} has terms in force from {day(terms.effective_from)}.")
    yield from _holidays(standing, terms)
    if terms.credits:
        yield from _credits(standing, terms, charged)


def _holidays(standing: Standing, terms: Terms) -> Iterator[Point]:
    last = max(terms.calendar.holidays, default=None)
    if last and last.year < Month.of(standing.today).plus(3).year:
        advice = (
            f"The holiday list of {standing.contract.reference} ends on {day(last)}: later due dates ignore holidays."
        )
        yield Point("Holidays", False, advice, standing.amend_url, "Amend the terms")


def _credits(standing: Standing, terms: Terms, charged: set[tuple[int, str]]) -> Iterator[Point]:
    name, last = standing.contract.reference, standing.last_month
    gives = any(level.bonus or (level.price and level.allocation != 0) for level in terms.service_levels)
    shares = any(level.allocation is not None for level in terms.service_levels)
    if not gives:
        advice = f"Credits are on in {name}, but no service level has an allocation."
        yield Point("Credits", False, advice, standing.amend_url, "Amend the terms")
    if not terms.credits.at_risk and (shares or not gives):
        advice = f"Credits are on in {name}, but nothing is at risk."
        yield Point("At risk", False, advice, standing.amend_url, "Amend the terms")
    if last < Month.of(standing.contract.starts_on) or terms.credits.base.kind == "fixed_fee":
        return
    url = way_to("contracts.contract_charges", key=standing.contract.key) if may(Permission.CHARGE_ENTER) else None
    if (standing.contract.id, str(last)) in charged:
        yield Point("Charges", True, f"Finance entered the charges of {name} for {month(last)}.")
    else:
        advice = f"There are no charges for {month(last)} in {name}: its credits are not priced."
        yield Point("Charges", False, advice, url, "Enter them", ask="finance")


def _second_person(standing: Standing, people: list[User]) -> Iterator[Point]:
    """Where the terms want a second person to certify, one person alone can prepare and never send."""
    wanted = standing.terms and any(r.certification == "second_person" for r in standing.terms.reports.values())
    if wanted and len(people) == 1:
        advice = f"{standing.contract.reference} wants one person to prepare and another to certify; there is only one."
        url = way_to("accounts.new_user", role=Role.ANALYST.value, partner=standing.contract.partner.key)
        yield Point("Second person", False, advice, url, "Invite an analyst")


def _client_point(standing: Standing, enterers: list[User]) -> Iterator[Point]:
    """Figures whose source is the client need somebody inside who may enter them for this partner."""
    if not _asks_the_client(standing):
        return
    if any(user.scope.includes(standing.partner_id) for user in enterers):
        yield Point("Client figures", True, "Somebody inside may enter the figures that come from us.")
    else:
        advice = "Some measures come from us, and no partner manager who sees this partner can enter them."
        url = way_to("accounts.new_user", role=Role.MANAGER.value, partner=standing.contract.partner.key)
        yield Point("Client figures", False, advice, url, "Invite a partner manager")


def _uncovered(partner: Partner, standings: Sequence[Standing]) -> Iterator[Point]:
    """Open queues that no terms in force ask about: no site works them."""
    if not any(standing.terms for standing in standings):
        return
    today = clock.today(partner.zone)
    covered = {row.queue for standing in standings if standing.terms for row in standing.terms.coverage}
    for queue in partner.queues:
        if queue.is_open(today) and queue.code not in covered:
            advice = f"Queue {queue.code} has no site: no contract's terms cover it, so no report asks for it."
            yield Point("Coverage", False, advice, standings[0].amend_url, "Amend the terms")


def _has_ended(standing: Standing) -> bool:
    ends = (standing.contract.ends_on, standing.contract.partner.ended_on)
    return any(end is not None and end < standing.today for end in ends)


def _asks_the_client(standing: Standing) -> bool:
    return standing.terms is not None and any(terms.asks_the_client for terms in standing.terms.measures.values())


def _who_enters_for_the_client() -> list[User]:
    query = select(User).where(User.role == Role.MANAGER, User.disabled_at.is_(None)).options(joinedload(User.grants))
    return list(db.session.scalars(query).unique())


def _charged(standings: Sequence[Standing]) -> set[tuple[int, str]]:
    """(contract, month) of last month's charges, for contracts with credits."""
    ids = [standing.contract.id for standing in standings if standing.terms and standing.terms.credits]
    if not ids:
        return set()
    months = {str(standing.last_month) for standing in standings}
    rows = db.session.execute(
        select(Charge.contract_id, Charge.month).where(Charge.contract_id.in_(ids), Charge.month.in_(months))
    )
    return {tuple(row) for row in rows}
