//! Sources and sinks of captures that need no network.
