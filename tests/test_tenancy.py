"""The wall between partners: every shape that a statement can have is confined, or refused."""

import pytest
from sqlalchemy import bindparam, delete, exists, func, insert, literal_column, select, text, union_all, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import aliased, contains_eager, joinedload, selectinload, subqueryload

from app import tenancy
from app.contracts.models import Contract
from app.events import Event
from app.extensions import db, write
from app.partners.models import Partner, Queue, Site
from app.reports.models import Line, Report, Submission
from app.tenancy import Scope, TenancyError
from tests.conventions.sources import modules
from tests.rig.people import THE_DAY

pytestmark = pytest.mark.portable


@pytest.fixture
def ids(inside, world) -> dict[str, int]:
    with inside() as session:
        return dict(session.execute(select(Partner.code, Partner.id)).all())


@pytest.fixture
def cedars(inside, ids):
    """`with cedars() as session:` may reach Cedar alone."""
    return lambda: inside(Scope.of([ids["cedar"]]))


# --- Shapes that are confined: they find Cedar's rows and nobody else's.

OTHER = aliased(Site)
CONFINED = {
    "entities": lambda ids: select(Site.partner_id),
    "whole rows": lambda ids: select(Site),
    "an asked foreign key": lambda ids: select(Site.partner_id).where(Site.partner_id == ids["birch"]),
    "an asked foreign code": lambda ids: select(Site.partner_id).where(Site.code == "birch-one"),
    "the partners themselves": lambda ids: select(Partner.id),
    "the events": lambda ids: select(Event.partner_id),
    "a count": lambda ids: select(Site.partner_id, func.count()).group_by(Site.partner_id),
    "an alias": lambda ids: select(OTHER.partner_id),
    "a join": lambda ids: select(Site.partner_id).join(Site.partner),
    "an outer join": lambda ids: select(Queue.partner_id).select_from(Partner).outerjoin(Partner.queues),
    "a join to an alias": lambda ids: select(OTHER.partner_id).join(Site, Site.partner_id == OTHER.partner_id),
    "a subquery": lambda ids: select(select(Site.partner_id).subquery().c.partner_id),
    "a common table": lambda ids: select(select(Site.partner_id).cte().c.partner_id),
    "a scalar subquery": lambda ids: select(select(func.max(Site.partner_id)).scalar_subquery()),
    "an existence": lambda ids: select(Partner.id).where(exists().where(Site.partner_id == Partner.id)),
    "a membership": lambda ids: select(Queue.partner_id).where(Queue.partner_id.in_(select(Site.partner_id))),
    "a union": lambda ids: union_all(select(Site.partner_id), select(Queue.partner_id)),
    "an alternative": lambda ids: select(Site.partner_id).where((Site.code == "birch-one") | (Site.id > 0)),
    "an order and a limit": lambda ids: select(Site.partner_id).order_by(Site.partner_id.desc()).limit(1),
    "a distinct": lambda ids: select(Report.partner_id).distinct(),
    "an eager join": lambda ids: select(Report).options(joinedload(Report.contract)),
    "an eager selection": lambda ids: select(Partner).options(selectinload(Partner.sites)),
    "an eager subquery": lambda ids: select(Partner).options(subqueryload(Partner.sites)),
    "a contained join": lambda ids: select(Report).join(Report.contract).options(contains_eager(Report.contract)),
}


@pytest.mark.parametrize("shape", CONFINED)
def test_a_query_finds_the_own_rows_alone(cedars, ids, shape, record_count):
    with cedars() as session:
        statement = CONFINED[shape](ids)
        found = session.execute(statement).unique().all()
        partners = {_partner_of(row[0]) for row in found} - {None}
        assert partners <= {ids["cedar"]}
        assert ("foreign" in shape) == (not found)
    record_count("query shapes")


def _partner_of(value) -> int | None:
    return value if value is None or isinstance(value, int) else tenancy.partner_of(value)


def test_an_update_and_a_delete_reach_the_own_rows_alone(cedars, inside, ids, record_count):
    with cedars(), write() as session:
        session.execute(update(Site).values(name="mine"))
        session.execute(delete(Line).where(Line.partner_id == ids["birch"]))
    with inside() as session:
        names = session.execute(select(Site.partner_id).where(Site.name == "mine")).scalars()
        assert set(names) == {ids["cedar"]}
        assert session.scalar(select(func.count()).where(Line.partner_id == ids["birch"])) > 0
    record_count("query shapes", 2)


def test_a_row_by_its_id_and_a_relationship(cedars, inside, ids, record_count):
    with inside() as session:
        foreign = session.scalars(select(Site.id).where(Site.partner_id == ids["birch"])).first()
    with cedars() as session:
        assert session.get(Site, foreign) is None
        assert {site.partner_id for site in session.scalars(select(Partner)).one().sites} == {ids["cedar"]}
    record_count("query shapes", 2)


# --- Shapes that no criterion reaches: they are refused before they run.

ESCAPES = {
    "text": lambda session: session.execute(text("SELECT name FROM site")),
    "text in capitals": lambda session: session.execute(text('SELECT name FROM\n"site" s')),
    "text from a list": lambda session: session.execute(text("SELECT 1 FROM login_attempt, site")),
    "a table": lambda session: session.execute(select(Site.__table__)).all(),
    "a table's column": lambda session: session.execute(select(Site.__table__.c.name)).all(),
    "a statement from text": lambda session: session.scalars(
        select(Site).from_statement(text("SELECT * FROM site"))
    ).all(),
    "a literal column": lambda session: session.execute(
        select(literal_column("site.name")).select_from(text("site"))
    ).all(),
    "a raw connection": lambda session: session.connection().exec_driver_sql("SELECT name FROM site").all(),
    "a Core update": lambda session: session.execute(update(Site.__table__).values(name="x")),
    "a Core delete": lambda session: session.execute(delete(Line.__table__)),
    "a Core insert": lambda session: session.execute(insert(Site.__table__).values(_site(2))),
    "a connection's own insert": lambda session: session.connection().execute(insert(Site.__table__).values(_site(2))),
    "a bulk insert": lambda session: session.execute(insert(Site), [_site(2)]),
    "a bulk mapping": lambda session: session.bulk_insert_mappings(Site, [_site(2)]),
    "a bulk save": lambda session: session.bulk_save_objects([Site(**_site(2))]),
    "a bulk update": lambda session: session.execute(update(Site), [{"id": 2, "name": "x"}]),
    "a bulk change": lambda session: session.bulk_update_mappings(Site, [{"id": 2, "name": "x"}]),
    "an update by parameters": lambda session: session.connection().execute(
        update(Site.__table__).where(Site.__table__.c.id == bindparam("which")).values(name="x"), [{"which": 2}]
    ),
    "an insert from a selection": lambda session: session.execute(
        insert(Site.__table__).from_select(["name"], select(Site.__table__.c.name))
    ),
}


def _site(partner_id: int) -> dict:
    return {"partner_id": partner_id, "key": "k", "code": "new", "name": "New"}


@pytest.mark.parametrize("shape", ESCAPES)
def test_what_cannot_be_confined_is_refused(cedars, shape, record_count):
    with cedars() as session, pytest.raises(TenancyError):
        ESCAPES[shape](session)
    record_count("query shapes")


@pytest.mark.parametrize("shape", ESCAPES)
def test_without_a_scope_it_is_refused_as_well(app, world, shape):
    with app.app_context(), pytest.raises(TenancyError):
        ESCAPES[shape](db.session)


@pytest.mark.parametrize("shape", CONFINED)
def test_without_a_scope_no_query_of_a_partners_table_runs(app, ids, shape, record_count):
    with app.app_context(), pytest.raises(TenancyError):
        db.session.execute(CONFINED[shape](ids)).unique().all()
    record_count("query shapes")


# --- Rows: what is written belongs to the own partner, under the own partner's parents.


def test_a_row_for_another_partner_is_refused(cedars, ids):
    with cedars(), pytest.raises(TenancyError), write() as session:
        session.add(Site(**_site(ids["birch"])))


def test_a_row_without_a_scope_is_refused(app, ids):
    with app.app_context(), pytest.raises(TenancyError), write() as session:
        session.add(Site(**_site(ids["cedar"])))


def test_a_row_cannot_hang_under_another_partners_parent(cedars, inside, ids):
    """The database itself refuses: a child names (partner_id, id) of its parent."""
    with inside() as session:
        foreign = session.scalars(select(Contract.id).where(Contract.partner_id == ids["birch"])).first()
        own = session.scalars(select(Submission.id).where(Submission.partner_id == ids["cedar"])).first()
        site = session.scalars(select(Site.id).where(Site.partner_id == ids["birch"])).first()
        queue = session.scalars(select(Queue.id).where(Queue.partner_id == ids["cedar"])).first()
    about = {"month": "2030-01", "kind": "service", "due_at": THE_DAY, "lock_at": THE_DAY, "opened_at": THE_DAY}
    with cedars(), pytest.raises(IntegrityError), write() as session:
        session.add(Report(partner_id=ids["cedar"], contract_id=foreign, **about))
    with cedars(), pytest.raises(IntegrityError), write() as session:
        session.add(
            Line(partner_id=ids["cedar"], submission_id=own, site_id=site, queue_id=queue, day=None, measures={})
        )


def test_a_row_cannot_move_to_another_partner(cedars, inside, ids):
    with cedars(), pytest.raises(TenancyError), write() as session:
        session.scalars(select(Site)).first().partner_id = ids["birch"]
    with inside(), pytest.raises(TenancyError), write() as session:
        session.scalars(select(Site).where(Site.partner_id == ids["birch"])).first().partner_id = ids["cedar"]


def _merge(session, site: Site) -> None:
    site.name = "mine"
    session.merge(site)


def _change(session, site: Site) -> None:
    session.add(site)
    site.name = "mine"


@pytest.mark.parametrize("act", [_merge, _change, lambda session, site: session.delete(site)])
def test_a_foreign_object_from_elsewhere_is_not_written(cedars, inside, ids, act):
    with inside() as session:
        foreign = session.scalars(select(Site).where(Site.partner_id == ids["birch"])).first()
        session.expunge(foreign)
    with cedars(), pytest.raises((TenancyError, IntegrityError)), write() as session:
        act(session, foreign)


def test_a_partner_cannot_be_added_by_somebody_who_sees_some(cedars):
    with cedars(), pytest.raises(TenancyError), write() as session:
        session.add(Partner(code="new", name="New", zone="UTC", created_at=THE_DAY))


def test_a_scope_is_fixed_for_the_sessions_life(cedars, ids):
    """So nothing that was loaded under another scope can be met again."""
    with cedars():
        tenancy.bind(Scope.of([ids["cedar"]]))
        for other in (Scope.all(), Scope.of([ids["birch"]]), Scope.of(ids.values())):
            with pytest.raises(TenancyError):
                tenancy.bind(other)


def test_what_an_unscoped_block_loaded_is_not_met_again_after_it(cedars, ids):
    with cedars() as session:
        with tenancy.unscoped("audit verification"):
            foreign = session.scalars(select(Site.id).where(Site.partner_id == ids["birch"])).first()
            kept = session.scalars(select(Site).where(Site.id == foreign)).one()
        assert kept not in session
        assert session.get(Site, foreign) is None


def test_an_empty_scope_reaches_nothing(inside, world):
    with inside(Scope.of([])) as session:
        assert session.scalars(select(Site)).all() == []
        assert session.scalars(select(Partner)).all() == []


# --- The named blocks that may look over every partner.


def test_an_unscoped_block_has_a_name_on_the_list(app):
    with app.app_context(), pytest.raises(TenancyError), tenancy.unscoped("because"):
        pass


def test_the_unscoped_blocks_are_these():
    """Whoever adds one adds it here, with its reason in the review."""
    found = {
        (module.name, line.split('unscoped("')[1].split('"')[0])
        for module in modules()
        for line in module.text.splitlines()
        if 'unscoped("' in line
    }
    assert found == {
        ("app/accounts/sessions.py", "login"),
        ("app/accounts/commands.py", "set-up"),
        ("app/accounts/views/links.py", "login"),
        ("app/api/bearer.py", "login"),
        ("app/audit/commands.py", "audit verification"),
        ("app/performance/commands.py", "audit verification"),
        ("app/demo/commands.py", "demo"),
        ("app/demo/telling.py", "demo"),
        ("app/jobs.py", "job claim"),
    }
    assert {name for _, name in found} | {"migration"} == tenancy.PERMITTED_BLOCKS
