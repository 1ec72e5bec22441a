/**
 * The small programs: one file per technique, complete and plain, each on its own. Every class has
 * a {@code main}; {@code upper lesson} lists them, docs/lessons.md tells in which order to read.
 * What each leaves out, its header says, with the class of the real server that mends it.
 */
package io.upper.lesson;
