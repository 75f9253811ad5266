"""What people type about partners, sites and queues."""

from collections.abc import Iterable, Mapping

from flask_wtf import FlaskForm
from wtforms import DateField, HiddenField, IntegerField, SelectChoice, SelectField, StringField
from wtforms.validators import (
    AnyOf,
    DataRequired,
    InputRequired,
    Length,
    NumberRange,
    Optional,
    Regexp,
    ValidationError,
)

from app.partners.choices import CHANNELS, COUNTRIES, ZONES, zone_named
from app.partners.codes import CODE, LONGEST

NUMBER_STYLES = ("1,234.5", "1.234,5", "1 234,5")
MOST_REMIND_DAYS = 20
REMINDED = f"Write a whole number of working days from 0 to {MOST_REMIND_DAYS}."
CALENDAR_DAY = "Write a date such as 2026-11-30."


class DayField(DateField):
    """A date that explains itself when it cannot be read."""

    def process_formdata(self, valuelist) -> None:
        try:
            super().process_formdata(valuelist)
        except ValueError as error:
            raise ValueError(CALENDAR_DAY) from error


def offered(choices: Iterable[str] | Mapping[str, str]) -> list[SelectChoice]:
    """A list to choose from: values that say themselves, or labels by value."""
    labels = choices if isinstance(choices, Mapping) else {value: value for value in choices}
    return [SelectChoice(value=value, label=label) for value, label in labels.items()]


def stripped(text: str | None) -> str | None:
    return " ".join(text.split()) if text else text


def name_field(label: str, missing: str, **settings) -> StringField:
    return StringField(label, [DataRequired(missing), Length(max=80)], filters=[stripped], **settings)


def zone_field(label: str = "Time zone") -> StringField:
    rules = [InputRequired("Say the time zone."), AnyOf(ZONES, "Pick a time zone from the list, as America/Bogota.")]
    return StringField(label, rules, filters=[stripped, zone_named], description="Start typing a city: America/Bogota.")


def code_field(example: str) -> StringField:
    rules = [
        Optional(),
        Length(max=LONGEST, message=f"A code has at most {LONGEST} letters."),
        Regexp(rf"{CODE.pattern}\Z", message="Use letters, digits and single hyphens only."),
    ]
    hint = f"Templates and terms use it, and it never changes: {example}. Left empty, it is made from the name."
    return StringField("Code", rules, filters=[stripped], description=hint)


class PartnerForm(FlaskForm):
    name = name_field("Name", "Write the partner's name.")
    zone = zone_field()
    number_style = SelectField("How its people write numbers", choices=offered(NUMBER_STYLES))
    remind_days = IntegerField(
        "Reminded before a report is due",
        [InputRequired(REMINDED), NumberRange(0, MOST_REMIND_DAYS, REMINDED)],
        description="Working days, by the holidays of the contract. 0 sends no mail before the day itself.",
    )
    version_id = HiddenField()


class EndingForm(FlaskForm):
    ended_on = DayField("Last day", [InputRequired("Say the last day of the partnership.")])


class SiteForm(FlaskForm):
    name = name_field("Name", "Write the site's name, for instance its city.")
    code = code_field("BOG")
    country = SelectField("Country", choices=offered({"": "Not said"} | COUNTRIES), default="")
    closed_on = DayField("Closed on", [Optional()], description="The last day of work there. Empty while it is open.")


class QueueForm(FlaskForm):
    name = name_field("Name", "Write the queue's name, for instance English voice.")
    code = code_field("EN-VOICE")
    business = StringField("Line of business", [Length(max=80)], filters=[stripped], default="")
    channel = SelectField("Channel", choices=offered(CHANNELS))
    language = StringField("Language", [DataRequired("Say the language."), Length(max=40)], filters=[stripped])
    live_on = DayField("Live from", [Optional()], description="Empty when it is live already.")
    closed_on = DayField("Closed on", [Optional()], description="The last day of work on it. Empty while it is open.")

    def validate_closed_on(self, field) -> None:
        if field.data and self.live_on.data and field.data < self.live_on.data:
            raise ValidationError("It cannot close before it goes live. Change one of the two days.")
