"""Scripts that start from nothing: import, connect, get one Pod. They import no more of this package than they use."""
