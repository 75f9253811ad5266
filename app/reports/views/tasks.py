"""My tasks: what is due, what is wrong, what to do next."""

from flask_login import current_user

from app import clock
from app.access import Permission, requires
from app.reports.tasks import tasks_of
from app.reports.views import bp
from app.web import page


@bp.get("/tasks")
@requires(Permission.REPORT_PREPARE)
def tasks():
    found = tasks_of(current_user, clock.now())
    return page(
        "reports/tasks.html",
        now_due=sorted(
            (task for task in found if not task.is_coming and not task.step.is_closed),
            key=lambda task: task.report.state != "returned",
        ),
        coming=[task for task in found if task.is_coming and not task.step.is_closed],
        closed=[task for task in found if task.step.is_closed],
    )
