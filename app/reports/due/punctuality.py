"""How a partner reports: in time, complete, and right the first time, from Accord's own record."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cached_property

from sqlalchemy import and_

from app.domain.periods import Month
from app.partners.models import Partner
from app.partners.moments import known_by
from app.reports.due.deliveries import Delivery, deliveries
from app.reports.models import Report

MONTHS = 12
HUNDRED = Decimal(100)


@dataclass(frozen=True)
class Rate:
    met: int
    of: int

    @property
    def percent(self) -> Decimal | None:
        return self.met * HUNDRED / self.of if self.of else None


@dataclass(frozen=True)
class Punctuality:
    """The reports of up to twelve months; each figure is a sum over a sum, never a mean of months."""

    months: tuple[Month, ...]
    deliveries: Sequence[Delivery]

    def rate(self, figure: str, month: Month | None = None) -> Rate:
        told = [getattr(each, figure) for each in self.deliveries if month is None or each.report.month == str(month)]
        return Rate(sum(answer is True for answer in told), sum(answer is not None for answer in told))

    def short_of(self, figure: str) -> list[Delivery]:
        return [each for each in self.deliveries if getattr(each, figure) is False]

    @cached_property
    def is_empty(self) -> bool:
        return not self.deliveries


def punctuality_of(partner: Partner, last: Month, now: datetime) -> Punctuality:
    """The partner's own reports of the twelve months up to `last`, the newest first, as a service level counts them."""
    months = tuple(last.plus(1 - MONTHS).through(last))
    of_months = Report.month.between(str(months[0]), str(months[-1]))
    found = deliveries(and_(Report.partner_id == partner.id, of_months), known_by(partner, now), now)
    return Punctuality(months, [each for each in found if each.counts and each.report.dropped_at is None])
