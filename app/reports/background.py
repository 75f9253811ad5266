"""What is known around a report when its file is checked: its own months before, and the month's other reports."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from decimal import Decimal

from sqlalchemy import select

from app.contracts.charges import charges_of
from app.contracts.models import Contract
from app.domain.periods import Month
from app.domain.terms import Terms
from app.extensions import db
from app.formatting import major_units
from app.partners.models import Queue, Site
from app.reports.checks.context import Background, Figures, Place, folded
from app.reports.checks.past import months_before
from app.reports.checks.thresholds import DEFAULTS
from app.reports.models import Draft, Line, Report, Submission
from app.reports.tables.figures import kept

Key = tuple[str, str]  # month and kind


def background_of(report: Report, terms: Terms) -> Background:
    """What was approved, else what was sent, else for the month's other reports what is prepared; of the report itself
    what a correction would replace. At most four statements, however many rows there are."""
    month = Month.parse(report.month)
    before = months_before(month, DEFAULTS.months_back)
    of_the_month = (Report.month == report.month) & (Report.kind != report.kind)
    of_the_kind = (Report.month >= str(before[0])) & (Report.month <= report.month) & (Report.kind == report.kind)
    chosen = _chosen(report.contract_id, report.party, of_the_month | of_the_kind)
    sent = _figures(chosen)
    for key, rows in _prepared(report, {kind for when, kind in chosen.values() if when == report.month}):
        sent[key] = folded((row["site"], row["queue"], kept(row["measures"])) for row in rows)
    around = among(sent, month, report.kind, terms, report.contract)
    return replace(around, approved=sent.get((report.month, report.kind), {}))


def known_between(contract_id: int, party: str, first: Month, last: Month) -> dict[Key, Figures]:
    """Figures of every kind that were approved, else sent, by month and kind; without rows of months that are not
    whole."""
    within = (Report.month >= str(first)) & (Report.month <= str(last))
    return _figures(_chosen(contract_id, party, within), Line.days_reported.is_(None))


def among(sent: Mapping[Key, Figures], month: Month, kind: str, terms: Terms, contract: Contract) -> Background:
    """What is known around one report, by the figures of others."""
    beside: dict[Place, dict[str, Decimal]] = defaultdict(dict)
    for (when, other), figures in sent.items():
        if when == str(month) and other != kind:
            for place, values in figures.items():
                beside[place] |= values
    before = months_before(month, DEFAULTS.months_back)
    hours, samples = terms.measures.get("productive_hours"), terms.measures.get("qa_samples")
    rate = hours and hours.rate
    return Background(
        past={when: sent[str(when), kind] for when in before if (str(when), kind) in sent},
        beside=dict(beside),
        samples_per_head=samples and samples.per_head,
        rate=rate,
        invoice=_invoice(contract, month) if rate else None,
    )


def _chosen(contract_id: int, party: str, which) -> dict[int, Key]:
    """The submission that speaks for each report, with its month and kind."""
    rows = db.session.execute(
        select(Submission.id, Report.month, Report.kind, Report.state, Report.approved_submission_id)
        .join(Report, Submission.report_id == Report.id)
        .where(Report.contract_id == contract_id, Report.party == party, which)
        .order_by(Submission.number)
    )
    speaks: dict[Key, int] = {}
    for row in rows:
        if row.approved_submission_id in (None, row.id) and (row.approved_submission_id or row.state == "sent"):
            speaks[row.month, row.kind] = row.id
    return {submission: key for key, submission in speaks.items()}


def _figures(chosen: dict[int, Key], *which) -> dict[Key, Figures]:
    if not chosen:
        return {}
    rows = db.session.execute(
        select(Line.submission_id, Site.code, Queue.code, Line.measures)
        .join(Site, Line.site_id == Site.id)
        .join(Queue, Line.queue_id == Queue.id)
        .where(Line.submission_id.in_(chosen), Line.nil.is_(False), *which)
        .order_by(Line.submission_id, Line.day, Line.id)
    )
    grouped: dict[Key, list] = defaultdict(list)
    for submission, site, queue, measures in rows:
        grouped[chosen[submission]].append((site, queue, kept(measures)))
    return {key: folded(lines) for key, lines in grouped.items()}


def _prepared(report: Report, sent: Iterable[str]) -> Iterable[tuple[Key, list]]:
    """Drafts without errors of the month's other reports."""
    rows = db.session.execute(
        select(Report.kind, Draft.rows, Draft.problems)
        .join(Report, Draft.report_id == Report.id)
        .where(
            Report.contract_id == report.contract_id,
            Report.party == report.party,
            Report.month == report.month,
            Report.kind != report.kind,
            Report.kind.not_in(sent),
        )
    )
    return [((report.month, kind), prepared) for kind, prepared, problems in rows if not problems]


def _invoice(contract: Contract, month: Month) -> Decimal | None:
    minor = charges_of(contract).get(month)
    return None if minor is None else major_units(minor, contract.currency)
