"""What a month's evaluation rests on, as a document: equal inputs, equal evaluation."""

import hashlib
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import localcontext
from functools import cached_property, partial
from typing import Any

from app.domain.canonical import sha256
from app.domain.events import Events, Forecast
from app.domain.exact import ARITHMETIC
from app.domain.facts import Facts, Line
from app.domain.figures.windowing import Windows
from app.domain.findings import Finding
from app.domain.periods import Month
from app.domain.reading.definitions import definitions_of
from app.domain.terms import Terms

ENGINE_VERSION = "10"
OF_A_MONTH = ("as_of", "leaves_open", "claims")  # what stands in the documents of the months that it concerns


@dataclass(frozen=True)
class Foundation:
    """Worked out when it is first asked for: a preview shows findings and keeps nothing."""

    work_out: Callable[[], Mapping[str, Any]]

    @cached_property
    def inputs(self) -> Mapping[str, Any]:
        with localcontext(ARITHMETIC):
            return self.work_out()

    @cached_property
    def fingerprint(self) -> str:
        return sha256(self.inputs)


class Inputs:
    """Hashes each month's lines once, and chains what earlier months came to where the terms look back."""

    def __init__(self, facts: Facts, charges: Mapping[Month, int], events: Events, windows: Windows) -> None:
        self.charges, self.windows = charges, windows
        self.defined: dict[frozenset[str], str] = {}
        self.carries = False
        self.is_chained = any(terms.looks_back for terms in windows.history)
        self.lines: dict[Month, list[Line]] = {}
        for line in facts.lines:
            self.lines.setdefault(line.month, []).append(line)
        self.reports: dict[Month, list[list[str]]] = {}
        for report, status in facts.reports.items():
            stands = [report.kind, report.party, status.standing.value, "credited" if status.credited else "imported"]
            self.reports.setdefault(report.month, []).append(stands)
        self.hashes: dict[Month, tuple[str, tuple[str, ...]]] = {}
        self.events, self.happened = _events_hash(events), events
        self.claims: dict[str, list[dict[str, Any]]] = {}
        for claim in events.claims:
            self.claims.setdefault(claim.month, []).append(claim.to_document())
        self.carried = ""

    def of(
        self, terms: Terms, month: Month, invoiced: Month, findings: Sequence[Finding], year: Sequence[Month]
    ) -> Foundation:
        """`year` are the months whose average decides an earn-back in this one. Asked for month after month."""
        rests_on = Foundation(partial(self._document, terms, month, invoiced, findings, year))
        if self.is_chained:
            self._carry(rests_on.fingerprint)
        return rests_on

    def _document(
        self, terms: Terms, month: Month, invoiced: Month, findings: Sequence[Finding], year: Sequence[Month]
    ) -> dict[str, Any]:
        used = {month}
        for finding in findings:
            used.update(finding.window.months)
        hashed = {each: self.hashed(each) for each in sorted(used)}
        in_force = {each.sha256 for part in used if (each := self.windows.in_force(part))}
        document = {
            "engine": ENGINE_VERSION,
            "catalogue": self.definitions(findings),
            "month": str(month),
            "terms": terms.sha256,
            "earlier_terms": sorted(in_force - {terms.sha256}),
            "charges": self.charges.get(invoiced),
            "submissions": sorted({key for _, submissions in hashed.values() for key in submissions}),
            "lines": {str(part): digest for part, (digest, _) in hashed.items()},
        }
        if self.events:
            document["events"] = self.events
        if claims := self.claims.get(str(month)):
            document["claims"] = sha256(claims)
        if own := self.own_events(month, used):
            document["own_events"] = sha256(own)
        if maturing := {finding.level.key: str(finding.matures_on) for finding in findings if finding.matures_on}:
            document["maturing"] = maturing
        if year:
            known = [[*self.hashed(each), self.claims.get(str(each), [])] for each in year]
            document["year"] = sha256(known)
        if self.looks_back(terms):
            document |= {"carried": self.carried, "year_starts": str(self.windows.year_starts)}
        return document

    def own_events(self, month: Month, used: Collection[Month]) -> list[Any]:
        """What happened that concerns this month and not the whole contract."""
        happened = self.happened
        of_month = [repr(each) for each in happened.waivers if each.month == month]
        of_month += [repr(each) for each in happened.incidents if each.month == month]
        decided = [repr(each) for each in happened.approvals if Month.of(each.decided_on) <= month]
        issued = [part for forecast in happened.forecasts if (part := _issued(forecast, used))]
        return [of_month, decided, issued] if of_month or decided or issued else []

    def _carry(self, fingerprint: str) -> None:
        """Later months may look back on anything that this one rests on: its charges, its figures, its terms."""
        self.carried = fingerprint if not self.carried else sha256([self.carried, fingerprint])

    def looks_back(self, terms: Terms) -> bool:
        """Once a month carried something, so does each after it: what was earned before an amendment is still paid."""
        self.carries = self.carries or terms.looks_back
        return self.carries

    def definitions(self, findings: Sequence[Finding]) -> str:
        """SHA-256 of the definitions of every metric that was judged."""
        metrics = frozenset(finding.metric.key for finding in findings)
        if metrics not in self.defined:
            self.defined[metrics] = sha256(definitions_of(self.windows.book.catalogue, metrics))
        return self.defined[metrics]

    def hashed(self, month: Month) -> tuple[str, tuple[str, ...]]:
        """SHA-256 of everything known about a month, and the submissions it came from."""
        if month not in self.hashes:
            lines = self.lines.get(month, [])
            known = "\n".join([*sorted(map(_line, lines)), "reports", *sorted(map(repr, self.reports.get(month, ())))])
            digest = hashlib.sha256(known.encode()).hexdigest()
            self.hashes[month] = digest, tuple({line.submission for line in lines if line.submission})
        return self.hashes[month]


def _line(line: Line) -> str:
    """Every part of a line that a judgement can rest on, as one text."""
    values = [f"{measure}={value}" for measure, value in line.values.items()]
    stated = [f"{metric}={value}" for metric, value in line.stated.items()]
    place = (line.kind, line.party, line.site, line.queue, line.submission, line.row, line.nil)
    return repr((*place, line.day and str(line.day), line.days_reported, sorted(values), sorted(stated)))


def _issued(forecast: Forecast, months: Collection[Month]) -> list[Any]:
    """What a forecast says of some months; empty when it says nothing of them."""
    said = {when: str(value) for when, value in sorted(forecast.values.items()) if Month.parse(when[:7]) in months}
    return [str(forecast.issued_on), forecast.measure, forecast.site, forecast.queue, said] if said else []


def _events_hash(events: Events) -> str:
    """Empty when nothing happened. Claims and what `own_events` holds concern some months alone, the day of knowledge
    what has yet to mature.
    """
    elsewhere = replace(events, waivers=(), incidents=(), approvals=(), forecasts=())
    happened = {name: getattr(elsewhere, name) for name in Events.__slots__ if name not in OF_A_MONTH}
    if not any(happened.values()):
        return ""
    happened["charge_lines"] = sorted(
        (str(month), sorted(lines.items())) for month, lines in events.charge_lines.items()
    )
    return sha256({name: repr(value) for name, value in happened.items()})
