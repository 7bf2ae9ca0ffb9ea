"""Channels that are the same for every input are not computed: what layers do with channels, and which can go."""
