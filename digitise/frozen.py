"""The base of all data that the program keeps or hands on."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Frozen(BaseModel):
    """Base of all data: immutable, no unknown fields."""

    model_config = ConfigDict(frozen=True, extra="forbid")
