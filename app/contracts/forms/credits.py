"""What a miss costs: the amount at risk, its cap, and each service level's share."""

from decimal import Decimal

from wtforms import BooleanField, FieldList, Form, FormField, HiddenField, SelectField, StringField
from wtforms.validators import Length, Optional

from app.contracts.forms.fields import SectionForm, choices, number_field, put, squeezed
from app.contracts.heads import as_day
from app.partners.forms import DayField

OWN = ("at_risk", "pool", "monthly_cap", "clause")
UNTOUCHED = {"at_risk": "10", "pool": "100"}
OFF = (
    "Figures for credits are filled in, but credits are off. Tick this to keep the figures and have misses give "
    "credits, or tick “Remove these figures”; until you choose, nothing is saved and they stay here."
)
CREDITS_ON = {"none": "No credit", "minimum": "Miss of the Minimum", "expected": "Miss of the Expected"}


class ShareForm(Form):
    key = HiddenField()
    credits_on = SelectField("Credit on", choices=choices(CREDITS_ON))
    allocation = number_field("Allocation in %")
    credits_from = DayField("Credits from", [Optional()])


class CreditsForm(SectionForm):
    given = BooleanField("Misses give service credits")
    removed = BooleanField("Remove these figures: misses give no credits")
    at_risk = number_field("At risk", description="Percent of the month's charges.")
    pool = number_field("Pool", description="Percent of the amount at risk that may be allocated: 100, often more.")
    monthly_cap = number_field("Monthly cap", description="Percent of the month's charges. Empty: no cap.")
    clause = StringField("Clause", [Length(max=80)], filters=[squeezed])
    rows = FieldList(FormField(ShareForm))
    prices_otherwise = False  # some service level prices its credit by a rule of its own
    has_rules = False  # the credits hold rules that have pages of their own, such as caps

    @classmethod
    def values_of(cls, document):
        part = document.get("credits")
        values = dict(part or UNTOUCHED)
        rows = [
            {
                "key": level.get("key"),
                "credits_on": level.get("credits_on", "none"),
                "allocation": level.get("allocation"),
                "credits_from": as_day(level.get("credits_from")),
            }
            for level in document.get("service_levels") or ()
        ]
        return {**values, "given": part is not None, "rows": rows}

    def validate(self, extra_validators=None) -> bool:
        valid = super().validate(extra_validators)
        if self.given.data:
            for field in (self.at_risk, self.pool) if self.is_allocated else ():
                if not field.data:
                    field.errors = [*field.errors, "Write a percentage such as 10."]
                    valid = False
        elif self.has_figures and not self.removed.data:
            self.given.errors = [*self.given.errors, OFF]
            valid = False
        return valid

    def offer(self, document) -> None:
        levels = document.get("service_levels") or ()
        self.prices_otherwise = any(level.get("credit") for level in levels)
        self.has_rules = self.prices_otherwise or bool(set(document.get("credits") or ()) - set(OWN))

    @property
    def has_figures(self) -> bool:
        """Whether something stands here that would be gone without credits."""
        shares = [entry.form for entry in self.rows]
        written = any(self[name].data and self[name].data != UNTOUCHED.get(name) for name in OWN)
        return (
            written
            or self.has_rules
            or any(
                share.credits_on.data != "none" or share.allocation.data or share.credits_from.data for share in shares
            )
        )

    @property
    def is_allocated(self) -> bool:
        """Whether some credit is a share of the amount at risk; without one only when nothing else prices credits."""
        return any(entry.form.allocation.data for entry in self.rows) or not self.prices_otherwise

    @property
    def allocated(self) -> Decimal:
        """What the shares come to, as far as they are numbers."""
        texts = (entry.form.allocation.data or "0" for entry in self.rows if not entry.form.allocation.errors)
        return sum((Decimal(text) for text in texts), Decimal(0))

    def into(self, document) -> None:
        """Without credits, no service level keeps a share: it would say something that has no effect."""
        shares = {entry.form.key.data: entry.form for entry in self.rows}
        for level in document.get("service_levels") or ():
            share = shares.get(level.get("key")) if self.given.data else None
            put(level, "credits_on", share.credits_on.data if share else "none", "none")
            put(level, "allocation", share.allocation.data if share else None)
            credits_from = share.credits_from.data if share else None
            put(level, "credits_from", credits_from and credits_from.isoformat())
        if not self.given.data:
            document.pop("credits", None)
            return
        part = dict(document.get("credits") or {})
        for name in OWN:
            put(part, name, self[name].data)
        document["credits"] = part

    def fields_at(self):
        fields = {f"credits.{name}": self[name] for name in OWN}
        for place, entry in enumerate(self.rows):
            share = entry.form
            fields[f"service_levels.{place}.credits_on"] = share.credits_on
            fields[f"service_levels.{place}.allocation"] = share.allocation
            fields[f"service_levels.{place}.credits_from"] = share.credits_from
        return fields
