"""What tests of claims share."""

import pytest

from tests.performance.claiming import finding, told


@pytest.fixture
def address(begin_told) -> str:
    """Where relief is claimed for August's service level."""

    def tell() -> str:
        told()
        return f"/findings/{finding().key}/claim"

    return begin_told("claimable", tell)
