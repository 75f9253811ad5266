"""Keeping an examined history: submissions with their own mark, approved as a whole by a second person."""

import csv
import io
import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from sqlalchemy import select

from app import blobs, clock, events, jobs
from app.accounts.models import User
from app.contracts.models import Contract
from app.copying import harmless
from app.domain.canonical import sha256
from app.extensions import db
from app.formatting import month as month_name
from app.partners.moments import hold, moment_of_change
from app.reports import notices
from app.reports.asking import places_of
from app.reports.due.opening import open_reports
from app.reports.due.owing import OWED
from app.reports.histories.batches import Batch
from app.reports.histories.examining import History, Period
from app.reports.models import Report, Submission
from app.reports.sending.certifying import line_of
from app.reports.sending.confirming import record_confirmation
from app.reports.tables.checking import Problem
from app.reports.uploads.drafting import next_number
from app.web import Conflict, Refusal


class OwnHistory(Refusal):
    """A second person decides on imported history."""

    status = 403


def conflicts(history: History) -> Iterator[Problem]:
    """Months that hold figures already: history never overwrites what was sent."""
    for period in history.periods:
        state = db.session.scalar(_report_of(period).with_only_columns(Report.state))
        if state is not None and state not in OWED:
            month = month_name(period.month)
            name = f"{period.contract.partner.name}, {period.kind}, {month}"
            words = f"The {period.kind} report for {month} is {state} already. Take its rows out of the file."
            yield Problem(name, words, period.rows[0]["row"] if period.rows else None)


def hold_reports(history: History) -> None:
    """Partners, reports and bytes of the file that are there already, before the first word on the record: others hold
    one and wait for it."""
    contracts = {period.contract.id: period.contract for period in history.periods}
    hold(*{contract.partner_id for contract in contracts.values()})
    theirs = select(Report).where(Report.contract_id.in_(contracts)).order_by(Report.id)
    db.session.scalars(theirs.with_for_update(of=Report)).all()
    for contract in contracts.values():
        blobs.kept(contract.partner_id, _own_rows(history, contract))


def keep(
    history: History, filename: str, actor: User, comment: str = "", mappings: Mapping[int, int] | None = None
) -> str:
    """Write the periods as submissions that wait for a second person; returns the import's key. Inside write(), after
    `hold_reports`.

    `comment` answers their warnings; `mappings` says by contract with which version of a mapping they were read.
    """
    import_key = secrets.token_urlsafe(9)
    contracts = {period.contract.id: period.contract for period in history.periods}
    now = moment_of_change(*{contract.partner_id for contract in contracts.values()})
    batches = []
    for contract_id, contract in contracts.items():
        periods = [period for period in history.periods if period.contract.id == contract_id]
        open_reports(contract, clock.now())
        batch = _batch(contract, import_key, filename, history, actor)
        batches.append(batch)
        number = (mappings or {}).get(contract_id)
        sent = [(period, _submit(batch, period, filename, actor, now, number)) for period in periods]
        confirmed = [_confirm(submission, period, comment, actor) for period, submission in sent if period.warnings]
        rows = sum(len(period.rows) for period in periods)
        figures = {"rows": rows, "reports": len(periods), "warnings": sum(map(len, confirmed))}
        events.record("batch.imported", subject=batch, actor=actor, **figures)
        jobs.enqueue("contract.evaluate", contract_id, partner_id=contract.partner_id)
    notices.tell_imported(batches, actor)
    return import_key


def decide(batches: Sequence[Batch], *, approved: bool, actor: User) -> None:
    """Approve or refuse what waits of an import; whoever imported it cannot. Inside write().

    Somebody who sees only some partners decides on their part alone, and leaves the rest to others.
    """
    now = _hold(batches)
    waiting = [batch for batch in batches if batch.state == "sent"]
    if not waiting:
        raise Conflict(f"{batches[0].decided_by.name} has decided on this import already.")
    for batch in waiting:
        if batch.imported_by_id == actor.id:
            raise OwnHistory("You imported this history, so a second person decides on it.")
        batch.state = "approved" if approved else "refused"
        batch.decided_by_id, batch.decided_at = actor.id, now
        for submission in batch.submissions:
            _settle(submission, approved)
    for batch in waiting:  # all reports are held before the record is: others hold one report and wait for it
        events.record(f"batch.{batch.state}", subject=batch, actor=actor, reports=len(batch.submissions))
        jobs.enqueue("contract.evaluate", batch.contract_id, partner_id=batch.partner_id)
    notices.tell_import_decided(waiting, waiting[0].state, actor)


def ask_for_credits(batches: Sequence[Batch], actor: User) -> None:
    """Finance wants the imported months priced like any other. Inside write()."""
    now = _hold(batches)
    unpriced = [batch for batch in batches if batch.state == "approved" and batch.credits_asked_at is None]
    if not unpriced:
        words = "Credits can be asked for once, after the import was approved."
        raise Conflict(words, title="Credits cannot be asked for now")
    for batch in unpriced:
        batch.credits_asked_at = now
        events.record("batch.credited", subject=batch, actor=actor)
        jobs.enqueue("contract.evaluate", batch.contract_id, partner_id=batch.partner_id)


def _hold(batches: Iterable[Batch]) -> datetime:
    """The instant of the decision. On PostgreSQL two deciders meet here; on SQLite write() has made them wait."""
    now = moment_of_change(*{batch.partner_id for batch in batches})
    for batch in batches:
        db.session.refresh(batch, with_for_update={"of": Batch})
    return now


def _settle(submission: Submission, approved: bool) -> None:
    """A refusal leaves the report as it was before the import: due, drafted, or returned and open after its lock."""
    report = submission.report
    if approved:
        report.state, report.approved_submission_id = "approved", submission.id
    elif any(each.review for each in report.submissions):
        report.state = "returned"
    else:
        report.state = "drafted" if report.draft else "due"


def _batch(contract: Contract, import_key: str, filename: str, history: History, actor: User) -> Batch:
    blob = blobs.store(contract.partner_id, _own_rows(history, contract), "text/csv")
    batch = Batch(
        partner_id=contract.partner_id,
        contract_id=contract.id,
        import_key=import_key,
        blob_id=blob.id,
        filename=filename,
        notes=history.notes.get(contract.id, []),
        imported_by_id=actor.id,
        imported_at=clock.now(),
    )
    db.session.add(batch)
    db.session.flush()
    return batch


def _own_rows(history: History, contract: Contract) -> bytes:
    """The partner's own rows of the file are kept, never the rows of another partner."""
    body = io.StringIO()
    csv.writer(body).writerows(map(harmless, row) for row in history.extracts[contract.id])
    return body.getvalue().encode()


def _confirm(submission: Submission, period: Period, comment: str, actor: User) -> list[dict]:
    """The same answer as to the warnings of an upload: for exactly this content, with a digest of the comment."""
    if comment:
        record_confirmation(submission.report, submission.content_hash, period.warnings, comment, actor)
    return period.warnings


def _submit(
    batch: Batch, period: Period, filename: str, actor: User, now: datetime, mapping_number: int | None
) -> Submission:
    report = db.session.scalars(_report_of(period)).one_or_none()
    if report is None or report.state not in OWED:
        raise Conflict(
            f"The {period.kind} report for {month_name(period.month)} does not take history. Upload the file again."
        )
    submission = Submission(
        partner_id=batch.partner_id,
        report_id=report.id,
        number=next_number(report),
        content_hash=sha256({"report": report.key, "batch": batch.key, "rows": period.rows}),
        form_key=f"{batch.key}:{report.key}",
        blob_id=batch.blob_id,
        filename=filename,
        batch_id=batch.id,
        mapping_number=mapping_number,
        prepared_by_id=actor.id,
        certified_by_id=actor.id,
        sent_at=now,
        on_behalf=period.party == "partner",
    )
    db.session.add(submission)
    db.session.flush()
    sites, queues = places_of(batch.partner_id)
    site_ids, queue_ids = {site.code: site.id for site in sites}, {queue.code: queue.id for queue in queues}
    for row in period.rows:
        line = line_of(submission, row, site_ids[row["site"]], queue_ids[row["queue"]])
        line.days_reported = row["days"]
        db.session.add(line)
    report.state = "sent"
    return submission


def _report_of(period: Period):
    return select(Report).where(
        Report.contract_id == period.contract.id,
        Report.month == str(period.month),
        Report.kind == period.kind,
        Report.party == period.party,
    )
