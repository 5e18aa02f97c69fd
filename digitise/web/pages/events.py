"""One event's details: made, changed, deleted."""

from __future__ import annotations

from fastapi import APIRouter

router = APIRouter()
