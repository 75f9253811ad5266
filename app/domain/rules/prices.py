"""What one default costs: the formulas by which outsourcing, telephony and public contracts price a failure."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from math import ceil, floor
from typing import Any

from app.domain.attainment import JUDGED
from app.domain.exact import as_decimal, plain
from app.domain.rules.bands import SeverityBand
from app.domain.rules.basis import HUNDRED, NOTHING, Basis, Case, Priced, Share, failures_of, times
from app.domain.rules.trail import counts


@dataclass(frozen=True, slots=True)
class Allocation:
    """At risk × pool × allocation (state data centre services agreements). Allocations may change on dates."""

    percent: Decimal
    dated: tuple[tuple[date, Decimal], ...] = ()
    is_always = False

    def on(self, day: date) -> Decimal:
        return next((percent for since, percent in reversed(self.dated) if since <= day), self.percent)

    def price(self, case: Case, basis: Basis) -> Priced:
        allocation, at_risk = self.on(case.first), basis.at_risk or NOTHING
        figures = {"at_risk": plain(at_risk), "pool": plain(basis.pool), "allocation": plain(allocation)}
        percent = at_risk * basis.pool * allocation / HUNDRED**2
        return Priced(Share(percent).of(basis), "allocation", figures)


@dataclass(frozen=True, slots=True)
class Fixed:
    """The same for each failure (on-demand service agreements: 3 % of the month's billing)."""

    share: Share
    is_always = False

    def price(self, case: Case, basis: Basis) -> Priced:
        return Priced(self.share.of(basis), "fixed", self.share.figures)


@dataclass(frozen=True, slots=True)
class UnderTarget:
    """Per percentage point short of the Expected (UK call-off schedules: 1 % of the charges for each)."""

    share: Share
    step: Decimal = Decimal(1)  # points that make one
    points: str = "pro_rata"  # pro_rata | full | started
    is_always = False

    def price(self, case: Case, basis: Basis) -> Priced:
        short = Fraction(0) if case.value is None else max(case.expected.shortfall(case.value), Fraction(0))
        steps = short / Fraction(self.step)
        priced: Fraction = steps
        if self.points != "pro_rata":
            priced = Fraction(floor(steps) if self.points == "full" else ceil(steps))
        figures = {
            **{"short_by": plain(short), "step": plain(self.step), "points": self.points, "counted": plain(priced)},
            **self.share.figures,
        }
        return Priced(times(priced, self.share.of(basis)), "under_target", figures)


@dataclass(frozen=True, slots=True)
class ByBand:
    """The percentage or amount of the band in which the result lies; steps by lateness are bands of days late."""

    is_always = True

    def price(self, case: Case, basis: Basis) -> Priced:
        band = case.band
        if band is None or (band.percent is None and band.amount is None):
            return Priced(NOTHING, "band", {"band": band.label if band else ""})
        share = Share(band.percent, band.amount)
        return Priced(share.of(basis), "band", {"band": band.label, **share.figures})


@dataclass(frozen=True, slots=True)
class PerOccurrence:
    """So much for every unit that failed, the first `free` excepted."""

    share: Share
    free: Decimal = NOTHING
    is_always = False

    def price(self, case: Case, basis: Basis) -> Priced:
        priced = max(case.failures - self.free, NOTHING)
        figures = {"occurrences": plain(case.failures), "free": plain(self.free), "counted": plain(priced)}
        return Priced(times(Fraction(priced), self.share.of(basis)), "occurrences", figures | self.share.figures)


@dataclass(frozen=True, slots=True)
class PerBlock:
    """So much for each `failures` failures within rolling months. `once`: a failure is never counted in two blocks."""

    share: Share
    failures: int
    within: int
    counted: str = "once"  # once | again
    is_always = True

    def price(self, case: Case, basis: Basis) -> Priced:
        total, blocks = self._again(case) if self.counted == "again" else self._once(case)
        figures = {"failures": plain(total), "block": str(self.failures), "within": str(self.within)}
        figures |= {"blocks": str(blocks), "counted": self.counted, **self.share.figures}
        return Priced(times(Fraction(blocks), self.share.of(basis)), "blocks", figures)

    def _again(self, case: Case) -> tuple[Decimal, int]:
        found = case.trail.within(case.ordinal, self.within)
        total = sum((failures_of(each) for each in found if _is_held(each)), NOTHING)
        return total, int(total // self.failures)

    def _once(self, case: Case) -> tuple[Decimal, int]:
        unpaid: list[tuple[int, Decimal]] = []
        total, blocks = NOTHING, 0
        for ordinal in sorted(case.trail.findings):
            if ordinal > case.ordinal:
                break
            finding = case.trail.findings[ordinal]
            unpaid = [part for part in unpaid if part[0] > ordinal - self.within]
            if _is_held(finding):
                unpaid.append((ordinal, failures_of(finding)))
            total = sum((number for _, number in unpaid), NOTHING)
            blocks = int(total // self.failures)
            unpaid = _paid(unpaid, Decimal(blocks * self.failures))
        return total, blocks


@dataclass(frozen=True, slots=True)
class TwoPrice:
    """Units outside the level are paid at the lower price: all that failed, or those beyond the Expected."""

    price_inside: Decimal
    price_outside: Decimal
    units: str = "failed"  # failed | beyond
    is_always = True

    def price(self, case: Case, basis: Basis) -> Priced:
        units = case.failures if self.units == "failed" else self._beyond(case)
        amount = units * (self.price_inside - self.price_outside) * basis.unit
        figures = {"units": plain(units), "price": plain(self.price_inside), "lower_price": plain(self.price_outside)}
        return Priced(amount, "two_price", figures)

    def _beyond(self, case: Case) -> Decimal:
        """Counted from the figures, as failures are: a rounded result says only whether there are any."""
        if case.numerator is None or not case.denominator or case.value is None:
            return NOTHING
        if case.expected.shortfall(case.value) <= 0:
            return NOTHING
        total, scale = Fraction(case.denominator), Fraction(case.scale)
        short = case.expected.shortfall(Fraction(case.numerator) / total * scale)
        return as_decimal(max(short * total / scale, Fraction(0)))


@dataclass(frozen=True, slots=True)
class ByPoints:
    """Service points: of the band, or the same for each failure. The contract says what a month's points cost."""

    points: Decimal | None = None
    is_always = False

    def price(self, case: Case, basis: Basis) -> Priced:
        return Priced(NOTHING, "points", {"points": plain(self.points_of(case.band))})

    def points_of(self, band: SeverityBand | None) -> Decimal:
        return (band.points if band else NOTHING) if self.points is None else self.points


Price = Allocation | Fixed | UnderTarget | ByBand | PerOccurrence | PerBlock | TwoPrice | ByPoints


def _is_held(finding: Any) -> bool:
    """Whether its failures are held against the partner: only what was judged, and not set aside."""
    return finding.attainment in JUDGED and counts(finding)


def _paid(unpaid: list[tuple[int, Decimal]], paid: Decimal) -> list[tuple[int, Decimal]]:
    """The oldest failures make up the blocks."""
    left = []
    for ordinal, number in unpaid:
        taken = min(number, paid)
        paid -= taken
        if number > taken:
            left.append((ordinal, number - taken))
    return left
