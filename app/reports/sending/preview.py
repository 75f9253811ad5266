"""What a draft would come to if it were approved: the findings that rest on its figures."""

from dataclasses import dataclass
from datetime import date, datetime

from app.contracts.catalogue import CATALOGUE
from app.contracts.charges import amounts_of, charge_lines_of, latest_charges
from app.contracts.terms import terms_history
from app.domain import facts
from app.domain.clauses import Scope, ServiceLevel
from app.domain.events import Events
from app.domain.facts import ReportKey
from app.domain.figures.book import needs
from app.domain.findings import Finding
from app.domain.judging.evaluation import MonthEvaluation, evaluate
from app.domain.money.unsettled import result_of
from app.domain.periods import Month
from app.domain.terms import Terms
from app.forecasts.known import forecasts_known
from app.formatting import exponent
from app.partners.moments import known_by
from app.partners.places import Places, places_of
from app.relief.known import claims_known
from app.reports.asking import NothingAsked, terms_of
from app.reports.facts import facts_of
from app.reports.models import Report
from app.reports.tables.figures import kept

FROM_THE_DRAFT = "draft"
EVERYWHERE = Scope()


@dataclass(frozen=True)
class Outlook:
    """The month as it would be judged; `findings` are those that this report feeds, misses first."""

    evaluation: MonthEvaluation
    findings: tuple[Finding, ...]
    places: Places

    @property
    def names(self) -> dict[str, str]:
        """Of the service levels, by key."""
        return {finding.level.key: finding.level.name for finding in self.findings}

    def credit_status(self, finding: Finding) -> str:
        """due, not_priced, not_settled or none_due."""
        if line := self.evaluation.credits.line(finding.level.key):
            return "due" if line.payable is not None else "not_priced"
        may_cost = self.evaluation.terms.credits is not None and result_of(finding).may_yet_cost
        return "not_settled" if may_cost else "none_due"

    @property
    def misses(self) -> tuple[Finding, ...]:
        return tuple(finding for finding in self.findings if finding.is_miss)


def outlook(
    report: Report, rows: list[dict], now: datetime, history: tuple[Terms, ...] | None = None
) -> Outlook | None:
    """By the contract's history, where it is at hand. None when no service level rests on this report in this month."""
    month, contract = Month.parse(report.month), report.contract
    instant = known_by(contract.partner, now)
    known = as_if_approved(facts_of(contract, instant), report, rows)
    history = history or terms_history(contract)
    forecasts = forecasts_known(contract, instant) if any(terms.uses_forecasts for terms in history) else ()
    charges = latest_charges(contract)
    lines = charge_lines_of(charges)
    events = Events(claims=claims_known(contract, instant), forecasts=forecasts, charge_lines=lines)
    unit = 10 ** exponent(contract.currency)
    judged = evaluate(history, known, amounts_of(charges), CATALOGUE, [month], events, unit)
    if not judged:
        return None
    terms = judged[0].terms
    findings = [finding for finding in judged[0].findings if _rests_on(terms, finding.level, report)]
    findings.sort(key=lambda finding: (not finding.is_miss, not finding.is_close))
    is_scoped = any(finding.level.scope != EVERYWHERE for finding in findings)
    places = places_of(contract.partner) if is_scoped else Places()
    return Outlook(judged[0], tuple(findings), places) if findings else None


def as_if_approved(known: facts.Facts, report: Report, rows: list[dict]) -> facts.Facts:
    """What would be known if these rows of a draft or a submission counted for the report."""
    key = ReportKey(Month.parse(report.month), report.kind, report.party)
    lines = [_line(key, row) for row in rows]
    return known.as_if_approved(key, lines, is_nil=all(line.nil for line in lines))


def levels_fed_by(report: Report) -> dict[str, str]:
    """Names by key of the service levels that rest on a report; none where no terms ask for it any more."""
    try:
        terms = terms_of(report)
    except NothingAsked:
        return {}
    return {level.key: level.name for level in terms.service_levels if _rests_on(terms, level, report)}


def _rests_on(terms: Terms, level: ServiceLevel, report: Report) -> bool:
    """Whether figures of this report are judged: a partner's are not where the client is the source of record."""
    metric = CATALOGUE.metrics[level.metric]
    if level.source == "stated":
        return (report.kind, report.party) == (metric.kind, "partner")
    return (report.kind, report.party) in needs(metric, terms.measures, CATALOGUE).reports


def _line(key: ReportKey, row: dict) -> facts.Line:
    return facts.Line(
        month=key.month,
        kind=key.kind,
        party=key.party,
        site=row["site"],
        queue=row["queue"],
        values=kept(row["measures"]),
        submission=FROM_THE_DRAFT,
        row=row["row"],
        stated=kept(row["stated"]),
        day=date.fromisoformat(row["day"]) if row["day"] else None,
        nil=row["nil"],
    )
