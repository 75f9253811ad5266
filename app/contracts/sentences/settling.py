"""What credits are a share of, what limits them, and how they come back, in a contract's words."""

from collections.abc import Iterator

from app.contracts.sentences.writing import GAP, Rule, listing, many, money, months, opened

OVER = {
    "service_level": "the credit of each service level is",
    "month": "the credits of a month{} are",
    "quarter": "the credits of a calendar quarter{} are",
    "contract_year": "the credits of a contract year{} are",
    "rolling_12": "the credits of any twelve months in a row{} are",
}
LONG = ("quarter", "contract_year", "rolling_12")
ACCRUED = "what is later waived, offset or earned back has used it up all the same"
PAID = "what was earned back, offset or waived counts no more"


def base(rule: Rule) -> str:
    kind = rule.get("kind", "invoice")
    if kind == "fixed_fee":
        of = f"a fixed fee of {money(rule.get('amount'))} a month"
    elif kind == "invoice_net":
        less = rule.part.get("less")
        of = f"the month's invoice without {listing(list(map(str, less))) if less else GAP}"
    else:
        of = "the month's invoice"
    told = f"Shares of the charges are shares of {of}"
    if rule.get("month") == "next":
        told += "; credits are a share of the next month's invoice and come off that"
    if rule.get("over") == "window":
        told += "; a credit for a quarter or a year is a share of the charges of all its months"
    return told + rule.clause()


def categories(rule: Rule) -> str:
    shares = [f"{each.get('name')} {each.number('pool')}\u00a0% of the amount at risk" for each in rule.rows()]
    return f"The service levels of a category share out its pool: {listing(shares) or GAP}"


def caps(rule: Rule) -> str:
    told = "; then ".join(map(_cap, rule.rows()))
    return opened(told)


def _cap(rule: Rule) -> str:
    over = rule.get("over")
    of = "the amount at risk" if rule.get("of") == "at_risk" else "the charges"
    limit = rule.share(f"{of} of its months so far" if over in LONG else of)
    which, remark = ("", "")
    if rule.is_yes("after_earn_back"):
        which, remark = " that are paid in the end", f": {PAID}"
    elif over in LONG:
        which, remark = " that accrue", f": {ACCRUED}"
    return f"{OVER.get(over, over).format(which)} limited to {limit}{remark}{rule.clause()}"


def earn_back(rule: Rule) -> str:
    kind = rule.get("kind")
    told = _bank(rule) if kind == "bank" else _returned(rule, kind)
    return "; ".join((told, *_exceptions(rule, kind))) + rule.clause()


def _returned(rule: Rule, kind: str) -> str:
    part = (
        "All of a credit" if rule.get("fraction", "100") == "100" else f"{rule.number('fraction')}\u00a0% of a credit"
    )
    is_better = rule.get("comparison") == "exceeded"
    if kind == "annual_average":
        does = "is better than" if is_better else "meets"
        return f"{part} comes back when the result of the contract year in which it was given {does} the Expected"
    do = "are better than" if is_better else "meet"
    return f"{part} comes back once {many(rule.get('months'), 'result')} in a row after it {do} the Expected"


def _bank(rule: Rule) -> str:
    limit = f", which holds {money(rule.get('limit'))} at most" if rule.has("limit") else ""
    puts = f"Each result that is better than the Expected puts {rule.within('deposit').share()} into a bank{limit}"
    return f"{puts}; the bank pays for later credits of the same category, is never paid out and ends with the contract"


def _exceptions(rule: Rule, kind: str) -> Iterator[str]:
    if rule.has("passes"):
        passed = months(rule.part["passes"])
        does = {"bank": "put nothing in", "annual_average": "are left out of that year"}
        yield f"{passed} {does.get(kind, 'neither count nor break the run')}"
    if rule.has("never_for"):
        yield f"credits of {months(rule.part['never_for'])} never come back"
    if rule.get("gaps") == "pass":
        yield "a window without a result is passed over"
    if rule.get("approval") == "required":
        yield "the customer decides each"


def incidents(rule: Rule) -> str:
    told = "Of the credits that one incident causes one is paid: "
    if rule.has("choose_within"):
        days = many(rule.get("choose_within"), "business day")
        told += f"the one that the customer chooses within {days} after the month, otherwise the highest"
    else:
        told += "the one that the customer chooses, otherwise the highest"
    return opened(told) + rule.clause()
