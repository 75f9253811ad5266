"""No page offers what the server will refuse: every link and form that a persona sees is one that persona may use."""

import re

import pytest
from werkzeug.exceptions import HTTPException

from tests.access.asking import COLUMNS, cells

OFFERED = re.compile(r'<(?:a|form)\b[^>]*?\b(?:href|action)="(/[^"#?]*)|\bhx-(?:get|post)="(/[^"#?]*)')
POSTS = re.compile(r'<form\b[^>]*method="post"[^>]*action="(/[^"#?]*)')


@pytest.mark.parametrize("persona", [persona for persona in COLUMNS if persona != "anonymous"])
def test_nothing_is_offered_that_is_refused(app, opened, persona, record_count):
    refused = {
        (cell.name, cell.method)
        for cell in cells(persona)
        if cell.target in {"own", "-"} and cell.expected == "403" and " " not in cell.name
    }
    wrong, looked_at = set(), 0
    for page in opened(persona):
        posted = set(POSTS.findall(page.text))
        offered = {(path, "POST") for path in posted}
        offered |= {(one or other, "GET") for one, other in OFFERED.findall(page.text)} - {(p, "GET") for p in posted}
        found = (_rule(app, *each) for each in offered)
        wrong |= {f"{page.endpoint} offers {each}" for each in found if each in refused}
        looked_at += len(offered)
    assert not wrong, "\n".join(sorted(wrong))
    record_count("offers that hold", looked_at)


def _rule(app, path: str, method: str) -> tuple[str, str] | None:
    try:
        return app.url_map.bind("").match(path, method=method)[0], method
    except HTTPException:
        return None
