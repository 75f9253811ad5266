"""Figures as they are typed: numbers, percent, durations, times of day."""

import re
from datetime import time
from decimal import Decimal

import click

NUMBER = re.compile(r"-?\d{1,15}(\.\d{1,10})?", re.ASCII)
COUNT = re.compile(r"0*[1-9]\d{0,8}", re.ASCII)
DURATION = re.compile(r"(-?\d{1,15}(?:\.\d{1,10})?) ?(s|m|min|h)?", re.ASCII)
START = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)", re.ASCII)
NOTHING = Decimal(0)
SECONDS = {None: 1, "s": 1, "m": 60, "min": 60, "h": 3600}


def number(text: str) -> Decimal:
    if not NUMBER.fullmatch(text.strip()):
        raise ValueError(f'"{text}" is not a number: write it as 1250 or 12.5')
    return Decimal(text.strip())


def count(text: str) -> int:
    """Of agents or months."""
    if not COUNT.fullmatch(text.strip()):
        raise ValueError(f'"{text}" is not a whole number from 1 on')
    return int(text)


def percent(text: str) -> Decimal:
    """0 to 100. A part of one is asked about, not multiplied."""
    typed = text.strip().removesuffix("%").rstrip()
    value = number(typed)
    if not 0 <= value <= 100:
        raise ValueError(f'"{text}" is not between 0 and 100 %')
    if 0 < value < 1:
        raise ValueError(
            f"{typed} would be {typed} %: write percent as 0 to 100, such as {(value * 100).normalize():f}"
        )
    return value


def duration(text: str) -> Decimal:
    """Seconds."""
    found = DURATION.fullmatch(text.strip())
    if not found:
        raise ValueError(f'"{text}" is not a duration: write seconds (1800), minutes (30m) or hours (1h)')
    return Decimal(found[1]) * SECONDS[found[2]]


def start(text: str) -> time:
    found = START.fullmatch(text.strip())
    if not found:
        raise ValueError(f'"{text}" is not a time of day: write it as 09:30')
    return time(int(found[1]), int(found[2]))


class Typed(click.ParamType):
    """An option that is read by one of the functions above."""

    def __init__(self, name, read):
        self.name = name
        self.read = read

    def convert(self, value, param, ctx):
        if not isinstance(value, str):
            return value
        try:
            return self.read(value)
        except ValueError as error:
            self.fail(str(error), param, ctx)


NUMBER_TYPE = Typed("number", number)
PERCENT_TYPE = Typed("percent", percent)
DURATION_TYPE = Typed("duration", duration)
COUNT_TYPE = Typed("count", count)
