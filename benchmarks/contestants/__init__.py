"""One file a contestant; each says in `WORK` what it can be asked, and how.

`WORK` names a function for each work of `benchmarks.work` that the contestant can do. It takes what
`load(folder)` made of the log before the clock started, or else the folder of `benchmarks.logs`,
and returns facts, which must be the same whoever found them.
"""
