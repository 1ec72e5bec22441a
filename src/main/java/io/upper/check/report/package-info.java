/** What {@code upper check} prints and writes. */
package io.upper.check.report;
