"""A contract with sent and approved reports, stored as the product stores them: what performance reads."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import count

from sqlalchemy import select

from app import blobs
from app.accounts.models import User
from app.contracts.catalogue import CATALOGUE
from app.contracts.models import Charge, Contract, TermsVersion
from app.domain.canonical import sha256
from app.domain.periods import Month
from app.extensions import db, write
from app.partners.models import Partner, Queue, Site
from app.reports.histories.batches import Batch
from app.reports.models import Line, Report, Review, Submission
from tests.domain.story import CHARGES, FIGURES, document
from tests.rig.people import THE_DAY

_numbers = count(os.getpid() * 1000)  # a history may go on that another test process has begun
START = THE_DAY - timedelta(days=400)


def cedar_document(code: str = "cedar", **changes) -> dict:
    """Cordillera's terms for the site and queue of a partner of the test rig."""
    return document(coverage=[{"site": f"{code}-one", "queue": f"{code}-voice"}], **changes)


@dataclass
class History:
    """The reports of one contract; every method writes and commits."""

    contract: Contract
    site: Site
    queue: Queue
    analyst: User
    lead: User
    reviewer: User

    def send(
        self,
        month: Month,
        kind: str,
        figures: Mapping[str, str],
        sent_at: datetime | None = None,
        by_day: Mapping[date, Mapping[str, str]] | None = None,
        row: Mapping | None = None,
        **others,
    ):
        """One more submission of a report: 6 days after the month, unless `sent_at` says otherwise.

        `row` holds what its rows say besides: stated values, days reported."""
        with write() as session:
            report = self._report(month, kind)
            number = len(report.submissions) + 1
            submission = Submission(
                partner_id=self.contract.partner_id,
                report_id=report.id,
                number=number,
                content_hash=sha256([kind, dict(figures), next(_numbers)]),
                form_key=f"form-{next(_numbers)}",
                filename=f"{kind}.xlsx",
                prepared_by_id=self.analyst.id,
                certified_by_id=self.lead.id,
                sent_at=sent_at or _days_after(month, 6),
                **others,
            )
            session.add(submission)
            session.flush()
            for row_number, (day, values) in enumerate((by_day or {None: figures}).items(), 7):
                session.add(
                    Line(
                        partner_id=self.contract.partner_id,
                        submission_id=submission.id,
                        site_id=self.site.id,
                        queue_id=self.queue.id,
                        day=day,
                        measures=dict(values),
                        row_number=row_number,
                        **({"stated": {}} | dict(row or {})),
                    )
                )
        return submission

    def decide(self, submission: Submission, decision: str = "approved", at: datetime | None = None) -> None:
        with write() as session:
            session.add(
                Review(
                    partner_id=self.contract.partner_id,
                    submission_id=submission.id,
                    decision=decision,
                    content_hash=submission.content_hash,
                    reviewer_id=self.reviewer.id,
                    decided_at=at or submission.sent_at + timedelta(hours=3),
                )
            )

    def approve(self, month: Month, figures: Mapping[str, str], at: datetime | None = None, **others) -> None:
        """Send and approve the month's three reports."""
        for kind, values in by_kind(figures).items():
            self.decide(self.send(month, kind, values, at, **others), at=at)

    def batch(self, with_credits: bool) -> Batch:
        with write() as session:
            batch = Batch(
                partner_id=self.contract.partner_id,
                contract_id=self.contract.id,
                import_key=f"import-{next(_numbers)}",
                blob_id=_blob(self.contract.partner_id),
                filename="history.csv",
                credits_asked_at=START if with_credits else None,
                state="approved",
                imported_by_id=self.lead.id,
                imported_at=START,
                decided_by_id=self.reviewer.id,
                decided_at=START,
            )
            session.add(batch)
        return batch

    def expect(self, month: Month, kind: str) -> None:
        """A report that is due and was not sent."""
        with write():
            self._report(month, kind)

    def charge(self, month: Month, amount_minor: int, entered_at: datetime = START) -> None:
        with write() as session:
            known = session.scalars(select(Charge).where(Charge.contract_id == self.contract.id)).all()
            session.add(
                Charge(
                    partner_id=self.contract.partner_id,
                    contract_id=self.contract.id,
                    month=str(month),
                    number=1 + sum(charge.month == str(month) for charge in known),
                    amount_minor=amount_minor,
                    entered_at=entered_at,
                    entered_by_id=self.reviewer.id,
                )
            )

    def _report(self, month: Month, kind: str) -> Report:
        session = db.session()
        known = select(Report).where(
            Report.contract_id == self.contract.id, Report.month == str(month), Report.kind == kind
        )
        report = session.scalars(known).one_or_none()
        if report is None:
            due = _days_after(month, 8)
            report = Report(
                partner_id=self.contract.partner_id,
                contract_id=self.contract.id,
                month=str(month),
                kind=kind,
                due_at=due,
                lock_at=due + timedelta(days=7),
                opened_at=START,
            )
            session.add(report)
            session.flush()
        return report


def begin(code: str = "cedar", terms: Mapping | None = None, currency: str = "USD", charges=CHARGES) -> History:
    """A contract of a partner of the test rig, with terms in force and charges; inside an app context."""
    with write() as session:
        partner = session.scalars(select(Partner).where(Partner.code == code)).one()
        people = {user.email.split("@")[0]: user for user in session.scalars(select(User))}
        contract = Contract(
            partner_id=partner.id,
            name=f"{partner.name} voice",
            reference=f"SOW-{next(_numbers)}",
            currency=currency,
            zone="America/Bogota",
            starts_on=date(2025, 11, 1),
            created_at=START,
        )
        session.add(contract)
        session.flush()
        written = dict(terms or cedar_document(code))
        session.add(version_in_force(contract, written, people["mia"]))
        history = history_of(contract)
    for month, amount in charges.items():
        history.charge(month, amount)
    return history


def history_of(contract: Contract) -> History:
    """To go on with a contract that was begun."""
    session = db.session()
    partner = session.scalars(select(Partner).where(Partner.id == contract.partner_id)).one()
    people = {user.email.split("@")[0]: user for user in session.scalars(select(User))}
    analyst, lead = (people["ana"], people["leo"]) if partner.code == "cedar" else (people["bea"], people["bob"])
    return History(contract, partner.sites[0], partner.queues[0], analyst, lead, people["mia"])


def story(code: str = "cedar", **others) -> History:
    """Cordillera's July to September, sent and approved, without relief and without the correction."""
    history = begin(code, **others)
    for month, figures in FIGURES.items():
        history.approve(month, figures)
    return history


def by_kind(figures: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """The month's figures by the report that carries them; 140 FTE were required."""
    kinds: dict[str, dict[str, str]] = {"staffing": {}, "service": {}, "quality": {}}
    for measure, value in ({"required_fte": "140"} | dict(figures)).items():
        kinds[CATALOGUE.measures[measure].kind][measure] = value
    return kinds


def version_in_force(
    contract: Contract, written: dict, actor: User, number: int = 1, at: datetime = START
) -> TermsVersion:
    return TermsVersion(
        partner_id=contract.partner_id,
        contract_id=contract.id,
        number=number,
        state="in_force",
        effective_from=date.fromisoformat(written["effective_from"]),
        document=written,
        sha256=sha256(written),
        created_at=START,
        created_by_id=actor.id,
        activated_at=at,
        activated_by_id=actor.id,
    )


def _blob(partner_id: int) -> int:
    return blobs.store(partner_id, b"month,site,queue\n", "text/csv").id


def _days_after(month: Month, days: int) -> datetime:
    return THE_DAY.replace(year=month.next().year, month=month.next().number, day=days)
