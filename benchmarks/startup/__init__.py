"""Scripts that import a client, connect and get one Pod. They import only the modules of this package that they use."""
