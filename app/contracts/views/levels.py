"""The service levels of a draft: added, changed, moved out."""

from flask import abort, request
from flask_login import current_user

from app.access import Permission, requires
from app.contracts import terms
from app.contracts.catalogue import CATALOGUE
from app.contracts.forms.service_level import NewServiceLevelForm, ServiceLevelForm, key_from
from app.contracts.models import TermsVersion
from app.contracts.views import bp
from app.contracts.views.sections import draft_to_edit, keep, problems_at
from app.extensions import write
from app.partners.places import places_of
from app.web import back_to, page


@bp.route("/terms/<key>/service-levels/new", methods=["GET", "POST"])
@requires(Permission.CONTRACT_EDIT)
def new_service_level(key: str):
    version = draft_to_edit(key)
    form = NewServiceLevelForm(seen=version.version_id)
    form.offer(version.document, places_of(version.contract.partner))
    if request.method == "GET":
        return _answer(version, form)
    document = terms.document_of(version)
    levels = document.setdefault("service_levels", [])
    taken = {level.get("key") for level in levels}
    if not form.validate():
        return _answer(version, form, status=422)
    if form.key.data in taken:
        form.key.errors = [f"{form.key.data} is the key of another service level of this contract."]
        return _answer(version, form, status=422)
    level = {"key": form.key.data or key_from(form.name.data or CATALOGUE.metrics[form.metric.data].name, taken)}
    levels.append(level)
    return _keep(version, document, level, form)


@bp.route("/terms/<key>/service-levels/<level>", methods=["GET", "POST"])
@requires(Permission.CONTRACT_EDIT)
def edit_service_level(key: str, level: str):
    version = draft_to_edit(key)
    document = terms.document_of(version)
    place, content = level_at(document, level)
    form = ServiceLevelForm(data={**ServiceLevelForm.values_of(content), "seen": version.version_id})
    form.offer(document, places_of(version.contract.partner))
    if request.method == "GET":
        form.show(_relative(problems_at(version, [f"service_levels.{place}"]), place))
        return _answer(version, form, content)
    if not form.validate():
        return _answer(version, form, content, 422)
    return _keep(version, document, content, form)


@bp.post("/terms/<key>/service-levels/<level>/removal")
@requires(Permission.CONTRACT_EDIT)
def remove_service_level(key: str, level: str):
    """Its measures stay: another service level may rest on them, and reports ask for them."""
    version = draft_to_edit(key)
    document = terms.document_of(version)
    place, content = level_at(document, level)
    del document["service_levels"][place]
    seen = version.version_id
    with write():
        terms.change_draft(version, document, current_user, seen)
    return back_to("contracts.terms", f"{content.get('name')} is taken out of the draft.", key=version.key)


def _keep(version: TermsVersion, document: dict, level: dict, form: ServiceLevelForm):
    form.into(level)
    added = _complete(document, level)
    place = document["service_levels"].index(level)
    return keep(
        version,
        document,
        form,
        [f"service_levels.{place}"],
        lambda status: _answer(version, form, level, status),
        address=("contracts.edit_service_level", {"key": version.key, "level": level["key"]}),
        message=f"Saved in the draft. {_asked(document, added)}".strip(),
    )


def _complete(document: dict, level: dict) -> list[str]:
    """List what the metric counts among the measures, with the report that carries it."""
    metric = CATALOGUE.metrics[level["metric"]]
    measures, reports = document.setdefault("measures", {}), document.setdefault("reports", {})
    if level.get("source") == "stated":
        reports.setdefault(metric.kind, {"grain": "month", "certification": "second_person"})
        return []
    added = [key for key in metric.measures if key not in measures]
    others = {measures[key].get("source", "partner") for key in metric.measures if key in measures}
    for key in added:
        measure = CATALOGUE.measures[key]
        source = measure.usual_source if others <= {"record"} else measure.party
        measures[key] = {"source": source}
        if source != "record":
            reports.setdefault(measure.kind, {"grain": "month", "certification": "second_person"})
    return added


def _asked(document: dict, added: list[str]) -> str:
    """Who brings the measures that came with a service level."""
    names = ", ".join(CATALOGUE.measures[key].name for key in added)
    if not names:
        return ""
    recorded = all(document["measures"][key]["source"] == "record" for key in added)
    return f"Accord itself counts {names}." if recorded else f"Reports now ask for {names} too."


def level_at(document: dict, key: str) -> tuple[int, dict]:
    levels = list(enumerate(document.get("service_levels") or ()))
    return next((found for found in levels if found[1].get("key") == key), None) or abort(404)


def _relative(problems, place: int):
    lead = f"service_levels.{place}"
    return [problem._replace(path=problem.path.removeprefix(lead).removeprefix(".")) for problem in problems]


def _answer(version: TermsVersion, form: ServiceLevelForm, level: dict | None = None, status: int = 200):
    return page(
        "contracts/sections/service_level.html",
        version=version,
        contract=version.contract,
        form=form,
        level=level,
        catalogue=CATALOGUE,
        status=status,
    )
