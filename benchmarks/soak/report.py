"""The result of a run."""

import json
import platform
from dataclasses import dataclass, field

from benchmarks.soak.memory import Memory


@dataclass
class Report:
    """What happened in a run."""

    pair: str
    seed: int
    events: int = 0
    changes: int = 0
    seconds: float = 0.0
    cpu_seconds: float = 0.0
    faults: dict[str, int] = field(default_factory=dict[str, int])
    wrong: list[str] = field(default_factory=list[str])
    """Violations of the guarantees: repeated, old or contradictory changes."""
    lost: list[str] = field(default_factory=list[str])
    """Differences between the state of a follower and that of the server at the end."""
    leaked: list[str] = field(default_factory=list[str])
    """Tasks, threads, file descriptors, connections and watches that exist after the end, and errors of the server."""
    memory: list[Memory] = field(default_factory=list[Memory])
    """The memory after each quarter of the changes."""
    peak_rss: int | None = None
    """The peak memory of the process in bytes, if the system shows it."""

    @property
    def memory_grew(self) -> bool:
        """Whether the memory at the end is larger than the first quarter of the changes allows."""
        return bool(self.memory) and self.memory[-1].exceeds(self.memory[0].limit)

    @property
    def passed(self) -> bool:
        """Whether the run did not find a problem."""
        return not (self.wrong or self.lost or self.leaked or self.memory_grew)

    def lines(self) -> list[str]:
        """Return the report as text."""
        events = f"{self.events:,} events, {self.changes:,} changes at the followers"
        lines = [
            f"{self.pair}, seed {self.seed}: {events}, {sum(self.faults.values()):,} faults, {self.seconds:.0f} s",
            f"  lost: {len(self.lost)}, repeated or old: {len(self.wrong)}, left open: {len(self.leaked)}",
            "  faults: " + ", ".join(f"{name} {count}" for name, count in sorted(self.faults.items())),
        ]
        if self.memory:
            peak = (self.peak_rss or 0) / 2**20
            grew = "too much, " if self.memory_grew else ""
            lines += [f"  memory after quarter {number}: {memory}" for number, memory in enumerate(self.memory, 1)]
            lines.append(f"  memory: {grew}limit at the end {self.memory[0].limit}; peak RSS {peak:.0f} MiB")
        return lines + [f"  {problem}" for problem in [*self.lost[:10], *self.wrong[:10], *self.leaked]]

    def as_json(self) -> str:
        """Return the numbers in one line of JSON."""
        first, last = (self.memory[0], self.memory[-1]) if self.memory else (None, None)
        values = {
            "pair": self.pair,
            "seed": self.seed,
            "passed": self.passed,
            "events": self.events,
            "changes": self.changes,
            "faults": sum(self.faults.values()),
            "lost": len(self.lost),
            "wrong": len(self.wrong),
            "leaked": len(self.leaked),
            "memory_grew": self.memory_grew,
            "rss_first_quarter": first and first.rss,
            "rss_end": last and last.rss,
            "rss_limit": first and first.limit.rss,
            "blocks_first_quarter": first and first.blocks,
            "blocks_end": last and last.blocks,
            "blocks_limit": first and first.limit.blocks,
            "peak_rss": self.peak_rss,
            "seconds": round(self.seconds, 1),
            "cpu_seconds": round(self.cpu_seconds, 1),
            "python": platform.python_version(),
        }
        return json.dumps(values)
