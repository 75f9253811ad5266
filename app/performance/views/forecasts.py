"""Forecasts of a contract: versions beside what came, which counted and why, and a new version by form or file."""

from collections.abc import Sequence

from flask import request
from flask_login import current_user
from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from app import clock
from app.access import Permission, may, requires
from app.contracts.models import Contract
from app.contracts.panels import Panel, panel
from app.contracts.terms import terms_history, terms_of
from app.domain.periods import Month
from app.extensions import db, write
from app.forecasts.issuing import Doubled, Draft, issue, places_by_month
from app.forecasts.models import ForecastIssue
from app.partners.models import Partner
from app.performance.forecasts import beside as forecasting
from app.performance.forecasts import rows as forecast_rows
from app.performance.forecasts.beside import Use
from app.performance.forecasts.forms import IssueForm
from app.performance.views import bp
from app.reading import Unreadable
from app.web import XLSX, Refusal, back_to, download, find, page

WITH_PLACES = joinedload(Contract.partner).options(selectinload(Partner.sites), selectinload(Partner.queues))
AHEAD = 3


@panel
def forecasts_panel(contract: Contract) -> Panel | None:
    uses = _uses(contract)
    return Panel("performance/_forecasts.html", (contract, uses, _issues(contract))) if uses else None


@bp.get("/contracts/<key>/forecasts")
@requires(Permission.CONTRACT_READ)
def forecasts(key: str):
    """A contract whose terms hold nothing against a forecast says so."""
    return _page(find(Contract, key, WITH_PLACES))


@bp.get("/contracts/<key>/forecasts/template.xlsx")
@requires(Permission.FORECAST_ISSUE)
def forecast_template(key: str):
    """The next months of every place of the contract, or their days where the terms look at each."""
    contract = find(Contract, key, WITH_PLACES)
    today = clock.today(contract.zone)
    terms = forecasting.in_force(terms_history(contract), today)
    first = Month.of(today).next()
    places = [(row.site, row.queue) for row in terms.rows(first)] if terms else [("", "")]
    by_day = any(use.by_day for use in _uses(contract))
    months = [*first.through(first.plus(AHEAD - 1))]
    return download(forecast_rows.template(months, places, by_day), f"forecast-{contract.reference}.xlsx", XLSX)


@bp.post("/contracts/<key>/forecasts")
@requires(Permission.FORECAST_ISSUE)
def issue_forecast(key: str):
    """The first press checks every row and shows what would count; the second issues all of it, or nothing."""
    contract = find(Contract, key, WITH_PLACES)
    uses = _uses(contract)
    form = IssueForm(uses)
    if not uses:
        words = "The terms of this contract hold nothing against a forecast. Amend them first."
        raise Refusal(words, status=409, title="The terms use no forecast")
    valid = form.validate()
    valid = _is_timely(contract, form) and valid
    checker = _checked(contract, form, uses)
    if not valid or checker is None or checker.problems:
        return _page(contract, form, problems=checker.problems if checker else (), status=422)
    form.rows.raw_data, form.rows.data = None, forecast_rows.written(checker.values, contract.partner.number_style)
    if request.form.get("step") != "issue":
        return _page(contract, form, looked_at=_looked_at(checker, form, uses))
    draft = Draft(
        form.issued_on.data, form.measure.data, checker.values, form.note.data or "", form.filename.data or ""
    )
    try:
        with write():
            number = issue(contract, draft, actor=current_user, form_key=form.form_key.data).number
    except Doubled as refusal:
        form.rows.errors = [refusal.message]
        return _page(contract, form, status=refusal.status)
    return back_to("performance.forecasts", f"Version {number} is issued. What rests on it is judged anew.", key=key)


def _is_timely(contract: Contract, form: IssueForm) -> bool:
    today, issued_on = clock.today(contract.zone), form.issued_on.data
    if issued_on and issued_on > today:
        form.issued_on.errors = ["This day is yet to come. Write the day on which the partner got it."]
    elif issued_on and issued_on < today and not (form.note.data or "").strip():
        form.note.errors = ["Say how the partner got it on that day: it is entered later than it was issued."]
    return not form.issued_on.errors and not form.note.errors


def _checked(contract: Contract, form: IssueForm, uses: Sequence[Use]) -> forecast_rows.Checker | None:
    """None when there are no rows to check; the form says why."""
    try:
        upload = form.file.data
        if upload:
            rows = forecast_rows.rows_in_file(upload.filename or "", upload.read())
            form.filename.data = upload.filename or ""
        else:
            rows = forecast_rows.rows_in_text(form.rows.data or "")
    except Unreadable as unreadable:
        form.file.errors = [unreadable.message]
        return None
    if not rows:
        form.rows.errors = ["Write at least one month and its number, or choose a file."]
        return None
    earlier = places_by_month(_issues(contract), form.measure.data)
    wants_days = any(use.by_day for use in uses if use.forecast == form.measure.data)
    return forecast_rows.Checker(contract, wants_days, earlier, contract.partner.number_style).check(rows)


def _looked_at(checker: forecast_rows.Checker, form: IssueForm, uses: Sequence[Use]) -> list[dict]:
    """Each month with its sum, and for each rule whether this version is in time."""
    times = [(when, value) for values in checker.values.values() for when, value in values.items()]
    months = sorted({when[:7] for when, _ in times})
    return [
        {
            "month": month,
            "total": sum(value for when, value in times if when[:7] == month),
            "use": use,
            "locked_on": use.locked_on(Month.parse(month)),
            "is_late": form.issued_on.data > use.locked_on(Month.parse(month)),
        }
        for month in months
        for use in uses
        if use.forecast == form.measure.data
    ]


def _uses(contract: Contract) -> Sequence[Use]:
    """Of the versions that the contract's page has loaded already."""
    versions = sorted(contract.terms, key=lambda version: version.effective_from)
    history = [terms_of(version) for version in versions if version.state == "in_force"]
    return forecasting.uses_of(forecasting.in_force(history, clock.today(contract.zone)))


def _issues(contract: Contract) -> list[ForecastIssue]:
    return list(
        db.session.scalars(
            select(ForecastIssue)
            .where(ForecastIssue.contract_id == contract.id)
            .options(joinedload(ForecastIssue.entered_by))
            .order_by(ForecastIssue.number)
        )
    )


def _page(contract: Contract, form: IssueForm | None = None, *, problems=(), looked_at=(), status: int = 200):
    issues = _issues(contract)
    board = forecasting.board_of(contract, issues, clock.now())
    today = clock.today(contract.zone)
    uses = forecasting.uses_of(forecasting.in_force(board.history, today))
    boards = [(use, board.compared(use)) for use in uses]
    return page(
        "performance/forecasts.html",
        status=status,
        contract=contract,
        uses=uses,
        boards=[(use, compared, forecasting.drawn(compared, use.name)) for use, compared in boards],
        issues=issues[::-1],
        form=form or IssueForm(uses, formdata=None, issued_on=today)
        if uses and may(Permission.FORECAST_ISSUE)
        else None,
        problems=[(f"Row {each.row}, {each.column}:", each.words, None) for each in problems],
        looked_at=looked_at,
    )
