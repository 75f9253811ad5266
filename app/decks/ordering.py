"""Which service levels and results a slide looks at first, and which of them it tells together."""

from decimal import Decimal

from app.decks.content import Content
from app.decks.results import Miss
from app.decks.wording import cell_note_of, set_aside, status_of
from app.domain.clauses import ServiceLevel
from app.domain.findings import Attainment, Disposition, Finding
from app.domain.periods import Month
from app.domain.targets import Band

MOST_MISSES = 24


def most_troubled(content: Content, count: int, kind: str | None = None) -> list[ServiceLevel]:
    """The service levels to look at first: most misses in the quarter, most below Minimum, least to spare, weight."""

    def trouble(level: ServiceLevel):
        findings = [finding for finding in content.findings_of(level) if finding is not None]
        missed = sum(finding.is_miss for finding in findings)
        gravely = sum(finding.attainment is Attainment.BELOW_MINIMUM for finding in findings)
        spare = [finding.headroom / _extent(level) for finding in findings if finding.headroom is not None]
        return (-missed, -gravely, min(spare, default=Decimal(9)), -level.weight, level.key)

    levels = [level for level in content.told if kind is None or content.metric_of(level).kind == kind]
    return sorted(levels, key=trouble)[:count]


def worst_first(content: Content) -> list[ServiceLevel]:
    """Every service level of the quarter, those that were never judged at the end."""
    told = most_troubled(content, len(content.levels))
    return [*told, *(level for level in content.levels if level not in told)]


def gaps_alike(content: Content) -> list[tuple[Month, list[Finding]]]:
    """Results that could not be judged, together where one reason explains them."""
    alike: dict[tuple, list[Finding]] = {}
    for month, finding in content.gaps:
        figures = tuple(finding.reason.figures.items())
        alike.setdefault((month, finding.attainment, finding.reason.code, figures), []).append(finding)
    return [(month, findings) for (month, *_), findings in alike.items()]


def untoward(content: Content) -> list[Miss]:
    """Every miss, then every result that could not be judged."""
    return [*content.misses, *(Miss(month, finding, None) for month, finding in content.gaps)]


def foremost(content: Content, most: int = MOST_MISSES) -> tuple[Miss, ...]:
    """The misses that a slide lists: all of them, or of very many those that credit or are below Minimum."""
    graver = tuple(
        miss for miss in content.misses if miss.line is not None or miss.finding.attainment is Attainment.BELOW_MINIMUM
    )
    return graver if len(content.misses) > most and graver else content.misses


def statuses(content: Content) -> list[str]:
    """Every status that the table of service levels shows, best first: its legend."""
    order = ("exceeded", "met", "close", *(each.value for each in Attainment))
    shown_here = {status_of(finding) for month in content.months for finding in month.findings}
    return [status for status in dict.fromkeys(order) if status in shown_here]


def uncoloured(content: Content) -> bool:
    """Whether the table of service levels shows results that are set aside, and so without their colour."""
    return any(
        finding.disposition in (Disposition.EXCUSED, Disposition.IN_GRACE)
        for month in content.months
        for finding in month.findings
    )


def noted(content: Content) -> int:
    """How many of its rows are higher, because a value has words beneath it."""
    told = {
        finding.level.key
        for month in content.months
        for finding in month.findings
        if cell_note_of(finding) or set_aside(finding, content.has_credits)
    }
    return len(told)


def _extent(level: ServiceLevel) -> Decimal:
    target = level.expected
    return abs(target.upper if isinstance(target, Band) else target.value) or Decimal(1)
