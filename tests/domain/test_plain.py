"""The engine and a second, plain reckoning agree to the minor unit on contracts and histories drawn by seed."""

from collections import Counter
from decimal import Decimal
from fractions import Fraction
from typing import Any

from app.contracts.catalogue import CATALOGUE
from app.domain.evaluation import evaluate
from app.domain.facts import Facts, Line, ReportKey, ReportStatus, Standing
from app.domain.periods import Month
from app.domain.terms import Terms
from tests.domain.plain.generator import generate
from tests.domain.plain.reckoning import reckon
from tests.domain.story import document

SEEDS = range(1000)


def by_engine(case: dict[str, Any]) -> dict[int, Any]:
    months = {at: Month(at // 12, at % 12 + 1) for at in case["figures"]}
    lines, reports = [], {}
    for at, figures in case["figures"].items():
        key = ReportKey(months[at], "service", "partner")
        if isinstance(figures, tuple):
            values = dict(zip(("offered", "answered_in_threshold"), map(Decimal, figures), strict=True))
            lines.append(Line(months[at], "service", "partner", "BOG", "EN-VOICE", values, submission=str(at)))
        if figures is not None:
            reports[key] = ReportStatus(Standing.OVERDUE if figures == "overdue" else Standing.APPROVED)
    history = [Terms.from_document(document(**terms), CATALOGUE) for terms in case["terms"]]
    charges = {months[at]: amount for at, amount in case["charges"].items()}
    judged = evaluate(history, Facts(tuple(lines), reports), charges, CATALOGUE, months.values())
    return dict(zip(months, judged, strict=True))


def differences(case: dict[str, Any], effects: Counter[str]) -> list[str]:
    engine, plain = by_engine(case), reckon(case)
    found = []
    for at, ours in plain.items():
        month = engine[at]
        theirs = {finding.level.key: (finding.attainment.value, finding.default.value) for finding in month.findings}
        money = month.credits
        pairs = {
            "found": (ours["found"], theirs),
            "payable": (ours["payable"], money.payable),
            "lines": (ours["lines"], {line.service_level: line.payable for line in money.lines}),
            "uncapped": (rounded(ours["uncapped"]), rounded(money.uncapped)),
            "cap": (rounded(ours["uncapped"] - ours["owed"]), rounded(money.cap_applied)),
            "back": (rounded(ours["back"]), rounded(money.earned_back)),
        }
        found += [
            f"{month.month} {name}: plain {one}, engine {two}" for name, (one, two) in pairs.items() if one != two
        ]
        effects.update(name for name in ("uncapped", "cap", "back") if pairs[name][0])
        effects.update(state for pair in ours["found"].values() for state in pair)
    return found


def rounded(amount: Fraction | Decimal | None) -> Fraction | None:
    """Six places below the minor unit: decimals end somewhere, fractions do not."""
    return None if amount is None else round(Fraction(amount), 6)


def test_the_engine_and_the_plain_reckoning_agree():
    effects: Counter[str] = Counter()
    for seed in SEEDS:
        case = generate(seed)
        assert not (found := differences(case, effects)), f"{case}\n" + "\n".join(found)
    wanted = {"uncapped", "cap", "back", "minimum", "expected", "met", "not_reported", "not_measured"}
    assert wanted <= effects.keys(), f"never happened: {wanted - effects.keys()}"
