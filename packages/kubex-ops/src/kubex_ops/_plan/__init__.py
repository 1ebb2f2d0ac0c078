"""What to send and in which order, without I/O."""
