"""What a draft would give, as the API tells it: each service level against its targets."""

from collections.abc import Mapping
from typing import Any

from app.api.causes import told
from app.domain.findings import Finding
from app.formatting import major_units
from app.reports.sending.causes import Cause
from app.reports.sending.preview import Outlook


def preview(outlook: Outlook | None, causes: Mapping[str, Cause], currency: str, *, with_money: bool) -> dict:
    """The misses first. Amounts stand only in what goes to somebody who may see them."""
    findings, said = outlook.findings if outlook else (), told(causes)
    return {
        "misses": sum(finding.is_miss for finding in findings),
        "service_levels": [
            {**_told(outlook, each, currency, with_money), "cause": said.get(each.level.key)} for each in findings
        ],
    }


def _told(outlook: Outlook, finding: Finding, currency: str, with_money: bool) -> dict[str, Any]:
    level = finding.level
    told = {
        "key": level.key,
        "name": level.name,
        "metric": level.metric,
        "unit": finding.metric.unit,
        "clause": level.clause,
        "result": None if finding.contractual is None else f"{finding.contractual:f}",
        "expected": str(finding.expected),
        "minimum": str(finding.minimum) if finding.minimum else None,
        "attainment": finding.attainment.value,
        "disposition": finding.disposition.value,
        "is_miss": finding.is_miss,
        "is_close": finding.is_close,
    }
    if with_money:
        line = outlook.evaluation.credits.line(level.key)
        payable = line.payable if line else None
        told["credit_status"] = outlook.credit_status(finding)
        told["credit"] = payable if payable is None else _amount(payable, currency)
    return told


def _amount(minor: int, currency: str) -> dict[str, str]:
    return {"amount": f"{major_units(minor, currency):f}", "currency": currency}
