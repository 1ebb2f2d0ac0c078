"""Exceptions, parameters and helpers without I/O, which all other packages use."""
