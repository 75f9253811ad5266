"""One partner's reporting record: timely, complete, right the first time, down to the reports."""

from flask import request, url_for

from app import charts, clock
from app.access import Permission, requires
from app.domain.periods import Month
from app.formatting import month as month_name
from app.formatting import percent
from app.partners.models import Partner
from app.performance.trends import WIDTH
from app.performance.views import bp, month_of
from app.reports.due.punctuality import Punctuality, punctuality_of
from app.web import find, page

FIGURES = {
    "timely": (
        "Timely",
        "Of the reports that fell due, those that came by their due instant. "
        "One that never came is late, and a later lock changes nothing here. "
        "What was opened when it was due already, as in a contract set up afterwards, does not count.",
    ),
    "complete": (
        "Complete",
        "Of the reports that came, those whose first version held every figure asked for, "
        "none of them “not available”. A nil return is complete.",
    ),
    "right": (
        "First time right",
        "Of the reports whose first version was decided on, those approved as first sent and not corrected since.",
    ),
}
SHORT = {"timely": "Late", "complete": "Incomplete", "right": "Not right at first"}
COLUMNS = ("Month", "Rate", "Reports")


@bp.get("/partners/<key>/reporting")
@requires(Permission.PERFORMANCE_READ)
def reporting(key: str):
    """`month` ends the twelve months; `short` is the figure whose failing reports are listed alone."""
    partner, now = find(Partner, key), clock.now()
    last = (
        month_of(request.args["month"]) if "month" in request.args else Month.of(clock.today(partner.zone)).previous()
    )
    record = punctuality_of(partner, last, now)
    short = request.args.get("short") if request.args.get("short") in FIGURES else None
    return page(
        "performance/reporting.html",
        partner=partner,
        record=record,
        figures=FIGURES,
        columns=COLUMNS,
        short=short,
        tabs=_tabs(partner, record, short),
        shown=record.short_of(short) if short else record.deliveries,
        chart=lambda figure: _chart(record, figure),
        rows=lambda figure: _rows(record, figure),
    )


def _tabs(partner: Partner, record: Punctuality, short: str | None) -> list[dict]:
    here = {"key": partner.key, "month": str(record.months[-1]), "_anchor": "reports"}
    offered = {None: ("All", len(record.deliveries))}
    offered |= {figure: (words, len(record.short_of(figure))) for figure, words in SHORT.items()}
    return [
        {
            "label": words,
            "url": url_for("performance.reporting", short=figure, **here),
            "current": figure == short,
            "count": count,
        }
        for figure, (words, count) in offered.items()
    ]


def _chart(record: Punctuality, figure: str):
    points = [charts.Point(month_name(month)[:3], record.rate(figure, month).percent) for month in record.months]
    return charts.line(points, FIGURES[figure][0], number=lambda value: percent(value, 0), width=WIDTH)


def _rows(record: Punctuality, figure: str) -> list[tuple[str, str, str]]:
    rates = [(month, record.rate(figure, month)) for month in reversed(record.months)]
    return [(month_name(month), percent(rate.percent), f"{rate.met} of {rate.of}") for month, rate in rates]
