"""A function of a library replaced for a while."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def replaced(owner: Any, name: str, made: Callable[[Any], Any]) -> Iterator[None]:
    """Put another function in the place of one; `made` is given the old one."""
    usual = getattr(owner, name)
    setattr(owner, name, made(usual))
    try:
        yield
    finally:
        setattr(owner, name, usual)
