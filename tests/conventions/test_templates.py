"""How Accord's pages are written: no inline code, every form guarded, every htmx element a real form or link."""

import ast
import re

from tests.conventions.sources import FEATURES, ROOT, expect_none, modules, templates

LONGEST_TEMPLATE = 85
OF_MACROS = {"_ui.html": 150}
SHARED = {"base.html", "error.html"}
INLINE = re.compile(
    r"<script(?![^>]*\bsrc=)|<style|\sstyle\s*=|\son[a-z]+\s*=|\bhx-on\b|\bhx-(put|patch|delete)\b|javascript:|\|\s*safe\b"
)
FORM = re.compile(r"<form\b(?P<tag>.*?)>(?P<body>.*?)</form>", re.DOTALL | re.IGNORECASE)
HTMX_TAG = re.compile(
    r"<(?P<name>\w+)(?P<attributes>(?:\"[^\"]*\"|'[^']*'|[^<>\"'])*?\shx-(?:get|post)=(?:\"[^\"]*\"|'[^']*'|[^<>\"'])*)>"
)
TEMPLATE_NAME = re.compile(r"[\"']([\w/-]+\.html)[\"']")


def test_no_page_carries_inline_code():
    expect_none(f"{name}: {found.group(0)}" for name, text in templates().items() for found in INLINE.finditer(text))


def test_every_posting_form_carries_the_token():
    expect_none(
        f"{name}: <form{form['tag']}>"
        for name, text in templates().items()
        for form in FORM.finditer(text)
        if re.search(r"method=.?post", form["tag"], re.IGNORECASE)
        and not re.search(r"csrf|hidden_tag\(\)|caller\(\)", form["body"])
    )


def test_htmx_stands_on_real_forms_and_links():
    """A polling region is the exception: without JavaScript the page refreshes itself."""
    expect_none(
        f"{name}: {tag.group(0)[:120]}"
        for name, text in templates().items()
        for tag in HTMX_TAG.finditer(text)
        if not re.search(
            {"a": r"\shref=", "form": r"\saction="}.get(tag["name"], r"hx-trigger=.(load|every)"), tag["attributes"]
        )
    )


def test_a_later_choice_replaces_the_one_that_is_not_answered_yet():
    expect_none(
        f"{name}: {tag.group(0)[:120]}"
        for name, text in templates().items()
        for tag in HTMX_TAG.finditer(text)
        if tag["name"] == "form" and "hx-get=" in tag["attributes"] and 'hx-sync="replace"' not in tag["attributes"]
    )


def test_templates_stand_in_their_features_folder():
    folders = {*FEATURES, "mail", "errors", "charts"}
    expect_none(
        name
        for name in templates()
        if name.split("/")[0] not in folders and name not in SHARED and not name.startswith("_")
    )


def test_templates_are_short():
    expect_none(
        name for name, text in templates().items() if len(text.splitlines()) > OF_MACROS.get(name, LONGEST_TEMPLATE)
    )


def test_every_template_that_is_named_exists_and_every_template_is_named():
    named = set(TEMPLATE_NAME.findall("\n".join(templates().values())))
    for module in modules():
        named |= {
            node.value
            for node in module.nodes(ast.Constant)
            if isinstance(node.value, str) and node.value.endswith(".html")
        }
        for composed in module.nodes(ast.JoinedStr):
            named |= {name for name in templates() if re.fullmatch(_pattern(composed), name)}
    expect_none(f"missing: {name}" for name in named - set(templates()))
    expect_none(f"never named: {name}" for name in set(templates()) - named)


def _pattern(composed: ast.JoinedStr) -> str:
    """What a name such as f"errors/{status}.html" can be."""
    parts = [re.escape(part.value) if isinstance(part, ast.Constant) else r"[\w-]+" for part in composed.values]
    return "".join(parts) if parts and parts[-1].endswith("html") else ""


def test_one_sign_is_the_apostrophe():
    """The one that everybody types, so that a word is found that is searched for; files are read with both."""
    places = ("app", "templates", "static", "docs")
    endings = (".py", ".html", ".txt", ".toml", ".yaml", ".js", ".md")
    paths = [ROOT / "README.md", *(path for place in places for path in (ROOT / place).rglob("*"))]
    written = {path: path.read_text() for path in paths if path.suffix in endings and "vendor" not in path.parts}
    assert len(written) > 400
    expect_none(
        f"{path.relative_to(ROOT)}: {found.group(0)}"
        for path, text in written.items()
        for found in re.finditer(r"\w*[^\W\d_](?:\u2019|&rsquo;|&#8217;)\w*", text)
    )
