# Made by kubex-codegen. Changes are lost when it runs again.
"""Typed models of Kubernetes kinds."""
