"""Speed as ratios beside a bare baseline, for `make bench`."""
