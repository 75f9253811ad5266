"""When terms take effect and when reports fall due."""

from datetime import date, time

from wtforms import IntegerField, SelectField, TextAreaField, TimeField
from wtforms.validators import InputRequired, NumberRange, Optional, ValidationError

from app.contracts.forms.fields import SectionForm, choices
from app.contracts.heads import as_day
from app.contracts.holiday_dates import named_holidays
from app.partners.choices import COUNTRIES
from app.partners.forms import DayField

WORKING_DAY = "Write a working day from 1 to 60."
CLOCK = "Write a time such as 17:00."


class ClockField(TimeField):
    """A time of day that explains itself when it cannot be read."""

    def process_formdata(self, valuelist) -> None:
        try:
            super().process_formdata(valuelist)
        except ValueError as error:
            raise ValueError(CLOCK) from error


def _working_day(label: str, **settings) -> IntegerField:
    rules = [InputRequired("Say the working day."), NumberRange(1, 60, WORKING_DAY)]
    return IntegerField(label, rules, description="Of the month after.", **settings)


def _clock(label: str) -> ClockField:
    return ClockField(label, [InputRequired("Say the time of day.")])


class DatesForm(SectionForm):
    effective_from = DayField("Effective from", [InputRequired("Say from when these terms hold.")])
    due_day = _working_day("Due on working day")
    due_time = _clock("At")
    lock_day = _working_day("Locked on working day")
    lock_time = _clock("Locked at")
    holidays = TextAreaField(
        "Holidays",
        description="One date a line, as 2026-12-25. What follows the date on its line is not kept.",
        render_kw={"rows": 12},
    )
    country = SelectField("Country", choices=choices({"": "Choose"} | COUNTRIES))
    year = IntegerField("Year", [Optional(), NumberRange(2000, 2100, "Write a year such as 2026.")])

    @classmethod
    def values_of(cls, document):
        calendar = document.get("calendar") or {}
        due, lock = calendar.get("due") or {}, calendar.get("lock") or {}
        effective_from = as_day(document.get("effective_from"))
        return {
            "effective_from": effective_from,
            "due_day": due.get("working_day", 5),
            "due_time": _time(due),
            "lock_day": lock.get("working_day", 10),
            "lock_time": _time(lock),
            "holidays": "\n".join(calendar.get("holidays") or ()),
            "year": effective_from.year if effective_from else None,
        }

    def into(self, document) -> None:
        document["effective_from"] = self.effective_from.data.isoformat()
        calendar = dict(document.get("calendar") or {})
        calendar["due"] = {"working_day": self.due_day.data, "time": f"{self.due_time.data:%H:%M}"}
        calendar["lock"] = {"working_day": self.lock_day.data, "time": f"{self.lock_time.data:%H:%M}"}
        days = [day.isoformat() for day in self.days()]
        if days or "holidays" in calendar:
            calendar["holidays"] = days
        document["calendar"] = calendar

    def days(self) -> list[date]:
        """The dates of the list, each once, in order."""
        found = (as_day(line.split()[0]) for line in (self.holidays.data or "").splitlines() if line.strip())
        return sorted({day for day in found if day})

    def validate_holidays(self, field) -> None:
        for number, line in enumerate((field.data or "").splitlines(), 1):
            if line.strip() and as_day(line.split()[0]) is None:
                raise ValidationError(f"Line {number}: “{line.split()[0][:20]}” is not a date such as 2026-12-25.")

    def add_public_holidays(self) -> None:
        """Fetch a country's public holidays of one year into the list, by name, beside what stands there."""
        if not self.country.data or not self.year.data:
            self.country.errors = ["Choose a country and a year, then add its holidays."]
            return
        known = {line.split()[0] for line in (self.holidays.data or "").splitlines() if line.strip()}
        lines = [line for line in (self.holidays.data or "").splitlines() if line.strip()]
        named = named_holidays(self.country.data, self.year.data)
        lines += [f"{day} {name}" for day, name in named.items() if str(day) not in known]
        self.holidays.data = "\n".join(sorted(lines))

    def fields_at(self):
        return {
            "effective_from": self.effective_from,
            "calendar.due": self.due_day,
            "calendar.due.time": self.due_time,
            "calendar.lock": self.lock_day,
            "calendar.lock.time": self.lock_time,
            "calendar.holidays": self.holidays,
        }


def _time(deadline) -> time:
    try:
        return time.fromisoformat(str(deadline.get("time")))
    except ValueError:
        return time(17)
