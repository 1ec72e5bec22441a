package io.upper.lab.report;

import io.upper.lab.LabResult;
import io.upper.lab.Load;
import io.upper.lab.ModelRun;
import io.upper.lab.ServedRequest;
import java.util.List;

/** Whether a session that was read can be drawn: what {@link LabJson} demands of its writers. */
final class SessionCheck {

  private SessionCheck() {}

  /**
   * Checks all requests.
   *
   * @throws IllegalArgumentException with the JSON pointer of the first one that is impossible
   */
  static void check(LabResult result) {
    Load load = result.load();
    require(load.clients() > 0, "/load/clients: " + load.clients() + " is not above 0");
    require(load.requests() > 0, "/load/requests: " + load.requests() + " is not above 0");
    for (int i = 0; i < result.runs().size(); i++) {
      check("/models/" + i, result.runs().get(i), load);
    }
  }

  private static void check(String pointer, ModelRun run, Load load) {
    List<ServedRequest> requests = run.requests();
    if (!requests.isEmpty()) {
      require(run.wall() != null && run.wall().toNanos() > 0, pointer + "/wall: it is not above 0");
    }
    for (int i = 0; i < requests.size(); i++) {
      ServedRequest request = requests.get(i);
      String place = pointer + "/requests/" + i;
      require(
          request.client() >= 0 && request.client() < load.clients(),
          place + "/client: " + request.client() + " is not in 0.." + (load.clients() - 1));
      require(
          request.number() >= 0 && request.number() < load.requests(),
          place + "/number: " + request.number() + " is not in 0.." + (load.requests() - 1));
      require(
          rises(request),
          place + ": its times do not rise from 0: sent, assigned, started, ended, answered");
    }
  }

  private static boolean rises(ServedRequest request) {
    return 0 <= request.sent()
        && request.sent() <= request.assigned()
        && request.assigned() <= request.started()
        && request.started() <= request.ended()
        && request.ended() <= request.answered();
  }

  private static void require(boolean condition, String failure) {
    if (!condition) {
      throw new IllegalArgumentException(failure);
    }
  }
}
