"""Rules of a contract as it would write them: one sentence for each family. Reads drafts too, which may have gaps."""

from collections.abc import Callable, Mapping
from typing import Any

from app.contracts.sentences import judging, prices, settling, watching
from app.contracts.sentences.writing import Rule
from app.contracts.wording import NO_NAMES

SENTENCES: Mapping[str, Callable[[Rule], str]] = {
    "window": judging.window,
    "exceeded": judging.exceeded,
    "ramp": judging.ramp,
    "bands": judging.bands,
    "rounding": judging.rounding,
    "default": judging.default,
    "low_volume": judging.low_volume,
    "relief": judging.relief,
    "credit": prices.credit,
    "repeats": prices.repeats,
    "points": prices.points,
    "bonus": prices.bonus,
    "base": settling.base,
    "categories": settling.categories,
    "caps": settling.caps,
    "earn_back": settling.earn_back,
    "incidents": settling.incidents,
    "contract_year": watching.contract_year,
    "claims": watching.claims,
    "corridor": watching.corridor,
    "rights": watching.rights,
    "improvement": watching.improvement,
    "score": watching.score,
    "scorecard": watching.scorecard,
}


def sentence(
    name: str, part: Any, sees_money: bool = True, levels: Mapping[str, str] = NO_NAMES, unit: str = ""
) -> str:
    """A family's rule as a sentence without its full stop, amounts left out for who may not see them. `levels` are the
    service levels' names, `unit` is the metric's. An ellipsis stands for what a draft leaves out.
    """
    return SENTENCES[name](Rule(part, unit, sees_money, levels))
