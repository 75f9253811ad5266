"""Places each service level's window: which months and days it holds, and whose terms they follow."""

from collections.abc import Callable, Sequence
from decimal import Decimal

from app.domain.clauses import Coverage, ServiceLevel
from app.domain.exact import Exact
from app.domain.figures.aggregation import tally
from app.domain.figures.book import Book, Needs, Pair, Part, needs
from app.domain.periods import Month, Span, Window, contract_year, each_day
from app.domain.terms import Terms, terms_in_force, year_starts

Placed = tuple[Window, list[Part]]


class Windows:
    """Terms by month, and the rows and needs that follow from them; each worked out once."""

    def __init__(self, book: Book, history: Sequence[Terms]) -> None:
        self.book, self.history = book, history
        self.terms: dict[Month, Terms | None] = {}
        self.rows: dict[Month | Span, tuple[Coverage, ...]] = {}
        self.covered: dict[tuple[int, int], tuple[list[Pair], list[Pair]]] = {}
        self.needed: dict[tuple[str, str], Needs] = {}
        self.year_starts = year_starts(history)
        self.opens = min(terms.effective_from for terms in history)

    def in_force(self, month: Month) -> Terms | None:
        try:
            return self.terms[month]
        except KeyError:
            return self.terms.setdefault(month, terms_in_force(self.history, month))

    def definition(self, level: ServiceLevel, month: Month) -> ServiceLevel:
        return definition(level, month, self.year_starts, self.in_force)

    def place(self, level: ServiceLevel, month: Month) -> Placed | None:
        """The window that ends in `month` and its parts; None when none does, or nobody works in it."""
        rule = level.window
        if rule.is_plain and level.volume is None:
            part = self.part(level, month, month)
            return (month, [part]) if part else None
        window = rule.ending_in(month, self.year_starts)
        if window is None:
            return None
        if rule.kind == "look_back" and self.volume(level, window, month) < (rule.events or Decimal(0)):
            window = rule.back(month, rule.otherwise)
        if level.volume and level.volume.rule == "extend":
            window = self.extended(level, window, month)
        parts = self.parts(level, window, month)
        if rule.kind == "average" and parts and parts[-1].month != month:
            return None
        return (window, parts) if parts else None

    def extended(self, level: ServiceLevel, window: Window, month: Month) -> Window:
        """As many months back as it takes to have enough, up to the rule's longest."""
        volume = level.volume
        if volume is None:
            return window
        for months in range(1, volume.months + 1):
            longer = level.window.back(month, months)
            if months > 1 and len(self.parts(level, longer, month)) < months:
                return window
            window = longer
            if volume.is_enough(self.volume(level, window, month)):
                return window
        return window

    def volume(self, level: ServiceLevel, window: Window, month: Month) -> Exact:
        """The metric's denominator over a window, as far as it is known."""
        parts = self.parts(level, window, month)
        if not parts:
            return Decimal(0)
        metric = self.book.catalogue.metrics[level.metric]
        summed = tally(self.book, metric, parts)
        if not set(metric.measures) <= summed.measures.keys():
            return Decimal(0)
        return self.book.catalogue.parts(metric.key, summed.measures, summed.months)[1]

    def parts(self, level: ServiceLevel, window: Window, month: Month) -> list[Part]:
        """The window's months in which the service level is measured and some site works its queues."""
        restart = self.in_force(month) if level.window.amendment == "restart" else None
        found = []
        for each in window.months:
            if restart is not None and self.in_force(each) is not restart:
                continue
            if part := self.part(level, each, self.within(window, each)):
                found.append(part)
        return found

    def within(self, window: Window, month: Month) -> Month | Span:
        """The days of a month that a window holds; the month where it holds them all. A fiscal month in which the
        contract begins holds the days since.
        """
        first, last = max(window.first, month.first), min(window.last, month.last)
        return month if (first, last) == (month.first, month.last) else Span(min(max(first, self.opens), last), last)

    def part(self, level: ServiceLevel, month: Month, time: Month | Span) -> Part | None:
        """`time` is the month, or those days of it that the window holds."""
        terms = self.in_force(month)
        if terms is None or time.last < self.opens:  # a fiscal month may end before the contract begins
            return None
        if level.measured_from is not None and max(time.first, self.opens) < level.measured_from:
            return None
        needed = self.needs(terms, level.metric)
        if level.source == "computed" and not needed.is_asked:
            return None  # nobody was asked for the figures yet
        pairs: Sequence[Pair]
        elsewhere: Sequence[Pair]
        pairs, elsewhere = self.pairs(level, self.working(terms, time))
        if needed.is_of_record and level.source == "computed" and pairs:
            pairs, elsewhere = self.book.recorded(month), ()
        days = None if isinstance(time, Month) else frozenset(each_day(time))
        return Part.of(month, pairs, needed, self.opens, days, elsewhere) if pairs else None

    def contract_year(self, month: Month) -> Span:
        return contract_year(month, self.year_starts)

    def ends_year(self, month: Month) -> bool:
        return self.contract_year(month).last == month.last

    def whole_month(self, terms: Terms, month: Month) -> Part:
        """Every row of a month, whatever a metric needs."""
        pairs: list[Pair] = [(row.site, row.queue) for row in self.working(terms, month)]
        return Part.of(month, pairs, Needs((), (), terms.measures), self.opens)

    def working(self, terms: Terms, time: Month | Span) -> tuple[Coverage, ...]:
        """The rows of a month or of some of its days; the same object as the month before where nothing changed."""
        known = self.rows.get(time)
        if known is None:
            rows, before = terms.rows(time), self.rows.get(time.previous()) if isinstance(time, Month) else None
            known = self.rows[time] = before if before == rows else rows
        return known

    def pairs(self, level: ServiceLevel, rows: tuple[Coverage, ...]) -> tuple[list[Pair], list[Pair]]:
        """The rows in a level's scope, and the others. Both live as long as this does, so their identity tells them
        apart.
        """
        key = id(level), id(rows)
        known = self.covered.get(key)
        if known is None:
            inside: list[Pair] = []
            outside: list[Pair] = []
            for row in rows:
                is_inside = level.scope.covers(row.site, row.queue, row.market)
                (inside if is_inside else outside).append((row.site, row.queue))
            known = self.covered[key] = inside, outside
        return known

    def needs(self, terms: Terms, metric: str) -> Needs:
        known = self.needed.get((terms.sha256, metric))
        if known is None:
            known = needs(self.book.catalogue.metrics[metric], terms.measures, self.book.catalogue)
            self.needed[terms.sha256, metric] = known
        return known


def definition(
    level: ServiceLevel, month: Month, year_starts: Month, in_force: Callable[[Month], Terms | None]
) -> ServiceLevel:
    """The level as the terms of its window have it: under `start` those of its first month that has any."""
    if level.window.amendment != "start":
        return level
    window = level.window.ending_in(month, year_starts)
    opening = next(filter(None, map(in_force, window.months)), None) if window else None
    earlier = [each for each in opening.service_levels if each.key == level.key] if opening else []
    return earlier[0] if earlier and earlier[0].window.kind == level.window.kind else level
