"""Files come in here, from the organiser's own pages and through links for everybody in the room."""

from __future__ import annotations

from fastapi import APIRouter

router = APIRouter()
