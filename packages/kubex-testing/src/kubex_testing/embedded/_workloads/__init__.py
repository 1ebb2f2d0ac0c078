"""The controllers that create Pods for Deployments and other kinds. Imported only by servers that run them."""
