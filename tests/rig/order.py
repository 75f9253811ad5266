"""The longest tests begin first: what is left for the end is short, and no process goes on alone for long."""

LONGEST = ("live_server", "server", "asking", "told_story")


def pytest_collection_modifyitems(items):
    items.sort(key=lambda item: next((place for place, name in enumerate(LONGEST) if name in item.fixturenames), 9))
