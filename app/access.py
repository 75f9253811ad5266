"""The second wall: what each role may do, said once in a table; a view that declares nothing stops the start."""

from collections.abc import Callable
from enum import StrEnum

from flask import Flask, abort, current_app, request
from flask_login import current_user


class Role(StrEnum):
    """Who somebody is. The first three belong to a partner, the others to the client company; a system is a program."""

    ANALYST = "partner_analyst"
    LEAD = "partner_lead"
    SYSTEM = "partner_system"
    MANAGER = "partner_manager"
    DIRECTOR = "director"
    FINANCE = "finance"
    GOVERNANCE = "governance_viewer"
    ADMINISTRATOR = "administrator"

    @property
    def label(self) -> str:
        return self.value.replace("_", " ")

    @property
    def is_partner(self) -> bool:
        return self in (Role.ANALYST, Role.LEAD, Role.SYSTEM)

    @property
    def is_person(self) -> bool:
        return self is not Role.SYSTEM


class Permission(StrEnum):
    """Every right there is, `noun:verb`, in alphabetical order."""

    CHARGE_ENTER = "charge:enter"
    CLAIM_DECIDE = "claim:decide"
    CLAIM_FILE = "claim:file"
    CLAIM_READ = "claim:read"
    CONCESSION_ASK = "concession:ask"
    CONCESSION_DECIDE = "concession:decide"
    CONTRACT_EDIT = "contract:edit"
    CONTRACT_READ = "contract:read"
    CONTRACT_TRY = "contract:try"
    DECK_EDIT = "deck:edit"
    DECK_ISSUE = "deck:issue"
    DECK_PREVIEW = "deck:preview"
    DECK_READ = "deck:read"
    EVENT_READ = "event:read"
    EVENT_VERIFY = "event:verify"
    EVIDENCE_ATTACH = "evidence:attach"
    EVIDENCE_READ = "evidence:read"
    FORECAST_ISSUE = "forecast:issue"
    HISTORY_APPROVE = "history:approve"
    HISTORY_IMPORT = "history:import"
    HISTORY_READ = "history:read"
    ITEM_EDIT = "item:edit"
    ITEM_READ = "item:read"
    LOCK_DEFER = "lock:defer"
    MONEY_GRANT = "money:grant"
    MONEY_READ = "money:read"
    PARTNER_EDIT = "partner:edit"
    PARTNER_READ = "partner:read"
    PERFORMANCE_READ = "performance:read"
    PORTFOLIO_READ = "portfolio:read"
    PROFILE_EDIT = "profile:edit"
    REMARK_WRITE = "remark:write"
    REPORT_PREPARE = "report:prepare"
    REPORT_READ = "report:read"
    RIGHT_DECIDE = "right:decide"
    SUBMISSION_APPROVE = "submission:approve"
    SUBMISSION_CERTIFY = "submission:certify"
    SUBMISSION_CONTEST = "submission:contest"
    TOKEN_MAKE = "token:make"  # noqa: S105
    TOKEN_REVOKE = "token:revoke"  # noqa: S105
    USER_EDIT = "user:edit"


P = Permission
_EVERYBODY = frozenset({P.PROFILE_EDIT, P.PARTNER_READ, P.PERFORMANCE_READ})
_ANALYST = _EVERYBODY | {
    *(P.CONTRACT_READ, P.REPORT_READ, P.REPORT_PREPARE, P.REMARK_WRITE, P.ITEM_READ, P.CLAIM_READ),
    *(P.EVIDENCE_READ, P.EVIDENCE_ATTACH),
}
_INTERNAL = _EVERYBODY | {
    *(P.PORTFOLIO_READ, P.MONEY_READ, P.DECK_READ, P.ITEM_READ, P.CONTRACT_READ, P.REPORT_READ, P.CLAIM_READ),
}

GRANTS: dict[Role, frozenset[Permission]] = {
    Role.ANALYST: _ANALYST,
    Role.LEAD: _ANALYST
    | {P.SUBMISSION_CERTIFY, P.SUBMISSION_CONTEST, P.MONEY_READ, P.MONEY_GRANT, P.DECK_READ, P.DECK_PREVIEW}
    | {P.CLAIM_FILE, P.CONCESSION_ASK, P.TOKEN_MAKE, P.TOKEN_REVOKE},
    Role.SYSTEM: frozenset({P.REPORT_READ, P.REPORT_PREPARE, P.EVIDENCE_READ, P.EVIDENCE_ATTACH}),
    Role.MANAGER: _INTERNAL
    | {P.REPORT_PREPARE, P.SUBMISSION_CERTIFY, P.SUBMISSION_APPROVE, P.REMARK_WRITE, P.CONTRACT_EDIT, P.PARTNER_EDIT}
    | {P.DECK_EDIT, P.DECK_ISSUE, P.DECK_PREVIEW, P.ITEM_EDIT, P.HISTORY_IMPORT, P.HISTORY_APPROVE, P.HISTORY_READ}
    | {P.CLAIM_FILE, P.CLAIM_DECIDE, P.CONTRACT_TRY, P.RIGHT_DECIDE, P.EVIDENCE_READ, P.EVIDENCE_ATTACH}
    | {P.CONCESSION_ASK, P.CONCESSION_DECIDE, P.FORECAST_ISSUE, P.LOCK_DEFER, P.TOKEN_REVOKE},
    Role.DIRECTOR: _INTERNAL
    | {P.DECK_EDIT, P.DECK_ISSUE, P.DECK_PREVIEW, P.ITEM_EDIT, P.REMARK_WRITE, P.HISTORY_APPROVE, P.HISTORY_READ}
    | {P.CLAIM_DECIDE, P.CONTRACT_TRY, P.RIGHT_DECIDE, P.EVIDENCE_READ, P.CONCESSION_ASK, P.CONCESSION_DECIDE},
    Role.FINANCE: _INTERNAL
    | {P.CHARGE_ENTER, P.REMARK_WRITE, P.HISTORY_READ, P.EVENT_READ, P.EVIDENCE_READ, P.CONCESSION_ASK},
    Role.GOVERNANCE: _EVERYBODY | {P.PORTFOLIO_READ, P.MONEY_READ, P.DECK_READ, P.ITEM_READ, P.CLAIM_READ},
    Role.ADMINISTRATOR: _EVERYBODY
    | {
        P.PARTNER_EDIT,
        P.CONTRACT_READ,
        P.CONTRACT_EDIT,
        P.CONTRACT_TRY,
        P.USER_EDIT,
        P.EVENT_READ,
        P.EVENT_VERIFY,
        P.HISTORY_IMPORT,
        P.HISTORY_READ,
        P.REPORT_READ,
        P.TOKEN_REVOKE,
    },
}


def requires(permission: Permission) -> Callable:
    """Declare the permission of a view; enforced before the view and its loading run."""

    def mark(view):
        view.permission = permission
        return view

    return mark


def public(view: Callable) -> Callable:
    """Declare a view that needs no login."""
    view.permission = None
    return view


def may(permission: Permission | str) -> bool:
    """By the role; a program may less than its role when its token says so."""
    return current_user.is_authenticated and (
        Permission(permission) in GRANTS[current_user.role] - current_user.withheld
    )


def sees_money() -> bool:
    """Amounts are for those who hold the right, and for a partner analyst whose lead granted it."""
    return may(Permission.MONEY_READ) or (current_user.is_authenticated and current_user.was_granted_money)


def needs_login() -> bool:
    """Whether the view that answers this request wants to know who asks."""
    return request.endpoint is not None and current_app.view_functions[request.endpoint].permission is not None


def check_every_view(app: Flask) -> None:
    """Refuse to start when a view declares neither a permission nor that it is public."""
    open_views = [name for name, view in app.view_functions.items() if not hasattr(view, "permission")]
    if open_views:
        raise RuntimeError(f"views without a declared permission: {', '.join(sorted(open_views))}")


def enforce() -> None:
    """Run before each request: a missing login leads to the login page, a missing right is 403."""
    if not needs_login():
        return None
    if not current_user.is_authenticated:
        return current_app.login_manager.unauthorized()
    if not may(current_app.view_functions[request.endpoint].permission):
        abort(403)
    return None
