"""A verification: a row first and a job second, in steps that are kept, with a result that names the place."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from app import clock, jobs
from app.audit import verifying
from app.audit.models import Verification
from app.events import ChainHead, Event
from app.jobs import Job
from tests.rig.database import POSTGRES
from tests.rig.people import THE_DAY

tampers = pytest.mark.skipif(POSTGRES, reason="tampers with the file of SQLite")


@pytest.fixture
def steps(monkeypatch):
    """Two events a step; the ids each step began after are listed."""
    begun, stretch_of = [], verifying.Stretch.of

    def noted(found, position, newest):
        begun.append(position)
        return stretch_of(found, position, newest)

    monkeypatch.setattr(verifying, "STEP", 2)
    monkeypatch.setattr(verifying.Stretch, "of", noted)
    return begun


@pytest.fixture
def seven(happened, people):
    """Seven events; their keys, oldest first."""
    return [happened("partner.changed", who=people.mia, number=number) for number in range(7)]


@pytest.fixture
def proof(inside):
    """The row as it stands."""

    def read() -> Verification:
        with inside() as session:
            return session.scalars(select(Verification)).one()

    return read


@pytest.fixture
def work(app):
    """`work(minutes)`: one job, as a worker does that looks so much later."""

    def once(minutes: int = 0) -> bool:
        with app.app_context(), clock.at(THE_DAY + timedelta(minutes=minutes)):
            return jobs.work_once()

    return once


@pytest.fixture
def killed_at(monkeypatch):
    """`killed_at(3)`: the worker is ended while it reads the third step: nothing of it is tidied up."""

    class Killed(BaseException):
        pass

    def at(number: int) -> type[BaseException]:
        keep, calls = verifying._keep, []

        def until_then(held, stretch):
            calls.append(1)
            if len(calls) == number:
                raise Killed
            keep(held, stretch)

        monkeypatch.setattr(verifying, "_keep", until_then)
        return Killed

    return at


@pytest.mark.portable
def test_a_page_follows_until_the_result_is_there(ada, seven, ask, work, count_statements):
    place = ask()
    waiting = ada.get(place).text
    assert "Waiting for its turn" in waiting
    assert '<meta http-equiv="refresh"' in waiting
    with count_statements() as statements:
        part = ada.get(place, htmx=True).text
    assert part.lstrip().startswith('<div id="state"')
    assert f'hx-get="{place}" hx-trigger="every 1s"' in part
    assert not [statement for statement in statements if "FROM event" in statement]
    assert work()
    done = ada.get(place).text
    assert "The log is whole" in done
    assert "7 of 7 events" in done
    assert "every 1s" not in done
    assert '<meta http-equiv="refresh"' not in done


@pytest.mark.portable
def test_the_result_is_kept_with_who_when_and_the_head(ada, seven, prove, inside):
    with inside() as session:
        head = session.scalars(select(ChainHead.hash)).one()
    assert head in prove()
    listed = ada.get("/events/verifications").text
    for words in ("22 Nov 2026, 09:00 UTC", "Ada", head[:12], "Whole"):
        assert words in listed
    with inside() as session:
        said = session.scalars(select(Event).order_by(Event.id.desc()).limit(1)).one()
    assert said.figures == {"outcome": "whole", "events": 7, "wrong": 0, "head": head}
    assert "Ada had the log verified: whole, events: 7" in ada.get("/events").text


@pytest.mark.portable
def test_two_who_ask_at_once_get_the_same_one(ask, seven, inside):
    assert ask() == ask()
    with inside() as session:
        assert session.scalar(select(func.count()).select_from(Job).where(Job.kind == "events.verify")) == 1


@tampers
def test_the_place_that_was_tampered_with_is_shown(ada, seven, steps, tamper, prove):
    tamper("UPDATE event SET figures = '{\"number\": 30}' WHERE id = 4")
    text = prove()
    assert "One event does not fit." in text
    assert f'href="/events/{seven[3]}"' in text
    assert "Tampered with" in ada.get("/events/verifications").text


@tampers
def test_a_chain_that_was_mended_by_one_link_breaks_at_the_next(seven, steps, tamper, prove, inside):
    with inside() as session:
        event = session.scalars(select(Event).where(Event.id == 4)).one()
        event.figures = {"number": 30}
        mended = event.digest()
        session.expunge(event)
    tamper(f"UPDATE event SET figures = '{{\"number\": 30}}', hash = '{mended}' WHERE id = 4")
    text = prove()
    assert "One event does not fit." in text
    assert f'href="/events/{seven[4]}"' in text


@pytest.mark.portable
def test_what_happens_meanwhile_is_for_the_next_verification(ada, seven, steps, ask, happened, work):
    place = ask()
    happened("deck.issued")
    work()
    assert "7 of 7 events" in ada.get(place).text
    assert "The log is whole" in ada.get(place).text


@pytest.mark.portable
def test_long_work_goes_on_as_another_job_before_the_lease_ends(ask, seven, steps, proof, work, monkeypatch):
    assert 2 * verifying.SPELL < jobs.LEASE
    monkeypatch.setattr(verifying, "SPELL", timedelta(0))
    ask()
    seen = []
    while work():
        seen.append((proof().state, proof().checked))
    assert seen == [("running", 2), ("running", 4), ("running", 6), ("whole", 7)]


@pytest.mark.portable
def test_a_run_that_is_killed_goes_on_where_it_was(ada, ask, seven, steps, proof, work, killed_at):
    place = ask()
    with pytest.raises(killed_at(3)):
        work()
    assert (proof().state, proof().checked) == ("running", 4)
    assert "4 of 7 events checked" in ada.get(place).text
    assert not work(minutes=1)
    assert work(minutes=6)
    assert (proof().state, proof().checked, steps) == ("whole", 7, [0, 2, 4, 4, 6])


@tampers
def test_a_run_that_is_killed_forgets_nothing_that_it_found(ask, ada, seven, steps, tamper, work, killed_at, proof):
    tamper("UPDATE event SET kind = 'partner.ended' WHERE id = 2")
    place = ask()
    with pytest.raises(killed_at(2)):
        work()
    tamper("UPDATE event SET kind = 'partner.changed' WHERE id = 2")
    assert work(minutes=6)
    assert (proof().state, proof().wrong, steps) == ("broken", 1, [0, 2, 2, 4, 6])
    assert f'href="/events/{seven[1]}"' in ada.get(place).text


@pytest.mark.portable
def test_a_worker_that_was_overtaken_adds_nothing(app, inside, ask, seven, steps, proof, monkeypatch):
    ask()
    held, overtaken = verifying._held, []

    def after_the_other(verification_id: int) -> Verification:
        found = held(verification_id)
        if not overtaken:
            overtaken.append(1)
            verifying._keep(found, verifying.Stretch(2, "elsewhere", 2, ()))
        return found

    monkeypatch.setattr(verifying, "_held", after_the_other)
    with app.app_context():
        jobs.work_once()
    assert (proof().checked, proof().position) == (2, 2)


@tampers
def test_what_cannot_be_read_is_said_to_be_so(ada, seven, steps, tamper, prove, monkeypatch, proof):
    monkeypatch.setattr("app.jobs.log.exception", lambda *_: None)
    tamper("UPDATE event SET figures = 'no JSON' WHERE id = 6")
    text = prove()
    assert "The log could not be verified" in text
    assert f'href="/events/{seven[3]}"' in text
    assert "4 of 7 events" in text
    assert "The log is whole" not in text
    assert proof().state == "failed"


def test_another_verification_may_follow(ada, seven, prove):
    prove()
    assert "8 of 8 events" in prove()
    assert ada.get("/events/verifications").text.count("/events/verifications/") == 2
