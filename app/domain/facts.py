"""What has been reported: lines, and where each report stands."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

from app.domain.periods import Month


class Party(StrEnum):
    PARTNER = "partner"
    CLIENT = "client"
    RECORD = "record"  # Accord's own record of who reported when


class Standing(StrEnum):
    """Where a report stands for the arithmetic; only approved figures are judged."""

    APPROVED = "approved"
    AWAITING = "awaiting"  # sent, and not yet approved
    OVERDUE = "overdue"
    NOT_DUE = "not_due"
    NIL = "nil"  # an approved nil return: nothing to report


@dataclass(frozen=True, slots=True)
class ReportKey:
    """One report of the contract."""

    month: Month
    kind: str
    party: str


@dataclass(frozen=True, slots=True)
class ReportStatus:
    """`credited` is False for an imported batch: findings are shown, money is not touched."""

    standing: Standing
    credited: bool = True


NOT_DUE = ReportStatus(Standing.NOT_DUE)


@dataclass(frozen=True, slots=True)
class Line:
    """One row of one submission: a site and a queue in a month, or on one day of it. A blank measure is absent.

    A line of the record is one report of the month: `kind` says which part of the record it is, `queue` which report,
    and `submission` is what was sent first, empty where nothing was.
    """

    month: Month
    kind: str
    party: str
    site: str
    queue: str
    values: Mapping[str, Decimal]
    submission: str  # the submission's key
    row: int | None = None  # row of the submitted workbook
    stated: Mapping[str, Decimal] = field(default_factory=dict)  # by metric key
    day: date | None = None
    days_reported: int | None = None  # of a monthly row that covers part of the month
    nil: bool = False  # this queue had nothing to report


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything known about a contract at one instant."""

    lines: tuple[Line, ...]
    reports: Mapping[ReportKey, ReportStatus]  # a report that is not named is not due

    def status(self, month: Month, kind: str, party: str) -> ReportStatus:
        return self.reports.get(ReportKey(month, kind, party), NOT_DUE)

    def with_record(self, record: "Facts") -> "Facts":
        """These facts and what Accord's own record says of them."""
        return Facts((*self.lines, *record.lines), {**self.reports, **record.reports})

    def as_if_approved(self, key: ReportKey, lines: Iterable[Line], *, is_nil: bool = False) -> "Facts":
        """These facts with one report replaced by a draft's lines, or by its nil return: what a preview evaluates.

        Imported history stays without credits when it is corrected.
        """
        standing = Standing.NIL if is_nil else Standing.APPROVED
        others = (line for line in self.lines if ReportKey(line.month, line.kind, line.party) != key)
        before = self.reports.get(key, NOT_DUE)
        return Facts((*others, *lines), {**self.reports, key: ReportStatus(standing, before.credited)})
