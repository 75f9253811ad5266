"""What happened around a contract's figures: claims, forecasts, choices, approvals, waivers, its end."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from app.domain.periods import Month
from app.domain.rules.relief import Claim


@dataclass(frozen=True, slots=True)
class Forecast:
    """One issue of a forecast. `values` are by day (2026-08-03) or by month (2026-08), over the whole contract or for
    one site or queue.
    """

    issued_on: date
    measure: str
    values: Mapping[str, Decimal]
    site: str = ""
    queue: str = ""

    def covers(self, site: str, queue: str) -> bool:
        return self.site in ("", site) and self.queue in ("", queue)

    def is_about(self, month: Month) -> bool:
        return any(when.startswith(str(month)) for when in self.values)


@dataclass(frozen=True, slots=True)
class Incident:
    """Misses with one cause: each is priced, and one credit is paid."""

    key: str
    month: Month
    service_levels: tuple[str, ...]
    chosen: str = ""  # the service level whose credit the customer chose
    chosen_on: date | None = None


@dataclass(frozen=True, slots=True)
class Waiver:
    """A credit, or a part of it, that the customer gives up. `amount` in the currency's units; None is all of it."""

    month: Month
    service_level: str = ""  # empty: every line in proportion
    amount: Decimal | None = None
    reason: str = ""
    approved_by: str = ""
    clause: str = ""
    key: str = ""  # what the chain calls it


@dataclass(frozen=True, slots=True)
class Approval:
    """The decision on a discretionary earn-back."""

    service_level: str
    credit_month: Month
    granted: bool
    decided_on: date
    approved_by: str = ""


@dataclass(frozen=True, slots=True)
class Exercise:
    """A right that was used."""

    right: str
    on: date
    service_level: str = ""


@dataclass(frozen=True, slots=True)
class Events:
    """Everything of the kind that is known. `as_of` is the day of knowledge: what matures later is provisional."""

    as_of: date | None = None
    terminated_on: date | None = None
    claims: tuple[Claim, ...] = ()
    forecasts: tuple[Forecast, ...] = ()
    incidents: tuple[Incident, ...] = ()
    waivers: tuple[Waiver, ...] = ()
    approvals: tuple[Approval, ...] = ()
    exercises: tuple[Exercise, ...] = ()
    charge_lines: Mapping[Month, Mapping[str, int]] = field(default_factory=dict)  # minor units by line's name
    leaves_open: bool = False  # a window that was not over on the day of knowledge is provisional

    def are_within(self, month: Month) -> bool:
        """Whether the month is left open, because it was not over."""
        return self.leaves_open and self.as_of is not None and self.as_of < month.last


NO_EVENTS = Events()
