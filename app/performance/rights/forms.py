"""What people write when they exercise or decline something."""

from flask_wtf import FlaskForm
from wtforms import TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length

from app.partners.forms import DayField


class ReasonForm(FlaskForm):
    reason = TextAreaField("Reason", [DataRequired("Write the reason, for the record."), Length(max=2000)])


class ExerciseForm(FlaskForm):
    on = DayField("Exercised on", [InputRequired("Say the day of the notice.")], id="exercised-on")
    reason = TextAreaField(
        "Reason", [DataRequired("Write the reason, for the record."), Length(max=2000)], id="exercise-reason"
    )
