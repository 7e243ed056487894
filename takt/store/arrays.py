"""Arrays of numbers as the database sends them: many at once are read in one step, where a driver reads each by itself."""

from typing import Final

import numpy as np

from takt.core.admission.arrays import Floats

_HEAD: Final = 12
_AXIS: Final = 8
_NUMBER: Final = np.dtype([("size", ">i4"), ("number", ">f8")])


def doubles(sent: bytes) -> Floats:
    """The numbers of an array of `float8` without NULL, as `array_send` gives it: row by row, whatever axes it has.

    The form is the one in which the server reads and writes arrays in binary: how many axes, whether there is a NULL, and the
    type of the elements; of each axis how many there are and from where they are counted; then the size of each element and itself.
    """
    axes = int.from_bytes(sent[:4])
    found: Floats = np.frombuffer(sent, _NUMBER, offset=_HEAD + _AXIS * axes)["number"].astype(np.float64)
    return found
