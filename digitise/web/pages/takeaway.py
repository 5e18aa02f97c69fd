"""The report and all other files of an event; house templates and edited reports come back in here."""

from __future__ import annotations

from fastapi import APIRouter

router = APIRouter()
