"""Counts that tests prove: recorded by the test, summed over all processes, printed in the last lines."""

from collections import Counter

import pytest

PREFIX = "counted "


@pytest.fixture
def record_count(request):
    """`record_count("access cells", 712)`: counts only when the test passes."""

    def record(what: str, number: int = 1) -> None:
        request.node.user_properties.append((PREFIX + what, number))

    return record


def pytest_terminal_summary(terminalreporter):
    passed = [report for report in terminalreporter.stats.get("passed", []) if report.when == "call"]
    counts = Counter({"tests": len(passed), "access cells": 0, "browser journeys": 0})
    for report in passed:
        for name, number in report.user_properties:
            if name.startswith(PREFIX):
                counts[name.removeprefix(PREFIX)] += number
    line = ", ".join(f"{number} {what}" for what, number in counts.items() if number)
    terminalreporter.write_line(f"counted: {line or 'nothing passed'}")
