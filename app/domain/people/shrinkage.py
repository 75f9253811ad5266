"""How many people are scheduled so that enough of them are on the phone."""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import ceil

from app.domain.exact import as_decimal
from app.domain.people.workforce import Unworkable, not_negative, share


@dataclass(frozen=True, slots=True)
class Schedule:
    """People for a requirement on the phone, at a shrinkage in percent (0 to below 100). Raises Unworkable.

    Shrinkage is the part of the *scheduled* time that is not on the phone, so the requirement is divided by what
    remains. Source: "Contact Centre Capacity Planning Basics, part 2",
    https://wewfm.com/post/contact-centre-capacity-planning-basics-part-2-of-2: 100 on the phone at 30 % take 142.857;
    130, which multiplying gives, put 91 on the phone and leave 9 short.
    """

    on_phone: Decimal
    shrinkage_pct: Decimal = Decimal(0)

    def __post_init__(self) -> None:
        not_negative(on_phone=self.on_phone, shrinkage_pct=self.shrinkage_pct)
        if self.shrinkage_pct >= 100:
            raise Unworkable("Shrinkage must be below 100 %: at 100 % nobody who is scheduled is on the phone")

    @property
    def exactly(self) -> Fraction:
        return Fraction(self.on_phone) / self._present

    @property
    def unrounded(self) -> Decimal:
        return as_decimal(self.exactly)

    @property
    def scheduled(self) -> int:
        """Whole people: rounded up, because part of a person answers no contact."""
        return ceil(self.exactly)

    @property
    def multiplied(self) -> Decimal:
        """What requirement × (1 + shrinkage) would have scheduled."""
        return as_decimal(self._multiplied)

    @property
    def multiplied_on_phone(self) -> Decimal:
        return as_decimal(self._multiplied * self._present)

    @property
    def multiplied_short(self) -> Decimal:
        """How many would then be missing on the phone."""
        return as_decimal(Fraction(self.on_phone) - self._multiplied * self._present)

    @property
    def _multiplied(self) -> Fraction:
        return Fraction(self.on_phone) * (1 + share(self.shrinkage_pct))

    @property
    def _present(self) -> Fraction:
        return 1 - share(self.shrinkage_pct)
