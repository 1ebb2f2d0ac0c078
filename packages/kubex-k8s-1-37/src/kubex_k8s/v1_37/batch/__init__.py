# Made by kubex-codegen. Changes are lost when it runs again.
"""Models of the group batch."""
