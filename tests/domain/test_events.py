"""An evaluation rests on what happened, and tells it apart."""

from app.contracts.catalogue import CATALOGUE
from app.domain.evaluation import evaluate
from app.domain.events import Events
from tests.domain.story import CHARGES, JULY, story, terms


def test_lines_of_an_invoice_enter_the_fingerprint():
    def fingerprint(events):
        return evaluate([terms()], story(), CHARGES, CATALOGUE, [JULY], events)[0].fingerprint

    invoiced = [Events(charge_lines={JULY: {"travel": amount}}) for amount in (100, 200)]
    assert len({fingerprint(Events()), *map(fingerprint, invoiced)}) == 3
