"""One service level: what is measured, where, and what is promised."""

import re
import unicodedata
from collections.abc import Collection, Mapping
from typing import Any

from wtforms import RadioField, SelectField, StringField
from wtforms.validators import DataRequired, Length, Optional, Regexp

from app.contracts.catalogue import CATALOGUE
from app.contracts.forms.fields import SectionForm, Ticks, choices, number_field, put, squeezed
from app.contracts.heads import as_day
from app.contracts.prose import COMPARATORS
from app.partners.forms import DayField
from app.partners.places import Places

SOURCES = {"computed": "Counts that are reported", "stated": "A value that the partner states"}
USUAL = {"higher": ">=", "lower": "<=", "band": ">="}
WINDOWS = {"month": "Each month", "quarter": "Each quarter", "contract_year": "Each contract year"}
BY_RULE = "by_rule"  # a window of another kind has a page of its own
CLASSES = {"critical": "Critical", "key": "Key", "reported": "Reported only"}
METRICS = [
    choice
    for family, metrics in CATALOGUE.families.items()
    for choice in choices({metric.key: metric.name for metric in metrics}, family)
]
BAND = "Write both edges of the band, or neither."
WITH_ITS_UNIT = Regexp(r"(?![\d.,]+$)", message="Say what it is counted in: 20 seconds.")
ONE_TARGET = "Write either a limit or a band."


class ServiceLevelForm(SectionForm):
    name = StringField("Name", [DataRequired("Name the service level."), Length(max=80)], filters=[squeezed])
    metric = SelectField("Metric", choices=METRICS)
    source = RadioField(
        "Judged by",
        choices=choices(SOURCES),
        default="computed",
    )
    threshold = StringField(
        "Threshold", [Length(max=80), WITH_ITS_UNIT], filters=[squeezed], description="In words: 20 seconds."
    )
    comparator = SelectField("Expected", choices=choices(COMPARATORS))
    value = number_field("Expected value")
    minimum_comparator = SelectField("Minimum", choices=choices({"": "as the Expected"} | COMPARATORS))
    minimum_value = number_field("Minimum value")
    lower = number_field("Expected from")
    upper = number_field("Expected to")
    minimum_lower = number_field("Minimum from")
    minimum_upper = number_field("Minimum to")
    sites = Ticks("Sites", description="None ticked: all.")
    queues = Ticks("Queues", description="None ticked: all.")
    markets = Ticks("Markets", description="None ticked: all.")
    window = SelectField("Judged", choices=choices(WINDOWS), default="month")
    importance = SelectField("Class", choices=choices(CLASSES), default="key")
    weight = number_field("Weight in the scorecard", default="0")
    category = StringField(
        "Performance category",
        [Length(max=80)],
        filters=[squeezed],
        description="As the contract names it. The draft's own stand among the service credits.",
    )
    minimum_volume = number_field("Minimum volume", description="With fewer, the result is low volume.")
    measured_from = DayField("Measured from", [Optional()])
    matures_after = number_field(
        "Final after", description="Days after its window until a result is final. Left empty: as the metric says."
    )
    clause = StringField("Clause", [Length(max=80)], filters=[squeezed], description="Schedule 3, 2.1")

    @classmethod
    def values_of(cls, level: Mapping[str, Any]) -> dict[str, Any]:
        expected, minimum = level.get("expected") or {}, level.get("minimum") or {}
        band, minimum_band = expected.get("band") or {}, minimum.get("band") or {}
        scope = level.get("scope") or {}
        plain = ("name", "metric", "threshold", "minimum_volume", "clause", "source", "window", "weight", "category")
        return {
            **{name: level[name] for name in (*plain, "matures_after") if name in level},
            **({"window": BY_RULE} if isinstance(level.get("window"), Mapping) else {}),
            "importance": level.get("class", "key"),
            "comparator": expected.get("comparator", ">="),
            "value": expected.get("value"),
            "lower": band.get("lower"),
            "upper": band.get("upper"),
            "minimum_comparator": minimum.get("comparator", ""),
            "minimum_value": minimum.get("value"),
            "minimum_lower": minimum_band.get("lower"),
            "minimum_upper": minimum_band.get("upper"),
            "sites": list(scope.get("sites") or ()),
            "queues": list(scope.get("queues") or ()),
            "markets": list(scope.get("markets") or ()),
            "measured_from": as_day(level.get("measured_from")),
        }

    def offer(self, document: Mapping[str, Any], places: Places) -> None:
        """The places and markets of the coverage, and what the level names already."""
        rows = document.get("coverage") or ()
        nouns = ((self.sites, "site", places.site), (self.queues, "queue", places.queue), (self.markets, "market", str))
        for field, noun, named in nouns:
            codes = [row.get(noun) for row in rows if row.get(noun)]
            field.choices = choices({code: named(code) for code in [*codes, *(field.data or ())]})
        if self.window.data == BY_RULE:
            self.window.choices = choices(WINDOWS | {BY_RULE: "As its own rule says"})

    def validate(self, extra_validators=None) -> bool:
        valid = super().validate(extra_validators)
        return self._expected_agrees() and self._minimum_agrees() and valid

    def _expected_agrees(self) -> bool:
        if bool(self.lower.data) != bool(self.upper.data):
            self.lower.errors = [*self.lower.errors, BAND]
        elif self.lower.data and self.value.data:
            self.value.errors = [*self.value.errors, ONE_TARGET]
        elif not (self.lower.data or self.value.data):
            self.value.errors = [*self.value.errors, "Write the Expected value, such as 80."]
        else:
            return True
        return False

    def _minimum_agrees(self) -> bool:
        if bool(self.minimum_lower.data) != bool(self.minimum_upper.data):
            self.minimum_lower.errors = [*self.minimum_lower.errors, BAND]
        elif self.minimum_lower.data and self.minimum_value.data:
            self.minimum_value.errors = [*self.minimum_value.errors, ONE_TARGET]
        else:
            return True
        return False

    def into(self, level: dict[str, Any]) -> None:
        metric = CATALOGUE.metrics[self.metric.data]
        level["name"], level["metric"] = self.name.data or metric.name, metric.key
        comparator = self.comparator.data or USUAL[metric.direction]
        level["expected"] = _target(comparator, self.value.data, self.lower.data, self.upper.data)
        has_minimum = self.minimum_value.data or self.minimum_lower.data
        minimum = (self.minimum_comparator.data or comparator, self.minimum_value.data)
        edges = (self.minimum_lower.data, self.minimum_upper.data)
        put(level, "minimum", _target(*minimum, *edges) if has_minimum else None)
        self._scope_into(level)
        put(level, "source", self.source.data, "computed")
        if self.window.data != BY_RULE:
            put(level, "window", self.window.data, "month")
        put(level, "threshold", self.threshold.data)
        put(level, "class", self.importance.data, "key")
        put(level, "category", self.category.data)
        put(level, "weight", self.weight.data, "0")
        put(level, "minimum_volume", self.minimum_volume.data)
        put(level, "measured_from", self.measured_from.data and self.measured_from.data.isoformat())
        put(level, "matures_after", self.matures_after.data)
        put(level, "clause", self.clause.data)

    def _scope_into(self, level: dict[str, Any]) -> None:
        before = level.get("scope") or {}
        chosen = {noun: self[noun].data or [] for noun in ("sites", "queues", "markets")}
        if any(list(before.get(noun) or ()) != codes for noun, codes in chosen.items()):
            level["scope"] = {noun: codes for noun, codes in chosen.items() if codes or noun in before}

    def fields_at(self):
        minimum = self.minimum_lower if self.minimum_lower.data else self.minimum_value
        expected = self.lower if self.lower.data else self.value
        fields = {"expected": expected, "minimum": minimum, "class": self.importance}
        fields |= {"expected.comparator": self.comparator, "minimum.comparator": self.minimum_comparator}
        fields |= {"scope": self.queues} | {f"scope.{noun}": self[noun] for noun in ("sites", "queues", "markets")}
        plain = ("name", "metric", "source", "window", "threshold", "weight", "minimum_volume", "measured_from")
        return fields | {name: self[name] for name in (*plain, "matures_after", "category", "clause")}


class NewServiceLevelForm(ServiceLevelForm):
    name = StringField(
        "Name", [Length(max=80)], filters=[squeezed], description="Left empty: what the metric is called."
    )
    comparator = SelectField("Expected", choices=choices({"": "as is usual for the metric"} | COMPARATORS))
    key = StringField(
        "Key",
        [Optional(), Length(max=60), Regexp(r"^[a-z0-9]+([-_][a-z0-9]+)*$", message="Small letters, digits, hyphens.")],
        filters=[squeezed],
        description="Its short name for good, on which credits and trends hang. Left empty, it is made from the name.",
    )


def key_from(name: str, taken: Collection[str]) -> str:
    """`Service level, English voice` becomes service-level-english-voice."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    stem = re.sub(r"[^a-z0-9]+", "-", plain).strip("-") or "service-level"
    number, key = 1, stem
    while key in taken:
        number += 1
        key = f"{stem}-{number}"
    return key


def _target(comparator: str, value: str, lower: str, upper: str) -> dict[str, Any]:
    return {"band": {"lower": lower, "upper": upper}} if lower else {"comparator": comparator, "value": value}
