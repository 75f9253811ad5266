"""What is asked of each rule: whose object it is about, and a form that the server would accept."""

import io
import re
from collections.abc import Callable
from functools import cached_property
from html.parser import HTMLParser

from app.partners import import_file
from tests.rig.people import PASSWORD

NOBODYS = "no-such-thing"
NEW_PASSWORD = "four words in a row"

# Which of a partner's objects stands in the address, where the name of the rule does not say it.
OBJECTS = {
    "/api-tokens/<key>": "api token",
    "/users/<key>": "user:partner_analyst",
    "/users/<key>/invitation": "user:invitation",
    "/team-members/<key>": "grant:partner_analyst",
    "/invitations/<token>": "token:invitation",
    "/password-resets/<token>": "token:password-reset",
    "/calendars/<token>.ics": "token:calendar",
    "/events/<key>": "event",
    "/events/verifications/<key>": "verification",
    "/contracts/<key>": "contract",
    "/terms/<key>": "terms:draft",
    "/partners/<key>": "partner",
    "/sites/<key>": "site",
    "/queues/<key>": "queue",
    "/findings/<key>": "finding",
    "/rights/<key>": "right",
    "/target-proposals/<key>": "proposal",
    "/claims/<key>": "claim:open",
    "/evidence-files/<key>": "evidence",
    "/concessions/<key>": "concession",
    "/items/<key>": "item:open",
    "/decks/<key>": "deck:issued",
    "/decks/<key>/edition": "deck:ready",
    "/history-imports/<key>": "import:sent",
    "/history-imports/<key>/credits": "import:approved",
    "/reports/<key>": "report:drafted",
    "/reports/<key>/draft/effect": "report:correction",
    "/reports/<key>/draft/marked.xlsx": "report:wrong",
    "/reports/<key>/draft/marked-copy": "report:wrong",
    "/reports/<key>/draft/cells": "report:wrong",
    "/reports/<key>/draft/mapping": "report:mapped",
    "/reports/<key>/nil-return": "report:due",
    "/submissions/<key>": "submission:sent",
    "/submissions/<key>/draft": "submission:returned",
    "/submissions/<key>/effect": "submission:correction",
    "/uploads/<key>": "upload",
    "/uploads/<key>/mapping": "upload:unmapped",
    "/mappings/<key>": "mapping",
    "/history-files/<key>": "history file",
    "/history-files/<key>/mapping": "history file:unmapped",
    "/history-files/<key>/confirmation": "history file:warned",
    "/submissions/<key>/contest": "submission:on behalf",
}
# The same rule about something else, where that makes a difference.
VARIANTS = {
    "contracts.terms in force": "terms:in force",
    "contracts.sheet in force": "terms:in force",
    "contracts.compare in force": "terms:in force",
    "performance.claim granted": "claim:granted",
    "decks.show draft": "deck:ready",
    "decks.pdf draft": "deck:ready",
    "decks.progress draft": "deck:ready",
    "reports.upload client": "report:client",
    "reports.show client": "report:client",
}
RENDERED = {
    "governance.edit": "/items/{item:open}/edit",
    "partners.edit": "/partners/{partner}/edit",
    "partners.edit_site": "/sites/{site}/edit",
    "partners.edit_queue": "/queues/{queue}/edit",
    "contracts.change": "/contracts/{contract}/edit",
    "contracts.edit_dates": "/terms/{terms:draft}/dates",
    "contracts.edit_coverage": "/terms/{terms:draft}/coverage",
    "contracts.edit_reporting": "/terms/{terms:draft}/reporting",
    "contracts.edit_credits": "/terms/{terms:draft}/credits",
    "contracts.edit_service_level": "/terms/{terms:draft}/service-levels/fill",
    "contracts.edit_rule": "/terms/{terms:draft}/rules/earn-back?kind=months",
    "contracts.edit_level_rule": "/terms/{terms:draft}/service-levels/fill/rules/earn-back?kind=months",
    "contracts.new_service_level": "/terms/{terms:draft}/service-levels/new",
    "contracts.create": "/partners/new",
    "performance.try_targets": "/contracts/{contract}/what-if",
    "performance.draft_targets": "/contracts/{contract}/what-if",
}


def object_of(rule: str, name: str) -> str | None:
    """The name of the object in the rule's address; None when there is none."""
    if name in VARIANTS:
        return VARIANTS[name]
    begins = [start for start in OBJECTS if rule == start or rule.startswith(f"{start}/")]
    return OBJECTS[max(begins, key=len)] if begins else None


def address(rule: str, key: str) -> str:
    """The rule's address about one object; further parts are such that exist."""
    parts = {
        "key": key,
        "token": key,
        "other": key,
        "level": "fill",
        "rule": "earn-back",
        "month": "2026-09",
        "path:filename": "app.css",
    }
    return re.sub(r"<([^>]+)>", lambda part: parts[part[1]], rule)


class Forms:
    """For each partner, the fields that each rule's form sends when it is filled in as it should be."""

    def __init__(self, keys: dict[str, str], code: str, get: Callable[[str], str], workbook: bytes):
        self.keys, self.code, self.canary = keys, code, f"CANARY{code.upper()}"
        self.workbook = workbook
        self.sheet = get(f"/terms/{keys['terms:in force']}/sheet.yaml")
        self.rendered = {
            name: fields_of(get(re.sub(r"{([^}]+)}", lambda part: keys[part[1]], path)))
            for name, path in RENDERED.items()
        }

    def data(self, name: str) -> dict:
        """Fresh for each request: a file is read only once."""
        endpoint = name.split(" ")[0]
        return {**self.rendered.get(endpoint, {}), **self._typed.get(endpoint, {}), **self._files(endpoint)}

    def _files(self, endpoint: str) -> dict:
        if endpoint == "reports.upload":
            return {"file": (io.BytesIO(self.workbook), "again.xlsx")}
        if endpoint.endswith(".attach_evidence"):
            return {"evidence": (io.BytesIO(b"09:00 the lines were down"), "log.txt"), "shows": "The outage"}
        if endpoint == "partners.check_import":
            return {"file": (io.BytesIO(self._places()), "sites.csv")}
        if endpoint == "reports.import_history":
            row = f"{self.code},Voice-{self.canary},2026-10,client,{self.code}-one,{self.code}-voice,39000\n"
            body = f"Partner,Contract,Month,Party,Site,Queue,Forecast volume\n{row}"
            return {"file": (io.BytesIO(body.encode()), "history.csv")}
        return {}

    def _places(self) -> bytes:
        return f"What,Partner,Name,Code\nsite,{self.code},Third,third\n".encode()

    @cached_property
    def _typed(self) -> dict[str, dict]:
        return {**self._of_people(), **self._of_contracts(), **self._of_work()}

    def _of_people(self) -> dict[str, dict]:
        twice = {"password": NEW_PASSWORD, "again": NEW_PASSWORD}
        analyst = {"name": "Anna", "email": f"anna@{self.code}.example", "role": "partner_analyst"}
        return {
            "accounts.accept_invitation": {"name": "Ines", **twice},
            "accounts.reset_password": twice,
            "accounts.change_password": {"current": PASSWORD, **twice},
            "accounts.change_user": {**analyst, "reach": "some", "partners": self.keys["partner"]},
            "accounts.create_user": {**analyst, "reach": "some", "partners": self.keys["partner"]},
            "api.make_token": {
                "name": f"Second {self.canary}",
                "partner": self.keys["partner"],
                "scopes": "reports:write",
                "expires_on": "2027-03-31",
            },
            "accounts.log_in": {"email": f"ines@{self.code}.example", "password": "not known"},
            "accounts.rename": {"name": "Somebody"},
            "accounts.send_reset": {"email": f"rita@{self.code}.example"},
            "partners.create_import": {"rows": import_file.packed(import_file.rows_of("sites.csv", self._places()))},
            "partners.new_site": {"name": "Second", "code": "second"},
            "partners.new_queue": {"name": "Second", "code": "second", "channel": "chat", "language": "English"},
            "partners.ending": {"ended_on": "2026-12-31"},
        }

    def _of_contracts(self) -> dict[str, dict]:
        amended = self.sheet.replace('effective_from: "2026-07-01"', 'effective_from: "2028-01-01"')
        amended = amended.replace("effective_from: '2026-07-01'", "effective_from: '2028-01-01'")
        contract = {"name": "Third", "reference": "SOW-3", "currency": "USD", "zone": "America/Bogota"}
        level = {"name": "Second satisfaction", "metric": "csat", "comparator": ">=", "value": "80", "weight": "5"}
        partner = {"partner": "Willow", "lead_name": "Wilma", "lead_email": "wilma@willow.example", "site": "One"}
        partner |= {"queue": "Chat", "zone": "America/Bogota", "step": "confirm"}
        return {
            "contracts.activate": {"seen": "1"},
            "contracts.discard": {"seen": "1"},
            "contracts.add": {**contract, "starts_on": "2026-12-01"},
            "contracts.add_amendment": {"effective_from": "2027-03-01"},
            "contracts.create": partner,
            "contracts.enter": {"month": "2026-10", "amount": "1000.00"},
            "contracts.enter_missing": {f"amount-{self.keys['contract']}-2026-10": "1000.00"},
            "contracts.enter_year": {"rows": "2026-10 1000.00"},
            "contracts.import_sheet": {"text": self.sheet.replace(f"Voice-{self.canary}", "SOW-9")},
            "contracts.import_amendment_sheet": {"text": amended},
            "contracts.new_service_level": level,
        }

    def _of_work(self) -> dict[str, dict]:
        claim = {"cause": "outage", "reason": "The telephone system stood still.", "figure_offered": "10"}
        forecast = {"measure": "forecast_volume", "issued_on": "2026-11-22", "rows": "2027-01 41000"}
        item = {"contract": self.keys["contract"], "kind": "action", "title": "Hire", "side": "partner"}
        return {
            "decks.create": {"contract": self.keys["contract"], "quarter": "2026-Q3"},
            "decks.issue": {"seen": self.keys["seen:deck"], "checked": "y"},
            "performance.new_claim": {**claim, "form_key": "one form", "step": "file"},
            "performance.decide": {**claim, "step": "refused"},
            "governance.new": {**item, "owner": "The lead", "forum": "QBR", "due_on": "2026-12-31"},
            "governance.close": {"state": "done", "outcome": "Hired."},
            "reports.approve": {"seen": self.keys["seen:sent"]},
            "reports.send_back": {"seen": self.keys["seen:sent"], "reason": "Look again."},
            "reports.ask_to_certify": {"seen": self.keys["seen:drafted"], "remark": "Please look today."},
            "reports.confirm_warnings": {"seen": self.keys["seen:warned"], "comment": "Counted twice."},
            "reports.explain_misses": {},
            "reports.change_number_style": {"style": "1.234,5"},
            "reports.mend_cells": {"seen": self.keys["seen:wrong"], self.keys["cell:wrong"]: "12"},
            "reports.leave_out": {"seen": self.keys["seen:warned"]},
            "reports.send": {"seen": self.keys["seen:drafted"], "form_key": "one form", "declared": "y"},
            "performance.new_concession": {"about": "fill", "reason": "Goodwill.", "form_key": "x", "step": "ask"},
            "performance.decide_concession": {"decision_reason": "Agreed.", "step": "granted"},
            "performance.withdraw_concession": {"reason": "A mistake."},
            "performance.issue_forecast": forecast | {"step": "issue", "form_key": "one form"},
            "performance.exercise": {"on": "2026-10-15", "reason": "Agreed at the review."},
            "performance.decline_right": {"reason": "The plan is accepted instead."},
            "performance.decline_proposal": {"reason": "The season was an easy one."},
            "reports.contest_submission": {"reason": "These are not our figures."},
            "reports.confirm_mapping": self._mapping(),
            "reports.confirm_history_mapping": self._history_mapping(),
            "reports.confirm_history_warnings": {"seen": self.keys["seen:history"], "comment": "It was a sale."},
            "reports.nil_return": {"reason": "Not yet live."},
            "reports.grant_deferral": {"until": "2026-12-15", "covers": "month", "why": "A flood."},
            "reports.remark": {"text": "Noted."},
        }

    def _mapping(self) -> dict[str, str]:
        places = {"role_0": "fix:report", "role_1": "col:0", "role_2": f"fix:{self.code}-late"}
        figures = {"role_3": "col:1", "role_4": "col:2", "role_5": "col:3"}
        as_asked = {f"unit_{role}": "" for role in figures}
        seen = {"table": "0", "about": "0", "seen": "0", "shown_left_out": "4", "leave_out": "y", "confirm": "yes"}
        return {**places, **figures, **as_asked, "role_6": "", **seen}

    def _history_mapping(self) -> dict[str, str]:
        places = {
            "role_0": f"fix:{self.code} Pilot-{self.canary}",
            "role_1": "col:2",
            "role_2": "col:0",
            "role_3": "col:1",
        }
        figures = {"role_6": "col:3"}
        seen = {"table": "0", "about": "0", "seen": "0", "shown_left_out": "4", "leave_out": "y", "confirm": "yes"}
        return {**places, **figures, **seen}


def fields_of(html: str) -> dict[str, list[str] | str]:
    """What a browser would send with the page's main form, as it stands."""
    reader = _FormReader()
    reader.feed(html)
    return max(reader.forms, key=len, default={})


class _FormReader(HTMLParser):
    """Collects the fields of every form that posts; enough HTML for our own pages."""

    def __init__(self):
        super().__init__()
        self.forms: list[dict] = []
        self.open = False
        self.name = self.first = None

    def handle_starttag(self, tag, attributes):
        about = dict(attributes)
        if tag == "form":
            self.open = (about.get("method") or "get").lower() == "post"
            if self.open:
                self.forms.append({})
        if not self.open:
            return
        if tag == "input" and about.get("name") and about["name"] != "csrf_token":
            if about.get("type") in {"checkbox", "radio"} and "checked" not in about:
                return
            if about.get("type") not in {"file", "submit", "button"}:
                self._add(about["name"], about.get("value") or ("y" if about.get("type") == "checkbox" else ""))
        elif tag in {"select", "textarea"}:
            self.name, self.first, self.text = about.get("name"), None, ""
        elif tag == "option" and self.name:
            value = about.get("value") or ""
            self.first = value if self.first is None else self.first
            if "selected" in about:
                self._add(self.name, value)

    def handle_data(self, data):
        if self.name and self.lasttag == "textarea":
            self.text += data

    def handle_endtag(self, tag):
        if tag == "form":
            self.open = False
        if tag == "textarea" and self.open and self.name:
            self._add(self.name, self.text.strip())
        if tag == "select" and self.open and self.first is not None and self.name not in self.forms[-1]:
            self._add(self.name, self.first)
        if tag in {"select", "textarea"}:
            self.name = self.first = None

    def _add(self, name: str, value: str) -> None:
        self.forms[-1].setdefault(name, []).append(value)
