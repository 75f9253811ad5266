"""Results and targets as the pages of performance write them."""

import re
from decimal import Decimal

from app.contracts.catalogue import CATALOGUE
from app.domain.catalogue import Metric
from app.domain.targets import Target
from app.domain.wording import in_unit, so_far, telling
from app.domain.wording import target_words as words_of_target
from app.formatting import DASH, MINUS, money

NO_BREAK = "\u00a0"


def result_words(value: Decimal | str | None, targets: str, metric: Metric, decimals: int | None = None) -> str:
    """`79.96 %`: with as many decimals as it takes not to look like one of the targets, which stand as text."""
    if value is None:
        return DASH
    words = in_unit(telling(str(value), targets, metric.precision if decimals is None else decimals), metric.unit)
    return words.replace("-", MINUS).replace(" ", NO_BREAK)


def target_words(target: Target, metric: str) -> str:
    """`at least 80 %`, `75 to 88 %`: a target as the contract states it, with all of its digits."""
    return unbroken(words_of_target(str(target), CATALOGUE.metrics[metric].unit))


def payable_words(amount: int | None, is_open: bool, currency: str) -> str:
    """`$8,100 so far`, `not settled`, `not priced`: what a month comes to, which may not be known or not be all.

    `amount` is in minor units. `is_open`: results that may cost something have still to come.
    """
    return "not priced" if amount is None else so_far(money(amount, currency), amount, is_open)


def unbroken(words: str) -> str:
    """No line ends between a figure and its unit."""
    return re.sub(r"(?<=\d) (?=%|s\b)", NO_BREAK, words)
