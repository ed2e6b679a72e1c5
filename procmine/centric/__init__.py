"""The level of customer centricity as a row of gates, each with evidence from the log."""
