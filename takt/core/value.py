"""Values: what never changes once it is made, quickly made.

The type checker holds them to be frozen. At run time nothing stops a change, because a frozen dataclass writes each of
its fields through `object.__setattr__`: measured, that takes seven times as long, and a send makes a dozen of them.
"""

from dataclasses import dataclass
from typing import TypeVar, dataclass_transform

T = TypeVar("T")


@dataclass_transform(frozen_default=True)
def value(cls: type[T]) -> type[T]:
    """Make a class of annotated fields a value with slots, comparable and hashable by all of them."""
    return dataclass(slots=True, unsafe_hash=True)(cls)
