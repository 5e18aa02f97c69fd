"""The first page: all events, and signing in."""

from __future__ import annotations

from fastapi import APIRouter

router = APIRouter()
