"""What the parties agree beside the figures: half a credit waived at Northgate, Brightwater's volume forecast."""

from datetime import UTC, date, datetime
from decimal import Decimal

from sqlalchemy import select

from app import clock
from app.concessions.asking import Asked, ask
from app.concessions.deciding import decide
from app.concessions.models import Concession
from app.demo.cast import Cast, contract_of, settle
from app.extensions import db, write
from app.forecasts.issuing import Draft, issue

WAIVER = Asked(
    kind="waiver",
    month="2026-05",
    service_levels=("german-mail-response",),
    amount_minor=251_600,
    reason="In the week of 11 May we moved to your new mail system together, and German mail stood still for two days. "
    "May would have been at 91 % without it. We ask for half of the credit.",
    clause="Schedule 2, 5.6",
)
ASKED, WAIVED = datetime(2026, 6, 16, 8, 40, tzinfo=UTC), datetime(2026, 6, 19, 13, 15, tzinfo=UTC)
GRANTED = "The date of the move was ours, the staffing of it theirs. Half is fair; it is no precedent."

PLACES = (("MNL", "CHAT-EN"), ("CEB", "CHAT-EN"), ("MNL", "MAIL-EN"))
ISSUES = (
    (
        datetime(2026, 6, 30, 9, 0, tzinfo=UTC),
        {"2026-08": (18600, 12400, 11000), "2026-09": (18900, 12600, 11300), "2026-10": (19200, 12800, 11500)},
        "Third quarter, without campaigns.",
    ),
    (
        datetime(2026, 8, 25, 9, 0, tzinfo=UTC),
        {"2026-09": (19800, 13200, 11500), "2026-10": (20100, 13400, 11800), "2026-11": (21000, 14000, 12300)},
        "The loyalty programme starts on 7 September.",
    ),
    (
        datetime(2026, 10, 20, 9, 0, tzinfo=UTC),
        {"2026-11": (23100, 15400, 13000), "2026-12": (24600, 16400, 13800), "2027-01": (21900, 14600, 12500)},
        "Black Friday brought forward by a week; too late for November to count.",
    ),
)


def waive_half(cast: Cast) -> None:
    """Marek asks to share May's credit; Dana grants it three days later."""
    with clock.at(ASKED):
        with write():
            ask(contract_of("northgate"), WAIVER, actor=cast.lead("northgate"), form_key="demo-waiver")
        settle()
    with clock.at(WAIVED):
        with write():
            decide(db.session.scalars(select(Concession)).one(), "granted", actor=cast.person("dana"), reason=GRANTED)
        settle()


def forecast(cast: Cast, number: int) -> None:
    """Mia issues a version of Brightwater's forecast, by site and queue."""
    issued_at, months, note = ISSUES[number]
    values = {
        place: {month: Decimal(by_place[at]) for month, by_place in months.items()} for at, place in enumerate(PLACES)
    }
    with clock.at(issued_at):
        draft = Draft(date(issued_at.year, issued_at.month, issued_at.day), "forecast_volume", values, note)
        with write():
            issue(contract_of("brightwater"), draft, actor=cast.person("mia"), form_key=f"demo-forecast-{number}")
        settle()
