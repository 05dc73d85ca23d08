"""Proving the holes of many files: `Proving` runs the searches and tells what comes of each hole."""

from prover.proving.driver import Proving
from prover.proving.results import (
    Complained,
    FileTrouble,
    Finished,
    HoleResult,
    ProvingEvent,
    Searching,
    Tally,
)
from prover.proving.tasks import Job
from prover.proving.workers import GatewayFactory, GatewayPool
from prover.proving.writing import require_writable

__all__ = [
    "Complained",
    "FileTrouble",
    "Finished",
    "GatewayFactory",
    "GatewayPool",
    "HoleResult",
    "Job",
    "Proving",
    "ProvingEvent",
    "Searching",
    "Tally",
    "require_writable",
]
