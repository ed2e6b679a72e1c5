# pyright: reportMissingImports=false
"""An Airflow DAG that makes the report of the orders each working day."""

from datetime import datetime, timedelta

from airflow.providers.standard.operators.bash import BashOperator
from airflow.sdk import DAG

with DAG(
    "procmine_report",
    schedule="30 6 * * 1-5",
    start_date=datetime(2026, 1, 1),  # noqa: DTZ001  (Airflow takes it in its own zone)
    catchup=False,
    max_active_runs=1,
    default_args={"retries": 1, "retry_delay": timedelta(minutes=10)},
):
    BashOperator(
        task_id="report",
        # 1 says that something is broken: the report's message, and nothing to try again
        bash_command="procmine report ${PROCMINE_REPORT:-/etc/procmine/orders.toml}"
        " || test $? -eq 1",
    )
