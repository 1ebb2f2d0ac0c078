"""A long run of watches while the API server misbehaves: `python -m benchmarks.soak`.

Writers change objects of three kinds in an embedded server, which injects faults at random. Several followers receive
the changes. The run checks that they miss nothing, repeat nothing, and never report an old state.
"""
