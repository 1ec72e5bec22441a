/** {@link io.upper.job.Job}: the simulated job before each reply. */
package io.upper.job;
