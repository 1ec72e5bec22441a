package io.upper.cluster;

import io.upper.job.Job;

/**
 * A job that a {@link Gateway} keeps until its reply. Used on the gateway's context only, except
 * where stated.
 */
final class Errand {
  /** Whoever waits for the reply; called once, on the gateway's context. */
  interface Client {
    /**
     * The reply has arrived.
     *
     * @param node the name of the node that did the job
     */
    void replied(JobReply reply, String node);

    /** The job has failed, or no node has done it. */
    void failed(Throwable cause);
  }

  private final Job job;
  private final boolean end;
  private final ServiceText service;
  private final byte[] held;
  private final byte[] request;
  final Client client;

  /** How often it was sent. */
  int sent;

  /** How many of these may still be answered. */
  int open;

  /** Whether its reply has arrived, or nobody waits for it. */
  boolean over;

  private volatile boolean waiting = true;

  /**
   * @param end whether the input has ended; then {@code request} is empty
   */
  Errand(Job job, boolean end, ServiceText service, byte[] held, byte[] request, Client client) {
    this.job = job;
    this.end = end;
    this.service = service;
    this.held = held;
    this.request = request;
    this.client = client;
  }

  JobMessage message(long id, String gateway, byte[] token) {
    return new JobMessage(
        id, gateway, token, job, end, service.word(), service.settings(), held, request);
  }

  /** How long the job itself takes. */
  long jobNanos() {
    return job.millis() * 1_000_000L;
  }

  /** Whether no node has it. Any thread may call. */
  boolean isWaiting() {
    return waiting;
  }

  void setWaiting(boolean waiting) {
    this.waiting = waiting;
  }
}
