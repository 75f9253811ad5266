"""What a miss costs: the amount at risk, its cap, and each service level's share."""

from decimal import Decimal

from wtforms import BooleanField, FieldList, Form, FormField, HiddenField, SelectField, StringField
from wtforms.validators import Length, Optional

from app.contracts.forms.fields import SectionForm, as_day, choices, number_field, put, squeezed
from app.partners.forms import DayField

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
            for field in (self.at_risk, self.pool):
                if not field.data:
                    field.errors = [*field.errors, "Write a percentage such as 10."]
                    valid = False
        elif self.has_figures and not self.removed.data:
            self.given.errors = [*self.given.errors, OFF]
            valid = False
        return valid

    @property
    def has_figures(self) -> bool:
        """Whether something stands here that would be gone without credits."""
        names = ("at_risk", "pool", "monthly_cap", "clause")
        shares = [entry.form for entry in self.rows]
        return any(self[name].data and self[name].data != UNTOUCHED.get(name) for name in names) or any(
            share.credits_on.data != "none" or share.allocation.data or share.credits_from.data for share in shares
        )

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
        for name in ("at_risk", "pool", "monthly_cap", "clause"):
            put(part, name, self[name].data)
        document["credits"] = part

    def fields_at(self):
        fields = {f"credits.{name}": self[name] for name in ("at_risk", "pool", "monthly_cap", "clause")}
        for place, entry in enumerate(self.rows):
            share = entry.form
            fields[f"service_levels.{place}.credits_on"] = share.credits_on
            fields[f"service_levels.{place}.allocation"] = share.allocation
            fields[f"service_levels.{place}.credits_from"] = share.credits_from
        return fields
