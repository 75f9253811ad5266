"""What the credits of several contracts or months come to, never across currencies."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from app.domain.money.unsettled import Unsettled
from app.formatting import money
from app.performance.credits.money import NOTHING_READ, MonthCredit, credits_of
from app.performance.models import Evaluation

TAKEN_OFF = {"cap_applied": "caps", "offset": "offsets", "waived": "waivers", "earned_back": "earn-back"}


@dataclass(frozen=True)
class Subtotal:
    """What the contracts in one currency come to."""

    currency: str
    credits: tuple[MonthCredit, ...]

    def total(self, name: str) -> Decimal:
        """The sum of a figure over what is priced and due."""
        amounts = (credit.amount(name) for credit in self.credits if credit.is_due)
        return sum((amount for amount in amounts if amount is not None), Decimal(0))

    @property
    def dearest(self) -> list[MonthCredit]:
        """What waits for charges first, then what waits for results, then by what is payable."""
        return sorted(self.credits, key=_open_first)

    @property
    def before(self) -> str:
        """`$52,650 before caps and waivers`: what the misses gave, and what of it was taken off since."""
        *most, last = [words for name, words in TAKEN_OFF.items() if self.total(name)] or ["caps"]
        taken = f"{', '.join(most)} and {last}" if most else last
        return f"{money(self.total('uncapped'), self.currency)} before {taken}"

    @property
    def origin(self) -> str:
        """`Cordillera $40,500, of $52,650 before caps`: who owes most of it; empty where nobody owes anything."""
        owing = max(self.credits, key=lambda credit: credit.posted, default=None)
        if owing is None or owing.posted <= 0:
            return ""
        alone = Subtotal(self.currency, (owing,))
        taken = f", of {alone.before}" if alone.total("uncapped") != owing.posted else ""
        return f"{owing.evaluation.contract.partner.name} {money(owing.posted, self.currency)}{taken}"

    @property
    def posted(self) -> int:
        return sum(credit.posted for credit in self.credits)

    @property
    def due(self) -> int:
        return sum(credit.is_due for credit in self.credits)

    @property
    def unpriced(self) -> int:
        return sum(credit.is_unpriced for credit in self.credits)

    @property
    def open(self) -> int:
        """How many wait for results that may cost something, whether or not something is due already."""
        return sum(credit.is_open for credit in self.credits)

    @property
    def is_unpriced(self) -> bool:
        """Everything that is due waits for charges: there is no amount, and nothing posted before stands either."""
        return bool(self.unpriced) and self.unpriced == self.due and not self.posted

    @property
    def is_unknown(self) -> bool:
        """There is no amount: what is due waits for charges, or nothing is due and results have still to come."""
        return self.is_unpriced or (bool(self.open) and not (self.due or self.posted))

    @property
    def shown(self) -> str:
        """What is payable; in words where there is no amount to it."""
        if self.is_unknown:
            return "Not priced" if self.is_unpriced else "Not settled"
        return money(self.posted, self.currency) if self.due or self.posted else "None due"

    @property
    def without_amount(self) -> str:
        """Why `shown` is words."""
        if self.is_unpriced:
            return "the charges are not entered"
        return "" if self.due or self.open else "no miss that carries a credit"

    @property
    def left_out(self) -> str:
        """What `shown` does not hold: `1 not priced, 2 of 5 contracts not settled yet`, or `2 of 5 results …`."""
        unpriced = f"{self.unpriced} not priced" if self.unpriced and not self.is_unpriced else ""
        months = {credit.evaluation.month for credit in self.credits}
        counted = "contracts" if len(months) == 1 else "contract months"
        several = len(self.credits) > 1
        share = f"{self.open} of {len(self.credits)} {counted}" if several else self.credits[0].unsettled.share
        return ", ".join(filter(None, (unpriced, f"{share} not settled yet" if self.open else "")))


def subtotals(
    evaluations: Iterable[Evaluation],
    posted: Mapping[tuple[int, str], int],
    told: Mapping[int, Unsettled] = NOTHING_READ,
) -> tuple[Subtotal, ...]:
    """One per currency, that with most credits first; contracts whose terms carry no credits are left out."""
    by_currency: dict[str, list[MonthCredit]] = {}
    for credit in credits_of(evaluations, posted, told):
        if not credit.is_off:
            by_currency.setdefault(credit.currency, []).append(credit)
    found = [Subtotal(currency, tuple(owed)) for currency, owed in by_currency.items()]
    return tuple(sorted(found, key=lambda each: (-each.due, -len(each.credits), each.currency)))


def _open_first(credit: MonthCredit) -> tuple:
    return not credit.is_unpriced, not credit.is_unknown, not credit.is_due, -credit.posted
