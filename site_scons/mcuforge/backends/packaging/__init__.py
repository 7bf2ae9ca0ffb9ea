"""What every export shares: a generated model as sources that need neither this repository nor Python."""
