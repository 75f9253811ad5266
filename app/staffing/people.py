"""Headcount, attrition and fill rate in figures."""

from decimal import Decimal

from app.domain.people.headcount import Attrition, Headcount
from app.domain.people.staffing import fill_rate, shortage
from app.staffing.telling import Answer, Figure


def answer_headcount(people: Headcount) -> Answer:
    given = "the movements" if people.closing_given is None else "as counted"
    return Answer(
        "Headcount: opening + joiners − leavers + transfers in − transfers out = closing",
        [
            Figure("opening", "Opening", people.opening),
            Figure("joiners", "Joiners", people.joiners),
            Figure("leavers", "Leavers", people.leavers),
            Figure("transfers_in", "Transfers in", people.transfers_in),
            Figure("transfers_out", "Transfers out", people.transfers_out),
            Figure("closing_from_movements", "The movements give", people.from_movements),
            Figure("closing", "Closing", people.closing, "", given),
            Figure("on_leave", "On leave", people.on_leave, "", "part of closing, not available"),
            Figure("available", "Available", people.available, "", "closing − on leave"),
            Figure("balances", "Adds up", people.balances),
            Figure("mismatch", "Mismatch", people.mismatch, "", "closing − what the movements give"),
        ],
        people.sentence,
    )


def answer_attrition(found: Attrition, averaged: str) -> Answer:
    icmi, compounding = found.annualised
    none = "" if compounding.pct is not None else "no figure: more left than there were on average"
    return Answer(
        "Attrition: leavers ÷ average headcount",
        [
            Figure("months", "Months", found.months),
            Figure("leavers", "Leavers", found.leavers),
            Figure("average_headcount", "Average headcount", found.average_headcount, "", averaged),
            Figure(
                "period_attrition_pct", "Attrition of the period", found.period_pct, "%", "leavers ÷ average headcount"
            ),
            Figure("annualised_method", "Annualised by", icmi.method, "", icmi.formula),
            Figure("annualised_pct", "… a year", icmi.pct, "%"),
            Figure("compounded_method", "Annualised by", compounding.method, "", compounding.formula),
            Figure("compounded_pct", "… a year", compounding.pct, "%", none),
        ],
    )


def answer_fill(actual: Decimal, required: Decimal) -> Answer:
    return Answer(
        "Fill rate: actual ÷ required FTE",
        [
            Figure("required_fte", "Required", required, "FTE"),
            Figure("actual_fte", "Actual", actual, "FTE"),
            Figure("staffing_fill_pct", "Fill rate", fill_rate(actual, required), "%", "actual ÷ required"),
            Figure("shortage_fte", "Short by", shortage(actual, required), "FTE"),
        ],
    )
