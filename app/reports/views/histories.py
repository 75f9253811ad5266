"""History imports: a file goes in, a second person looks at what it says and decides."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from flask import abort, redirect, url_for
from flask_login import current_user
from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from app.access import Permission, requires
from app.contracts.catalogue import CATALOGUE
from app.contracts.models import Contract
from app.domain.periods import Month
from app.extensions import db, write
from app.formatting import month as month_name
from app.reports.forms import HistoryForm
from app.reports.histories import files as history_files
from app.reports.histories import importing
from app.reports.histories.batches import Batch
from app.reports.histories.mapped import NOT_IN_THE_FILE
from app.reports.models import Report, Submission
from app.reports.remarks import Remark
from app.reports.sending.certifying import contest_of
from app.reports.sending.confirmations import Confirmation
from app.reports.views import bp
from app.web import back_to, page


@dataclass(frozen=True)
class _Share:
    """One contract's part of an import, counted."""

    batch: Batch

    @property
    def months(self) -> list[str]:
        return sorted({submission.report.month for submission in self.batch.submissions})

    @property
    def kinds(self) -> list[str]:
        return sorted({submission.report.kind for submission in self.batch.submissions})

    @property
    def reports(self) -> int:
        return len(self.batch.submissions)

    @property
    def confirmed(self) -> list[tuple[str, Confirmation]]:
        """What its warnings were answered with, by report; a month's own warnings stand with its report."""
        return [
            (f"{submission.report.kind}, {month_name(submission.report.month)}", submission.confirmations[-1])
            for submission in self.batch.submissions
            if submission.confirmations
        ]

    @property
    def absent(self) -> list[str]:
        """Figures that the file did not have: they are not available in these months."""
        keys = {
            key
            for submission in self.batch.submissions
            for line in submission.lines
            for key, why in line.unavailable.items()
            if why == NOT_IN_THE_FILE
        }
        return sorted(CATALOGUE.measures[key].name if key in CATALOGUE.measures else key for key in keys)

    @property
    def rows(self) -> int:
        return sum(len(submission.lines) for submission in self.batch.submissions)

    @property
    def partial_months(self) -> list[str]:
        """Months of which some row covers only part."""
        return sorted(
            {
                submission.report.month
                for submission in self.batch.submissions
                for line in submission.lines
                if line.days_reported and line.days_reported < Month.parse(submission.report.month).days
            }
        )


@bp.get("/history-imports")
@requires(Permission.HISTORY_READ)
def histories():
    return _histories_page(HistoryForm(formdata=None))


@bp.post("/history-imports")
@requires(Permission.HISTORY_IMPORT)
def import_history():
    form = HistoryForm()
    if not form.validate():
        return _histories_page(form, status=422)
    brought = form.file.data
    kept = history_files.receive(brought.filename, brought.read(), current_user, anew=form.anew.data)
    if kept.state == "refused":
        return _histories_page(form, kept.problems, status=422)
    if kept.state == "ready":
        return back_to("reports.history", "Imported. A second person decides on it.", key=kept.import_key)
    return redirect(url_for("reports.history_file", key=kept.key), code=303)


@bp.get("/history-imports/<key>")
@requires(Permission.REPORT_READ)
def history(key: str):
    batches = _batches(key)
    own = any(batch.imported_by_id == current_user.id for batch in batches)
    shares = [_Share(batch) for batch in batches]
    return page(
        "reports/history.html",
        shares=shares,
        first=batches[0],
        own=own,
        contests={each.id: said for share in shares for each in share.batch.submissions if (said := contest_of(each))},
        waits=any(batch.state == "sent" for batch in batches),
        unpriced=any(batch.state == "approved" and batch.credits_asked_at is None for batch in batches),
    )


@bp.post("/history-imports/<key>/approval")
@requires(Permission.HISTORY_APPROVE)
def approve_history(key: str):
    with write():
        importing.decide(_batches(key), approved=True, actor=current_user)
    return back_to("reports.history", "Approved. The months are being judged.", key=key)


@bp.post("/history-imports/<key>/refusal")
@requires(Permission.HISTORY_APPROVE)
def refuse_history(key: str):
    with write():
        importing.decide(_batches(key), approved=False, actor=current_user)
    return back_to("reports.history", "Refused. The months are open again.", key=key)


@bp.post("/history-imports/<key>/credits")
@requires(Permission.CHARGE_ENTER)
def credit_history(key: str):
    with write():
        importing.ask_for_credits(_batches(key), current_user)
    return back_to("reports.history", "The imported months are being priced.", key=key)


def _histories_page(form: HistoryForm, problems: Sequence[dict] = (), status: int = 200):
    return page(
        "reports/histories.html",
        status=status,
        form=form,
        problems=_shown(problems),
        unfinished=None if problems else history_files.unfinished_file(current_user),
        imports=_imports(),
    )


def _shown(problems: Sequence[dict]) -> list[tuple[str, str, None]]:
    return [(problem["place"], problem["words"], None) for problem in problems]


def _batches(key: str) -> list[Batch]:
    """Every contract's share of one import that the user may see; 404 when there is none."""
    batches = db.session.scalars(
        select(Batch)
        .where(Batch.import_key == key)
        .options(
            joinedload(Batch.contract).joinedload(Contract.partner),
            joinedload(Batch.imported_by),
            joinedload(Batch.decided_by),
            selectinload(Batch.submissions)
            .joinedload(Submission.report)
            .options(selectinload(Report.remarks).joinedload(Remark.author), selectinload(Report.submissions)),
            selectinload(Batch.submissions).selectinload(Submission.lines),
            selectinload(Batch.submissions)
            .selectinload(Submission.confirmations)
            .joinedload(Confirmation.confirmed_by),
        )
        .order_by(Batch.id)
    ).all()
    return list(batches) or abort(404)


def _imports() -> list[list[Batch]]:
    """Recent imports, newest first, each as its contracts' shares."""
    rows = db.session.scalars(
        select(Batch)
        .options(joinedload(Batch.contract).joinedload(Contract.partner), joinedload(Batch.imported_by))
        .order_by(Batch.id.desc())
        .limit(200)
    )
    grouped: dict[str, list[Batch]] = defaultdict(list)
    for batch in rows:
        grouped[batch.import_key].append(batch)
    return list(grouped.values())
