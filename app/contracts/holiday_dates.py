"""Public holidays of a country, copied into the terms as dates: no later version of a list moves a due date."""

from datetime import date

from holidays import country_holidays

YEARS = 3


def holidays_in(country: str | None, starts_on: date, years: int = YEARS) -> list[date]:
    """The public holidays from the start's year on, weekends left out; none without a country."""
    if not country:
        return []
    known = country_holidays(country, years=range(starts_on.year, starts_on.year + years))
    return sorted(day for day in known if day.weekday() < 5)


def named_holidays(country: str, year: int) -> dict[date, str]:
    """One year's public holidays with their names, in English where the library knows it, weekends left out."""
    known = country_holidays(country, years=year)
    if "en_US" in known.supported_languages:
        known = country_holidays(country, years=year, language="en_US")
    return {day: known[day] for day in sorted(known) if day.weekday() < 5}
