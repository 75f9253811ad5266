"""The rules of a draft that few contracts have: a page for each family, made from the schema."""

from typing import Any

from flask import abort, request

from app.access import Permission, requires
from app.contracts import terms
from app.contracts.catalogue import CATALOGUE
from app.contracts.families import LEVEL_FAMILIES, WHOLE_FAMILIES, Family
from app.contracts.forms.fields import change_rows
from app.contracts.forms.rules import RuleForm, form_of, put_rule
from app.contracts.models import TermsVersion
from app.contracts.views import bp
from app.contracts.views.levels import level_at
from app.contracts.views.sections import draft_to_edit, keep, problems_at
from app.contracts.wording import MONTHS
from app.web import page


@bp.route("/terms/<key>/rules/<rule>", methods=["GET", "POST"])
@requires(Permission.CONTRACT_EDIT)
def edit_rule(key: str, rule: str):
    family = _family(WHOLE_FAMILIES, rule)
    version = draft_to_edit(key)
    document = terms.document_of(version)
    return _edit(version, family, document, document, ".".join(family.path), None)


@bp.route("/terms/<key>/service-levels/<level>/rules/<rule>", methods=["GET", "POST"])
@requires(Permission.CONTRACT_EDIT)
def edit_level_rule(key: str, level: str, rule: str):
    family = _family(LEVEL_FAMILIES, rule)
    version = draft_to_edit(key)
    document = terms.document_of(version)
    place, content = level_at(document, level)
    return _edit(version, family, document, content, f"service_levels.{place}.{family.path[0]}", content)


def _family(families: tuple[Family, ...], name: str) -> Family:
    return next((family for family in families if family.name == name), None) or abort(404)


def _edit(version: TermsVersion, family: Family, document: dict, part: dict, path: str, level: dict | None):
    """`part` is what holds the rule, within `document`. A family with kinds asks for the kind first."""
    values = {"key": version.key, "rule": family.name} | ({"level": level["key"]} if level else {})
    told = {"version": version, "contract": version.contract, "family": family, "level": level}
    rule = family.of(part)
    kind = _kind(family, rule)
    if family.wording.kinds and not kind:
        return page("contracts/sections/rule_kinds.html", **told, values=values)
    form_class = form_of(family, kind)
    form = form_class(data={**form_class.values_of(part), "seen": version.version_id})

    def answer(status: int = 200):
        form.offer(_offers(document))
        return page("contracts/sections/rule.html", **told, form=form, values=values, rule=rule, status=status)

    if request.method == "GET":
        _show(form, version, path)
        return answer()
    if _rows_change(form):
        return answer()
    if "out" in request.form:
        put_rule(family, part, None)
    elif not form.validate():
        return answer(422)
    else:
        form.into(part)
    return keep(version, document, form, [path], answer, address=(request.endpoint, values | _asked(kind)))


def _kind(family: Family, rule: Any) -> str:
    """The kind that was asked for, or that the rule has; empty while it is to be chosen."""
    written = rule.get("kind", "") if isinstance(rule, dict) else ""
    asked = request.values.get("kind", written)
    return asked if asked in family.wording.kinds else ""


def _asked(kind: str) -> dict[str, str]:
    return {"kind": kind} if kind else {}


def _offers(document: dict) -> dict[str, dict[str, str]]:
    """What a draft has that rules refer to, by what its fields ask for."""
    names = {key: measure.name for key, measure in CATALOGUE.measures.items()}
    asked = {key: names.get(key, key) for key in document.get("measures") or ()}
    levels = {level["key"]: level.get("name", level["key"]) for level in document.get("service_levels") or ()}
    return {"measures": asked | names, "service levels": levels, "calendar": MONTHS}


def _rows_change(form: RuleForm) -> bool:
    """Whether a button asked for another row, or for one less."""
    add, remove = request.form.get("add"), request.form.get("remove")
    return any(
        change_rows(rows, add if add == rows.name else None, remove if (remove or "").startswith(rows.name) else None)
        for rows in form.lists
    )


def _show(form: RuleForm, version: TermsVersion, path: str) -> None:
    places = form.fields_under(path)
    form.fields_at = lambda: places  # the paths are known only here
    form.show(problems_at(version, [path]))
