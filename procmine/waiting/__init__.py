"""Why customers wait: what enabled each event, who was busy with what, and when nobody worked.

All of it is arithmetic on arrays, one entry an event, in O(n log n): no pair of events is ever
compared. Instants are integer microseconds since 1970, so that every part of a wait is exact.

Source: Lashkevich, Milani, Chapela-Campa, Suvorau & Dumas, "Why am I waiting? Data-driven analysis
of waiting times in business processes", CAiSE 2023.
"""
