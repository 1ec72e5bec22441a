/**
 * The command line: one class a subcommand. {@link io.upper.Main} is its root. Here alone is what
 * concerns a whole process: its signals, its end, its standard output, its logging.
 */
package io.upper.cli;
