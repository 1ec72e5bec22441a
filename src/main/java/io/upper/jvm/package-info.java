/** How this program starts child processes that are Java, too, and what it asks of its own Java. */
package io.upper.jvm;
