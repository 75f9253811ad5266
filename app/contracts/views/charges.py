"""Charges: what is missing first, one contract's months, a year at once."""

from collections import defaultdict

from flask import abort, request
from flask_login import current_user
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app import clock
from app.access import Permission, may, requires, sees_money
from app.contracts.amounts import example, written
from app.contracts.charges import (
    ChargeRefused,
    bills_later,
    enter_charge,
    judge_anew,
    latest,
    left_out,
    price_nothing,
)
from app.contracts.forms.charges import ChargeForm, YearForm, charge_form, missing_form, read_rows
from app.contracts.forms.fields import choices
from app.contracts.models import Charge, Contract
from app.contracts.terms import histories_of, terms_history
from app.contracts.views import bp
from app.domain.periods import Month
from app.extensions import db, write
from app.formatting import money
from app.formatting import month as month_name
from app.partners.moments import hold
from app.web import back_to, find, page

RECENT = 6
PER_PAGE = 40


@bp.get("/charges")
@requires(Permission.CHARGE_ENTER)
def charges():
    return _grid_page(*_grid())


@bp.post("/charges")
@requires(Permission.CHARGE_ENTER)
def enter_missing():
    """Enter every amount of the page, or none: a wrong one is said in its cell."""
    months, contracts, entered = _grid()
    missing = _missing(months, contracts, entered)
    cells = {name: missing[name] for name in request.form if name in missing}
    form = missing_form(cells)
    valid = form.validate()
    if _overtaken(missing):
        form.form_errors.append(
            "Some of these months were entered by somebody else meanwhile. Look, then enter the rest."
        )
        return _grid_page(months, contracts, entered, form, 409)
    if not valid:
        return _grid_page(months, contracts, entered, form, 422)
    typed = [(cells[field.name], field.minor) for field in form if field.name in cells and field.data]
    try:
        with write():
            hold(*{contract.partner_id for (contract, _), _ in typed})  # all of them before the first is written
            for (contract, month), minor in typed:
                enter_charge(contract, month, minor, current_user, seen=0)
            for contract in {contract.id: contract for (contract, _), _ in typed}.values():
                judge_anew(contract)
    except ChargeRefused as refused:
        form.form_errors.append(f"{refused.message} Nothing was entered.")
        return _grid_page(*_grid(), form, 422)
    if not typed:
        return back_to("contracts.charges", "Nothing was entered.", tone="info", page=_page_number())
    said = f"{len(typed)} {'month' if len(typed) == 1 else 'months'} entered."
    return back_to("contracts.charges", said, page=_page_number())


@bp.get("/contracts/<key>/charges")
@requires(Permission.CONTRACT_READ)
def contract_charges(key: str):
    if not sees_money():
        abort(403)
    contract = find(Contract, key, joinedload(Contract.partner))
    return _contract_page(contract, request.args.get("month"))


@bp.post("/contracts/<key>/charges")
@requires(Permission.CHARGE_ENTER)
def enter(key: str):
    contract = find(Contract, key, joinedload(Contract.partner))
    form = _charge_form(contract)
    if form.validate():
        month = Month.parse(form.month.data)
        try:
            with write():
                charge = enter_charge(
                    contract, month, form.minor, current_user, form.note.data or "", lines=form.lines or None
                )
                if charge:
                    judge_anew(contract)
        except ChargeRefused as refused:
            form.note.errors = [refused.message]
        else:
            entered = f"{month_name(month, 'long')}: {money(form.minor, contract.currency)} entered."
            said, tone = (entered, "success") if charge else ("That amount stands already.", "info")
            return back_to("contracts.contract_charges", said, tone, key=contract.key)
    return _contract_page(contract, form.month.data, form=form, status=422)


@bp.post("/contracts/<key>/charge-lists")
@requires(Permission.CHARGE_ENTER)
def enter_year(key: str):
    """Enter a pasted list completely or not at all; each wrong row is reported."""
    contract = find(Contract, key, joinedload(Contract.partner))
    year = YearForm(contract=contract)
    rows = read_rows(year.rows.data or "", contract) if year.validate() else []
    problems = [(f"Line {row.line}:", row.problem, None) for row in rows if row.problem]
    if not rows or problems:
        return _contract_page(contract, None, year=year, problems=problems, status=422)
    try:
        with write():
            entered = [enter_charge(contract, row.month, row.minor, current_user, row.note) for row in rows]
            judge_anew(contract)
    except ChargeRefused as refused:
        problems = [("The list:", f"{refused.message} Nothing was entered.", None)]
        return _contract_page(contract, None, year=year, problems=problems, status=422)
    new = sum(charge is not None for charge in entered)
    said = f"{new} of {len(rows)} months entered; the others stand as listed." if new < len(rows) else f"{new} entered."
    return back_to("contracts.contract_charges", said, key=contract.key)


def _grid():
    """The recent months that are over, the page's contracts, and what was entered for them."""
    contracts = db.session.scalars(select(Contract).options(joinedload(Contract.partner)).order_by(Contract.id)).all()
    last = max((_last_over(contract) for contract in contracts), default=Month.of(clock.today("UTC")).previous())
    months = [last.plus(-back) for back in range(RECENT)]
    rows = db.session.scalars(
        select(Charge).where(Charge.month >= str(months[-1]), Charge.month <= str(months[0])).order_by(Charge.number)
    )
    entered: dict[int, list[Charge]] = defaultdict(list)
    for charge in rows:
        entered[charge.contract_id].append(charge)
    return months, contracts, {contract_id: latest(found) for contract_id, found in entered.items()}


def _last_over(contract: Contract) -> Month:
    return Month.of(clock.today(contract.zone)).previous()


def _missing(months, contracts, entered) -> dict[str, tuple[Contract, Month]]:
    return {
        f"amount-{contract.key}-{month}": (contract, month)
        for contract in contracts
        for month in months
        if contract.covers(month) and month <= _last_over(contract) and month not in entered.get(contract.id, {})
    }


def _overtaken(missing) -> bool:
    """Whether an amount was typed for a month that is no longer missing."""
    typed = {name for name, text in request.form.items() if name.startswith("amount-") and text.strip()}
    return bool(typed - missing.keys())


def _page_number() -> int:
    return max(request.args.get("page", 1, type=int), 1)


def _grid_page(months, contracts, entered, form=None, status: int = 200):
    cells = _missing(months, contracts, entered)
    histories = histories_of([contract.id for contract in contracts])
    idle = {contract_id for contract_id, history in histories.items() if price_nothing(history)}
    counts: dict[int, int] = defaultdict(int)
    for contract, _ in cells.values():
        counts[contract.id] += contract.id not in idle
    ordered = sorted(contracts, key=lambda contract: (-counts[contract.id], contract.partner.name, contract.name))
    number, pages = _page_number(), max(-(-len(ordered) // PER_PAGE), 1)
    number = min(number, pages)
    shown = ordered[(number - 1) * PER_PAGE : number * PER_PAGE]
    return page(
        "contracts/charges.html",
        months=months,
        contracts=shown,
        entered=entered,
        counts=counts,
        idle=idle,
        cells=cells,
        example=example,
        form=form or missing_form(_of(shown, cells)),
        number=number,
        pages=pages,
        total=len(ordered),
        status=status,
    )


def _of(contracts, cells):
    shown = {contract.id for contract in contracts}
    return {name: cell for name, cell in cells.items() if cell[0].id in shown}


def _charge_form(contract: Contract, standing: Charge | None = None, **values) -> ChargeForm:
    minor = (standing.lines if standing else None) or {}
    entered = {name: _written(contract, amount) for name, amount in minor.items()}
    form = charge_form(contract, left_out(contract), entered, **values)
    first = Month.of(contract.starts_on)
    last = Month.of(clock.today(contract.zone)).plus(1)
    if contract.ends_on:
        last = min(last, Month.of(contract.ends_on).plus(bills_later(contract)))
    months = [str(month) for month in first.through(last)][::-1]
    form.month.choices = choices({month: month_name(month, "long") for month in months})
    return form


def _contract_page(contract: Contract, month: str | None, *, form=None, year=None, problems=(), status: int = 200):
    entries: dict[str, list[Charge]] = defaultdict(list)
    query = select(Charge).where(Charge.contract_id == contract.id).options(joinedload(Charge.entered_by))
    for charge in db.session.scalars(query.order_by(Charge.number.desc())):
        entries[charge.month].append(charge)
    standing = entries[month][0] if month and entries.get(month) else None
    if form is None:
        amount = _written(contract, standing.amount_minor) if standing else ""
        form = _charge_form(contract, standing, month=month or _first_missing(contract, entries), amount=amount)
    return page(
        "contracts/contract_charges.html",
        contract=contract,
        entries=entries,
        months=[choice.value for choice in form.month.choices],
        this_month=str(Month.of(clock.today(contract.zone))),
        standing=standing,
        form=form,
        year=year or YearForm(formdata=None, contract=contract),
        problems=problems,
        may_enter=may(Permission.CHARGE_ENTER),
        no_credits=price_nothing(terms_history(contract)),
        status=status,
    )


def _written(contract: Contract, minor: int) -> str:
    """As its partner writes amounts."""
    return written(minor, contract.currency, contract.partner.number_style)


def _first_missing(contract: Contract, entries) -> str:
    """The earliest month that is over and has no charges, else the present one."""
    this_month = Month.of(clock.today(contract.zone))
    for month in Month.of(contract.starts_on).through(this_month):
        if str(month) not in entries:
            return str(month)
    return str(this_month)
