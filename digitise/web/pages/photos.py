"""An event's photos: verdicts, and how far reading is."""

from __future__ import annotations

from fastapi import APIRouter

router = APIRouter()
