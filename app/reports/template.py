"""What one report asks for: its columns, its rows, and the code that says which report a file is for."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property, lru_cache
from typing import NamedTuple

from app.domain.catalogue import Catalogue, Measure
from app.domain.periods import Month
from app.domain.terms import Terms
from app.reports.units import Conversion

REASON = "No figures because"
HOW_TO = "How to fill this in"
UNITS = {"fte": "FTE", "percent": "%"}


@dataclass(frozen=True)
class Column:
    """One asked figure: a measure, or the value that the partner states for a metric."""

    key: str
    name: str
    unit: str
    description: str
    is_whole: bool = False
    is_stated: bool = False
    is_optional: bool = False
    part_of: tuple[str, ...] = ()  # columns that it is never more than, the nearest first
    kind: str = ""  # of the report that it belongs to, where a template asks for several
    conversion: Conversion | None = None  # how a partner's own workbook writes it, when that is otherwise

    @property
    def takes(self) -> str:
        """Its unit in words: `FTE`, `contacts`."""
        return UNITS.get(self.unit, self.unit)

    @property
    def heading(self) -> str:
        """With its unit, unless the name ends with it: Offered (contacts), Required FTE."""
        unit = "" if self.name.casefold().endswith(f" {self.takes.casefold()}") else f" ({self.takes})"
        return f"{self.name}{', stated' if self.is_stated else ''}{unit}"


class Asked(NamedTuple):
    """One row of the template: a site, a queue, and the day when the report is daily."""

    site: str
    queue: str
    day: date | None = None
    nil_reason: str = ""


@dataclass(frozen=True)
class Template:
    """Everything that is asked of one party for one month and kind.

    `site_names` and `queue_names` are what a partner's own workbook writes for a code, without capitals. `contracts`
    are those that the rows of a history may be about; a report has one, and names none.
    """

    code: str
    month: Month
    kind: str
    party: str
    grain: str
    columns: tuple[Column, ...]
    rows: tuple[Asked, ...]
    site_names: Mapping[str, str] = field(default_factory=dict)
    queue_names: Mapping[str, str] = field(default_factory=dict)
    contracts: tuple[str, ...] = ()

    @property
    def period_heading(self) -> str:
        return "Day" if self.grain == "day" else "Month"

    @property
    def headings(self) -> tuple[str, ...]:
        return (self.period_heading, "Site", "Queue", *(column.heading for column in self.columns), REASON)

    @cached_property
    def asked(self) -> Mapping[tuple, Asked]:
        return {(row.site, row.queue, row.day): row for row in self.rows}

    @cached_property
    def sites(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(row.site for row in self.rows))

    @cached_property
    def queues(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(row.queue for row in self.rows))

    @cached_property
    def sites_as_typed(self) -> Mapping[str, str]:
        return {**{code.casefold(): code for code in self.sites}, **self.site_names}

    @cached_property
    def queues_as_typed(self) -> Mapping[str, str]:
        return {**{code.casefold(): code for code in self.queues}, **self.queue_names}

    @property
    def live_queues(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(row.queue for row in self.rows if not row.nil_reason))


def template_for(
    code: str,
    month: Month,
    kind: str,
    party: str,
    terms: Terms,
    catalogue: Catalogue,
    nil_reasons: Mapping[tuple[str, str], str],
    starts_on: date = date.max,
) -> Template:
    """`nil_reasons` says for a (site, queue) why it has nothing to report in this month, such as "not yet live".

    Days before the contract, which `starts_on` or began with these terms, are none of its figures: none is asked for.
    """
    order = list(catalogue.measures)
    measures = sorted(terms.asked_of(party, kind, catalogue), key=lambda measure: order.index(measure.key))
    columns = [
        _asked(measure, party == "partner" and terms.measures[measure.key].source == "client") for measure in measures
    ]
    if party == "partner":
        columns += [_stated(catalogue, key) for key in terms.stated_of(kind, catalogue)]
    grain, opens = terms.reports[kind].grain, min(starts_on, terms.effective_from)
    rows = [
        Asked(pair.site, pair.queue, day, nil_reasons.get((pair.site, pair.queue), ""))
        for pair in terms.rows(month)
        for day in (_days(max(opens, pair.since or opens), pair.until, month) if grain == "day" else (None,))
    ]
    return Template(code, month, kind, party, grain, tuple(columns), tuple(rows))


def columns_of(catalogue: Catalogue, measures: Collection[str], stated: Collection[str]) -> tuple[Column, ...]:
    """The columns of figures that were sent, whatever the terms ask for now."""
    sent = [_asked(measure, is_optional=False) for key, measure in catalogue.measures.items() if key in measures]
    return (*sent, *(_stated(catalogue, key) for key in catalogue.metrics if key in stated))


def _asked(measure: Measure, is_optional: bool) -> Column:
    """A measure that the client is the source of is the partner's to give or to leave out."""
    description = measure.description + (" Optional: the client's own figure counts." if is_optional else "")
    return Column(
        measure.key,
        measure.name,
        measure.unit,
        description,
        is_whole=measure.integer,
        is_optional=is_optional,
        part_of=measure.part_of,
    )


def _stated(catalogue: Catalogue, key: str) -> Column:
    metric = catalogue.metrics[key]
    return Column(key, metric.name, metric.unit, f"As you state it. {metric.description}", is_stated=True)


@lru_cache(maxsize=100)
def _days(since: date, until: date | None, month: Month) -> Sequence[date]:
    first, last = max(month.first, since), min(month.last, until or month.last)
    return [first + timedelta(days=after) for after in range((last - first).days + 1)]
