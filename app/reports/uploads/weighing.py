"""The warnings about a table that holds no error, as a draft keeps them."""

from app.reports.checks.context import Background, Doubt, Sent, Written
from app.reports.checks.rules import doubts
from app.reports.tables.cells import named
from app.reports.tables.checking import Checked
from app.reports.template import Template

MOST_WARNINGS = 200  # that somebody can look through before they confirm
MOST_PLACES = 4  # of one warning, each with its sheet


def warnings_of(checked: Checked, template: Template, background: Background) -> list[dict]:
    """Each with its rule, its words, its cells and where they are."""
    if not checked.rows:
        return []
    written = Written(checked.table["headings"], checked.columns, checked.percentages)
    found = doubts(Sent(template, checked.rows, written), background)
    told = [{**doubt.to_document(), "place": _place(checked, doubt)} for doubt in found[:MOST_WARNINGS]]
    if more := len(found) - len(told):
        words = f"{more:,} more figures look unusual. Look through the whole file before you confirm."
        told.append({"rule": "more", "words": words, "cells": [], "about": [], "place": "And more"})
    return told


def _place(checked: Checked, doubt: Doubt) -> str:
    if checked.place is None:
        return named(checked.table, doubt.cells)
    places = [checked.place(row, column or 0) for row, column in doubt.cells]
    return f"{'; '.join(places[:MOST_PLACES])}{' …' if len(places) > MOST_PLACES else ''}"
