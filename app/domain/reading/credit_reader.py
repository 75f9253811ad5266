"""Reads the credits section of a terms document."""

from decimal import Decimal

from app.domain.clauses import BaseRule, CreditTerms
from app.domain.rules.caps import read_caps
from app.domain.rules.earn_back import read_earn_back
from app.domain.rules.points import read_points
from app.domain.tables import Table


def read_credits(whole: Table) -> CreditTerms | None:
    table = whole.table("credits")
    if table is None:
        return None
    table.known(
        *("at_risk", "pool", "monthly_cap", "caps", "clause", "base", "categories", "points", "earn_back"),
        *("incidents", "warn_above"),
    )
    return CreditTerms(
        at_risk=table.number("at_risk", most=100),
        pool=table.number("pool"),
        caps=read_caps(table),
        clause=table.text("clause", ""),
        base=_base(table),
        categories=_categories(table),
        points=read_points(table),
        earn_back=read_earn_back(table),
        choose_within=_incidents(table),
        warn_above=table.number("warn_above", most=100),
    )


def _base(agreed: Table) -> BaseRule:
    """`base: {kind: invoice_net, less: [travel]}`."""
    table = agreed.table("base")
    if table is None:
        return BaseRule()
    table.known("kind", "amount", "less", "month", "over")
    kind = table.text("kind", "invoice", ("fixed_fee", "invoice", "invoice_net"))
    amount, less = table.number("amount"), table.texts("less")
    if kind == "fixed_fee" and amount is None:
        table.refuse("amount", "is missing: how much is the fixed fee?")
    if kind == "invoice_net" and not less:
        table.refuse("less", "is missing: which lines of the invoice do not count?")
    for name, meant_for in (("amount", "fixed_fee"), ("less", "invoice_net")):
        if kind != meant_for and table.content.get(name) is not None:
            table.refuse(name, f"has a meaning for {meant_for} only, and the kind is {kind}")
    next_month = table.text("month", "same", ("same", "next")) == "next"
    return BaseRule(kind, amount, less, next_month, table.text("over", "month", ("month", "window")) == "window")


def _categories(agreed: Table) -> tuple[tuple[str, Decimal], ...]:
    """`categories: [{name: telephony, pool: "50"}]`."""
    if agreed.content.get("categories") is None:
        return ()
    found = []
    for table in agreed.tables("categories"):
        table.known("name", "pool")
        found.append((table.text("name"), table.required_number("pool")))
    return tuple(found)


def _incidents(agreed: Table) -> int | None:
    """`incidents: {choose_within: "10"}`, in business days after the month."""
    table = agreed.table("incidents")
    if table is None:
        return None
    table.known("choose_within")
    return table.whole("choose_within", None, most=250)
