"""What the page of the teams says."""

from typing import Final

TITLE: Final = "Teams"
WHO: Final = "Who meets customers, and who works behind them"
NO_TEAMS: Final = (
    "This log names no departments. Name the column that holds them when the log is read: the "
    "page “The log” says how."
)
NO_CONTACTS: Final = (
    "This log doesn't say when customers take part, so nobody knows which teams meet them. Say "
    "so when the log is read, by a column or a list of activities: the page “The log” says how."
)
DEPARTMENTS: Final = "Each team"
DEPARTMENT_WORDS: Final = {
    "group": "stands",
    "distance": "handoffs to a customer",
    "cases": "journeys",
    "facing_share": "of its work with customers",
}
GROUPS: Final = {
    "creator": "meets customers",
    "enabler": "works for those who do",
    "back office": "behind them",
}
GREEN: Final = "Green departments, red customer?"
NO_PROMISE: Final = (
    "Nobody has said what customers are promised. Write the promises into a file “policy.toml” in "
    "the folder of the log, as the page “Conformance” shows, and this "
    "page says where all departments are on target and customers are let down all the same."
)
CELLS: Final = "Each period, by kind of journey and segment"
CELL_WORDS: Final = {
    "journey_type": "kind of journey",
    "cases": "journeys",
    "within": "promised within",
    "inside_share": "kept",
    "customer_side": "the customer",
    "green_departments": "green departments",
    "red_departments": "red ones",
    "verdict": "green outside, red inside",
    "unowned_share": "waits on nobody's clock",
}
METRICS: Final = "Which of the teams' metrics go with value"
EVERY_METRIC: Final = "Every metric beside every outcome"
METRIC_WORDS: Final = {
    "metric": "metric",
    "outcome": "beside what came of it",
    "cases": "journeys",
    "correlation": "correlation, -1 to 1",
    "adjusted_p_value": "chance gives as much in",
    "verdict": "says",
}
NO_OUTCOME: Final = (
    "Nothing is known of what came of journeys: no customers who could come again, no survey and "
    "no column of value. Add one of them, and this page says which metrics go with it."
)
LEVEL: Final = "How far the company is customer-centric"
RETURN: Final = "What customers bring in after a journey"
NO_CUSTOMERS: Final = "Name the column that holds them when the log is read."
GATES: Final = "Each gate, with its evidence"
GATE_WORDS: Final = {
    "level": "level",
    "gate": "gate",
    "status": "stands",
    "evidence": "evidence",
    "threshold": "what it takes",
}
