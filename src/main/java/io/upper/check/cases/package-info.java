/** The cases that {@code upper check} runs: a list for each group. */
package io.upper.check.cases;
