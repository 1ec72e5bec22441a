package io.upper.lab;

/**
 * A right reply, as its client saw it; times are of {@link System#nanoTime}.
 *
 * @param client from 0
 * @param port of the client's end
 * @param number of the request among the client's, from 0
 */
record Answer(int client, int port, long number, long sent, long answered) {}
