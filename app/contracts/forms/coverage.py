"""Which site works which queue."""

from wtforms import FieldList, Form, FormField, HiddenField, SelectField, StringField
from wtforms.validators import InputRequired, Length, Optional

from app.contracts.forms.fields import SectionForm, choices, squeezed
from app.contracts.heads import as_day
from app.partners.forms import DayField


class PairForm(Form):
    site = SelectField("Site", [InputRequired("Choose the site, or remove the row.")])
    queue = SelectField("Queue", [InputRequired("Choose the queue, or remove the row.")])
    market = StringField("Market", [Length(max=80)], filters=[squeezed])
    since = DayField("From", [Optional()])
    until = DayField("Until", [Optional()])


class CoverageForm(SectionForm):
    rows = FieldList(FormField(PairForm))
    with_markets = HiddenField()

    @property
    def names_markets(self) -> bool:
        return bool(self.with_markets.data) or any(entry.form.market.data for entry in self.rows)

    @classmethod
    def values_of(cls, document):
        rows = document.get("coverage") or ()
        return {
            "rows": [
                {
                    "site": row.get("site"),
                    "queue": row.get("queue"),
                    "market": row.get("market"),
                    "since": as_day(row.get("from")),
                    "until": as_day(row.get("until")),
                }
                for row in rows
            ]
            or [{}]
        }

    def offer(self, sites, queues) -> None:
        """The partner's places by code; a code that the document names and nobody knows stays to be seen."""
        for entry in self.rows:
            for field, places in ((entry.form.site, sites), (entry.form.queue, queues)):
                labels = {"": "Choose"} | {place.code: f"{place.name} ({place.code})" for place in places}
                if field.data and field.data not in labels:
                    labels[field.data] = f"{field.data}, unknown"
                field.choices = choices(labels)

    def into(self, document) -> None:
        document["coverage"] = [_row(entry.form) for entry in self.rows]

    def fields_at(self):
        fields = {}
        for place, entry in enumerate(self.rows):
            pair = entry.form
            fields |= {f"coverage.{place}": pair.site, f"coverage.{place}.queue": pair.queue}
            fields[f"coverage.{place}.market"] = pair.market
            fields |= {f"coverage.{place}.from": pair.since, f"coverage.{place}.until": pair.until}
        return fields


def _row(pair: PairForm) -> dict:
    row = {"site": pair.site.data, "queue": pair.queue.data}
    if pair.market.data:
        row["market"] = pair.market.data
    if pair.since.data:
        row["from"] = pair.since.data.isoformat()
    if pair.until.data:
        row["until"] = pair.until.data.isoformat()
    return row
