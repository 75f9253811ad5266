"""Who is told that a deck was issued, by mail."""

from app import mail
from app.access import Role
from app.accounts.models import User
from app.accounts.reach import people_of
from app.decks.models import Deck

TOLD = (Role.MANAGER, Role.DIRECTOR, Role.GOVERNANCE, Role.LEAD)


def tell_issued(deck: Deck, actor: User) -> None:
    """Tell who brings it to the review or reads it there, but not the person who issued it; inside write()."""
    for user in (user for role in TOLD for user in people_of(role, deck.partner_id)):
        if user.id != actor.id:
            mail.send(user.email, "deck-issued", deck=deck, actor=actor)
