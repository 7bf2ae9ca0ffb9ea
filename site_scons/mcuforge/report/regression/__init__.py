"""Two builds side by side: what changed, why, and whether it grew more than the manifest allows."""
