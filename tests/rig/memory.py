"""The garbage collector looks at what tests leave behind, not at the code and the list of tests, which stay anyway."""

import gc

gc.set_threshold(20_000, 20, 20)


def pytest_collection_finish():
    gc.collect()
    gc.freeze()
