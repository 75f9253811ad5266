"""What people type about themselves, and administrators about others."""

from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    EmailField,
    HiddenField,
    PasswordField,
    RadioField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    StringField,
)
from wtforms.validators import DataRequired, Email, EqualTo, InputRequired, Length, Regexp, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from app.access import Role
from app.accounts import passwords

ROLES = {
    Role.ANALYST: "Partner analyst: prepares the reports of their company",
    Role.LEAD: "Partner lead: certifies and sends the figures, sees the credits",
    Role.MANAGER: "Partner manager: reviews, writes contracts and decks",
    Role.DIRECTOR: "Director: sees every partner at once, issues decks",
    Role.FINANCE: "Finance: enters charges, sees credits",
    Role.GOVERNANCE: "Governance viewer: reads decks and actions",
    Role.ADMINISTRATOR: "Administrator: sets up partners and people",
}
NO_PARTNER = "There is no partner yet: set one up first, then invite its people."
ONE_LINE = Regexp(r"^[^\x00-\x1f\x7f]*$", message="Write it on one line.")


def trimmed(text: str | None) -> str:
    return (text or "").strip()


class LoginForm(FlaskForm):
    email = EmailField("E-mail", [DataRequired("Type your e-mail address."), Length(max=254)])
    password = PasswordField("Password", [InputRequired("Type your password."), Length(max=passwords.LONGEST)])
    next = HiddenField()


class AddressForm(FlaskForm):
    email = EmailField("E-mail", [DataRequired("Type your e-mail address."), Length(max=254)], filters=[trimmed])


class NewPasswordForm(FlaskForm):
    """A new password, typed twice; the view says whose it will be."""

    email = ""
    password = PasswordField(
        "New password",
        [InputRequired("Type a new password.")],
        description=f"At least {passwords.SHORTEST} characters. Four words in a row are easy to remember.",
    )
    again = PasswordField(
        "New password, again",
        [InputRequired("Type the new password a second time."), EqualTo("password", "The two passwords differ.")],
    )

    def validate_password(self, field: PasswordField) -> None:
        if problem := passwords.problem_with(field.data, self.email):
            raise ValidationError(problem)


class InvitationForm(NewPasswordForm):
    name = StringField(
        "Your name",
        [DataRequired("Type your name as colleagues know it."), Length(max=100), ONE_LINE],
        filters=[trimmed],
    )


class OwnPasswordForm(NewPasswordForm):
    current = PasswordField("Current password", [InputRequired("Type the password you have now.")])


class NameForm(FlaskForm):
    name = StringField("Name", [DataRequired("Type a name."), Length(max=100), ONE_LINE], filters=[trimmed])


class UserForm(NameForm):
    """Who somebody is. `partners` holds partner keys; the choices are set by the view."""

    email = EmailField(
        "E-mail",
        [
            DataRequired("Type the e-mail address."),
            Length(max=254),
            Email("Write an address such as ana@example.com."),
        ],
        filters=[trimmed],
    )
    role = SelectField(
        "Role",
        [InputRequired("Choose a role.")],
        choices=[
            SelectChoice("", "Choose a role"),
            *(SelectChoice(role.value, words) for role, words in ROLES.items()),
        ],
    )
    reach = RadioField(
        "Sees",
        choices=[SelectChoice("all", "Every partner"), SelectChoice("some", "Only the partners ticked below")],
        default="all",
        description="For people of the client company. People of a partner see the partners ticked below, always.",
    )
    partners = SelectMultipleField("Partners", widget=ListWidget(), option_widget=CheckboxInput())

    mailbox = BooleanField("I have checked: this person belongs to that side, and is nobody else in Accord.")

    def validate_partners(self, field: SelectMultipleField) -> None:
        role = Role(self.role.data) if self.role.data in set(Role) else None
        if role in {None, Role.ADMINISTRATOR}:
            return
        if field.data and not role.is_partner and self.reach.data == "all":
            raise ValidationError(
                "Partners are ticked, but “Every partner” is chosen. "
                "Choose “Only the partners ticked below”, or take the ticks away."
            )
        if field.data:
            return
        if role.is_partner:
            raise ValidationError("Tick the partner this person works for." if field.choices else NO_PARTNER)
        if self.reach.data == "some":
            raise ValidationError("Tick at least one partner, or choose “Every partner”.")

    @property
    def chosen_partners(self) -> set[str]:
        """Keys of the partners to grant; none means every partner for people of the client company."""
        role = Role(self.role.data)
        if role is Role.ADMINISTRATOR or (not role.is_partner and self.reach.data == "all"):
            return set()
        return set(self.partners.data)
