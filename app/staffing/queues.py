"""What Erlang C answers, in figures: one interval, a day of them, and the gross-up by shrinkage."""

from decimal import Decimal

from app.domain.exact import plain
from app.domain.people.erlang import Demand, Need, Objective, Performance, need, performance
from app.domain.people.intervals import StaffedDay, StaffedInterval
from app.domain.people.shrinkage import Schedule
from app.staffing.telling import Answer, Figure


def answer_interval(demand: Demand, objective: Objective, shrinkage_pct: Decimal, agents: int | None) -> Answer:
    """The agents that are needed, or what a given number of agents makes of it."""
    needed = need(demand, objective)
    reached = performance(demand, needed.agents if agents is None else agents, objective)
    title = (
        "Erlang C: the fewest agents for the target"
        if agents is None
        else f"Erlang C with {agents} {'agent' if agents == 1 else 'agents'}"
    )
    return Answer(
        title,
        [
            *_asked(demand, objective),
            *_needed(needed, _one_fewer(demand, needed.for_service_level - 1, objective)),
            *_reached(reached, objective),
            *_scheduled(Schedule(Decimal(reached.agents), shrinkage_pct), "agents"),
        ],
    )


def answer_day(day: StaffedDay, objective: Objective, shrinkage_pct: Decimal) -> Answer:
    peak = day.peak
    figures = [
        Figure("interval_seconds", "Interval", day.interval_seconds, "s"),
        *_aims(objective),
        Figure("shrinkage_pct", "Shrinkage", shrinkage_pct, "%"),
        Figure("contacts", "Contacts", day.contacts),
        Figure("workload_hours", "Workload", day.workload_hours, "h", "contacts × AHT"),
        Figure("agent_hours", "Agent hours", day.agent_hours, "h", "agents × interval"),
        Figure("fte_hours", "FTE hours", day.fte_hours, "h", "scheduled × interval, whole people"),
        Figure(
            "fte_hours_unrounded", "FTE hours, unrounded", day.fte_hours_unrounded, "h", "agent hours ÷ (1 − shrinkage)"
        ),
        Figure("peak_start", "Peak", f"{peak.start:%H:%M}", "", "most agents; the earliest of equals"),
        Figure("peak_agents", "Agents at the peak", peak.need.agents),
        Figure("peak_scheduled", "Scheduled at the peak", peak.schedule.scheduled),
    ]
    return Answer("Erlang C over the day", figures, rows={"intervals": [_row(each) for each in day.intervals]})


def answer_shrinkage(schedule: Schedule) -> Answer:
    left = f"{plain(schedule.multiplied)} × (1 − shrinkage)"
    return Answer(
        "Shrinkage: the requirement is divided by what remains",
        [
            Figure("on_phone", "Required on the phone", schedule.on_phone),
            *_scheduled(schedule, "on the phone"),
            Figure(
                "multiplied", "Multiplied instead", schedule.multiplied, "", "on the phone × (1 + shrinkage): wrong"
            ),
            Figure("multiplied_leaves_on_phone", "… leaves on the phone", schedule.multiplied_on_phone, "", left),
            Figure("short_by", "… short by", schedule.multiplied_short),
        ],
    )


def _asked(demand: Demand, objective: Objective) -> list[Figure]:
    return [
        Figure("contacts", "Contacts", demand.contacts),
        Figure("interval_seconds", "Interval", demand.interval_seconds, "s"),
        Figure("aht_seconds", "AHT", demand.aht_seconds, "s"),
        *_aims(objective),
        Figure("erlangs", "Offered load", demand.erlangs, "erlangs", "contacts × AHT ÷ interval"),
    ]


def _aims(objective: Objective) -> list[Figure]:
    return [
        Figure("target_pct", "Target: at least", objective.target_pct, "%"),
        Figure("threshold_seconds", "Within", objective.threshold_seconds, "s"),
        Figure("max_occupancy_pct", "Occupancy: at most", objective.max_occupancy_pct, "%"),
    ]


def _one_fewer(demand: Demand, agents: int, objective: Objective) -> str:
    """Why the target does not take one agent fewer."""
    if agents < 0:
        return "no contacts"
    if agents <= demand.load:
        return f"{agents} would not carry the load"
    reached = performance(demand, agents, objective).service_level_pct
    return f"{agents} would reach {Figure('service_level_pct', '', reached, '%').told}"


def _needed(needed: Need, why: str) -> list[Figure]:
    return [
        Figure("agents_for_service_level", "Agents for the target", needed.for_service_level, "", why),
        Figure(
            "agents_for_occupancy", "Agents for the occupancy", needed.for_occupancy, "", "load ÷ maximum occupancy"
        ),
        Figure("agents_needed", "Agents needed", needed.agents, "", "the greater of the two"),
    ]


def _reached(reached: Performance, objective: Objective) -> list[Figure]:
    within = plain(objective.threshold_seconds)
    served = f"1 − P(wait) × e^(−(agents − load) × {within} ÷ AHT)"
    return [
        Figure("agents", "Agents", reached.agents),
        Figure(
            "probability_of_waiting", "Probability of waiting", reached.probability_of_waiting, "", "Erlang C, P(wait)"
        ),
        Figure("service_level_pct", "Service level", reached.service_level_pct, "%", served),
        Figure("asa_seconds", "ASA", reached.asa_seconds, "s", "P(wait) × AHT ÷ (agents − load)"),
        Figure(
            "wait_of_waiting_seconds",
            "Wait of those who wait",
            reached.wait_of_waiting_seconds,
            "s",
            "AHT ÷ (agents − load)",
        ),
        Figure("occupancy_pct", "Occupancy", reached.occupancy_pct, "%", "load ÷ agents"),
        Figure("immediate_answer_pct", "Immediate answer", reached.immediate_answer_pct, "%", "1 − P(wait)"),
        Figure("meets_objective", "Target and occupancy met", reached.meets_objective),
    ]


def _scheduled(schedule: Schedule, dividend: str) -> list[Figure]:
    return [
        Figure("shrinkage_pct", "Shrinkage", schedule.shrinkage_pct, "%"),
        Figure("scheduled_unrounded", "Scheduled, unrounded", schedule.unrounded, "", f"{dividend} ÷ (1 − shrinkage)"),
        Figure("scheduled", "Scheduled", schedule.scheduled, "", "whole people, rounded up"),
    ]


def _row(each: StaffedInterval) -> list[Figure]:
    reached = each.performance
    return [
        Figure("start", "Start", f"{each.start:%H:%M}"),
        Figure("contacts", "Contacts", each.demand.contacts),
        Figure("aht_seconds", "AHT", each.demand.aht_seconds, "s"),
        Figure("erlangs", "Load", each.demand.erlangs),
        Figure("agents", "Agents", each.need.agents),
        Figure("scheduled_unrounded", "Unrounded", each.schedule.unrounded),
        Figure("scheduled", "Scheduled", each.schedule.scheduled),
        Figure("service_level_pct", "Service level", reached.service_level_pct, "%"),
        Figure("asa_seconds", "ASA", reached.asa_seconds, "s"),
        Figure("occupancy_pct", "Occupancy", reached.occupancy_pct, "%"),
    ]
