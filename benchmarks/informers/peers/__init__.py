"""The informers of other clients. Each module runs in an environment where only this client is installed."""
