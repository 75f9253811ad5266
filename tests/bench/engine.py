"""How fast a portfolio's history is judged, beside a bare loop that sums the same rows, divides and compares."""

import gc
import random
import sys
import time
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import click

from app.contracts.catalogue import CATALOGUE
from app.domain.facts import Facts, Line, ReportKey, ReportStatus, Standing
from app.domain.judging.evaluation import evaluate
from app.domain.periods import Month
from app.domain.terms import Terms

CONTRACTS, MONTHS = 500, tuple(Month(2024, 1).plus(each) for each in range(36))
PLACES = tuple((site, queue) for site in ("BOG", "MDE", "CEB", "MNL") for queue in ("EN-VOICE", "ES-VOICE"))
APPROVED = ReportStatus(Standing.APPROVED)
FASTEST_WANTED, SLOWEST_RATIO = 20_000, 25


def document() -> dict[str, Any]:
    """Twelve service levels: two metrics over the whole, each queue, two sites, and a pair of sites."""
    scopes: list[dict[str, list[str]]] = [{}, {"queues": ["EN-VOICE"]}, {"queues": ["ES-VOICE"]}]
    scopes += [{"sites": ["BOG"]}, {"sites": ["MDE"]}, {"sites": ["CEB", "MNL"]}]
    levels = [_level(place, scope, *metric) for place, scope in enumerate(scopes) for metric in METRICS]
    return {
        "schema": "accord-terms/1",
        "effective_from": "2024-01-01",
        "calendar": {"due": {"working_day": 5, "time": "17:00"}, "lock": {"working_day": 10, "time": "17:00"}},
        "coverage": [{"site": site, "queue": queue} for site, queue in PLACES],
        "reports": {"service": {}},
        "measures": {"offered": {}, "answered_in_threshold": {}, "abandoned": {}},
        "service_levels": levels,
        "credits": {"at_risk": "10", "pool": "200", "monthly_cap": "10", "clause": "5.2"},
    }


METRICS = (("service_level", ">=", "80", "75"), ("abandonment", "<=", "5", "8"))


def _level(place: int, scope: Mapping[str, Any], metric: str, comparator: str, expected: str, minimum: str) -> Any:
    return {
        "key": f"{metric.replace('_', '-')}-{place}",
        "name": metric,
        "metric": metric,
        "scope": scope,
        "expected": {"comparator": comparator, "value": expected},
        "minimum": {"comparator": comparator, "value": minimum},
        "credits_on": "minimum",
        "allocation": "15",
        "clause": "Schedule 3",
    }


def history(seed: int) -> tuple[Facts, dict[Month, int]]:
    chance, lines = random.Random(seed), []
    for month in MONTHS:
        for row, (site, queue) in enumerate(PLACES, 2):
            offered = chance.randint(5_000, 9_000)
            abandoned = chance.randint(100, 800)
            values = {
                "offered": Decimal(offered),
                "abandoned": Decimal(abandoned),
                "answered_in_threshold": Decimal(int((offered - abandoned) * chance.uniform(0.75, 0.95))),
            }
            lines.append(Line(month, "service", "partner", site, queue, values, f"{month}", row))
    reports = {ReportKey(month, "service", "partner"): APPROVED for month in MONTHS}
    return Facts(tuple(lines), reports), dict.fromkeys(MONTHS, 40_000_000)


def judged(histories: list[tuple[Facts, dict[Month, int]]], terms: Terms) -> tuple[int, float]:
    """Misses, and seconds."""
    begun, misses = time.perf_counter(), 0
    for facts, charges in histories:
        for month in evaluate([terms], facts, charges, CATALOGUE, MONTHS):
            misses += sum(finding.is_miss for finding in month.findings)
    return misses, time.perf_counter() - begun


def bare(histories: list[tuple[Facts, dict[Month, int]]], terms: Terms) -> tuple[int, float]:
    begun, misses = time.perf_counter(), 0
    for facts, _ in histories:
        by_month: dict[Month, list[Line]] = {}
        for line in facts.lines:
            by_month.setdefault(line.month, []).append(line)
        for month in MONTHS:
            rows = by_month[month]
            for level in terms.service_levels:
                upper = "answered_in_threshold" if level.metric == "service_level" else "abandoned"
                numerator = denominator = Decimal(0)
                for row in rows:
                    if level.scope.covers(row.site, row.queue):
                        numerator += row.values[upper]
                        denominator += row.values["offered"]
                value = numerator / denominator * 100
                is_met, is_tolerable = level.expected.is_met_by(value), level.minimum.is_met_by(value)
                misses += not is_met or not is_tolerable
    return misses, time.perf_counter() - begun


def main() -> None:
    terms = Terms.from_document(document(), CATALOGUE)
    histories = [history(seed) for seed in range(CONTRACTS)]
    findings = CONTRACTS * len(MONTHS) * len(terms.service_levels)
    gc.freeze()  # what stands before the clock starts is no part of either measure
    misses, seconds = judged(histories, terms)
    expected, baseline = bare(histories, terms)
    if misses != expected:
        sys.exit(f"the engine finds {misses} misses, the bare loop {expected}")
    speed, ratio = findings / seconds, seconds / baseline
    click.echo(f"engine: {findings:,} findings in {seconds:.1f} s, {speed:,.0f} a second (wanted: {FASTEST_WANTED:,})")
    click.echo(
        f"engine: {ratio:.1f} × the bare loop's {baseline:.2f} s (at most {SLOWEST_RATIO}); {misses:,} misses by both"
    )
    if speed < FASTEST_WANTED or ratio > SLOWEST_RATIO:
        sys.exit("engine: slower than wanted")


if __name__ == "__main__":
    main()
