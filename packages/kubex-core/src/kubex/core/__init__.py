"""What every layer of kubex stands on: exceptions, parameters, patches and pure helpers."""
