"""Frozen records that cost no more to make than others, for what passes from stage to stage.

A frozen dataclass sets each of its fields through a guard, which makes it two to five times as dear to make as one that
is not; a page of a plan gives hundreds. What is declared with ``record`` is a frozen dataclass to the type checker,
which lets nothing be assigned to it, and at run time one that compares and hashes alike, without the guard.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dataclasses import dataclass as record
else:
    from dataclasses import dataclass

    def record(*, frozen, slots):
        """What ``dataclass(frozen=…, slots=…)`` is to the type checker."""
        return dataclass(slots=slots, unsafe_hash=frozen)


__all__ = ["record"]
