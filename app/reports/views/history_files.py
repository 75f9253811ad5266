"""A history file on its way: what it asks of whoever brought it, before a second person sees it."""

from flask import abort, redirect, url_for
from flask_login import current_user
from sqlalchemy.orm import undefer

from app.access import Permission, requires
from app.reports.forms import HistoryConfirmationForm, HistoryForm
from app.reports.histories import files as history_files
from app.reports.histories.books import books_in_sight
from app.reports.histories.files import HistoryFile
from app.reports.histories.memory import words_of
from app.reports.mapping.proposing import propose
from app.reports.mapping.sketch import sketch_from
from app.reports.views import bp
from app.reports.views.map_columns import Asking, answer, ask
from app.web import find, go_on, page

MOST_SHOWN = 100  # the others are kept with their months
STYLE = "1,234.5"  # of the first rows, which may be of several partners


@bp.get("/history-files/<key>")
@requires(Permission.HISTORY_IMPORT)
def history_file(key: str):
    """Asks again by itself until the verdict is there; only for whoever brought the file."""
    kept = _own(key)
    if kept.state == "ready":
        return go_on("reports.history", key=kept.import_key)
    if kept.state == "unmapped":
        return go_on("reports.map_history", key=key)
    return _file_page(kept)


@bp.post("/history-files/<key>/left-out-columns")
@requires(Permission.HISTORY_IMPORT)
def leave_out_of_history(key: str):
    history_files.leave_out(_own(key))
    return _back(key)


@bp.get("/history-files/<key>/mapping")
@requires(Permission.HISTORY_IMPORT)
def map_history(key: str):
    kept = _own(key)
    return ask(_asking(kept)) if kept.state == "unmapped" else redirect(url_for("reports.history_file", key=key))


@bp.post("/history-files/<key>/mapping")
@requires(Permission.HISTORY_IMPORT)
def confirm_history_mapping(key: str):
    kept = _own(key)
    if kept.state == "unmapped":
        chosen, _, again = answer(_asking(kept))
        if chosen is None:
            return again
        history_files.map_as(kept, chosen)
    return _back(key)


@bp.post("/history-files/<key>/confirmation")
@requires(Permission.HISTORY_IMPORT)
def confirm_history_warnings(key: str):
    kept, form = _own(key), HistoryConfirmationForm()
    if kept.state == "warned" and not form.validate():
        return _file_page(kept, form, status=422)
    if kept.state != "ready":
        history_files.confirm(kept, seen=form.seen.data or "", comment=form.comment.data or "")
    return _back(key)


def _own(key: str) -> HistoryFile:
    everything = (HistoryFile.content, HistoryFile.sketch, HistoryFile.warnings)
    kept = find(HistoryFile, key, *(undefer(column) for column in everything))
    return kept if kept.uploaded_by_id == current_user.id else abort(404)


def _back(key: str):
    return redirect(url_for("reports.history_file", key=key), code=303)


def _file_page(kept: HistoryFile, form: HistoryConfirmationForm | None = None, status: int = 200):
    return page(
        "reports/history_file.html",
        block="state",
        status=status,
        kept=kept,
        problems=[(problem["place"], problem["words"], None) for problem in kept.problems],
        warnings=kept.warnings[:MOST_SHOWN],
        form=HistoryForm(formdata=None),
        confirmation_form=form or HistoryConfirmationForm(formdata=None, seen=kept.seen_hash),
    )


def _asking(kept: HistoryFile) -> Asking:
    books, sketch = books_in_sight(), sketch_from(kept.sketch)
    words = words_of(books)
    template, known = words.template, words.known
    about = {
        "title": kept.filename,
        "filename": kept.filename,
        "of": "History",
        "zone": "UTC",
        "address": url_for("reports.confirm_history_mapping", key=kept.key),
        "trail": [
            ("Reports", url_for("reports.index")),
            ("History", url_for("reports.histories")),
            (kept.filename, None),
        ],
        "before": None,
        "refusal": None,
    }
    left_out = frozenset().union(*(kept.left_out_bare for kept in words.remembered))
    proposed = lambda layout: propose([layout], template, known)[0].chosen  # noqa: E731
    return Asking(sketch, template, STYLE, 0, proposed, about, left_out)
