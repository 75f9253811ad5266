"""What people pick from when they say where something is: time zones and countries with known holidays."""

from zoneinfo import available_timezones

from holidays.registry import COUNTRIES as HOLIDAY_CALENDARS

REGIONS = frozenset({"Africa", "America", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific"})

ZONES = ("UTC", *sorted(zone for zone in available_timezones() if zone.partition("/")[0] in REGIONS))
SMALL = frozenset({"and", "da", "of", "the"})
SPELLED = {
    "AX": "Åland Islands",
    "BL": "Saint Barthélemy",
    "CD": "DR Congo",
    "CW": "Curaçao",
    "GW": "Guinea-Bissau",
    "HK": "Hong Kong",
    "RE": "Réunion",
    "ST": "São Tomé and Príncipe",
    "SY": "Syria",
    "TL": "Timor-Leste",
}


def zone_named(text: str | None) -> str | None:
    """`Asia/Manila` for Manila, where one zone alone has that city; otherwise what was typed."""
    if not text:
        return text
    wanted = text.casefold().replace(" ", "_")
    found = [zone for zone in ZONES if wanted in (zone.casefold(), zone.casefold().rpartition("/")[2])]
    return found[0] if len(found) == 1 else text


def _name(words: str) -> str:
    """`Isle of Man`."""
    return " ".join(word if word in SMALL else word.capitalize() for word in words.split("_"))


_NAMES = {codes[1]: SPELLED.get(codes[1]) or _name(name) for name, codes in HOLIDAY_CALENDARS.items()}
COUNTRIES = dict(sorted(_NAMES.items(), key=lambda country: country[1].replace("Å", "A")))
CHANNELS = ("voice", "chat", "e-mail", "messaging", "social", "case work", "back office")
