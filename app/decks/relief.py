"""What relief did to the quarter's results, and who decided on it, as known at the deck's instant."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from app.contracts.models import Contract
from app.decks.content import Content
from app.decks.wording import count_words, raw_value_of, value_of
from app.domain.findings import Disposition, Finding
from app.domain.periods import Month
from app.domain.prose.derivation import excusing
from app.domain.rules.relief import Relief
from app.formatting import day
from app.formatting import month as month_words
from app.relief.models import Claim

BY_THE_TERMS = "terms"


@dataclass(frozen=True)
class Relieved:
    """One relief of one result; `claim` is None where the terms excuse without one."""

    month: Month
    finding: Finding
    relief: Relief
    claim: Claim | None
    contract: Contract

    @property
    def raw(self) -> str:
        return raw_value_of(self.finding)

    @property
    def contractual(self) -> str:
        return value_of(self.finding)

    @property
    def what(self) -> str:
        """`Claim 1: Volume above the forecast; taken off: offered 4,900`."""
        return excusing(self.relief.kind, self.relief.source, self.relief.figures)

    @property
    def told(self) -> str:
        """What both sides said, together: of much of it there is no room for a chart."""
        return f"{self.claim.reason} {self.claim.decision_reason}" if self.claim else ""

    @property
    def decision(self) -> str:
        """`Granted in part, 12 Sep 2026, by Mia Okafor`."""
        if self.claim is None:
            return "By the terms"
        if self.relief.effect in ("open", "late"):
            return "Not decided" if self.relief.effect == "open" else "Filed too late, without effect"
        decided_on = self.claim.decided_at.astimezone(ZoneInfo(self.contract.zone)).date()
        in_part = " in part" if self.claim.is_granted_in_part else ""
        return f"{self.claim.decision.capitalize()}{in_part}, {day(decided_on)}, by {self.claim.decided_by.name}"


def relieved(content: Content) -> Iterator[Relieved]:
    """Every relief of the quarter, in the order of months and service levels."""
    claims: Mapping[str, Claim] = {str(claim.number): claim for claim in content.claims}
    for month in content.months:
        for finding in month.findings:
            for relief in finding.relief:
                claim = None if relief.source == BY_THE_TERMS else claims[relief.source]
                yield Relieved(month.month, finding, relief, claim, content.deck.contract)


def headline(content: Content) -> str:
    """What stands after relief, and what is not decided."""
    rows = [*relieved(content)]
    applied = {(str(row.month), row.finding.level.key): row for row in rows if row.relief.is_applied}
    waiting = len({row.claim.number for row in rows if row.claim and row.relief.effect == "open"})
    said = f"{count_words(len(applied), 'result')} stand after relief"
    if len(applied) == 1:
        said = _told(*applied.values())
    if waiting:
        said += f"; {count_words(waiting, 'claim').lower()} not decided"
    return said


def _told(row: Relieved) -> str:
    """What relief did to the one result that it was granted for."""
    about = f"{row.finding.level.name}, {month_words(row.month, 'long')}"
    if row.raw == row.contractual:
        excused = row.finding.disposition == Disposition.EXCUSED
        return f"{about}: {row.raw}{', excused' if excused else ''}"
    return f"{about}: {row.contractual} after relief, {row.raw} as counted"
