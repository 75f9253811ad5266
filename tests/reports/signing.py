"""The contract of Cedar that tests of reports start from."""

from datetime import date

from sqlalchemy import select

from app import jobs
from app.accounts.models import User
from app.contracts import terms
from app.extensions import write
from app.partners.models import Partner, Queue


def document(**changes) -> dict:
    level = {
        "key": "service-level",
        "name": "Service level",
        "metric": "service_level",
        "window": "month",
        "expected": {"comparator": ">=", "value": "85"},
        "minimum": {"comparator": ">=", "value": "75"},
        "weight": "100",
        "class": "critical",
        "credits_on": "none",
        "clause": "Schedule 3, 2.1",
        "scope": {"sites": [], "queues": []},
    }
    return {
        "schema": "accord-terms/1",
        "effective_from": "2026-09-01",
        "calendar": {
            "due": {"working_day": "5", "time": "17:00"},
            "lock": {"working_day": "20", "time": "17:00"},
            "holidays": ["2026-11-02"],
        },
        "coverage": [
            {"site": "cedar-one", "queue": "cedar-voice"},
            {"site": "cedar-one", "queue": "cedar-chat"},
        ],
        "reports": {"service": {"grain": "month", "certification": "second_person"}, "staffing": {"grain": "month"}},
        "measures": {
            "offered": {"source": "partner"},
            "answered": {"source": "partner"},
            "answered_in_threshold": {"source": "partner"},
            "abandoned": {"source": "partner"},
            "forecast_volume": {"source": "client"},
            "required_fte": {"source": "partner"},
            "actual_fte": {"source": "partner"},
        },
        "service_levels": [level],
        **changes,
    }


def sign(inside, code: str, **changes) -> str:
    with inside(), write() as session:
        partner = session.scalars(select(Partner).where(Partner.code == code)).one()
        ada = session.scalars(select(User).where(User.name == "Ada")).one()
        session.add(
            Queue(
                partner_id=partner.id,
                code=f"{code}-chat",
                name="Chat",
                business="x",
                channel="chat",
                language="en",
            )
        )
        made = terms.new_contract(
            partner,
            name="Voice",
            reference="SOW-1",
            currency="USD",
            zone="America/Bogota",
            starts_on=date(2026, 9, 1),
            actor=ada,
        )
        session.flush()
        agreed = document(**changes)
        agreed["coverage"] = [
            {name: str(value).replace("cedar", code) for name, value in pair.items()} for pair in agreed["coverage"]
        ]
        terms.activate(terms.new_draft(made, agreed, ada), ada)
        key = made.key
    with inside():
        jobs.run_pending()
    return key
