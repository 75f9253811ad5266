"""Reads how a service level's credit is priced."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

from app.domain.catalogue import Problem
from app.domain.rules.bands import SeverityBand
from app.domain.rules.basis import Share
from app.domain.rules.prices import (
    Allocation,
    ByBand,
    ByPoints,
    Fixed,
    PerBlock,
    PerOccurrence,
    Price,
    TwoPrice,
    UnderTarget,
)
from app.domain.tables import Table

COMMON = ("kind", "replaces", "outside_caps")
SHARE = ("percent", "amount")


def read_price(level: Table) -> Price | None:
    """`allocation: "40"` is the short form of `credit: {kind: allocation, percent: "40"}`."""
    short = level.number("allocation")
    table = level.table("credit")
    if table is None:
        return None if short is None else Allocation(short)
    if short is not None:
        level.refuse("allocation", "and credit both say what a default costs: keep one of them")
    kind = table.text("kind", choices=tuple(READERS))
    return READERS[kind](table) if kind in READERS else None


def read_replaces(level: Table) -> bool:
    """`credit: {kind: fixed, percent: "10", replaces: others}`: nothing else of its month is credited."""
    table = level.table("credit")
    return table is not None and table.text("replaces", "none", ("none", "others")) == "others"


def read_outside_caps(level: Table) -> bool:
    """`credit: {kind: fixed, percent: "10", outside_caps: yes}`: compensation that no cap holds."""
    table = level.table("credit")
    return table is not None and table.flag("outside_caps")


def _allocation(table: Table) -> Price:
    table.known(*COMMON, "percent", "dated")
    dated: list[tuple[date, Decimal]] = []
    for part in table.tables("dated") if table.content.get("dated") is not None else ():
        part.known("from", "percent")
        since = part.day("from")
        if since is None:
            part.refuse("from", "is missing: from which day on?")
        else:
            dated.append((since, part.required_number("percent")))
    return Allocation(table.required_number("percent"), tuple(sorted(dated)))


def _fixed(table: Table) -> Price:
    table.known(*COMMON, *SHARE)
    return Fixed(_share(table))


def _under_target(table: Table) -> Price:
    table.known(*COMMON, "step", "points", *SHARE)
    step = table.number("step")
    if step is not None and not step:
        table.refuse("step", "must be above 0")
    points = table.text("points", "pro_rata", ("pro_rata", "full", "started"))
    return UnderTarget(_share(table), step or Decimal(1), points)


def _band(table: Table) -> Price:
    table.known(*COMMON)
    return ByBand()


def _occurrences(table: Table) -> Price:
    table.known(*COMMON, "free", *SHARE)
    return PerOccurrence(_share(table), table.number("free") or Decimal(0))


def _blocks(table: Table) -> Price:
    table.known(*COMMON, "failures", "within", "counted", *SHARE)
    for name in ("failures", "within"):
        if table.content.get(name) is None:
            table.refuse(name, "is missing: a block of how many failures, within how many months?")
    failures = table.whole("failures", None, least=1) or 1
    within = table.whole("within", None, least=1, most=60) or 1
    return PerBlock(_share(table), failures, within, table.text("counted", "once", ("once", "again")))


def _two_price(table: Table) -> Price:
    table.known(*COMMON, "price", "lower_price", "units")
    price, lower = table.required_number("price"), table.required_number("lower_price")
    if lower > price:
        table.refuse("lower_price", f"{lower} is above the price of {price}")
    return TwoPrice(price, lower, table.text("units", "failed", ("failed", "beyond")))


def _points(table: Table) -> Price:
    table.known(*COMMON, "points")
    return ByPoints(table.number("points"))


def _share(table: Table) -> Share:
    percent, amount = table.number("percent", most=100), table.number("amount")
    table.one_of("percent", "amount")
    return Share(percent, amount)


READERS: dict[str, Callable[[Table], Price]] = {
    "allocation": _allocation,
    "fixed": _fixed,
    "under_target": _under_target,
    "band": _band,
    "occurrences": _occurrences,
    "blocks": _blocks,
    "two_price": _two_price,
    "points": _points,
}


def check_price(path: str, price: Price | None, bands: tuple[SeverityBand, ...]) -> list[Problem]:
    if isinstance(price, ByBand) and not any(band.percent or band.amount for band in bands):
        return [Problem(f"{path}.bands", "is missing: the credit goes by band, and no band has a percent or an amount")]
    if isinstance(price, ByPoints) and price.points is None and not any(band.points for band in bands):
        return [Problem(f"{path}.bands", "is missing: the credit goes by points, and no band has any")]
    return []
