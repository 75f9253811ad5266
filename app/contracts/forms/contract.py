"""Forms of the contract itself, of an amendment's beginning and of a term sheet."""

from flask_wtf import FlaskForm
from flask_wtf.file import FileField, MultipleFileField
from wtforms import HiddenField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, Optional, ValidationError

from app.contracts.currencies import CURRENCIES
from app.partners.forms import DayField, name_field, offered, stripped, zone_field


class ContractForm(FlaskForm):
    name = name_field("Name", "Name the contract, for instance Contact centre services.")
    reference = StringField(
        "Reference", [DataRequired("Write its reference, such as SOW-7."), Length(max=40)], filters=[stripped]
    )
    ends_on = DayField("Ends on", [Optional()], description="Empty while no end is agreed.")
    version_id = HiddenField()


class NewContractForm(ContractForm):
    currency = SelectField("Currency", choices=offered(CURRENCIES))
    zone = zone_field()
    starts_on = DayField("Starts on", [InputRequired("Say when the contract starts.")])

    def validate_ends_on(self, field) -> None:
        if field.data and self.starts_on.data and field.data < self.starts_on.data:
            raise ValidationError("It cannot end before it starts.")


class AmendmentForm(FlaskForm):
    effective_from = DayField("Effective from", [InputRequired("Say from when the amended terms hold.")])
    note = TextAreaField(
        "What it is about",
        [Length(max=2000)],
        description="For the record: Amendment 2, higher service level for English voice.",
    )


class SheetForm(FlaskForm):
    file = FileField("Term sheet")
    text = TextAreaField("Or paste it here", render_kw={"rows": 18, "spellcheck": "false", "class": "code"})
    note = StringField("Note", [Length(max=200)], filters=[stripped])


class SheetsForm(SheetForm):
    """`seen` is of the text whose rows were looked at."""

    file = MultipleFileField("Term sheets")
    seen = HiddenField()


class ActivationForm(FlaskForm):
    seen = HiddenField()
