"""Prose for findings, written when somebody asks."""

from dataclasses import dataclass

from app.domain.catalogue import Catalogue
from app.domain.credits import MonthCredits
from app.domain.findings import Finding, Reason


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the Why? panel."""

    label: str
    text: str


def sentence(reason: Reason) -> str:
    """`73.5 % is below the Minimum of 75 %.`"""
    raise NotImplementedError


def why(
    finding: Finding, catalogue: Catalogue, credits: MonthCredits, currency: str, exponent: int = 2
) -> tuple[Step, ...]:
    """Clause, formula, inputs, calculation, comparisons, result on three axes, amount: in reading order."""
    raise NotImplementedError
