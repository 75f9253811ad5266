"""Which days a service level is judged over.

Calendar and fiscal months, quarters, contract years, rolling months, the average with the month before (as telephone
platform agreements have it for availability), and a look-back that grows when there were few events.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from app.domain.catalogue import Problem
from app.domain.periods import Month, Span, Window, contract_year
from app.domain.tables import Table

KINDS = ("month", "fiscal_month", "quarter", "contract_year", "rolling", "average", "look_back")
OF_KIND = {
    "rolling": ("months",),
    "look_back": ("months", "events", "otherwise"),
    "fiscal_month": ("starts_on",),
}
LONGER = {
    "rolling": ", months: 3",
    "look_back": ", months: 3, events: 30, otherwise: 12",
    "fiscal_month": ", starts_on: 22",
    "average": "",
}
STEPS = {"quarter": 3, "contract_year": 12}
UNITS = {1: "months", 3: "quarters", 12: "years"}
AMENDMENTS = ("end", "start", "restart")


@dataclass(frozen=True, slots=True)
class WindowRule:
    """How long a window is, and whose terms judge it when they are amended within it.

    `amendment`: `end` judges the whole window by the terms in force in its last month, `start` by those in force in
    its first, `restart` counts only the months from the amendment on.
    """

    kind: str = "month"
    months: int = 1  # rolling and look_back
    starts_on: int = 1  # fiscal_month: the day on which it begins, 22 for the 22nd to the 21st
    events: Decimal | None = None  # look_back: with fewer than this the longer window counts
    otherwise: int = 12  # look_back: the longer window in months
    at_least: int = 1  # months that must have figures before anything is judged
    amendment: str = "end"

    @property
    def step(self) -> int:
        """Months from one window of this kind to the next."""
        return STEPS.get(self.kind, 1)

    @property
    def units(self) -> str:
        """What windows of this kind are counted in."""
        return UNITS[self.step]

    @property
    def is_plain(self) -> bool:
        return self.kind == "month"

    def ends_in(self, month: Month, year_starts: Month) -> bool:
        if self.kind == "contract_year":
            return contract_year(month, year_starts).last == month.last
        return self.kind != "quarter" or month.quarter.last == month.last

    def ending_in(self, month: Month, year_starts: Month) -> Window | None:
        """The window that ends in `month`, or None when none does. `year_starts` opens a contract year."""
        if self.kind == "month":
            return month
        if not self.ends_in(month, year_starts):
            return None
        if self.kind == "quarter":
            return month.quarter
        if self.kind == "contract_year":
            return contract_year(month, year_starts)
        if self.kind == "fiscal_month":
            return Span(_on(month.previous(), self.starts_on), _on(month, self.starts_on) - timedelta(days=1))
        return self.back(month, 2 if self.kind == "average" else self.months)

    def back(self, month: Month, months: int) -> Window:
        """The last `months` months."""
        return month if months == 1 else Span.of_months(month.plus(1 - months), month)


MONTH = WindowRule()


def read_window(level: Table) -> WindowRule:
    """`window: quarter`, or `window: {kind: rolling, months: "3"}`."""
    content = level.content.get("window")
    if isinstance(content, str) and content in LONGER:
        level.refuse("window", f"needs more words: {{kind: {content}{LONGER[content]}}}")
        return MONTH
    if content is None or isinstance(content, str):
        return WindowRule(level.text("window", "month", ("month", "quarter", "contract_year")))
    table = level.table("window")
    if table is None:
        return MONTH
    table.known("kind", "months", "starts_on", "events", "otherwise", "at_least", "amendment")
    kind = table.text("kind", choices=KINDS)
    months = table.whole("months", 3 if kind == "look_back" else None, least=1, most=36)
    if kind in ("rolling", "look_back") and months is None:
        table.refuse("months", 'is missing: how many months are judged together? "12" for a rolling year')
    starts_on = table.whole("starts_on", None, least=2, most=28)
    if kind == "fiscal_month" and starts_on is None:
        table.refuse("starts_on", 'is missing: the day on which a month begins, such as "22"')
    if kind == "look_back" and table.content.get("events") is None:
        table.refuse("events", "is missing: with fewer events than this the longer window counts")
    for name in ("months", "starts_on", "events", "otherwise"):
        if kind in KINDS and name not in OF_KIND.get(kind, ()) and table.content.get(name) is not None:
            table.refuse(name, f"has no meaning for the kind {kind}: leave it out")
    return WindowRule(
        kind=kind,
        months=months or 1,
        starts_on=starts_on or 1,
        events=table.number("events"),
        otherwise=table.whole("otherwise", 12, least=1, most=36) or 12,
        at_least=table.whole("at_least", 1, least=1, most=36) or 1,
        amendment=table.text("amendment", "end", AMENDMENTS),
    )


def check_window(path: str, rule: WindowRule) -> list[Problem]:
    if rule.kind == "look_back" and rule.otherwise <= rule.months:
        return [Problem(f"{path}.window.otherwise", f"must be longer than the {rule.months} months it stands in for")]
    longest = {"rolling": rule.months, "look_back": rule.months, "quarter": 3, "contract_year": 12, "average": 2}
    if rule.at_least > longest.get(rule.kind, 1):
        return [Problem(f"{path}.window.at_least", "is longer than the window itself: nothing would ever be judged")]
    return []


def _on(month: Month, day: int) -> date:
    return date(month.year, month.number, day)
