"""Protection is the same on every engine."""

from procmine.registry import registered
from tests import brute
from tests.test_privacy import log_of


def test_every_engine_counts_customers_alike(engine):
    log = log_of(
        [
            {"case_id": f"{n}", "activity": a, "timestamp": brute.at(60 * n), "order": n * 9 + o,
             "department": d, "resource": "ann", "by_customer": False, "customer_id": f"c{n // 2}",
             "segment": "a"}
            for n in range(20)
            for o, (a, d) in enumerate((("ask", "Sales"), ("answer", ("Care", "Sales")[n < 3])))
        ]
    ).protect(customers=5)  # fmt: skip
    for name in ("overview", "handoffs", "cycle_time"):
        here, there = (registered()[name].run(each) for each in (log, engine(log)))
        assert there.to_dict()["tables"] == here.to_dict()["tables"], name
