/**
 * Child JVMs, and what this program needs from its own JVM and the system: arguments, small and
 * temporary files, memory and processor time of processes, background threads.
 */
package io.upper.jvm;
