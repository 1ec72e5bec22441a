package io.upper.model;

import java.util.List;

/** Several observers as one. */
record AllObservers(List<RequestObserver> all) implements RequestObserver {

  @Override
  public void arrived(Conversation conversation, int bytes) {
    for (RequestObserver one : all) {
      one.arrived(conversation, bytes);
    }
  }

  @Override
  public void started(Conversation conversation, String worker, long arrived, long started) {
    for (RequestObserver one : all) {
      one.started(conversation, worker, arrived, started);
    }
  }

  @Override
  public void served(
      String client, String worker, int bytes, long arrived, long started, long ended) {
    for (RequestObserver one : all) {
      one.served(client, worker, bytes, arrived, started, ended);
    }
  }

  @Override
  public void workerEnded(String worker, String why) {
    for (RequestObserver one : all) {
      one.workerEnded(worker, why);
    }
  }
}
