"""What people send, certify and say about reports."""

import secrets
from collections.abc import Mapping

from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import BooleanField, HiddenField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length

from app.partners.forms import DayField, offered
from app.reading import ACCEPTED
from app.reports.sending.causes import KINDS, LONGEST_CAUSE, Cause


class UploadForm(FlaskForm):
    file = FileField(
        "Your file",
        [FileRequired("Choose the file that you filled in.")],
        description="The filled-in template, or a workbook (Excel, OpenDocument) or CSV of your own.",
        render_kw={"accept": ACCEPTED},
    )


class CertificateForm(FlaskForm):
    seen = HiddenField()
    form_key = HiddenField()
    declared = BooleanField(
        "I have checked these figures. They are complete and right to the best of my knowledge.",
        [InputRequired("Tick the declaration to send the report.")],
    )

    def validate(self, extra_validators=None) -> bool:
        """The key is what makes a doubled post send once, so nothing is sent without one; the next try has its own."""
        valid = super().validate(extra_validators)
        if self.form_key.data:
            return valid
        self.form_key.data = secrets.token_urlsafe(16)
        self.form_errors.append("This page was incomplete, so nothing was sent. Look at the figures and send them now.")
        return False


class CorrectionForm(CertificateForm):
    reason = TextAreaField(
        "Why the approved figures were wrong",
        [InputRequired("Say why the approved figures were wrong."), Length(max=4000)],
        description="Both sides read it, beside what the correction changes.",
    )


class CertificateRequestForm(FlaskForm):
    seen = HiddenField()
    remark = TextAreaField(
        "What they should know",
        [Length(max=1000)],
        description="It stands in the mail, on this page and in their tasks.",
    )


class CausesForm(FlaskForm):
    """A kind and words for each miss; `causes_form` makes the fields."""

    def validate(self, extra_validators=None) -> bool:
        valid = super().validate(extra_validators)
        for level, (kind, text) in self.said.items():
            if text and not kind:
                self[f"kind_{level}"].errors = [f"Choose the kind of cause for {self.names[level]}."]
                valid = False
        return valid

    names: Mapping[str, str] = {}

    @property
    def said(self) -> dict[str, tuple[str, str]]:
        """Kind and words by service level, both empty where nothing was said."""
        return {
            level: (self[f"kind_{level}"].data or "", (self[f"text_{level}"].data or "").strip())
            for level in self.names
        }


def causes_form(names: Mapping[str, str], causes: Mapping[str, Cause], **kept) -> CausesForm:
    """A form with one cause for each service level of `names`, filled with what was said before."""
    fields: dict[str, object] = {"names": names}
    kinds = offered({"": "Not said", **KINDS})
    for level, name in names.items():
        said = causes.get(level)
        fields[f"kind_{level}"] = SelectField(f"Cause: {name}", choices=kinds, default=said.kind if said else "")
        fields[f"text_{level}"] = StringField(
            f"In your words: {name}", [Length(max=LONGEST_CAUSE)], default=said.text if said else ""
        )
    return type("Causes", (CausesForm,), fields)(**kept)


class ConfirmationForm(FlaskForm):
    seen = HiddenField()
    comment = TextAreaField(
        "Why these figures are right",
        [InputRequired("Say why the figures are right all the same."), Length(max=4000)],
        description="Whoever certifies and whoever reviews the report reads it beside the warnings.",
    )


class HistoryForm(FlaskForm):
    file = FileField(
        "History file",
        [FileRequired("Choose the file.")],
        render_kw={"accept": ACCEPTED},
        description="A workbook or CSV with the columns Partner, Contract, Month, Site, Queue and one column per "
        "measure; Days reported for a month that is not whole. Any other table of past months is asked about once.",
    )
    anew = BooleanField("Ask again what its columns are", description="For a table that was mapped before.")


class HistoryConfirmationForm(ConfirmationForm):
    comment = TextAreaField(
        "Why these figures are right",
        [InputRequired("Say why the figures are right all the same."), Length(max=4000)],
        description="Whoever decides on the import reads it, and each partner reads it beside its own months.",
    )


class NilReturnForm(FlaskForm):
    reason = TextAreaField(
        "Why there is nothing to report",
        [InputRequired("Say why there is nothing to report."), Length(max=1000)],
        description="For queues that are closed or not yet live. For a month without contacts, send zeros.",
    )


class RemarkForm(FlaskForm):
    text = TextAreaField(
        "Your remark",
        [InputRequired("Type your remark."), Length(max=4000)],
        description="Both sides read it.",
    )


class ContestForm(FlaskForm):
    reason = TextAreaField(
        "What is wrong with these figures",
        [InputRequired("Say what is wrong, so that the partner managers can act on it."), Length(max=4000)],
    )


class DeferralForm(FlaskForm):
    until = DayField(
        "Open until the end of",
        [InputRequired("Say the day on which it locks.")],
        description="It locks that day, at the time of day of the contract's lock.",
    )
    covers = RadioField(
        "What stays open",
        choices=offered({"report": "This report", "month": "All that the partner still owes for this month"}),
        default="report",
    )
    why = TextAreaField(
        "Why they may send later",
        [DataRequired("Say why this partner may send later."), Length(max=1000)],
        description="The partner reads it in the mail and on the report's page.",
    )
