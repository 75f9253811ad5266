"""The form of the smallest set-up; hands out `Answers`."""

import re
from collections.abc import Iterator

from flask_wtf import FlaskForm
from wtforms import BooleanField, EmailField, Form, FormField, IntegerField, SelectField, StringField
from wtforms.validators import Email, InputRequired, Length, NumberRange, Optional, ValidationError

from app.contracts.catalogue import CATALOGUE
from app.contracts.currencies import CURRENCIES
from app.contracts.setup import Answers, Choice, Person
from app.domain.catalogue import Metric
from app.partners.choices import CHANNELS, COUNTRIES
from app.partners.forms import DayField, name_field, offered, stripped, zone_field

SOURCES = {"partner": "The partner", "client": "We do"}
TARGET = re.compile(r"\d{1,6}(\.\d{1,4})?", re.ASCII)
ADDRESS = "Write an e-mail address such as maria@partner.example."


class MetricForm(Form):
    """One row of the table of metrics."""

    ticked = BooleanField()
    value = StringField("Target", filters=[stripped])
    source = SelectField("Reported by", choices=offered(SOURCES))
    seconds = IntegerField("Threshold in seconds", [Optional(), NumberRange(1, 604_800, "Write whole seconds: 20.")])

    def validate_value(self, field) -> None:
        if not self.ticked.data:
            return
        if not field.data:
            raise ValidationError("Write the target, or take the tick away.")
        if not TARGET.fullmatch(field.data):
            raise ValidationError("Write the target as a number: 80 or 97.5.")


class SetUpForm(FlaskForm):
    partner = name_field("Partner", "Write the partner's name.")
    lead_name = name_field("Name of their lead", "Write the name of the person who will certify.")
    lead_email = EmailField("The lead's e-mail", [InputRequired(ADDRESS), Email(ADDRESS), Length(max=254)])
    analyst_name = StringField("Name of an analyst", [Length(max=80)], filters=[stripped])
    analyst_email = EmailField("The analyst's e-mail", [Optional(), Email(ADDRESS), Length(max=254)])
    site = name_field("Site", "Name one site, for instance its city.")
    queue = name_field("Queue", "Name one queue, for instance English voice.")
    channel = SelectField("Channel", choices=offered(CHANNELS))
    language = name_field("Language", "Say the language of the queue.", default="English")
    starts_on = DayField("Start date", [InputRequired("Say when the contract starts.")])
    currency = SelectField("Currency", choices=offered(CURRENCIES))
    zone = zone_field()
    working_day = IntegerField(
        "Reports are due on working day",
        [InputRequired("Say the working day."), NumberRange(1, 20, "Write a working day from 1 to 20.")],
        default=5,
        description="Of the month after, at 17:00 in that time zone.",
    )
    country = SelectField(
        "Public holidays of",
        choices=offered({"": "No holidays"} | COUNTRIES),
        default="",
        description="Three years of dates are copied into the terms.",
    )

    mailboxes = BooleanField("I have checked: these people work for the partner, and are nobody else in Accord.")

    def metrics(self) -> Iterator[tuple[Metric, MetricForm]]:
        """Each starter metric with its row."""
        return ((metric, self[metric.key].form) for metric in CATALOGUE.starters)

    def answers(self) -> Answers:
        """What a valid form says."""
        analyst = Person(self.analyst_name.data, self.analyst_email.data) if self.analyst_email.data else None
        plain = ("partner", "site", "queue", "channel", "language", "starts_on", "currency", "zone", "working_day")
        return Answers(
            lead=Person(self.lead_name.data, self.lead_email.data),
            analyst=analyst,
            country=self.country.data,
            choices=tuple(_choice(metric, row) for metric, row in self.metrics() if row.ticked.data),
            **{name: self[name].data for name in plain},
        )

    def validate(self, extra_validators=None) -> bool:
        valid = super().validate(extra_validators)
        self._name_the_metrics()
        return self._people_agree() and self._metrics_agree() and valid

    def _name_the_metrics(self) -> None:
        """Eight rows have the same fields: the list of what is wrong says of which metric."""
        for metric, row in self.metrics():
            for field in (row.value, row.seconds):
                field.errors = [f"{metric.name}: {words[:1].lower()}{words[1:]}" for words in field.errors]

    def _people_agree(self) -> bool:
        name, email = self.analyst_name.data, self.analyst_email.data
        if name and not email:
            self.analyst_email.errors = ["Write the analyst's e-mail too, or leave both empty."]
        elif email and not name:
            self.analyst_name.errors = ["Write the analyst's name too, or leave both empty."]
        elif email and email.lower() == (self.lead_email.data or "").lower():
            self.analyst_email.errors = ["This is the lead's address. One person alone needs no analyst here."]
        else:
            return True
        return False

    def _metrics_agree(self) -> bool:
        """At least one metric, and one source for each measure: a row of the template is filled in by one party."""
        ticked = [(metric, row) for metric, row in self.metrics() if row.ticked.data]
        if not ticked:
            self.form_errors.append("Tick at least one metric: a report asks for what the metrics rest on.")
            return False
        asked = {}
        for metric, row in ticked:
            for measure in metric.measures:
                other, source = asked.setdefault(measure, (metric.name, row.source.data))
                if source != row.source.data:
                    name = CATALOGUE.measures[measure].name
                    row.source.errors = [f"{metric.name} and {other} both rest on {name}: let one party report both."]
                    return False
        return True


def _choice(metric: Metric, row: MetricForm) -> Choice:
    threshold = f"{row.seconds.data} seconds" if has_threshold(metric) and row.seconds.data else ""
    return Choice(metric.key, row.value.data, row.source.data, threshold)


def has_threshold(metric: Metric) -> bool:
    """Whether the metric counts what was answered within some time."""
    return any(measure.endswith("_in_threshold") for measure in metric.measures)


def _starter_row(metric: Metric) -> FormField:
    client = all(CATALOGUE.measures[measure].party == "client" for measure in metric.measures)
    defaults = {
        "ticked": True,
        "value": f"{metric.starter.value.normalize():f}",
        "source": "client" if client else "partner",
        "seconds": 20 if has_threshold(metric) else None,
    }
    return FormField(MetricForm, metric.name, default=defaults)


for starter in CATALOGUE.starters:
    setattr(SetUpForm, starter.key, _starter_row(starter))
