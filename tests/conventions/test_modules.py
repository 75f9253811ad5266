"""How Accord's Python reads: short, one-way, without the words that say nothing."""

import ast
import re
import sys

from tests.conventions.sources import FEATURES, ROOMS, expect_none, modules

LONGEST_FILE = 250
LONGEST_FUNCTION = 40
BESIDE = {"charts", "staffing", "reader", "marker"}
EMPTY_WORDS = re.compile(r"(^|_)(utils?|helpers?|handlers?)(_|$)|^(process|data|do)_|(Util|Helper|Handler|Manager)s?$")
FRAMEWORKS_OWN = {"process_bind_param", "process_result_value", "process_data", "process_formdata"}
PURE = sys.stdlib_module_names - {"os", "pathlib", "socket", "sqlite3", "subprocess", "time", "urllib"}
CLOCKS = {"date.today", "datetime.now", "datetime.today", "datetime.utcnow", "time.time"}


def test_no_file_holds_two_ideas():
    expect_none(module.name for module in modules() if len(module.text.splitlines()) > LONGEST_FILE)


def test_functions_are_short():
    functions = [(module, node) for module in modules() for node in module.nodes(ast.FunctionDef)]
    expect_none(
        f"{module.name}: {node.name} has {length} lines"
        for module, node in functions
        if (length := node.end_lineno - node.lineno + 1) > LONGEST_FUNCTION
    )


def test_every_module_says_in_a_line_what_it_is():
    expect_none(
        module.name
        for module in modules()
        if module.text.strip() and not (ast.get_docstring(module.tree) or "").split("\n")[0].endswith((".", ":"))
    )


def test_the_domain_imports_nothing_but_the_standard_library():
    expect_none(
        f"{module.name} imports {name}"
        for module in modules()
        for name in module.imports()
        if module.package == "domain" and not name.startswith("app.domain") and name.split(".")[0] not in PURE
    )


def test_the_core_imports_no_feature():
    core = [module for module in modules() if not module.package and module.path.name != "__init__.py"]
    expect_none(
        f"{module.name} imports {name}" for module in core for name in module.imports() if _feature(name) is not None
    )


def test_features_import_only_what_stands_before_them():
    expect_none(
        f"{module.name} imports {name}"
        for module in modules()
        for name in module.imports()
        if module.package in FEATURES and (_feature(name) or 0) > FEATURES.index(module.package)
    )


def test_rooms_of_a_feature_import_only_what_stands_before_them():
    """What stands in no room of its feature is what all of its rooms share."""
    expect_none(
        f"{module.name} imports {name}"
        for module in modules()
        if module.room in (order := ROOMS.get(module.package, ()))
        for name in module.imports()
        if name.startswith(f"app.{module.package}.") and name.split(".")[2] in order[order.index(module.room) + 1 :]
    )


def test_each_room_of_these_features_has_its_place_in_their_order():
    expect_none(
        module.name
        for module in modules()
        if module.package in ROOMS and module.room and module.room not in ROOMS[module.package]
    )


def test_rooms_beside_the_features_import_none():
    expect_none(
        f"{module.name} imports {name}"
        for module in modules()
        for name in module.imports()
        if module.package in BESIDE and _feature(name) is not None
    )


def test_only_who_sets_slides_loads_what_they_are_set_with():
    expect_none(
        f"{module.name} loads {name}"
        for module in modules()
        for name in module.loads() & {"weasyprint", "app.decks.setting"}
        if module.name != "app/decks/setting.py"
    )


def test_nothing_but_the_app_itself_knows_the_demo():
    expect_none(
        f"{module.name} imports {name}"
        for module in modules()
        for name in module.imports()
        if name.startswith("app.demo") and module.package not in ("", "demo")
    )


def test_models_know_no_service_and_services_know_no_view():
    above = {"models": {"service", "forms", "views"}, "service": {"views"}, "forms": {"views"}}
    expect_none(
        f"{module.name} imports {name}"
        for module in modules()
        for name in module.imports()
        if name.startswith("app.") and set(name.split(".")[2:]) & above.get(module.layer, set())
    )


def test_nothing_escapes_the_tenant_filter():
    forbidden = re.compile(r"\bdb\.Model\b|\b[A-Z]\w+\.query\b|\.__table__\b|\bMappedAsDataclass\b|\bfrom_statement\(")
    escapes = [f"{module.name}: {found.group(0)}" for module in modules() for found in forbidden.finditer(module.text)]
    escapes += [f"{module.name}:{call.lineno}: text()" for module in modules() for call in _raw_sql(module)]
    expect_none(escapes)


def test_only_the_clock_asks_what_time_it_is():
    expect_none(
        f"{module.name}: {call}()"
        for module in modules()
        for call in module.calls()
        if call in CLOCKS and module.name != "app/clock.py"
    )


def test_features_catch_no_bare_exception():
    handlers = [(module, node) for module in modules() if module.package for node in module.nodes(ast.ExceptHandler)]
    expect_none(
        f"{module.name}:{node.lineno}"
        for module, node in handlers
        if node.type is None or ast.unparse(node.type) in {"Exception", "BaseException"}
    )


def test_views_load_with_the_check_and_ask_no_role():
    views = [module for module in modules() if module.layer == "views"]
    loads = [(module, node) for module in views for node in module.nodes(ast.Call) if _is_bare_load(node)]
    found = [f"{module.name}: {ast.unparse(node)}" for module, node in loads]
    for module in views:
        compared = [side for node in module.nodes(ast.Compare) for side in (node.left, *node.comparators)]
        found += [f"{module.name}: {ast.unparse(side)}" for side in compared if ast.unparse(side).endswith(".role")]
    expect_none(found)


def test_no_name_is_an_empty_word():
    named = [(module, node.name) for module in modules() for node in module.nodes(ast.FunctionDef, ast.ClassDef)] + [
        (module, module.path.stem) for module in modules()
    ]
    expect_none(
        f"{module.name}: {name}" for module, name in named if EMPTY_WORDS.search(name) and name not in FRAMEWORKS_OWN
    )


def _feature(imported: str) -> int | None:
    """The place of an imported feature in the order of features; None for anything else."""
    parts = imported.split(".")
    return FEATURES.index(parts[1]) if parts[0] == "app" and len(parts) > 1 and parts[1] in FEATURES else None


def _raw_sql(module) -> list[ast.Call]:
    """Calls of text(), but for the condition of a partial index: that is no statement."""
    names = {"db.text", "sa.text", "sqlalchemy.text"} | ({"text"} if "sqlalchemy.text" in module.imports() else set())
    conditions = [word.value for word in module.nodes(ast.keyword) if (word.arg or "").endswith("_where")]
    return [call for call in module.nodes(ast.Call) if ast.unparse(call.func) in names and call not in conditions]


def _is_bare_load(call: ast.Call) -> bool:
    """`session.get` by a key from outside; a constant key is nobody's to choose."""
    return ast.unparse(call.func).endswith("session.get") and not isinstance(call.args[-1], ast.Constant)
