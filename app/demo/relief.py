"""August's relief: two promotion days that nobody had forecast, claimed by the partner and granted by the client."""

from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from sqlalchemy import select

from app import clock
from app.demo.cast import Cast, settle
from app.extensions import db, write
from app.partners.models import Partner
from app.performance.claims.grounds import grounds_of
from app.performance.models import Evaluation, Finding
from app.relief.deciding import grant
from app.relief.filing import Asked, file_claim
from app.relief.models import Claim

BOGOTA = ZoneInfo("America/Bogota")
FILED = datetime(2026, 9, 11, 17, 5, tzinfo=BOGOTA)
GRANTED = datetime(2026, 9, 14, 10, 20, tzinfo=BOGOTA)
PROMOTION = Asked(
    kind="adjust",
    cause="volume",
    adjust={"offered": Decimal(4900), "answered_in_threshold": Decimal(2450)},
    reason="The flash promotion of 14 and 15 August brought 4,900 calls against a forecast of 3,600, 36 % more. "
    "The contract excuses more than 10 %. We were told four days before. 2,450 of them were answered in time.",
    evidence="Forecast issue of 1 July; notice of the promotion of 10 August; interval report of both days.",
    clause="Schedule 3, 6.2",
)
REASON = "The interval report and our own telephony agree on both days. The forecast was locked on 1 July."


def claim_promotion(cast: Cast) -> None:
    """Andrés claims what August lost to the promotion; Mia grants it three days later."""
    with clock.at(FILED):
        with write():
            file_claim(grounds_of(_finding()), PROMOTION, actor=cast.lead("cordillera"), form_key="demo-promotion")
        settle()
    with clock.at(GRANTED):
        with write():
            grant(db.session.scalars(select(Claim)).one(), actor=cast.person("mia"), reason=REASON)
        settle()


def _finding() -> Finding:
    found = select(Finding).join(Finding.evaluation).join(Partner, Partner.id == Finding.partner_id)
    return db.session.scalars(
        found.where(
            Partner.code == "cordillera",
            Finding.month == "2026-08",
            Finding.service_level == "english-voice-service-level",
            Evaluation.superseded_at.is_(None),
        )
    ).one()
