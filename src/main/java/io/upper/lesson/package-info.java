/**
 * The small programs: one file per technique, complete, simple and self-contained. Every class has
 * a {@code main}; {@code upper lesson} lists them, and docs/lessons.md gives the order to read them
 * in. Each header says what the program leaves out, and which class of the real server adds it.
 */
package io.upper.lesson;
