"""What is written about an action, a decision, a risk or a corrective action plan."""

from flask_wtf import FlaskForm
from wtforms import DateField, HiddenField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from app.partners.forms import offered

KINDS = {
    "action": "Action",
    "decision": "Decision asked",
    "risk": "Risk",
    "corrective_action_plan": "Corrective action plan",
    "escalation": "Escalation",
}
SIDES = {"partner": "The partner", "client": "The client (us)"}
FORUMS = {"QBR": "Quarterly business review", "MBR": "Monthly business review", "weekly": "Weekly operations"}


class ItemForm(FlaskForm):
    """`contract` offers the contracts within the user's scope; `service_level` is a key of its terms, if any."""

    contract = SelectField("Contract", [InputRequired("Choose the contract.")])
    kind = SelectField("Kind", choices=offered(KINDS))
    title = StringField("Title", [InputRequired("Say in one line what is wanted."), Length(max=160)])
    description = TextAreaField(
        "Description", [Optional(), Length(max=4000)], description="Causes, what is planned, how it closes."
    )
    side = RadioField("Owed by", choices=offered(SIDES), default="partner")
    owner = StringField("Owner", [InputRequired("Name the person or the role that owes it."), Length(max=120)])
    forum = SelectField("Forum", choices=offered(FORUMS), description="The recurring meeting that it comes before.")
    due_on = DateField("Due", [InputRequired("Give a date.")])
    version = HiddenField()


class ClosureForm(FlaskForm):
    state = RadioField("How it ended", choices=offered({"done": "Done", "dropped": "Dropped"}), default="done")
    outcome = TextAreaField("Outcome", [InputRequired("Say what came of it; the deck shows this."), Length(max=4000)])
