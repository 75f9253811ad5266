"""Making and ending the address of one's own calendar feed."""

from flask_login import current_user

from app.access import Permission, requires
from app.accounts.calendars import end_calendar, open_calendar
from app.accounts.views import bp
from app.accounts.views.profile import profile_page
from app.extensions import write
from app.web import back_to


@bp.post("/profile/calendar")
@requires(Permission.REPORT_READ)
def make_calendar():
    """The answer shows the address, this once."""
    with write():
        address = open_calendar(current_user)
    return profile_page(address=address)


@bp.post("/profile/calendar/ending")
@requires(Permission.REPORT_READ)
def end_own_calendar():
    with write():
        end_calendar(current_user)
    return back_to("accounts.profile", "The calendar's address has ended.", _anchor="calendar")
