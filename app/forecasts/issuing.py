"""Issuing a version of a forecast. Inside write()."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import func, select

from app import events, jobs, mail
from app.access import Role
from app.accounts.models import User
from app.accounts.reach import people_of
from app.contracts.models import Contract
from app.extensions import db
from app.forecasts.models import ForecastIssue
from app.partners.moments import moment_of_change
from app.web import Conflict

Place = tuple[str, str]
DOUBLED = "Write a place or all of them, not both: the two would be added."


class Doubled(Conflict):
    """An earlier version names other places for the same month, and both would count."""

    title = "This would count twice"


@dataclass(frozen=True)
class Draft:
    """`values` by site and queue, empty for all, then by day or month."""

    issued_on: date
    measure: str
    values: Mapping[Place, Mapping[str, Decimal]]
    note: str = ""
    filename: str = ""

    @property
    def rows(self) -> list[dict]:
        return [
            {"site": site, "queue": queue, "values": {when: f"{value:f}" for when, value in sorted(values.items())}}
            for (site, queue), values in sorted(self.values.items())
        ]


def issue(contract: Contract, draft: Draft, *, actor: User, form_key: str) -> ForecastIssue:
    """A doubled post gets the first one's issue. Raises Doubled, also where the other version came a moment ago."""
    entered_at = moment_of_change(contract.partner_id)
    of_contract = ForecastIssue.contract_id == contract.id
    already = select(ForecastIssue).where(of_contract, ForecastIssue.form_key == form_key)
    if first := db.session.scalars(already).one_or_none():
        return first
    _refuse_doubled(contract, draft)
    number = (db.session.scalar(select(func.max(ForecastIssue.number)).where(of_contract)) or 0) + 1
    issued = ForecastIssue(
        partner_id=contract.partner_id,
        contract=contract,
        number=number,
        form_key=form_key,
        issued_on=draft.issued_on,
        measure=draft.measure,
        rows=draft.rows,
        note=draft.note,
        filename=draft.filename,
        entered_at=entered_at,
        entered_by=actor,
    )
    db.session.add(issued)
    figures = {"number": number, "measure": draft.measure, "issued_on": draft.issued_on, "months": issued.months}
    texts = {"rows": events.digest_of(str(draft.rows)), "note": events.digest_of(draft.note)}
    events.record("forecast.issued", subject=issued, actor=actor, **figures, **texts)
    jobs.enqueue("contract.evaluate", contract.id, partner_id=contract.partner_id)
    for user in people_of(Role.LEAD, contract.partner_id):
        mail.send(user.email, "forecast-issued", issue=issued)
    return issued


def places_by_month(issues: Iterable[ForecastIssue], measure: str) -> dict[str, set[Place]]:
    """What the versions of one measure name for each month."""
    named: dict[str, set[Place]] = {}
    for each in issues:
        for row in each.rows if each.measure == measure else ():
            for when in row["values"]:
                named.setdefault(when[:7], set()).add((row["site"], row["queue"]))
    return named


def overlap(one: Place, other: Place) -> bool:
    """Whether two different places have something in common."""
    return one != other and all(a == b or not a or not b for a, b in zip(one, other, strict=True))


def doubled(month: str) -> str:
    return f"An earlier version names other places for {month}. {DOUBLED}"


def _refuse_doubled(contract: Contract, draft: Draft) -> None:
    issues = db.session.scalars(select(ForecastIssue).where(ForecastIssue.contract_id == contract.id))
    earlier = places_by_month(issues, draft.measure)
    for place, values in draft.values.items():
        for when in sorted(values):
            if any(overlap(place, other) for other in earlier.get(when[:7], ())):
                raise Doubled(doubled(when[:7]))
