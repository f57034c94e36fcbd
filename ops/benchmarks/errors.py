"""The one error of the benchmarks."""


class BenchError(Exception):
    """A benchmark that could not be measured; its text names the cause."""
