"""One version as it was sent, and the decision about it."""

from sqlalchemy.orm import joinedload

from app.access import Permission, requires
from app.api import documents
from app.api.views import answer, v1
from app.api.views.reports import WITH_PEOPLE
from app.reports.models import Submission
from app.reports.sending.causes import causes_of
from app.web import find


@v1.get("/submissions/<key>")
@requires(Permission.REPORT_READ)
def submission(key: str):
    found = find(Submission, key, joinedload(Submission.report), *WITH_PEOPLE)
    return answer(documents.submission(found, causes_of(found.report_id, found.number)))
