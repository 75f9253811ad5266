"""`flask recompute`: every judgement once more, to store what came out differently or to prove that nothing does."""

import sys

import click
from flask.cli import with_appcontext
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app import clock, tenancy
from app.contracts.models import Contract
from app.extensions import db
from app.performance.judging.recomputing import differences, recompute
from app.performance.judging.service import evaluate_contract
from app.performance.models import Evaluation


@click.command("recompute")
@click.option("--verify", is_flag=True, help="Store nothing; report every stored judgement that comes out differently.")
@with_appcontext
def recomputation(verify: bool) -> None:
    """Judge every contract anew; with --verify, prove that each stored judgement can be repeated."""
    with tenancy.unscoped("audit verification"):
        if verify:
            _verify()
        else:
            contracts = db.session.scalars(select(Contract).order_by(Contract.id)).all()
            changed = sum(evaluate_contract(contract, clock.now()) for contract in contracts)
            click.echo(f"{len(contracts)} contracts judged; {changed} months came out differently and are stored.")


def _verify() -> None:
    ids = db.session.scalars(
        select(Evaluation.id).order_by(Evaluation.contract_id, Evaluation.month, Evaluation.number)
    ).all()
    wrong = 0
    with click.progressbar(ids, label="judgements", show_pos=True, file=sys.stderr) as bar:
        for evaluation_id in bar:
            evaluation = _evaluation(evaluation_id)
            found = list(differences(evaluation, recompute(evaluation)))
            wrong += bool(found)
            for difference in found:
                click.echo(f"{_name(evaluation)}: {difference.part}: {difference.words}")
            db.session.expunge_all()
    if wrong:
        raise click.ClickException(f"{wrong} of {len(ids)} judgements come out differently")
    click.echo(f"{len(ids)} judgements, each the same again")


def _evaluation(evaluation_id: int) -> Evaluation:
    query = select(Evaluation).where(Evaluation.id == evaluation_id)
    return db.session.scalars(query.options(joinedload(Evaluation.contract).joinedload(Contract.partner))).one()


def _name(evaluation: Evaluation) -> str:
    contract, partner = evaluation.contract, evaluation.contract.partner
    standing = "in force" if evaluation.superseded_at is None else "superseded"
    return f"{partner.name}, {contract.reference}, {evaluation.month}, judgement {evaluation.number} ({standing})"
