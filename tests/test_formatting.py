"""How figures are written for people."""

from datetime import UTC, datetime

import pytest

from app.formatting import distance_in_words, measured, moment, money, month, number, percent


@pytest.mark.parametrize(
    ("minor", "currency", "written"),
    [
        (1712000, "USD", "$17,120"),
        (934615, "USD", "$9,346.15"),
        ("934615.3846", "USD", "$9,346.153846"),
        (-934615, "USD", "−$9,346.15"),
        (0, "EUR", "€0"),
        (1200, "JPY", "¥1,200"),
        (1234500, "KWD", "KWD\u00a01,234.500"),
        (1234, "CHF", "CHF\u00a012.34"),
        (None, "USD", "–"),
    ],
)
def test_money_is_written_in_its_currency(minor, currency, written):
    assert money(minor, currency) == written


def test_numbers_are_rounded_half_up_for_display_alone():
    assert number("2.5") == "3"
    assert number("-1234.56", 1) == "−1,234.6"
    assert percent("79.05") == "79.1\u00a0%"
    assert measured("452", "seconds", 0) == "452\u00a0s"
    assert measured(None, "percent") == "–"


def test_time_is_told_on_the_clock_of_a_zone():
    noon = datetime(2026, 12, 7, 22, 0, tzinfo=UTC)
    assert moment(noon, "America/Bogota") == "7 Dec 2026, 17:00 UTC−05"
    assert moment(noon, "Europe/Warsaw") == "7 Dec 2026, 23:00 CET"
    assert moment(noon, "Asia/Manila") == "8 Dec 2026, 06:00 UTC+08"
    assert moment(noon, "America/Los_Angeles") == "7 Dec 2026, 14:00 PST"
    assert month("2026-09", "long") == "September 2026"
    assert distance_in_words(noon, datetime(2026, 12, 5, 21, 0, tzinfo=UTC)) == "in 2 days"
