/** {@link io.upper.job.Job}: the simulated complex job that precedes each reply. */
package io.upper.job;
