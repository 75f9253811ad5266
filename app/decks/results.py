"""How the months of a quarter came out: what was missed, what was met throughout, and the score."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from app.domain.clauses import ServiceLevel
from app.domain.credits import CreditLine
from app.domain.findings import Attainment, Finding
from app.domain.judging.evaluation import MonthEvaluation
from app.domain.judging.scorecard import STANDINGS, Scorecard, scorecard
from app.domain.periods import Month


@dataclass(frozen=True)
class Miss:
    """A finding that missed, in its month, with the credit it caused (None where it causes none)."""

    month: Month
    finding: Finding
    line: CreditLine | None


def misses_of(months: Iterable[MonthEvaluation]) -> tuple[Miss, ...]:
    return tuple(
        Miss(month.month, finding, month.credits.line(finding.level.key))
        for month in months
        for finding in month.findings
        if finding.is_miss
    )


def met_throughout(months: Sequence[MonthEvaluation]) -> tuple[ServiceLevel, ...]:
    """The service levels whose every finding was met: one that could not be judged was not met."""
    findings = [finding for month in months for finding in month.findings]
    named = {finding.level.key: finding.level for finding in findings}
    failed = {
        finding.level.key for finding in findings if finding.attainment not in (Attainment.MET, Attainment.EXCEEDED)
    }
    return tuple(level for key, level in named.items() if key not in failed)


def score_of(months: Sequence[MonthEvaluation]) -> Scorecard:
    """Over the quarter as a whole; its standing by the newest terms."""
    standings = months[-1].terms.scorecard.standings if months else STANDINGS
    return scorecard([finding for month in months for finding in month.findings], standings)
