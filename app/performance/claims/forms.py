"""What is asked in a claim for relief, and what is decided about it."""

import secrets
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal

from flask_wtf import FlaskForm
from wtforms import HiddenField, SelectChoice, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length, Optional, ValidationError

from app.contracts.catalogue import CATALOGUE
from app.contracts.forms.fields import Ticks
from app.partners.forms import offered, stripped
from app.reading import Cell
from app.relief.filing import Asked, Grounds
from app.relief.models import CAUSES, Claim
from app.reports.tables.figures import NotAFigure, figure
from app.reports.template import columns_of

FIGURE = "figure_"


class FigureField(StringField):
    """A figure as this partner's people write numbers, read as in a cell of their reports."""

    def __init__(self, measure: str, style: str, **about) -> None:
        super().__init__(CATALOGUE.measures[measure].name, [Optional()], filters=[stripped], **about)
        (self.column,), self.style = columns_of(CATALOGUE, {measure}, ()), style
        self.figure: Decimal | None = None

    def pre_validate(self, form) -> None:
        try:
            self.figure = figure(Cell("text", self.data), self.column, self.style) if self.data else None
        except NotAFigure as wrong:
            raise ValidationError(str(wrong)) from wrong


class FiguresForm(FlaskForm):
    """Days and figures of one claim; a subclass made for it has a field per measure."""

    days = Ticks("Days to leave out", [Optional()])

    @property
    def figures(self) -> dict[str, FigureField]:
        """The field of each measure."""
        return {field.short_name.removeprefix(FIGURE): field for field in self if field.short_name.startswith(FIGURE)}

    @property
    def chosen_days(self) -> tuple[date, ...]:
        return tuple(map(date.fromisoformat, self.days.data or ()))

    @property
    def adjust(self) -> dict[str, Decimal]:
        return {measure: field.figure for measure, field in self.figures.items() if field.figure is not None}

    def can_be_read(self) -> bool:
        """Whether days and figures are what they should be, whatever else is wrong."""
        return not any(field.errors for field in (self.days, *self.figures.values()))

    def show(self, problems: Mapping[str, str]) -> None:
        """Put each problem where it arose."""
        for place, problem in problems.items():
            field = self.days if place == "days" else self.figures[place]
            field.errors = [*field.errors, problem]


class ClaimForm(FiguresForm):
    form_key = HiddenField()
    also = Ticks("The same cause also hit", [Optional()])
    cause = SelectField("Cause", choices=offered(CAUSES))
    reason = TextAreaField(
        "What happened",
        [DataRequired("Say what happened, and when."), Length(max=4000)],
        description="Whoever decides reads this first: what the cause was, when, and how it hit the result.",
    )
    evidence = TextAreaField(
        "Evidence",
        [Optional(), Length(max=4000)],
        description="Ticket numbers, announcements, forecasts: where it is. Files are attached once it is filed.",
    )
    clause = StringField("Clause", [Optional(), Length(max=160)], filters=[stripped])

    def asked(self, kind: str) -> Asked:
        return Asked(
            kind=kind,
            cause=self.cause.data,
            reason=self.reason.data,
            days=self.chosen_days if kind == "days" else (),
            adjust=self.adjust if kind == "adjust" else {},
            also=tuple(self.also.data or ()),
            clause=self.clause.data or "",
            evidence=self.evidence.data or "",
        )


class DecisionForm(FiguresForm):
    reason = TextAreaField(
        "Reason for the decision",
        [Optional(), Length(max=4000)],
        description="The partner reads it, and it stays on the record.",
    )

    def lacks_reason(self) -> bool:
        """A look at what granting would change needs none; the decision does."""
        if not (self.reason.data or "").strip():
            self.reason.errors = ["Give the reason: the partner reads it, and it stays on the record."]
        return bool(self.reason.errors)


class WithdrawalForm(FlaskForm):
    withdrawal_reason = TextAreaField("Why it is withdrawn", [Optional(), Length(max=4000)])


def claim_form(grounds: Grounds, kind: str) -> ClaimForm:
    """Asks for what a claim of this kind needs."""
    measures, style = grounds.measures if kind == "adjust" else (), grounds.contract.partner.number_style
    form = _with_figures(ClaimForm, measures, style)(clause=grounds.terms.clause)
    form.form_key.data = form.form_key.data or secrets.token_urlsafe(16)
    form.days.choices = [SelectChoice(value=str(day), label=_day_words(day, grounds.days[day])) for day in grounds.days]
    form.also.choices = offered(grounds.others)
    return form


def decision_form(claim: Claim, **settings) -> DecisionForm:
    """Begins with what was asked; the decider may grant less."""
    style = claim.contract.partner.number_style
    asked = {f"{FIGURE}{measure}": number.replace(".", style[-2]) for measure, number in claim.adjust.items()}
    form = _with_figures(DecisionForm, claim.adjust, style)(days=claim.days, **asked, **settings)
    form.days.label.text = "Days to grant"
    form.days.choices = [SelectChoice(value=day, label=_day_words(date.fromisoformat(day), {})) for day in claim.days]
    return form


def _with_figures(form: type, measures: Iterable[str], style: str) -> type:
    settings = {"inputmode": "decimal"}
    fields = {f"{FIGURE}{measure}": FigureField(measure, style, render_kw=settings) for measure in measures}
    return type(form.__name__, (form,), fields)


def _day_words(day: date, brought: Mapping[str, Decimal]) -> str:
    figures = ", ".join(
        f"{CATALOGUE.measures[measure].name.lower()} {number:,f}" for measure, number in brought.items()
    )
    return f"{day:%a} {day.day} {day:%b}" + (f": {figures}" if figures else "")
