"""What tried terms would have changed, as the page shows it: cells in words, rows of amounts, the chart."""

from collections.abc import Callable
from dataclasses import dataclass

from markupsafe import Markup

from app import charts
from app.domain.attainment import Default
from app.domain.findings import Finding
from app.domain.judging.backtest import Change, MonthChange
from app.domain.periods import Month
from app.domain.prose.explain import DEFAULTS
from app.formatting import DASH, MINUS, money
from app.formatting import month as month_name
from app.performance.trends import WIDTH
from app.performance.what_if import Course, WhatIf, misses
from app.performance.wording import payable_words, result_words

UNBROKEN = "\u2060"


@dataclass(frozen=True)
class Cell:
    """One service level in one month: the result, how it would have come out, and how it did."""

    change: Change
    currency: str | None  # None for readers who see no amounts

    @property
    def is_changed(self) -> bool:
        return self.change.status_changes or (self.currency is not None and self.change.money_changes)

    @property
    def status(self) -> str:
        return status_of(self.change.after)

    @property
    def before(self) -> str:
        return status_of(self.change.before)

    @property
    def disposition(self) -> str:
        return self.change.after.disposition.value if self.change.after else "counts"

    @property
    def disposition_before(self) -> str:
        return self.change.before.disposition.value if self.change.before else "counts"

    @property
    def default(self) -> str:
        """Where the result is the same and yet a default or no longer one: `default: Reporting, was None`."""
        after, before = (each.default if each else Default.NONE for each in (self.change.after, self.change.before))
        same = after == before or self.status != self.before
        return "" if same else f"default: {DEFAULTS[after]}, was {DEFAULTS[before]}"

    @property
    def shown(self) -> str:
        return shown(self.change.after or self.change.before)

    @property
    def difference(self) -> str:
        """`+$8,100`: what the service level would have cost more, where both are priced."""
        if self.currency is None or not self.change.difference:
            return ""
        return signed(self.change.difference, self.currency).replace(MINUS, MINUS + UNBROKEN)


@dataclass(frozen=True)
class Row:
    """A service level that would have come out or cost otherwise."""

    course: Course
    cells: dict[Month, Cell]


def rows_of(found: WhatIf, currency: str | None) -> list[Row]:
    """Only what changes for this reader; without amounts a change of money alone is none."""
    rows = [
        Row(course, {month: Cell(change, currency) for month, change in course.changes.items()})
        for course in found.courses
    ]
    return [row for row in rows if any(cell.is_changed for cell in row.cells.values())]


def months_of(rows: list[Row], found: WhatIf) -> list[Month]:
    """The months in which something of the rows changes, the newest first."""
    return [
        each.month
        for each in found.months[::-1]
        if any((cell := row.cells.get(each.month)) and cell.is_changed for row in rows)
    ]


def unchanged(found: WhatIf, currency: str | None) -> list[str]:
    changed = {id(row.course) for row in rows_of(found, currency)}
    return [course.name for course in found.courses if id(course) not in changed]


def summary(found: WhatIf, currency: str | None) -> str:
    """`7 more misses and $41,200 more in credits over 24 months`: the totals, in one sentence."""
    parts = [_misses(found.misses_after - found.misses_before)]
    if currency and (found.credits_before or found.credits_after):
        parts.append(_credits(found.credits_after - found.credits_before, currency))
    count = len(found.months)
    return f"{' and '.join(parts)} over {count} {'month' if count == 1 else 'months'}"


def month_rows(found: WhatIf, currency: str | None) -> list[tuple]:
    """(month, misses before and after, amounts before and after, difference), the newest first; amounts are text."""
    return [
        (month.month, *misses(month), *(_amounts(month, currency) if currency else ())) for month in found.months[::-1]
    ]


def totals(found: WhatIf, currency: str | None) -> tuple:
    """As a row of month_rows, without its month; where no month is priced, 0 would be a figure that nobody knows."""
    counts = found.misses_before, found.misses_after
    if not currency:
        return counts
    if not found.priced:
        return *counts, *(payable_words(None, False, currency),) * 2, DASH
    before, after = found.credits_before, found.credits_after
    return *counts, money(before, currency), money(after, currency), signed(after - before, currency)


def chart_of(found: WhatIf, currency: str) -> Markup:
    """Credits by month, as they stand and as they would have been; drawn only where there are any."""
    if not (found.credits_before or found.credits_after):
        return Markup("")
    pairs = [charts.Pair(month_name(month.month), month.payable_before, month.payable_after) for month in found.months]
    return charts.pairs(
        pairs, f"Credits by month, {currency}", names=("As judged", "Tried"), number=_in(currency), width=WIDTH
    )


def signed(amount: int, currency: str) -> str:
    written = money(amount, currency)
    return f"+{written}" if amount > 0 else written if amount else DASH


def status_of(finding: Finding | None) -> str:
    """The word that ui.chip and ui.heat_cell know."""
    if finding is None:
        return "not_judged"
    return "close" if finding.is_close else finding.attainment.value


def shown(finding: Finding | None) -> str:
    if finding is None:
        return DASH
    target = finding.reason.figures.get("target", "")
    return result_words(finding.contractual, target, finding.metric, finding.decimals)


def _amounts(month: MonthChange, currency: str) -> tuple[str, str, str]:
    before = payable_words(month.payable_before, month.before_is_open, currency)
    after = payable_words(month.payable_after, month.after_is_open, currency)
    return before, after, DASH if month.difference is None else signed(month.difference, currency)


def _misses(more: int) -> str:
    if not more:
        return "as many misses"
    return f"{abs(more)} {'more' if more > 0 else 'fewer'} {'miss' if abs(more) == 1 else 'misses'}"


def _credits(more: int, currency: str) -> str:
    if not more:
        return "the same credits"
    return f"{money(abs(more), currency)} {'more' if more > 0 else 'less'} in credits"


def _in(currency: str) -> Callable:
    return lambda amount: money(amount, currency)
