"""One package per source: streams (what is loaded), client (how)."""
