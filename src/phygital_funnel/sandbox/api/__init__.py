"""Servers that report a simulated world the way the platforms would, at the sandbox clock, in their wire formats."""
