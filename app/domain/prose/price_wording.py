"""Prices as sums that a reader can follow: `240 of 250 failures, the other 10 are free, × $2.50`."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from app.domain.wording import grouped, in_unit, many

Part = Mapping[str, Any]
POINTS = {
    "pro_rata": "in steps of {step}, parts counted",
    "full": "whole steps of {step}",
    "started": "steps of {step} begun",
}
USED = {"once": "not paid for before", "again": "whether or not they were paid for before"}


@dataclass(frozen=True, slots=True)
class Currency:
    """How readers write an amount in minor units, which may not be rounded yet; `unit` is how many make one unit."""

    write: Callable[[str], str] = grouped
    unit: int = 100

    def units(self, amount: str) -> str:
        """An amount that the terms state in units of the currency."""
        return self.write(str(Decimal(amount) * self.unit))


IN_MINOR_UNITS = Currency()


def price_of(line: Part, chain: Part, unit: str, currency: Currency) -> str:
    """What one failure costs, as a sum; `unit` is that of the result. Lines of an earlier engine are allocations."""
    formula, figures = line.get("formula", "allocation"), line.get("figures") or {}
    told: str = PRICES[formula](figures, _Base(line, chain, currency), unit)
    if line.get("factor", "1") != "1" and formula != "points":
        told += f" × {line['factor']}, as failure {line['failures']}"
    return told


@dataclass(frozen=True, slots=True)
class _Base:
    """What a line's percentages are of, and how its amounts are written."""

    line: Part
    chain: Part
    currency: Currency

    @property
    def charges(self) -> str:
        window = (self.line.get("figures") or {}).get("charges")
        return f"{self.currency.write(window)} of the whole window" if window else self.month

    @property
    def month(self) -> str:
        charges = self.chain["charges"]
        return "the month's charges" if charges is None else self.currency.write(str(charges))

    def share(self, figures: Part) -> str:
        if "amount" in figures:
            return self.currency.units(figures["amount"])
        return f"{figures['percent']} % of {self.charges}"


def _allocation(figures: Part, base: _Base, unit: str) -> str:
    pool = f" × {figures['pool']} % pool" if figures.get("pool", "100") != "100" else ""
    return f"{base.charges} × {base.chain['at_risk']} % at risk{pool} × {base.line['allocation']} %"


def _fixed(figures: Part, base: _Base, unit: str) -> str:
    return base.share(figures)


def _under_target(figures: Part, base: _Base, unit: str) -> str:
    size = figures["short_by"]
    short = many(size, "point") if unit == "percent" else in_unit(grouped(size), unit)
    if (figures["points"], figures["step"]) == ("pro_rata", "1"):
        return f"{short} short × {base.share(figures)}"
    steps = POINTS[figures["points"]].format(step=figures["step"])
    return f"{short} short, counted as {grouped(figures['counted'])} ({steps}) × {base.share(figures)}"


def _band(figures: Part, base: _Base, unit: str) -> str:
    return (
        f"“{figures['band']}”: {base.share(figures)}" if {"percent", "amount"} & figures.keys() else "no price agreed"
    )


def _occurrences(figures: Part, base: _Base, unit: str) -> str:
    failures = many(figures["occurrences"], "failure")
    if figures["free"] == "0":
        return f"{failures} × {base.share(figures)}"
    return f"({failures} − {grouped(figures['free'])} free) = {grouped(figures['counted'])} × {base.share(figures)}"


def _blocks(figures: Part, base: _Base, unit: str) -> str:
    failures = f"{many(figures['failures'], 'failure')} within {many(figures['within'], 'month')}"
    blocks = f"{many(figures['blocks'], 'block')} of {figures['block']}"
    return f"{failures}, {USED[figures['counted']]}, make {blocks} × {base.share(figures)}"


def _two_price(figures: Part, base: _Base, unit: str) -> str:
    prices = f"{base.currency.units(figures['price'])} − {base.currency.units(figures['lower_price'])}"
    return f"{many(figures['units'], 'unit')} × ({prices})"


def _points(figures: Part, base: _Base, unit: str) -> str:
    if not Decimal(base.line["points"]):
        return "no service points"
    mine, all_of_them = grouped(base.line["points"]), many(base.chain["points"], "service point")
    if mine == grouped(base.chain["points"]):
        return f"all {all_of_them} of the month"
    return f"{mine} of {all_of_them} of the month"


PRICES = {
    "allocation": _allocation,
    "fixed": _fixed,
    "under_target": _under_target,
    "band": _band,
    "occurrences": _occurrences,
    "blocks": _blocks,
    "two_price": _two_price,
    "points": _points,
}


def points_of(line: Part) -> str:
    """`4 service points × 2, as failure 2 = 8`; nothing where no repeat multiplies them."""
    if line.get("formula") != "points" or line.get("factor", "1") == "1":
        return ""
    own = many(line["figures"]["points"], "service point")
    return f"{own} × {line['factor']}, as failure {line['failures']} = {grouped(line['points'])}"


def points_price(chain: Part, currency: Currency) -> str:
    """What all points of the month cost: `11 service points: 8 % of £180,000`."""
    priced = chain.get("points_price") or {}
    if not priced:
        return ""
    points, free = many(priced["points"], "service point"), priced.get("free", "0")
    base = _Base({}, chain, currency)
    left = points if free == "0" else f"{points} − {grouped(free)} free"
    if priced["formula"] == "points_table":
        return f"{points}: {priced['percent']} % of {base.month} by the table"
    if priced["formula"] == "points_rate":
        return f"{left} = {grouped(priced['counted'])} × {base.share(priced)}"
    bands = [value for name, value in priced.items() if name.startswith("band_")]
    told = " + ".join(_tidy(band) for band in bands if Decimal(band.split(" ")[0]))
    return f"{left}: ({told}) × {base.share(priced)}" if told else f"{left}: nothing left to price"


def _tidy(band: str) -> str:
    within, factor = band.split(" × ")
    return f"{grouped(within)} × {grouped(factor)}"
