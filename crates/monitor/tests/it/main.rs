//! What the commands of `omgangsmonitor` decide, over a data directory of their own.

