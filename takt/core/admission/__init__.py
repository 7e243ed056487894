"""Admission of marketing: what one more message is worth, and what it costs the person who gets it.

Every function takes arrays, one place for each message: a batch of 200 in the product and a day of a simulated world go
through the same lines. Money is in units of the currency here, not in micro-units: nothing is charged by these numbers.
"""
