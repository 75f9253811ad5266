"""The calendar feed, for programs that ask with its secret address."""

from flask import Response, request

from app import clock, tenancy
from app.access import public
from app.accounts import throttle
from app.accounts.calendars import reader_of
from app.accounts.models import hash_secret
from app.extensions import db
from app.reports.due.calendar_feed import calendar_for
from app.reports.views import bp

LIMITS = throttle.Limits(pair=20, address=60, network=2000)  # a hosted calendar asks for many people


@bp.get("/calendars/<token>.ics")
@public
def calendar(token: str):
    """Seen with the eyes of the address's owner, whoever else may be logged in in this browser."""
    db.session.remove()
    reader_of(token)
    throttle.count("calendar", hash_secret(token), request.remote_addr or "", LIMITS)
    user = reader_of(token)
    tenancy.bind(user.scope)
    return Response(calendar_for(user, clock.now()), mimetype="text/calendar")
