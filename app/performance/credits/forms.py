"""What is asked about a month's credits, and what is decided about it."""

import secrets

from flask_wtf import FlaskForm
from wtforms import HiddenField, RadioField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, Optional, ValidationError

from app.concessions.asking import Asked
from app.concessions.models import Concession
from app.contracts.amounts import NotAnAmount, example, minor_units
from app.contracts.forms.fields import Ticks, squeezed
from app.formatting import money
from app.partners.forms import offered, stripped
from app.performance.credits.conceding import Openings, waived_of

ALL = "all"


class AskForm(FlaskForm):
    """A subclass for each kind says what it is about."""

    form_key = HiddenField()
    clause = StringField("Clause", [Optional(), Length(max=160)], filters=[stripped])
    reason = TextAreaField(
        "Reason",
        [DataRequired("Say why: whoever decides reads it, and it stays on the record."), Length(max=4000)],
        description="Whoever decides reads it, and it stays on the record.",
    )

    def __init__(self, openings: Openings, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.openings = openings
        self.form_key.data = self.form_key.data or secrets.token_urlsafe(16)
        self.offer(openings)

    def offer(self, openings: Openings) -> None:
        raise NotImplementedError

    def asked(self, month: str) -> Asked:
        raise NotImplementedError


class WaiverForm(AskForm):
    about = RadioField("Which credit", [InputRequired("Choose what is waived.")])
    amount = StringField("Amount", [Optional()], filters=[squeezed], render_kw={"inputmode": "decimal"})

    def offer(self, openings: Openings) -> None:
        currency, style = openings.contract.currency, openings.contract.partner.number_style
        left = {key: money(amount, currency) for key, amount in openings.waivable.items()}
        labels = {key: f"{openings.names.get(key, key)}, {amount} left" for key, amount in left.items()}
        every = f"Every credit of the month in proportion, {money(waived_of((), openings), currency)} left"
        self.about.choices = [*offered(labels), *(offered({ALL: every}) if len(labels) > 1 else ())]
        self.amount.description = f"In {currency}, for example {example(currency, style)}. Left empty, all of it."
        self.minor: int | None = None

    @property
    def levels(self) -> tuple[str, ...]:
        return () if self.about.data in (None, ALL) else (self.about.data,)

    def validate_amount(self, field) -> None:
        contract = self.openings.contract
        try:
            self.minor = minor_units(field.data, contract.currency, contract.partner.number_style)
        except NotAnAmount as wrong:
            raise ValidationError(str(wrong)) from wrong
        left = waived_of(self.levels, self.openings)
        if not 0 < self.minor <= left:
            raise ValidationError(
                f"Write an amount above 0 and at most {money(left, contract.currency)}: so much is left."
            )

    def asked(self, month: str) -> Asked:
        return Asked("waiver", month, self.levels, self.reason.data, self.clause.data or "", self.minor)


class IncidentForm(AskForm):
    about = Ticks("Misses with one cause")

    def offer(self, openings: Openings) -> None:
        self.about.choices = offered({key: openings.priced_name(key) for key in openings.alternatives})

    def validate_about(self, field) -> None:
        if len(field.data or ()) < 2:
            raise ValidationError("Choose at least two: of one credit there is nothing to choose.")

    def asked(self, month: str) -> Asked:
        return Asked("incident", month, tuple(self.about.data), self.reason.data, self.clause.data or "")


class EarnBackForm(AskForm):
    about = RadioField("Which credit", [InputRequired("Choose the credit that is given back.")])

    def offer(self, openings: Openings) -> None:
        currency = openings.contract.currency
        labels = {
            key: f"{openings.names.get(key, key)}, up to {money(amount, currency)}"
            for key, amount in openings.awaiting.items()
        }
        self.about.choices = offered(labels)

    def asked(self, month: str) -> Asked:
        return Asked("earn_back", month, (self.about.data,), self.reason.data, self.clause.data or "")


FORMS = {"waiver": WaiverForm, "incident": IncidentForm, "earn_back": EarnBackForm}


class ConcessionDecisionForm(FlaskForm):
    chosen = RadioField("Which credit is paid", [Optional()], default="")
    decision_reason = TextAreaField(
        "Reason for the decision",
        [DataRequired("Give the reason: it stays on the record."), Length(max=4000)],
        description="It stays on the record; the partner reads it when it concerns them.",
    )


def decision_form(concession: Concession, choices: dict[str, str], **settings) -> ConcessionDecisionForm:
    form = ConcessionDecisionForm(**settings)
    form.chosen.choices = offered(choices)
    if concession.kind != "incident":
        del form.chosen
    return form
