"""A draft's own file once more: what its columns are, or how it writes numbers, is said anew."""

from app.accounts.models import User
from app.reports.models import Draft, Report
from app.reports.tables.mended import in_other_hands
from app.reports.uploads.drafting import refuse_unless_open
from app.reports.uploads.intake import check_quickly, receive_again
from app.reports.uploads.models import Upload
from app.web import Conflict


def map_anew(report: Report, draft: Draft, actor: User, number_style: str = "") -> Upload:
    """To say anew what its columns are; until that is said the draft stays."""
    refuse_unless_open(report, actor)
    if draft.mapping_number is None or draft.blob is None:
        raise Conflict(
            "This file was read in Accord's own words, so there is no mapping to change.",
            title="There is no mapping to change",
        )
    return _once_more(report, draft, actor, sketch={}, number_style=number_style)


def read_as(report: Report, draft: Draft, number_style: str, actor: User) -> Upload:
    """As one that writes numbers so; where its columns are mapped that is confirmed with the mapping."""
    refuse_unless_open(report, actor)
    if draft.blob is None:
        raise Conflict(
            "There is no file here whose numbers could be read. Upload it first.", title="There is no file here"
        )
    if draft.mapping_number is not None:
        return map_anew(report, draft, actor, number_style)
    return _once_more(report, draft, actor, number_style=number_style)


def _once_more(report: Report, draft: Draft, actor: User, **about) -> Upload:
    """Whoever says so answers for the figures from then on, and so does whoever brought them."""
    upload = receive_again(report, draft, [*draft.mended, in_other_hands(draft.prepared_by_id, actor)], actor, **about)
    check_quickly(upload)
    return upload
