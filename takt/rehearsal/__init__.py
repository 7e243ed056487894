"""The rehearsal of a policy: what it would do beside the one that applies, on what was recorded and in the twin.

Nothing here waits, reads or writes: a job goes in, figures come out, in whatever process.
"""
