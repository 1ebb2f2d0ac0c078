"""The tests of the suites, by subject. The public suites in `_areas.py` combine them."""
