"""The three axes on which a service level comes out."""

from enum import StrEnum


class Attainment(StrEnum):
    EXCEEDED = "exceeded"
    MET = "met"
    BELOW_EXPECTED = "below_expected"
    BELOW_MINIMUM = "below_minimum"
    LOW_VOLUME = "low_volume"
    NOT_MEASURED = "not_measured"
    NOT_REPORTED = "not_reported"
    PROVISIONAL = "provisional"


class Default(StrEnum):
    NONE = "none"
    EXPECTED = "expected"
    MINIMUM = "minimum"
    REPORTING = "reporting"


class Disposition(StrEnum):
    COUNTS = "counts"
    EXCUSED = "excused"
    IN_GRACE = "in_grace"
    NOT_CREDITED = "not_credited"


GOOD = frozenset({Attainment.MET, Attainment.EXCEEDED})
MISSES = frozenset({Attainment.BELOW_EXPECTED, Attainment.BELOW_MINIMUM})
JUDGED = MISSES | GOOD
WITHOUT_RESULT = frozenset({Attainment.NOT_MEASURED, Attainment.NOT_REPORTED, Attainment.PROVISIONAL})
