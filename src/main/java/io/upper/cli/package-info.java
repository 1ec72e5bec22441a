/**
 * The command line: one class per subcommand; {@link io.upper.Main} is the root. Only this package
 * and Main affect the whole process: signals, exit, standard output, logging.
 */
package io.upper.cli;
