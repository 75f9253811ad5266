"""What finance types: one month's charges, a page of missing ones, or a year as a list."""

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from flask_wtf import FlaskForm
from wtforms import SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length, ValidationError

from app.contracts.amounts import NotAnAmount, example, minor_units
from app.contracts.forms.fields import squeezed
from app.contracts.models import Contract
from app.domain.periods import Month
from app.formatting import month as month_name

SEPARATOR = re.compile(r"[\t;]|,\s+|\s{2,}|(?<=\d{4}-\d{2}),|(?<=\d{4}-\d{2})\s")


class ChargeForm(FlaskForm):
    """A replacement needs a note, so nobody replaces an entry that he did not know of."""

    month = SelectField("Month", [DataRequired("Choose the month.")])
    amount = StringField("Charges", [DataRequired("Write the amount.")], filters=[squeezed])
    note = StringField("Note", [Length(max=500)], filters=[squeezed])
    parts: Mapping[str, str] = {}  # fields by the name of what credits are no share of

    def __init__(self, *args, contract: Contract, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.contract = contract
        self.minor: int | None = None
        self.amount.description = f"In {contract.currency}, for example {_example_of(contract)}."

    def validate_amount(self, field) -> None:
        try:
            self.minor = minor_units(field.data, self.contract.currency, self.contract.partner.number_style)
        except NotAnAmount as wrong:
            raise ValidationError(str(wrong)) from wrong

    @property
    def lines(self) -> dict[str, int]:
        """Minor units by name."""
        return {name: self[field].minor for name, field in self.parts.items()}


def charge_form(contract: Contract, left_out: Sequence[str], entered: Mapping[str, str], **values) -> ChargeForm:
    """With an amount for each part of the charges that credits are no share of, as it was `entered` before."""
    parts = {name: f"part_{place}" for place, name in enumerate(left_out)}
    values |= {field: entered[name] for name, field in parts.items() if name in entered}
    fields = {field: _amount(f"Of these, {name}", contract, is_needed=True) for name, field in parts.items()}
    return type("ContractChargeForm", (ChargeForm,), {"parts": parts, **fields})(contract=contract, **values)


class YearForm(FlaskForm):
    rows = TextAreaField("Months and amounts", [Length(max=20_000)], render_kw={"rows": 12})

    def __init__(self, *args, contract: Contract, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.line = f"2026-01 {_example_of(contract)}"
        self.rows.description = (
            f"One month a line, then the amount in {contract.currency}, then a note if it replaces an entry; "
            f"for example {self.line}."
        )

    def validate_rows(self, field) -> None:
        if not (field.data or "").strip():
            raise ValidationError(f"Paste at least one row, such as {self.line}.")


class Row(NamedTuple):
    """One line of a pasted list: an entry, or what is wrong with it."""

    line: int
    month: Month | None
    minor: int | None
    note: str
    problem: str = ""


def read_rows(text: str, contract: Contract) -> list[Row]:
    """Every line that is not empty; a first line of headings is passed over."""
    rows: list[Row] = []
    for line, content in enumerate(text.splitlines(), 1):
        if content.strip() and not (not rows and content.strip().lower().startswith("month")):
            rows.append(_row(line, content.strip(), contract))
    months = [row.month for row in rows if row.month]
    return [
        row._replace(problem=f"{month_name(row.month)} stands here more than once.")
        if months.count(row.month) > 1
        else row
        for row in rows
    ]


def _row(line: int, content: str, contract: Contract) -> Row:
    month, amount, note = (*(part.strip(' "') for part in SEPARATOR.split(content, 2)), "", "")[:3]
    try:
        parsed = Month.parse(month)
    except ValueError:
        return Row(line, None, None, note, f"“{month[:20]}” is not a month such as 2026-01.")
    if not amount:
        return Row(line, parsed, None, note, "There is no amount after the month.")
    try:
        return Row(line, parsed, minor_units(amount, contract.currency, contract.partner.number_style), note)
    except NotAnAmount as wrong:
        return Row(line, parsed, None, note, str(wrong))


def missing_form(cells: dict[str, tuple[Contract, Month]]) -> FlaskForm:
    """A form with one amount for each missing cell, by the cell's name."""
    fields = {name: _amount_of(contract, month) for name, (contract, month) in cells.items()}
    return type("MissingForm", (FlaskForm,), fields)()


def _example_of(contract: Contract) -> str:
    return example(contract.currency, contract.partner.number_style)


def _amount_of(contract: Contract, month: Month) -> StringField:
    return _amount(f"{contract.partner.name}, {contract.name}, {month_name(month)}", contract)


def _amount(label: str, contract: Contract, is_needed: bool = False) -> StringField:
    """`minor` is what was typed; an amount that is needed may be 0, and is not left empty."""

    def readable(_form, field) -> None:
        if field.data:
            try:
                field.minor = minor_units(field.data, contract.currency, contract.partner.number_style)
            except NotAnAmount as wrong:
                raise ValidationError(str(wrong)) from wrong

    needed = [DataRequired("Write the amount, 0 if there was none.")] if is_needed else []
    return StringField(label, [*needed, readable], filters=[squeezed])
