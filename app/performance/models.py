"""How each service level came out, the money it caused, and what failures open and good years tighten."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import JSON, BigInteger, ForeignKey, ForeignKeyConstraint, Index, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import User
from app.contracts.models import Contract, TermsVersion
from app.domain.wording import decimals_of
from app.extensions import Base, PartnerOwned


class Evaluation(PartnerOwned, Base):
    """One judgement of a contract's month, with everything needed to repeat it. A new one supersedes, none changes."""

    __tablename__ = "evaluation"
    __table_args__ = (
        UniqueConstraint("partner_id", "id"),
        UniqueConstraint("contract_id", "month", "number"),
        ForeignKeyConstraint(["partner_id", "contract_id"], ["contract.partner_id", "contract.id"]),
        ForeignKeyConstraint(["partner_id", "terms_id"], ["terms.partner_id", "terms.id"]),
        Index(
            "uq_evaluation_current", "contract_id", "month", unique=True,
            sqlite_where=text("superseded_at IS NULL"), postgresql_where=text("superseded_at IS NULL"),
        ),
    )  # fmt: skip

    contract_id: Mapped[int]
    month: Mapped[str]
    number: Mapped[int]
    terms_id: Mapped[int]
    as_known_at: Mapped[datetime]
    engine_version: Mapped[str]
    fingerprint: Mapped[str]
    inputs: Mapped[dict] = mapped_column(JSON)
    credit_chain: Mapped[dict] = mapped_column(JSON)
    rights: Mapped[list | None] = mapped_column(JSON(none_as_null=True))  # None: judged before they were kept
    proposals: Mapped[list | None] = mapped_column(JSON(none_as_null=True))
    superseded_at: Mapped[datetime | None]

    contract: Mapped[Contract] = relationship(foreign_keys="Evaluation.contract_id")
    terms: Mapped[TermsVersion] = relationship(foreign_keys="Evaluation.terms_id")
    findings: Mapped[list["Finding"]] = relationship(
        back_populates="evaluation", order_by="Finding.id", foreign_keys="Finding.evaluation_id"
    )


class Definitions(Base):
    """The metrics and measures that judgements used, kept once under their SHA-256: `inputs` names it."""

    __tablename__ = "definitions"

    sha256: Mapped[str] = mapped_column(primary_key=True)
    document: Mapped[dict] = mapped_column(JSON)


class Finding(PartnerOwned, Base):
    """How one service level came out in one window. `detail` holds every intermediate value as decimal strings."""

    __tablename__ = "finding"
    __table_args__ = (
        UniqueConstraint("partner_id", "id"),
        UniqueConstraint("evaluation_id", "service_level", "scope_key"),
        ForeignKeyConstraint(["partner_id", "evaluation_id"], ["evaluation.partner_id", "evaluation.id"]),
        Index(None, "partner_id", "month"),
    )

    evaluation_id: Mapped[int]
    month: Mapped[str]
    window_start: Mapped[date]
    window_end: Mapped[date]
    service_level: Mapped[str]
    scope_key: Mapped[str] = mapped_column(default="")
    name: Mapped[str]
    metric: Mapped[str]
    value: Mapped[str | None]
    attainment: Mapped[str]
    default: Mapped[str]
    disposition: Mapped[str]
    detail: Mapped[dict] = mapped_column(JSON)
    credit_minor: Mapped[int | None] = mapped_column(BigInteger)

    evaluation: Mapped[Evaluation] = relationship(back_populates="findings", foreign_keys="Finding.evaluation_id")

    @property
    def decimals(self) -> int:
        """What the partner stated stands as it was stated; a mean of several months is nobody's statement."""
        stated = self.detail["source"] == "stated" and not self.detail.get("averaged") and self.value is not None
        return decimals_of(Decimal(self.value)) if stated else self.detail["metric"]["precision"]


class LedgerEntry(PartnerOwned, Base):
    """Money that a finding caused, posted once and never changed; a correction reverses and posts anew."""

    __tablename__ = "ledger_entry"
    __table_args__ = (
        UniqueConstraint("partner_id", "id"),
        UniqueConstraint("evaluation_id", "service_level", "scope_key", "window", "kind"),
        ForeignKeyConstraint(["partner_id", "contract_id"], ["contract.partner_id", "contract.id"]),
        ForeignKeyConstraint(["partner_id", "evaluation_id"], ["evaluation.partner_id", "evaluation.id"]),
        Index(None, "partner_id", "invoice_month"),
    )

    contract_id: Mapped[int]
    evaluation_id: Mapped[int]
    service_level: Mapped[str]
    scope_key: Mapped[str] = mapped_column(default="")
    window: Mapped[str]
    invoice_month: Mapped[str]
    kind: Mapped[str]
    amount_minor: Mapped[int] = mapped_column(BigInteger)
    clause: Mapped[str] = mapped_column(default="")
    posted_at: Mapped[datetime]

    contract: Mapped[Contract] = relationship(foreign_keys="LedgerEntry.contract_id")
    evaluation: Mapped[Evaluation] = relationship(foreign_keys="LedgerEntry.evaluation_id")


class OpenedRight(PartnerOwned, Base):
    """A right of a contract that opened in a month. It is exercised or declined once; until then it stands or lapses.

    `decided_on` is the day of the notice to the partner, `decided_at` when it was recorded here.
    """

    __tablename__ = "opened_right"
    __table_args__ = (
        UniqueConstraint("partner_id", "id"),
        UniqueConstraint("contract_id", "right_key", "service_level", "month"),
        ForeignKeyConstraint(["partner_id", "contract_id"], ["contract.partner_id", "contract.id"]),
    )

    contract_id: Mapped[int]
    right_key: Mapped[str]
    service_level: Mapped[str]  # empty: the contract as a whole
    month: Mapped[str]
    told_at: Mapped[datetime | None]
    decision: Mapped[str] = mapped_column(default="")  # exercised | declined
    decided_on: Mapped[date | None]
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    reason: Mapped[str] = mapped_column(Text, default="")
    version_id: Mapped[int] = mapped_column()

    contract: Mapped[Contract] = relationship(foreign_keys="OpenedRight.contract_id")
    decided_by: Mapped[User | None] = relationship()

    __mapper_args__ = {"version_id_col": version_id}


class TargetProposal(PartnerOwned, Base):
    """A target that continuous improvement would tighten after a month. A draft is made of it, or it is declined."""

    __tablename__ = "target_proposal"
    __table_args__ = (
        UniqueConstraint("partner_id", "id"),
        UniqueConstraint("contract_id", "service_level", "month"),
        ForeignKeyConstraint(["partner_id", "contract_id"], ["contract.partner_id", "contract.id"]),
        ForeignKeyConstraint(["partner_id", "terms_id"], ["terms.partner_id", "terms.id"]),
    )

    contract_id: Mapped[int]
    service_level: Mapped[str]
    month: Mapped[str]
    terms_id: Mapped[int | None]  # the amendment that was drafted of it
    declined_at: Mapped[datetime | None]
    declined_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    reason: Mapped[str] = mapped_column(Text, default="")
    version_id: Mapped[int] = mapped_column()

    contract: Mapped[Contract] = relationship(foreign_keys="TargetProposal.contract_id")
    terms: Mapped[TermsVersion | None] = relationship(foreign_keys="TargetProposal.terms_id")
    declined_by: Mapped[User | None] = relationship()

    __mapper_args__ = {"version_id_col": version_id}
