"""What a service level came to over a contract year: the average by which credits are earned back.

It rests on the figures after relief: months that were excused stand aside, days and figures that were granted in one
month are out of the year too, and volume above a forecast is taken out month by month. It holds the months of that year
alone, and of those the ones in whose terms the service level stands and that the earn-back does not leave out.
"""

from dataclasses import replace
from typing import NamedTuple

from app.domain.clauses import ServiceLevel
from app.domain.events import Events
from app.domain.figures.reliefs import excused
from app.domain.figures.windowing import Windows
from app.domain.findings import Finding
from app.domain.judging.judgement import judge
from app.domain.matter import Matter, Surroundings
from app.domain.periods import Month, Span
from app.domain.rules.relief import NO_CLAIM_TERMS, Claim, stand
from app.domain.rules.trail import Trail


class Year(NamedTuple):
    """The contract year that ends in a month."""

    windows: Windows
    events: Events
    month: Month

    @property
    def window(self) -> Span:
        return self.windows.contract_year(self.month)

    def finding(self, key: str, trail: Trail[Finding], passes: frozenset[int]) -> Finding | None:
        """None where no month of the year is left to judge. `passes` are calendar months that are left out of it."""
        level, last = self._as_last_agreed(key)
        if level is None:
            return None
        ended = [month for month in self.window.months if month.ordinal in trail.findings]
        found = {month: trail.findings[month.ordinal] for month in ended}
        aside = {each for each in self.window.months if each.number in passes}
        for month, finding in found.items():
            if excused(finding.relief):
                aside |= set(_months(month, finding))
        parts = [
            part
            for part in self.windows.parts(level, self.window, last)
            if part.month not in aside and self._level(key, part.month) is not None
        ]
        if not parts:
            return None
        if level.relief is not None and level.relief.kind == "period":
            level = replace(level, relief=None)
        metric = self.windows.book.catalogue.metrics[level.metric]
        matter = Matter(level, metric, last, self.window, parts, self.windows.opens, is_year=True)
        claims = [
            claim
            for month, finding in found.items()
            if not aside.issuperset(_months(month, finding))
            for claim in self._granted(key, month, finding)
        ]
        around = Surroundings(self.events, claims, NO_CLAIM_TERMS, Trail())  # lateness was judged with each month
        return judge(self.windows.book, matter, around)

    def _granted(self, key: str, month: Month, finding: Finding) -> list[Claim]:
        """Claims of days or figures that stand, also where the month's own window could not be measured."""
        about = [each for each in self.events.claims if each.kind != "period" and each.is_about(key, str(month))]
        terms = self.windows.in_force(month)
        stands = stand(about, terms.claims if terms else NO_CLAIM_TERMS, finding.window)
        return [claim for claim, relief in stands if relief.is_applied]

    def _as_last_agreed(self, key: str) -> tuple[ServiceLevel | None, Month]:
        """As in force in the year's last month whose terms have it."""
        for month in reversed(self.window.months):
            if level := self._level(key, month):
                return level, month
        return None, self.month

    def _level(self, key: str, month: Month) -> ServiceLevel | None:
        terms = self.windows.in_force(month)
        return next((level for level in terms.service_levels if level.key == key), None) if terms else None


def _months(month: Month, finding: Finding) -> list[Month]:
    """The calendar months of a finding's window, back from the `month` in which it ends."""
    return [month.plus(-each) for each in range(finding.level.window.step)]
