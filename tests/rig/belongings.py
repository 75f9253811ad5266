"""What a partner of the world owns: one object of every kind, made through the product's services.

Every text that a partner's people can write carries its canary, so that a leak shows in any answer.
"""

import io
import secrets
from datetime import date, timedelta
from decimal import Decimal

from openpyxl import load_workbook
from sqlalchemy import delete, select

from app import clock, events, jobs
from app.access import Role
from app.accounts import links, service
from app.accounts.calendars import open_calendar
from app.accounts.models import Grant, User
from app.api.tokens import make
from app.audit.verifying import request_verification
from app.concessions.asking import Asked as Conceded
from app.concessions.asking import ask
from app.contracts import terms
from app.contracts.catalogue import CATALOGUE
from app.contracts.charges import enter_charge, judge_anew
from app.contracts.models import Contract
from app.decks.models import Deck
from app.decks.service import issue, request_deck
from app.domain.periods import Month
from app.evidence.service import attach
from app.extensions import db, write
from app.forecasts.issuing import Draft
from app.forecasts.issuing import issue as issue_forecast
from app.governance.models import Item
from app.partners.models import Partner
from app.partners.service import add_queue, change_partner, change_place
from app.performance.claims.grounds import grounds_of
from app.performance.models import Evaluation, Finding, OpenedRight, TargetProposal
from app.reading import read
from app.relief.deciding import grant
from app.relief.filing import Asked, file_claim
from app.reports.asking import template_of
from app.reports.due.opening import open_reports
from app.reports.histories import importing
from app.reports.histories.books import books_in_sight
from app.reports.histories.examining import examine
from app.reports.histories.files import HistoryFile
from app.reports.histories.memory import words_of
from app.reports.histories.words import understand_words
from app.reports.mapping.remembering import remember
from app.reports.mapping.sketch import sketch_from
from app.reports.mapping.understanding import Unmapped
from app.reports.models import Report
from app.reports.sending import certifying as sending
from app.reports.sending import reviewing
from app.reports.sending.confirming import confirm
from app.reports.sending.requesting import ask_to_certify
from app.reports.tables.workbook import HEADER_ROW, write_workbook
from app.reports.uploads.intake import check_quickly, receive, save_draft
from app.reports.uploads.mending import seen_of
from tests.domain.story import FIGURES, MEASURES, SEPTEMBER, document
from tests.rig.people import THE_DAY

CANARIES = {"cedar": "CANARYCEDAR", "birch": "CANARYBIRCH"}
CHARGES = {"cedar": 76_543_217, "birch": 98_765_431}
TEAMS = {"cedar": ("ana", "leo"), "birch": ("bea", "bob")}
SIGNED = THE_DAY.replace(month=7, day=1)
FIGURES_SENT = {"required_fte": "140", "forecast_volume": "39000", **FIGURES[SEPTEMBER]}


class Belongings:
    """One partner's part of the world, told from July to November."""

    def __init__(self, code: str):
        self.code, self.canary, self.keys = code, CANARIES[code], {}
        self.analyst, self.lead = TEAMS[code]

    def build(self) -> dict[str, str]:
        with clock.at(SIGNED):
            self._name_everything()
            self._sign()
        self._import_history("2026-07", approved=False)
        self._import_history("2026-08", approved=True)
        with clock.at(THE_DAY.replace(month=10, day=5)):
            self._send_september()
        with clock.at(THE_DAY.replace(day=5)):
            self._send_october()
            self._charge()
            self._govern()
            self._correct_september()
        with write():
            self.keys["verification"] = request_verification(self.person("ada")).key
        jobs.run_pending()
        with clock.at(THE_DAY.replace(day=6)):
            self._claim()
            self._concede()
        jobs.run_pending()
        with clock.at(THE_DAY - timedelta(days=1)):
            self._make_decks()
        with clock.at(THE_DAY - timedelta(hours=1)):
            self._invite()
            self._subscribe()
            self._bring_files()
        self._let_a_program_in()
        self._note_what_followed()
        return self.keys

    def person(self, name: str) -> User:
        code = self.code if name in {self.analyst, self.lead} else "accord"
        return db.session.scalars(select(User).where(User.email == f"{name}@{code}.example")).one()

    def _name_everything(self) -> None:
        with write() as session:
            partner = session.scalars(select(Partner).where(Partner.code == self.code)).one()
            change_partner(partner, f"{partner.name} {self.canary}", partner.zone, partner.number_style)
            site, queue = partner.sites[0], partner.queues[0]
            change_place(site, None, name=f"One {self.canary}")
            change_place(queue, None, name=f"Voice {self.canary}", business=self.canary, language=self.canary)
            late = {"business": self.canary, "channel": "chat", "language": "en", "live_on": date(2027, 1, 1)}
            add_queue(partner, f"Late {self.canary}", f"{self.code}-late", **late)
            for grant in session.scalars(select(Grant).where(Grant.partner_id == partner.id)):
                if grant.user.role.is_partner:
                    grant.user.name = f"{grant.user.name} {self.canary}"
                    self.keys[f"user:{grant.user.role.value}"] = grant.user.key
                    self.keys[f"grant:{grant.user.role.value}"] = grant.key
            self.partner_id = partner.id
            self.keys |= {"partner": partner.key, "site": site.key, "queue": queue.key}

    def _sign(self) -> None:
        with write() as session:
            mia, partner = self.person("mia"), session.scalars(select(Partner).where(Partner.code == self.code)).one()
            contract = self._contract(partner, "Voice", date(2026, 7, 1), mia)
            version = terms.new_draft(contract, self._terms(), mia, self.canary)
            terms.activate(version, mia)
            draft = terms.new_draft(contract, {**self._terms(), "effective_from": "2027-01-01"}, mia, self.canary)
            pilot = self._contract(partner, "Pilot", date(2026, 10, 1), mia)
            service = {"reports": {"service": {}}, "measures": {name: {"source": "partner"} for name in MEASURES[2:5]}}
            levels = {"service_levels": self._terms()["service_levels"][:1]}
            coverage = {"coverage": [{"site": f"{self.code}-one", "queue": f"{self.code}-late"}]}
            plain = {**self._terms(), "effective_from": "2026-10-01", **service, **levels, **coverage}
            del plain["rights"], plain["corridor"]
            terms.activate(terms.new_draft(pilot, plain, mia), mia)
            self.keys |= {"contract": contract.key, "terms:in force": version.key, "terms:draft": draft.key}
            self.keys |= {"contract:pilot": pilot.key}
            self.contract_id, self.pilot_id = contract.id, pilot.id
            session.flush()
        for day in (SIGNED.replace(month=8), THE_DAY.replace(day=2)):
            with clock.at(day), write():
                for contract_id in (self.contract_id, self.pilot_id):
                    open_reports(self._the_contract(contract_id), clock.now())

    def _contract(self, partner: Partner, name: str, starts_on: date, actor: User) -> Contract:
        about = {"currency": "USD", "zone": "America/Bogota", "starts_on": starts_on, "actor": actor}
        made = terms.new_contract(partner, name=f"{name} {self.canary}", reference=f"{name}-{self.canary}", **about)
        db.session.flush()
        return made

    def _terms(self) -> dict:
        written = document(
            effective_from="2026-07-01",
            coverage=[{"site": f"{self.code}-one", "queue": f"{self.code}-voice"}],
            calendar={
                "due": {"working_day": "5", "time": "17:00"},
                "lock": {"working_day": "20", "time": "17:00"},
                "holidays": [],
            },
        )
        written["measures"]["forecast_volume"] = {"source": "client"}
        written["corridor"] = {"measure": "offered", "forecast": "forecast_volume", "variance": "10"}
        written["corridor"]["clause"] = self.canary
        written["credits"]["clause"] = self.canary
        written["claims"] = {"within": "120", "clause": self.canary}
        exit_ = {"key": "exit", "name": f"Exit {self.canary}", "of": "minimum_misses", "consecutive": "1"}
        written["rights"] = [exit_ | {"service_levels": ["fill"], "lapses_after": "90", "clause": self.canary}]
        better = {"kind": "halfway", "months": "1", "clause": self.canary}
        next(level for level in written["service_levels"] if level["key"] == "satisfaction")["improvement"] = better
        for level in written["service_levels"]:
            level |= {"name": f"{level['name']} {self.canary}", "clause": self.canary, "threshold": self.canary}
        return written

    def _import_history(self, month: str, *, approved: bool) -> None:
        contract = self._the_contract()
        named = {"Partner": self.code, "Contract": contract.reference, "Month": month}
        named |= {"Site": f"{self.code}-one", "Queue": f"{self.code}-voice"}
        named |= {CATALOGUE.measures[name].name: figure for name, figure in FIGURES_SENT.items()}
        body = f"{','.join(named)}\n{','.join(named.values())}\n"
        filename = f"history-{self.canary}.csv"
        with clock.at(SIGNED.replace(month=9)):
            history = examine(read(filename, body.encode()).sheets)
            assert not history.problems, history.problems
            with write():
                importing.hold_reports(history)
                key = importing.keep(history, filename, self.person("ada"))
            if approved:
                with write() as session:
                    batches = session.scalars(select(importing.Batch).where(importing.Batch.import_key == key)).all()
                    importing.decide(batches, approved=True, actor=self.person("mia"))
        self.keys[f"import:{'approved' if approved else 'sent'}"] = key

    def _send_september(self) -> None:
        """The staffing report comes back once; the quality report is sent on the partner's behalf."""
        for kind, preparer, certifier in (
            ("staffing", self.analyst, self.lead),
            ("service", self.analyst, self.lead),
            ("quality", "mia", "mia"),
        ):
            report = self._send("2026-09", kind, preparer, certifier)
            if kind == "staffing":
                self._decide(report, approved=False)
                report = self._send("2026-09", kind, preparer, certifier, actual_fte="127.5")
            self._decide(report, approved=True, by="mona" if preparer == "mia" else "mia")
            self.keys[f"report:{'on behalf' if kind == 'quality' else 'approved'}"] = report.key
            name = "on behalf" if kind == "quality" else "approved"
            self.keys[f"submission:{name}"] = report.submissions[-1].key

    def _send_october(self) -> None:
        sent = self._send("2026-10", "service", self.analyst, self.lead)
        returned = self._send("2026-10", "quality", self.analyst, self.lead)
        self._decide(returned, approved=False)
        drafted = self._draft("2026-10", "staffing", self.analyst, actual_fte="127.5")
        with write():
            sending.write_remark(sent, f"A remark {self.canary}", self.person(self.analyst))
            attached = attach(
                sent,
                filename=f"{self.canary}.txt",
                content=f"09:00 down {self.canary}".encode(),
                shows=f"An outage {self.canary}",
                expires_on=None,
                actor=self.person(self.analyst),
            )
        self.keys |= {
            "report:sent": sent.key,
            "submission:sent": sent.submissions[-1].key,
            "seen:sent": sent.submissions[-1].content_hash,
            "evidence": attached.key,
        }
        self.keys |= {
            "report:returned": returned.key,
            "submission:returned": returned.submissions[-1].key,
            "report:drafted": drafted.key,
            "seen:drafted": drafted.draft.content_hash,
            "seen:warned": drafted.draft.seen_hash,
        }
        self._draft_what_is_wrong()
        self.keys["report:due"] = self._report("2026-10", "service", self.pilot_id).key
        self.keys["report:client"] = self._report(
            "2026-10", CATALOGUE.measures["forecast_volume"].kind, party="client"
        ).key

    def _draft_what_is_wrong(self) -> None:
        report = self._report("2026-11", "service", self.pilot_id)
        words = dict.fromkeys(FIGURES_SENT, "many")
        draft = save_draft(report, f"wrong-{self.canary}.xlsx", _filled(report, words), self.person(self.analyst))
        cell = next(each for each in draft.problems if each["column"] is not None)
        self.keys |= {
            "report:wrong": report.key,
            "seen:wrong": seen_of(draft),
            "cell:wrong": f"cell-{cell['row']}-{cell['column']}",
        }

    def _bring_files(self) -> None:
        """Files that stay to be checked: no worker comes for them."""
        content = f"{self.canary}\n".encode()
        upload = receive(
            self._report("2026-10", "service", self.pilot_id), f"{self.canary}.csv", content, self.person(self.lead)
        )
        with write() as session:
            bringer = self.person("max" if self.code == "birch" else "mia")
            history = HistoryFile(
                filename=f"{self.canary}.csv", content=content, uploaded_by_id=bringer.id, uploaded_at=clock.now()
            )
            session.add(history)
            session.execute(delete(jobs.Job).where(jobs.Job.kind == "upload.check", jobs.Job.subject_id == upload.id))
        self.keys |= {"upload": upload.key, "history file": history.key}
        self._bring_own_workbook(upload.report)
        self._bring_own_history(bringer)

    def _bring_own_workbook(self, report: Report) -> None:
        """One that nobody has said the columns of, and what was said of another."""
        content = f"Location,Offered,In SLA,Abandoned,Spare {self.canary}\n{self.code}-one,5,4,3,2\n".encode()
        own = receive(report, f"{self.canary}-own.csv", content, self.person(self.lead))
        check_quickly(own)
        chosen = sketch_from(own.sketch).chosen
        with write():
            kept = remember(self._report("2026-10", "service"), chosen, 0, self.person(self.lead))
        self.keys |= {"upload:unmapped": own.key, "mapping": kept.key}
        mapped = self._report("2026-11", "service")
        save_draft(mapped, f"{self.canary}-own.csv", content, self.person(self.lead))
        self.keys["report:mapped"] = mapped.key

    def _bring_own_history(self, bringer: User) -> None:
        """One that nobody has said the columns of, and one whose warnings nobody has confirmed."""
        heading = f"Location,Line,Period,Offered,Spare {self.canary}\n"
        content = f"{heading}{self.code}-one,{self.code}-late,2026-10,5,2\n".encode()
        kept = {}
        for state in ("unmapped", "warned"):
            about = {"filename": f"{self.canary}-own.csv", "content": content, "uploaded_by_id": bringer.id}
            with write() as session:
                kept[state] = HistoryFile(uploaded_at=clock.now(), **about)
                session.add(kept[state])
        try:
            understand_words(read("own.csv", content).sheets, words_of(books_in_sight()), None)
        except Unmapped as unmapped:
            with write():
                kept["unmapped"].ask(unmapped.sketch.to_document())
                kept["warned"].warn([{"rule": "jump", "about": "", "place": "", "words": self.canary}])
        self.keys |= {f"history file:{state}": each.key for state, each in kept.items()}
        self.keys["seen:history"] = kept["warned"].seen_hash

    def _correct_september(self) -> None:
        """One correction waits for a decision, another is prepared and the lead asked to certify it."""
        sent = self._send(
            "2026-09", "staffing", self.analyst, self.lead, f"Counted twice {self.canary}", actual_fte="129"
        )
        drafted = self._draft("2026-09", "service", self.analyst, answered_in_threshold="29500")
        with write():
            seen, remark = drafted.draft.content_hash, f"Please look today {self.canary}"
            ask_to_certify(drafted, seen_hash=seen, remark=remark, actor=self.person(self.analyst))
        self.keys |= {"report:correction": drafted.key, "submission:correction": sent.submissions[-1].key}

    def _send(self, month: str, kind: str, preparer: str, certifier: str, reason: str = "", **changes) -> Report:
        report = self._draft(month, kind, preparer, **changes)
        with write():
            sending.certify(
                report,
                seen_hash=report.draft.content_hash,
                form_key=secrets.token_urlsafe(9),
                actor=self.person(certifier),
                reason=reason,
            )
        return report

    def _draft(self, month: str, kind: str, preparer: str, **changes) -> Report:
        report = self._report(month, kind)
        draft = save_draft(
            report, f"{kind}-{self.canary}.xlsx", _filled(report, FIGURES_SENT | changes), self.person(preparer)
        )
        assert not draft.problems, draft.problems
        with write():
            seen, comment = draft.seen_hash, f"Counted twice {self.canary}"
            confirm(report, seen_hash=seen, comment=comment, actor=self.person(preparer))
        return report

    def _decide(self, report: Report, *, approved: bool, by: str = "mia") -> None:
        with write():
            submission, seen = report.submissions[-1], report.submissions[-1].content_hash
            if approved:
                reviewing.approve(submission, seen_hash=seen, reviewer=self.person(by))
            else:
                reason = f"Look at the first row again {self.canary}"
                reviewing.send_back(submission, seen_hash=seen, reviewer=self.person(by), reason=reason)

    def _charge(self) -> None:
        with write():
            for number, month in enumerate((Month(2026, 8), Month(2026, 9))):
                amount = CHARGES[self.code] + number * 1_111_111
                enter_charge(self._the_contract(), month, amount, self.person("finn"), self.canary)
            judge_anew(self._the_contract())

    def _govern(self) -> None:
        for state in ("open", "done"):
            with write() as session:
                item = Item(
                    partner_id=self.partner_id,
                    contract_id=self.contract_id,
                    kind="action",
                    title=f"Hire {self.canary}",
                    description=self.canary,
                    side="partner",
                    owner=self.canary,
                    service_level="fill",
                    due_on=date(2026, 12, 31),
                    state=state,
                    outcome=self.canary if state == "done" else "",
                    opened_at=clock.now(),
                    opened_by_id=self.person("mia").id,
                )
                session.add(item)
                session.flush()
                events.record("item.opened", subject=item, actor=self.person("mia"), item=item.kind)
                self.keys[f"item:{state}"] = item.key

    def _claim(self) -> None:
        """One that waits for a decision, and one that was granted in part and leaves a miss."""
        db.session.rollback()  # a reader that began before the judgement does not see it
        asked = {"cause": "notice", "reason": self.canary, "evidence": self.canary, "clause": self.canary}
        for state, level, figures in (
            ("open", "voice-service-level", {"offered": Decimal(10)}),
            ("granted", "fill", {"required_fte": Decimal(1)}),
        ):
            grounds, lead = grounds_of(self._finding(Finding.service_level == level)), self.person(self.lead)
            with write():
                claim = file_claim(grounds, Asked("adjust", adjust=figures, **asked), actor=lead, form_key=state)
                self.keys[f"claim:{state}"] = claim.key
        with write():
            grant(claim, actor=self.person("mona"), reason=self.canary, adjust={"required_fte": Decimal("0.5")})

    def _finding(self, *criteria) -> Finding:
        """A finding of September in force."""
        mine = Finding.partner_id == self.partner_id, Finding.month == "2026-09", Evaluation.superseded_at.is_(None)
        return db.session.scalars(
            select(Finding).join(Finding.evaluation).where(*mine, *criteria).order_by(Finding.id)
        ).first()

    def _concede(self) -> None:
        """The lead asks to waive a part of September's credit, and a manager issues December's forecast."""
        with write():
            contract, finding = self._the_contract(), self._finding(Finding.credit_minor > 0)
            asked = Conceded("waiver", finding.month, [finding.service_level], self.canary, self.canary, 100)
            self.keys["concession"] = ask(contract, asked, actor=self.person(self.lead), form_key="a waiver").key
            values = {(f"{self.code}-one", f"{self.code}-voice"): {"2026-12": Decimal(41000)}}
            draft = Draft(clock.today(contract.zone), "forecast_volume", values, self.canary, f"{self.canary}.csv")
            issue_forecast(contract, draft, actor=self.person("mia"), form_key="a forecast")

    def _make_decks(self) -> None:
        for state in ("issued", "ready"):
            with write() as session:
                asked = {"held_on": date(2026, 11, 12), "commentary": f"First of all {self.canary}"}
                deck = request_deck(self._the_contract(), "2026-Q3", actor=self.person("mia"), **asked)
                session.flush()
                self.keys[f"deck:{state}"] = key = deck.key
            jobs.run_pending()
            with write() as session:
                deck = session.scalars(select(Deck).where(Deck.key == key)).one()
                self.keys[f"seen:{key}"] = deck.blob.sha256
                if state == "issued":
                    issue(deck, seen_sha256=deck.blob.sha256, actor=self.person("dora"))
        self.keys["seen:deck"] = self.keys[f"seen:{self.keys['deck:ready']}"]

    def _invite(self) -> None:
        for name, purpose in (("ines", "invitation"), ("rita", "password-reset")):
            with write():
                email, called = f"{name}@{self.code}.example", f"{name.title()} {self.canary}"
                user = service.add_user(email, called, Role.ANALYST, [self.partner_id], invited=purpose == "invitation")
                self.keys[f"token:{purpose}"] = links.make_link(user, purpose).rpartition("/")[2]
                self.keys[f"user:{purpose}"] = user.key
                if purpose == "password-reset":
                    user.password_hash = self.person("mia").password_hash

    def _let_a_program_in(self) -> None:
        with clock.at(THE_DAY - timedelta(hours=1)), write() as session:
            partner = session.scalars(select(Partner).where(Partner.code == self.code)).one()
            about = {"scopes": ["reports:write"], "expires_on": date(2027, 3, 31), "actor": self.person(self.lead)}
            self.keys["api token"] = make(partner, f"Export {self.canary}", **about)[1].key

    def _subscribe(self) -> None:
        with write():
            address = open_calendar(self.person(self.analyst))
        self.keys["token:calendar"] = address.rpartition("/")[2].removesuffix(".ics")

    def _note_what_followed(self) -> None:
        """Findings of September and an event, whose keys nobody chose."""
        contract = self._the_contract()
        finding = self._finding(Finding.credit_minor > 0)
        for name, model in (("right", OpenedRight), ("proposal", TargetProposal)):
            last = select(model).where(model.partner_id == self.partner_id).order_by(model.month.desc())
            self.keys[name] = db.session.scalars(last).first().key
        event = select(events.Event).where(events.Event.subject == "contract", events.Event.subject_id == contract.id)
        self.keys |= {"finding": finding.key, "event": db.session.scalars(event).first().key}
        db.session.rollback()

    def _the_contract(self, contract_id: int | None = None) -> Contract:
        return db.session.scalars(select(Contract).where(Contract.id == (contract_id or self.contract_id))).one()

    def _report(self, month: str, kind: str, contract_id: int | None = None, party: str = "partner") -> Report:
        wanted = select(Report).where(Report.contract_id == (contract_id or self.contract_id), Report.month == month)
        return db.session.scalars(wanted.where(Report.kind == kind, Report.party == party)).one()


def _filled(report: Report, figures: dict[str, str]) -> bytes:
    """The report's own template, each asked figure filled in."""
    template = template_of(report)
    book = load_workbook(io.BytesIO(write_workbook(report, template)))
    for row in range(HEADER_ROW + 2, HEADER_ROW + 2 + len(template.rows)):
        for place, column in enumerate(template.columns, 4):
            book.worksheets[0].cell(row, place).value = _as_typed(figures[column.key])
    body = io.BytesIO()
    book.save(body)
    return body.getvalue()


def _as_typed(text: str) -> float | str:
    return text if text.isalpha() else float(text)
