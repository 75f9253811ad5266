"""Settles a month's credits: caps, the bank, waivers, and what is earned back; rounded once."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from app.domain.clauses import CreditTerms
from app.domain.credits import CreditLine, MonthCredits, Pricing, Waived, largest_remainder, round_half_up
from app.domain.exact import DUST
from app.domain.findings import Finding
from app.domain.money.account import Account, Settled
from app.domain.money.returning import Years, agreed_clause, result_of
from app.domain.periods import Month
from app.domain.rules.basis import Basis
from app.domain.rules.caps import Cap, Capped, in_order, scaled
from app.domain.rules.earn_back import EarnBack, OpenCredit

NOTHING = Decimal(0)
HUNDRED = Decimal(100)
EARLIER_TERMS = "the terms in force have no credits: what is earned back was agreed in those of the credit's month"
Amounts = dict[str, Decimal]
Taken = tuple[Capped, ...]
Rooms = tuple[tuple[Cap, Decimal, Decimal], ...]


@dataclass(frozen=True)
class Settlement:
    """One month of one contract, once its lines are priced."""

    account: Account
    agreed: CreditTerms
    month: Month
    findings: Sequence[Finding]
    basis: Basis
    years: Years = None

    def settle(self, head: MonthCredits, lines: Sequence[CreditLine], returned: Sequence[EarnBack]) -> MonthCredits:
        """`head` with everything that comes after the lines; `returned` is what earlier credits did this month."""
        account, agreed, month = self.account, self.agreed, self.month
        uncapped = {line.service_level: line.uncapped or NOTHING for line in lines}
        gross, capped, caps, rooms = self._capped(lines, uncapped)
        before, drawn = account.bank.draw(month, capped, {line.service_level: line for line in lines})
        left, waivers = self._waived(before)
        given_up = {key: capped[key] - left[key] for key in capped}
        standing = {key: amount - given_up[key] for key, amount in (uncapped | gross).items()}
        late_rooms = [room for room in rooms if room[0].after_earn_back]
        net = sum((left[key] for key in gross), NOTHING)
        account.settled[month.ordinal] = Settled(gross, given_up, late_rooms, net)
        opened = self._open(lines, standing)
        returned = [*returned, *account.end_year(month, self.years)]
        filled = account.bank.fill(month, self.findings, agreed)
        ended = account.bank.expire(month)
        back = sum((each.amount for each in returned if each.state == "earned"), NOTHING)
        owed = sum(left.values(), NOTHING)
        payable = round_half_up(owed - back)
        month_room = next((room for room in rooms if room[0].over == "month"), None)
        return replace(
            head,
            cap=None if month_room is None or head.charges is None else month_room[1],
            uncapped=sum(uncapped.values(), NOTHING),
            cap_applied=sum(uncapped.values(), NOTHING) - sum(capped.values(), NOTHING),
            waived=sum((each.amount for each in waivers), NOTHING),
            offset=sum((each.amount for each in drawn), NOTHING),
            earned_back=back,
            payable=payable,
            lines=_settled(lines, round_half_up(owed), before, left),
            waivers=waivers,
            caps=caps,
            earn_backs=(*returned, *drawn, *opened, *filled, *ended),
            returns=_returns(returned, round_half_up(owed) - payable),
            bonus=_bonus(head),
            bank=dict(account.bank.balances),
            warnings=self._warnings(owed),
        )

    def _capped(self, lines: Sequence[CreditLine], uncapped: Amounts) -> tuple[Amounts, Amounts, Taken, Rooms]:
        """What the caps before the earn-back leave of the lines that caps hold; what all caps leave of every line; what
        each took off, with its limit and use.
        """
        account, month, basis = self.account, self.month, self.basis
        early, late = in_order(self.agreed.caps)
        inside = {line.service_level: uncapped[line.service_level] for line in lines if not line.outside_caps}
        gross, caps, rooms = account.cap(early, inside, month, basis, late=False)
        account.before[month.ordinal] = sum(gross.values(), NOTHING)
        left, late_caps, late_rooms = account.cap(late, dict(gross), month, basis, late=True)
        return gross, uncapped | left, (*caps, *late_caps), (*rooms, *late_rooms)

    def _waived(self, amounts: Amounts) -> tuple[Amounts, tuple[Waived, ...]]:
        left, waived = dict(amounts), []
        for waiver in self.account.events.waivers:
            if waiver.month != self.month:
                continue
            keys = [key for key in left if waiver.service_level in ("", key)]
            total = sum((left[key] for key in keys), NOTHING)
            asked = total if waiver.amount is None else min(waiver.amount * self.basis.unit, total)
            if total:
                left |= scaled({key: left[key] for key in keys}, total - asked, total)
                waived.append(Waived(waiver.key, waiver.service_level, asked, waiver.clause))
        return left, tuple(waived)

    def _open(self, lines: Sequence[CreditLine], amounts: Amounts) -> list[EarnBack]:
        """Credits of this month that may be earned back from now on."""
        levels = {finding.level.key: finding.level for finding in self.findings} if lines else {}
        never = []
        for line in lines:
            key = line.service_level
            rule = levels[key].earn_back or self.agreed.earn_back
            if rule is None or rule.kind == "bank" or amounts[key] < DUST:
                continue
            credit = OpenCredit(
                *(
                    key,
                    str(self.month),
                    self.month.ordinal,
                    self.month.number,
                    amounts[key],
                    rule,
                    levels[key].window.step,
                ),
                clause=agreed_clause(rule, bool(levels[key].earn_back), levels[key].clause, self.agreed.clause),
                credit_clause=line.clause,
            )
            if self.month.number in rule.never_for:
                never.append(result_of(credit, "never"))
            else:
                self.account.open.append(credit)
        return never

    def _warnings(self, owed: Decimal) -> tuple[str, ...]:
        limit, charges = self.agreed.warn_above, self.basis.charges
        if limit is None or not charges or owed * HUNDRED <= charges * limit:
            return ()
        return (f"credits come to {owed * HUNDRED / charges:.2f} % of the charges, above {limit} %",)


def _bonus(head: MonthCredits) -> int | None:
    """All bonuses of the month; None without any, and while one is not priced."""
    amounts = [each.amount for each in head.bonuses if each.amount is not None]
    return round_half_up(sum(amounts, NOTHING)) if amounts and len(amounts) == len(head.bonuses) else None


def _settled(lines: Sequence[CreditLine], owed: int, before: Amounts, left: Amounts) -> tuple[CreditLine, ...]:
    """Each line's share of what is owed, and what waivers took off it."""
    shares = largest_remainder(owed, left)
    waived = {key: (before[key] - left[key]).quantize(DUST).normalize() for key in left}
    return tuple(line._replace(payable=shares[line.service_level], waived=waived[line.service_level]) for line in lines)


def without_credits(account: Account, month: Month, returned: Sequence[EarnBack]) -> MonthCredits:
    """A month whose terms have no credits. What was agreed when a credit was given is still owed: an earn-back that
    is earned now is paid.
    """
    backs = (*returned, *account.bank.expire(month))
    back = sum((each.amount for each in returned if each.state == "earned"), NOTHING)
    if not back:
        return MonthCredits(month, Pricing.OFF, earn_backs=backs)
    payable = round_half_up(-back)
    return MonthCredits(
        month=month,
        pricing=Pricing.PRICED,
        clause=next(each.clause for each in returned if each.amount),
        invoice_month=month,
        uncapped=NOTHING,
        cap_applied=NOTHING,
        waived=NOTHING,
        offset=NOTHING,
        earned_back=back,
        payable=payable,
        earn_backs=backs,
        returns=_returns(returned, -payable),
        warnings=(EARLIER_TERMS,),
    )


def _returns(returned: Sequence[EarnBack], total: int) -> dict[str, int]:
    """What is posted for each credit that was earned back this month."""
    shares = {f"{each.service_level}/{each.credit_month}": each.amount for each in returned if each.state == "earned"}
    return largest_remainder(total, shares)
