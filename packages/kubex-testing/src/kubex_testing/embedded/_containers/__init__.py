"""The containers of running pods: exec, attach and port-forward over WebSockets, and built-in commands.

The modules do not import the API server: `_connect.py` of the parent package starts their sessions.
"""
