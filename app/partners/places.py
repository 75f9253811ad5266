"""The names of a partner's sites and queues: records keep codes, people read names."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import inspect, literal, select

from app.domain.clauses import Scope
from app.extensions import db
from app.partners.models import Partner, Queue, Site


@dataclass(frozen=True)
class Places:
    """Names by code; a code that names nothing stands for itself."""

    sites: Mapping[str, str] = field(default_factory=dict)
    queues: Mapping[str, str] = field(default_factory=dict)

    def site(self, code: str) -> str:
        return self.sites.get(code, code)

    def queue(self, code: str) -> str:
        return self.queues.get(code, code)

    def in_scope(self, scope: Scope) -> str:
        """`Medellín · Seller support voice English`, or that it is about all of them."""
        parts = ([*map(self.site, scope.sites)], [*map(self.queue, scope.queues)], scope.markets)
        return " · ".join(", ".join(part) for part in parts if part) or "all sites and queues"

    def in_figures(self, figures: Mapping[str, str]) -> dict[str, str]:
        """The figures of a stored reason, with names in the place of codes."""
        named = dict(figures)
        for kind, name_of in (("site", self.site), ("queue", self.queue)):
            if kind in named:
                named[kind] = name_of(named[kind])
        return named

    def in_finding(self, detail: Mapping) -> dict:
        """A stored finding as its derivation is read: scope and reason say names."""
        scope, reason = detail["scope"], detail["reason"]
        return {
            **detail,
            "scope": {"sites": [*map(self.site, scope["sites"])], "queues": [*map(self.queue, scope["queues"])]},
            "reason": {**reason, "figures": self.in_figures(reason["figures"])},
        }


def places_of(partner: Partner) -> Places:
    """One statement, or none where the sites and queues are loaded already."""
    if {"sites", "queues"} & inspect(partner).unloaded:
        return _named(partner.id)
    return Places({each.code: each.name for each in partner.sites}, {each.code: each.name for each in partner.queues})


def _named(partner_id: int) -> Places:
    sites = select(literal("site"), Site.code, Site.name).where(Site.partner_id == partner_id)
    queues = select(literal("queue"), Queue.code, Queue.name).where(Queue.partner_id == partner_id)
    names: dict[str, dict[str, str]] = {"site": {}, "queue": {}}
    for kind, code, name in db.session.execute(sites.union_all(queues)):
        names[kind][code] = name
    return Places(names["site"], names["queue"])
