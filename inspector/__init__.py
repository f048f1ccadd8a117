"""RPC Inspector: a desktop inspector and debugger for LiveKit RPC."""
