package io.upper.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.upper.ChildClassPath;
import io.upper.config.Protocol;
import io.upper.job.Job;
import io.upper.model.EventLoopModel;
import io.upper.model.IterativeModel;
import io.upper.service.ConfiguredService;
import io.upper.text.Uppercase;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("one-jdk")
class ModelComparisonTest {
  private static final List<String> SERVER =
      ChildClassPath.command("io.upper.Main", "server-process");

  @Test
  void aModelThatFailsIsToldAndTheRestGoOn() throws Exception {
    Load load = new Load(Protocol.UDP, 2, 2, new Job(Job.Kind.SLEEP, 5), 1);
    List<LabModel> models =
        List.of(
            new LabModel(new IterativeModel.Factory(), 257),
            new LabModel(new EventLoopModel.Factory(), 1));
    try (Workbench bench =
        Workbench.open(load.protocol(), SERVER, ConfiguredService.of(new Uppercase()))) {
      List<ModelRun> runs = new ModelComparison(load, models).run(bench);
      assertEquals("the server ended: /processes: 257 is not in 1..256", runs.get(0).failure());
      assertEquals("processes: 257", runs.get(0).name());
      assertNull(runs.get(1).failure());
      assertEquals(4, runs.get(1).requests().size());
    }
  }
}
