"""A service level's earlier findings, as the rules that look back read them.

A finding that is excused, in grace or of low volume is passed over: it neither counts nor breaks a run. A window
without a result (not reported, not measured, provisional) breaks a run, unless the rule says that it is passed over.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Generic, Protocol, TypeVar

from app.domain.attainment import WITHOUT_RESULT, Attainment, Disposition


class Judged(Protocol):
    """What the rules need to know of a finding."""

    @property
    def attainment(self) -> Attainment: ...
    @property
    def disposition(self) -> Disposition: ...


F = TypeVar("F", bound=Judged)
SET_ASIDE = frozenset({Disposition.EXCUSED, Disposition.IN_GRACE})


class Trail(Generic[F]):
    """Findings of one service level by the ordinal of the month in which their windows ended."""

    __slots__ = ("findings", "step")

    def __init__(self, findings: Mapping[int, F] | None = None, step: int = 1) -> None:
        self.findings: dict[int, F] = dict(findings or {})
        self.step = step  # months from one window to the next

    def within(self, ordinal: int, months: int) -> Iterator[F]:
        """The findings of the last `months` months, the one at `ordinal` included, oldest first."""
        for each in range(ordinal - months + 1, ordinal + 1):
            if each in self.findings:
                yield self.findings[each]

    def in_a_row(self, ordinal: int, hit: Callable[[F], bool], passes_gaps: bool = False) -> int:
        """How many findings, going back from `ordinal`, are hits without one between that is not. A report that the
        terms make a default when it is overdue is a hit, and no gap; a window that was never judged, because nobody
        worked in it, is a gap like one without a result.
        """
        count, earliest = 0, min(self.findings, default=ordinal)
        while ordinal >= earliest:
            finding = self.findings.get(ordinal)
            if finding is None:
                if not passes_gaps:
                    break
            elif not is_passed_over(finding):
                if hit(finding):
                    count += 1
                elif not is_passed_over(finding, passes_gaps):
                    break
            ordinal -= self.step
        return count


def is_passed_over(finding: Judged, passes_gaps: bool = False) -> bool:
    if finding.disposition in SET_ASIDE or finding.attainment == Attainment.LOW_VOLUME:
        return True
    return passes_gaps and finding.attainment in WITHOUT_RESULT


def counts(finding: Judged) -> bool:
    """Whether a miss is to be held against the partner; loaded history counts, though it costs nothing."""
    return finding.disposition not in SET_ASIDE
