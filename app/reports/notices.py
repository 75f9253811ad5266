"""Who is told what about a report, by mail."""

from flask import current_app, url_for

from app import mail
from app.reports.models import Submission


def tell_decision(submission: Submission) -> None:
    """Tell those who entered and certified the figures what was decided; inside write()."""
    recipients = {submission.prepared_by.email, submission.certified_by.email}
    for address in sorted(recipients):
        mail.send(address, "decision", submission=submission, review=submission.review, url=link_to(submission))


def link_to(submission: Submission) -> str:
    """The address of the report in a mail: outside a request there is no host to take it from."""
    with current_app.test_request_context(base_url=current_app.config["BASE_URL"]):
        return url_for("reports.show", key=submission.report.key, _external=True)
