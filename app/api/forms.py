"""What a lead says about a token."""

from flask_wtf import FlaskForm
from wtforms import DateField, SelectChoice, SelectField, SelectMultipleField, StringField
from wtforms.validators import DataRequired, InputRequired, Length, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from app import clock
from app.accounts.forms import ONE_LINE, trimmed
from app.api.tokens import LONGEST_DAYS

SCOPE_WORDS = {
    "reports:read": "Read what is due, what was sent and what was decided",
    "reports:write": "Bring figures, and read the same",
    "money:read": "See the credit at stake",
}


class TokenForm(FlaskForm):
    name = StringField(
        "Name",
        [DataRequired("Name the program that will use it."), Length(max=60), ONE_LINE],
        filters=[trimmed],
        description="The program that will use it, such as “Workforce export”. It stands beside what it sends.",
    )
    partner = SelectField("Partner", [InputRequired("Choose the partner.")])
    scopes = SelectMultipleField(
        "It may",
        choices=[SelectChoice(scope, words) for scope, words in SCOPE_WORDS.items()],
        widget=ListWidget(),
        option_widget=CheckboxInput(),
    )
    expires_on = DateField(
        "Last day",
        [InputRequired("Say the last day on which it works, such as 2027-03-31.")],
        description="A year from today at the latest. Make a new one before that, and revoke this one.",
    )

    def validate_scopes(self, field: SelectMultipleField) -> None:
        if not {"reports:read", "reports:write"} & set(field.data or ()):
            raise ValidationError("Tick whether it reads reports, or brings figures too.")

    def validate_expires_on(self, field: DateField) -> None:
        today = clock.now().date()
        if field.data and not 0 <= (field.data - today).days <= LONGEST_DAYS:
            raise ValidationError("Choose a day from today on, within a year.")
