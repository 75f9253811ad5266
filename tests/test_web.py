"""The ways out: what leaves Accord is a plain path or an attachment."""

import pytest

from app.web import download, safe_next


def test_a_file_name_with_a_line_break_is_a_file_name_all_the_same(app):
    with app.test_request_context():
        sent = download(b"x", "May\nreport.csv", "text/csv").headers["Content-Disposition"]
    assert sent == 'attachment; filename="May report.csv"'


@pytest.mark.parametrize(
    "target", ["//evil.example", "/\\evil.example", "https://evil.example/", "/\t/evil.example", "evil", "", None]
)
def test_another_site_is_nowhere_to_go(target):
    assert safe_next(target) is None


def test_a_path_of_this_site_is_kept():
    assert safe_next("/reports?month=2026-10") == "/reports?month=2026-10"
