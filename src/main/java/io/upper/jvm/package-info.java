/** Child JVMs, and what this program needs from its own JVM: arguments and temporary files. */
package io.upper.jvm;
