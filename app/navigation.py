"""The menu: what each person may open, in the order of the work."""

from dataclasses import dataclass

from flask import Flask, current_app, request, url_for
from flask_login import current_user

from app import access
from app.access import Permission, Role, may, sees_money


@dataclass(frozen=True)
class Entry:
    endpoint: str
    label: str
    permission: Permission
    roles: frozenset[Role] | None = None

    @property
    def url(self) -> str:
        return url_for(self.endpoint)

    @property
    def current(self) -> bool:
        return request.endpoint == self.endpoint


MENU = (
    Entry("reports.tasks", "Tasks", Permission.REPORT_PREPARE, frozenset({Role.ANALYST, Role.LEAD})),
    Entry("reports.reviews", "Reviews", Permission.SUBMISSION_APPROVE),
    Entry("performance.portfolio", "Performance", Permission.PERFORMANCE_READ),
    Entry("reports.index", "Reports", Permission.REPORT_READ),
    Entry("performance.credits", "Credits", Permission.MONEY_READ),
    Entry("performance.claims", "Claims", Permission.CLAIM_READ),
    Entry("contracts.charges", "Charges", Permission.CHARGE_ENTER),
    Entry("governance.index", "Actions", Permission.ITEM_READ),
    Entry("decks.index", "Decks", Permission.DECK_READ),
    Entry("partners.index", "Partners", Permission.PARTNER_READ),
    Entry("accounts.team", "Team", Permission.MONEY_GRANT),
    Entry("accounts.users", "People", Permission.USER_EDIT),
    Entry("audit.index", "Audit", Permission.EVENT_READ),
)

HOME = {
    Role.ANALYST: "reports.tasks",
    Role.LEAD: "reports.tasks",
    Role.MANAGER: "reports.reviews",
    Role.DIRECTOR: "performance.portfolio",
    Role.FINANCE: "performance.credits",
    Role.GOVERNANCE: "decks.index",
    Role.ADMINISTRATOR: "partners.index",
}


def init_app(app: Flask) -> None:
    app.jinja_env.globals.update(may=may, sees_money=sees_money, Permission=access.Permission)
    app.context_processor(_context)


def _context() -> dict:
    shown = []
    if current_user and current_user.is_authenticated:
        shown = [
            entry
            for entry in MENU
            if may(entry.permission) and (entry.roles is None or current_user.role in entry.roles)
        ]
    fixed = current_app.config["FIXED_NOW"]
    return {"navigation": shown, "demo_day": fixed.date() if fixed else None}
