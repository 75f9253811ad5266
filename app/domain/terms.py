"""A contract's dated terms."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.domain.canonical import sha256
from app.domain.catalogue import KINDS, Catalogue, Measure, Problem
from app.domain.clauses import (
    Calendar,
    Coverage,
    CreditTerms,
    Deadline,
    MeasureTerms,
    ReportTerms,
    Scope,
    ServiceLevel,
)
from app.domain.facts import Party
from app.domain.periods import Month, Window, contract_year
from app.domain.reading.terms_checks import check
from app.domain.reading.terms_reader import read
from app.domain.rules.corridor import CorridorRule
from app.domain.rules.prices import PerBlock
from app.domain.rules.relief import NO_CLAIM_TERMS, ClaimTerms
from app.domain.rules.rights import RightRule
from app.domain.rules.scoring import HOUSE, ScorecardRule

__all__ = (
    "Calendar",
    "Coverage",
    "CreditTerms",
    "Deadline",
    "MeasureTerms",
    "Problem",
    "ReportTerms",
    "Scope",
    "ServiceLevel",
    "Terms",
    "TermsInvalid",
    "terms_in_force",
    "year_starts",
)


class TermsInvalid(ValueError):
    """Everything that is wrong with a terms document, each with its path."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(str(problem) for problem in problems))


@dataclass(frozen=True, slots=True)
class Terms:
    """One complete terms document, read and checked."""

    effective_from: date
    calendar: Calendar
    coverage: tuple[Coverage, ...]
    reports: Mapping[str, ReportTerms]
    measures: Mapping[str, MeasureTerms]
    service_levels: tuple[ServiceLevel, ...]
    credits: CreditTerms | None
    sha256: str  # SHA-256 of the canonical document
    year_starts: Month | None = None  # opens a contract year; None: as the contract's first terms
    claims: ClaimTerms = NO_CLAIM_TERMS
    corridor: CorridorRule | None = None
    rights: tuple[RightRule, ...] = ()
    scorecard: ScorecardRule = HOUSE
    warnings: tuple[Problem, ...] = ()

    @classmethod
    def from_document(cls, document: Mapping[str, Any], catalogue: Catalogue) -> "Terms":
        """Reads and checks the whole document. Raises TermsInvalid with every problem, not only the first."""
        draft, problems = read(document)
        faults, warnings = check(draft, catalogue)
        unread = {problem.path for problem in problems}
        problems += [fault for fault in faults if fault.path not in unread]
        if problems or draft.effective_from is None or draft.calendar is None:
            raise TermsInvalid(problems)
        return cls(
            effective_from=draft.effective_from,
            calendar=draft.calendar,
            coverage=tuple(draft.coverage.values()),
            reports=draft.reports,
            measures=draft.measures,
            service_levels=tuple(draft.service_levels.values()),
            credits=draft.credits,
            sha256=sha256(document),
            year_starts=draft.year_starts,
            claims=draft.claims,
            corridor=draft.corridor,
            rights=draft.rights,
            scorecard=draft.scorecard,
            warnings=tuple(warnings),
        )

    @property
    def looks_back(self) -> bool:
        """Whether what earlier months came to can change how a later one does."""
        return bool(
            self.rights
            or self.scorecard.decay
            or (
                self.credits
                and (
                    self.credits.earn_back
                    or self.credits.base.over_window
                    or any(cap.is_long for cap in self.credits.caps)
                )
            )
            or any(
                level.default.looks_back
                or level.repeats
                or level.earn_back
                or level.improvement
                or isinstance(level.price, PerBlock)
                for level in self.service_levels
            )
        )

    @property
    def uses_forecasts(self) -> bool:
        """Whether anything is held against a forecast."""
        return self.corridor is not None or any(level.relief for level in self.service_levels)

    @property
    def reads_record(self) -> bool:
        """Whether Accord's own record is the source of any figure."""
        return any(each.source == Party.RECORD for each in self.measures.values())

    def is_of_record(self, level: ServiceLevel, catalogue: Catalogue) -> bool:
        """Whether its figures are Accord's own record, and travel in no report."""
        read = catalogue.metrics[level.metric].measures if level.source == "computed" else ()
        return any(self.measures[key].source == Party.RECORD for key in read if key in self.measures)

    @property
    def has_bank(self) -> bool:
        """Whether good months put something by, which ends with the contract."""
        rules = [level.earn_back for level in self.service_levels]
        rules += [self.credits.earn_back] if self.credits else []
        return any(rule is not None and rule.kind == "bank" for rule in rules)

    def allows_claim(self, level: ServiceLevel) -> bool:
        """Whether relief can be claimed: the terms say how, or name what excuses this service level."""
        return self.claims.is_agreed or level.relief is not None

    def rows(self, time: Window) -> tuple[Coverage, ...]:
        """The site and queue pairs that a month's reports, or those of some of its days, must hold."""
        return tuple(pair for pair in self.coverage if pair.works_in(time))

    def service_level(self, key: str) -> ServiceLevel:
        """Raises KeyError."""
        for level in self.service_levels:
            if level.key == key:
                return level
        raise KeyError(key)

    def asked_of(self, party: str, kind: str, catalogue: Catalogue) -> tuple[Measure, ...]:
        """The template's columns: the partner reports every measure, the client those it is or shares the source of;
        nobody reports what Accord itself knows.
        """
        own = (Party.RECORD,) if party == Party.PARTNER else (Party.RECORD, Party.PARTNER)
        return tuple(
            catalogue.measures[key]
            for key, terms in self.measures.items()
            if catalogue.measures[key].kind == kind and terms.source not in own
        )

    def stated_of(self, kind: str, catalogue: Catalogue) -> tuple[str, ...]:
        """Metrics whose stated value the partner's report of this kind carries beside the measures."""
        stated = (level.metric for level in self.service_levels if level.source == "stated")
        return tuple(dict.fromkeys(key for key in stated if catalogue.metrics[key].kind == kind))

    def reports_due(self, catalogue: Catalogue) -> tuple[tuple[str, str], ...]:
        """(kind, party) of each report that falls due every month; none of a partner whose figures would not count."""
        due = []
        for kind in filter(self.reports.__contains__, KINDS):
            asked = self.asked_of("partner", kind, catalogue)
            if any(self.measures[each.key].source != "client" for each in asked) or self.stated_of(kind, catalogue):
                due.append((kind, "partner"))
            if self.asked_of("client", kind, catalogue):
                due.append((kind, "client"))
        return tuple(due)


def terms_in_force(history: Sequence[Terms], month: Month) -> Terms | None:
    """The latest terms effective by the month's first day; in a contract's opening month, its first terms."""
    earliest_first = sorted(history, key=lambda terms: terms.effective_from)
    by_then = [terms for terms in earliest_first if terms.effective_from <= month.first]
    within = [terms for terms in earliest_first if terms.effective_from <= month.last]
    return by_then[-1] if by_then else within[0] if within else None


def year_starts(history: Sequence[Terms]) -> Month:
    """The month that opens a contract year: as the newest terms that name one say, else that of the first terms."""
    earliest_first = sorted(history, key=lambda terms: terms.effective_from)
    named = [terms.year_starts for terms in earliest_first if terms.year_starts is not None]
    return named[-1] if named else Month.of(earliest_first[0].effective_from)


def moved_years(history: Sequence[Terms], amendment: Terms) -> list[Problem]:
    """An amendment keeps the month in which contract years begin: years that were judged are not cut anew.

    At most one problem, at `contract_year.starts`; none where the amendment names no year. `history` is not empty.
    """
    opens, named = year_starts(history), amendment.year_starts
    if named is None or contract_year(named, opens).first == named.first:
        return []
    kept = Month.of(contract_year(named, opens).last).next()
    words = f"moves the first month of contract years, so that earlier ones would be cut anew: keep {kept}-01"
    return [Problem("contract_year.starts", words)]
