"""What is typed when a version of a forecast is issued."""

import secrets
from collections.abc import Iterable

from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import HiddenField, SelectField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, Optional

from app.partners.forms import DayField, offered
from app.performance.forecasts.beside import Use
from app.reading import ACCEPTED


class IssueForm(FlaskForm):
    form_key = HiddenField()
    filename = HiddenField()
    measure = SelectField("What is forecast", [DataRequired("Choose what is forecast.")])
    issued_on = DayField("Issued on", [InputRequired("Say the day on which the partner got it.")])
    rows = TextAreaField("Months or days", [Length(max=400_000)], render_kw={"rows": 8})
    file = FileField("Or a file", [Optional()], render_kw={"accept": ACCEPTED})
    note = TextAreaField("Note", [Length(max=2000)])

    def __init__(self, uses: Iterable[Use], **kwargs) -> None:
        super().__init__(**kwargs)
        self.measure.choices = offered({use.forecast: use.name for use in uses})
        self.form_key.data = self.form_key.data or secrets.token_urlsafe(16)
