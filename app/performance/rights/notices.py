"""Who is told that a right has opened, by mail and once."""

from app import clock, mail
from app.access import Role
from app.accounts.reach import people_of
from app.extensions import write
from app.jobs import Job, job
from app.performance.models import OpenedRight
from app.performance.rights.counted import reason
from app.performance.rights.occurrences import standing

TOLD = (Role.MANAGER, Role.DIRECTOR, Role.FINANCE)


@job("right.tell")
def tell_opened(row: Job) -> None:
    """The row remembers that it was told, also of a right that opens when its month has ended; one that no longer
    stands when its turn comes is not worth a mail.
    """
    [right] = standing(OpenedRight.id == row.subject_id)
    if right.row.told_at is not None or not (right.is_open or right.is_ahead):
        return
    said = reason(right, sees_money=True)
    people = [user for role in TOLD for user in people_of(role, right.row.partner_id)]
    with write():
        for user in people:
            mail.send(user.email, "right-opened", right=right, contract=right.row.contract, reason=said)
        right.row.told_at = clock.now()
