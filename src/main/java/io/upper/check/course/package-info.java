/**
 * Grades a class: each {@link io.upper.check.course.Submission} of a class file by a child process
 * of its own, within {@link io.upper.check.course.Limits}, several at a time. {@link
 * io.upper.check.course.Course} runs it; the other classes read and write its files.
 */
package io.upper.check.course;
