"""One file a contestant, each with the same three functions.

`load(folder)` brings the log into the form the contestant works on, before the clock starts;
`answer(loaded)` answers the four questions; `read(csv)` reads a CSV file and prepares it. The
last two return facts, which must be the same whoever found them.
"""
