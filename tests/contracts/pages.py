"""What a browser without JavaScript would send for a form of a page."""

from html.parser import HTMLParser


class _Forms(HTMLParser):
    """Collects the controls of the form with an action, as they stand when nobody touches them."""

    def __init__(self, action: str) -> None:
        super().__init__()
        self.action, self.fields = action, {}
        self._inside = False
        self._select: str | None = None
        self._area: str | None = None

    def handle_starttag(self, tag, attrs):
        named = dict(attrs)
        if tag == "form":
            self._inside = named.get("action") == self.action
        if not self._inside:
            return
        name = named.get("name")
        if tag == "input" and name and self._is_sent(named):
            self.fields.setdefault(name, []).append(named.get("value") or "")
        elif tag == "select":
            self._select = name
        elif tag == "option" and self._select:
            self._choose(named)
        elif tag == "textarea":
            self._area, self.fields[name] = name, [""]

    def handle_endtag(self, tag):
        if tag == "form":
            self._inside = False
        elif tag == "select":
            self._select = None
        elif tag == "textarea":
            self._area = None

    def handle_data(self, data):
        if self._area and self._inside:
            self.fields[self._area][0] += data

    def _choose(self, named) -> None:
        if "selected" in named or self._select not in self.fields:
            self.fields[self._select] = [named.get("value") or ""]

    @staticmethod
    def _is_sent(named) -> bool:
        kind = named.get("type")
        if kind in ("checkbox", "radio"):
            return "checked" in named
        return kind not in ("submit", "button", "file") and named.get("name") != "csrf_token"


def filled_form(html: str, action: str) -> dict[str, list[str]]:
    """The form's fields with the values that the page shows. Fails when the page has no such form."""
    forms = _Forms(action)
    forms.feed(html)
    assert forms.fields, f"no form posts to {action}"
    # a textarea's first line break is not part of its value
    return {
        name: [value.removeprefix("\r\n").removeprefix("\n") for value in values]
        for name, values in forms.fields.items()
    }
