"""The parts that pages are made of; none of them computes."""
