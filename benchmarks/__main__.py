"""`python -m benchmarks`: every benchmark, one after the other."""

from benchmarks import engines, journal

if __name__ == "__main__":
    engines.main()
    journal.main()
