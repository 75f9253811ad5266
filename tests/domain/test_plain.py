"""The engine and a second, plain reading of the same rules agree on random contracts, to a minor unit."""

import pytest

from tests.domain.plain.comparing import compared, engine, told
from tests.domain.plain.effects import WANTED, effects
from tests.domain.plain.histories import case
from tests.domain.plain.shrinking import shrunk

CONTRACTS, SHARES = 1000, 10


@pytest.mark.parametrize("share", range(SHARES))
def test_the_engine_and_a_plain_reading_agree(share):
    """Ten times a hundred contracts, so that two processes can share the work."""
    for seed in range(share, CONTRACTS, SHARES):
        if compared(case(seed))[0]:
            pytest.fail(f"SEED={seed}\n{told(shrunk(case(seed)))}", pytrace=False)


def test_every_family_of_rules_has_an_effect_on_some_contract():
    seen: set[str] = set()
    for seed in range(CONTRACTS):
        if seen >= WANTED:
            break
        contract = case(seed)
        seen |= effects(contract, engine(contract))
    assert WANTED - seen == set()
