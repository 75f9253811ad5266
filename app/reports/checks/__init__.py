"""Checks of figures that read well and may still be wrong: a list of small rules over what is known of a contract."""

from app.reports.checks import across, alone, past, plausible  # noqa: F401  (each adds its rules to the list)
