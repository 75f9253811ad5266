"""What people pick from when they say where something is: time zones and countries with known holidays."""

from zoneinfo import available_timezones

from holidays.registry import COUNTRIES as HOLIDAY_CALENDARS

REGIONS = frozenset({"Africa", "America", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific"})

ZONES = ("UTC", *sorted(zone for zone in available_timezones() if zone.partition("/")[0] in REGIONS))
COUNTRIES = {codes[1]: name.replace("_", " ").title() for name, codes in sorted(HOLIDAY_CALENDARS.items())}
CHANNELS = ("voice", "chat", "e-mail", "messaging", "social", "case work", "back office")
