package io.upper.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code upper node}: a job node of a cluster, until SIGTERM or SIGINT. */
@Command(
    name = "node",
    description = "Do the jobs of a cluster's gateways until SIGTERM or SIGINT.",
    sortOptions = false)
public final class NodeCommand implements Callable<Integer> {

  @Mixin private ConfOption conf;

  @Mixin private Verbosity verbosity;

  @Override
  public Integer call() throws Exception {
    return ServingApplication.node(conf.reader().read()).serve();
  }
}
