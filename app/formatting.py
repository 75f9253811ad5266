"""How numbers, money and time are written for people: one place, English, digits grouped per reader."""

from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from zoneinfo import ZoneInfo

from flask import Flask

from app.domain.wording import telling

EXPONENTS = {"JPY": 0, "KRW": 0, "CLP": 0, "VND": 0, "BHD": 3, "KWD": 3, "TND": 3, "JOD": 3}
SYMBOLS = {"USD": "$", "EUR": "€", "GBP": "£", "JPY": "¥", "INR": "₹", "PHP": "₱"}
DASH = "–"
MINUS = "−"
MOST_DECIMALS = 6
# Manila's PST is not the one most readers know: an abbreviation that another zone owns gives way to the offset.
READ_AS = {"PST": timedelta(hours=-8), "CST": timedelta(hours=-6), "IST": timedelta(hours=5, minutes=30)}


def exponent(currency: str) -> int:
    """How many decimal places the minor unit of an ISO 4217 currency has."""
    return EXPONENTS.get(currency, 2)


def major_units(minor: int | str | Decimal, currency: str) -> Decimal:
    """1712050 USD, which are cents, is 17120.50."""
    return Decimal(minor).scaleb(-exponent(currency))


def number(value: Decimal | str | int | None, precision: int = 0) -> str:
    """A number rounded half-up for display only, digits in groups of three, a real minus sign."""
    if value is None:
        return DASH
    rounded = Decimal(value).quantize(Decimal(1).scaleb(-precision), rounding=ROUND_HALF_UP)
    return f"{rounded:,f}".replace("-", MINUS)


def percent(value: Decimal | str | None, precision: int = 1) -> str:
    """Percent points: 79.0 becomes '79.0 %' with a no-break space."""
    return DASH if value is None else f"{number(value, precision)}\u00a0%"


def money(minor: int | str | Decimal | None, currency: str) -> str:
    """An amount in minor units: 1712000 USD becomes $17,120. Cents stand only when there are some.

    What is not yet rounded keeps its decimals, up to six.
    """
    if minor is None:
        return DASH
    places = exponent(currency)
    amount = major_units(minor, currency)
    decimals = -int(amount.normalize().as_tuple().exponent)
    written = number(abs(amount), min(max(decimals, places), MOST_DECIMALS) if decimals > 0 else 0)
    sign = MINUS if amount < 0 else ""
    symbol = SYMBOLS.get(currency)
    return f"{sign}{symbol}{written}" if symbol else f"{sign}{currency}\u00a0{written}"


def month(value, style: str = "short") -> str:
    """A month such as '2026-09' or a domain Month, as 'Sep 2026' or 'September 2026'."""
    year, number_ = str(value).split("-")
    return date(int(year), int(number_), 1).strftime("%b %Y" if style == "short" else "%B %Y")


def quarter(value) -> str:
    """A quarter such as '2026-Q3', as 'Q3 2026'."""
    year, number_ = str(value).split("-")
    return f"{number_} {year}"


def window(value) -> str:
    """A month, a quarter, or any other window: 'Sep 2026', 'Q3 2026', 'Oct 2025 to Sep 2026'."""
    edges = str(value).split("..")
    written = [quarter(edge) if "Q" in edge else month(edge) if len(edge) == 7 else _day_of(edge) for edge in edges]
    return " to ".join(written)


def _day_of(text: str) -> str:
    return day(date.fromisoformat(text))


def day(value: date | None) -> str:
    return DASH if value is None else f"{value.day} {value:%b %Y}"


def moment(value: datetime | None, zone: str = "UTC") -> str:
    """An instant on the clock of a zone, with the zone's abbreviation: 7 Dec 2026, 17:00 COT."""
    if value is None:
        return DASH
    local = value.astimezone(ZoneInfo(zone))
    name = local.tzname() or zone
    if name[:1] in "+-" or READ_AS.get(name, local.utcoffset()) != local.utcoffset():
        offset = local.strftime("%z")
        name = f"UTC{offset[:3]}{offset[3:].replace('00', '')}".replace("-", MINUS)
    return f"{local.day} {local:%b %Y, %H:%M} {name}"


def measured(value: Decimal | str | None, unit: str, precision: int = 1, against: str = "") -> str:
    """A metric's value in its unit: percent, seconds, days, ratio or count; with as many decimals as it takes not to
    look like one of the targets in `against`.
    """
    if value is None:
        return DASH
    if against:
        precision = min(len(telling(str(value), against, precision).partition(".")[2]), MOST_DECIMALS)
    if unit == "percent":
        return percent(value, precision)
    suffix = {"seconds": "\u00a0s", "days": "\u00a0d", "hours": "\u00a0h"}.get(unit, "")
    return f"{number(value, precision)}{suffix}"


def distance_in_words(instant: datetime, now: datetime) -> str:
    """How far an instant is from now, in whole units a person would use: 'in 3 days', '2 hours ago'."""
    seconds = (instant - now).total_seconds()
    for unit, size in (("day", 86400), ("hour", 3600), ("minute", 60)):
        count = int(abs(seconds) // size)
        if count:
            words = f"{count} {unit}{'s' if count != 1 else ''}"
            return f"in {words}" if seconds > 0 else f"{words} ago"
    return "now"


def ago(instant: datetime, now: datetime) -> str:
    """When something was: in words within a day, '5 minutes ago', and as an instant before that."""
    return distance_in_words(instant, now) if now - instant < timedelta(days=1) else moment(instant)


def file_size(count: int) -> str:
    """Bytes as people say them: 340 KB, 1.2 MB."""
    if count < 1024 * 1024:
        return f"{max(1, round(count / 1024))}\u00a0KB"
    return f"{count / 1024 / 1024:.1f}\u00a0MB"


FILTERS = (ago, number, percent, money, month, quarter, window, day, moment, measured, file_size)


def init_app(app: Flask) -> None:
    for function in FILTERS:
        app.jinja_env.filters[function.__name__] = function
