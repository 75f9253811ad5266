"""What is asked before a deck is made, and before it is issued."""

from flask_wtf import FlaskForm
from wtforms import BooleanField, DateField, HiddenField, SelectField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional


class DeckForm(FlaskForm):
    contract = SelectField("Contract", [InputRequired("Choose the contract.")])
    quarter = SelectField("Quarter", [InputRequired("Choose the quarter.")])
    held_on = DateField(
        "Review held on",
        [Optional()],
        description="Stands on the cover. Leave empty if not yet known: issuing it then asks once more.",
    )
    commentary = TextAreaField(
        "What the forum should know first",
        [Optional(), Length(max=1500, message="Say it in at most 1,500 characters: it fills one slide.")],
        description="Two or three sentences for the summary. The figures come from the record.",
    )


class IssueForm(FlaskForm):
    seen = HiddenField()
    checked = BooleanField(
        "I have looked at every slide of this deck",
        [InputRequired("Look at the slides first, then tick this.")],
    )
    anyway = BooleanField("Issue it all the same", [InputRequired("Tick this if it is to be issued all the same.")])
