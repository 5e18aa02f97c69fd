"""What was read, beside its picture, for people to mend."""

from __future__ import annotations

from fastapi import APIRouter

router = APIRouter()
