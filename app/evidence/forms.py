"""Attaching a file."""

from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import DateField, StringField
from wtforms.validators import InputRequired, Length, Optional

from app.accounts.models import User
from app.config import UPLOAD_MEGABYTES
from app.evidence.kinds import ACCEPTED, NotEvidence
from app.evidence.models import Evidence
from app.evidence.service import attach


class EvidenceForm(FlaskForm):
    evidence = FileField(
        "File",
        [FileRequired("Choose the file.")],
        description=f"PDF, picture, office document, text or mail, at most {UPLOAD_MEGABYTES} MB. "
        "Nobody’s personal data.",
        render_kw={"accept": ACCEPTED},
    )
    shows = StringField(
        "What it shows",
        [InputRequired("Say in a few words what the file shows."), Length(max=200)],
        description="Outage log of 12 August, 14:00 to 18:00",
    )
    expires_on = DateField(
        "Valid until",
        [Optional()],
        description="For a certificate or a policy: you are reminded before that day.",
    )


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
            actor=actor,
        )
    except NotEvidence as refusal:
        form.evidence.errors = [refusal.message]
        return None
