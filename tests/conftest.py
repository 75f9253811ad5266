"""The rig that every test stands on; what it offers is listed in tests/README.md."""

pytest_plugins = [
    "tests.rig.memory",
    "tests.rig.order",
    "tests.rig.counts",
    "tests.rig.database",
    "tests.rig.locks",
    "tests.rig.tellings",
    "tests.rig.visitors",
    "tests.rig.serving",
    "tests.rig.browser",
    "tests.rig.world",
]
