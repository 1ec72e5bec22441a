/** The command line: one class a subcommand. {@link io.upper.Main} is its root. */
package io.upper.cli;
