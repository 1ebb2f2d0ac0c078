"""What the tests of several areas share: kinds, and pairs of backend and runtime."""
