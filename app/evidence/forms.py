"""Attaching a file."""

from collections.abc import Mapping
from typing import Self

from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import DateField, SelectChoice, SelectField, StringField
from wtforms.validators import InputRequired, Length, Optional

from app.accounts.models import User
from app.config import UPLOAD_MEGABYTES
from app.evidence.kinds import ACCEPTED, NotEvidence
from app.evidence.models import Evidence
from app.evidence.service import attach

LONGEST_SHOWS = 200  # in letters: a line that says what a file shows, on the page and by the API


class EvidenceForm(FlaskForm):
    evidence = FileField(
        "File",
        [FileRequired("Choose the file.")],
        description=f"PDF, picture, office document, text or mail, at most {UPLOAD_MEGABYTES} MB. "
        "Nobody's personal data, nor in its name.",
        render_kw={"accept": ACCEPTED},
    )
    shows = StringField(
        "What it shows",
        [InputRequired("Say in a few words what the file shows."), Length(max=LONGEST_SHOWS)],
        description="For instance: outage log of 12 August, 14:00 to 18:00.",
    )
    expires_on = DateField(
        "Valid until",
        [Optional()],
        description="For a certificate or a policy: you are reminded before that day.",
    )
    about = SelectField("What it is about", choices=[SelectChoice("", "The whole")], default="")

    def validate(self, extra_validators=None) -> bool:
        """A browser gives a file to no form that comes back: what was chosen is to be chosen once more."""
        is_right = super().validate(extra_validators)
        if not is_right and self.evidence.data and not self.evidence.errors:
            name = self.evidence.data.filename
            self.evidence.errors = [f"Choose {name} again: a form that comes back does not keep its file."]
        return is_right

    def about_levels(self, names: Mapping[str, str]) -> Self:
        """Offers service levels by key beside the report as a whole."""
        self.about.choices = [
            SelectChoice("", "The report as a whole"),
            *(SelectChoice(key, name) for key, name in names.items()),
        ]
        return self


def attach_from(form: EvidenceForm, subject, actor: User) -> Evidence | None:
    """Inside write(). None when the form is wrong, or the file is of a kind that is not taken; the form says so."""
    if not form.validate():
        return None
    file = form.evidence.data
    try:
        return attach(
            subject,
            filename=file.filename,
            content=file.read(),
            shows=form.shows.data or "",
            expires_on=form.expires_on.data,
            service_level=form.about.data or "",
            actor=actor,
        )
    except NotEvidence as refusal:
        form.evidence.errors = [refusal.message]
        return None
