"""Everything Takt decides, as pure functions over plain values: no clock, no I/O, no logging."""
