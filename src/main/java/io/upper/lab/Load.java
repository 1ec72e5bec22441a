package io.upper.lab;

import io.upper.config.Protocol;
import io.upper.job.Job;

/**
 * The load of a lab session, the same for every run: a closed loop, each client with a connection
 * (or a socket) of its own, all starting at once.
 *
 * @param clients how many clients, at least 1
 * @param requests how many requests each of them makes, one after the other, at least 1
 * @param job what the server does for each request
 * @param seed of everything random
 */
public record Load(Protocol protocol, int clients, int requests, Job job, long seed) {}
