"""Turns that are live with a time limit get the clock that measures it."""

from django.db import migrations

BEGIN = """
INSERT INTO lifecycle_clock (case_id, turn_id, event, region, started_at, due_at, first_due_at, provisional)
SELECT t.case_id, t.id, c.state, u.region, t.since, t.due_at, t.due_at, false
FROM lifecycle_turn t JOIN lifecycle_case c ON c.id = t.case_id JOIN orgs_unit u ON u.id = c.unit_id
WHERE t.until IS NULL AND t.due_at IS NOT NULL
"""


class Migration(migrations.Migration):
    dependencies = [("lifecycle", "0005_clocks_of_tasks")]

    operations = [migrations.RunSQL(BEGIN, "DELETE FROM lifecycle_clock")]
