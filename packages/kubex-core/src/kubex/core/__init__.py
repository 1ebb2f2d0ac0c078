"""Code without I/O that the other packages of kubex use: exceptions, parameters, encoding, paths, proxies."""
