"""What is reported: the kinds of report, and each measure with its source of record."""

from collections.abc import Iterator

from wtforms import Field, FieldList, Form, FormField, HiddenField, SelectField

from app.contracts.catalogue import CATALOGUE
from app.contracts.forms.fields import SectionForm, choices, number_field, put
from app.contracts.prose import carrier
from app.domain.catalogue import KINDS

SOURCES = {"partner": "The partner", "client": "The client", "agreed": "Both, agreed"}
RECORD = {"record": "Accord itself"}
GRAINS = {"": "No such report", "month": "One row per month", "day": "One row per day"}
CHECKS = {"per_head": "qa_samples", "rate": "productive_hours"}
CERTIFICATIONS = {"second_person": "A second person certifies", "declaration": "Whoever sends it declares"}


class ReportForm(Form):
    grain = SelectField("Rows", choices=choices(GRAINS))
    certification = SelectField("Certification", choices=choices(CERTIFICATIONS))


class MeasureForm(Form):
    key = HiddenField()
    source = SelectField("Source of record", choices=choices(SOURCES))
    tolerance = number_field("Tolerance in %")
    per_head = number_field(
        "At least so many per person", description="Of the month's headcount. A report with fewer is warned about."
    )
    rate = number_field(
        "Price of one hour",
        description="In the contract's currency. A report whose hours come to another sum than the month's charges "
        "is warned about.",
    )

    @property
    def checks(self) -> list[Field]:
        """What a report is held against besides: each belongs to one measure, and stays where it stands wrongly."""
        return [self[name] for name, key in CHECKS.items() if key == self.key.data or self[name].data]

    @property
    def name(self) -> str:
        known = CATALOGUE.measures.get(self.key.data or "")
        return known.name if known else str(self.key.data)

    @property
    def description(self) -> str:
        known = CATALOGUE.measures.get(self.key.data or "")
        return known.description if known else "The catalogue has no such measure. Remove it."


class ReportingForm(SectionForm):
    staffing = FormField(ReportForm, "Staffing report")
    service = FormField(ReportForm, "Service report")
    quality = FormField(ReportForm, "Quality report")
    rows = FieldList(FormField(MeasureForm))
    further = SelectField("Further measure")

    @classmethod
    def values_of(cls, document):
        reports = document.get("reports") or {}
        values = {}
        for kind in KINDS:
            part = reports.get(kind)
            grain = "" if part is None else part.get("grain", "month")
            values[kind] = {"grain": grain, "certification": (part or {}).get("certification", "second_person")}
        measures = document.get("measures") or {}
        values["rows"] = [{"key": key, **part} for key, part in measures.items()]
        return values

    def offer(self) -> None:
        """Every measure that is not in the table yet, by report and family, and the sources that each can have."""
        for entry in self.rows:
            known = CATALOGUE.measures.get(entry.form.key.data)
            sources = SOURCES | (RECORD if known and known.record else {})
            entry.form.source.choices = choices(sources)
        used = {entry.form.key.data for entry in self.rows}
        groups: dict[str, dict[str, str]] = {}
        for kind in KINDS:
            for key, measure in CATALOGUE.measures.items():
                if measure.kind == kind and key not in used:
                    group = f"{kind.capitalize()}: {CATALOGUE.family_of(key).lower()}"
                    groups.setdefault(group, {})[key] = measure.name
        self.further.choices = [choice for group, names in groups.items() for choice in choices(names, group)]

    def add(self, key: str) -> None:
        measure = CATALOGUE.measures.get(key)
        if measure and key not in {entry.form.key.data for entry in self.rows}:
            self.rows.append_entry({"key": key, "source": measure.usual_source})
            if not measure.record:
                report = self[measure.kind].form
                report.grain.data = report.grain.data or "month"

    def by_kind(self) -> Iterator[tuple[str, list]]:
        """The rows under the report that carries them, then what Accord knows itself; unknown measures come last."""
        for kind in (*KINDS, *RECORD, ""):
            found = [entry for entry in self.rows if carrier(entry.form.key.data, entry.form.source.data) == kind]
            if found:
                yield kind, found

    def into(self, document) -> None:
        reports, before = {}, document.get("reports") or {}
        for kind in KINDS:
            form = self[kind].form
            if form.grain.data:
                part = dict(before.get(kind) or {})
                put(part, "grain", form.grain.data, "month")
                put(part, "certification", form.certification.data, "second_person")
                reports[kind] = part
        document["reports"] = reports
        document["measures"] = {entry.form.key.data: _measure(entry.form) for entry in self.rows}

    def fields_at(self):
        fields = {f"reports.{kind}": self[kind].form.grain for kind in KINDS}
        fields |= {f"reports.{kind}.certification": self[kind].form.certification for kind in KINDS}
        for entry in self.rows:
            fields[f"measures.{entry.form.key.data}"] = entry.form.source
            for name in ("tolerance", *CHECKS):
                fields[f"measures.{entry.form.key.data}.{name}"] = entry.form[name]
        return fields


def _measure(form: MeasureForm) -> dict:
    part = {"source": form.source.data}
    for name in ("tolerance", *CHECKS):
        put(part, name, form[name].data)
    return part
