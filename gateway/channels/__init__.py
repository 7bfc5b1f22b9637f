"""One adapter a channel, behind the protocol of protocol.py."""
