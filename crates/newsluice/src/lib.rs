//! The program: channels, tasks, configuration, command line.
