"""A study of runs as one HTML file that opens by double-click, offline, and cannot phone home."""
