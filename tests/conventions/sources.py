"""What the convention tests read: every module of the app and every template, parsed once."""

import ast
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

ROOT = Path(__file__).parents[2]
FEATURES = (
    "accounts",
    "partners",
    "contracts",
    "evidence",
    "relief",
    "concessions",
    "forecasts",
    "reports",
    "performance",
    "governance",
    "decks",
    "audit",
    "api",
)
ROOMS = {
    "domain": ("rules", "reading", "figures", "prose", "money", "judging", "people"),
    "reports": ("due", "tables", "mapping", "checks", "uploads", "sending", "histories", "views"),
    "performance": ("judging", "credits", "claims", "rights", "forecasts", "views"),
}


@dataclass(frozen=True)
class Module:
    """One Python file of the app, as `app.reports.views`."""

    path: Path

    @property
    def name(self) -> str:
        return str(self.path.relative_to(ROOT))

    @property
    def package(self) -> str:
        """`reports` for app/reports/views.py, the empty string for app/web.py."""
        parts = self.path.relative_to(ROOT / "app").parts
        return parts[0] if len(parts) > 1 else ""

    @property
    def layer(self) -> str:
        """`views` for app/reports/views/reviews.py, `models` for app/reports/uploads/models.py."""
        inside = self.path.relative_to(ROOT / "app").with_suffix("").parts[1:]
        return "views" if "views" in inside else "".join(inside[-1:])

    @property
    def room(self) -> str:
        """`sending` for app/reports/sending/causes.py, the empty string for app/reports/models.py."""
        inside = self.path.relative_to(ROOT / "app").parts[1:]
        return inside[0] if len(inside) > 1 else ""

    @cached_property
    def text(self) -> str:
        return self.path.read_text()

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text)

    @cached_property
    def every_node(self) -> list[ast.AST]:
        return list(ast.walk(self.tree))

    def nodes(self, *kinds: type) -> list:
        return [node for node in self.every_node if isinstance(node, kinds)]

    def imports(self) -> set[str]:
        """Every imported module, `from app.reports import views` as `app.reports` and `app.reports.views`."""
        return _imported(self.nodes(ast.Import, ast.ImportFrom))

    def loads(self) -> set[str]:
        """What is imported as soon as the module itself is."""
        return _imported(node for node in self.tree.body if isinstance(node, ast.Import | ast.ImportFrom))

    def calls(self) -> list[str]:
        """Every call as it is written: `datetime.now`, `text`."""
        return [ast.unparse(node.func) for node in self.nodes(ast.Call)]


def _imported(statements: Iterable[ast.Import | ast.ImportFrom]) -> set[str]:
    found = set()
    for node in statements:
        names = [alias.name for alias in node.names]
        if isinstance(node, ast.ImportFrom):
            names = [node.module, *(f"{node.module}.{name}" for name in names)]
        found |= set(names)
    return found


@cache
def modules() -> tuple[Module, ...]:
    return tuple(Module(path) for path in sorted((ROOT / "app").rglob("*.py")))


@cache
def templates() -> dict[str, str]:
    """The text of every HTML template by its name, `reports/show.html`."""
    folder = ROOT / "templates"
    return {str(path.relative_to(folder)): path.read_text() for path in sorted(folder.rglob("*.html"))}


def expect_none(offenders: Iterable[str]) -> None:
    """Fail with every offender on a line of its own."""
    listed = sorted(offenders)
    assert not listed, "\n" + "\n".join(listed)
